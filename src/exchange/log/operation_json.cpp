// An operational record in X-Road's words.
#include "exchange/log/operations.h"

namespace hl::exchange {

namespace {

void put(json::object& out, std::string_view name, const std::optional<std::string>& value) {
    if (value) out[name] = *value;
}
void put(json::object& out, std::string_view name, const std::optional<int64_t>& value) {
    if (value) out[name] = *value;
}
void put(json::object& out, std::string_view name, const std::optional<Instant>& value) {
    if (value) out[name] = to_ms(*value);
}
/// A part of an identifier that is not there is not written.
void put_part(json::object& out, std::string_view name, const std::string& value) {
    if (!value.empty()) out[name] = value;
}

}  // namespace

json::object to_json(const OperationRecord& r) {
    json::object out;
    out["monitoringDataTs"] = to_ms(r.monitored_at) / 1000;
    put(out, "securityServerInternalIp", r.server_internal_ip);
    out["securityServerType"] = r.side == Side::client ? "Client" : "Producer";
    put(out, "requestInTs", r.request_in);
    put(out, "requestOutTs", r.request_out);
    put(out, "responseInTs", r.response_in);
    put(out, "responseOutTs", r.response_out);
    if (r.client) {
        put_part(out, "clientXRoadInstance", r.client->instance);
        put_part(out, "clientMemberClass", r.client->member_class);
        put_part(out, "clientMemberCode", r.client->member_code);
        put_part(out, "clientSubsystemCode", r.client->subsystem);
    }
    if (r.service) {
        put_part(out, "serviceXRoadInstance", r.service->provider.instance);
        put_part(out, "serviceMemberClass", r.service->provider.member_class);
        put_part(out, "serviceMemberCode", r.service->provider.member_code);
        put_part(out, "serviceSubsystemCode", r.service->provider.subsystem);
        put_part(out, "serviceCode", r.service->code);
        put_part(out, "serviceVersion", r.service->version);
    }
    put(out, "serviceType", r.service_type);
    put(out, "restMethod", r.rest_method);
    put(out, "restPath", r.rest_path);
    put(out, "xRoadVersion", r.xroad_version);
    put(out, "representedPartyClass", r.represented_party_class);
    put(out, "representedPartyCode", r.represented_party_code);
    put(out, "messageId", r.message_id);
    put(out, "messageUserId", r.user_id);
    put(out, "messageIssue", r.issue);
    put(out, "messageProtocolVersion", r.protocol_version);
    put(out, "clientSecurityServerAddress", r.client_server_address);
    put(out, "serviceSecurityServerAddress", r.service_server_address);
    put(out, "requestSize", r.request_size);
    put(out, "responseSize", r.response_size);
    put(out, "requestMimeSize", r.request_mime_size);
    put(out, "requestAttachmentCount", r.request_attachment_count);
    put(out, "responseMimeSize", r.response_mime_size);
    put(out, "responseAttachmentCount", r.response_attachment_count);
    out["succeeded"] = r.succeeded;
    put(out, "faultCode", r.fault_code);
    put(out, "faultString", r.fault_string);
    put(out, "xRequestId", r.request_id);
    put(out, "statusCode", r.status_code);
    return out;
}

}  // namespace hl::exchange
