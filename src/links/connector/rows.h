// Columns of the outbox and small JSON texts in columns. Private to the room.
#pragma once
#include "links/connector/outbox.h"

namespace hl::connector {

#define HL_MESSAGE_COLUMNS                                                                                       \
    "number, connector, key, kind, stream, position, snapshot, state, not_before, holder, attempts, is_update, " \
    "made_at, merged, subject, mapping, built, facts, marks, reason_code, "                                      \
    "reason_datum, reason_vi, reason_en, first_try, last_try, accepted_at"
inline constexpr std::string_view drop_message = "DELETE FROM link_message WHERE number = ?";  // and its bytes
inline constexpr std::string_view drop_bytes = "DELETE FROM link_bytes WHERE message = ?";
[[nodiscard]] MessageRow message_from(const store::Row& row);  // columns as HL_MESSAGE_COLUMNS

/// What was written by this room: an unreadable text is an empty one.
[[nodiscard]] json::object object_from(std::string_view text);
[[nodiscard]] json::array array_from(std::string_view text);

}  // namespace hl::connector
