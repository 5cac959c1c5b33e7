// Asking the partner what it has and holding it against what it accepted: missing there, missing here, another value in
// a field. Differences are kept with their history: each is open until a later comparison finds it gone, or somebody
// explains it. What waits in the outbox is not a difference. Any thread with its own Reader or Transaction.
#pragma once
#include "links/connector/runner.h"

namespace hl::connector {

enum class DifferenceKind : int { missing_there = 1, missing_here = 2, field = 3 };
enum class DifferenceState : int { open = 1, sent_again = 2, explained = 3, gone = 4 };
[[nodiscard]] std::string_view to_string(DifferenceKind kind);
[[nodiscard]] std::string_view to_string(DifferenceState state);

struct Difference {
    int64_t number = 0;
    std::string connector, key, kind_of_message;
    DifferenceKind kind = DifferenceKind::field;
    std::string field;  // empty unless kind is field
    json::value ours, theirs;
    DifferenceState state = DifferenceState::open;
    int64_t first_run = 0, last_run = 0;
    Instant found_at;
    std::optional<Instant> settled_at;
    std::string settled_by, note;
};
struct Comparison {
    int64_t number = 0;
    std::string connector;
    Instant started_at;
    std::optional<Instant> ended_at;
    int64_t compared = 0, differences = 0, waiting = 0;  // waiting: not compared, a message is under way
    std::string problem;                                 // why it ended early
};

/// Asks for every key that was accepted. `stop` is asked between pages. Errors:
/// link.cannot_compare, link.interrupted, http.*.
[[nodiscard]] Result<Comparison> reconcile(const Ground& ground, Connector& connector, Line& line,
                                           std::string_view actor, const std::function<bool()>& stop = {});
[[nodiscard]] std::vector<Comparison> comparisons(store::Reader& reader, std::string_view connector, int limit);
[[nodiscard]] std::vector<Difference> differences(store::Reader& reader, std::string_view connector,
                                                  std::optional<DifferenceState> state, int64_t after, int limit);
[[nodiscard]] int64_t count_differences(store::Reader& reader, std::string_view connector, DifferenceState state);

}  // namespace hl::connector
