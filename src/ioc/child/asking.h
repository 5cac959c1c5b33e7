// Questions to the parent, whose answers are believed only when they are signed and about this question. Private to the
// room.
#pragma once
#include "ioc/child/rounds.h"

namespace hl::ioc::child {

/// The sealed answer's payload: signed by `parent_key`, of the `type`, with our nonce. Errors: child.answer,
/// child.signature, what the parent refuses (its code), those of the courier.
[[nodiscard]] Result<json::value> ask(const ChildEnd& end, const Line& line, std::string_view path,
                                      json::object question, std::string_view type);
/// What a refusing answer says: the problem document's code and words.
[[nodiscard]] Error refusal_in(const Reply& reply);
[[nodiscard]] std::string make_nonce(Random& random);
[[nodiscard]] Error wrong_answer();

}  // namespace hl::ioc::child
