// The answers of X-Road's metaservices, rendered from plain values: listClients (PR-META 2), the lists of services over
// REST and SOAP (PR-MREST 4, PR-META 3), a service's OpenAPI document (PR-MREST 5) and its WSDL (PR-META 4). Pure
// functions; any thread. The member names and the bytes of getWsdl are what clients in the field parse.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/protocol/descriptions.h"
#include "exchange/protocol/identifiers.h"
#include "exchange/protocol/soap_message.h"

namespace hl::exchange {

/// Codes that mean a metaservice and cannot name a service of one's own.
[[nodiscard]] bool is_metaservice(std::string_view service_code);

struct ListedClient {
    ClientId id;
    std::string name;            // of the member
    std::string subsystem_name;  // empty: it has none
};
struct Answer {
    std::string content_type, body;
};
/// XML unless Accept names application/json.
[[nodiscard]] Answer list_clients(std::span<const ListedClient> clients, std::string_view accept);

struct ListedService {
    ServiceId id;
    std::string type;  // "OPENAPI3" or "REST"
    std::vector<Endpoint> endpoints;
};
/// What listMethods and allowedMethods answer over REST; the caller chooses the services.
[[nodiscard]] Answer list_services(std::span<const ListedService> services);

/// The SOAP answer to listMethods or allowedMethods, with the request's headers; without requestHash.
[[nodiscard]] std::string list_services_soap(const SoapHeader& request, std::span<const ServiceId> services);

struct WsdlQuestion {
    std::string code, version;
};
/// serviceCode and serviceVersion of a getWsdl request. Error: exchange.invalid_body.
[[nodiscard]] Result<WsdlQuestion> read_wsdl_question(const SoapMessage& request);
/// The SOAP part of getWsdl's answer; without requestHash.
[[nodiscard]] std::string wsdl_answer_soap(const SoapHeader& request, const WsdlQuestion& question);
/// Every port's address becomes http://example.org/xroad-endpoint; the other bytes stay. Error: exchange.invalid_xml.
[[nodiscard]] Result<std::string> without_addresses(std::string_view wsdl);
/// The whole answer as the client gets it. `boundary` begins with "xroad" (transport::make_boundary("xroad", …)).
[[nodiscard]] Answer wsdl_answer(std::string_view soap, std::string_view wsdl, std::string_view boundary);

/// The document with every server's URL reduced to its path. Errors: exchange.description,
/// exchange.description_version.
[[nodiscard]] Result<Answer> openapi_answer(std::string_view document);

}  // namespace hl::exchange
