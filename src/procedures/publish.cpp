#include "procedures/publish.h"

#include "base/crypto.h"
#include "procedures/events.h"

namespace hl::procedures {

namespace {

constexpr std::string_view find_artefact = "SELECT hash FROM procedure_artefact WHERE hash = ?";
constexpr std::string_view insert_artefact = "INSERT INTO procedure_artefact (hash, kind, body) VALUES (?, ?, ?)";
constexpr std::string_view newest_release =
    "SELECT id, number, valid_from, valid_to, card_hash, form_hash, flow_hash, rules_hash FROM procedure_release "
    "WHERE procedure_code = ? ORDER BY number DESC LIMIT 1";
constexpr std::string_view insert_release =
    "INSERT INTO procedure_release (id, procedure_code, number, valid_from, valid_to, published_at, published_by, "
    "approved_by, card_hash, form_hash, flow_hash, rules_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view end_release = "UPDATE procedure_release SET valid_to = ? WHERE id = ?";
constexpr std::string_view samples_of_release = "SELECT body FROM procedure_sample WHERE release_id = ?";
constexpr std::string_view insert_samples = "INSERT INTO procedure_sample (release_id, body) VALUES (?, ?)";
constexpr std::string_view update_samples = "UPDATE procedure_sample SET body = ? WHERE release_id = ?";
constexpr std::string_view release_procedure = "SELECT procedure_code FROM procedure_release WHERE id = ?";
constexpr std::string_view insert_transition =
    "INSERT INTO procedure_transition (id, from_release, to_release, act, article, applies_from, decided_by, "
    "decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view select_transition =
    "SELECT id, from_release, to_release, act, article, applies_from, decided_by, decided_at FROM "
    "procedure_transition WHERE from_release = ? AND to_release = ? AND applies_from <= ? ORDER BY applies_from DESC "
    "LIMIT 1";
constexpr std::string_view templates_of = "SELECT hash, body FROM procedure_templates WHERE name = 'current'";
constexpr std::string_view insert_templates =
    "INSERT INTO procedure_templates (name, hash, body) VALUES ('current', ?, ?)";
constexpr std::string_view update_templates =
    "UPDATE procedure_templates SET hash = ?, body = ? WHERE name = 'current'";

struct Newest {
    ReleaseId id;
    int64_t number = 0;
    Instant from;
    std::optional<Instant> to;
    std::array<std::string, 4> hashes;
};

std::optional<Newest> newest(store::Reader& reader, const ProcedureCode& code) {
    return reader.first(newest_release, {code}, [](const store::Row& r) {
        return Newest{r.id<ReleaseId>(0),
                      r.integer(1),
                      r.instant(2),
                      r.optional_instant(3),
                      {r.string(4), r.string(5), r.string(6), r.string(7)}};
    });
}

std::array<std::string, 4> hashes(const Artefacts& a) {
    return {a.card.hash, a.form.hash, a.flow.hash, a.rules.hash};
}

Error conflict(std::string code, std::string vi, std::string en) {
    return {ErrorKind::conflict, std::move(code), std::move(vi), std::move(en)};
}

/// Two transactions may store one artefact at once on PostgreSQL; the second is then run again by the store.
void keep(store::Transaction& tx, const Artefact& a) {
    const auto there = tx.first(find_artefact, {a.hash}, [](const store::Row&) { return true; });
    if (!there) tx.execute(insert_artefact, {a.hash, a.kind, a.body});
}

Result<void> check_people(const Publication& by) {
    if (by.four_eyes && by.approver.empty())
        return conflict("procedure.approver_missing", "Cần người thứ hai duyệt trước khi công bố thủ tục.",
                        "a second person must approve before publishing");
    if (!by.approver.empty() && by.approver == by.actor)
        return conflict("procedure.same_person", "Người duyệt phải khác người công bố.",
                        "the approver must be another person than the publisher");
    return Nothing{};
}

/// True when they were others.
bool keep_samples(store::Transaction& tx, const ReleaseId& release, const std::string& body) {
    const auto stored = tx.first(samples_of_release, {release}, [](const store::Row& r) { return r.string(0); });
    if (stored.value_or("") == body) return false;
    if (stored)
        tx.execute(update_samples, {body, release});
    else
        tx.execute(insert_samples, {release, body});
    return true;
}

/// Nothing of what holds already is undone: neither an end that has passed nor one before this moment.
Result<void> end_at(store::Transaction& tx, const Newest& last, const ProcedureCode& code,
                    const std::optional<Instant>& to, const Publication& by, Instant now) {
    TRY_VOID(check_people(by));
    if (to && *to <= last.from)
        return Error{ErrorKind::invalid, "procedure.validity", "Ngày hết hiệu lực phải sau ngày có hiệu lực.",
                     "the end of validity must be after its start"};
    if ((to && *to < now) || (last.to && *last.to < now))
        return conflict("procedure.ended",
                        "Ngày hết hiệu lực của bản đã công bố " + last.id.value +
                            " chỉ đổi được khi cả ngày cũ và ngày mới còn ở phía trước.",
                        "the end of " + last.id.value + " may change only while the old and the new one lie ahead");
    tx.execute(end_release, {to, last.id});
    tx.append({std::string{events::ended},
               1,
               "procedure:" + code.value,
               by.approver.empty() ? by.actor : by.approver,
               now,
               {{"release", last.id.value},
                {"procedure", code.value},
                {"valid_to", to ? json::value_from(to_rfc3339(*to)) : json::value{}}}});
    return Nothing{};
}

Result<ReleaseId> publish_artefacts(store::Transaction& tx, const Draft& draft, const Artefacts& artefacts,
                                    const Publication& by, Instant valid_from, Instant now) {
    TRY_VOID(check_people(by));
    const auto& code = draft.card.code;
    std::optional<Instant> valid_to;
    if (draft.valid_to) valid_to = at_local(*draft.valid_to, 0);
    if (valid_to && *valid_to <= valid_from)
        return Error{ErrorKind::invalid, "procedure.validity", "Ngày hết hiệu lực phải sau ngày có hiệu lực.",
                     "the end of validity must be after its start"};
    const auto last = newest(tx, code);
    if (last && hashes(artefacts) == last->hashes && last->to == valid_to)
        return conflict("procedure.unchanged", "Bản này giống hệt bản đã công bố " + last->id.value + ".",
                        "nothing differs from " + last->id.value);
    // Exact instants, not days: two versions published on one day must not overlap.
    if (last && valid_from <= last->from)
        return conflict("procedure.overlap",
                        "Đã có bản " + last->id.value + " có hiệu lực từ " + to_vietnamese(last->from) +
                            "; bản mới phải có hiệu lực sau thời điểm đó.",
                        "release " + last->id.value + " is valid from " + to_rfc3339_local(last->from) +
                            "; a new one must start after it");
    for (const auto* a : {&artefacts.card, &artefacts.form, &artefacts.flow, &artefacts.rules}) keep(tx, *a);
    if (last && (!last->to || *last->to > valid_from)) tx.execute(end_release, {valid_from, last->id});
    const int64_t number = last ? last->number + 1 : 1;
    const ReleaseId id{fmt::format("{}@{}", code.value, number)};
    tx.execute(insert_release, {id, code, number, valid_from, valid_to, now, by.actor, by.approver, artefacts.card.hash,
                                artefacts.form.hash, artefacts.flow.hash, artefacts.rules.hash});
    (void)keep_samples(tx, id, write_samples(draft));
    tx.append({std::string{events::published},
               1,
               "procedure:" + code.value,
               by.approver.empty() ? by.actor : by.approver,
               now,
               {{"release", id.value},
                {"procedure", code.value},
                {"number", number},
                {"valid_from", to_rfc3339(valid_from)},
                {"valid_to", valid_to ? json::value_from(to_rfc3339(*valid_to)) : json::value{}},
                {"card", artefacts.card.hash},
                {"form", artefacts.form.hash},
                {"flow", artefacts.flow.hash},
                {"rules", artefacts.rules.hash},
                {"publisher", by.actor},
                {"approver", by.approver}}});
    return id;
}

Result<void> keep_templates(store::Transaction& tx, const Templates& templates, const Publication& by, Instant now) {
    json::object files;
    json::array ids;
    for (const auto& [name, text] : templates.files) files[name] = text;
    for (const auto& [id, t] : templates.by_id) ids.push_back(json::value_from(fmt::format("{}@{}", id, t.version)));
    const auto body = canonical_json(files);
    const auto hash = crypto::to_hex(crypto::sha256(body));
    const auto stored = tx.first(templates_of, {}, [](const store::Row& r) { return r.string(0); });
    if (stored && *stored == hash) return Nothing{};
    if (stored)
        tx.execute(update_templates, {hash, body});
    else
        tx.execute(insert_templates, {hash, body});
    tx.append({std::string{events::templates_loaded},
               1,
               "procedure-templates",
               by.actor,
               now,
               {{"hash", hash}, {"templates", ids}}});
    return Nothing{};
}

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations all = {{"procedures", 1, "releases", R"(
CREATE TABLE procedure_artefact (
    hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE procedure_release (
    id TEXT NOT NULL PRIMARY KEY,
    procedure_code TEXT NOT NULL,
    number BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    published_at BIGINT NOT NULL,
    published_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    card_hash TEXT NOT NULL REFERENCES procedure_artefact (hash),
    form_hash TEXT NOT NULL REFERENCES procedure_artefact (hash),
    flow_hash TEXT NOT NULL REFERENCES procedure_artefact (hash),
    rules_hash TEXT NOT NULL REFERENCES procedure_artefact (hash),
    UNIQUE (procedure_code, number),
    UNIQUE (procedure_code, valid_from)
);
CREATE TABLE procedure_transition (
    id TEXT NOT NULL PRIMARY KEY,
    from_release TEXT NOT NULL REFERENCES procedure_release (id),
    to_release TEXT NOT NULL REFERENCES procedure_release (id),
    act TEXT NOT NULL,
    article TEXT NOT NULL,
    applies_from BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX procedure_transition_pair ON procedure_transition (from_release, to_release);
CREATE TABLE procedure_templates (
    name TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE procedure_proposal (
    id TEXT NOT NULL PRIMARY KEY,
    procedure_code TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    release_id TEXT NOT NULL
))"},
                                          {"procedures", 2, "sample dossiers", R"(
CREATE TABLE procedure_sample (
    release_id TEXT NOT NULL PRIMARY KEY REFERENCES procedure_release (id),
    body TEXT NOT NULL
))"}};
    return all;
}

Result<ReleaseId> publish(store::Transaction& tx, const Draft& draft, const Publication& by, Instant valid_from,
                          Instant now) {
    return publish_artefacts(tx, draft, make_artefacts(draft.card, draft.form, draft.flow, draft.rules), by, valid_from,
                             now);
}

Result<std::vector<Sample>> samples_of(store::Reader& reader, const ReleaseId& release) {
    const auto body = reader.first(samples_of_release, {release}, [](const store::Row& r) { return r.string(0); });
    if (!body || body->empty()) return std::vector<Sample>{};
    return read_samples(*body, release.value);
}

Result<Applied> apply_procedures(store::Transaction& tx, const ProcedurePack& pack, const Publication& by,
                                 Instant now) {
    Applied out;
    TRY_VOID(keep_templates(tx, pack.templates, by, now));
    for (const auto& draft : pack.drafts) {
        if (!draft.valid_from)
            return Error{ErrorKind::invalid, "procedure.validity", "Thiếu ngày có hiệu lực (valid.from).",
                         "valid.from is missing", draft.file};
        const auto artefacts = make_artefacts(draft.card, draft.form, draft.flow, draft.rules);
        const auto from = at_local(*draft.valid_from, 0);
        if (const auto last = newest(tx, draft.card.code)) {
            std::optional<Instant> to;
            if (draft.valid_to) to = at_local(*draft.valid_to, 0);
            const bool same = last->hashes == hashes(artefacts);
            if (same && last->to != to && last->from == from) {
                auto ended = end_at(tx, *last, draft.card.code, to, by, now);
                if (!ended.ok()) return std::move(ended).error().pointing(draft.file);
                out.ended.push_back(last->id);
            }
            if (same && (last->to == to || last->from == from)) {
                out.unchanged += last->to == to ? 1 : 0;
                const auto samples = write_samples(draft);
                if (keep_samples(tx, last->id, samples))
                    tx.append({std::string{events::samples_kept},
                               1,
                               "procedure:" + draft.card.code.value,
                               by.actor,
                               now,
                               {{"release", last->id.value},
                                {"procedure", draft.card.code.value},
                                {"hash", crypto::to_hex(crypto::sha256(samples))}}});
                continue;
            }
            if (last->from == from)
                return conflict("procedure.valid_from_kept",
                                "Nội dung thủ tục " + draft.card.code.value +
                                    " đã đổi nhưng valid.from chưa đổi. Bản đã công bố không sửa được: hãy ghi ngày "
                                    "có hiệu lực mới.",
                                "the sheet of " + draft.card.code.value +
                                    " changed but not its valid.from; a published release cannot be edited: give "
                                    "the date from which the change holds")
                    .pointing(draft.file);
        }
        auto id = publish_artefacts(tx, draft, artefacts, by, from, now);
        if (!id.ok()) return std::move(id).error().pointing(draft.file);
        out.published.push_back(std::move(id).value());
    }
    return out;
}

Templates load_templates(store::Reader& reader, std::vector<Error>& errors) {
    const auto body = reader.first(templates_of, {}, [](const store::Row& r) { return r.string(1); });
    std::map<std::string, std::string> files;
    if (body) {
        auto parsed = parse_json(*body);
        if (!parsed.ok())
            errors.push_back(std::move(parsed).error());
        else if (parsed->is_object())
            for (const auto& [name, text] : parsed->get_object())
                if (text.is_string())
                    files[std::string{std::string_view{name}}] = std::string{std::string_view{text.get_string()}};
    }
    return parse_templates(std::move(files), errors);
}

Result<Transition> add_transition(store::Transaction& tx, const ReleaseId& from, const ReleaseId& to,
                                  const Basis& basis, Instant applies_from, std::string_view actor, Instant now) {
    const auto procedure_of = [&](const ReleaseId& id) {
        return tx.first(release_procedure, {id}, [](const store::Row& r) { return r.string(0); });
    };
    const auto old_procedure = procedure_of(from);
    const auto new_procedure = procedure_of(to);
    if (!old_procedure || !new_procedure)
        return Error{ErrorKind::not_found, "procedure.unknown", "Không có bản thủ tục này.", "no such release"};
    if (from == to || *old_procedure != *new_procedure)
        return conflict("procedure.transition", "Chỉ chuyển tiếp giữa hai bản khác nhau của cùng một thủ tục.",
                        "a transition leads between two releases of one procedure");
    if (basis.act.empty())
        return Error{ErrorKind::invalid, "procedure.basis_required",
                     "Chuyển hồ sơ sang bản khác phải nêu văn bản quy định chuyển tiếp.",
                     "a transitional rule needs its legal basis", "/basis/act"};
    Transition t{fmt::format("{}>{}#{}", from.value, to.value, tx.next_number("procedure_transition")),
                 from,
                 to,
                 basis.act,
                 basis.article,
                 applies_from,
                 std::string{actor},
                 now};
    tx.execute(insert_transition, {t.id, t.from, t.to, t.act, t.article, t.applies_from, t.decided_by, t.decided_at});
    tx.append({std::string{events::transition},
               1,
               "procedure:" + *old_procedure,
               t.decided_by,
               now,
               {{"transition", t.id},
                {"procedure", *old_procedure},
                {"from", from.value},
                {"to", to.value},
                {"act", t.act},
                {"article", t.article},
                {"applies_from", to_rfc3339(applies_from)}}});
    return t;
}

std::optional<Transition> find_transition(store::Reader& reader, const ReleaseId& from, const ReleaseId& to,
                                          Instant at) {
    return reader.first(select_transition, {from, to, at}, [](const store::Row& r) {
        return Transition{r.string(0), r.id<ReleaseId>(1), r.id<ReleaseId>(2), r.string(3),
                          r.string(4), r.instant(5),       r.string(6),        r.instant(7)};
    });
}

}  // namespace hl::procedures
