#include "links/portal/record.h"

#include "base/text.h"

namespace hl::links::portal {

using connector::Held;
using connector::Mark;
using dossiers::State;

namespace {

const std::string* find(const std::map<std::string, std::string>& words, std::string_view word) {
    const auto it = words.find(std::string{word});
    return it == words.end() ? nullptr : &it->second;
}

std::string agency_name(const dossiers::Context& ctx, const AgencyId& id, Instant at) {
    const auto* agency = ctx.directory->agency(id);
    if (!agency || agency->versions.empty()) return {};
    const auto* version = agency->at(local_date(at));
    return version ? version->name : agency->versions.back().name;
}

std::string officer_name(const dossiers::Context& ctx, const OfficerId& id) {
    const auto* officer = id.empty() ? nullptr : ctx.directory->officer(id);
    return officer ? officer->name : std::string{};
}

/// At most `most` characters (not bytes), and whether something went.
bool cut(std::string& text, size_t most) {
    size_t characters = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
        if (++characters > most) {
            text.resize(i);
            return true;
        }
    }
    return false;
}

class Making {
  public:
    explicit Making(const Material& m) : m_(m), s_(m.story), release_(m.ctx.catalogue->release(m.story.release)) {}

    Record make() {
        const auto rule = m_.profile.statuses.find(s_.state);
        if (rule == m_.profile.statuses.end() || rule->second.code == 0) {
            out_.held = Held{
                "status.unknown",
                "TrangThaiHoSo",
                {rule == m_.profile.statuses.end() || rule->second.vi.empty()
                     ? "Cổng không có trạng thái tương ứng; giữ lại, không gửi."
                     : rule->second.vi,
                 rule == m_.profile.statuses.end() || rule->second.en.empty() ? "The portal has no such state; held."
                                                                              : rule->second.en}};
            return std::move(out_);
        }
        status_ = rule->second.code;
        if (rule->second.earlier) mark("TrangThaiHoSo", "earlier_state", rule->second.vi, rule->second.en);
        identity();
        person();
        times();
        put("TrangThaiHoSo", std::to_string(status_));
        put("DonViXuLy", agency_name(m_.ctx, s_.lead.empty() ? s_.agency : s_.lead, s_.changed_at));
        papers();
        money();
        supplements();
        results();
        check();
        return std::move(out_);
    }

  private:
    void mark(std::string field, std::string code, std::string vi, std::string en) {
        out_.marks.push_back({std::move(field), std::move(code), {std::move(vi), std::move(en)}});
    }
    void put(std::string_view field, std::string value) {
        if (value.empty()) return;
        if (const auto limit = m_.profile.limits.find(std::string{field});
            limit != m_.profile.limits.end() && cut(value, limit->second))
            mark(std::string{field}, "cut", "Dài hơn giới hạn của Cổng nên bị cắt.",
                 "Longer than the portal takes; cut.");
        out_.fields[field] = std::move(value);
    }
    void put(std::string_view field, const std::optional<Instant>& at) {
        if (at) put(field, portal_time(*at));
    }
    const procedures::Card* card() const { return release_.ok() ? &(*release_)->card : nullptr; }

    void identity() {
        put("MaHoSo", s_.code.value);
        put("MaTTHC", s_.dossier.procedure.value);
        if (const auto* c = card()) {
            put("TenTTHC", c->name);
            put("MaLinhVuc", c->sector_national);
            put("TenLinhVuc", c->sector_name);
        }
        if (const auto* code = find(m_.profile.channels, procedures::to_string(s_.dossier.channel)))
            put("KenhThucHien", *code);
    }

    void person() {
        const auto& a = m_.person.applicant;
        put("ChuHoSo", a.name);
        if (const auto* code = find(m_.profile.subjects, a.kind)) {
            subject_ = *code;
            put("LoaiDoiTuong", *code);
        }
        put("Email", a.email);
        put("SoDienThoai", a.phone);
        put("TrichYeuHoSo", m_.person.summary);
        if (a.id_number.empty()) return;
        if (const auto* kind = find(m_.profile.id_kinds, a.id_kind))
            out_.fields["DinhDanhCHS"] =
                json::array{json::object{{"LoaiDinhDanh", *kind}, {"SoDinhDanh", a.id_number}}};
        else
            mark("DinhDanhCHS", "no_word", "Cổng không có mã cho loại giấy tờ này nên không gửi số giấy tờ.",
                 "The portal has no code for this kind of paper; its number is not sent.");
    }

