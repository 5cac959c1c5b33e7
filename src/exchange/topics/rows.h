// How rows become values. Private to this part.
#pragma once
#include "exchange/topics/topic.h"
#include "store/db.h"

namespace hl::exchange::topics {

[[nodiscard]] std::optional<Topic> topic_where(store::Reader& reader, std::string_view id, bool locked);
[[nodiscard]] std::optional<Subscription> subscription_where(store::Reader& reader, std::string_view id, bool locked);
/// Those of `subscription_where` that have not ended. Error subscription.unknown.
[[nodiscard]] Result<Subscription> live_subscription(store::Transaction& tx, std::string_view id);

inline constexpr std::string_view message_columns =
    "m.topic, m.position, m.ordering_key, m.message_id, m.at, m.content_type, m.body, m.signature, m.log_record";
[[nodiscard]] Message read_message(const store::Row& row);

[[nodiscard]] Error unknown_topic();
[[nodiscard]] Error unknown_subscription();

struct NewDeadLetter {
    std::string_view subscription, topic;
    int64_t first = 0, last = 0, attempts = 0;
    std::string_view reason;
    bool expired = false;
};
void bury(store::Transaction& tx, const NewDeadLetter& letter, Instant now);

}  // namespace hl::exchange::topics
