// Exchange without waiting for one another: a topic holds messages in order, a subscription remembers how far its
// subsystem has come. Promises: a message is given at least once until it is acknowledged; of one key the next message
// is not given before the one before it is settled; what fails too often becomes a dead letter with its reason and
// holds nothing up; nothing disappears unsaid. Values; any thread.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "exchange/protocol/identifiers.h"

namespace hl::exchange::topics {

struct Topic {
    std::string id;  // "ho-tich.khai-sinh": letters, digits, - . _
    std::string title;
    ClientId owner;                              // the subsystem that publishes
    int64_t next_position = 1;                   // positions are dense, from 1, in the order of commits
    std::chrono::hours retention{24 * 30};       // by the message's age
    std::chrono::hours dead_retention{24 * 90};  // of dead letters and the messages they keep
    int64_t attempts = 10;                       // then it is a dead letter
    int64_t largest_message = 1 << 20;           // bytes
    Instant created;
    std::optional<Instant> closed;  // nothing is published any more; subscriptions read on
};

struct Message {
    std::string topic;
    int64_t position = 0;
    std::string key;         // order is kept among messages of one key; "" has no order
    std::string message_id;  // X-Road-Id of the publishing message: published again, it is not kept twice
    Instant at;
    std::string content_type, body;
    std::string signature;   // of the publisher, as its gateway logged it; opaque here
    std::string log_record;  // where; opaque here
};

struct Subscription {
    std::string id;
    std::string topic;
    ClientId subscriber;
    std::optional<ServiceId> push_to;  // delivered there; otherwise the subscriber asks
    int64_t position = 1;              // the first message not yet taken into delivery
    bool paused = false;
    Instant created;
    std::optional<Instant> ended;
};

/// One message on its way. Whoever holds the lease settles it before the lease ends; after that it is given again.
struct Delivery {
    Message message;
    int64_t attempt = 1;
    std::string lease;
    Instant lease_until;
};

/// Messages [first, last] that a subscription did not get, and why.
struct DeadLetter {
    std::string subscription;
    int64_t first = 0, last = 0;
    int64_t attempts = 0;
    std::string reason;
    bool expired = false;  // by age: the messages themselves are gone
    Instant at;
};

}  // namespace hl::exchange::topics
