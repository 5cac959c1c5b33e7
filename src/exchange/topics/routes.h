// The HTTP face of topics under /api/v1/exchange. Who acts for a subsystem is asked of the registry; what needs the
// gateway (evidence of a published message) is handed in. Registered once at start; the context outlives the routes.
#pragma once
#include "access/api.h"
#include "exchange/topics/long_polls.h"

namespace hl::exchange::topics {

/// Where a message that came through the gateway was logged, and who signed it.
struct Evidence {
    std::string signer;  // "sha256:…" of the signing certificate
    std::string record;  // "QUANGTRI/GOV/H50.20/cong-tinh/123"
};

struct TopicRouteContext {
    store::Store& store;
    Random& random;
    Signals& signals;
    LongPolls& polls;
    /// Errors: exchange.unknown_member, access.denied.
    std::function<Result<void>(store::Reader&, const access::Actor&, const ClientId&, Instant)> acts_for;
    /// Asked before publishing, subscribing and taking. Error exchange.not_taking_part.
    std::function<Result<void>(store::Reader&, const ClientId&, Instant)> takes_part;
    /// Nothing: no gateway of ours has logged such a message with this body.
    std::function<std::optional<Evidence>(const ClientId& client, const std::string& message_id, std::string_view body)>
        evidence;
    std::function<void()> published;  // the pusher looks at once
};

void add_topic_routes(access::Api& api, const TopicRouteContext& context);

}  // namespace hl::exchange::topics
