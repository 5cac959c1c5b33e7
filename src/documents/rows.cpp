#include "documents/rows.h"

namespace hl::documents {

namespace {

#define HL_DOCUMENT_COLUMNS                                                                                          \
    "key, agency, direction, channel, document_id, from_organ, from_name, number, notation, place, promulgated_on, " \
    "kind, subject, priority, business, reason, state, asked, arrived_at, register_by, registered_at, assigned_at, " \
    "finished_at, sent_at, due_on, register_name, register_year, register_number, officer, signature, signer, "      \
    "content, version"

constexpr std::string_view insert_row = "INSERT INTO document (" HL_DOCUMENT_COLUMNS
                                        ", message_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                                        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                                        "?, ?, ?)";
constexpr std::string_view update_row =
    "UPDATE document SET state = ?, asked = ?, registered_at = ?, assigned_at = ?, finished_at = ?, sent_at = ?, "
    "due_on = ?, register_name = ?, register_year = ?, register_number = ?, officer = ?, kind = ?, content = ?, "
    "signature = ?, version = ? WHERE key = ? AND version = ?";
constexpr std::string_view select_row = "SELECT " HL_DOCUMENT_COLUMNS " FROM document WHERE key = ?";
constexpr std::string_view by_message =
    "SELECT key FROM document WHERE agency = ? AND direction = ? AND message_key = ?";
constexpr std::string_view by_id =
    "SELECT key FROM document WHERE document_id = ? AND agency = ? AND direction = ? ORDER BY arrived_at DESC, key "
    "DESC";
constexpr std::string_view select_receivers =
    "SELECT organ_id, name, sent_at, status, status_at FROM document_receiver WHERE document = ? ORDER BY organ_id";
constexpr std::string_view select_statuses =
    "SELECT number, given, organ_id, code, description, actor, at FROM document_status WHERE document = ? ORDER BY "
    "number";
constexpr std::string_view select_files =
    "SELECT position, content_id, name, type, description, sha256, size, content FROM document_file WHERE document = ? "
    "ORDER BY position";
constexpr std::string_view select_relations =
    "SELECT relation, document_id FROM document_relation WHERE document = ? ORDER BY relation, document_id";
constexpr std::string_view select_signature =
    "SELECT certificate, weak, stamped_at, bound_by, reasons, as_of, judged_at, overruled_by, overruled_why, "
    "overruled_at FROM document_signature WHERE document = ?";
constexpr std::string_view upsert_signature =
    "INSERT INTO document_signature (document, certificate, weak, stamped_at, bound_by, reasons, as_of, judged_at, "
    "overruled_by, overruled_why, overruled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (document) DO "
    "UPDATE SET certificate = excluded.certificate, weak = excluded.weak, stamped_at = excluded.stamped_at, bound_by = "
    "excluded.bound_by, reasons = excluded.reasons, as_of = excluded.as_of, judged_at = excluded.judged_at, "
    "overruled_by = excluded.overruled_by, overruled_why = excluded.overruled_why, overruled_at = "
    "excluded.overruled_at";
constexpr std::string_view insert_status =
    "INSERT INTO document_status (document, number, given, organ_id, code, description, actor, at) VALUES (?, ?, ?, ?, "
    "?, ?, ?, ?)";
constexpr std::string_view last_status = "SELECT COALESCE(MAX(number), 0) FROM document_status WHERE document = ?";
// One statement that locks the row: two who register at once get different numbers, and one that fails gives its back.
constexpr std::string_view count_up =
    "INSERT INTO document_register (agency, register_name, year, last) VALUES (?, ?, ?, 1) ON CONFLICT (agency, "
    "register_name, year) DO UPDATE SET last = document_register.last + 1";
constexpr std::string_view select_last =
    "SELECT last FROM document_register WHERE agency = ? AND register_name = ? AND year = ?";

}  // namespace