    void times() {
        put("NgayNopHoSo", std::optional{s_.filed_at});
        put("NgayTiepNhan", s_.received_at);
        if (s_.received_at) put("NgayHenTra", s_.due);
        const bool done = s_.state == State::finished || s_.state == State::returned || s_.state == State::withdrawn ||
                          s_.state == State::stopped;
        if (done) put("NgayKetThucXuLy", s_.ended_at);
        if (s_.state == State::returned) {
            put("NgayTra", s_.returned_at ? s_.returned_at : m_.returned_at);
            if (const auto* words = find(m_.profile.deliveries, s_.delivery)) put("ThongTinTra", *words);
        }
        put("NgayTuChoi", s_.refused_at);
    }

    void papers() {
        json::array list;
        bool digitised = false;
        for (const auto& c : s_.components) {
            std::string name;
            if (const auto* known = card())
                for (const auto& k : known->components)
                    if (k.id == c.id) name = k.name;
            digitised = digitised || c.digitised;
            json::object paper{{"MaThanhPhanHoSo", c.id},
                               {"DuocSoHoa", c.digitised ? "1" : "0"},
                               {"DuocTaiSuDung", c.reused ? "1" : "0"},
                               {"DuocLayTuKhoDMQG", c.national ? "1" : "0"}};
            if (!name.empty()) paper["TenTepDinhKem"] = name;
            // What stands for it there; of a paper that the person handed in, nothing does.
            if (c.national) replaced(c.id, name, paper);
            list.push_back(std::move(paper));
        }
        if (list.empty()) return;
        out_.fields["TaiLieuNop"] = std::move(list);
        put("HoSoCoThanhPhanSoHoa", std::string{digitised ? "1" : "0"});
    }

    void replaced(const std::string& component, const std::string& name, json::object& paper) {
        constexpr std::string_view field = "MaKetQuaThayThe";
        if (const auto it = s_.papers.find(component); it != s_.papers.end()) {
            paper[field] = it->second;
        } else if (m_.profile.required_of_taken.contains(std::string{field}) && !out_.held) {
            const auto& which = name.empty() ? component : name;
            out_.held =
                Held{"datum.missing",
                     std::string{field},
                     {fmt::format("Thiếu {}: chưa ghi giấy tờ nào của kho quốc gia thay cho «{}».", field, which),
                      fmt::format("{} is missing: no paper of the national store is said to stand for \"{}\".", field,
                                  which)}};
        }
    }

    void money() {
        json::array list;
        std::string unknown;
        std::string online;
        for (const auto& c : s_.charges) {
            if (const auto* code = find(m_.profile.online_payment, c.method)) online = *code;
            std::string name;
            if (const auto* known = card(); known && known->fees)
                for (const auto& f : *known->fees)
                    if (f.id == c.id) name = f.name;
            if (!c.amount) {
                unknown += (unknown.empty() ? "" : "; ") + (name.empty() ? c.id : name);
                continue;
            }
            json::object fee{{"MaPhiLePhi", c.id}, {"Gia", *c.amount}};
            if (!name.empty()) fee["TenPhiLePhi"] = name;
            if (const auto* kind = find(m_.profile.fee_kinds, c.kind)) fee["LoaiPhiLePhi"] = *kind;
            if (const auto* method = find(m_.profile.fee_methods, c.method)) fee["HinhThucThu"] = *method;
            list.push_back(std::move(fee));
        }
        if (!unknown.empty()) {
            mark("DanhSachLePhi", "unknown_amount", "Có khoản chưa biết số tiền: khoản đó không gửi, không ghi số 0.",
                 "The amount of a charge is not known: it is left out, not sent as 0.");
            // Its list of charges wants amounts: that one is owed all the same is said where remarks are.
            if (const auto* words = find(m_.profile.remarks, "unknown_amount"))
                put("GhiChu", fmt::format("{}: {}", *words, unknown));
        }
        if (!list.empty()) out_.fields["DanhSachLePhi"] = std::move(list);
        put("DuocThanhToanTrucTuyen", online);
    }

