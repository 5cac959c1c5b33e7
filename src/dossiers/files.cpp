#include "dossiers/files.h"

#include "base/text.h"
#include "dossiers/file_vault.h"
#include "dossiers/queries.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using access::ActorKind;
using access::Right;

namespace {

constexpr const char* component_rule = "Nghị định 118/2025/NĐ-CP, Điều 17";

/// When a file of each role may come.
struct RoleRow {
    FileRole role;
    std::string_view word;
    std::vector<State> states;
    std::string_view vi, en;  // when
};
const std::vector<RoleRow>& role_table() {
    using enum State;
    static const std::vector<RoleRow> table = {
        {FileRole::paper,
         "paper",
         {filed, received},
         "Giấy tờ nộp kèm chỉ thêm được trước khi hồ sơ được chuyển giải quyết; sau đó hãy nộp theo yêu cầu bổ sung.",
         "Papers of the filing are added until the dossier is transferred; after that, answer a supplement request."},
        {FileRole::supplement,
         "supplement",
         {awaiting_supplement},
         "Giấy tờ bổ sung chỉ thêm được khi cơ quan đang yêu cầu bổ sung.",
         "Supplementary papers are added while the agency is asking for a supplement."},
        {FileRole::working,
         "working",
         {received, processing, consulting, signing, awaiting_supplement, awaiting_payment},
         "Tài liệu làm việc chỉ thêm được khi hồ sơ đang được giải quyết.",
         "Working papers are added while the dossier is being worked on."},
        {FileRole::result,
         "result",
         {processing, signing, finished},
         "Tệp kết quả chỉ thêm được khi hồ sơ đang giải quyết, trình ký hoặc đã có kết quả.",
         "A result's file is added while the dossier is worked on, signed, or finished."},
    };
    return table;
}
const RoleRow& row_of(FileRole role) {
    for (const auto& row : role_table())
        if (row.role == role) return row;
    throw std::logic_error("a file role is missing from the table");
}

bool is_owner(const access::Actor& actor, const Dossier& d) {
    return actor.kind == ActorKind::citizen && !actor.subject.empty() && actor.subject == d.subject;
}

Result<void> any_right(const access::Actor& actor, std::initializer_list<Right> rights, const AgencyId& agency,
                       Instant now) {
    Result<void> last;
    for (const Right right : rights) {
        last = access::require(actor, right, agency, now);
        if (last.ok()) return last;
    }
    return last;
}

/// The open task in the actor's hands, or that he could take; 0 when there is none.
int task_of(const access::Actor& actor, const std::vector<Task>& tasks, Instant now) {
    int found = 0;
    for (const auto& t : tasks) {
        if (t.state != TaskState::open) continue;
        if (!t.officer.empty() && t.officer == actor.officer) return t.number;
        const auto rights = rights_for(t.kind);
        const bool may = std::any_of(rights.begin(), rights.end(),
                                     [&](Right r) { return access::require(actor, r, t.agency, now).ok(); });
        if (may && t.officer.empty() && found == 0) found = t.number;
    }
    return found;
}

/// Who may add what now. Papers come from the applicant, the desk or the national portal; the rest from the officers.
Result<void> may_add(const access::Actor& actor, const Dossier& d, const std::vector<Task>& tasks, FileRole role,
                     Instant now) {
    const auto& row = row_of(role);
    if (std::find(row.states.begin(), row.states.end(), d.state) == row.states.end())
        return conflict("file.wrong_time", std::string{row.vi}, std::string{row.en});
    if (role == FileRole::paper) {
        if (d.state == State::filed) {
            if (is_owner(actor, d)) return Nothing{};
            if (actor.kind == ActorKind::machine && access::require_anywhere(actor, Right::import_dossiers, now).ok())
                return Nothing{};
        }
        return any_right(actor, {Right::receive_dossier}, d.reception, now);
    }
    if (role == FileRole::supplement) {
        if (is_owner(actor, d)) return Nothing{};
        if (actor.kind == ActorKind::machine && access::require_anywhere(actor, Right::import_dossiers, now).ok())
            return Nothing{};
        return any_right(actor, {Right::receive_dossier, Right::handle_dossier}, d.reception, now);
    }
    if (task_of(actor, tasks, now) > 0) return Nothing{};
    if (role == FileRole::result && d.state == State::finished &&
        any_right(actor, {Right::receive_dossier}, d.reception, now).ok())
        return Nothing{};
    return any_right(actor, {Right::handle_dossier, Right::approve_dossier}, d.agency, now);
}

// --- Rows -----------------------------------------------------------------------------------------------------------

#define HL_FILE_COLUMNS                                                                                           \
    "id, role, component, kind, bytes, hash, content, scan, added_at, added_by, officer, task, state, requests, " \
    "withdrawn_at, withdrawn_by, sealed, reason"
constexpr std::string_view select_files = "SELECT " HL_FILE_COLUMNS " FROM dossier_file WHERE dossier = ? ORDER BY id";
constexpr std::string_view select_file = "SELECT " HL_FILE_COLUMNS " FROM dossier_file WHERE dossier = ? AND id = ?";
constexpr std::string_view select_same =
    "SELECT " HL_FILE_COLUMNS
    " FROM dossier_file WHERE dossier = ? AND component = ? AND role = ? AND hash = ? AND withdrawn_at IS NULL";
constexpr std::string_view insert_file =
    "INSERT INTO dossier_file (id, dossier, role, component, kind, bytes, hash, content, sealed, scan, added_at, "
    "added_by, officer, task, state, requests, withdrawn_at, withdrawn_by, reason) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '', NULL)";
constexpr std::string_view mark_withdrawn =
    "UPDATE dossier_file SET withdrawn_at = ?, withdrawn_by = ?, reason = ? WHERE id = ?";
constexpr std::string_view count_files =
    "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN withdrawn_at IS NULL THEN bytes ELSE 0 END), 0) AS BIGINT) "
    "FROM dossier_file WHERE dossier = ?";
constexpr std::string_view select_reference =
    "SELECT 1 FROM dossier_file WHERE content = ? AND (withdrawn_at IS NULL OR withdrawn_at > ?) "
    "UNION ALL SELECT 1 FROM draft_file WHERE content = ?";

struct FileRow {
    File file;
    std::string sealed;
    std::optional<std::string> reason;
};
FileRow row_from(const store::Row& row) {
    FileRow out;
    auto& f = out.file;
    f.id = row.id<FileId>(0);
    f.role = static_cast<FileRole>(row.integer(1));
    f.component = row.string(2);
    f.kind = row.string(3);
    f.bytes = row.integer(4);
    f.hash = row.string(5);
    f.content = row.id<FileHash>(6);
    f.scan = row.string(7);
    f.added_at = row.instant(8);
    f.added_by = row.string(9);
    f.officer = row.id<OfficerId>(10);
    f.task = static_cast<int>(row.integer(11));
    f.state = static_cast<State>(row.integer(12));
    f.requests = static_cast<int>(row.integer(13));
    f.withdrawn_at = row.optional_instant(14);
    f.withdrawn_by = row.string(15);
    out.sealed = row.string(16);
    out.reason = row.optional_string(17);
    return out;
}

std::string reason_column(const FileId& id) {
    return "dossier_file.reason." + id.value;
}

/// Fills in what is sealed, as far as the subject still has a key.
Result<File> opened(store::Reader& reader, const Context& ctx, const Dossier& d, FileRow row) {
    auto secret = unseal_secret(reader, ctx, d.subject, row.file.id, row.sealed);
    if (!secret.ok()) {
        if (secret.error().code == "subject.erased") return std::move(row.file);
        return std::move(secret).error();
    }
    row.file.name = std::move(secret->name);
    if (row.reason) {
        TRY(row.file.reason, ctx.vault->unseal(reader, d.subject, reason_column(row.file.id), *row.reason));
    }
    return std::move(row.file);
}

bool may_see(const access::Actor& actor, const File& file) {
    return actor.kind != ActorKind::citizen || file.role != FileRole::working;
}

Error not_found() {
    return refusal(ErrorKind::not_found, "file.not_found", "Hồ sơ không có tệp này. Hãy tải lại danh sách tệp.",
                   "The dossier has no such file. Load the list again.");
}

std::string megabytes(int64_t bytes) {
    return bytes % (1 << 20) == 0 ? fmt::format("{} MiB", bytes >> 20) : fmt::format("{} byte", bytes);
}

Result<void> room_for(store::Reader& reader, const Dossier& d, int64_t bytes, const FileRules& rules) {
    const auto used = reader.first(count_files, {d.key}, [](const store::Row& row) {
        return std::pair{row.integer(0), row.integer(1)};
    });
    if (used && used->first >= rules.most_files)
        return conflict("file.dossier_full", fmt::format("Hồ sơ đã có {} tệp, không thêm được nữa.", rules.most_files),
                        fmt::format("The dossier has {} files; no more are taken.", rules.most_files));
    if (used && used->second + bytes > rules.most_dossier_bytes)
        return refusal(ErrorKind::too_large, "file.dossier_full",
                       fmt::format("Các tệp của hồ sơ sẽ vượt {}. Hãy giảm dung lượng ảnh chụp hoặc bản quét.",
                                   megabytes(rules.most_dossier_bytes)),
                       fmt::format("The dossier's files would exceed {}. Make the pictures or scans smaller.",
                                   megabytes(rules.most_dossier_bytes)));
    return Nothing{};
}

}  // namespace

