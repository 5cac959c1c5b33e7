#include "links/connector/routes.h"

#include <charconv>

#include "access/query_values.h"
#include "links/connector/commands.h"
#include "links/connector/views.h"

namespace hl::connector {

using access::Answer;
using access::Call;

namespace {

constexpr std::string_view purpose = "kiểm tra kết nối với đối tác";

Result<void> may(const Call& call) {
    return access::require(call.actor, access::Right::manage_links, AgencyId{}, call.now);
}

std::string asked(const Call& call, std::string_view name) {
    return call.request.query_value(name).value_or("");
}

/// What every question about one connector begins with.
Result<Hub::Entry*> entry_of(Hub& hub, const Call& call) {
    TRY_VOID(may(call));
    return hub.find(call.param("name"));
}

int64_t number_param(const Call& call) {
    int64_t number = 0;
    const auto text = call.param("number");
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string reason_in(JsonReader& in) {
    return in.text("reason", 500);
}

json::object page(json::array items, int64_t next) {
    return {{"items", std::move(items)}, {"next", next > 0 ? json::value(next) : json::value()}};
}

Result<Answer> messages(Hub& hub, store::Reader& reader, const Call& call) {
    TRY(auto* entry, entry_of(hub, call));
    MessageQuery q;
    q.connector = entry->connector->name();
    q.key = asked(call, "key");
    if (const auto word = asked(call, "state"); !word.empty()) {
        q.state = message_state_from(word);
        if (!q.state)
            return Error{ErrorKind::invalid, "query.state", "state không đúng.",
                         "state is queued, held, dead, accepted, unneeded or explained.", "/query/state"};
    }
    TRY(q.before, access::number_in_query(call, "before", 0, 0, std::numeric_limits<int64_t>::max()));
    TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 200));
    q.limit = static_cast<int>(limit) + 1;
    auto rows = find_messages(reader, q);
    int64_t next = 0;
    if (static_cast<int64_t>(rows.size()) > limit) {
        rows.pop_back();
        next = rows.back().message.number;
    }
    json::array items;
    for (const auto& row : rows) items.push_back(view(row, *entry->connector));
    return Answer{page(std::move(items), next)};
}

Result<Answer> difference_list(Hub& hub, store::Reader& reader, const Call& call) {
    TRY(auto* entry, entry_of(hub, call));
    std::optional<DifferenceState> state = DifferenceState::open;
    const auto word = asked(call, "state");
    if (word == "all")
        state.reset();
    else if (!word.empty()) {
        state.reset();
        for (const auto s :
             {DifferenceState::open, DifferenceState::sent_again, DifferenceState::explained, DifferenceState::gone})
            if (to_string(s) == word) state = s;
        if (!state)
            return Error{ErrorKind::invalid, "query.state", "state không đúng.",
                         "state is open, sent_again, explained, gone or all.", "/query/state"};
    }
    TRY(const auto after, access::number_in_query(call, "after", 0, 0, std::numeric_limits<int64_t>::max()));
    TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 200));
    auto rows = differences(reader, entry->connector->name(), state, after, static_cast<int>(limit) + 1);
    int64_t next = 0;
    if (static_cast<int64_t>(rows.size()) > limit) {
        rows.pop_back();
        next = rows.back().number;
    }
    json::array items;
    for (const auto& row : rows) items.push_back(view(row, *entry->connector));
    return Answer{page(std::move(items), next)};
}

Result<Answer> journal(Hub& hub, store::Reader& reader, const Call& call) {
    TRY(auto* entry, entry_of(hub, call));
    JournalQuery q;
    q.connector = entry->connector->name();
    q.key = asked(call, "key");
    TRY(q.before, access::number_in_query(call, "before", 0, 0, std::numeric_limits<int64_t>::max()));
    TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 200));
    q.limit = static_cast<int>(limit) + 1;
    auto rows = find_exchanges(reader, q);
    int64_t next = 0;
    if (static_cast<int64_t>(rows.size()) > limit) {
        rows.pop_back();
        next = rows.back().number;
    }
    json::array items;
    for (const auto& row : rows) items.push_back(view(row));
    return Answer{page(std::move(items), next)};
}

