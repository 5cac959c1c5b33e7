#include "dossiers/reorganise.h"

#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

namespace {

constexpr std::string_view open_at_agency =
    "SELECT code FROM dossier WHERE agency = ? AND state IN (1, 2, 3, 4, 5, 6, 7, 8) AND returned_at IS NULL";
constexpr std::string_view open_at_reception =
    "SELECT code FROM dossier WHERE reception = ? AND state IN (1, 2, 3, 4, 5, 6, 7, 8) AND returned_at IS NULL";
constexpr std::string_view open_with_task =
    "SELECT DISTINCT d.code FROM dossier_task t JOIN dossier d ON d.key = t.dossier WHERE t.agency = ? AND "
    "t.ended IS NULL AND d.state < 20";

/// Dossiers with anything at one of the agencies, by code so that every run takes them in the same order.
std::set<std::string> touched_by(store::Reader& reader, const std::set<std::string>& agencies) {
    std::set<std::string> codes;
    for (const auto& agency : agencies)
        for (const auto sql : {open_at_agency, open_at_reception, open_with_task})
            reader.query(sql, {agency}, [&](const store::Row& row) { codes.insert(row.string(0)); });
    return codes;
}

/// The agencies whose work passes on by that day.
std::set<std::string> ended_by(const directory::Directory& directory, Date day) {
    std::set<std::string> agencies;
    for (const auto& s : directory.successions())
        if (s.date <= day && directory.agency(AgencyId{s.from})) agencies.insert(s.from);
    return agencies;
}

}  // namespace

Result<HandOver> rehome(store::Transaction& tx, const Context& ctx, const access::Actor& actor, Instant now,
                        int64_t limit) {
    const Date today = local_date(now);
    std::map<std::string, std::string> basis;
    for (const auto& s : ctx.directory->successions())
        if (s.date <= today) basis[s.from] = s.basis;
    HandOver out;
    for (const auto& code : touched_by(tx, ended_by(*ctx.directory, today))) {
        if (out.dossiers >= limit) {
            out.more = true;
            break;
        }
        TRY(const auto before, storage::find(tx, code));
        TRY(auto w, Work::open(tx, ctx, actor, {DossierCode{code}}, Command::hand_over, now));
        if (!w.rehomed()) continue;
        events::HandedOver event;
        event.from_agency = before.agency;
        if (const auto why = basis.find(before.agency.value); why != basis.end()) event.why = why->second;
        TRY_VOID(w.save(std::move(event)));
        ++out.dossiers;
    }
    return out;
}

Result<HandOver> hand_over(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                           const std::vector<directory::Succession>& successions, Instant now) {
    TRY_VOID(access::require_anywhere(actor, access::Right::manage_directory, now));
    TRY_VOID(directory::reorganise(tx, successions, actor.label(), now));
    Context changed = ctx;
    changed.directory = directory::Directory::load(tx);
    return rehome(tx, changed, actor, now);
}

namespace {

Rehearsal::Move move_of(const Dossier& before, const std::vector<Task>& tasks_before, const Work& after) {
    const auto& now = after.dossier;
    if (before.agency != now.agency) return {before.agency, now.agency, now.procedure};
    if (before.reception != now.reception) return {before.reception, now.reception, now.procedure};
    for (const auto& was : tasks_before)
        for (const auto& is : after.tasks)
            if (was.number == is.number && was.agency != is.agency) return {was.agency, is.agency, now.procedure};
    return {before.agency, now.agency, now.procedure};
}

Result<Rehearsal> look(store::Transaction& tx, const Context& ctx, const access::Actor& actor, Instant on,
                       int64_t limit) {
    constexpr size_t most_named = 50;
    Rehearsal out;
    int64_t seen = 0;
    for (const auto& code : touched_by(tx, ended_by(*ctx.directory, local_date(on)))) {
        if (seen++ >= limit) {
            out.more = true;
            break;
        }
        TRY(const auto before, storage::find(tx, code));
        const auto tasks = storage::open_tasks(tx, before.key);
        const auto w = Work::open(tx, ctx, actor, {DossierCode{code}}, Command::hand_over, on);
        if (!w.ok()) {
            if (w.error().code != "directory.no_successor") return w.error();
            ++out.stuck_dossiers;
            if (out.stuck.size() < most_named) out.stuck.push_back({before.code, before.agency, w.error()});
            continue;
        }
        if (!w->rehomed()) continue;
        ++out.dossiers;
        ++out.moves[move_of(before, tasks, *w)];
    }
    return out;
}

}  // namespace

Result<Rehearsal> rehearse(store::Store& store, const Context& ctx, const access::Actor& actor,
                           const std::vector<directory::Succession>& successions, Instant now, int64_t limit) {
    TRY_VOID(access::require_anywhere(actor, access::Right::manage_directory, now));
    if (successions.empty())
        return invalid("reorganise.empty", "Hãy nêu ít nhất một quan hệ kế thừa.", "Name at least one succession.",
                       "/successions");
    Instant on = now;
    for (const auto& s : successions) on = std::max(on, at_local(s.date, 0));
    std::optional<Rehearsal> seen;
    const auto undone = store.write([&](store::Transaction& tx) -> Result<void> {
        seen.reset();
        TRY_VOID(directory::reorganise(tx, successions, actor.label(), now));
        Context changed = ctx;
        changed.directory = directory::Directory::load(tx);
        TRY(seen, look(tx, changed, actor, on, limit));
        return Error{ErrorKind::conflict, "reorganise.rehearsed", "Chỉ là thử, không ghi gì.", "A rehearsal only."};
    });
    if (seen) return *std::move(seen);
    return undone.error();
}

}  // namespace hl::dossiers
