// Who may subscribe to a topic: its owner, and those whom the owner admitted, each on a legal basis. Commands run in
// the caller's transaction, who has checked that it is the owner's.
#pragma once
#include "exchange/topics/topic.h"
#include "store/db.h"

namespace hl::exchange::topics {

struct TopicReader {
    ClientId client;
    std::string basis;
    Instant since;
};
[[nodiscard]] std::vector<TopicReader> topic_readers(store::Reader& reader, std::string_view topic);
[[nodiscard]] bool may_subscribe(store::Reader& reader, const Topic& topic, const ClientId& client);

/// Admitted again, it gets the new basis. Errors: topic.unknown, topic.reader (no subsystem), topic.basis.
[[nodiscard]] Result<void> admit(store::Transaction& tx, std::string_view topic, const ClientId& client,
                                 std::string_view basis, std::string_view actor, Instant now);
/// Ends its subscriptions as well. Errors: topic.unknown, topic.no_reader.
[[nodiscard]] Result<void> dismiss(store::Transaction& tx, std::string_view topic, const ClientId& client,
                                   std::string_view actor, Instant now);

}  // namespace hl::exchange::topics