std::string_view to_string(FileRole role) {
    return row_of(role).word;
}

std::optional<FileRole> file_role_from(std::string_view word) {
    for (const auto& row : role_table())
        if (row.word == word) return row.role;
    return std::nullopt;
}

Files::Files(store::Store& store, const store::Blobs& blobs, const VirusScanner* scanner, FileRules rules)
    : store_(store), blobs_(blobs), scanner_(scanner), rules_(std::move(rules)), types_(rules_.types) {}

Result<void> check_component(const procedures::Card& card, FileRole role, const std::string& component) {
    if (component.empty()) return Nothing{};
    std::vector<std::string> ids;
    if (role == FileRole::result)
        for (const auto& r : card.results) ids.push_back(r.id);
    else
        for (const auto& c : card.components) ids.push_back(c.id);
    if (std::find(ids.begin(), ids.end(), component) != ids.end()) return Nothing{};
    const auto list = ids.empty() ? std::string{"–"} : text::join(ids, ", ");
    return invalid(
        "file.component",
        fmt::format("Thủ tục này không có thành phần hồ sơ «{}». Hãy chọn một trong: {}; hoặc bỏ trống.", component,
                    list),
        fmt::format("The procedure has no component '{}'. Choose one of: {}; or leave it out.", component, list),
        "/component", component_rule);
}

