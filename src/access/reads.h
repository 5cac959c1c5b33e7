// The log of personal-data reads as the person himself may see it: who looked, when and why. Any thread with its own
// Reader.
#pragma once
#include "access/access.h"

namespace hl::access {

struct ReadLine {
    int64_t id = 0;
    Instant at;
    std::string actor;  // label
    std::string name;   // of the account behind it; empty: a citizen, a stranger, the system
    OfficerId officer;  // when the account belongs to one
    std::string purpose, what, request_id;
};
/// Reads of one subject's data before line `before`, newest first.
[[nodiscard]] std::vector<ReadLine> reads_of(store::Reader& reader, const SubjectId& subject, int64_t before,
                                             int limit);

}  // namespace hl::access
