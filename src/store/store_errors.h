// The errors that the store itself answers with, in both languages, and what a DbError becomes at its edge. Private to
// the store room; pure functions, any thread.
#pragma once
#include <string_view>

#include "store/db.h"

namespace hl::store {

[[nodiscard]] Error full_error();
[[nodiscard]] Error unavailable_error();
/// The connection or the disk failed while COMMIT was under way: it may have happened or not.
[[nodiscard]] Error unknown_outcome_error();
[[nodiscard]] Error contention_error();
[[nodiscard]] Error closing_error();
[[nodiscard]] Error bad_url_error(std::string_view url);
[[nodiscard]] Error migration_changed_error(std::string_view room, int64_t number);
[[nodiscard]] Error newer_error(std::string_view room, int64_t number);
/// A mistake in our own code or SQL; `what` goes to the log, not to people.
[[nodiscard]] Error bug_error(std::string_view what);
/// Logs what the engine said, except for a broken constraint, which is an ordinary answer.
[[nodiscard]] Error error_of(const DbError& error);

}  // namespace hl::store
