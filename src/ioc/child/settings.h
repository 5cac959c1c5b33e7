// Settings of the line, both ends. Values.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace hl::ioc::child {

struct ParentSettings {
    std::string name;                        // of this installation, for its children
    std::string url;                         // where children reach it; empty: as the operator's browser does
    std::chrono::seconds silent_after{900};  // then a child's figures are stale
    int64_t batches_per_minute = 600;
    int64_t bytes_per_day = int64_t{1} << 30;
};
/// How far back a child tells figures. Months and days before are told when they change.
struct Telling {
    int months = 13, days = 7, years = 3;
};
struct LineSettings {
    std::chrono::milliseconds interval{30'000};       // between batches
    std::chrono::milliseconds longest_wait{300'000};  // between attempts
    std::chrono::milliseconds timeout{15'000};        // of a request
    std::string ca_file;                              // another trust anchor for the parent's certificate
    Telling telling;
    ParentSettings parent;
};

}  // namespace hl::ioc::child
