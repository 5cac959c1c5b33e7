// Makes a snapshot of an identity out of its folder. Keys that were opened stay open. One thread at a time.
#pragma once
#include "base/crypto.h"
#include "exchange/gateway/identity.h"
#include "exchange/trust/certificate_chain.h"

namespace hl::exchange::gateway {

/// Certificates are complained about from this long before their end.
inline constexpr std::chrono::days renewal_notice{30};

class IdentityLoader {
  public:
    IdentityLoader(std::filesystem::path folder, std::string master_key)
        : folder_(std::move(folder)), master_key_(std::move(master_key)) {}
    ~IdentityLoader();
    [[nodiscard]] Result<KeyPlaces> places() const;
    [[nodiscard]] Result<void> keep(const KeyPlaces& places) const;
    [[nodiscard]] Result<KeyPtr> key(const KeyPlace& place);
    [[nodiscard]] Result<void> save(const std::string& file, const PrivateKey& made, Random& random) const;
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    /// `before` gives the objects that did not change.
    [[nodiscard]] std::shared_ptr<const IdentitySnapshot> load(const KeyPlaces& places, const IdentitySnapshot& before,
                                                               Instant now);
    void use_when(Identity::Ready ready) { ready_ = std::move(ready); }

  private:
    [[nodiscard]] OwnKeyPtr choose(const std::vector<KeyPlace>& list, const std::optional<ClientId>& member,
                                   const OwnKeyPtr& before, Instant now, IdentitySnapshot& out);
    [[nodiscard]] Result<OwnKeyPtr> usable(const KeyPlace& place, CertificateUse use, Instant now);

    std::filesystem::path folder_;
    std::string master_key_;
    Identity::Ready ready_ = [](const Certificate&, const std::optional<ClientId>&) { return true; };
    std::map<std::string, KeyPtr> opened_;
    std::map<std::string, std::pair<crypto::Hash, Error>> refused_;  // PINs that tokens did not accept
};

}  // namespace hl::exchange::gateway
