// Namespaces of SOAP 1.1, X-Road's headers (PR-MESS 2) and WSDL 1.1. Constants.
#pragma once
#include <string_view>

namespace hl::exchange::ns {

inline constexpr std::string_view soap = "http://schemas.xmlsoap.org/soap/envelope/";
inline constexpr std::string_view xroad = "http://x-road.eu/xsd/xroad.xsd";
inline constexpr std::string_view identifiers = "http://x-road.eu/xsd/identifiers";
inline constexpr std::string_view representation = "http://x-road.eu/xsd/representation.xsd";
inline constexpr std::string_view security_token = "http://x-road.eu/xsd/security-token.xsd";
inline constexpr std::string_view wsdl = "http://schemas.xmlsoap.org/wsdl/";
inline constexpr std::string_view sha512 = "http://www.w3.org/2001/04/xmlenc#sha512";

}  // namespace hl::exchange::ns
