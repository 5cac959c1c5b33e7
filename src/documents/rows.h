// Rows of documents in and out of the database. Private to this room.
#pragma once
#include "documents/document.h"
#include "documents/revocation.h"
#include "store/db.h"

namespace hl::documents {

void insert_document(store::Transaction& tx, const Document& d, std::string_view message_key);
/// Of version `d.version`; grows it. A row that somebody changed meanwhile makes the write run again.
void update_document(store::Transaction& tx, Document& d);
[[nodiscard]] Result<Document> load_document(store::Reader& reader, const DocumentKey& key, bool whole = true);
[[nodiscard]] std::optional<DocumentKey> find_by_message(store::Reader& reader, const AgencyId& agency, Direction d,
                                                         std::string_view message_key);
/// The one that is called so, whatever it does to others; the newest.
[[nodiscard]] std::optional<DocumentKey> find_by_document_id(store::Reader& reader, const AgencyId& agency, Direction d,
                                                             std::string_view document_id);
/// The next number of an agency's register in a year: given with the document in one transaction, so there are no gaps.
[[nodiscard]] int64_t next_number(store::Transaction& tx, const AgencyId& agency, std::string_view register_name,
                                  int64_t year);
int64_t add_status(store::Transaction& tx, const DocumentKey& document, const StatusRow& row);
/// How its signature stands, kept with the document; replaces what was kept.
void save_signature(store::Transaction& tx, const DocumentKey& document, const SignatureRow& row);
void remember_certificate(store::Transaction& tx, const Certificate& certificate, const Revocation& revocation,
                          Instant now);
[[nodiscard]] std::string revocation_word(const Revocation& revocation);
[[nodiscard]] std::optional<Certificate> find_certificate(store::Reader& reader, std::string_view sha256);
[[nodiscard]] Document document_from(const store::Row& row);

}  // namespace hl::documents
