// `GET …/subscriptions/{id}/messages?after=P&limit=N&wait=S`: acknowledges what was given up to P, takes what is next,
// and waits for it when there is nothing. Blocks the calling worker thread for at most `wait`.
#pragma once
#include <boost/json.hpp>

#include "exchange/topics/messages.h"
#include "exchange/topics/signals.h"
#include "store/store.h"

namespace hl::exchange::topics {

struct PullRequest {
    std::string subscription;
    ClientId who;
    std::optional<int64_t> after{};  // absent: nothing is acknowledged
    TakeSettings settings{};
    std::chrono::milliseconds wait{0};
};
/// Empty when nothing came. Errors: those of acknowledge_to and take. `stopping`, when given, ends the wait early.
[[nodiscard]] Result<std::vector<Delivery>> pull(store::Store& store, Signals& signals, const PullRequest& request,
                                                 const std::function<bool()>& stopping = {});

/// {messages: [{position, key, id, at, content_type, body | body_base64, signature, log_record, attempt, lease,
/// lease_until}]}; the body as text when it is UTF-8.
[[nodiscard]] boost::json::object to_json(const std::vector<Delivery>& deliveries);

}  // namespace hl::exchange::topics
