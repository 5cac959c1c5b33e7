// What the parent knows of its children: how each line stands, the figures with their source and freshness, batches and
// refusals; and the check of everything that is kept. Plain functions over a snapshot; any thread.
#pragma once
#include "ioc/child/parent.h"

namespace hl::ioc::child {

enum class LineHealth {
    waiting,  // a code was made and not used
    running,
    silent,   // not heard of for longer than allowed
    parted,   // its chain and ours are not the same: its operator must decide
    refused,  // its newest batch was refused
    held,
};
[[nodiscard]] std::string_view to_string(LineHealth health);

struct ChildState {
    ChildId id;
    std::string name, held, refusal, series, public_key;
    std::vector<AgencyId> agencies;
    Mark last;
    int64_t position = 0, skew_ms = 0, waiting = 0, head = 0, down_number = 0, down_confirmed = 0;
    std::optional<Instant> made_at, received_at, contact_at, current_at, refused_at, enrolled_at;
    LineHealth health = LineHealth::waiting;
};
/// With `agencies`, those that one of them belongs to.
[[nodiscard]] std::vector<ChildState> children(store::Reader& reader, const ParentSettings& settings,
                                               const std::optional<std::vector<AgencyId>>& agencies, Instant now);
[[nodiscard]] json::object view(const ChildState& child, Instant now);

/// The tiles of a child, as it told them; what it told as fresh is stale once the line is silent.
[[nodiscard]] json::array tiles(store::Reader& reader, const ChildState& child, std::string_view component);
/// All periods of one indicator of a child, newest first, and what changed of those that were over.
[[nodiscard]] json::object history(store::Reader& reader, const ChildState& child, std::string_view indicator);
[[nodiscard]] json::array alerts_of(store::Reader& reader, const ChildState& child);

[[nodiscard]] json::array batches_of(store::Reader& reader, const ChildId& child, int64_t before, int64_t limit);
[[nodiscard]] json::array refusals_of(store::Reader& reader, const ChildId& child, int64_t limit);
/// The batch as it was signed, with its receipt; null when there is none.
[[nodiscard]] json::value batch_of(store::Reader& reader, const ChildId& child, int64_t number);

struct ChainReport {
    int64_t batches = 0, receipts = 0;
    std::vector<std::string> problems;  // English, each names the batch
};
/// Hashes, links, signatures and receipts of everything a child sent.
[[nodiscard]] ChainReport verify_child(store::Reader& reader, const std::string& parent_key, const ChildId& child);
/// The same of a child's own outbox, and of what came down.
[[nodiscard]] ChainReport verify_line(store::Reader& reader, const std::string& own_key);

}  // namespace hl::ioc::child
