// The XML signature of an edXML message, by xmlsec (OpenSSL): one enveloped signature in the header that covers the
// whole message with its files, so that nothing can be wrapped around or moved out from under it. Any thread.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "documents/certificate.h"

namespace hl::documents {

struct SigningIdentity {
    std::string key_pem;                   // RSA or ECDSA, private
    std::string certificate_pem;           // of the key
    std::vector<std::string> issuers_pem;  // up to but without the anchor; sent along

    /// Errors: documents.signing_identity; a key that others may read is refused.
    [[nodiscard]] static Result<SigningIdentity> read(const std::filesystem::path& key,
                                                      const std::filesystem::path& certificates);
};

/// RSA-SHA256 or ECDSA-SHA256, as the key is. Errors: edxml.malformed, edxml.signed_already, edxml.signing.
[[nodiscard]] Result<std::string> sign_edxml(std::string_view edxml, const SigningIdentity& identity);

struct TrustSettings {
    std::vector<std::string> anchors_pem;
    bool accept_sha1 = false;                 // as old senders sign; the message is marked
    std::vector<std::string> stampers_pem{};  // time-stamping authorities: what they say of the time is believed
};

struct SignatureFacts {
    std::string algorithm;  // "rsa-sha256", "ecdsa-sha256", "rsa-sha1"
    bool weak = false;      // SHA-1 somewhere in it
    Certificate certificate{};
    std::optional<Instant> stamped_at{};  // when it was signed, by a time-stamp that is believed
};

class Verifier {
  public:
    /// Every *.pem and *.crt of the folder is an anchor. Errors: documents.trust.
    [[nodiscard]] static Result<std::shared_ptr<const Verifier>> read(const std::filesystem::path& folder,
                                                                      bool accept_sha1 = false,
                                                                      const std::filesystem::path& stampers = {});
    explicit Verifier(TrustSettings settings) : settings_(std::move(settings)) {}
    /// The certificates are judged as of `at`. Errors: edxml.unsigned, edxml.signature_profile (more or less is signed
    /// than the whole message, other algorithms, more than one signature), edxml.signature_weak, edxml.signature_wrong,
    /// edxml.signature_untrusted.
    [[nodiscard]] Result<SignatureFacts> verify(std::string_view edxml, Instant at) const;
    [[nodiscard]] const std::vector<std::string>& anchors() const { return settings_.anchors_pem; }

  private:
    TrustSettings settings_;
};

}  // namespace hl::documents
