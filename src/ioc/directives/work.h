// What every command on one directive has in common. Private to the room.
#pragma once
#include <functional>

#include "ioc/directives/commands.h"

namespace hl::directives {

/// What a command adds: the words of the history's line, and what its event tells besides.
struct Happened {
    std::optional<int> percent;
    std::optional<Instant> due;
    std::string words;
    bool words_needed = false;
    json::object more;
};
/// Loads, asks rights, version and state, lets `fill` change what the command changes, and writes row, line and event.
[[nodiscard]] Result<Directive> act(
    store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target, Command command,
    Instant now, const std::function<Result<void>(const Directive& before, Directive& d, Happened& happened)>& fill);
/// Writes the line and the event of a directive that was changed already; `from` is nothing for a new one.
[[nodiscard]] Result<void> tell(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                const Directive& d, std::optional<State> from, std::string_view event,
                                Happened happened, Instant now);
/// Errors: directive.changed.
[[nodiscard]] Result<void> same_version(const Directive& d, const Target& target);

}  // namespace hl::directives
