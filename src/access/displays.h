// Displays: a screen on a wall that shows the operations centre for months without anybody before it. A leader or an
// administrator makes one and opens its one-time link on the screen's machine; the session that begins there does not
// lock, reads only, and only what holds nothing personal. It rests on its maker's rights: when they end, so does what
// it shows. Plain functions over a transaction; any thread.
#pragma once
#include "access/accounts.h"

namespace hl::access {

struct Display {
    std::string id, name;
    AccountId account;  // who made it, and whose rights it has
    std::string maker;  // his name
    Instant made, expires;
    std::optional<Instant> code_until;  // its link is still waiting to be opened
    std::optional<Instant> paired, seen, revoked;
    std::string remote;  // where it was opened
};
struct DisplayMade {
    std::string id, code;  // the code is told once
    Instant code_until, expires;
};
inline constexpr std::chrono::minutes display_code_life{30};
inline constexpr int display_days_most = 366;

/// For `days` from now. Errors: access.denied, display.days.
[[nodiscard]] Result<DisplayMade> make_display(store::Transaction& tx, const Actor& actor, std::string_view name,
                                               int64_t days, Random& random, Instant now);
struct DisplayPaired {
    std::string token;
    Instant expires;
};
/// The code works once. Errors: display.code.
[[nodiscard]] Result<DisplayPaired> pair_display(store::Transaction& tx, std::string_view code, std::string_view remote,
                                                 Random& random, Instant now);
/// The actor's own; an administrator sees all. Newest first. Errors: access.denied.
[[nodiscard]] Result<std::vector<Display>> list_displays(store::Reader& reader, const Actor& actor, Instant now);
/// Its session ends at once (on other nodes within two seconds). Errors: display.unknown, access.denied.
[[nodiscard]] Result<void> revoke_display(store::Transaction& tx, const Actor& actor, std::string_view id, Instant now);

/// Sessions of displays are marked so.
inline constexpr std::string_view display_pairing = "/api/v1/displays/pair";
inline constexpr std::string_view display_provider = "display";
[[nodiscard]] inline bool is_display(const Actor& actor) {
    return actor.session.starts_with("display:");
}
/// What a display may ask: figures, index, alerts, boundaries and what names agencies and communes; no dossiers, no
/// people.
[[nodiscard]] bool serves_display(std::string_view method, std::string_view path);

}  // namespace hl::access
