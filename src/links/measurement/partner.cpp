#include "links/measurement/partner.h"

#include <algorithm>

#include "dossiers/events.h"
#include "dossiers/storage.h"

namespace hl::measurement {

using connector::Built;
using connector::Held;
using connector::Reply;
using connector::Verdict;

namespace {

connector::Building missing(std::string datum, std::string vi, std::string en, std::string code = "datum.missing") {
    return Held{std::move(code), std::move(datum), {std::move(vi), std::move(en)}};
}

std::optional<int> at(const std::map<std::string, int>& map, std::string_view key) {
    const auto it = map.find(std::string{key});
    return it == map.end() ? std::nullopt : std::optional{it->second};
}

/// What was paid how: of a dossier without charges none; of one that still owes everything none, too, and marked.
int payments_of(const Profile& profile, const dossiers::Detail& detail, Built& built) {
    bool any = false, online = false, direct = false;
    for (const auto& c : detail.charges) {
        any = true;
        if (c.paid_at) (c.method == "online" ? online : direct) = true;
    }
    if (online) return profile.payments.at("online");
    if (direct) return profile.payments.at("direct");
    if (any)
        built.marks.push_back({"FormsPayments",
                               "earlier_state",
                               {"Có khoản phải nộp, chưa nộp.", "Something is owed and not paid yet."}});
    return profile.payments.at("none");
}

}  // namespace

Result<void> Partner::wants(store::Reader&, const store::StoredEvent& event, std::vector<connector::Wanted>& out) {
    if (!event.type.starts_with("dossier.")) return Nothing{};
    TRY(const auto change, dossiers::events::change_of(event));
    // Not yet taken in: there is nothing that this system counts.
    if (change.to == dossiers::State::filed || change.code.empty()) return Nothing{};
    connector::Wanted w;
    w.key = change.code.value;
    w.kind = "usage";
    w.stream = event.stream;
    out.push_back(std::move(w));
    return Nothing{};
}

Result<connector::Building> Partner::build(store::Reader& reader, const connector::Message& message, Instant now) {
    TRY(const auto profile, this->profile(reader, now));
    const auto ctx = parts_.context();
    TRY(const auto d, dossiers::storage::find(reader, message.key));
    const auto site = parts_.settings.extra("site");
    if (site.empty())
        return missing("SiteId", "Chưa khai SiteId trong tệp cấu hình.", "SiteId is not set in the configuration.");
    const auto release = ctx.catalogue->release(d.release);
    if (!release.ok())
        return missing("NameTTHC", "Không tìm thấy bản thủ tục của hồ sơ.", "The dossier's procedure is not found.");
    const auto word = std::string{dossiers::to_string(d.state)};
    const auto status = profile->states.find(word);
    if (status == profile->states.end())
        return missing("Status", "Bảng ánh xạ chưa có trạng thái " + word + ".",
                       "The mapping has no state " + word + ".", "status.unknown");
    const auto channel = procedures::to_string(d.channel);
    const auto reception = at(profile->reception, channel);
    const auto service = at(profile->post_service, channel);
    if (!reception || !service)
        return missing("FormsReception", "Bảng ánh xạ chưa có kênh nộp này.", "The mapping lacks this channel.");
    int level = profile->offline_level;
    if (const auto* online = (*release)->card.channel(dossiers::Channel::online)) {
        const auto known = at(profile->levels, online->level);
        if (!known)
            return missing("Level", "Thủ tục chưa ghi mức độ trực tuyến (toàn trình hay một phần).",
                           "The procedure does not say its online level (full or partial).");
        level = *known;
    }
    const auto person = dossiers::storage::load_person(reader, ctx, d);
    if (!person.ok()) return missing("User", person.error().vi, person.error().en, person.error().code);
    const auto type = at(profile->user_types, person->applicant.kind);
    if (!type)
        return missing("User.TYPE", "Bảng ánh xạ chưa có loại người nộp này.",
                       "The mapping lacks this kind of applicant.");

    Built built;
    if (status->second.mark)
        built.marks.push_back({"Status",
                               "earlier_state",
                               {"EMC không có trạng thái «" + std::string{dossiers::row_of(d.state).vi} + "».",
                                "EMC has no state \"" + word + "\"."}});
    const auto events = store::read_stream(reader, message.stream);
    const bool national = !events.empty() && events.front().actor.starts_with("machine:");
    // Who it is stays here: an id that leads to nobody outside.
    const json::object user{
        {"ID_local", d.subject.value}, {"ID_QG", ""}, {"TYPE", *type}, {"LOCATION", profile->location}};
    json::object out{{"CodeProfile", d.code.value},
                     {"SiteId", site},
                     {"CodeTTHC", d.procedure.value},
                     {"NameTTHC", (*release)->card.name},
                     {"MaHoSo", d.code.value},
                     {"Status", status->second.number},
                     {"FormsReception", *reception},
                     {"FormsPayments", payments_of(*profile, dossiers::storage::load_detail(reader, d.key), built)},
                     {"Level", level},
                     {"IsFromDVCQG", national},
                     {"IsDVCBC", *service},
                     {"Data", ""},
                     {"User", json::serialize(user)}};
    built.bytes = json::serialize(out);
    built.subject = d.subject;
    built.facts = {{"Status", status->second.number}};
    built.mapping = profile->hash;
    built.read = access::PersonalRead{"system:measurement", "đo lường dịch vụ công", "dossier", d.id.value, "", now};
    return connector::Building{std::move(built)};
}

Reply Partner::send(connector::Line& line, const connector::Message&, std::string_view bytes) {
    const auto profile = this->profile(parts_.clock.now());
    if (!profile.ok())
        return {Verdict::again, profile.error().code, "", {profile.error().vi, profile.error().en}, true};
    http::ClientRequest r;
    r.method = "POST";
    r.url = parts_.settings.url + (*profile)->path;
    r.headers = {{"Content-Type", "application/json; charset=utf-8"}, {"Accept", "application/json"}};
    r.body = bytes;
    r.timeout = parts_.settings.pace.timeout;
    r.ca_file = parts_.settings.ca_file.string();
    const auto answer = line.send(r, "TrackingMCDT");
    if (!answer.ok()) return {Verdict::again, answer.error().code, "", {answer.error().vi, answer.error().en}, true};
    if (answer->status == 400 || answer->status == 422)
        return {Verdict::refused,
                fmt::format("http.{}", answer->status),
                "",
                {"Hệ thống đo lường không nhận bản tin.", "The measurement refuses the message."},
                false};
    if (answer->status != 200)
        return {Verdict::again,
                fmt::format("http.{}", answer->status),
                "",
                {"Hệ thống đo lường chưa phục vụ được.", "The measurement does not serve just now."},
                true};
    const auto said = parse_reply(answer->body, **profile);
    if (!said.ok()) return {Verdict::again, said.error().code, "", {said.error().vi, said.error().en}, true};
    const auto& good = (*profile)->good;
    if (std::find(good.begin(), good.end(), *said) != good.end()) return {Verdict::accepted, *said, "", {}, false};
    return {Verdict::refused,
            *said,
            "",
            {"Hệ thống đo lường từ chối bản tin.", "The measurement refuses the message."},
            false};
}

}  // namespace hl::measurement
