#include "procedures/national.h"

#include <charconv>

#include "base/text.h"

namespace hl::procedures {

namespace {

const json::value* member(const json::object& o, std::initializer_list<std::string_view> names) {
    for (const auto name : names)
        if (const auto* v = o.if_contains(name); v && !v->is_null()) return v;
    return nullptr;
}
std::string text_of(const json::value* v) {
    if (!v) return "";
    if (v->is_string()) return text::normalise(std::string_view{v->get_string()});
    if (v->is_int64()) return std::to_string(v->get_int64());
    return "";
}
/// Integrations send numbers as numbers or as texts.
std::optional<int64_t> integer_of(const json::value* v) {
    if (!v) return std::nullopt;
    if (v->is_int64()) return v->get_int64();
    const auto s = text_of(v);
    int64_t n = 0;
    const auto [end, problem] = std::from_chars(s.data(), s.data() + s.size(), n);
    if (s.empty() || problem != std::errc{} || end != s.data() + s.size()) return std::nullopt;
    return n;
}
/// One object where a list is meant counts as a list of one.
std::vector<const json::value*> list_of(const json::value* v) {
    std::vector<const json::value*> out;
    if (!v) return out;
    if (v->is_array()) {
        for (const auto& item : v->get_array()) out.push_back(&item);
    } else {
        out.push_back(v);
    }
    return out;
}

std::optional<TimeUnit> unit_of(const std::string& words) {
    const auto folded = text::fold(words);
    if (folded == "ngay lam viec") return TimeUnit::working_days;
    if (folded == "gio lam viec" || folded == "gio") return TimeUnit::working_hours;
    if (folded == "ngay") return TimeUnit::calendar_days;
    return std::nullopt;
}

class Importer {
  public:
    Importer(const json::object& record, NationalImport& out) : r_(record), out_(out) {}

    void run(const ProcedureCode& code, Level level) {
        auto& card = out_.draft.card;
        card.code = code;
        card.level = level;
        card.name = text_of(member(r_, {"TENTTHC"}));
        if (card.name.empty()) wrong("/TENTTHC", "Bản ghi không có tên thủ tục.", "the record has no name");
        if (const auto own = text_of(member(r_, {"MATTHC", "MASO"})); !own.empty() && own != code.value)
            wrong("/MATTHC", "Bản ghi là của thủ tục " + own + ", không phải " + code.value + ".",
                  "the record is of another procedure: " + own);
        sector();
        channels();
        components();
        names("COQUANTHUCHIEN", [&](const std::string& s) { card.owner += (card.owner.empty() ? "" : "; ") + s; });
        names("KETQUATHUCHIEN", [&](const std::string& s) {
            card.results.push_back({fmt::format("ket-qua-{}", card.results.size() + 1), s, ""});
        });
        names("CANCUPHAPLY", [&](const std::string& s) { card.basis.push_back({s, "", {}, {}}); });
        subjects();
        unverified("quy trình: bản ghi quốc gia không có các bước và số giờ");
        unverified("biểu mẫu điện tử: bản ghi quốc gia không có trường");
        unverified("ngày có hiệu lực: bản ghi quốc gia không ghi");
        unverified("người quyết định: bản ghi quốc gia không ghi rõ vai trò ký");
        card.sources.push_back(
            {"bản ghi thủ tục", "Cơ sở dữ liệu quốc gia về thủ tục hành chính, dịch vụ LayThuTuc", ""});
    }

  private:
    void wrong(std::string at, std::string vi, std::string en) {
        out_.errors.push_back({ErrorKind::invalid, "national.record", std::move(vi), std::move(en), std::move(at)});
    }
    void unverified(std::string what) { out_.draft.card.unverified.push_back(std::move(what)); }

    template <class F>
    void names(const char* key, F each) {
        const auto items = list_of(member(r_, {key}));
        size_t used = 0;
        for (const auto* item : items) {
            std::string s = text_of(item);
            // Objects name their text differently from one integration to the next; the first text that is a name
            // counts.
            if (s.empty() && item->is_object())
                for (const auto& [k, v] : item->get_object())
                    if (std::string_view{k}.starts_with("TEN")) {
                        s = text_of(&v);
                        if (!s.empty()) break;
                    }
            if (s.empty())
                unverified(fmt::format("{}: có mục không đọc được tên", key));
            else {
                each(s);
                ++used;
            }
        }
        if (used == 0) unverified(fmt::format("{}: bản ghi không có", key));
    }

    void sector() {
        const auto items = list_of(member(r_, {"LINHVUCTHUCHIEN"}));
        auto& card = out_.draft.card;
        if (items.empty() || !items[0]->is_object()) return unverified("lĩnh vực: bản ghi không có");
        card.sector_national = text_of(member(items[0]->get_object(), {"MALINHVUC"}));
        card.sector = card.sector_national;
        card.sector_name = text_of(member(items[0]->get_object(), {"TENLINHVUC"}));
        if (items.size() > 1) unverified("lĩnh vực: bản ghi ghi nhiều lĩnh vực, chỉ lấy lĩnh vực đầu");
    }

