// The two questions of X-Road's operational monitoring (PR-OPMON 1.3): a gateway's operational records, and the health
// of its services. Read from SOAP messages and answered as SOAP; the caller knows the figures. Pure functions; any
// thread.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "exchange/protocol/soap_message.h"

namespace hl::exchange {

inline constexpr std::string_view operational_data = "getSecurityServerOperationalData";
inline constexpr std::string_view health_data = "getSecurityServerHealthData";
/// Services of a gateway itself: their provider is its owner, a member.
[[nodiscard]] bool is_monitoring(std::string_view service_code);

struct OperationalQuestion {
    int64_t from = 0, to = 0;        // seconds since 1970, both included
    std::optional<ClientId> client;  // the service's provider in the records
    std::vector<std::string> fields;
};
/// Error exchange.invalid_body: what must be there is missing, or is no number.
[[nodiscard]] Result<OperationalQuestion> read_operational_question(const SoapMessage& request);
/// filterCriteria/client of a question for health data; none: every service.
[[nodiscard]] Result<std::optional<ClientId>> read_health_question(const SoapMessage& request);

/// The records are in an attachment with this Content-ID.
inline constexpr std::string_view operational_attachment = "operational-monitoring-data.json.gz";
[[nodiscard]] std::string operational_answer_soap(const SoapHeader& request, int64_t count,
                                                  std::optional<int64_t> next_from);

/// Of the last period.
struct Spread {
    int64_t least = 0, most = 0;
    double mean = 0, deviation = 0;
};
struct ServiceHealth {
    ServiceId service;
    std::string type;  // WSDL, REST, OPENAPI3
    std::optional<Instant> last_success{}, last_failure{};
    int64_t succeeded = 0, failed = 0;                        // of the last period
    std::optional<Spread> duration{}, request{}, response{};  // milliseconds and bytes; none: nothing was measured
};
[[nodiscard]] std::string health_answer_soap(const SoapHeader& request, Instant started, int64_t period_seconds,
                                             std::span<const ServiceHealth> services);

}  // namespace hl::exchange