/// What was sent and answered: personal data, opened for the one who looks after the connection, and logged.
Result<Answer> one_exchange(Hub& hub, store::Reader& reader, const Call& call) {
    TRY(auto* entry, entry_of(hub, call));
    TRY(const auto opened, open_exchange(reader, hub.ground().vault, entry->connector->name(), number_param(call)));
    Answer answer;
    auto value = view(opened.row);
    value["request"] = opened.request;
    value["response"] = opened.response;
    answer.value = std::move(value);
    answer.headers = {{"Cache-Control", "no-store"}};
    answer.reads.push_back({call.actor.label(), std::string{purpose}, "link_exchange", opened.row.subject.value,
                            call.request.request_id, call.now});
    return answer;
}

Result<Answer> cost(const RouteParts& parts, store::Reader& reader, const Call& call) {
    TRY(auto* entry, entry_of(parts.hub, call));
    const auto name = entry->connector->name();
    // Keys that the partner does not have: whatever stands in the outbox and was never accepted.
    const auto keys = reader.all(
        "SELECT DISTINCT key FROM link_message WHERE connector = ? AND state < 10 AND NOT EXISTS (SELECT 1 FROM "
        "link_key "
        "k WHERE k.connector = link_message.connector AND k.key = link_message.key) ORDER BY key LIMIT 2000",
        {name}, [](const store::Row& r) { return r.string(0); });
    json::object out{{"keys", keys.size()}, {"cost", nullptr}};
    if (parts.cost) out["cost"] = parts.cost(reader, name, keys, call.now);
    return Answer{std::move(out)};
}

json::object counted(int64_t n) {
    return {{"messages", n}};
}

void add_commands(access::Api& api, Hub& hub) {
    using Do = std::function<Result<json::value>(store::Transaction&, const std::string&, const Call&, JsonReader&)>;
    const auto add = [&](const std::string& path, Do act) {
        api.command("POST", "/api/v1/links/{name}/" + path,
                    [&hub, act](store::Transaction& tx, const Call& call) -> Result<Answer> {
                        TRY(auto* entry, entry_of(hub, call));
                        const json::value body = call.body.is_null() ? json::value(json::object{}) : call.body;
                        JsonReader in(body);
                        TRY(auto value, act(tx, entry->connector->name(), call, in));
                        tx.after_commit([runner = entry->runner.get()] { runner->wake(); });
                        return Answer{std::move(value)};
                    });
    };
    const auto done = json::value(json::object{{"done", true}});
    add("pause", [done](auto& tx, const auto& name, const Call& call, JsonReader& in) -> Result<json::value> {
        const auto reason = reason_in(in);
        TRY_VOID(in.finish());
        TRY_VOID(pause(tx, call.actor, name, reason, call.now));
        return done;
    });
    add("resume", [done](auto& tx, const auto& name, const Call& call, JsonReader& in) -> Result<json::value> {
        TRY_VOID(in.finish());
        TRY_VOID(resume(tx, call.actor, name, call.now));
        return done;
    });
    add("replay", [](auto& tx, const auto& name, const Call& call, JsonReader& in) -> Result<json::value> {
        Replay what;
        what.key = in.optional_text("key", 200).value_or("");
        what.since = in.optional_instant("since");
        const bool all = in.boolean("all", false);
        TRY_VOID(in.finish());
        if (what.key.empty() && !what.since && !all)
            return Error{ErrorKind::invalid, "link.replay_what",
                         "Hãy ghi key (một mã), since (từ lúc nào) hoặc all: true (tất cả).",
                         "Say key (one), since (from when) or all: true.", "/key"};
        TRY(const auto n, replay(tx, call.actor, name, what, call.now));
        return json::value(counted(n));
    });
    add("retry", [](auto& tx, const auto& name, const Call& call, JsonReader& in) -> Result<json::value> {
        const auto word = in.one_of("state", {"held", "dead"});
        TRY_VOID(in.finish());
        TRY(const auto n, retry_all(tx, call.actor, name, *message_state_from(word), call.now));
        return json::value(counted(n));
    });
    add("tasks/{task}",
        [&hub, done](auto& tx, const auto& name, const Call& call, JsonReader& in) -> Result<json::value> {
            TRY_VOID(in.finish());
            TRY(auto* entry, hub.find(name));
            const auto task = call.param("task");
            bool known = task == reconcile_task && entry->connector->can_look_up();
            for (const auto& t : entry->connector->tasks()) known = known || t.name == task;
            if (!known)
                return Error{ErrorKind::not_found, "link.task_unknown", "Kết nối này không có việc tên như vậy.",
                             "This connector has no such task."};
            request_task(tx, name, task, call.now);
            return done;
        });
    add("messages/{number}/retry",
        [done](auto& tx, const auto& name, const Call& call, JsonReader& in) -> Result<json::value> {
            TRY_VOID(in.finish());
            TRY_VOID(retry(tx, call.actor, name, number_param(call), call.now));
            return done;
        });
    add("messages/{number}/explain",
        [done](auto& tx, const auto& name, const Call& call, JsonReader& in) -> Result<json::value> {
            const auto reason = reason_in(in);
            TRY_VOID(in.finish());
            TRY_VOID(explain_message(tx, call.actor, name, number_param(call), reason, call.now));
            return done;
        });
    add("differences/{number}/explain",
        [done](auto& tx, const auto& name, const Call& call, JsonReader& in) -> Result<json::value> {
            const auto reason = reason_in(in);
            TRY_VOID(in.finish());
            TRY_VOID(explain_difference(tx, call.actor, name, number_param(call), reason, call.now));
            return done;
        });
    add("differences/{number}/send",
        [done](auto& tx, const auto& name, const Call& call, JsonReader& in) -> Result<json::value> {
            TRY_VOID(in.finish());
            TRY_VOID(repair_difference(tx, call.actor, name, number_param(call), call.now));
            return done;
        });
}

}  // namespace

