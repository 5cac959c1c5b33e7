// SOAP messages, faults and service descriptions from outside. A message that is read keeps its headers when the hash
// of its request is put in, and its bytes but for that.
#include <cstdlib>

#include "exchange/protocol/faults.h"
#include "exchange/protocol/metaservices.h"
#include "exchange/protocol/monitoring.h"

using namespace hl::exchange;

namespace {
void demand(bool truth) {
    if (!truth) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    for (const auto* type : {"text/xml; charset=utf-8", "text/xml; charset=iso-8859-1"}) {
        const auto message = parse_soap(std::string(all), type);
        if (!message.ok()) continue;
        demand(check_response(*message, *message).ok() == (message->fault || message->body.ends_with("Response")));
        (void)read_wsdl_question(*message);
        (void)read_operational_question(*message);
        (void)read_health_question(*message);
        const auto hashed = with_request_hash(*message, "SGFzaA==");
        if (!hashed.ok()) continue;
        const auto again = parse_soap(hashed->xml, type);
        demand(again.ok());
        demand(again->header == hashed->header && again->header.request_hash == "SGFzaA==");
        demand(again->body == message->body);
    }
    if (const auto fault = parse_soap_fault(all); fault.ok()) {
        const auto again = parse_soap_fault(soap_fault(*fault, Dialect::camel_case).body);
        demand(again.ok());
    }
    if (const auto hidden = without_addresses(all); hidden.ok()) {
        const auto twice = without_addresses(*hidden);
        demand(twice.ok() && *twice == *hidden);
    }
    (void)read_wsdl(all);
    if (size < 20'000) {
        (void)read_openapi(all);
        if (const auto answer = openapi_answer(all); answer.ok()) demand(read_openapi(answer->body).ok());
    }
    return 0;
}
