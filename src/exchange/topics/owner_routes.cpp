// What a topic's owner does: makes, changes and closes it, admits readers, publishes.
#include "exchange/topics/commands.h"
#include "exchange/topics/messages.h"
#include "exchange/topics/readers.h"
#include "exchange/topics/route_parts.h"

namespace hl::exchange::topics {

namespace {

using access::Answer;
using access::Call;

constexpr size_t largest_message = 16u << 20;  // that a topic may allow
constexpr int64_t longest_hours = 24 * 3660;

json::object view(const Topic& t) {
    return {{"topic", t.id},
            {"title", t.title},
            {"owner", to_path(t.owner)},
            {"next_position", t.next_position},
            {"retention_hours", t.retention.count()},
            {"dead_retention_hours", t.dead_retention.count()},
            {"attempts", t.attempts},
            {"largest_message", t.largest_message},
            {"created_at", to_rfc3339(t.created)},
            {"closed_at", t.closed ? json::value(to_rfc3339(*t.closed)) : json::value()}};
}

/// What is not said stays as it is.
void read_settings(JsonReader& in, TopicSettings& s) {
    const auto hours = [&](std::string_view key, std::chrono::hours& into) {
        if (const auto given = in.optional_integer(key, 1, longest_hours)) into = std::chrono::hours{*given};
    };
    hours("retention_hours", s.retention);
    hours("dead_retention_hours", s.dead_retention);
    s.attempts = in.optional_integer("attempts", 1, 1000).value_or(s.attempts);
    s.largest_message =
        in.optional_integer("largest_message", 1, static_cast<int64_t>(largest_message)).value_or(s.largest_message);
}

Result<Answer> make(const TopicRouteContext& c, store::Transaction& tx, const Call& call) {
    TRY_VOID(require_exchange(call));
    JsonReader in(call.body);
    TopicSettings s;
    s.id = in.text("topic", 100);
    s.title = in.text("title", 300);
    s.owner = client_in_body(in, "owner");
    read_settings(in, s);
    TRY_VOID(in.finish());
    TRY_VOID(c.acts_for(tx, call.actor, s.owner, call.now));
    TRY(const auto topic, create_topic(tx, s, call.actor.label(), call.now));
    return Answer{view(topic), 201};
}

Result<Answer> change(const TopicRouteContext& c, store::Transaction& tx, const Call& call) {
    TRY(const auto topic, own_topic(c, tx, call));
    JsonReader in(call.body);
    TopicSettings s{topic.id,       topic.title,          topic.owner, topic.retention, topic.dead_retention,
                    topic.attempts, topic.largest_message};
    s.title = in.optional_text("title", 300).value_or(s.title);
    read_settings(in, s);
    TRY_VOID(in.finish());
    TRY_VOID(change_topic(tx, s, call.actor.label(), call.now));
    TRY(const auto changed, topic_in_path(tx, call));
    return Answer{view(changed)};
}

/// A message's id becomes a header when it is delivered, and X-Road takes no others.
bool good_message_id(std::string_view id) {
    return !id.empty() && id.size() <= 255 &&
           std::all_of(id.begin(), id.end(), [](char ch) { return ch > ' ' && ch < 0x7f; });
}

/// The body as it is, its id in X-Road-Id (so comes a message through the gateway) or Idempotency-Key: published again
/// under its id it keeps its position.
Result<Answer> publish_one(const TopicRouteContext& c, const Call& call) {
    TRY_VOID(require_exchange(call));
    const auto& r = call.request;
    TRY(const auto topic, c.store.read([&](store::Reader& reader) -> Result<Topic> {
        TRY(auto own, own_topic(c, reader, call));
        TRY_VOID(c.takes_part(reader, own.owner, call.now));
        return own;
    }));
    Message m;
    m.topic = topic.id;
    m.message_id = r.header("X-Road-Id");
    if (m.message_id.empty()) m.message_id = r.header("Idempotency-Key");
    if (!good_message_id(m.message_id))
        return Error{ErrorKind::invalid, "topic.message_id",
                     "Hãy đặt mã của tin vào X-Road-Id hoặc Idempotency-Key: 1 đến 255 ký tự ASCII, không dấu cách.",
                     "Give the message's id in X-Road-Id or Idempotency-Key: 1 to 255 ASCII characters, no spaces."};
    m.key = r.query_value("key").value_or("");
    if (m.key.size() > 300)
        return Error{ErrorKind::invalid, "topic.key", "Khóa thứ tự dài tối đa 300 byte.",
                     "The ordering key has at most 300 bytes.", "/query/key"};
    m.content_type = r.header("Content-Type");
    if (m.content_type.empty()) m.content_type = "application/octet-stream";
    m.body = r.body;
    auto sender = topic.owner;
    // Set by the gateway that it came through.
    if (const auto client = r.header("X-Road-Client"); !client.empty()) {
        TRY(sender, parse_client(client));
        if (auto evidence = c.evidence(sender, m.message_id, m.body)) {
            m.signature = std::move(evidence->signer);
            m.log_record = std::move(evidence->record);
        }
    }
    json::object out{{"topic", m.topic}, {"id", m.message_id}, {"log_record", text_or_null(m.log_record)}};
    TRY(const auto position, c.store.write([&](store::Transaction& tx) -> Result<int64_t> {
        TRY(const auto at, publish(tx, sender, m, call.now));
        c.signals.tell_after(tx, m.topic);
        return at;
    }));
    c.published();
    out["position"] = position;
    return Answer{std::move(out), 201};
}

void add_reader_routes(access::Api& api, const TopicRouteContext& c) {
    api.query("/api/v1/exchange/topics/{topic}/readers",
              [c](store::Reader& reader, const Call& call) -> Result<Answer> {
                  TRY(const auto topic, own_topic(c, reader, call));
                  json::array items;
                  for (const auto& one : topic_readers(reader, topic.id))
                      items.push_back(json::object{
                          {"client", to_path(one.client)}, {"basis", one.basis}, {"since", to_rfc3339(one.since)}});
                  return Answer{json::object{{"items", std::move(items)}}};
              });
    api.command("POST", "/api/v1/exchange/topics/{topic}/readers",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto topic, own_topic(c, tx, call));
                    JsonReader in(call.body);
                    const auto client = client_in_body(in, "client");
                    const auto basis = in.text("basis", 500);
                    TRY_VOID(in.finish());
                    TRY_VOID(admit(tx, topic.id, client, basis, call.actor.label(), call.now));
                    return Answer{{}, 204};
                });
    api.command("POST", "/api/v1/exchange/topics/{topic}/dismissals",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto topic, own_topic(c, tx, call));
                    JsonReader in(call.body);
                    const auto client = client_in_body(in, "client");
                    TRY_VOID(in.finish());
                    TRY_VOID(dismiss(tx, topic.id, client, call.actor.label(), call.now));
                    return Answer{{}, 204};
                });
}

}  // namespace

