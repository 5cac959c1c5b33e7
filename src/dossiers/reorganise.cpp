#include "dossiers/reorganise.h"

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

}  // namespace

Result<HandOver> rehome(store::Transaction& tx, const Context& ctx, const access::Actor& actor, Instant now,
                        int64_t limit) {
    const Date today = local_date(now);
    std::set<std::string> agencies;
    std::map<std::string, std::string> basis;
    for (const auto& s : ctx.directory->successions())
        if (s.date <= today && ctx.directory->agency(AgencyId{s.from})) {
            agencies.insert(s.from);
            basis[s.from] = s.basis;
        }
    HandOver out;
    for (const auto& code : touched_by(tx, agencies)) {
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

}  // namespace hl::dossiers
