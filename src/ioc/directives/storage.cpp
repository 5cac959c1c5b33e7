#include "ioc/directives/storage.h"

#include "dossiers/file_vault.h"

namespace hl::directives::storage {

namespace {

#define HL_DIRECTIVE_COLUMNS                                                                                       \
    "key, code, subject, agency, area, officer, issuer, issued_by, title, origin, state, issued_at, due_from, "    \
    "due, due_work, calendar, provisional, percent, acknowledged_at, handed_in_at, closed_at, verdict, asked_at, " \
    "asked_work, asked_due, extensions, reopened, version"
constexpr std::string_view select_one = "SELECT " HL_DIRECTIVE_COLUMNS " FROM directive WHERE code = ?";
constexpr std::string_view select_locked = "SELECT " HL_DIRECTIVE_COLUMNS " FROM directive WHERE code = ? FOR UPDATE";
constexpr std::string_view select_page = "SELECT " HL_DIRECTIVE_COLUMNS
                                         " FROM directive WHERE key < ? AND state >= ? AND state <= ? ORDER BY key "
                                         "DESC LIMIT ?";
constexpr std::string_view insert_one =
    "INSERT INTO directive (code, subject, agency, area, officer, issuer, issued_by, title, text, origin, rule, state, "
    "issued_at, due_from, due, due_work, calendar, provisional, percent, extensions, reopened, version) VALUES (?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key";
constexpr std::string_view update_one =
    "UPDATE directive SET agency = ?, area = ?, officer = ?, state = ?, due_from = ?, due = ?, due_work = ?, calendar "
    "= ?, provisional = ?, percent = ?, acknowledged_at = ?, handed_in_at = ?, closed_at = ?, verdict = ?, asked_at = "
    "?, asked_work = ?, asked_due = ?, extensions = ?, reopened = ?, version = ? WHERE key = ? AND version = ?";
constexpr std::string_view select_text = "SELECT text FROM directive WHERE key = ?";
constexpr std::string_view put_line =
    "INSERT INTO directive_line (directive, number, at, kind, actor, officer, percent, due, text) VALUES (?, ?, ?, ?, "
    "?, ?, ?, ?, ?)";
constexpr std::string_view select_lines =
    "SELECT number, at, kind, actor, officer, percent, due, text FROM directive_line WHERE directive = ? ORDER BY "
    "number";
constexpr std::string_view put_evidence =
    "INSERT INTO directive_evidence (id, directive, kind, at, actor, file_kind, bytes, hash, scan, content, sealed, "
    "reference) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view select_evidence =
    "SELECT id, kind, at, actor, file_kind, bytes, scan, content, sealed, reference FROM directive_evidence WHERE "
    "directive = ? ORDER BY id";
constexpr std::string_view select_like = "SELECT id FROM directive_evidence WHERE directive = ? AND hash = ?";
constexpr std::string_view select_room =
    "SELECT COUNT(*), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM directive_evidence WHERE directive = ?";
constexpr std::string_view select_reference = "SELECT 1 FROM directive_evidence WHERE content = ?";

constexpr std::string_view text_column = "directive.text";
std::string line_column(int64_t number) {
    return fmt::format("directive.line.{}", number);
}

Error not_found() {
    return {ErrorKind::not_found, "directive.not_found", "Không có chỉ đạo này. Hãy xem lại mã.",
            "There is no such directive. Check its code."};
}

json::object to_json(const Origin& o) {
    json::object out;
    if (o.rule.empty()) return out;
    out = {{"rule", o.rule}, {"indicator", o.indicator}, {"period", o.period}, {"agency", o.agency.value}};
    if (o.value) out["value"] = *o.value;
    if (o.since) out["since"] = to_ms(*o.since);
    return out;
}
Origin origin_from(std::string_view text) {
    Origin out;
    const auto value = parse_json(text);
    const auto* o = value.ok() ? value->if_object() : nullptr;
    if (!o || o->empty()) return out;
    const auto word = [&](const char* key) {
        const auto* v = o->if_contains(key);
        return v && v->is_string() ? std::string{v->get_string()} : std::string{};
    };
    out.rule = word("rule");
    out.indicator = word("indicator");
    out.period = word("period");
    out.agency = AgencyId{word("agency")};
    if (const auto* v = o->if_contains("value")) out.value = v->to_number<double>();
    if (const auto* v = o->if_contains("since")) out.since = from_ms(v->to_number<int64_t>());
    return out;
}

Directive from_row(const store::Row& r) {
    Directive d;
    d.key = r.integer(0);
    d.code = r.string(1);
    d.subject = r.id<SubjectId>(2);
    d.agency = r.id<AgencyId>(3);
    d.area = r.id<UnitId>(4);
    d.officer = r.id<OfficerId>(5);
    d.issuer = r.id<AgencyId>(6);
    d.issued_by = r.string(7);
    d.title = r.string(8);
    d.origin = origin_from(r.text(9));
    d.state = static_cast<State>(r.integer(10));
    d.issued_at = r.instant(11);
    d.deadline = {r.instant(12), r.instant(13), {r.integer(14)}, r.string(15), r.integer(16) != 0, {}};
    d.percent = static_cast<int>(r.integer(17));
    d.acknowledged_at = r.optional_instant(18);
    d.handed_in_at = r.optional_instant(19);
    d.closed_at = r.optional_instant(20);
    if (const auto v = r.optional_integer(21)) d.verdict = static_cast<Verdict>(*v);
    if (const auto at = r.optional_instant(22)) d.asked = Directive::Asked{*at, {r.integer(23)}, r.instant(24)};
    d.extensions = static_cast<int>(r.integer(25));
    d.reopened = static_cast<int>(r.integer(26));
    d.version = r.integer(27);
    return d;
}

/// What was sealed, or nothing when its key is erased.
Result<std::optional<std::string>> opened(store::Reader& reader, const Context& ctx, const Directive& d,
                                          std::string_view column, std::string_view sealed) {
    auto text = ctx.base.vault->unseal(reader, d.subject, column, sealed);
    if (text.ok()) return std::optional{std::move(*text)};
    if (text.error().code == "subject.erased") return std::optional<std::string>{};
    return std::move(text).error();
}

}  // namespace

Result<Directive> find(store::Reader& reader, std::string_view code) {
    auto found = reader.first(select_one, {code}, from_row);
    if (!found) return not_found();
    return *std::move(found);
}

Result<Directive> find_for_change(store::Transaction& tx, std::string_view code) {
    auto found = tx.first(select_locked, {code}, from_row);
    if (!found) return not_found();
    return *std::move(found);
}

std::vector<Directive> page(store::Reader& reader, int64_t before, State least, State most, int64_t limit) {
    return reader.all(select_page, {before, static_cast<int>(least), static_cast<int>(most), limit}, from_row);
}

Result<void> insert(store::Transaction& tx, const Context& ctx, Directive& d, const std::string& text) {
    TRY(const auto sealed, ctx.base.vault->seal(tx, d.subject, text_column, text));
    const auto origin = json::serialize(to_json(d.origin));
    const auto key = tx.first(insert_one,
                              {d.code,
                               d.subject,
                               d.agency,
                               d.area,
                               d.officer,
                               d.issuer,
                               d.issued_by,
                               d.title,
                               store::Blob{sealed},
                               origin,
                               d.origin.rule,
                               static_cast<int>(d.state),
                               d.issued_at,
                               d.deadline.from,
                               d.deadline.due,
                               d.deadline.work.count,
                               d.deadline.calendar,
                               d.deadline.provisional ? 1 : 0,
                               d.percent,
                               d.extensions,
                               d.reopened,
                               d.version},
                              [](const store::Row& r) { return r.integer(0); });
    d.key = key.value();
    return Nothing{};
}

void update(store::Transaction& tx, const Directive& d) {
    const auto& a = d.asked;
    const auto verdict = d.verdict ? std::optional{static_cast<int64_t>(*d.verdict)} : std::nullopt;
    const auto asked_at = a ? std::optional{a->at} : std::nullopt, asked_due = a ? std::optional{a->due} : std::nullopt;
    const auto asked_work = a ? std::optional{a->more.count} : std::nullopt;
    tx.post_one(update_one, {d.agency,
                             d.area,
                             d.officer,
                             static_cast<int>(d.state),
                             d.deadline.from,
                             d.deadline.due,
                             d.deadline.work.count,
                             d.deadline.calendar,
                             d.deadline.provisional ? 1 : 0,
                             d.percent,
                             d.acknowledged_at,
                             d.handed_in_at,
                             d.closed_at,
                             verdict,
                             asked_at,
                             asked_work,
                             asked_due,
                             d.extensions,
                             d.reopened,
                             d.version,
                             d.key,
                             d.version - 1});
}

Result<std::optional<std::string>> text_of(store::Reader& reader, const Context& ctx, const Directive& d) {
    const auto sealed = reader.first(select_text, {d.key}, [](const store::Row& r) { return r.string(0); });
    return opened(reader, ctx, d, text_column, sealed.value_or(""));
}

Result<void> insert_line(store::Transaction& tx, const Context& ctx, const Directive& d, const Line& line) {
    std::string sealed;
    if (line.text) {
        TRY(sealed, ctx.base.vault->seal(tx, d.subject, line_column(line.number), *line.text));
    }
    const auto percent = line.percent ? std::optional{static_cast<int64_t>(*line.percent)} : std::nullopt;
    tx.post(put_line, {d.key, line.number, line.at, line.kind, line.actor, line.officer, percent, line.due,
                       line.text ? store::Param(store::Blob{sealed}) : store::Param(std::nullopt)});
    return Nothing{};
}

Result<std::vector<Line>> lines_of(store::Reader& reader, const Context& ctx, const Directive& d) {
    std::vector<std::pair<Line, std::optional<std::string>>> rows;
    reader.query(select_lines, {d.key}, [&](const store::Row& r) {
        Line l{r.integer(0), r.instant(1), r.string(2), r.string(3), r.id<OfficerId>(4), {}, r.optional_instant(6), {}};
        if (const auto p = r.optional_integer(5)) l.percent = static_cast<int>(*p);
        rows.emplace_back(std::move(l), r.optional_string(7));
    });
    std::vector<Line> out;
    for (auto& [line, sealed] : rows) {
        if (sealed) {
            TRY(line.text, opened(reader, ctx, d, line_column(line.number), *sealed));
        }
        out.push_back(std::move(line));
    }
    return out;
}

void insert_evidence(store::Transaction& tx, const Directive& d, const Evidence& e, const std::string& hash) {
    const auto reference = json::serialize(e.reference);
    tx.post(put_evidence, {e.id, d.key, static_cast<int>(e.kind), e.at, e.actor, e.file_kind, e.bytes, hash, e.scan,
                           e.content, store::Blob{e.sealed}, reference});
}

Result<std::vector<Evidence>> evidence_of(store::Reader& reader, const Context& ctx, const Directive& d) {
    std::vector<Evidence> out = reader.all(select_evidence, {d.key}, [](const store::Row& r) {
        Evidence e;
        e.id = r.string(0);
        e.kind = static_cast<EvidenceKind>(r.integer(1));
        e.at = r.instant(2);
        e.actor = r.string(3);
        e.file_kind = r.string(4);
        e.bytes = r.integer(5);
        e.scan = r.string(6);
        e.content = r.id<FileHash>(7);
        e.sealed = r.string(8);
        const auto reference = parse_json(r.text(9));
        if (reference.ok() && reference->is_object()) e.reference = reference->get_object();
        return e;
    });
    for (auto& e : out) {
        if (e.kind != EvidenceKind::file) continue;
        auto secret = dossiers::unseal_secret(reader, ctx.base, d.subject, dossiers::FileId{e.id}, e.sealed);
        if (secret.ok())
            e.name = secret->name;
        else if (secret.error().code != "subject.erased")
            return std::move(secret).error();
    }
    return out;
}

std::optional<std::string> evidence_like(store::Reader& reader, const Directive& d, const std::string& hash) {
    return reader.first(select_like, {d.key, hash}, [](const store::Row& r) { return r.string(0); });
}

Room room_taken(store::Reader& reader, const Directive& d) {
    return reader.first(select_room, {d.key},
                        [](const store::Row& r) {
                            return Room{r.integer(0), r.integer(1)};
                        })
        .value_or(Room{});
}

bool content_is_referenced(store::Reader& reader, const FileHash& content) {
    return reader.first(select_reference, {content}, [](const store::Row&) { return true; }).has_value();
}

}  // namespace hl::directives::storage
