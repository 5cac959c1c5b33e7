// The trust services of development and trial: a certification authority, an OCSP responder and an RFC 3161 time-stamp
// authority, made in one command, their keys in sealed files. Real services replace them by configuration. Any thread.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exchange/trust/keys.h"

namespace hl::exchange {

/// A root with an OCSP responder's and a time-stamper's certificate under it. Everything a folder holds.
class DevelopmentAuthority {
  public:
    [[nodiscard]] static Result<std::unique_ptr<DevelopmentAuthority>> open(const std::filesystem::path& folder,
                                                                            std::string_view master_key,
                                                                            std::string_view name, const Clock& clock,
                                                                            Random& random);
    ~DevelopmentAuthority();
    [[nodiscard]] Certificate root() const;
    [[nodiscard]] Certificate time_stamper() const;
    /// Certificate for a PKCS#10 request, written to the folder's register before it is given out.
    [[nodiscard]] Result<Certificate> issue(std::string_view request_pem, KeyUse use, std::chrono::days valid);
    [[nodiscard]] Result<void> revoke(std::string_view serial_hex);
    /// DER in, DER out; an answer also to requests it does not understand (malformedRequest).
    [[nodiscard]] std::string answer_ocsp(std::string_view request_der) const;
    [[nodiscard]] Result<std::string> answer_time_stamp(std::string_view request_der) const;

  private:
    DevelopmentAuthority();
    struct State;
    std::unique_ptr<State> state_;
};

/// The asking side.
[[nodiscard]] Result<std::string> make_ocsp_request(const Certificate& subject, const Certificate& issuer);
struct OcspStatus {
    bool good = false;
    std::optional<Instant> revoked{};  // since when; neither good nor revoked: unknown to its authority
    Instant produced_at{}, this_update{};
    std::optional<Instant> next_update{};
};
/// What a response says, when it may be believed at all: signed by the issuer, by a responder that the issuer
/// appointed, or by one of `responders_der` (named beforehand), about this certificate, fresh. Error exchange.ocsp.
[[nodiscard]] Result<OcspStatus> read_ocsp(std::string_view response_der, const Certificate& subject,
                                           const Certificate& issuer, std::chrono::seconds freshness, Instant now,
                                           const std::vector<std::string>& responders_der = {});
/// Error exchange.ocsp: bad signature, other certificate, stale by `freshness`, revoked or unknown.
[[nodiscard]] Result<OcspStatus> check_ocsp(std::string_view response_der, const Certificate& subject,
                                            const Certificate& issuer, std::chrono::seconds freshness, Instant now,
                                            const std::vector<std::string>& responders_der = {});
/// RFC 3161 over a SHA-512 imprint, with the certificate asked for and a nonce.
[[nodiscard]] Result<std::string> make_time_stamp_request(const Digest512& imprint, Random& random);
struct TimeStamp {
    Instant at;
    std::string serial;
};
/// `token` is what META-INF/timestamp.tst holds: the token of the response. With the request, its imprint and nonce are
/// held against the answer's. Error exchange.timestamp.
[[nodiscard]] Result<std::string> token_of_response(std::string_view response_der, std::string_view request_der = {});
[[nodiscard]] Result<TimeStamp> check_time_stamp(std::string_view token_der, const Digest512& imprint,
                                                 const std::vector<std::string>& authorities_der);

}  // namespace hl::exchange
