// Where a partner answers and how hard it may be pressed: from the settings file, once at start. Secrets stand in files
// of their own, readable by the program's account only, and are never logged or shown.
#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace hl::connector {

/// How a connector works; every number may be set per partner.
struct Pace {
    int workers = 2;                            // keys at once
    int batch = 32;                             // messages a worker takes at a time
    std::chrono::milliseconds timeout{20'000};  // of one exchange
    std::chrono::milliseconds first_retry{1'000};
    std::chrono::milliseconds longest_retry{15 * 60'000};
    int give_up = 20;          // attempts, not counting those while the partner served nobody
    int breaker_failures = 5;  // in a row, until the breaker opens
    std::chrono::milliseconds breaker_rest{10'000};
    std::chrono::milliseconds longest_rest{5 * 60'000};
    double per_second = 0;    // messages; 0: as fast as it answers
    int journal_days = 90;    // how long exchanges are kept
    int accepted_days = 365;  // how long rows of accepted messages are kept (what the partner holds is kept for good)
};

struct PartnerSettings {
    std::string url;                // empty: not connected
    std::filesystem::path ca_file;  // beside the system's authorities; verification is never off
    std::string user;
    std::filesystem::path secret_file;
    std::map<std::string, std::string> more;  // the partner's own: "unit" (madonvi), "provider" (dstcode)…
    std::map<std::string, std::filesystem::path> secret_files;  // by the partner's own names
    Pace pace{};
    bool simulated = false;  // played by hienluong-sim: said on every screen
    [[nodiscard]] bool connected() const { return !url.empty(); }
    /// Empty when not set.
    [[nodiscard]] std::string extra(const std::string& name) const;
};
/// name of the connector → its settings
using Settings = std::map<std::string, PartnerSettings>;

/// The first line of a secret's file. Errors: link.secret_missing, link.secret_mode (others may read it),
/// link.secret_empty. No message names the content.
[[nodiscard]] Result<std::string> read_secret(const std::filesystem::path& file);

}  // namespace hl::connector
