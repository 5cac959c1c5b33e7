#include "ioc/child/routes.h"

#include "access/query_values.h"
#include "ioc/child/directives.h"
#include "ioc/child/refusals.h"
#include "ioc/indicators/routes.h"

namespace hl::ioc::child {

using access::Answer;
using access::Call;
using access::Right;

namespace {

std::string param(const Call& call, std::string_view name) {
    return call.request.query_value(name).value_or("");
}
json::value or_null(const std::optional<Instant>& t) {
    return t ? json::value(to_rfc3339_local(*t)) : json::value();
}

/// The child of the address, when the caller may see it.
Result<ChildState> child_in(store::Reader& reader, const RouteSources& s, const Call& call) {
    TRY(const auto see, viewable(call.actor, call.now));
    for (auto& c : children(reader, s.settings, see, call.now))
        if (c.id.value == call.param("child")) return std::move(c);
    return no_child();
}

/// Nobody makes the database write who is no child.
Result<void> require_known(const RouteSources& s, const Sealed& sealed) {
    TRY(const auto who,
        s.store.read([&](store::Reader& r) -> Result<std::optional<ChildId>> { return signed_by(r, sealed); }));
    if (!who) return unknown_key();
    return Nothing{};
}

/// What children's machines ask. The signature says who asks; there is no session.
void add_line(access::Api& api, const RouteSources& s) {
    access::RouteOptions open{.who = access::Who::anyone, .max_body = 64u << 10, .raw_body = true};
    const auto answer = [](const Sealed& sealed) { return Answer{to_json(sealed)}; };
    api.raw(
        "POST", std::string{enrol_path},
        [s, answer](const Call& call) -> Result<Answer> {
            TRY(const auto sealed, read_sealed(call.request.body));
            TRY(const auto parent, s.parent());
            TRY(const auto done,
                s.store.write([&](store::Transaction& tx) { return enrol(tx, *parent, sealed, call.now); }));
            return answer(done);
        },
        open);
    api.raw(
        "POST", std::string{poll_path},
        [s, answer](const Call& call) -> Result<Answer> {
            TRY(const auto sealed, read_sealed(call.request.body));
            TRY(const auto parent, s.parent());
            TRY_VOID(require_known(s, sealed));
            TRY(const auto done, s.store.write([&](store::Transaction& tx) {
                return answer_poll(tx, *parent, sealed, s.random, call.now);
            }));
            return answer(done);
        },
        open);
    api.raw(
        "POST", std::string{copies_path},
        [s, answer](const Call& call) -> Result<Answer> {
            TRY(const auto sealed, read_sealed(call.request.body));
            TRY(const auto parent, s.parent());
            TRY(const auto done, s.store.read([&](store::Reader& r) { return answer_copies(r, *parent, sealed); }));
            return answer(done);
        },
        open);
    open.max_body = largest_body;
    api.raw(
        "POST", std::string{batch_path},
        [s, answer](const Call& call) -> Result<Answer> {
            TRY(const auto sealed, read_sealed(call.request.body));
            TRY(const auto parent, s.parent());
            const auto done =
                s.store.write([&](store::Transaction& tx) { return take_batch(tx, *parent, sealed, call.now); });
            if (!done.ok()) {
                // What was written for it is undone; that it was refused is written by itself.
                const auto& e = done.error();
                if (e.code.starts_with("child.") && e.kind != ErrorKind::unavailable)
                    TRY_VOID(s.store.write([&](store::Transaction& tx) -> Result<void> {
                        record_refusal(tx, sealed, e, call.now);
                        return Nothing{};
                    }));
                return e;
            }
            if (s.taken) s.taken();
            return answer(*done);
        },
        open);
}

void add_children(access::Api& api, const RouteSources& s) {
    api.query("/api/v1/ioc/children", [s](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto see, viewable(call.actor, call.now));
        json::array items;
        for (const auto& c : children(reader, s.settings, see, call.now)) items.push_back(view(c, call.now));
        return Answer{
            json::object{{"items", std::move(items)}, {"silent_after_seconds", s.settings.silent_after.count()}}};
    });
    // Beside the province's own figures, never among them.
    api.query("/api/v1/ioc/children/figures", [s](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto see, viewable(call.actor, call.now));
        const auto component = param(call, "component");
        json::array items;
        for (const auto& c : children(reader, s.settings, see, call.now))
            items.push_back({{"child", view(c, call.now)},
                             {"tiles", tiles(reader, c, component)},
                             {"alerts", alerts_of(reader, c)}});
        return Answer{json::object{{"as_of", to_rfc3339_local(call.now)}, {"items", std::move(items)}}};
    });
    api.query("/api/v1/ioc/children/{child}", [s](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto c, child_in(reader, s, call));
        TRY(const auto before, number_in_query(call, "before", std::numeric_limits<int64_t>::max(), 1,
                                               std::numeric_limits<int64_t>::max()));
        TRY(const auto limit, number_in_query(call, "limit", 20, 1, 200));
        return Answer{json::object{{"child", view(c, call.now)},
                                   {"batches", batches_of(reader, c.id, before, limit)},
                                   {"refusals", refusals_of(reader, c.id, 50)},
                                   {"answers", directive_answers(reader, c.id, 100)}}};
    });
    api.query("/api/v1/ioc/children/{child}/indicators/{code}",
              [s](store::Reader& reader, const Call& call) -> Result<Answer> {
                  TRY(const auto c, child_in(reader, s, call));
                  return Answer{history(reader, c, call.param("code"))};
              });
    api.query("/api/v1/ioc/children/{child}/batches/{number}",
              [s](store::Reader& reader, const Call& call) -> Result<Answer> {
                  TRY(const auto c, child_in(reader, s, call));
                  int64_t number = 0;
                  for (const char digit : call.param("number"))
                      number = digit >= '0' && digit <= '9' && number < 1'000'000'000'000 ? number * 10 + (digit - '0')
                                                                                          : -1'000'000'000'000;
                  auto found = batch_of(reader, c.id, number);
                  if (found.is_null())
                      return Error{ErrorKind::not_found, "child.no_batch", "Không có lô số này.",
                                   "There is no batch of this number."};
                  return Answer{std::move(found)};
              });
    api.command("POST", "/api/v1/ioc/children/codes", [s](store::Transaction& tx, const Call& call) -> Result<Answer> {
        JsonReader in(call.body);
        NewChild wanted;
        wanted.id = ChildId{in.text("id", 60)};
        wanted.name = in.text("name", 200);
        wanted.url = in.optional_text("url", 300).value_or(s.settings.url);
        wanted.life = std::chrono::hours{in.optional_integer("hours", 1, 720).value_or(72)};
        for (const auto& [value, at] : in.array("agencies", 200)) {
            if (value->is_string())
                wanted.agencies.emplace_back(std::string_view{value->get_string()});
            else
                in.fail("agencies", "json.text", "Cần mã cơ quan.", "Ids of agencies are wanted.");
        }
        TRY_VOID(in.finish());
        if (wanted.url.empty()) wanted.url = "https://" + std::string{call.request.header("Host")};
        TRY(const auto parent, s.parent());
        TRY(const auto code, make_code(tx, *parent, call.actor, wanted, s.random, call.now));
        return Answer{json::object{{"code", to_text(code)}, {"expires", to_rfc3339_local(code.expires)}}, 201};
    });
    api.command("POST", "/api/v1/ioc/children/{child}/hold",
                [s](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    JsonReader in(call.body);
                    const auto reason = in.text("reason", 500);
                    TRY_VOID(in.finish());
                    TRY_VOID(hold(tx, call.actor, ChildId{call.param("child")}, reason, call.now));
                    return Answer{nullptr, 204};
                });
    api.command("POST", "/api/v1/ioc/children/{child}/release",
                [s](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY_VOID(release(tx, call.actor, ChildId{call.param("child")}, call.now));
                    return Answer{nullptr, 204};
                });
}

