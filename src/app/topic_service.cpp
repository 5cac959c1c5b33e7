#include "app/topic_service.h"

#include <charconv>

#include "app/gateway_node.h"
#include "app/program.h"
#include "base/log.h"
#include "exchange/registry/taking_part.h"
#include "exchange/topics/queries.h"
#include "exchange/topics/routes.h"
#include "http/client.h"
#include "http/parse.h"

namespace hl::app {

namespace {

using namespace exchange;
namespace topics = exchange::topics;
using access::Answer;
using access::Call;

constexpr std::chrono::seconds longest_delivery{20};
constexpr int64_t removed_at_once = 500;
constexpr size_t largest_answer = 64u << 10;

/// An ordinary request of the topic's owner to the subscriber's service, which the gateway signs and logs. Whatever the
/// subscriber's system answers but success is a failure, and tried again.
Result<void> deliver(Program& program, const topics::Subscription& subscription, const topics::Message& message) {
    const auto node = program.own_gateway();
    const int port = node ? node->gateway().ports().http : -1;
    if (port < 0)
        return Error{ErrorKind::unavailable, "delivery.no_gateway", "Cổng kết nối không chạy.",
                     "The gateway does not run, or its HTTP entry is closed."};
    TRY(const auto topic, program.store().read([&](store::Reader& reader) -> Result<std::optional<topics::Topic>> {
        return topics::find_topic(reader, subscription.topic);
    }));
    if (!topic || !subscription.push_to)
        return Error{ErrorKind::not_found, "topic.unknown", "Không còn chủ đề này.", "The topic is gone."};
    const auto& address = node->gateway().core().settings.address;
    http::ClientRequest request;
    request.method = "POST";
    request.url = fmt::format("http://{}:{}/r1/{}", address == "0.0.0.0" ? "127.0.0.1" : address, port,
                              to_path(*subscription.push_to));
    request.headers = {{"X-Road-Client", to_path(topic->owner)},
                       {"X-Road-Id", message.message_id},
                       {"Content-Type", message.content_type},
                       {"Topic-Id", message.topic},
                       {"Topic-Position", std::to_string(message.position)},
                       {"Topic-Subscription", subscription.id}};
    request.body = message.body;
    request.timeout = longest_delivery;
    request.max_response = largest_answer;
    TRY(const auto answer, http::send(request));
    std::string fault;
    for (const auto& header : answer.headers)
        if (http::equal_ignoring_case(header.name, "X-Road-Error")) fault = header.value;
    if (answer.status >= 200 && answer.status < 300 && fault.empty()) return Nothing{};
    return Error{ErrorKind::unavailable, fault.empty() ? "delivery.refused" : "delivery.fault",
                 fmt::format("Hệ thống nhận trả lời {} {}.", answer.status, fault),
                 fmt::format("The subscriber's system answered {} {}.", answer.status, fault)};
}

/// The record of a message that came through the own gateway: the same sender, id and body.
std::optional<topics::Evidence> evidence(Program& program, const ClientId& client, const std::string& id,
                                         std::string_view body) {
    const auto node = program.own_gateway();
    if (!node) return std::nullopt;
    const auto numbers = node->gateway().core().find_messages(client, id);
    if (!numbers.ok()) return std::nullopt;
    const auto digest = sha512(body);
    for (const auto number : *numbers) {
        const auto entry = node->log().entry(number);
        if (!entry.ok() || entry->side != Side::provider || entry->direction != Direction::request) continue;
        if (entry->bodies.size() != 1 || entry->bodies[0].digest != digest) continue;
        return topics::Evidence{"sha256:" + entry->signer_sha256,
                                fmt::format("{}/{}", to_path(node->gateway().core().settings.server), number)};
    }
    return std::nullopt;
}

/// The signed message that was published, for its owner and for those who subscribe.
Result<Answer> container(Program& program, const Call& call) {
    struct Found {
        topics::Message message;
        bool allowed = false;
    };
    TRY(const auto found, program.store().read([&](store::Reader& reader) -> Result<Found> {
        const auto missing = Error{ErrorKind::not_found, "topic.position", "Không có tin ở vị trí này.",
                                   "There is no message at this position."};
        int64_t position = 0;
        const auto text = call.param("position");
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), position);
        if (problem != std::errc{} || end != text.data() + text.size()) return missing;
        const auto acts_for = [&](const ClientId& client) {
            return require_acting_for(reader, call.actor, client, call.now).ok();
        };
        Found out;
        const auto topic = topics::find_topic(reader, call.param("topic"));
        out.allowed = topic && acts_for(topic->owner);
        if (topic && !out.allowed)
            for (const auto& s : topics::subscriptions(reader, topic->id))
                out.allowed = out.allowed || acts_for(s.subscriber);
        if (!out.allowed)
            return Error{ErrorKind::denied, "access.denied", "Chỉ chủ của chủ đề và bên đăng ký nhận được tải.",
                         "Only the topic's owner and its subscribers may have it."};
        auto message = topics::find_message(reader, topic->id, position);
        if (!message) return missing;
        out.message = *std::move(message);
        return out;
    }));
    const auto node = program.own_gateway();
    const auto& record = found.message.log_record;
    const auto slash = record.rfind('/');
    if (!node || slash == std::string::npos ||
        record.substr(0, slash) != to_path(node->gateway().core().settings.server))
        return Error{ErrorKind::not_found, "topic.no_evidence",
                     "Tin này không được phát qua cổng kết nối của máy chủ nên không có gói chứng cứ ở đây.",
                     "This message was not published through this server's gateway: there is no container here."};
    int64_t number = 0;
    (void)std::from_chars(record.data() + slash + 1, record.data() + record.size(), number);
    Answer out;
    TRY(out.bytes, export_container(node->log(), number));
    out.headers = {{"Content-Type", "application/vnd.etsi.asic-e+zip"},
                   {"Content-Disposition",
                    fmt::format("attachment; filename=\"{}-{}.asice\"", found.message.topic, found.message.position)}};
    out.reads.push_back(
        {call.actor.label(), call.actor.purpose, "exchange_container", record, call.request.request_id, call.now});
    return out;
}

