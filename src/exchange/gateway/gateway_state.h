// The inside of a gateway: what its loops share, and the loops. Private to gateway.cpp and gateway_health.cpp.
#pragma once
#include <condition_variable>
#include <thread>

#include "base/ticker.h"
#include "exchange/gateway/client_entry.h"
#include "exchange/gateway/gateway.h"
#include "exchange/gateway/peer_entry.h"

namespace hl::exchange {

/// A member's signer and the certificate it signed with last.
struct SigningMember {
    std::function<Result<BatchSigner::Identity>()> identity;
    mutable std::mutex mutex;
    std::string certificate_der, certificate_sha256, problem;
    std::unique_ptr<BatchSigner> signer;

    [[nodiscard]] Result<BatchSigner::Identity> ask();
};

/// One source of random bytes for all threads.
class LockedRandom final : public Random {
  public:
    LockedRandom(Random& source, std::mutex& mutex) : source_(source), mutex_(mutex) {}
    void fill(std::span<uint8_t> bytes) override {
        std::scoped_lock lock(mutex_);
        source_.fill(bytes);
    }

  private:
    Random& source_;
    std::mutex& mutex_;
};

/// One thread with all that belongs to it.
struct Lane {
    Lane(gateway::Core& core, gateway::Providers& providers, gateway::Tokens& tokens, Random& random,
         std::mutex& random_mutex);
    gateway::Loop loop;
    gateway::LinkPool links;
    gateway::ProviderSide provider;
    gateway::Ask ask;
    gateway::ClientEntry client;
    gateway::PeerEntry peer;
    std::vector<std::unique_ptr<gateway::Entry>> entries;
};

struct Gateway::State {
    State(GatewayParts p, const Clock& c, Random& r) : parts(std::move(p)), clock(c), random(r) {}
    [[nodiscard]] Result<void> listen(std::string_view what, const std::string& address, int port,
                                      const std::shared_ptr<gateway::TlsContext>& tls, int& bound);

    [[nodiscard]] std::filesystem::path quota_file() const { return parts.settings.folder / "quotas.json"; }
    /// Reads what was used before; writes it when it has changed.
    void restore_quotas();
    void keep_quotas();

    GatewayParts parts;
    const Clock& clock;
    Random& random;
    std::mutex random_mutex;
    LockedRandom locked_random{random, random_mutex};
    std::map<ClientId, std::unique_ptr<SigningMember>> signers;
    std::mutex anchors_mutex;
    std::shared_ptr<const Knowledge> anchors_of;
    std::shared_ptr<const SignatureVerifier::Anchors> anchors;
    std::unique_ptr<SignatureVerifier> verifier;
    std::unique_ptr<gateway::Core> core;
    std::unique_ptr<gateway::Providers> providers;
    std::unique_ptr<gateway::Tokens> tokens;
    std::unique_ptr<gateway::Admission> admission;
    std::shared_ptr<gateway::TlsContext> for_systems, for_gateways;
    std::vector<std::unique_ptr<Lane>> lanes;
    Ports ports;

    std::mutex mutex;
    std::condition_variable wake;
    bool started = false, stopping = false;
    std::string quotas_kept;
    std::unique_ptr<Ticker> quota_keeper;  // none: no consumer has a quota
    std::thread fetcher;
    std::string fetch_problem, fetched_tag;  // of the configuration that was taken last
};

}  // namespace hl::exchange
