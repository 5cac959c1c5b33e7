#include "app/ledger_routes.h"

#include "access/query_values.h"
#include "base/json.h"
#include "directory/views.h"

namespace hl::app {

namespace {

using access::Answer;
using access::Call;

Error unknown_agency() {
    return {ErrorKind::not_found, "agency.unknown", "Không có cơ quan này.", "There is no such agency."};
}

boost::json::object to_json(const store::StoredEvent& e) {
    return {{"position", e.position}, {"id", e.id},       {"type", e.type},         {"version", e.version},
            {"stream", e.stream},     {"actor", e.actor}, {"at", to_rfc3339(e.at)}, {"data", e.data}};
}

boost::json::object to_json(const store::FollowerStatus& f) {
    boost::json::value last;
    if (f.last) last = boost::json::object{{"vi", f.last->vi}, {"en", f.last->en}, {"at", to_rfc3339(f.last->at)}};
    return {{"name", f.name},
            {"position", f.position},
            {"lag", f.lag},
            {"problem", f.problem.empty() ? boost::json::value() : boost::json::value(f.problem)},
            {"last_problem", std::move(last)}};
}

}  // namespace

void add_ledger_routes(access::Api& api, Program& program) {
    // Anyone may hold the ledger to its word: a checkpoint says nothing about any person.
    api.query("/api/v1/ledger/checkpoint",
              [&program](store::Reader& reader, const Call&) -> Result<Answer> {
                  const auto last = store::latest_checkpoint(reader);
                  if (!last)
                      return Error{ErrorKind::not_found, "ledger.no_checkpoint", "Sổ cái chưa có điểm chốt.",
                                   "The ledger has no checkpoint yet."};
                  return Answer{boost::json::object{{"size", last->size},
                                                    {"root", crypto::to_base64(crypto::view(last->root))},
                                                    {"note", last->note},
                                                    {"verifier", program.ledger_keys().verifier_line()},
                                                    {"at", to_rfc3339(last->at)}}};
              },
              {.who = access::Who::anyone});

    api.query("/api/v1/ledger/events", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::read_ledger, call.now));
        TRY(auto from, number_in_query(call, "from", 0, 0, std::numeric_limits<int64_t>::max()));
        TRY(auto limit, number_in_query(call, "limit", 100, 1, 1000));
        boost::json::array items;
        for (const auto& e : store::read_events(reader, from, limit)) items.push_back(to_json(e));
        const bool more = static_cast<int64_t>(items.size()) == limit;
        return Answer{boost::json::object{{"items", items},
                                          {"next", more ? boost::json::value(from + limit) : boost::json::value()}}};
    });

    api.raw("GET", "/api/v1/ledger/events/{id}/proof", [&program](const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::read_ledger, call.now));
        TRY(auto proof, store::prove_event(program.store(), program.ledger_keys(), call.param("id"), call.now));
        return Answer{std::move(proof)};
    });

    api.query("/api/v1/followers", [&program](store::Reader&, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::read_statistics, call.now));
        boost::json::array items;
        for (const auto& f : program.followers().status()) items.push_back(to_json(f));
        return Answer{boost::json::object{{"items", items}}};
    });

    // Emptying its tables may take long; reading the ledger again is the follower's own work.
    api.raw("POST", "/api/v1/followers/{name}/restart", [&program](const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_directory, call.now));
        TRY_VOID(program.followers().restart(call.param("name"), call.actor.label()));
        for (const auto& f : program.followers().status())
            if (f.name == call.param("name")) return Answer{to_json(f), 202};
        throw std::logic_error("a follower that was restarted is gone");
    });
}

void add_directory_routes(access::Api& api, Program& program) {
    // Organisation and calendar are public: every citizen may know who is competent and when offices work.
    const access::RouteOptions open{.who = access::Who::anyone};
    const auto day_of = [](const Call& call) -> Result<Date> {
        const auto text = call.request.query_value("date");
        if (!text) return local_date(call.now);
        return parse_date(*text);
    };
    api.query(
        "/api/v1/units",
        [&program, day_of](store::Reader&, const Call& call) -> Result<Answer> {
            TRY(auto day, day_of(call));
            const auto organisation = program.snapshots().organisation();
            const auto words = call.request.query_value("search");
            auto items =
                words ? directory::search_view(*organisation, *words, day) : directory::units_view(*organisation, day);
            return Answer{boost::json::object{{"items", std::move(items)}}};
        },
        open);
    api.query(
        "/api/v1/agencies",
        [&program, day_of](store::Reader&, const Call& call) -> Result<Answer> {
            TRY(auto day, day_of(call));
            return Answer{
                boost::json::object{{"items", directory::agencies_view(*program.snapshots().organisation(), day)}}};
        },
        open);
    api.query(
        "/api/v1/agencies/{id}",
        [&program, day_of](store::Reader&, const Call& call) -> Result<Answer> {
            TRY(auto day, day_of(call));
            const auto organisation = program.snapshots().organisation();
            const auto* agency = organisation->agency(AgencyId{call.param("id")});
            if (!agency) return unknown_agency();
            return Answer{directory::agency_view(*organisation, *agency, day)};
        },
        open);
    api.query(
        "/api/v1/agencies/{id}/succession",
        [&program](store::Reader&, const Call& call) -> Result<Answer> {
            const auto organisation = program.snapshots().organisation();
            const auto* agency = organisation->agency(AgencyId{call.param("id")});
            if (!agency) return unknown_agency();
            return Answer{boost::json::object{{"items", directory::lineage_view(*organisation, *agency)}}};
        },
        open);
    api.query(
        "/api/v1/calendar",
        [&program](store::Reader&, const Call& call) -> Result<Answer> {
            TRY(auto year, number_in_query(call, "year", int(local_date(call.now).year()), 2015, 2040));
            const auto calendar = program.snapshots().calendars()->for_agency(AgencyId{});
            if (!calendar)
                return Error{ErrorKind::not_found, "calendar.unknown",
                             "Chưa có lịch làm việc. Hãy nạp gói dữ liệu tỉnh.",
                             "There is no working calendar yet. Apply a pack."};
            const auto first = std::chrono::year{static_cast<int>(year)};
            return Answer{directory::calendar_view(*calendar, Date{first / 1 / 1},
                                                   Date{(first + std::chrono::years{1}) / 1 / 1})};
        },
        open);
}

}  // namespace hl::app
