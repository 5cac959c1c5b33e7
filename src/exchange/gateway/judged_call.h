// A service whose requests, and answers when its owner wants it, are held against its OpenAPI description: what does
// not fit goes no further, and who sent it is told what is wrong. Belongs to one loop; judging is a worker's.
#pragma once
#include "exchange/gateway/provider_call.h"

namespace hl::exchange::gateway {

/// Bodies are held whole to be judged: longer requests are refused, longer answers pass with status and headers judged.
inline constexpr size_t largest_judged = 1u << 20;

/// `target` has a validator. Errors: client.invalid_request (what does not fit, with its place),
/// service_failed.invalid_response, those of call_provider.
[[nodiscard]] Awaitable<Result<ProviderAnswer>> call_judged(Providers& providers, Providers::Target& target,
                                                            LinkPool& links, const ProviderRequest& request,
                                                            OnePart& body);

}  // namespace hl::exchange::gateway
