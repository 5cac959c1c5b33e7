// Asks a clamd whether bytes carry a virus, over its INSTREAM command. Configured means asked: when the scanner cannot
// be reached or answers anything but a clear yes or no, the file is refused, never let through unlooked at.
// Safe on any thread; at most a few scans at a time, the others wait their turn.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hl::dossiers {

struct ScanVerdict {
    std::string signature;  // empty: clean
    [[nodiscard]] bool clean() const { return signature.empty(); }
};

class VirusScanner {
  public:
    virtual ~VirusScanner() = default;
    /// Errors: scan.unavailable (503).
    [[nodiscard]] virtual Result<ScanVerdict> scan(std::string_view bytes) const = 0;
};

struct ClamdOptions {
    std::string address;  // "/run/clamav/clamd.ctl" or "host:port"
    std::chrono::milliseconds connect_time{3'000};
    std::chrono::milliseconds scan_time{60'000};  // sending and waiting for the verdict, together
    std::chrono::milliseconds turn_time{5'000};   // waiting for a free place
    int at_once = 4;
};
/// Errors: scan.address (neither a path that begins with / nor host:port).
[[nodiscard]] Result<std::unique_ptr<VirusScanner>> make_clamd(ClamdOptions options);

/// One answer of clamd, without its final NUL. Errors: scan.unavailable.
[[nodiscard]] Result<ScanVerdict> read_clamd_answer(std::string_view answer);

}  // namespace hl::dossiers