    void supplements() {
        json::array list;
        for (const auto& x : s_.supplements) {
            json::object one{{"HoSoBoSungId", fmt::format("{}/BS{}", s_.code.value, x.number)},
                             {"NgayBoSung", portal_time(x.at)}};
            if (const auto who = officer_name(m_.ctx, x.officer); !who.empty()) one["NguoiYeuCauBoSung"] = who;
            if (const auto note = m_.notes.find(x.note); note != m_.notes.end()) {
                std::string words;
                if (const auto* items = note->second.if_contains("items"); items && items->is_array())
                    for (const auto& item : items->get_array())
                        if (item.is_string()) words += (words.empty() ? "" : "; ") + std::string{item.get_string()};
                if (!words.empty()) one["NoiDungBoSung"] = words;
            }
            if (x.answered_at) one["NgayTiepNhanBoSung"] = portal_time(*x.answered_at);
            if (x.due_before) one["NgayHenTraTruoc"] = portal_time(*x.due_before);
            if (x.due_after) one["NgayHenTraMoi"] = portal_time(*x.due_after);
            list.push_back(std::move(one));
        }
        if (!list.empty()) out_.fields["DanhSachHoSoBoSung"] = std::move(list);
    }

    /// Electronic results only: of a paper the portal has no field that would not claim more.
    void results() {
        json::array list;
        int number = 0;
        for (const auto& r : s_.results) {
            ++number;
            if (r.signature != "digital") continue;
            std::string name;
            if (const auto* known = card())
                for (const auto& k : known->results)
                    if (k.id == r.kind) name = k.name;
            json::object paper{{"GiayToId", fmt::format("{}/KQ{}", s_.code.value, number)}};
            if (!name.empty()) paper["TenGiayTo"] = name;
            if (!r.kind.empty()) paper["MaGiayToKetQua"] = r.kind;
            list.push_back(std::move(paper));
        }
        if (!list.empty()) out_.fields["DanhSachGiayToKetQua"] = std::move(list);
    }

    void check() {
        if (out_.held) return;
        for (const auto& r : m_.profile.required) {
            if (out_.fields.contains(r.field)) continue;
            if (!r.statuses.empty() && !r.statuses.contains(status_)) continue;
            if (!r.subjects.empty() && !r.subjects.contains(subject_)) continue;
            out_.held = Held{"datum.missing",
                             r.field,
                             {fmt::format("Thiếu {}: hồ sơ được giữ lại cho đến khi có dữ liệu này.", r.field),
                              fmt::format("{} is missing: the dossier is held until it is there.", r.field)}};
            return;
        }
    }

    const Material& m_;
    const Story& s_;
    Result<procedures::ReleasePtr> release_;
    Record out_;
    int status_ = 0;
    std::string subject_;
};

constexpr std::string_view compared[] = {"MaTTHC",          "KenhThucHien", "TrangThaiHoSo",
                                         "NgayNopHoSo",     "NgayTiepNhan", "NgayHenTra",
                                         "NgayKetThucXuLy", "NgayTra",      "NgayTuChoi"};
constexpr std::string_view counted[] = {"DanhSachHoSoBoSung", "DanhSachGiayToKetQua", "TaiLieuNop", "DanhSachLePhi"};

// Longer names first: one may begin like another.
constexpr std::string_view field_names[] = {"HoSoCoThanhPhanSoHoa",
                                            "NgayTiepNhanBoSung",
                                            "NgayHenTraTruoc",
                                            "NgayHenTraMoi",
                                            "NgayBoSung",
                                            "DuocThanhToanTrucTuyen",
                                            "DanhSachGiayToKetQua",
                                            "DanhSachHoSoBoSung",
                                            "NgayKetThucXuLy",
                                            "TrangThaiHoSo",
                                            "DanhSachLePhi",
                                            "KenhThucHien",
                                            "LoaiDoiTuong",
                                            "NgayTiepNhan",
                                            "TrichYeuHoSo",
                                            "DinhDanhCHS",
                                            "NgayNopHoSo",
                                            "SoDienThoai",
                                            "TenLinhVuc",
                                            "ThongTinTra",
                                            "NgayHenTra",
                                            "NgayTuChoi",
                                            "MaKetQuaThayThe",
                                            "TaiLieuNop",
                                            "DonViXuLy",
                                            "MaLinhVuc",
                                            "TenTTHC",
                                            "ChuHoSo",
                                            "GhiChu",
                                            "NgayTra",
                                            "MaTTHC",
                                            "MaHoSo",
                                            "ThoiDiemXuLy",
                                            "PhongBanXuLy",
                                            "NoiDungXuLy",
                                            "NguoiXuLy",
                                            "NOIDUNGTRALOI",
                                            "CHUCVUNGUOITRALOI",
                                            "NGUOITRALOI",
                                            "NGAYTRALOI",
                                            "HOIDAPID",
                                            "MADONVI"};

/// Numbers and texts of the same digits are one: the portal answers either.
std::string plain(const json::value& v) {
    if (const auto* s = v.if_string()) return std::string{*s};
    if (v.is_null()) return {};
    return json::serialize(v);
}

}  // namespace

