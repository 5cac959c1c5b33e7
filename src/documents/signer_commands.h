// The table of signers as people keep it: one proposes a binding, another approves it (where the installation wants
// four eyes), anyone of them ends it. Who may connect partners may do this. In the caller's transaction.
#pragma once
#include "access/access.h"
#include "documents/signers.h"
#include "store/db.h"

namespace hl::documents {

struct SignerRow {
    SignerBinding binding;
    std::string certificate;  // subject of the one it was made from
    std::string state;        // "proposed", "in_force", "turned_down"
    std::string proposed_by, decided_by, reason;
    Instant proposed_at;
    std::optional<Instant> decided_at;
};

/// Errors: access.*, documents.signer_*, agency_code.invalid, documents.signer_exists.
[[nodiscard]] Result<SignerRow> propose_signer(store::Transaction& tx, const access::Actor& actor,
                                               SignerBinding binding, const std::string& certificate, Random& random,
                                               Instant now);
/// Errors: access.*, documents.signer_unknown, documents.signer_decided, documents.same_person.
[[nodiscard]] Result<SignerRow> approve_signer(store::Transaction& tx, const access::Actor& actor,
                                               const std::string& id, bool four_eyes, Instant now);
/// Errors: also documents.signer_reason.
[[nodiscard]] Result<SignerRow> turn_down_signer(store::Transaction& tx, const access::Actor& actor,
                                                 const std::string& id, const std::string& reason, Instant now);
/// The first day on which it holds no more: trust is withdrawn by one person. Errors: also documents.signer_dates.
[[nodiscard]] Result<SignerRow> end_signer(store::Transaction& tx, const access::Actor& actor, const std::string& id,
                                           Date to, const std::string& reason, Instant now);

[[nodiscard]] std::vector<SignerRow> signer_rows(store::Reader& reader);
/// Those in force, today or once.
[[nodiscard]] std::vector<SignerBinding> signer_bindings(store::Reader& reader);

}  // namespace hl::documents
