// The parent's end of the line: who may send, what he sent, what he is told. A batch, its receipt and the figures it
// feeds are one transaction. Plain functions over a transaction; any thread.
#pragma once
#include "access/access.h"
#include "ioc/child/code.h"
#include "ioc/child/settings.h"

namespace hl::ioc::child {

/// Takes in a message of a type that the room does not know itself (directives); runs in the batch's transaction.
using TakeUp = std::function<Result<void>(store::Transaction& tx, const ChildId& child, const Message& m, Instant now)>;
struct Parent {
    crypto::SigningKey key;
    ParentSettings settings;
    std::map<std::string, TakeUp> takers;  // by type
};

struct NewChild {
    ChildId id;
    std::string name;
    std::vector<AgencyId> agencies;  // whose directives go down to it; one agency belongs to one child
    std::string url;                 // where the child reaches this installation
    std::chrono::hours life{72};
};
/// For a new child, or for one that has lost its key: its chain goes on. Needs manage_directory. Errors: child.id,
/// child.agency, child.agency_taken, child.tls, access.denied.
[[nodiscard]] Result<EnrolCode> make_code(store::Transaction& tx, const Parent& parent, const access::Actor& actor,
                                          const NewChild& wanted, Random& random, Instant now);
/// Payload {"type": "enrol", "code", "secret", "public_key", "sent_at"}, signed with that key. The same again gives the
/// same. Errors: child.code_refused, child.signature, child.content.
[[nodiscard]] Result<Sealed> enrol(store::Transaction& tx, const Parent& parent, const Sealed& request, Instant now);

/// The receipt. Errors: child.unknown_key, child.signature, child.not_canonical, child.held, child.gap, child.forked,
/// child.positions, child.quota, child.content, those of takers.
[[nodiscard]] Result<Sealed> take_batch(store::Transaction& tx, const Parent& parent, const Sealed& batch, Instant now);
/// Whose key signed it, whether or not it holds.
[[nodiscard]] std::optional<ChildId> signed_by(store::Reader& reader, const Sealed& sealed);
/// A refused batch of somebody known is written down. Called in a transaction of its own.
void record_refusal(store::Transaction& tx, const Sealed& batch, const Error& error, Instant now);

/// "What number do you have": payload {"type": "poll", "child", "nonce", "sent_at", "current_at", "last", "down",
/// "head", "waiting"}. The answer names the last batch and carries what goes down.
[[nodiscard]] Result<Sealed> answer_poll(store::Transaction& tx, const Parent& parent, const Sealed& poll,
                                         Random& random, Instant now);
/// The child's own batches back: {"type": "copies", "child", "nonce", "from", "to", "texts"}.
[[nodiscard]] Result<Sealed> answer_copies(store::Reader& reader, const Parent& parent, const Sealed& request);

/// Tells a child something; a message with an id that was told already is not told twice. Errors: child.unknown.
[[nodiscard]] Result<void> tell_down(store::Transaction& tx, const Parent& parent, const ChildId& child,
                                     const Message& message, Random& random, Instant now);
/// The child an agency belongs to.
[[nodiscard]] std::optional<ChildId> child_of(store::Reader& reader, const AgencyId& agency);

/// Nothing is taken from a held child. Needs manage_directory. Errors: child.unknown.
[[nodiscard]] Result<void> hold(store::Transaction& tx, const access::Actor& actor, const ChildId& child,
                                const std::string& reason, Instant now);
[[nodiscard]] Result<void> release(store::Transaction& tx, const access::Actor& actor, const ChildId& child,
                                   Instant now);

}  // namespace hl::ioc::child