void add_routes(access::Api& api, const RouteParts& parts) {
    Hub& hub = parts.hub;
    api.query("/api/v1/links", [&hub](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(may(call));
        json::array items;
        for (const auto& entry : hub.entries()) items.push_back(view(reader, *entry, call.now));
        return Answer{json::object{{"items", std::move(items)}}};
    });
    api.query("/api/v1/links/{name}", [&hub](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(auto* entry, entry_of(hub, call));
        return Answer{view(reader, *entry, call.now)};
    });
    api.query("/api/v1/links/{name}/messages",
              [&hub](auto& reader, const Call& call) { return messages(hub, reader, call); });
    api.query("/api/v1/links/{name}/differences",
              [&hub](auto& reader, const Call& call) { return difference_list(hub, reader, call); });
    api.query("/api/v1/links/{name}/comparisons", [&hub](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(auto* entry, entry_of(hub, call));
        json::array items;
        for (const auto& run : comparisons(reader, entry->connector->name(), 100)) items.push_back(view(run));
        return Answer{json::object{{"items", std::move(items)}}};
    });
    api.query("/api/v1/links/{name}/exchanges",
              [&hub](auto& reader, const Call& call) { return journal(hub, reader, call); });
    access::RouteOptions opening;
    opening.purpose = purpose;
    api.query(
        "/api/v1/links/{name}/exchanges/{number}",
        [&hub](auto& reader, const Call& call) { return one_exchange(hub, reader, call); }, opening);
    api.query("/api/v1/links/{name}/cost",
              [parts](auto& reader, const Call& call) { return cost(parts, reader, call); });
    api.query("/api/v1/links/{name}/accepted", [&hub](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(auto* entry, entry_of(hub, call));
        TRY(const auto limit, access::number_in_query(call, "limit", 200, 1, 1000));
        const auto rows =
            accepted_keys(reader, entry->connector->name(), asked(call, "after"), static_cast<int>(limit));
        json::array items;
        for (const auto& row : rows)
            items.push_back({{"key", row.key},
                             {"kind", row.kind},
                             {"position", row.position},
                             {"accepted_at", to_rfc3339_local(row.accepted_at)},
                             {"facts", row.facts},
                             {"marks", row.marks}});
        return Answer{json::object{{"items", std::move(items)},
                                   {"next", rows.empty() ? json::value() : json::value(rows.back().key)}}};
    });
    add_commands(api, hub);
}

}  // namespace hl::connector
