// How a signed message stands: whether its signer's certificate is its sender's, and whether that was in force when it
// signed. Pure rules over plain values, so that a document can be judged again when a binding or a list comes later.
// Only a proven time tells a signature before a revocation from one after it: the time-stamp's, or the moment at which
// this installation had it. What the message says of its own day proves nothing.
#pragma once
#include <map>

#include "documents/context.h"
#include "documents/revocation.h"
#include "documents/signature.h"
#include "documents/signers.h"

namespace hl::documents {

/// What signers are judged by. Immutable; any thread.
struct Judging {
    std::vector<SignerBinding> fixed{};        // of the pack
    std::map<std::string, std::string> own{};  // agency → SHA-256 of its certificate here; "": of the others
    std::shared_ptr<const RevocationLists> lists{};
    std::vector<std::string> anchors_pem{};
    bool accept_unbound = false;    // as the settings say: taken in and marked, and work goes on
    bool accept_unchecked = false;  // likewise, where no list of revoked certificates can be had

    [[nodiscard]] Revocation revocation(const Certificate& certificate, Instant now) const {
        if (lists) return lists->judge(certificate, anchors_pem, now);
        Revocation none;
        none.why = "no_list";
        return none;
    }
};

struct SignatureReason {
    std::string code;    // "signer.nobody", "signer.other_agency", "signer.revoked", "signer.revoked_later",
                         // "signer.unchecked", "signature.sha1"
    std::string detail;  // agencies, a time, or why it could not be checked
    bool operator==(const SignatureReason&) const = default;
};
struct BothLanguages {
    std::string vi, en;
};
[[nodiscard]] BothLanguages say(const SignatureReason& reason);

struct Standing {
    std::string word = "none";  // "valid", "weak", "none", "unbound", "revoked", "unchecked"
    std::string bound_by;       // "own", "pack", the binding's id
    std::vector<SignatureReason> reasons;
    std::optional<Instant> as_of;  // of the list that it was held against
    bool operator==(const Standing&) const = default;
};

/// `at`: when it was signed, as far as it is proven.
[[nodiscard]] Standing judge_signer(const Context& ctx, const std::vector<SignerBinding>& bindings,
                                    const Certificate& certificate, bool weak, const Revocation& revocation,
                                    std::string_view organ, Instant at);

/// May what follows by itself from such a message follow, and may a person register it without saying why?
[[nodiscard]] bool settled(const Judging* judging, std::string_view word);

/// As they are kept with a document.
[[nodiscard]] std::string write_reasons(const std::vector<SignatureReason>& reasons);
[[nodiscard]] std::vector<SignatureReason> read_reasons(std::string_view text);

}  // namespace hl::documents
