// Rows in and out: the only place that knows the columns. Private to the room; use inside one transaction or snapshot.
#pragma once
#include "dossiers/context.h"
#include "dossiers/dossier.h"
#include "store/db.h"

namespace hl::dossiers::storage {

/// "No due date known" in a column that both engines must sort last.
inline constexpr int64_t no_due = 9007199254740991;
[[nodiscard]] inline int64_t due_column(const std::optional<Instant>& due) {
    return due ? to_ms(*due) : no_due;
}
[[nodiscard]] inline std::optional<Instant> due_from(int64_t column) {
    return column == no_due ? std::nullopt : std::optional{from_ms(column)};
}

#define HL_DOSSIER_COLUMNS                                                                                            \
    "key, id, code, procedure, release, agency, reception, lead, area, channel, state, stage, filed_at, "             \
    "received_at, due, due_provisional, calendar, finished_at, returned_at, subject, requests, extensions, results, " \
    "unpaid, tasks, notes, clock, version"
#define HL_TASK_COLUMNS                                                                                             \
    "dossier, number, stage, lane, step, kind, function, agency, position, officer, planned, started, due, ended, " \
    "state, flags"

[[nodiscard]] Dossier dossier_from(const store::Row& row);  // columns as HL_DOSSIER_COLUMNS
[[nodiscard]] Task task_from(const store::Row& row);        // columns as HL_TASK_COLUMNS

/// By code of any form, also one it had in an older system. Errors: dossier.not_found.
[[nodiscard]] Result<Dossier> find(store::Reader& reader, std::string_view code);
/// What a command on one dossier will read beside its row and open tasks.
struct AlsoAsk {
    bool sealing = false;   // the subject's key
    bool officers = false;  // who worked on it
};
/// For a command that changes this dossier and what belongs to it, nothing else.
void ask_ahead(store::Ahead& ahead, std::string_view code, const AlsoAsk& also);
[[nodiscard]] std::optional<Dossier> find_by_key(store::Reader& reader, int64_t key);
[[nodiscard]] Error not_found();

/// Sets d.key.
void insert(store::Transaction& tx, Dossier& d);
/// The stored version is d.version - 1. Where somebody else changed it since it was loaded, the write is run again: no
/// lock is needed.
void update(store::Transaction& tx, const Dossier& d);

[[nodiscard]] std::vector<Task> open_tasks(store::Reader& reader, int64_t dossier);
/// Who did this step of the dossier last in that agency; empty: nobody.
[[nodiscard]] OfficerId last_officer(store::Reader& reader, int64_t dossier, std::string_view step,
                                     const AgencyId& agency);
[[nodiscard]] std::vector<Task> all_tasks(store::Reader& reader, int64_t dossier);
void insert_task(store::Transaction& tx, int64_t dossier, const Task& t);
void update_task(store::Transaction& tx, int64_t dossier, const Task& t);

struct Blinds {
    std::string id_number, phone;  // empty when the applicant gave none
};
[[nodiscard]] Blinds blinds_of(const store::Vault& vault, const Applicant& applicant);
/// Sealing may fail (erased subject) and writes nothing, so it comes before the first row is written.
[[nodiscard]] Result<std::string> seal_person(store::Reader& reader, const Context& ctx, const Dossier& d,
                                              const Person& person);
void insert_detail(store::Transaction& tx, const Context& ctx, const Dossier& d, const Person& person,
                   std::string_view sealed, const Detail& detail);
[[nodiscard]] Detail load_detail(store::Reader& reader, int64_t dossier);
void save_detail(store::Transaction& tx, int64_t dossier, const Detail& detail);
/// Errors: subject.erased.
[[nodiscard]] Result<Person> load_person(store::Reader& reader, const Context& ctx, const Dossier& d);
[[nodiscard]] std::string phone_blind(store::Reader& reader, int64_t dossier);
/// The subject who filed before under the same identity number.
[[nodiscard]] std::optional<SubjectId> subject_of(store::Reader& reader, std::string_view id_blind);

[[nodiscard]] Result<std::string> seal_note(store::Reader& reader, const Context& ctx, const Dossier& d,
                                            const Note& note);
void insert_note(store::Transaction& tx, const Dossier& d, const Note& note, std::string_view sealed);
/// Errors: subject.erased.
[[nodiscard]] Result<std::vector<Note>> load_notes(store::Reader& reader, const Context& ctx, const Dossier& d);

}  // namespace hl::dossiers::storage