topics::PushSettings push_settings() {
    topics::PushSettings out;
    out.first_wait = std::chrono::seconds{5};  // ten attempts last over an hour and a half
    out.batch = 4;                             // each within its time, all within the lease
    out.lease = std::chrono::seconds{90};
    return out;
}

}  // namespace

TopicService::TopicService(Program& program)
    : program_(program),
      polls_(program.store(), signals_),
      pusher_(
          program.store(),
          [&program](const topics::Subscription& s, const topics::Message& m) { return deliver(program, s, m); },
          push_settings()) {}

void TopicService::add_routes(access::Api& api) {
    topics::add_topic_routes(api, {program_.store(), program_.random(), signals_, polls_,
                                   [](store::Reader& reader, const access::Actor& actor, const ClientId& client,
                                      Instant now) { return require_acting_for(reader, actor, client, now); },
                                   [](store::Reader& reader, const ClientId& client, Instant now) {
                                       return require_taking_part(reader, client, local_date(now));
                                   },
                                   [this](const ClientId& client, const std::string& id, std::string_view body) {
                                       return evidence(program_, client, id, body);
                                   },
                                   [this] { pusher_.wake(); }});
    api.raw("GET", "/api/v1/exchange/topics/{topic}/messages/{position}/container",
            [this](const Call& call) { return container(program_, call); }, {.purpose = "chứng cứ của tin đã phát"});
}

void TopicService::remove_expired() {
    const Instant now = program_.clock().now();
    auto& store = program_.store();
    const auto all = store.read(
        [](store::Reader& reader) -> Result<std::vector<topics::Topic>> { return topics::all_topics(reader); });
    if (!all.ok()) return log::error("exchange", "topics were not read", {{"detail", all.error().en}});
    for (const auto& topic : *all)
        for (int64_t removed = removed_at_once; removed == removed_at_once;) {
            const auto done = store.write(
                [&](store::Transaction& tx) { return topics::remove_expired(tx, topic.id, removed_at_once, now); });
            if (!done.ok())
                log::error("exchange", "old messages of a topic were not removed",
                           {{"topic", topic.id}, {"detail", done.error().en}});
            removed = done.ok() ? *done : 0;
        }
}

}  // namespace hl::app
