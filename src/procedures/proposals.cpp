#include "procedures/proposals.h"

#include "procedures/events.h"

namespace hl::procedures {

namespace {

constexpr std::string_view insert_proposal =
    "INSERT INTO procedure_proposal (id, procedure_code, name, body, valid_from, proposed_by, proposed_at, state, "
    "release_id) VALUES (?, ?, ?, ?, ?, ?, ?, 'open', '')";
constexpr std::string_view select_open =
    "SELECT id, procedure_code, name, body, valid_from, proposed_by, proposed_at, state, release_id FROM "
    "procedure_proposal WHERE state = 'open' ORDER BY proposed_at, id";
constexpr std::string_view select_one =
    "SELECT id, procedure_code, name, body, valid_from, proposed_by, proposed_at, state, release_id FROM "
    "procedure_proposal WHERE id = ?";
constexpr std::string_view close_proposal =
    "UPDATE procedure_proposal SET state = 'published', release_id = ? WHERE id = ? AND state = 'open'";
constexpr std::string_view drop_proposal =
    "UPDATE procedure_proposal SET state = 'withdrawn' WHERE id = ? AND state = 'open'";
constexpr std::string_view sheet_of_release =
    "SELECT body FROM procedure_proposal WHERE release_id = ? AND state = 'published'";

Error closed() {
    return {ErrorKind::conflict, "procedure.proposal_closed", "Đề nghị này đã được xử lý.",
            "this proposal was already dealt with"};
}

Proposal row_of(const store::Row& r) {
    return {r.string(0), r.string(1),  r.string(2),  r.string(3), r.string(5),
            r.string(7), r.instant(4), r.instant(6), r.string(8)};
}

}  // namespace

Checked check_sheet(store::Reader& reader, const std::string& text, const std::string& file, const Catalogue& catalogue,
                    const directory::Directory* organisation, Instant now) {
    Checked out;
    const auto templates = load_templates(reader, out.errors);
    out.draft = parse_procedure(text, file, templates, out.errors);
    if (!out.draft) return out;
    const auto history = catalogue.history(out.draft->card.code);
    // Functions are resolved as the organisation will be when the release starts, if that is later.
    auto at = local_date(now);
    if (out.draft->valid_from && *out.draft->valid_from > at) at = *out.draft->valid_from;
    out.findings = lint(*out.draft, {organisation, at, history.empty() ? nullptr : history.front()});
    return out;
}

Error refusal(const Checked& checked) {
    if (!checked.errors.empty()) return checked.errors.front();
    for (const auto& f : checked.findings)
        if (f.severity == Severity::error) return {ErrorKind::invalid, f.code, f.vi, f.en, f.place};
    return {ErrorKind::invalid, "procedure.sheet", "Không đọc được bản khai thủ tục.", "the sheet cannot be read"};
}

Proposal propose(store::Transaction& tx, const Draft& draft, const std::string& text, Instant valid_from,
                 std::string_view actor, Instant now) {
    Proposal p{fmt::format("P{}", tx.next_number("procedure_proposal")),
               draft.card.code.value,
               draft.card.name,
               text,
               std::string{actor},
               "open",
               valid_from,
               now,
               ""};
    tx.execute(insert_proposal, {p.id, p.procedure, p.name, p.text, p.valid_from, p.proposed_by, p.proposed_at});
    tx.append({std::string{events::proposed},
               1,
               "procedure:" + p.procedure,
               p.proposed_by,
               now,
               {{"proposal", p.id}, {"procedure", p.procedure}, {"valid_from", to_rfc3339(valid_from)}}});
    return p;
}

std::vector<Proposal> open_proposals(store::Reader& reader) {
    return reader.all(select_open, {}, row_of);
}

std::optional<Proposal> find_proposal(store::Reader& reader, const std::string& id) {
    return reader.first(select_one, {id}, row_of);
}

Result<ReleaseId> publish_proposal(store::Transaction& tx, const Proposal& proposal, const Draft& draft,
                                   std::string_view approver, Instant now) {
    if (proposal.state != "open") return closed();
    TRY(auto id, publish(tx, draft, {proposal.proposed_by, std::string{approver}, true}, proposal.valid_from, now));
    if (tx.execute(close_proposal, {id, proposal.id}) != 1) return closed();
    return id;
}

Result<void> withdraw_proposal(store::Transaction& tx, const std::string& id, std::string_view actor,
                               std::string_view reason, Instant now) {
    const auto proposal = find_proposal(tx, id);
    if (!proposal)
        return Error{ErrorKind::not_found, "procedure.proposal_unknown", "Không có đề nghị này.", "no such proposal"};
    if (tx.execute(drop_proposal, {id}) != 1) return closed();
    tx.append({std::string{events::withdrawn},
               1,
               "procedure:" + proposal->procedure,
               std::string{actor},
               now,
               {{"proposal", id}, {"procedure", proposal->procedure}, {"reason", reason}}});
    return Nothing{};
}

std::optional<std::string> published_sheet(store::Reader& reader, const ReleaseId& release) {
    return reader.first(sheet_of_release, {release}, [](const store::Row& r) { return r.string(0); });
}

}  // namespace hl::procedures
