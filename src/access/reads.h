// The log of personal-data reads: as the person himself may see it, and as an auditor searches it. Any thread with its
// own Reader.
#pragma once
#include <limits>

#include "access/access.h"

namespace hl::access {

struct ReadLine {
    int64_t id = 0;
    Instant at;
    std::string actor;        // label
    std::string name, login;  // of the account behind it; empty: a citizen, a stranger, the system
    OfficerId officer;        // when the account belongs to one
    std::string purpose, what, subject, request_id;
};
/// Reads of one subject's data before line `before`, newest first.
[[nodiscard]] std::vector<ReadLine> reads_of(store::Reader& reader, const SubjectId& subject, int64_t before,
                                             int limit);

struct ReadFilter {
    std::string actor;  // label; this and the next two: empty = any
    std::string purpose, subject;
    Instant from{};                                           // the first one wanted
    Instant until{};                                          // the first one not wanted any more
    int64_t before_id = std::numeric_limits<int64_t>::max();  // of those at the last instant, only with a smaller id
};
/// Newest first.
[[nodiscard]] std::vector<ReadLine> find_reads(store::Reader& reader, const ReadFilter& filter, int limit);
/// Purposes named among the newest lines, in order: what a filter can offer.
[[nodiscard]] std::vector<std::string> purposes_of_reads(store::Reader& reader);

/// What was read, in words for people; unknown words stay as they are.
struct ReadWords {
    std::string_view vi, en;
};
[[nodiscard]] ReadWords words_of_read(std::string_view what);

}  // namespace hl::access
