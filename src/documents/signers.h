// Who may sign for whom: an agency's code and the certificate that is its, from a day and until a day. A signature that
// is right but of a certificate that is bound to nobody, or to another agency, is not its sender's. The table comes
// from the pack (signers.csv), from this installation's own signing keys, and from the console, where one proposes and
// another approves. Codes are compared in both syntaxes through the table of codes, never by inference.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "documents/agency_code.h"
#include "documents/certificate.h"

namespace hl::documents {

struct SignerBinding {
    enum class Rule {
        certificate,  // this one, by its SHA-256
        serial,       // this one, by its authority's key and its serial number
        subject,      // any of an authority whose subject has these parts: renewed certificates stay bound
    };
    std::string id;     // empty: not from the console
    std::string organ;  // in either syntax
    Rule rule = Rule::certificate;
    std::string sha256, issuer_key, serial;
    std::vector<NamePart> subject;
    Date from;
    std::optional<Date> to;
    std::string source;  // what says so

    [[nodiscard]] bool holds(Date at) const { return from <= at && (!to || at < *to); }
    [[nodiscard]] bool fits(const Certificate& certificate) const;
};
[[nodiscard]] std::string_view to_string(SignerBinding::Rule rule);
[[nodiscard]] std::optional<SignerBinding::Rule> signer_rule_from(std::string_view word);
/// What a binding must be whoever made it. Errors: documents.signer_rule, agency_code.invalid, documents.signer_dates.
[[nodiscard]] Result<void> check_binding(const SignerBinding& binding);

/// organ,rule,sha256,issuer_key,serial,subject,from,to,source; no file: no bindings. Errors: documents.signers with
/// file and line.
[[nodiscard]] Result<std::vector<SignerBinding>> read_signers(const std::filesystem::path& file);

/// Whose certificate is it at `at`, when `organ` says it is its own?
struct Bound {
    bool yes = false;
    std::vector<std::string> others;  // agencies it is bound to instead
};
[[nodiscard]] Bound bound_to(const std::vector<SignerBinding>& bindings, const CodeTable& codes,
                             const Certificate& certificate, std::string_view organ, Date at);

}  // namespace hl::documents