void add_owner_routes(access::Api& api, const TopicRouteContext& c) {
    api.query("/api/v1/exchange/topics", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(require_exchange(call));
        json::array items;
        for (const auto& topic : all_topics(reader)) items.push_back(view(topic));
        return Answer{json::object{{"items", std::move(items)}}};
    });
    api.query("/api/v1/exchange/topics/{topic}", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(require_exchange(call));
        TRY(const auto topic, topic_in_path(reader, call));
        return Answer{view(topic)};
    });
    api.command("POST", "/api/v1/exchange/topics",
                [c](store::Transaction& tx, const Call& call) { return make(c, tx, call); });
    api.command("PATCH", "/api/v1/exchange/topics/{topic}",
                [c](store::Transaction& tx, const Call& call) { return change(c, tx, call); });
    api.command("POST", "/api/v1/exchange/topics/{topic}/closing",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto topic, own_topic(c, tx, call));
                    TRY_VOID(close_topic(tx, topic.id, call.actor.label(), call.now));
                    return Answer{{}, 204};
                });
    add_reader_routes(api, c);
    // Raw: the body is the message, and the gateway's log is looked at before the database is written.
    api.raw("POST", "/api/v1/exchange/topics/{topic}/messages", [c](const Call& call) { return publish_one(c, call); },
            {.max_body = largest_message, .raw_body = true, .admit_first = true});
}

}  // namespace hl::exchange::topics
