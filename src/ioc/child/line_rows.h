// Statements that the child's end shares. Private to the room.
#pragma once
#include <string_view>

namespace hl::ioc::child {

inline constexpr std::string_view insert_line_batch =
    "INSERT INTO ioc_line_batch (number, previous, hash, signer, signature, text, made_at, adopted, receipt) VALUES "
    "(?, "
    "?, ?, ?, ?, ?, ?, ?, '')";
inline constexpr std::string_view line_stream = "ioc:line";

}  // namespace hl::ioc::child
