#include "exchange/gateway/monitoring_here.h"

#include <boost/asio/post.hpp>

#include "base/json.h"
#include "exchange/gateway/service_statistics.h"
#include "exchange/protocol/transport.h"
#include "http/compress.h"

namespace hl::exchange::gateway {

namespace {

// What is younger may not have been written yet (PR-OPMON 2).
constexpr int64_t offset_seconds = 60;

Error bad_question(std::string text) {
    return carried({"client.bad_request", std::move(text), {}, true});
}

bool provided_by(const json::object& record, const ClientId& provider) {
    const auto is = [&](std::string_view name, const std::string& value) {
        const auto* member = record.if_contains(name);
        return member == nullptr ? value.empty() : member->is_string() && member->get_string() == value;
    };
    return is("serviceXRoadInstance", provider.instance) && is("serviceMemberClass", provider.member_class) &&
           is("serviceMemberCode", provider.member_code) && is("serviceSubsystemCode", provider.subsystem);
}

/// Those of one provider, with the fields that are wanted.
Result<OperationPage> narrowed(const OperationPage& page, const ClientId& provider,
                               const std::vector<std::string>& fields) {
    TRY(const auto all, parse_json(page.json));
    json::array kept;
    for (const auto& one : all.at("records").as_array()) {
        const auto& record = one.as_object();
        if (!provided_by(record, provider)) continue;
        if (fields.empty()) {
            kept.push_back(record);
            continue;
        }
        json::object chosen;
        for (const auto& field : fields)
            if (const auto* member = record.if_contains(field)) chosen[field] = *member;
        kept.push_back(std::move(chosen));
    }
    OperationPage out;
    out.count = static_cast<int64_t>(kept.size());
    out.next_from = page.next_from;
    out.json = json::serialize(json::object{{"records", std::move(kept)}});
    return out;
}

Result<OperationPage> find(const Core& core, const OperationalQuestion& asked, const ClientId& who, bool owner) {
    OperationQuery query;
    query.from = asked.from;
    query.to = asked.to;
    if (!owner) query.client = who;
    if (owner && asked.client) query.client = asked.client;
    // A provider is looked for in the records themselves: all their fields are needed.
    if (!asked.client) query.fields = asked.fields;
    TRY(auto page, core.find_operations(query));
    if (!asked.client) return page;
    return narrowed(page, *asked.client, asked.fields);
}

using Found = std::shared_ptr<Result<OperationPage>>;

Awaitable<Result<Metaservices::SoapAnswer>> records(const Core& core, Providers& providers, Random& random,
                                                    const SoapMessage& question, bool owner) {
    if (!core.find_operations)
        co_return carried(
            {fmt::format("{}.not_found", server_proxy), "This gateway keeps no operational records.", {}, true});
    auto read = read_operational_question(question);
    if (!read.ok()) co_return bad_question(read.error().en);
    OperationalQuestion asked = std::move(read).value();
    const int64_t written = to_ms(core.clock.now()) / 1000 - offset_seconds;
    if (asked.from >= written)
        co_return bad_question(fmt::format(
            "recordsFrom must be earlier than {}: younger records may not have been written yet.", written));
    std::optional<int64_t> next;
    if (asked.to >= written) next = asked.to = written - 1;
    if (next) ++*next;
    const auto& who = question.header.client;
    auto found = co_await called_back<Found>([&](auto done) {
        asio::post(providers.workers(), [&core, &asked, &who, owner, done] {
            done(std::make_shared<Result<OperationPage>>(find(core, asked, who, owner)));
        });
    });
    if (!found->ok()) {
        const auto& error = found->error();
        if (error.kind == ErrorKind::invalid) co_return bad_question(error.en);
        co_return carried(fault_for(error, server_proxy));
    }
    const OperationPage& page = found->value();
    Metaservices::SoapAnswer out;
    out.part_type = "text/xml;charset=UTF-8";
    out.xml = operational_answer_soap(question.header, page.count, page.next_from ? page.next_from : next);
    out.content_type = fmt::format("multipart/related; type=\"text/xml\"; charset=UTF-8; boundary={}",
                                   transport::make_boundary("xroad", random));
    std::vector<http::Header> head;
    head.push_back({"content-type", "application/gzip"});
    head.push_back({"content-transfer-encoding", "binary"});
    head.push_back({"content-id", fmt::format("<{}>", operational_attachment)});
    out.attachments = std::make_unique<TextBody>(http::gzip(page.json), std::move(head));
    co_return out;
}

}  // namespace

bool is_of_gateway(const ServiceId& service) {
    return service.provider.subsystem.empty() && is_monitoring(service.code);
}

std::vector<const ServerEntry*> gateways_of_owner(const Knowledge& knowledge, const ServiceId& service) {
    std::vector<const ServerEntry*> out;
    const auto& provider = service.provider;
    for (const auto& server : knowledge.configuration().servers)
        if (server.id.instance == provider.instance && server.id.member_class == provider.member_class &&
            server.id.member_code == provider.member_code)
            out.push_back(&server);
    return out;
}

Awaitable<Result<Metaservices::SoapAnswer>> answer_monitoring(const Core& core, Providers& providers, Random& random,
                                                              const SoapMessage& question) {
    const auto& server = core.settings.server;
    const ClientId owner{server.instance, server.member_class, server.member_code, {}};
    const bool by_owner = question.header.client.member() == owner;
    if (question.header.service.code == operational_data)
        co_return co_await records(core, providers, random, question, by_owner);
    const auto read = read_health_question(question);
    if (!read.ok()) co_return bad_question(read.error().en);
    if (!core.statistics)
        co_return carried({fmt::format("{}.not_found", server_proxy), "This gateway keeps no statistics.", {}, true});
    const auto services = core.statistics->health(read.value());
    Metaservices::SoapAnswer out;
    out.part_type = out.content_type = "text/xml;charset=UTF-8";
    out.xml = health_answer_soap(question.header, core.statistics->since(),
                                 std::chrono::seconds{ServiceStatistics::period}.count(), services);
    out.attachments = std::make_unique<TextBody>(std::nullopt);
    co_return out;
}

}  // namespace hl::exchange::gateway
