// What one can do to a connector: pause, go on, send again (one, since a day, all), try a dead letter again, lay it or
// a difference aside with a reason. Each is one transaction with one event; the right is manage_links over the whole
// installation. Errors: access.*, link.unknown, link.message_unknown, link.reason_required, link.state.
#pragma once
#include "links/connector/reconcile.h"

namespace hl::connector {

[[nodiscard]] Result<void> pause(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                                 const std::string& reason, Instant now);
[[nodiscard]] Result<void> resume(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                                  Instant now);
struct Paused {
    Instant at;
    std::string by, reason;
};
[[nodiscard]] std::optional<Paused> paused(store::Reader& reader, std::string_view connector);

/// What is to be sent again.
struct Replay {
    std::string key{};               // one; or
    std::optional<Instant> since{};  // accepted since then; neither: all that was ever accepted
};
/// How many messages stand in the outbox now because of it.
[[nodiscard]] Result<int64_t> replay(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                                     const Replay& what, Instant now);
/// A held or dead message is built anew and tried at once.
[[nodiscard]] Result<void> retry(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                                 int64_t message, Instant now);
[[nodiscard]] Result<int64_t> retry_all(store::Transaction& tx, const access::Actor& actor, std::string_view connector,
                                        MessageState state, Instant now);
[[nodiscard]] Result<void> explain_message(store::Transaction& tx, const access::Actor& actor,
                                           std::string_view connector, int64_t message, const std::string& why,
                                           Instant now);
[[nodiscard]] Result<void> explain_difference(store::Transaction& tx, const access::Actor& actor,
                                              std::string_view connector, int64_t difference, const std::string& why,
                                              Instant now);
/// Sends the key of the difference again. Errors: link.nothing_to_send (missing here: it is fetched, not sent).
[[nodiscard]] Result<void> repair_difference(store::Transaction& tx, const access::Actor& actor,
                                             std::string_view connector, int64_t difference, Instant now);

}  // namespace hl::connector
