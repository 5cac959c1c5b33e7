// Publishing, taking, acknowledging. Each is one transaction of the caller's; what was taken and not settled when its
// lease ends, because a consumer or this program died, is given again.
#pragma once
#include "exchange/topics/topic.h"
#include "store/db.h"

namespace hl::exchange::topics {

/// Gives the message's position. Published again under its id with the same body, it keeps its first position.
/// Errors: topic.unknown, topic.closed, topic.not_owner, topic.message_size, topic.message_id (another body).
[[nodiscard]] Result<int64_t> publish(store::Transaction& tx, const ClientId& sender, Message message, Instant now);

struct TakeSettings {
    int64_t limit = 100;
    std::chrono::milliseconds lease{30'000};
    /// May a batch hold several messages of one key? They are in order, but must then be settled in order too. Without
    /// it every message of a batch can be settled on its own.
    bool runs = true;
    int64_t window = 1000;     // messages under way at most; a blocked key holds no others up until it is full
    int64_t bytes = 16 << 20;  // bodies of a batch together; one message always fits
    /// Nothing is given past a message that was given and is neither settled nor due again: an answer that was lost is
    /// then never acknowledged by the position of a later one. For who acknowledges by position.
    bool strict = false;
};
/// The next messages for this subscriber, oldest first. Empty when there is nothing, when all is leased, or paused.
/// Errors: subscription.unknown, subscription.not_yours.
[[nodiscard]] Result<std::vector<Delivery>> take(store::Transaction& tx, std::string_view subscription,
                                                 const ClientId& who, const TakeSettings& settings, Instant now);

/// Settles one message. Repeated, it does nothing. Errors: subscription.*, delivery.lease (it was given again
/// meanwhile), topic.position.
[[nodiscard]] Result<void> acknowledge(store::Transaction& tx, std::string_view subscription, const ClientId& who,
                                       int64_t position, std::string_view lease);
/// Settles everything that was given up to a position: `GET …/messages?after=…`. What has not been given stays, and so
/// does what was failed and waits to be given again. Only for who takes with `strict`.
[[nodiscard]] Result<void> acknowledge_to(store::Transaction& tx, std::string_view subscription, const ClientId& who,
                                          int64_t position);

enum class Failed { again, dead };
/// The message could not be taken in: given again at `retry_at`, or a dead letter after the topic's attempts.
[[nodiscard]] Result<Failed> fail(store::Transaction& tx, std::string_view subscription, const ClientId& who,
                                  int64_t position, std::string_view lease, std::string_view reason, Instant retry_at,
                                  Instant now);

/// Removes what is past its topic's retention, `limit` messages of a topic at a time; what a subscription had not
/// settled becomes an expired dead letter. Gives how many were removed.
[[nodiscard]] Result<int64_t> remove_expired(store::Transaction& tx, std::string_view topic, int64_t limit,
                                             Instant now);

}  // namespace hl::exchange::topics
