// What taking in shares between documents and statuses. Private to this room.
#pragma once
#include "documents/command_parts.h"

namespace hl::documents {

inline constexpr std::string_view axis_actor = "system:axis";

/// A message and how its signer stands.
struct Judged {
    const Incoming& message;
    Standing standing;
    bool sure = true;  // what follows by itself may follow
    [[nodiscard]] const std::optional<SignatureFacts>& signature() const { return message.signature; }
    [[nodiscard]] std::string certificate() const {
        return signature() ? signature()->certificate.sha256 : std::string{};
    }
    /// One of an unsure signer never takes the place of the true one: it is a message of its own.
    [[nodiscard]] std::string keyed(const std::string& key) const { return sure ? key : key + "|" + certificate(); }
};

struct Hold {
    AgencyId agency;  // empty: nobody's
    std::string message_key, document_id, of_document, from, code, vi, en;
};

/// Keeps it with the reason, once.
void hold(store::Transaction& tx, const Context& ctx, const Judged& in, const Hold& h, Outcome& out, Instant now);
[[nodiscard]] Result<Outcome> receive_status(store::Transaction& tx, const Context& ctx, const Judged& in,
                                             const StatusMessage& s, Instant now);

}  // namespace hl::documents
