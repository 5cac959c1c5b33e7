#include "documents/signer_commands.h"

#include "base/json.h"
#include "base/text.h"
#include "documents/events.h"
#include "documents/queries.h"

namespace hl::documents {

namespace {

using access::Right;

#define HL_SIGNER_COLUMNS                                                                                      \
    "id, organ, rule, sha256, issuer_key, serial, subject, valid_from, valid_to, source, certificate, state, " \
    "proposed_by, proposed_at, decided_by, decided_at, reason FROM document_signer "
constexpr std::string_view select_all = "SELECT " HL_SIGNER_COLUMNS "ORDER BY proposed_at DESC, id";
constexpr std::string_view select_one = "SELECT " HL_SIGNER_COLUMNS "WHERE id = ? FOR UPDATE";
constexpr std::string_view decide =
    "UPDATE document_signer SET state = ?, decided_by = ?, decided_at = ?, reason = ?, valid_to = ? WHERE id = ?";

SignerRow row_of(const store::Row& r) {
    SignerRow out;
    auto& b = out.binding;
    b.id = r.string(0);
    b.organ = r.string(1);
    b.rule = signer_rule_from(r.text(2)).value_or(SignerBinding::Rule::certificate);
    b.sha256 = r.string(3);
    b.issuer_key = r.string(4);
    b.serial = r.string(5);
    if (auto subject = read_name_rule(r.text(6)); subject.ok()) b.subject = *std::move(subject);
    b.from = r.date(7);
    b.to = r.optional_date(8);
    b.source = r.string(9);
    out.certificate = r.string(10);
    out.state = r.string(11);
    out.proposed_by = r.string(12);
    out.proposed_at = r.instant(13);
    out.decided_by = r.string(14);
    out.decided_at = r.optional_instant(15);
    out.reason = r.string(16);
    return out;
}

Result<SignerRow> load(store::Transaction& tx, const access::Actor& actor, const std::string& id,
                       std::string_view state, Instant now) {
    TRY_VOID(access::require(actor, Right::manage_links, AgencyId{}, now));
    auto found = tx.first(select_one, {id}, row_of);
    if (!found)
        return Error{ErrorKind::not_found, "documents.signer_unknown", "Không có dòng này. Tải lại bảng người ký.",
                     "There is no such line. Load the table again."};
    if (found->state != state)
        return Error{ErrorKind::conflict, "documents.signer_decided",
                     "Dòng này đã được người khác xử lý. Tải lại bảng người ký.",
                     "Somebody has dealt with this line. Load the table again."};
    return *std::move(found);
}

Error reason_wanted() {
    return Error{ErrorKind::invalid, "documents.signer_reason", "Thiếu lý do. Ghi lý do rồi làm lại.",
                 "The reason is missing. Write it, then do it again."}
        .pointing("/reason");
}

void tell(store::Transaction& tx, std::string_view type, const SignerRow& row, const access::Actor& actor, Instant now,
          json::object data) {
    data["organ"] = row.binding.organ;
    tx.append({std::string{type}, 1, "document_signer:" + row.binding.id, actor.label(), now, std::move(data)});
}

void save(store::Transaction& tx, const SignerRow& row) {
    tx.execute(decide, {row.state, row.decided_by, row.decided_at, row.reason, row.binding.to, row.binding.id});
}

}  // namespace

Result<SignerRow> propose_signer(store::Transaction& tx, const access::Actor& actor, SignerBinding b,
                                 const std::string& certificate, Random& random, Instant now) {
    TRY_VOID(access::require(actor, Right::manage_links, AgencyId{}, now));
    TRY_VOID(check_binding(b));
    b.source = text::normalise(b.source);
    for (const auto& other : signer_rows(tx)) {
        const auto& o = other.binding;
        if (other.state != "turned_down" && o.organ == b.organ && o.rule == b.rule && o.sha256 == b.sha256 &&
            o.issuer_key == b.issuer_key && o.serial == b.serial && o.subject == b.subject &&
            (!o.to || b.from < *o.to) && (!b.to || o.from < *b.to))
            return Error{ErrorKind::conflict, "documents.signer_exists",
                         "Cơ quan này đã có dòng như vậy trong thời gian đó. Xem lại bảng người ký.",
                         "The agency has such a line in that time already. Look at the table."};
    }
    b.id = make_uuid7(now, random);
    SignerRow row{b, certificate, "proposed", actor.label(), "", "", now, {}};
    tx.execute(
        "INSERT INTO document_signer (id, organ, rule, sha256, issuer_key, serial, subject, valid_from, valid_to, "
        "source, certificate, state, proposed_by, proposed_at, decided_by, decided_at, reason) VALUES (?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?, ?, ?, ?, ?, '', NULL, '')",
        {b.id, b.organ, to_string(b.rule), b.sha256, b.issuer_key, b.serial, write_name_rule(b.subject), b.from, b.to,
         b.source, certificate, row.state, row.proposed_by, now});
    tell(tx, events::signer_proposed, row, actor, now,
         {{"rule", to_string(b.rule)}, {"certificate", b.sha256}, {"from", to_iso(b.from)}, {"to", or_null(b.to)}});
    return row;
}

Result<SignerRow> approve_signer(store::Transaction& tx, const access::Actor& actor, const std::string& id,
                                 bool four_eyes, Instant now) {
    TRY(auto row, load(tx, actor, id, "proposed", now));
    if (four_eyes && row.proposed_by == actor.label())
        return Error{ErrorKind::conflict, "documents.same_person",
                     "Người đề nghị không được tự duyệt. Nhờ một quản trị viên khác xem và duyệt.",
                     "Who proposed it may not approve it. Ask another administrator to look at it."};
    row.state = "in_force";
    row.decided_by = actor.label();
    row.decided_at = now;
    save(tx, row);
    tell(tx, events::signer_approved, row, actor, now, {});
    return row;
}

Result<SignerRow> turn_down_signer(store::Transaction& tx, const access::Actor& actor, const std::string& id,
                                   const std::string& reason, Instant now) {
    TRY(auto row, load(tx, actor, id, "proposed", now));
    if (text::trim(reason).empty()) return reason_wanted();
    row.state = "turned_down";
    row.decided_by = actor.label();
    row.decided_at = now;
    row.reason = text::normalise(reason);
    save(tx, row);
    tell(tx, events::signer_turned_down, row, actor, now, {});
    return row;
}

Result<SignerRow> end_signer(store::Transaction& tx, const access::Actor& actor, const std::string& id, Date to,
                             const std::string& reason, Instant now) {
    TRY(auto row, load(tx, actor, id, "in_force", now));
    if (text::trim(reason).empty()) return reason_wanted();
    // From its first day on it never held.
    if (to < row.binding.from || (row.binding.to && to > *row.binding.to))
        return Error{ErrorKind::invalid, "documents.signer_dates",
                     "Ngày thôi hiệu lực phải nằm trong thời gian của dòng này.",
                     "The day on which it ends must be within its time."}
            .pointing("/to");
    row.binding.to = to;
    row.decided_by = actor.label();
    row.decided_at = now;
    row.reason = text::normalise(reason);
    save(tx, row);
    tell(tx, events::signer_ended, row, actor, now, {{"to", to_iso(to)}});
    return row;
}

std::vector<SignerRow> signer_rows(store::Reader& reader) {
    return reader.all(select_all, {}, row_of);
}

std::vector<SignerBinding> signer_bindings(store::Reader& reader) {
    std::vector<SignerBinding> out;
    for (auto& row : signer_rows(reader))
        if (row.state == "in_force") out.push_back(std::move(row.binding));
    return out;
}

}  // namespace hl::documents
