#include "documents/schema.h"

namespace hl::documents {

namespace {

// message_key is what makes a document the same one when it comes twice: its DocumentId and what it does.
constexpr std::string_view first_schema = R"sql(
CREATE TABLE document (
    key TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    direction TEXT NOT NULL,
    message_key TEXT NOT NULL,
    channel TEXT NOT NULL,
    document_id TEXT NOT NULL,
    from_organ TEXT NOT NULL,
    from_name TEXT NOT NULL,
    number TEXT NOT NULL,
    notation TEXT NOT NULL,
    place TEXT NOT NULL,
    promulgated_on BIGINT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    priority BIGINT NOT NULL,
    business BIGINT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked TEXT NOT NULL,
    arrived_at BIGINT NOT NULL,
    register_by BIGINT,
    registered_at BIGINT,
    assigned_at BIGINT,
    finished_at BIGINT,
    sent_at BIGINT,
    due_on BIGINT,
    register_name TEXT NOT NULL,
    register_year BIGINT,
    register_number BIGINT,
    officer TEXT NOT NULL,
    signature TEXT NOT NULL,
    signer TEXT NOT NULL,
    content TEXT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX document_message ON document (agency, direction, message_key);
CREATE UNIQUE INDEX document_number ON document (agency, register_name, register_year, register_number);
CREATE INDEX document_box ON document (agency, direction, state, arrived_at);
CREATE INDEX document_id_index ON document (document_id);
CREATE INDEX document_content ON document (content);
CREATE TABLE document_register (
    agency TEXT NOT NULL,
    register_name TEXT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (agency, register_name, year)
);
CREATE TABLE document_receiver (
    document TEXT NOT NULL,
    organ_id TEXT NOT NULL,
    name TEXT NOT NULL,
    sent_at BIGINT,
    status TEXT NOT NULL,
    status_at BIGINT,
    PRIMARY KEY (document, organ_id)
);
CREATE TABLE document_status (
    document TEXT NOT NULL,
    number BIGINT NOT NULL,
    given BIGINT NOT NULL,
    organ_id TEXT NOT NULL,
    code TEXT NOT NULL,
    description TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (document, number)
);
CREATE TABLE document_file (
    document TEXT NOT NULL,
    position BIGINT NOT NULL,
    content_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (document, position)
);
CREATE INDEX document_file_content ON document_file (content);
CREATE TABLE document_relation (
    document TEXT NOT NULL,
    relation TEXT NOT NULL,
    document_id TEXT NOT NULL,
    PRIMARY KEY (document, relation, document_id)
);
CREATE TABLE document_held (
    key TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    message_key TEXT NOT NULL,
    document_id TEXT NOT NULL,
    of_document TEXT NOT NULL,
    from_organ TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason_vi TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    content TEXT NOT NULL,
    signature TEXT NOT NULL,
    signer TEXT NOT NULL,
    held_at BIGINT NOT NULL,
    released_at BIGINT
);
CREATE UNIQUE INDEX document_held_message ON document_held (agency, message_key);
CREATE INDEX document_held_waiting ON document_held (of_document, released_at);
CREATE INDEX document_held_content ON document_held (content);
CREATE TABLE document_correspondent (
    organ_id TEXT PRIMARY KEY,
    old_code TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
)sql";

// Whose certificate is whose, what was seen and how it stood, and the lists of revoked certificates as fetched.
constexpr std::string_view signers_schema = R"sql(
CREATE TABLE document_signer (
    id TEXT PRIMARY KEY,
    organ TEXT NOT NULL,
    rule TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    issuer_key TEXT NOT NULL,
    serial TEXT NOT NULL,
    subject TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    source TEXT NOT NULL,
    certificate TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at BIGINT,
    reason TEXT NOT NULL
);
CREATE INDEX document_signer_state ON document_signer (state, organ);
CREATE TABLE document_certificate (
    sha256 TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    issuer TEXT NOT NULL,
    serial TEXT NOT NULL,
    issuer_key TEXT NOT NULL,
    pem TEXT NOT NULL,
    issuers_pem TEXT NOT NULL,
    revocation TEXT NOT NULL,
    first_seen BIGINT NOT NULL
);
CREATE TABLE document_signature (
    document TEXT PRIMARY KEY,
    certificate TEXT NOT NULL,
    weak BIGINT NOT NULL,
    stamped_at BIGINT,
    bound_by TEXT NOT NULL,
    reasons TEXT NOT NULL,
    as_of BIGINT,
    judged_at BIGINT NOT NULL,
    overruled_by TEXT NOT NULL,
    overruled_why TEXT NOT NULL,
    overruled_at BIGINT
);
CREATE INDEX document_signature_certificate ON document_signature (certificate, document);
CREATE TABLE document_revocation_list (
    source TEXT PRIMARY KEY,
    issuer TEXT NOT NULL,
    this_update BIGINT,
    next_update BIGINT,
    entries BIGINT NOT NULL,
    verified BIGINT NOT NULL,
    content {{blob}},
    fetched_at BIGINT,
    tried_at BIGINT NOT NULL,
    problem TEXT NOT NULL,
    problem_vi TEXT NOT NULL,
    problem_en TEXT NOT NULL
);
)sql";

}  // namespace

const store::Migrations& migrations() {
    static const store::Migrations all{
        {"documents", 1, "in-box, out-box, registers", std::string{first_schema}},
        {"documents", 2, "signers and revoked certificates", std::string{signers_schema}}};
    return all;
}

}  // namespace hl::documents