std::string portal_time(Instant t) {
    const auto l = to_local(t);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", static_cast<int>(l.date.year()),
                       static_cast<unsigned>(l.date.month()), static_cast<unsigned>(l.date.day()), l.minute_of_day / 60,
                       l.minute_of_day % 60, l.second);
}

std::optional<Instant> from_portal_time(std::string_view text) {
    if (text.size() != 14 || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    const auto n = [&](size_t at, size_t size) {
        int out = 0;
        for (const char c : text.substr(at, size)) out = out * 10 + (c - '0');
        return out;
    };
    const Date date{std::chrono::year{n(0, 4)}, std::chrono::month{static_cast<unsigned>(n(4, 2))},
                    std::chrono::day{static_cast<unsigned>(n(6, 2))}};
    if (!date.ok() || n(8, 2) > 23 || n(10, 2) > 59 || n(12, 2) > 59) return std::nullopt;
    return to_instant({date, n(8, 2) * 60 + n(10, 2), n(12, 2), 0});
}

std::string field_named_in(std::string_view sentence) {
    for (const auto name : field_names)
        if (sentence.find(name) != std::string_view::npos) return std::string{name};
    return {};
}

Record dossier_record(const Material& m) {
    return Making(m).make();
}

json::object facts_of(const json::object& record) {
    json::object out;
    for (const auto field : compared) {
        const auto* v = record.if_contains(field);
        out[field] = v ? plain(*v) : std::string{};
    }
    for (const auto field : counted) {
        const auto* v = record.if_contains(field);
        out[field] = v && v->is_array() ? static_cast<int64_t>(v->get_array().size()) : int64_t{0};
    }
    return out;
}

ProgressRecord progress_record(const Story& story, const dossiers::Context& ctx, const Profile& profile) {
    ProgressRecord out;
    const auto release = ctx.catalogue->release(story.release);
    bool nameless = false;
    for (const auto& p : story.progress) {
        json::object line{{"MaHoSo", story.code.value}, {"ThoiDiemXuLy", portal_time(p.at)}};
        const auto put = [&](std::string_view field, std::string value) {
            if (const auto limit = profile.limits.find(std::string{field}); limit != profile.limits.end())
                (void)cut(value, limit->second);
            if (!value.empty()) line[field] = std::move(value);
        };
        const auto who = officer_name(ctx, p.officer);
        nameless = nameless || who.empty();
        put("NguoiXuLy", who);
        if (const auto* position = ctx.directory->position(p.position)) put("ChucDanh", position->title);
        put("PhongBanXuLy", agency_name(ctx, p.agency, p.at));
        std::string words;
        if (const auto* act = find(profile.acts, p.event)) words = *act;
        if (release.ok())
            if (const auto* step = (*release)->flow.step(p.step)) words += (words.empty() ? "" : ": ") + step->name;
        put("NoiDungXuLy", words);
        if (const auto rule = profile.statuses.find(p.state); rule != profile.statuses.end() && rule->second.code > 0)
            line["TrangThai"] = std::to_string(rule->second.code);
        if (p.started) line["NgayBatDau"] = portal_time(*p.started);
        if (p.due) line["NgayKetThucTheoQuyDinh"] = portal_time(*p.due);
        for (const auto& r : profile.required_progress)
            if (!line.contains(r.field) && !out.held)
                out.held = Held{"datum.missing",
                                r.field,
                                {fmt::format("Thiếu {} ở tiến trình lúc {}.", r.field, to_vietnamese(p.at)),
                                 fmt::format("{} is missing in the progress of {}.", r.field, to_vietnamese(p.at))}};
        out.lines.push_back(std::move(line));
    }
    if (nameless)
        out.marks.push_back(
            {"NguoiXuLy", "unknown", {"Có bước không ghi tên người xử lý.", "Some steps do not name who did them."}});
    return out;
}

}  // namespace hl::links::portal
