// Handing open work over when agencies end, merge, split or lose a function: the organisation changes and every open
// dossier and task goes to whoever holds that function for that place, in the same transaction, one event a dossier.
// Codes and clocks stay as they are (Law 72/2025/QH15). Runs in the caller's transaction.
#pragma once
#include <map>
#include <vector>

#include "access/access.h"
#include "dossiers/context.h"
#include "store/store.h"

namespace hl::dossiers {

struct HandOver {
    int64_t dossiers = 0;  // moved
    bool more = false;     // the limit was reached: run again
};
/// Records the successions (directory::reorganise) and moves the work of those that are in force on the day of `now`;
/// later ones move when their day has come (`rehome`). Errors: access.denied, reorganise.*, directory.no_successor.
[[nodiscard]] Result<HandOver> hand_over(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                         const std::vector<directory::Succession>& successions, Instant now);
/// Moves all open work whose holder changed by the day of `now`, at most `limit` dossiers. Repeating it changes
/// nothing.
[[nodiscard]] Result<HandOver> rehome(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                      Instant now, int64_t limit = 1'000'000);

/// What `hand_over` would move, found by doing it in a transaction that is then undone. A succession of a later day is
/// looked at as of that day.
struct Rehearsal {
    struct Move {
        AgencyId from, to;  // of the dossier; where it stays, of its reception or of its first task that moves
        ProcedureCode procedure;
        auto operator<=>(const Move&) const = default;
    };
    struct Stuck {  // nobody takes it over: `hand_over` would be refused
        DossierCode code;
        AgencyId agency;
        Error why;
    };
    int64_t dossiers = 0, stuck_dossiers = 0;
    bool more = false;  // `limit` was reached: the numbers are of those looked at
    std::map<Move, int64_t> moves;
    std::vector<Stuck> stuck;  // the first fifty
};
/// Other writes wait meanwhile (SQLite), about a second for ten thousand dossiers. Errors: those of `hand_over` but
/// directory.no_successor.
[[nodiscard]] Result<Rehearsal> rehearse(store::Store& store, const Context& ctx, const access::Actor& actor,
                                         const std::vector<directory::Succession>& successions, Instant now,
                                         int64_t limit = 20'000);

}  // namespace hl::dossiers
