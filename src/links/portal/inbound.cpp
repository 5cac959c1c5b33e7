// What comes down from the portal: its catalogue, to be compared and never applied, and dossiers filed there.
#include "dossiers/codes.h"
#include "links/portal/fields.h"
#include "links/portal/portal.h"

namespace hl::links::portal {

namespace {

constexpr size_t most_shown = 300;

/// Our word for the portal's code: mappings are read backwards where they are one to one.
std::string word_of(const std::map<std::string, std::string>& words, const std::string& code) {
    for (const auto& [word, c] : words)
        if (c == code) return word;
    return {};
}

std::string normal(std::string text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

}  // namespace

json::array catalogue_differences(const json::value& list, const procedures::Catalogue& ours, Instant now) {
    json::array out;
    std::map<std::string, std::string> theirs;
    if (const auto* items = list.if_array())
        for (const auto& item : *items)
            if (const auto* o = item.if_object())
                if (const auto code = raw_at(*o, "MATTHC"); !code.empty()) theirs[code] = raw_at(*o, "TENTTHC");
    std::set<std::string> seen;
    for (const auto& release : ours.all_valid(now)) {
        const auto& code = release->procedure.value;
        seen.insert(code);
        const auto there = theirs.find(code);
        if (there == theirs.end())
            out.push_back(
                {{"procedure", code}, {"kind", "missing_there"}, {"ours", release->card.name}, {"theirs", nullptr}});
        else if (!there->second.empty() && normal(there->second) != normal(release->card.name))
            out.push_back(
                {{"procedure", code}, {"kind", "name"}, {"ours", release->card.name}, {"theirs", there->second}});
    }
    for (const auto& [code, name] : theirs)
        if (!seen.contains(code))
            out.push_back({{"procedure", code}, {"kind", "missing_here"}, {"ours", nullptr}, {"theirs", name}});
    return out;
}

FiledThere read_filed(const json::value& result, const dossiers::Context& ctx, const Profile& profile, Instant now) {
    FiledThere out;
    each_listed(result, out.unreadable, [&](const json::object& o, const auto& bad) {
        dossiers::ImportItem item;
        item.code = DossierCode{raw_at(o, "MaHoSo")};
        item.procedure = ProcedureCode{raw_at(o, "MaTTHC")};
        item.channel = procedures::Channel::online;
        item.status = 1;
        const auto filed = from_portal_time(raw_at(o, "NgayNopHoSo"));
        const auto* place = ctx.directory->unit_by_code(raw_at(o, "MaDiaBan"), local_date(now));
        item.applicant.kind = word_of(profile.subjects, raw_at(o, "LoaiDoiTuong"));
        item.applicant.name = raw_at(o, "ChuHoSo");
        item.applicant.phone = raw_at(o, "SoDienThoai");
        item.applicant.email = raw_at(o, "Email");
        item.applicant.address = raw_at(o, "DiaChi");
        item.summary = raw_at(o, "TrichYeuHoSo");
        if (const auto* ids = o.if_contains("DinhDanhCHS"); ids && ids->is_array() && !ids->get_array().empty())
            if (const auto* id = ids->get_array().front().if_object()) {
                item.applicant.id_kind = word_of(profile.id_kinds, raw_at(*id, "LoaiDinhDanh"));
                item.applicant.id_number = raw_at(*id, "SoDinhDanh");
            }
        if (!dossiers::parse_code(item.code.value).ok())
            bad("MaHoSo");
        else if (item.procedure.empty())
            bad("MaTTHC");
        else if (!filed)
            bad("NgayNopHoSo");
        else if (!place)
            bad("MaDiaBan");
        else if (item.applicant.name.empty())
            bad("ChuHoSo");
        else if (item.applicant.kind.empty())
            bad("LoaiDoiTuong");
        else {
            item.filed_at = *filed;
            item.place = place->id;
            out.items.push_back(std::move(item));
        }
    });
    return out;
}

Result<json::object> PortalConnector::fetch_catalogue(connector::Line& line, Instant now) {
    TRY(const auto p, profile(now));
    const auto service = p->service("procedures");
    TRY(const auto answer, session_.call(line, *p, service, json::serialize(json::object{{"service", service}})));
    if (!p->ok.contains(answer.code) || !answer.result.is_array())
        return Error{ErrorKind::unavailable, "portal.answer", "Cổng không cho danh mục thủ tục.",
                     fmt::format("The portal does not give its catalogue (code {}).", answer.code)};
    // A nation without procedures: something is wrong there, and every one of ours would be told as missing.
    if (answer.result.get_array().empty())
        return Error{ErrorKind::unavailable, "portal.empty_catalogue",
                     "Cổng trả danh mục thủ tục trống; không đối chiếu, sẽ hỏi lại.",
                     "The portal's catalogue is empty; nothing is compared, it is asked again."};
    const auto ctx = parts_.context();
    auto differences = catalogue_differences(answer.result, *ctx.catalogue, now);
    const auto all = differences.size();
    if (differences.size() > most_shown) differences.resize(most_shown);
    std::set<std::string> there;
    for (const auto& item : answer.result.get_array())
        if (const auto* o = item.if_object()) there.insert(raw_at(*o, "MATTHC"));
    TRY(auto report, compare_details(line, *p, there, now));
    report["procedures_there"] = answer.result.get_array().size();
    report["procedures_here"] = ctx.catalogue->all_valid(now).size();
    report["differences"] = all;
    report["shown"] = std::move(differences);
    return report;
}

Result<json::object> PortalConnector::fetch_filed(connector::Line& line, Instant now) {
    TRY(const auto p, profile(now));
    const auto service = p->service("filed");
    if (service.empty()) return json::object{{"taken", 0}};
    TRY(const auto answer, call_masked(line, *p, service, json::serialize(json::object{{"service", service}})));
    if (!p->ok.contains(answer.code) || !answer.result.is_array())
        return Error{ErrorKind::unavailable, "portal.answer", "Cổng không cho danh sách hồ sơ đã nộp.",
                     fmt::format("The portal does not give the filed dossiers (code {}).", answer.code)};
    const auto ctx = parts_.context();
    const auto filed = read_filed(answer.result, ctx, *p, now);
    int64_t taken = 0, known = 0;
    json::array refused;
    const auto who = access::Actor::system("links.portal", ctx.directory);
    // One write each: one that cannot be taken in must not keep the others out.
    for (const auto& item : filed.items) {
        const auto done = parts_.store.write([&](store::Transaction& tx) -> Result<std::string> {
            TRY(const auto report, dossiers::import_dossiers(tx, ctx, who, {item}, now));
            const auto& one = report.front().result;
            if (!one.ok()) return one.error();
            return std::string{};
        });
        if (done.ok())
            ++taken;
        else if (done.error().code == "import.exists")
            ++known;
        else
            refused.push_back({{"key", item.code.value},
                               {"code", done.error().code},
                               {"vi", done.error().vi},
                               {"en", done.error().en}});
    }
    return json::object{
        {"taken", taken}, {"known", known}, {"refused", std::move(refused)}, {"unreadable", filed.unreadable}};
}

std::vector<connector::Task> PortalConnector::tasks() {
    return {{"filed",
             {"Lấy hồ sơ nộp trên Cổng", "Fetch dossiers filed at the portal"},
             std::chrono::minutes{1},
             [this](connector::Line& line, Instant now) { return fetch_filed(line, now); }},
            {"questions",
             {"Lấy câu hỏi của công dân trên Cổng", "Fetch citizens' questions at the portal"},
             std::chrono::minutes{5},
             [this](connector::Line& line, Instant now) { return fetch_questions(line, now); }},
            {"catalogue",
             {"Đối chiếu danh mục thủ tục", "Compare the catalogue of procedures"},
             std::chrono::hours{24},
             [this](connector::Line& line, Instant now) { return fetch_catalogue(line, now); }}};
}

}  // namespace hl::links::portal
