#include "links/registers/routes.h"

#include "access/query_values.h"
#include "links/registers/mirror.h"

namespace hl::links::registers {

namespace {

using access::Answer;
using access::Call;

/// Who receives or works on dossiers.
Result<void> may_look_up(const Call& call) {
    if (access::require_anywhere(call.actor, access::Right::handle_dossier, call.now).ok()) return Nothing{};
    return access::require_anywhere(call.actor, access::Right::receive_dossier, call.now);
}

Result<std::shared_ptr<Register>> connected(const RouteParts& parts, const std::string& name) {
    auto found = parts.find(name);
    if (found && found->can_ask()) return found;
    return Error{
        ErrorKind::unavailable, "register.not_configured",
        fmt::format("Chưa nối với hệ thống đăng ký này. Quản trị viên khai links: {} trong tệp cấu hình.", name),
        fmt::format("This register is not connected. An administrator sets links: {}.", name)};
}

json::object view(const Found& found, Instant now) {
    auto out = to_json(found.record);
    out["fetched_at"] = to_rfc3339(found.fetched_at);
    out["age_seconds"] = (to_ms(now) - to_ms(found.fetched_at)) / 1000;
    out["source"] = found.from_cache ? "cache" : "register";
    out["stale"] = found.stale;
    out["trouble"] = found.trouble.empty() ? json::value() : json::value(found.trouble);
    out["message_id"] = found.message_id.empty() ? json::value() : json::value(found.message_id);
    return out;
}

access::PersonalRead read_of(const Call& call, const Found& found) {
    return {call.actor.label(),
            "tra cứu cơ sở dữ liệu đăng ký",
            "register",
            found.record.kind + "/" + found.record.code,
            call.request.request_id,
            call.now};
}

Result<Found> asked(const RouteParts& parts, const std::string& name, const std::string& kind, const Call& call,
                    bool fresh) {
    TRY(const auto reg, connected(parts, name));
    auto line = parts.line();
    return reg->look_up(line, kind, call.param("code"), fresh, call.actor.label());
}

Result<Answer> look_up(const RouteParts& parts, const std::string& name, const std::string& otherwise,
                       const Call& call) {
    TRY_VOID(may_look_up(call));
    const auto kind = call.request.query_value("kind").value_or(otherwise);
    TRY(const auto found, asked(parts, name, kind, call, call.request.query_value("fresh") == "true"));
    Answer answer{view(found, call.now)};
    answer.headers = {{"Cache-Control", "no-store"}};
    answer.reads = {read_of(call, found)};
    return answer;
}

/// Exactly, by the mapping's rules; what differs is shown, and a person decides.
Result<Answer> compare(const RouteParts& parts, const Call& call) {
    TRY_VOID(may_look_up(call));
    JsonReader body(call.body);
    const auto kind = body.one_of("kind", {"enterprise", "household", "cooperative"}, "enterprise");
    const auto name = body.text("name", 500);
    TRY_VOID(body.finish());
    TRY(const auto found, asked(parts, "business", kind, call, false));
    TRY(const auto reg, connected(parts, "business"));
    TRY(const auto profile, reg->profile());
    const auto it = found.record.fields.find("name");
    const auto result = compare_names(profile->compare, name, it == found.record.fields.end() ? "" : it->second);
    Answer answer{json::object{{"same", result.same},
                               {"typed", result.left},
                               {"registered", result.right},
                               {"differs_at", result.same ? json::value() : json::value(result.differs_at)},
                               {"fetched_at", to_rfc3339(found.fetched_at)},
                               {"stale", found.stale}}};
    answer.reads = {read_of(call, found)};
    return answer;
}

json::value or_null(const std::optional<Instant>& at) {
    return at ? json::value(to_rfc3339(*at)) : json::value();
}

Result<Answer> mirrors(store::Reader& reader, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, access::Right::read_statistics, call.now));
    const auto day = [&](std::string_view name, Date otherwise) -> Result<Date> {
        const auto typed = call.request.query_value(name);
        if (!typed) return otherwise;
        return parse_date(*typed);
    };
    const auto today = local_date(call.now);
    TRY(const auto from, day("from", Date{today.year() / 1 / 1}));
    TRY(const auto to, day("to", today));
    json::array items;
    for (const auto& system : mirrored_systems(reader)) {
        const auto c = count_mirrored(reader, system, at_local(from, 0), at_local(add_days(to, 1), 0), call.now);
        items.push_back({{"system", system},
                         {"received", c.received},
                         {"in_time", c.in_time},
                         {"late", c.late},
                         {"no_due", c.no_due},
                         {"ended", c.ended},
                         {"open", c.open},
                         {"open_late", c.open_late},
                         {"unknown", c.unknown},
                         {"gone", c.gone},
                         {"ours", c.ours},
                         {"seen_at", or_null(c.seen_at)}});
    }
    return Answer{json::object{{"mirrored", true}, {"from", to_iso(from)}, {"to", to_iso(to)}, {"items", items}}};
}

Result<Answer> mirrored_dossiers(store::Reader& reader, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, access::Right::read_statistics, call.now));
    TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 500));
    const auto rows = find_mirrored(reader, call.param("system"), call.request.query_value("after").value_or(""),
                                    static_cast<int>(limit));
    json::array items;
    for (const auto& r : rows)
        items.push_back({{"code", r.dossier.code},
                         {"procedure", r.dossier.procedure},
                         {"unit", r.dossier.unit},
                         {"status", r.dossier.status == 0 ? json::value() : json::value(r.dossier.status)},
                         {"status_there", r.dossier.status_there},
                         {"received_at", to_rfc3339(r.dossier.received_at)},
                         {"due", or_null(r.dossier.due)},
                         {"finished_at", or_null(r.dossier.finished_at)},
                         {"returned_at", or_null(r.dossier.returned_at)},
                         {"ours", r.ours},
                         {"last_seen", to_rfc3339(r.last_seen)},
                         {"gone_at", or_null(r.gone_at)}});
    const bool more = static_cast<int64_t>(rows.size()) == limit;
    return Answer{
        json::object{{"items", items}, {"next", more ? json::value(rows.back().dossier.code) : json::value()}}};
}

}  // namespace

void add_routes(access::Api& api, const RouteParts& parts) {
    api.raw("GET", "/api/v1/registers/businesses/{code}",
            [parts](const Call& call) { return look_up(parts, "business", "enterprise", call); });
    api.raw("POST", "/api/v1/registers/businesses/{code}/compare",
            [parts](const Call& call) { return compare(parts, call); });
    api.raw("GET", "/api/v1/registers/budget-units/{code}", [parts](const Call& call) -> Result<Answer> {
        // The kind is in the code itself: 7 and 8 are projects.
        TRY(const auto code, budget_code(call.param("code")));
        TRY(auto answer, look_up(parts, "budget", code.kind == BudgetKind::project ? "project" : "unit", call));
        answer.value.as_object()["code_kind"] = to_string(code.kind);
        return answer;
    });
    api.query("/api/v1/registers/mirrors", mirrors);
    api.query("/api/v1/registers/mirrors/{system}/dossiers", mirrored_dossiers);
}

}  // namespace hl::links::registers