Document document_from(const store::Row& row) {
    Document d;
    d.key = row.id<DocumentKey>(0);
    d.agency = row.id<AgencyId>(1);
    d.direction = direction_from(row.text(2)).value_or(Direction::in);
    d.channel = row.string(3);
    d.document_id = row.string(4);
    d.from_organ = row.string(5);
    d.from_name = row.string(6);
    d.number = row.string(7);
    d.notation = row.string(8);
    d.place = row.string(9);
    d.promulgated = row.optional_date(10);
    d.kind = row.string(11);
    d.subject = row.string(12);
    d.priority = static_cast<int>(row.integer(13));
    d.business = static_cast<Business>(row.integer(14));
    d.reason = row.string(15);
    d.state = state_from(row.text(16)).value_or(State::arrived);
    d.asked = row.string(17);
    d.arrived_at = row.instant(18);
    d.register_by = row.optional_instant(19);
    d.registered_at = row.optional_instant(20);
    d.assigned_at = row.optional_instant(21);
    d.finished_at = row.optional_instant(22);
    d.sent_at = row.optional_instant(23);
    d.due = row.optional_date(24);
    d.register_name = row.string(25);
    d.register_year = row.optional_integer(26);
    d.register_number = row.optional_integer(27);
    d.officer = row.id<OfficerId>(28);
    d.signature = row.string(29);
    d.signer = row.string(30);
    d.content = row.id<FileHash>(31);
    d.version = row.integer(32);
    return d;
}

