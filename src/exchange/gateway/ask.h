// The client side's way to a provider: through another gateway, the best of those there are, or straight into this
// one's provider side. What comes back is a signed answer that is not yet checked. Belongs to one loop.
#pragma once
#include "exchange/gateway/provider_side.h"
#include "exchange/gateway/transport_sink.h"

namespace hl::exchange::gateway {

class Ask {
  public:
    Ask(Core& core, ProviderSide& own, LinkPool& links) : core_(core), own_(own), links_(links) {}
    /// `request.source` is pulled; `request.from` is set here. Errors are carried faults: of the provider's gateway, or
    /// server.clientproxy's own.
    [[nodiscard]] Awaitable<Result<ResponseMessage>> ask(const std::shared_ptr<const Knowledge>& knowledge,
                                                         const ServiceId& service,
                                                         const std::optional<ServerId>& wanted,
                                                         RequestMessage& request);

  private:
    [[nodiscard]] Awaitable<Result<std::unique_ptr<Link>>> connect(const ServerEntry& server,
                                                                   const Knowledge& knowledge, bool fresh);
    [[nodiscard]] Awaitable<Result<ResponseMessage>> send(std::unique_ptr<Link> link, const ServerEntry& server,
                                                          const Knowledge& knowledge, RequestMessage& request);
    [[nodiscard]] Awaitable<Result<ResponseMessage>> receive(std::unique_ptr<Link> link, std::string key, bool whole);
    Core& core_;
    ProviderSide& own_;
    LinkPool& links_;
};

}  // namespace hl::exchange::gateway
