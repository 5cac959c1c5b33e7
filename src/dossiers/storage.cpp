#include "dossiers/storage.h"

#include "dossiers/codes.h"

namespace hl::dossiers::storage {

namespace {

constexpr std::string_view select_by_code = "SELECT " HL_DOSSIER_COLUMNS " FROM dossier WHERE code = ?";
constexpr std::string_view select_by_key = "SELECT " HL_DOSSIER_COLUMNS " FROM dossier WHERE key = ?";
constexpr std::string_view select_old_code =
    "SELECT d.code FROM dossier_old_code o JOIN dossier d ON d.key = o.dossier WHERE o.code = ?";
constexpr std::string_view insert_dossier =
    "INSERT INTO dossier (id, code, procedure, release, agency, reception, lead, area, channel, state, stage, "
    "filed_at, "
    "received_at, due, due_provisional, calendar, finished_at, returned_at, subject, requests, extensions, results, "
    "unpaid, tasks, notes, clock, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, "
    "?, ?, ?, ?) RETURNING key";
// Columns that never change after filing are left out: the row is rewritten at every step.
constexpr std::string_view update_dossier =
    "UPDATE dossier SET release = ?, agency = ?, reception = ?, lead = ?, state = ?, stage = ?, received_at = ?, due = "
    "?, "
    "due_provisional = ?, calendar = ?, finished_at = ?, returned_at = ?, requests = ?, extensions = ?, results = ?, "
    "unpaid = ?, tasks = ?, notes = ?, clock = ?, version = ? WHERE key = ? AND version = ?";

constexpr std::string_view select_open_tasks =
    "SELECT " HL_TASK_COLUMNS " FROM dossier_task WHERE dossier = ? AND ended IS NULL ORDER BY number";
constexpr std::string_view select_all_tasks =
    "SELECT " HL_TASK_COLUMNS " FROM dossier_task WHERE dossier = ? ORDER BY number";
constexpr std::string_view insert_task_row =
    "INSERT INTO dossier_task (" HL_TASK_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view update_task_row =
    "UPDATE dossier_task SET agency = ?, position = ?, officer = ?, due = ?, ended = ?, state = ?, flags = ? "
    "WHERE dossier = ? AND number = ?";

constexpr std::string_view select_officers =
    "SELECT step, agency, officer FROM dossier_task WHERE dossier = ? AND officer <> '' ORDER BY number DESC";

constexpr std::string_view insert_detail_row =
    "INSERT INTO dossier_detail (dossier, person, id_blind, phone_blind, components, charges, results) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view select_detail = "SELECT components, charges, results FROM dossier_detail WHERE dossier = ?";
constexpr std::string_view update_detail =
    "UPDATE dossier_detail SET components = ?, charges = ?, results = ? WHERE dossier = ?";
constexpr std::string_view select_person = "SELECT person FROM dossier_detail WHERE dossier = ?";
constexpr std::string_view select_phone = "SELECT phone_blind FROM dossier_detail WHERE dossier = ?";
constexpr std::string_view select_subject =
    "SELECT d.subject FROM dossier_detail p JOIN dossier d ON d.key = p.dossier WHERE p.id_blind = ? AND p.id_blind <> "
    "'' "
    "ORDER BY p.dossier DESC LIMIT 1";

constexpr std::string_view insert_note_row =
    "INSERT INTO dossier_note (dossier, number, kind, task, officer, at, content) VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view select_notes =
    "SELECT number, kind, task, officer, at, content FROM dossier_note WHERE dossier = ? ORDER BY number";

// The dossier's id is bound into what is sealed: a person's texts cannot be swapped between his own dossiers either.
std::string person_column(const Dossier& d) {
    return "dossier.person/" + d.id.value;
}
std::string note_column(const Dossier& d, int number) {
    return fmt::format("dossier.note/{}/{}", d.id.value, number);
}

enum TaskFlag : int64_t { required = 1, asked = 2, reported = 4, silence_agrees = 8, silence_reports = 16 };

int64_t flags_of(const Task& t) {
    int64_t flags = 0;
    if (t.required) flags |= TaskFlag::required;
    if (t.asked) flags |= TaskFlag::asked;
    if (t.reported) flags |= TaskFlag::reported;
    if (t.silence == "agree") flags |= TaskFlag::silence_agrees;
    if (t.silence == "report") flags |= TaskFlag::silence_reports;
    return flags;
}

json::value parse_own(std::string_view text) {
    json::error_code ignored;
    return json::parse(text, ignored);
}

}  // namespace

Dossier dossier_from(const store::Row& row) {
    Dossier d;
    d.key = row.integer(0);
    d.id = row.id<DossierId>(1);
    d.code = row.id<DossierCode>(2);
    d.procedure = row.id<ProcedureCode>(3);
    d.release = row.id<ReleaseId>(4);
    d.agency = row.id<AgencyId>(5);
    d.reception = row.id<AgencyId>(6);
    d.lead = row.id<AgencyId>(7);
    d.area = row.id<UnitId>(8);
    d.channel = static_cast<Channel>(row.integer(9));
    d.state = static_cast<State>(row.integer(10));
    d.stage = static_cast<int>(row.integer(11));
    d.filed_at = row.instant(12);
    d.received_at = row.optional_instant(13);
    d.due = due_from(row.integer(14));
    d.due_provisional = row.integer(15) != 0;
    d.calendar = row.string(16);
    d.finished_at = row.optional_instant(17);
    d.returned_at = row.optional_instant(18);
    d.subject = row.id<SubjectId>(19);
    d.requests = static_cast<int>(row.integer(20));
    d.extensions = static_cast<int>(row.integer(21));
    d.results = static_cast<int>(row.integer(22));
    d.unpaid = row.integer(23);
    d.tasks = static_cast<int>(row.integer(24));
    d.notes = static_cast<int>(row.integer(25));
    // A tape damaged by hand reads as empty; `ledger verify` and the fold name the dossier.
    if (auto tape = tape_from_json(parse_own(row.text(26))); tape.ok()) d.clock = std::move(*tape);
    d.version = row.integer(27);
    return d;
}

Task task_from(const store::Row& row) {
    Task t;
    t.number = static_cast<int>(row.integer(1));
    t.stage = static_cast<int>(row.integer(2));
    t.lane = row.string(3);
    t.step = row.string(4);
    t.kind = static_cast<procedures::StepKind>(row.integer(5));
    t.function = row.string(6);
    t.agency = row.id<AgencyId>(7);
    t.position = row.id<PositionId>(8);
    t.officer = row.id<OfficerId>(9);
    if (const auto planned = row.optional_integer(10)) t.planned = WorkMinutes{*planned};
    t.started = row.instant(11);
    t.due = due_from(row.integer(12));
    t.ended = row.optional_instant(13);
    t.state = static_cast<TaskState>(row.integer(14));
    const int64_t flags = row.integer(15);
    t.required = flags & TaskFlag::required;
    t.asked = flags & TaskFlag::asked;
    t.reported = flags & TaskFlag::reported;
    if (flags & TaskFlag::silence_agrees) t.silence = "agree";
    if (flags & TaskFlag::silence_reports) t.silence = "report";
    return t;
}

Error not_found() {
    return {ErrorKind::not_found, "dossier.not_found", "Không tìm thấy hồ sơ này. Hãy kiểm tra lại mã hồ sơ.",
            "There is no such dossier. Check its code."};
}

namespace {

std::optional<Dossier> by_code(store::Reader& reader, const std::string& code) {
    auto d = reader.first(select_by_code, {code}, dossier_from);
    if (d) return d;
    const auto present = reader.first(select_old_code, {code}, [](const store::Row& row) { return row.string(0); });
    return present ? reader.first(select_by_code, {*present}, dossier_from) : std::nullopt;
}

}  // namespace

Result<Dossier> find(store::Reader& reader, std::string_view code) {
    auto d = by_code(reader, normalise_code(code));
    if (!d) return not_found();
    return *std::move(d);
}

void ask_ahead(store::Ahead& ahead, std::string_view code, const AlsoAsk& also) {
    const auto present = normalise_code(code);
    if (ahead.round() == 0) return ahead.ask(select_by_code, {present});
    if (ahead.round() > 1) return;
    const auto d = ahead.known().first(select_by_code, {present}, dossier_from);
    if (!d) return ahead.give_up();  // unknown, or a code of an older system
    ahead.ask(select_open_tasks, {d->key});
    if (also.sealing) store::Vault::ask_ahead(ahead, d->subject);
    if (also.officers) ahead.ask(select_officers, {d->key});
}

std::optional<Dossier> find_by_key(store::Reader& reader, int64_t key) {
    return reader.first(select_by_key, {key}, dossier_from);
}

void insert(store::Transaction& tx, Dossier& d) {
    const auto clock = json::serialize(to_json(d.clock));
    const auto key = tx.first(insert_dossier,
                              {d.id,
                               d.code,
                               d.procedure,
                               d.release,
                               d.agency,
                               d.reception,
                               d.lead,
                               d.area,
                               static_cast<int>(d.channel),
                               static_cast<int>(d.state),
                               d.stage,
                               d.filed_at,
                               d.received_at,
                               due_column(d.due),
                               d.due_provisional,
                               d.calendar,
                               d.finished_at,
                               d.returned_at,
                               d.subject,
                               d.requests,
                               d.extensions,
                               d.results,
                               d.unpaid,
                               d.tasks,
                               d.notes,
                               clock,
                               d.version},
                              [](const store::Row& row) { return row.integer(0); });
    d.key = key.value();
}

void update(store::Transaction& tx, const Dossier& d) {
    const auto clock = json::serialize(to_json(d.clock));
    tx.post_one(update_dossier, {d.release,
                                 d.agency,
                                 d.reception,
                                 d.lead,
                                 static_cast<int>(d.state),
                                 d.stage,
                                 d.received_at,
                                 due_column(d.due),
                                 d.due_provisional,
                                 d.calendar,
                                 d.finished_at,
                                 d.returned_at,
                                 d.requests,
                                 d.extensions,
                                 d.results,
                                 d.unpaid,
                                 d.tasks,
                                 d.notes,
                                 clock,
                                 d.version,
                                 d.key,
                                 d.version - 1});
}

std::vector<Task> open_tasks(store::Reader& reader, int64_t dossier) {
    return reader.all(select_open_tasks, {dossier}, task_from);
}

OfficerId last_officer(store::Reader& reader, int64_t dossier, std::string_view step, const AgencyId& agency) {
    OfficerId out;
    reader.query(select_officers, {dossier}, [&](const store::Row& row) {
        if (out.empty() && row.text(0) == step && row.text(1) == agency.value) out = row.id<OfficerId>(2);
    });
    return out;
}

std::vector<Task> all_tasks(store::Reader& reader, int64_t dossier) {
    return reader.all(select_all_tasks, {dossier}, task_from);
}

void insert_task(store::Transaction& tx, int64_t dossier, const Task& t) {
    const auto planned = t.planned ? std::optional{t.planned->count} : std::nullopt;
    tx.post(insert_task_row,
            {dossier, t.number, t.stage, t.lane, t.step, static_cast<int>(t.kind), t.function, t.agency, t.position,
             t.officer, planned, t.started, due_column(t.due), t.ended, static_cast<int>(t.state), flags_of(t)});
}

void update_task(store::Transaction& tx, int64_t dossier, const Task& t) {
    tx.post(update_task_row, {t.agency, t.position, t.officer, due_column(t.due), t.ended, static_cast<int>(t.state),
                              flags_of(t), dossier, t.number});
}

Blinds blinds_of(const store::Vault& vault, const Applicant& a) {
    return {a.id_number.empty() ? "" : vault.blind("id_number", a.id_number),
            a.phone.empty() ? "" : vault.blind("phone", a.phone)};
}

Result<std::string> seal_person(store::Reader& reader, const Context& ctx, const Dossier& d, const Person& person) {
    return ctx.vault->seal(reader, d.subject, person_column(d), json::serialize(to_json(person)));
}

void insert_detail(store::Transaction& tx, const Context& ctx, const Dossier& d, const Person& person,
                   std::string_view sealed, const Detail& detail) {
    const auto blinds = blinds_of(*ctx.vault, person.applicant);
    const auto components = json::serialize(to_json(detail.components));
    const auto charges = json::serialize(to_json(detail.charges));
    const auto results = json::serialize(to_json(detail.results));
    tx.post(insert_detail_row,
            {d.key, store::Blob{sealed}, blinds.id_number, blinds.phone, components, charges, results});
}

Detail load_detail(store::Reader& reader, int64_t dossier) {
    return reader
        .first(select_detail, {dossier},
               [](const store::Row& row) {
                   return Detail{components_from_json(parse_own(row.text(0))),
                                 charges_from_json(parse_own(row.text(1))), results_from_json(parse_own(row.text(2)))};
               })
        .value_or(Detail{});
}

void save_detail(store::Transaction& tx, int64_t dossier, const Detail& detail) {
    const auto components = json::serialize(to_json(detail.components));
    const auto charges = json::serialize(to_json(detail.charges));
    const auto results = json::serialize(to_json(detail.results));
    tx.post(update_detail, {components, charges, results, dossier});
}

Result<Person> load_person(store::Reader& reader, const Context& ctx, const Dossier& d) {
    const auto sealed = reader.first(select_person, {d.key}, [](const store::Row& row) { return row.string(0); });
    if (!sealed) return not_found();
    TRY(const auto plain, ctx.vault->unseal(reader, d.subject, person_column(d), *sealed));
    return person_from_json(parse_own(plain));
}

std::string phone_blind(store::Reader& reader, int64_t dossier) {
    return reader.first(select_phone, {dossier}, [](const store::Row& row) { return row.string(0); }).value_or("");
}

std::optional<SubjectId> subject_of(store::Reader& reader, std::string_view id_blind) {
    if (id_blind.empty()) return std::nullopt;
    return reader.first(select_subject, {id_blind}, [](const store::Row& row) { return row.id<SubjectId>(0); });
}

Result<std::string> seal_note(store::Reader& reader, const Context& ctx, const Dossier& d, const Note& note) {
    return ctx.vault->seal(reader, d.subject, note_column(d, note.number), json::serialize(note.content));
}

void insert_note(store::Transaction& tx, const Dossier& d, const Note& note, std::string_view sealed) {
    tx.post(insert_note_row,
            {d.key, note.number, static_cast<int>(note.kind), note.task, note.officer, note.at, store::Blob{sealed}});
}

Result<std::vector<Note>> load_notes(store::Reader& reader, const Context& ctx, const Dossier& d) {
    struct Sealed {
        Note note;
        std::string content;
    };
    const auto rows = reader.all(select_notes, {d.key}, [](const store::Row& row) {
        return Sealed{Note{static_cast<int>(row.integer(0)),
                           static_cast<NoteKind>(row.integer(1)),
                           static_cast<int>(row.integer(2)),
                           row.id<OfficerId>(3),
                           row.instant(4),
                           {}},
                      row.string(5)};
    });
    std::vector<Note> out;
    for (auto row : rows) {
        TRY(const auto plain, ctx.vault->unseal(reader, d.subject, note_column(d, row.note.number), row.content));
        if (const auto value = parse_own(plain); value.is_object()) row.note.content = value.get_object();
        out.push_back(std::move(row.note));
    }
    return out;
}

}  // namespace hl::dossiers::storage
