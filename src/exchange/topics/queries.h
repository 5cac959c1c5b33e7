// What can be asked about topics, subscriptions and dead letters. Any thread, each with its own Reader.
#pragma once
#include "exchange/topics/topic.h"
#include "store/db.h"

namespace hl::exchange::topics {

[[nodiscard]] std::optional<Topic> find_topic(store::Reader& reader, std::string_view id);
[[nodiscard]] std::vector<Topic> all_topics(store::Reader& reader);
[[nodiscard]] std::optional<Subscription> find_subscription(store::Reader& reader, std::string_view id);
/// Those that have not ended; of one topic, or of all ("").
[[nodiscard]] std::vector<Subscription> subscriptions(store::Reader& reader, std::string_view topic);

/// Messages after a position, in order, whoever has got them: for looking, and for replaying without a subscription.
[[nodiscard]] std::vector<Message> read_messages(store::Reader& reader, std::string_view topic, int64_t after,
                                                 int64_t limit);
[[nodiscard]] std::optional<Message> find_message(store::Reader& reader, std::string_view topic, int64_t position);

[[nodiscard]] std::vector<DeadLetter> dead_letters(store::Reader& reader, std::string_view subscription, int64_t after,
                                                   int64_t limit);

struct Backlog {
    int64_t waiting = 0;            // published and not settled
    int64_t dead = 0;               // dead letters, ranges counted once
    std::optional<Instant> oldest;  // of the first message waiting
    std::string problem;            // of the delivery that failed most often
};
[[nodiscard]] Backlog backlog(store::Reader& reader, const Subscription& subscription);

}  // namespace hl::exchange::topics