Result<File> Files::look_at(const FileInput& input, std::string_view bytes, FileSecret& secret) const {
    if (static_cast<int64_t>(bytes.size()) > rules_.most_bytes)
        return refusal(
            ErrorKind::too_large, "file.too_large",
            fmt::format("Tệp lớn quá {}. Hãy giảm dung lượng ảnh chụp hoặc bản quét.", megabytes(rules_.most_bytes)),
            fmt::format("The file is larger than {}. Make the picture or scan smaller.", megabytes(rules_.most_bytes)));
    File file;
    TRY(secret.name, check_file_name(input.name));
    TRY(const auto* type, types_.check(bytes, secret.name));
    secret.sha256 = crypto::view(crypto::sha256(bytes));
    file.role = input.role;
    file.component = input.component;
    file.kind = type->word;
    file.bytes = static_cast<int64_t>(bytes.size());
    file.name = secret.name;
    return file;
}

Result<void> Files::keep(const Context& ctx, std::string_view bytes, Instant now, File& file,
                         FileSecret& secret) const {
    file.scan = "none";
    if (scanner_) {
        TRY(const auto verdict, scanner_->scan(bytes));
        if (!verdict.clean())
            return invalid(
                "file.infected",
                fmt::format("Tệp có mã độc ({}) nên không được nhận. Hãy quét vi-rút máy của bạn rồi gửi lại.",
                            verdict.signature),
                fmt::format("The file carries malware ({}) and is not taken. Clean your device first.",
                            verdict.signature));
        file.scan = "clean";
    }
    file.id = FileId{make_uuid7(now, *ctx.random)};
    secret.key = crypto::random_bytes(*ctx.random, crypto::key_size);
    TRY(file.content, blobs_.put(seal_content(bytes, secret, file.id, *ctx.random), *ctx.random));
    return Nothing{};
}

