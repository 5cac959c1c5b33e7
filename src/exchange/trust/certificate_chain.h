// Whether a certificate is to be believed: up to an anchor, at an instant, for a use. Also how a certification
// authority's certificate is taken in. Anchors are parsed once and then read only: any thread.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/trust/keys.h"

namespace hl::exchange {

/// What a certificate is asked for. `any` looks at the chain alone.
enum class CertificateUse { any, signing, authentication, time_stamping, ocsp };
[[nodiscard]] constexpr CertificateUse use_of(KeyUse use) {
    return use == KeyUse::signing ? CertificateUse::signing : CertificateUse::authentication;
}

/// A set of trusted certification authorities (roots, or intermediates that are trusted as they are).
class TrustAnchors {
  public:
    /// Error exchange.certificate: one of them cannot be read.
    [[nodiscard]] static Result<TrustAnchors> from_der(const std::vector<std::string>& authorities_der);
    ~TrustAnchors();
    TrustAnchors(TrustAnchors&&) noexcept;
    TrustAnchors& operator=(TrustAnchors&&) noexcept;
    /// The chain from the certificate itself up to its anchor, DER; the second is the issuer, who answers OCSP.
    /// Intermediates that cannot be read or do not belong are passed over. Error exchange.certificate.
    [[nodiscard]] Result<std::vector<std::string>> chain_of(const Certificate& leaf,
                                                            const std::vector<std::string>& intermediates_der,
                                                            Instant at, CertificateUse use) const;

  private:
    struct State;
    explicit TrustAnchors(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// The same in one call, for those who check seldom.
[[nodiscard]] Result<std::vector<std::string>> check_certificate(const Certificate& leaf,
                                                                 const std::vector<std::string>& intermediates_der,
                                                                 const std::vector<std::string>& anchors_der,
                                                                 Instant at, CertificateUse use);

/// What a file holds: one certificate in DER, or any number in PEM. Error exchange.certificate when there is none.
[[nodiscard]] Result<std::vector<Certificate>> read_certificates(std::string_view bytes);
/// A certification authority's certificate on its way into the list of trusted ones: it must be allowed to issue, be
/// valid at `now`, and have a key of today's strength. Error exchange.certificate says which of these it lacks.
[[nodiscard]] Result<Certificate> import_authority(std::string_view bytes, Instant now);

/// Does the certificate say that it may be used so? Certificates that say nothing may be used for anything.
[[nodiscard]] Result<void> check_use(const Certificate& certificate, CertificateUse use);
/// Where its issuer answers OCSP (authority information access); empty when it does not say.
[[nodiscard]] std::string ocsp_url_of(const Certificate& certificate);

}  // namespace hl::exchange
