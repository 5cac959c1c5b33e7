// What one can ask about dossiers: one with its parts, its clocks, its history from the ledger, queues, tracking. All
// on a snapshot, nothing is changed; whoever answers with personal data logs the read. Any thread with its own Reader.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "access/access.h"
#include "dossiers/context.h"
#include "dossiers/dossier.h"
#include "store/db.h"

namespace hl::dossiers {

/// May the actor read this dossier: by right over an agency that has or had a part in it, or because it is his own.
/// Errors: access.denied, access.unauthenticated.
[[nodiscard]] Result<void> may_read(store::Reader& reader, const access::Actor& actor, const Dossier& d, Instant now);
/// By code of any form, also an old one, with the right checked. Errors: dossier.not_found, access.*.
[[nodiscard]] Result<Dossier> find_dossier(store::Reader& reader, const access::Actor& actor, std::string_view code,
                                           Instant now);

struct WholeDossier {
    Dossier dossier;
    Detail detail;
    std::optional<Person> person;  // nothing when the subject was erased
    std::vector<Task> tasks;       // all, ended ones too (form 06)
    std::vector<Note> notes;       // empty when the subject was erased
    std::vector<std::string> other_codes;
};
[[nodiscard]] Result<WholeDossier> load_whole(store::Reader& reader, const Context& ctx, const Dossier& d);

struct LaneClock {
    Task task;
    ClockReading reading;
};
struct Clocks {
    std::optional<Instant> promised;  // as printed
    std::string promised_under;       // calendar label
    bool provisional = false;
    ClockReading promise, index;
    Judgement promise_now, index_now;  // judged at the finish, or now
    /// The promise under today's calendar, when that gives another date: for information, the printed one holds.
    std::optional<Instant> recomputed;
    std::vector<LaneClock> lanes;
};
[[nodiscard]] Result<Clocks> clocks_of(store::Reader& reader, const Context& ctx, const Dossier& d, Instant as_of);

/// One line of the history (Decree 224/2026/NĐ-CP Art 15.1: agency, person, times, in real time from data).
struct HistoryEntry {
    Instant at;
    std::string type, event_id;
    std::string who;     // officer's name, or what kind of actor
    std::string agency;  // name as it was then
    AgencyId agency_id;
    std::string step;  // name in the flow, when the event is about a step
    State from = State::filed, to = State::filed;
    int status = 0;
    std::optional<Instant> due;
    std::vector<std::string> started;  // steps begun: "Thẩm định (UBND xã …; vì …)"
};
[[nodiscard]] Result<std::vector<HistoryEntry>> history_of(store::Reader& reader, const Context& ctx, const Dossier& d);

struct QueueQuery {
    AgencyId agency{};    // tasks of one agency, or
    OfficerId officer{};  // of one officer
    std::string function{}, step{};
    bool unclaimed = false;
    std::string cursor{};
    int limit = 50;
};
struct QueueItem {
    DossierCode code;
    ProcedureCode procedure;
    State state = State::filed;
    Task task;
    std::optional<Instant> dossier_due;
    std::optional<Instant> received_at;
    ReleaseId release{};
    int64_t unpaid = 0;
    int requests = 0, extensions = 0;
    bool due_provisional = false;
};
struct QueuePage {
    std::vector<QueueItem> items;
    std::string next;  // empty: the end
};
/// Open tasks by due time, soonest first, unknown last. Errors: queue.which, cursor.invalid.
[[nodiscard]] Result<QueuePage> queue(store::Reader& reader, const QueueQuery& query);

struct DossierListQuery {
    AgencyId agency;
    std::optional<State> state{};  // by due time; without: all of the agency, newest first
    std::string cursor{};
    int limit = 50;
};
struct DossierPage {
    std::vector<Dossier> items;
    std::string next;
};
[[nodiscard]] Result<DossierPage> list_dossiers(store::Reader& reader, const DossierListQuery& query);

/// What a citizen without an account sees: no personal data of his own, the officers' and agencies' part only.
struct Tracking {
    Dossier dossier;
    std::vector<HistoryEntry> history;
    std::vector<Charge> charges;
};
/// A wrong phone answers exactly as a wrong code. Errors: tracking.not_found.
[[nodiscard]] Result<Tracking> track(store::Reader& reader, const Context& ctx, std::string_view code,
                                     std::string_view phone);

}  // namespace hl::dossiers
