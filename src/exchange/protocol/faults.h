// X-Road's faults: codes in the spelling of 7.8 inside, either spelling outside; bodies for REST (JSON or XML by
// Accept) and SOAP 1.1. Values; any thread.
#pragma once
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace hl::exchange {

/// Spelling of fault codes on the wire: "Server.ServerProxy.AccessDenied" up to 7.7, "server.serverproxy.access_denied"
/// from 7.8 (2026-02-02). Clients in the field match on the old one.
enum class Dialect { camel_case, snake_case };

struct Fault {
    std::string code;               // 7.8 spelling with its prefix: "server.serverproxy.access_denied"
    std::string text;               // one English sentence, as X-Road's own where it has one, then what to do
    std::string detail;             // UUID under which logs know this failure
    bool from_server_side = false;  // made by the provider's gateway (not by this one)
};

/// Where faults of this side begin.
inline constexpr std::string_view client_proxy = "server.clientproxy";
inline constexpr std::string_view server_proxy = "server.serverproxy";

[[nodiscard]] std::string spell(std::string_view code, Dialect dialect);
/// Either spelling (case and underscores do not matter) to ours; unknown parts stay as they are.
[[nodiscard]] std::string canonical_code(std::string_view code);

struct FaultBody {
    int status = 500;  // REST: 500 when the code begins with "server.", else 400. SOAP: always 200.
    std::string content_type;
    std::string body;
    std::string error_header;  // X-Road-Error (REST only)
};
[[nodiscard]] FaultBody rest_fault(const Fault& fault, std::string_view accept, Dialect dialect);
[[nodiscard]] FaultBody soap_fault(const Fault& fault, Dialect dialect);
/// A fault answered by another gateway or security server, read back from its SOAP form.
[[nodiscard]] Result<Fault> parse_soap_fault(std::string_view xml);

}  // namespace hl::exchange
