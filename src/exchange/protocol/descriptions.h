// What a service's description says about it: an OpenAPI 3 document (JSON or YAML) or a WSDL 1.1, read for the registry
// and the metaservices. Outside bytes with limits; pure functions, any thread.
#pragma once
#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl::exchange {

struct Endpoint {
    std::string method;  // "GET"
    std::string path;    // as rights name it: "/pet/*" for "/pet/{petId}"
    auto operator<=>(const Endpoint&) const = default;
};
struct RestDescription {
    std::string title, version;  // info.title, info.version
    std::string openapi;         // "3.0.3"
    std::vector<Endpoint> endpoints;
    std::vector<std::string> servers;  // urls as written
};

struct Operation {
    std::string code, version;  // binding/operation/@name, xrd:version ("" when there is none)
    std::string title;          // portType/operation/documentation/xrd:title
    auto operator<=>(const Operation&) const = default;
};
struct SoapDescription {
    std::string title;  // service/@name
    std::vector<Operation> operations;
    std::vector<std::string> addresses;  // port/address/@location
};

inline constexpr size_t largest_description = 10u << 20;

/// Errors: exchange.description (cannot be read), exchange.description_version (not OpenAPI 3),
/// exchange.description_size.
[[nodiscard]] Result<RestDescription> read_openapi(std::string_view document);
/// The whole document as JSON, whichever way it was written: for pages that show it. Errors as read_openapi.
[[nodiscard]] Result<boost::json::value> openapi_as_json(std::string_view document);
/// Errors: exchange.description, exchange.invalid_xml, exchange.description_size.
[[nodiscard]] Result<SoapDescription> read_wsdl(std::string_view document);

/// "/pet/{petId}/photo" as a glob: every segment with a parameter becomes "*", a literal "*" or "\" is escaped.
[[nodiscard]] std::string glob_of_template(std::string_view path);

}  // namespace hl::exchange