void insert_document(store::Transaction& tx, const Document& d, std::string_view message_key) {
    tx.execute(insert_row, {d.key,
                            d.agency,
                            to_string(d.direction),
                            d.channel,
                            d.document_id,
                            d.from_organ,
                            d.from_name,
                            d.number,
                            d.notation,
                            d.place,
                            d.promulgated,
                            d.kind,
                            d.subject,
                            d.priority,
                            static_cast<int>(d.business),
                            d.reason,
                            to_string(d.state),
                            d.asked,
                            d.arrived_at,
                            d.register_by,
                            d.registered_at,
                            d.assigned_at,
                            d.finished_at,
                            d.sent_at,
                            d.due,
                            d.register_name,
                            d.register_year,
                            d.register_number,
                            d.officer,
                            d.signature,
                            d.signer,
                            d.content,
                            d.version,
                            message_key});
    for (const auto& r : d.receivers)
        tx.execute(
            "INSERT INTO document_receiver (document, organ_id, name, sent_at, status, status_at) VALUES (?, ?, ?, "
            "NULL, '', NULL)",
            {d.key, r.organ_id, r.name});
    for (const auto& f : d.files)
        tx.execute(
            "INSERT INTO document_file (document, position, content_id, name, type, description, sha256, size, "
            "content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            {d.key, f.position, f.content_id, f.name, f.type, f.description, f.sha256, f.size, f.content});
    for (const auto& r : d.relations)
        tx.execute(
            "INSERT INTO document_relation (document, relation, document_id) VALUES (?, ?, ?) ON CONFLICT (document, "
            "relation, document_id) DO NOTHING",
            {d.key, r.relation, r.document_id});
}

void update_document(store::Transaction& tx, Document& d) {
    const auto changed =
        tx.execute(update_row, {to_string(d.state), d.asked, d.registered_at, d.assigned_at, d.finished_at, d.sent_at,
                                d.due, d.register_name, d.register_year, d.register_number, d.officer, d.kind,
                                d.content, d.signature, d.version + 1, d.key, d.version});
    if (changed != 1) tx.run_again();
    ++d.version;
}

Result<Document> load_document(store::Reader& reader, const DocumentKey& key, bool whole) {
    auto found = reader.first(select_row, {key}, document_from);
    if (!found)
        return Error{ErrorKind::not_found, "document.not_found", "Không có văn bản này. Tải lại danh sách.",
                     "There is no such document. Load the list again."};
    auto& d = *found;
    if (!whole) return std::move(d);
    d.receivers = reader.all(select_receivers, {key}, [](const store::Row& r) {
        return ReceiverRow{r.string(0), r.string(1), r.optional_instant(2), r.string(3), r.optional_instant(4)};
    });
    d.statuses = reader.all(select_statuses, {key}, [](const store::Row& r) {
        return StatusRow{r.integer(0), r.integer(1) != 0, r.string(2), r.string(3),
                         r.string(4),  r.string(5),       r.instant(6)};
    });
    d.files = reader.all(select_files, {key}, [](const store::Row& r) {
        return FileRow{r.integer(0), r.string(1), r.string(2),  r.string(3),
                       r.string(4),  r.string(5), r.integer(6), r.id<FileHash>(7)};
    });
    d.judged = reader.first(select_signature, {key}, [](const store::Row& r) {
        return SignatureRow{r.string(0), r.integer(1) != 0,     r.optional_instant(2), r.string(3),
                            r.string(4), r.optional_instant(5), r.instant(6),          r.string(7),
                            r.string(8), r.optional_instant(9)};
    });
    d.relations = reader.all(select_relations, {key}, [](const store::Row& r) {
        return RelationRow{r.string(0), r.string(1), {}};
    });
    for (auto& relation : d.relations)
        for (const auto box : {Direction::in, Direction::out})
            if (auto other = find_by_document_id(reader, d.agency, box, relation.document_id); other && *other != key)
                relation.other = *other;
    return std::move(d);
}

void save_signature(store::Transaction& tx, const DocumentKey& document, const SignatureRow& s) {
    tx.execute(upsert_signature, {document, s.certificate, s.weak ? 1 : 0, s.stamped_at, s.bound_by, s.reasons, s.as_of,
                                  s.judged_at, s.overruled_by, s.overruled_why, s.overruled_at});
}

std::string revocation_word(const Revocation& r) {
    if (r.state == Revocation::State::good) return "good";
    if (r.state == Revocation::State::unknown) return "unknown:" + r.why;
    return "revoked:" + to_rfc3339(r.revoked_at.value_or(Instant{}));
}

void remember_certificate(store::Transaction& tx, const Certificate& c, const Revocation& r, Instant now) {
    std::string issuers;
    for (const auto& pem : c.issuers_pem) issuers += pem;
    tx.execute(
        "INSERT INTO document_certificate (sha256, subject, issuer, serial, issuer_key, pem, issuers_pem, revocation, "
        "first_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
        {c.sha256, c.subject, c.issuer, c.serial, c.issuer_key, c.pem, issuers, revocation_word(r), now});
}

std::optional<Certificate> find_certificate(store::Reader& reader, std::string_view sha256) {
    struct Kept {
        std::string pem, issuers, issuer_key;
    };
    const auto kept = reader.first("SELECT pem, issuers_pem, issuer_key FROM document_certificate WHERE sha256 = ?",
                                   {sha256}, [](const store::Row& r) {
                                       return Kept{r.string(0), r.string(1), r.string(2)};
                                   });
    if (!kept) return std::nullopt;
    auto out = read_certificate(kept->pem, {});
    if (!out.ok()) return std::nullopt;
    out->issuer_key = kept->issuer_key;
    out->issuers_pem = certificates_in(kept->issuers);
    return *std::move(out);
}

std::optional<DocumentKey> find_by_message(store::Reader& reader, const AgencyId& agency, Direction d,
                                           std::string_view message_key) {
    return reader.first(by_message, {agency, to_string(d), message_key},
                        [](const store::Row& r) { return r.id<DocumentKey>(0); });
}

std::optional<DocumentKey> find_by_document_id(store::Reader& reader, const AgencyId& agency, Direction d,
                                               std::string_view document_id) {
    return reader.first(by_id, {document_id, agency, to_string(d)},
                        [](const store::Row& r) { return r.id<DocumentKey>(0); });
}

int64_t next_number(store::Transaction& tx, const AgencyId& agency, std::string_view register_name, int64_t year) {
    tx.execute(count_up, {agency, register_name, year});
    return *tx.first(select_last, {agency, register_name, year}, [](const store::Row& r) { return r.integer(0); });
}

int64_t add_status(store::Transaction& tx, const DocumentKey& document, const StatusRow& row) {
    const auto number = *tx.first(last_status, {document}, [](const store::Row& r) { return r.integer(0); }) + 1;
    tx.execute(insert_status,
               {document, number, row.given ? 1 : 0, row.organ_id, row.code, row.description, row.actor, row.at});
    return number;
}

}  // namespace hl::documents
