#include "base/text.h"
#include "procedures/publish.h"

namespace hl::procedures {

namespace {

std::string channel_name(Channel c) {
    switch (c) {
        case Channel::desk:
            return "trực tiếp";
        case Channel::online:
            return "trực tuyến";
        case Channel::post:
            return "bưu chính";
    }
    return "";
}
std::string time_words(const std::optional<LegalTime>& t) {
    return t ? in_words(*t) : "chưa kiểm chứng";
}
std::string money(const std::optional<int64_t>& amount) {
    return amount ? text::group_digits(*amount) + " đồng" : "chưa kiểm chứng";
}
std::string hours(const Step& s) {
    return s.planned_known ? directory::in_words(s.planned) : "chưa xác định";
}

template <class T>
const T* by_id(const std::vector<T>& items, const std::string& id) {
    for (const auto& item : items)
        if (item.id == id) return &item;
    return nullptr;
}

class Words {
  public:
    explicit Words(std::vector<std::string>& out) : out_(out) {}
    void say(std::string s) { out_.push_back(std::move(s)); }
    void changed(std::string_view what, const std::string& before, const std::string& after) {
        if (before != after) say(fmt::format("{} \"{}\" → \"{}\"", what, before, after));
    }
    /// thêm / bỏ / sửa of things with an id and a name.
    template <class T, class F, class N>
    void lists(std::string_view what, const std::vector<T>& before, const std::vector<T>& after, N name, F differ) {
        for (const auto& item : after)
            if (const auto* old = by_id(before, item.id))
                differ(*old, item);
            else
                say(fmt::format("thêm {} \"{}\"", what, name(item)));
        for (const auto& item : before)
            if (!by_id(after, item.id)) say(fmt::format("bỏ {} \"{}\"", what, name(item)));
    }

