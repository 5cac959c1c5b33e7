// The entry for other gateways: messages over mutual TLS (PR-MESSTRANSP), each handed to the provider side. Belongs to
// one loop.
#pragma once
#include "exchange/gateway/entry.h"
#include "exchange/gateway/provider_side.h"

namespace hl::exchange::gateway {

class PeerEntry {
  public:
    PeerEntry(Core& core, ProviderSide& provider) : core_(core), provider_(provider) {}
    [[nodiscard]] Awaitable<void> serve(Session& session);

  private:
    [[nodiscard]] Awaitable<Result<ResponseMessage>> receive(Session& session);
    [[nodiscard]] Awaitable<void> refuse(Session& session, const Error& error);

    Core& core_;
    ProviderSide& provider_;
};

inline constexpr std::string_view proxy_version = "7.8.1";  // of the protocols spoken, as X-Road names it

}  // namespace hl::exchange::gateway
