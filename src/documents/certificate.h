// What a signer's certificate says, as plain values: kept with the document, so that it can be looked at again when the
// table of signers or a list of revoked certificates changes. Any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hl::documents {

/// One attribute of a name: {"O", "Sở Nội vụ"}. A type without a short name stands as its numbers ("2.5.4.97").
struct NamePart {
    std::string type, value;
    bool operator==(const NamePart&) const = default;
};

struct Certificate {
    std::string sha256;           // of the DER, hex
    std::string subject, issuer;  // RFC 2253
    std::string serial;           // hex
    std::string issuer_key;       // SHA-256 of the issuing authority's public key, hex; empty: it was not found
    std::vector<NamePart> names;  // of the subject, in its order
    Instant not_before, not_after;
    std::string pem;
    std::vector<std::string> issuers_pem;  // up to but without the anchor, as they were found
};

/// A certificate in PEM, its issuer looked for among `authorities_pem`. Errors: documents.certificate.
[[nodiscard]] Result<Certificate> read_certificate(std::string_view pem,
                                                   const std::vector<std::string>& authorities_pem);

/// Every certificate of a PEM text.
[[nodiscard]] std::vector<std::string> certificates_in(std::string_view pem);

/// "O=Sở Nội vụ; CN=Văn thư" as a rule over a subject. Errors: documents.signer_rule.
[[nodiscard]] Result<std::vector<NamePart>> read_name_rule(std::string_view text);
[[nodiscard]] std::string write_name_rule(const std::vector<NamePart>& parts);

}  // namespace hl::documents
