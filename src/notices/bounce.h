// Reports of non-delivery (RFC 3464) that came back to the sending address: which notice it was about, and whether the
// address is dead. The parser takes any bytes; any thread.
#pragma once
#include "access/access.h"
#include "store/sealing.h"

namespace hl::notices {

struct Report {
    std::string key;        // of the notice
    std::string recipient;  // as the report names it
    std::string status;     // "5.1.1"
    bool permanent = false;
};
/// Errors: notices.report (not a report of non-delivery, or not about a notice of ours).
[[nodiscard]] Result<Report> parse_report(std::string_view message);

/// Keeps it and stops writing to an address that is dead; the same report twice changes nothing. Only about a notice
/// that was handed over. Errors: notices.report.
[[nodiscard]] Result<void> take_report(store::Transaction& tx, const store::Vault& vault, const Report& report,
                                       const std::string& actor, Instant now);

struct Bounce {
    int64_t number = 0;
    std::string key, status;
    bool permanent = false;
    Instant at;
};
[[nodiscard]] std::vector<Bounce> bounces(store::Reader& reader, int64_t before, int limit);

}  // namespace hl::notices