  private:
    std::vector<std::string>& out_;
};

void card_changes(const Card& a, const Card& b, Words& w) {
    w.changed("tên", a.name, b.name);
    w.changed("lĩnh vực", a.sector_name, b.sector_name);
    w.changed("cơ quan", a.owner, b.owner);
    if (a.level != b.level) w.say(b.level == Level::province ? "cấp xã → cấp tỉnh" : "cấp tỉnh → cấp xã");
    for (const auto& rule : b.channels) {
        const auto* old = a.channel(rule.channel);
        if (!old)
            w.say("thêm kênh " + channel_name(rule.channel));
        else if (old->time != rule.time) {
            // "15 → 12 ngày làm việc" when the unit stays, else both in full.
            const bool one_unit = old->time && rule.time && old->time->unit == rule.time->unit &&
                                  !old->time->same_day && !rule.time->same_day;
            w.say(fmt::format("thời hạn ({}) {} → {}", channel_name(rule.channel),
                              one_unit ? std::to_string(old->time->value) : time_words(old->time),
                              time_words(rule.time)));
        }
    }
    for (const auto& rule : a.channels)
        if (!b.channel(rule.channel)) w.say("bỏ kênh " + channel_name(rule.channel));
    const auto name = [](const auto& x) { return x.name; };
    if (a.fees.has_value() != b.fees.has_value())
        w.say(b.fees ? "phí, lệ phí: chưa kiểm chứng → đã ghi" : "phí, lệ phí: đã ghi → chưa kiểm chứng");
    else if (a.fees)
        w.lists("khoản thu", *a.fees, *b.fees, name, [&](const Fee& x, const Fee& y) {
            if (x.amount != y.amount) w.say(fmt::format("{} {} → {}", y.name, money(x.amount), money(y.amount)));
            w.changed("tên khoản thu", x.name, y.name);
            w.changed("điều kiện thu " + y.id, x.when, y.when);
        });
    w.lists("thành phần hồ sơ", a.components, b.components, name, [&](const Component& x, const Component& y) {
        w.changed("tên thành phần", x.name, y.name);
        if (x.required != y.required)
            w.say(fmt::format("thành phần \"{}\": {}", y.name,
                              y.required ? "không bắt buộc → bắt buộc" : "bắt buộc → không bắt buộc"));
        if (x.originals != y.originals || x.copies != y.copies)
            w.say(fmt::format("thành phần \"{}\": {} bản chính, {} bản sao → {} bản chính, {} bản sao", y.name,
                              x.originals, x.copies, y.originals, y.copies));
        w.changed("điều kiện của thành phần " + y.id, x.when, y.when);
    });
    w.lists("kết quả", a.results, b.results, name,
            [&](const ResultKind& x, const ResultKind& y) { w.changed("tên kết quả", x.name, y.name); });
}

void flow_changes(const Flow& a, const Flow& b, Words& w) {
    w.changed("mẫu quy trình", a.template_id, b.template_id);
    w.changed("cơ quan giải quyết", a.department, b.department);
    for (const auto& stage : b.stages)
        for (const auto& lane : stage.lanes)
            for (const auto& s : lane.steps) {
                const auto* old = a.step(s.id);
                if (!old) {
                    w.say("thêm bước \"" + s.name + "\"");
                    continue;
                }
                if (hours(*old) != hours(s)) w.say(fmt::format("bước \"{}\": {} → {}", s.name, hours(*old), hours(s)));
                w.changed("người thực hiện bước " + s.id, old->function, s.function);
                w.changed("cơ quan của bước " + s.id, old->agency, s.agency);
            }
    for (const auto& stage : a.stages)
        for (const auto& lane : stage.lanes)
            for (const auto& s : lane.steps)
                if (!b.step(s.id)) w.say("bỏ bước \"" + s.name + "\"");
}

constexpr std::string_view bodies_of_newest =
    "SELECT r.id, c.body, f.body, w.body, u.body, r.valid_to FROM procedure_release r "
    "JOIN procedure_artefact c ON c.hash = r.card_hash JOIN procedure_artefact f ON f.hash = r.form_hash "
    "JOIN procedure_artefact w ON w.hash = r.flow_hash JOIN procedure_artefact u ON u.hash = r.rules_hash "
    "WHERE r.procedure_code = ? ORDER BY r.number DESC LIMIT 1";

}  // namespace

std::vector<std::string> describe_changes(const Card& old_card, const Form& old_form, const Flow& old_flow,
                                          const Rules& old_rules, const Card& card, const Form& form, const Flow& flow,
                                          const Rules& rules) {
    std::vector<std::string> out;
    Words w(out);
    card_changes(old_card, card, w);
    w.lists(
        "trường", old_form.fields, form.fields, [](const Field& f) { return f.label_vi; },
        [&](const Field& x, const Field& y) {
            w.changed("nhãn trường " + y.id, x.label_vi, y.label_vi);
            w.changed("kiểu trường " + y.id, x.type, y.type);
            if (x.required != y.required)
                w.say(fmt::format("trường \"{}\": {}", y.label_vi,
                                  y.required ? "không bắt buộc → bắt buộc" : "bắt buộc → không bắt buộc"));
        });
    flow_changes(old_flow, flow, w);
    if (canonical_json(to_json(old_rules)) != canonical_json(to_json(rules)))
        w.say("sửa bảng quyết định hoặc quy tắc thời gian");
    // The canonical form decides whether there is a change; words that we have no sentence for must not hide one.
    if (out.empty()) {
        const auto differ = [](const json::object& x, const json::object& y) {
            return canonical_json(x) != canonical_json(y);
        };
        if (differ(to_json(old_card), to_json(card))) w.say("sửa căn cứ pháp lý, nguồn hoặc ghi chú");
        if (differ(to_json(old_form), to_json(form))) w.say("sửa biểu mẫu");
        if (differ(to_json(old_flow), to_json(flow))) w.say("sửa quy trình");
    }
    return out;
}

std::vector<std::string> describe_changes(store::Reader& reader, const ProcedurePack& pack) {
    std::vector<std::string> out;
    for (const auto& draft : pack.drafts) {
        const auto head = draft.card.code.value + " " + draft.card.name;
        const auto when = draft.valid_from ? ", từ " + to_vietnamese(*draft.valid_from) : std::string{};
        struct Stored {
            std::string id, card, form, flow, rules;
            std::optional<Instant> to;
        };
        const auto stored = reader.first(bodies_of_newest, {draft.card.code}, [](const store::Row& r) {
            return Stored{r.string(0), r.string(1), r.string(2), r.string(3), r.string(4), r.optional_instant(5)};
        });
        if (!stored) {
            out.push_back("công bố mới " + head + when);
            continue;
        }
        const auto read = [](const std::string& body, auto from_json) -> decltype(from_json(json::value{})) {
            TRY(auto value, parse_json(body));
            return from_json(value);
        };
        const auto card = read(stored->card, card_from_json);
        const auto form = read(stored->form, form_from_json);
        const auto flow = read(stored->flow, flow_from_json);
        const auto rules = read(stored->rules, rules_from_json);
        if (!card.ok() || !form.ok() || !flow.ok() || !rules.ok()) {
            out.push_back(head + ": không đọc được bản đã công bố " + stored->id);
            continue;
        }
        const auto changes =
            describe_changes(*card, *form, *flow, *rules, draft.card, draft.form, draft.flow, draft.rules);
        for (const auto& change : changes) out.push_back(draft.card.code.value + ": " + change + when);
        std::optional<Instant> to;
        if (draft.valid_to) to = at_local(*draft.valid_to, 0);
        if (to != stored->to && (changes.empty() || to))
            out.push_back(draft.card.code.value + ": " +
                          (to ? "hết hiệu lực từ " + to_vietnamese(*draft.valid_to) : "bỏ ngày hết hiệu lực"));
    }
    return out;
}

}  // namespace hl::procedures
