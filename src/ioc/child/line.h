// What goes over the line between two operations centres: sealed texts. A text is canonical JSON, hashed as it is, and
// signed (Ed25519) by the installation that wrote it. Batches are numbered and each names the hash of the one before,
// so that what was sent can be neither changed nor left out unseen. Bytes from outside. Values; any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/json.h"
#include "base/time.h"

namespace hl::ioc::child {

/// Of a child, "dong-ha": lower-case letters, digits and hyphens.
using ChildId = Id<struct ChildTag>;
[[nodiscard]] bool is_child_id(std::string_view text);

inline constexpr size_t largest_batch = 3u << 20;                 // bytes of a text
inline constexpr size_t largest_body = 2 * largest_batch + 4096;  // of a request: quotes in a text are escaped in it
inline constexpr size_t most_messages = 100;
inline constexpr size_t most_items = 10'000;  // figures, restatements or alerts of a message
/// What the first batch names as the one before.
inline constexpr std::string_view no_hash = "0000000000000000000000000000000000000000000000000000000000000000";

struct Sealed {
    std::string key;        // fingerprint of the key that signed
    std::string text;       // canonical JSON
    std::string signature;  // 64 bytes
    bool operator==(const Sealed&) const = default;
};
/// First 32 hexadecimal digits of the key's SHA-256.
[[nodiscard]] std::string fingerprint(std::string_view public_key);
/// Hexadecimal SHA-256: what the next batch names.
[[nodiscard]] std::string hash_of(std::string_view text);
[[nodiscard]] Sealed seal(const json::value& payload, const crypto::SigningKey& key);
/// {"key", "signature", "text"}.
[[nodiscard]] json::object to_json(const Sealed& sealed);
/// Errors: child.malformed.
[[nodiscard]] Result<Sealed> read_sealed(const json::value& value);
[[nodiscard]] Result<Sealed> read_sealed(std::string_view body);
/// The payload, when the signature holds and the text is canonical. Errors: child.signature, child.not_canonical.
[[nodiscard]] Result<json::value> open_sealed(const Sealed& sealed, std::string_view public_key);

/// One thing told, up or down. Whoever takes it in knows its type; what nobody knows is kept and counted.
struct Message {
    std::string id;  // the same when it is told again
    std::string type;
    int version = 1;
    json::object data;
};
[[nodiscard]] json::object to_json(const Message& message);

/// Where a chain stands.
struct Mark {
    int64_t number = 0;
    std::string hash{no_hash};
    bool operator==(const Mark&) const = default;
};
[[nodiscard]] json::object to_json(const Mark& mark);
[[nodiscard]] Mark read_mark(JsonReader& in, std::string_view key);

/// A batch, upwards ("batch") or downwards ("down").
struct Batch {
    ChildId child;
    std::string series;  // downwards: a parent restored from a backup begins a new one
    int64_t number = 0;
    std::string previous{no_hash};
    int64_t from = 0, to = 0;  // upwards: positions of the child's ledger, the last one not included
    Instant made_at;
    std::vector<Message> messages;
};
[[nodiscard]] json::object to_json(const Batch& batch, std::string_view type);
/// Errors: child.content with the place.
[[nodiscard]] Result<Batch> read_batch(const json::value& payload, std::string_view type);

}  // namespace hl::ioc::child