void add_own_line(access::Api& api, const RouteSources& s) {
    api.query("/api/v1/ioc/parent", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
        const auto line = line_of(reader);
        return Answer{json::object{{"line", line ? json::value(view(*line, call.now)) : json::value()},
                                   {"directives", received_directives(reader)}}};
    });
    // Not one write: it asks the parent first. Said twice, the second finds nothing to decide.
    api.raw("POST", "/api/v1/ioc/parent/resumption", [s](const Call& call) -> Result<Answer> {
        TRY_VOID(access::require(call.actor, Right::manage_directory, AgencyId{}, call.now));
        JsonReader in(call.body);
        const auto reason = in.text("reason", 1000);
        TRY_VOID(in.finish());
        TRY(const auto end, s.end());
        TRY(auto wanted, what_parts(end));
        wanted.reason = reason;
        wanted.by = call.actor.label();
        TRY(const auto done,
            s.store.write([&](store::Transaction& tx) { return resume(tx, wanted, s.random, call.now); }));
        if (s.wake) s.wake();
        return Answer{view(done)};
    });
}

}  // namespace

json::object view(const Line& l, Instant now) {
    json::value problem;
    if (!l.problem.empty()) problem = json::object{{"code", l.problem}, {"vi", l.problem_vi}, {"en", l.problem_en}};
    return {{"child", l.child.value},
            {"parent", l.parent},
            {"url", l.url},
            {"state", to_string(l.state)},
            {"last", to_json(l.last)},
            {"acknowledged", l.acknowledged},
            {"waiting", std::max<int64_t>(0, l.last.number - l.acknowledged)},
            {"parent_last", to_json(l.parent_last)},
            {"covered", l.covered},
            {"made_at", or_null(l.made_at)},
            {"contact_at", or_null(l.contact_at)},
            {"silent_seconds", l.contact_at ? json::value((to_ms(now) - to_ms(*l.contact_at)) / 1000) : json::value()},
            {"tried_at", or_null(l.tried_at)},
            {"failures", l.failures},
            {"problem", std::move(problem)},
            {"skew_seconds", l.skew_ms / 1000},
            {"received", {{"series", l.series}, {"number", l.down.number}}}};
}

json::object view(const ToldResume& r) {
    return to_json(r);
}

json::object view(const ChainReport& r) {
    json::array problems;
    for (const auto& p : r.problems) problems.emplace_back(p);
    return {{"batches", r.batches}, {"receipts", r.receipts}, {"problems", std::move(problems)}};
}

void add_routes(access::Api& api, RouteSources sources) {
    add_line(api, sources);
    add_children(api, sources);
    add_own_line(api, sources);
}

}  // namespace hl::ioc::child