Result<std::string> Files::unseal(const File& file, const FileSecret& secret) const {
    TRY(const auto sealed, blobs_.get(file.content));
    return unseal_content(sealed, secret, file.id);
}

namespace {

/// The file that is there already with these bytes for this role and component.
Result<std::optional<File>> same_file(store::Reader& reader, const Context& ctx, const Dossier& d, const File& file,
                                      std::string_view hash) {
    auto row = reader.first(select_same, {d.key, file.component, static_cast<int>(file.role), hash}, row_from);
    if (!row) return std::optional<File>{};
    TRY(auto there, opened(reader, ctx, d, std::move(*row)));
    return std::optional{std::move(there)};
}

}  // namespace

Result<AddedFile> Files::add(const Context& ctx, const access::Actor& actor, const DossierCode& code,
                             const FileInput& input, std::string_view bytes, Instant now) const {
    // What costs little is asked first, on a snapshot; all of it holds again in the write at the end.
    TRY(const auto before, store_.read([&](store::Reader& reader) -> Result<Dossier> {
        TRY(auto d, storage::find(reader, code.value));
        TRY_VOID(allow(d.state, Command::add_file));
        TRY_VOID(may_add(actor, d, storage::open_tasks(reader, d.key), input.role, now));
        TRY(const auto release, ctx.catalogue->release(d.release));
        TRY_VOID(check_component(release->card, input.role, input.component));
        return d;
    }));
    FileSecret secret;
    TRY(auto file, look_at(input, bytes, secret));
    TRY(auto there, store_.read([&](store::Reader& reader) -> Result<std::optional<File>> {
        TRY(auto same, same_file(reader, ctx, before, file, outer_hash(ctx, before.id.value, secret.sha256)));
        if (!same) TRY_VOID(room_for(reader, before, file.bytes, rules_));
        return same;
    }));
    if (there) return AddedFile{std::move(*there), before, false};
    TRY_VOID(keep(ctx, bytes, now, file, secret));
    return store_.write([&](store::Transaction& tx) -> Result<AddedFile> {
        return record_file(tx, ctx, actor, code, file, secret, rules_, now);
    });
}

Result<AddedFile> record_file(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                              const DossierCode& code, const File& file, const FileSecret& secret,
                              const FileRules& rules, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, {code, {}}, Command::add_file, now));
    const auto& d = w.dossier;
    TRY_VOID(may_add(actor, d, w.tasks, file.role, now));
    TRY_VOID(check_component(w.release->card, file.role, file.component));
    File added = file;
    added.hash = outer_hash(ctx, d.id.value, secret.sha256);
    TRY(auto same, same_file(tx, ctx, d, added, added.hash));  // sent twice at the same time
    if (same) return AddedFile{std::move(*same), d, false};
    TRY_VOID(room_for(tx, d, added.bytes, rules));
    TRY(const auto sealed, seal_secret(tx, ctx, d.subject, added.id, secret));
    added.added_at = now;
    added.added_by = actor.label();
    added.officer = actor.officer;
    added.task = task_of(actor, w.tasks, now);
    added.state = d.state;
    added.requests = d.requests;
    tx.execute(insert_file, {added.id, d.key, static_cast<int>(added.role), added.component, added.kind, added.bytes,
                             added.hash, added.content, store::Blob{sealed}, added.scan, added.added_at, added.added_by,
                             added.officer, added.task, static_cast<int>(added.state), added.requests});
    events::FileAdded event;
    event.file = added.id.value;
    event.role = to_string(added.role);
    event.component = added.component;
    event.kind = added.kind;
    event.bytes = added.bytes;
    event.hash = added.hash;
    event.scan = added.scan;
    TRY(auto saved, w.save(std::move(event)));
    return AddedFile{std::move(added), std::move(saved), true};
}

