// Reading ledger rows as they stand, for the parts of the ledger that need more than StoredEvent. Private to the store
// room; each function uses its caller's Reader.
#pragma once
#include <string>
#include <string_view>

#include "store/ledger.h"

namespace hl::store {

/// Columns in the order that read_event_row expects.
#define HL_EVENT_COLUMNS "position, id, type, version, stream, actor, at, data"

[[nodiscard]] StoredEvent read_event_row(const Row& row);

/// The fields a leaf is made of, not owned.
struct LeafFields {
    std::string_view id, type, stream, actor, data;  // data: canonical JSON
    int64_t version = 1;
    int64_t at_ms = 0;
};
/// Appends the canonical JSON object to `out`. Two different sets of fields never give the same bytes.
void append_leaf(std::string& out, const LeafFields& fields);

/// What a rotation event carries, and what the old key signs in it.
inline constexpr std::string_view rotation_type = "ledger.key_rotated";
[[nodiscard]] std::string rotation_statement(std::string_view origin, std::string_view old_verifier,
                                             std::string_view new_verifier);

[[nodiscard]] int64_t position_of(Reader& reader, std::string_view id);  // -1 when there is none

}  // namespace hl::store