    /// Channel codes 1 desk, 2 online, 3 post.
    void channels() {
        const auto items = list_of(member(r_, {"CACHTHUCTHUCHIEN"}));
        if (items.empty())
            wrong("/CACHTHUCTHUCHIEN", "Bản ghi không có cách thức thực hiện.", "the record has no channels");
        auto& card = out_.draft.card;
        for (size_t i = 0; i < items.size(); ++i) {
            const auto at = fmt::format("/CACHTHUCTHUCHIEN/{}", i);
            if (!items[i]->is_object()) {
                wrong(at, "Cách thức thực hiện không đọc được.", "a channel is not an object");
                continue;
            }
            const auto& o = items[i]->get_object();
            const auto code = integer_of(member(o, {"KENH"}));
            if (!code || *code < 1 || *code > 3) {
                wrong(at + "/KENH", "Kênh phải là 1 (trực tiếp), 2 (trực tuyến) hoặc 3 (bưu chính).",
                      "the channel must be 1, 2 or 3");
                continue;
            }
            ChannelRule rule;
            rule.channel = *code == 1 ? Channel::desk : *code == 2 ? Channel::online : Channel::post;
            const auto name = std::string{to_string(rule.channel)};
            if (card.channel(rule.channel)) {
                wrong(at + "/KENH", "Kênh ghi hai lần.", "the channel is given twice");
                continue;
            }
            if (rule.channel == Channel::online) unverified("mức độ dịch vụ trực tuyến: bản ghi không có");
            rule.time = time(o, name);
            fees(o, name);
            card.channels.push_back(std::move(rule));
        }
    }
    std::optional<LegalTime> time(const json::object& channel, const std::string& name) {
        const auto items = list_of(member(channel, {"THOIGIAN"}));
        if (items.size() != 1 || !items[0]->is_object()) {
            unverified(fmt::format("thời hạn ({}): bản ghi ghi {} thời hạn", name, items.size()));
            return std::nullopt;
        }
        const auto& o = items[0]->get_object();
        const auto value = integer_of(member(o, {"THOIGIANGIAIQUYET"}));
        const auto words = text_of(member(o, {"DONVITINH"}));
        const auto unit = unit_of(words);
        if (!value || *value <= 0 || *value > 10'000 || !unit) {
            unverified(fmt::format("thời hạn ({}): không hiểu \"{}\" \"{}\"", name,
                                   text_of(member(o, {"THOIGIANGIAIQUYET"})), words));
            return std::nullopt;
        }
        return LegalTime{static_cast<int>(*value), *unit, false};
    }
    /// Fees stay unverified unless the record gives whole amounts: free text ("theo quy định") is kept as a note.
    void fees(const json::object& channel, const std::string& name) {
        for (const auto* item : list_of(member(channel, {"THOIGIAN"}))) {
            if (!item->is_object()) continue;
            for (const auto* fee : list_of(member(item->get_object(), {"PHILEPHI"}))) {
                std::string said = text_of(fee);
                if (said.empty()) said = json::serialize(*fee);
                if (said != "[]" && said != "{}")
                    unverified(fmt::format("phí, lệ phí ({}): bản ghi ghi {}", name, said));
            }
        }
        if (!said_fees_) unverified("phí, lệ phí: phải đối chiếu với văn bản thu trước khi công bố");
        said_fees_ = true;
    }
    void components() {
        auto& card = out_.draft.card;
        for (const auto* group : list_of(member(r_, {"THANHPHANHOSO"}))) {
            const auto* papers = group->is_object() ? member(group->get_object(), {"GIAYTO"}) : nullptr;
            for (const auto* item : list_of(papers ? papers : group)) {
                Component c;
                c.id = fmt::format("giay-to-{}", card.components.size() + 1);
                c.reuse = "none";
                if (item->is_object()) {
                    const auto& o = item->get_object();
                    c.name = text_of(member(o, {"TENGIAYTO"}));
                    const auto originals = integer_of(member(o, {"SOBANCHINH"}));
                    const auto copies = integer_of(member(o, {"SOBANSAO"}));
                    if (!originals || !copies || *originals < 0 || *copies < 0 || *originals > 100 || *copies > 100)
                        unverified("số bản của \"" + c.name + "\": bản ghi không ghi");
                    else {
                        c.originals = static_cast<int>(*originals);
                        c.copies = static_cast<int>(*copies);
                    }
                } else {
                    c.name = text_of(item);
                    unverified("số bản của \"" + c.name + "\": bản ghi không ghi");
                }
                if (c.name.empty())
                    wrong("/THANHPHANHOSO", "Thành phần hồ sơ không có tên.", "a component has no name");
                else
                    card.components.push_back(std::move(c));
            }
        }
        if (card.components.empty())
            unverified("thành phần hồ sơ: bản ghi không có");
        else
            unverified("thành phần hồ sơ: bản ghi không nói rõ giấy tờ nào bắt buộc trong trường hợp nào");
    }
    void subjects() {
        names("DOITUONGTHUCHIEN", [&](const std::string& s) {
            const auto folded = text::fold(s);
            std::string kind;
            if (folded.find("cong dan") != std::string::npos)
                kind = "citizen";
            else if (folded.find("doanh nghiep") != std::string::npos)
                kind = "business";
            else if (folded.find("to chuc") != std::string::npos || folded.find("hop tac xa") != std::string::npos)
                kind = "organisation";
            auto& subjects = out_.draft.card.subjects;
            if (kind.empty())
                unverified("đối tượng thực hiện: không hiểu \"" + s + "\"");
            else if (std::find(subjects.begin(), subjects.end(), kind) == subjects.end())
                subjects.push_back(kind);
        });
    }

    const json::object& r_;
    NationalImport& out_;
    bool said_fees_ = false;
};

}  // namespace

Result<NationalImport> import_national(const json::value& record, const ProcedureCode& code, Level level) {
    if (!record.is_object())
        return Error{ErrorKind::malformed, "national.record", "Bản ghi thủ tục phải là một đối tượng JSON.",
                     "the record must be a JSON object"};
    NationalImport out;
    Importer(record.get_object(), out).run(code, level);
    return out;
}

}  // namespace hl::procedures