Result<FileContent> Files::content(const Context& ctx, const access::Actor& actor, std::string_view code,
                                   const FileId& id, Instant now) const {
    FileContent out;
    FileSecret secret;
    TRY_VOID(store_.read([&](store::Reader& reader) -> Result<void> {
        TRY(const auto d, find_dossier(reader, actor, code, now));
        auto row = reader.first(select_file, {d.key, id}, row_from);
        if (!row || !may_see(actor, row->file)) return not_found();
        if (row->file.withdrawn_at)
            return refusal(ErrorKind::not_found, "file.withdrawn", "Tệp này đã được rút khỏi hồ sơ.",
                           "This file was withdrawn from the dossier.");
        TRY(secret, unseal_secret(reader, ctx, d.subject, id, row->sealed));
        out.file = std::move(row->file);
        out.subject = d.subject;
        return Nothing{};
    }));
    out.file.name = secret.name;
    TRY(out.bytes, unseal(out.file, secret));
    return out;
}

Result<std::vector<File>> list_files(store::Reader& reader, const Context& ctx, const access::Actor& actor,
                                     const Dossier& d) {
    std::vector<File> out;
    for (auto& row : reader.all(select_files, {d.key}, row_from)) {
        if (!may_see(actor, row.file)) continue;
        TRY(auto file, opened(reader, ctx, d, std::move(row)));
        out.push_back(std::move(file));
    }
    return out;
}

Result<Dossier> withdraw_file(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                              const Target& target, const FileId& id, const std::string& reason, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::withdraw_file, now));
    const auto& d = w.dossier;
    TRY_VOID(may_read(tx, actor, d, now));
    const auto row = tx.first(select_file, {d.key, id}, row_from);
    if (!row || !may_see(actor, row->file)) return not_found();
    const auto& file = row->file;
    // Before reception the papers are still the applicant's; afterwards others may already have relied on them.
    const bool early = d.state == State::filed && file.role == FileRole::paper;
    if (early) {
        TRY_VOID(may_add(actor, d, w.tasks, FileRole::paper, now));
    } else if (file.added_by != actor.label()) {
        return refusal(ErrorKind::denied, "file.not_yours",
                       "Chỉ người đã thêm tệp mới được rút tệp sau khi hồ sơ được tiếp nhận.",
                       "After reception only who added a file may withdraw it.");
    }
    if (file.withdrawn_at)
        return conflict("file.withdrawn", "Tệp này đã được rút khỏi hồ sơ.",
                        "This file was withdrawn from the dossier already.");
    if (!early) {
        const bool task_open = w.has_open([&](const Task& t) { return t.number == file.task; });
        const bool same_step = file.requests == d.requests && (file.task > 0 ? task_open : file.state == d.state);
        if (!same_step)
            return conflict("file.step_passed",
                            "Bước đã thêm tệp này đã qua nên không rút được nữa. Hãy thêm tệp đúng và ghi chú.",
                            "The step in which the file was added is over: it stays. Add the right file and note it.");
    }
    const auto why = text::normalise(reason);
    if (why.empty())
        return invalid("file.reason_required", "Hãy ghi lý do rút tệp.", "State why the file is withdrawn.", "/reason");
    TRY(const auto sealed, ctx.vault->seal(tx, d.subject, reason_column(id), why));
    tx.execute(mark_withdrawn, {now, actor.label(), store::Blob{sealed}, id});
    events::FileWithdrawn event;
    event.file = id.value;
    event.hash = file.hash;
    return w.save(std::move(event));
}

bool content_is_referenced(store::Reader& reader, const FileHash& content, Instant now) {
    return reader
        .first(select_reference, {content, now - withdrawn_life, content}, [](const store::Row&) { return true; })
        .has_value();
}

}  // namespace hl::dossiers
