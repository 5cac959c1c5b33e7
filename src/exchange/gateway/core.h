// What the loops of one gateway share: settings, knowledge, keys, log, memory of requests, figures. Made once before
// the loops start, outlives them. Every member is safe on any thread.
#pragma once
#include <atomic>

#include "exchange/adapters/chooser.h"
#include "exchange/gateway/faults_of.h"
#include "exchange/gateway/limits.h"
#include "exchange/gateway/replay.h"
#include "exchange/gateway/settings.h"
#include "exchange/gateway/tls.h"
#include "exchange/log/operations.h"
#include "exchange/trust/signature.h"

namespace hl::exchange::gateway {

/// Who signs for a member at this gateway.
struct MemberSigner {
    BatchSigner* signer = nullptr;
    std::string certificate_sha256;
};

/// One exchange as a side saw it, for metrics and operational monitoring.
struct Exchanged {
    Side side = Side::client;
    bool rest = true, succeeded = true;
    ClientId client;
    ServiceId service;
    std::string message_id, request_id, method, path, fault_code, fault_text, peer;
    int status = 0;
    int64_t request_bytes = 0, response_bytes = 0;
    Instant began, ended;
};

struct Figures {
    std::atomic<uint64_t> requests{0}, succeeded{0}, faults{0}, connections{0}, refused{0}, links_opened{0},
        links_reused{0};
};

class ServiceStatistics;

struct Core {
    GatewaySettings settings;
    const Clock& clock;
    Random& random;  // safe on any thread
    KeptConfiguration& configuration;
    MessageLog& log;
    SignatureVerifier& verifier;
    std::function<Result<MemberSigner>(const ClientId& member)> signer_of;
    /// DER of the OCSP responses that go with this gateway's messages; may be empty.
    std::function<std::vector<std::string>()> ocsp_responses = [] { return std::vector<std::string>{}; };
    std::function<void(const Exchanged&)> observe = [](const Exchanged&) {};
    /// Records of a client's messages by their id, for /asic; none: there is no index. Blocks: for workers.
    std::function<Result<std::vector<RecordNumber>>(const ClientId& client, const std::string& message_id)>
        find_messages{};
    /// Operational records; none: the gateway keeps none. Blocks: for workers.
    std::function<Result<OperationPage>(const OperationQuery& what)> find_operations{};
    std::shared_ptr<ServiceStatistics> statistics{};
    std::shared_ptr<TlsContext> towards_gateways{};
    std::shared_ptr<Load> load{};  // may be absent

    ReplayMemory replay{settings.signed_within, settings.remembered_requests, clock.now()};
    Chooser chooser{clock, random};  // of gateways by to_text()
    ServiceLimits limits{clock};
    Figures figures{};

    /// Index over the settings.
    std::map<ClientId, const ClientSettings*> clients{};
    std::map<ServiceId, const ServiceSettings*> services{};
    void index();
    /// In use and not expired; else the fault of `side`.
    [[nodiscard]] Result<std::shared_ptr<const Knowledge>> knowledge(std::string_view side) const;
    /// May messages be taken at all: the log writes, time-stamps are not too late.
    [[nodiscard]] Result<void> ready(std::string_view side, const Knowledge& knowledge) const;
};

}  // namespace hl::exchange::gateway
