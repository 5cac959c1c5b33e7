// The ledger: every event of the installation at a dense position in commit order, hashed into an RFC 6962 Merkle tree
// whose root is signed (Ed25519, C2SP checkpoint). Reading, checking and proving here; appending is
// Transaction::append. All functions may run on any thread with their own Reader.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "store/store.h"

namespace hl::store {

struct StoredEvent {
    int64_t position = 0;  // 0-based, dense
    std::string id;        // UUIDv7
    std::string type;
    int version = 1;
    std::string stream;
    std::string actor;
    Instant at;
    boost::json::object data;
    std::string data_text;  // canonical JSON, the bytes that were hashed
};

struct Checkpoint {
    int64_t size = 0;  // number of leaves
    crypto::Hash root{};
    std::string note;  // the signed C2SP text
    Instant at;
};

/// Leaf bytes = canonical JSON of {actor, at, data, id, stream, type, version}; leaf hash = SHA-256(0x00 || leaf).
[[nodiscard]] std::string leaf_bytes(const StoredEvent& event);

[[nodiscard]] int64_t ledger_size(Reader& reader);
[[nodiscard]] std::vector<StoredEvent> read_events(Reader& reader, int64_t from_position, int64_t limit);
/// Events of one stream in order (a dossier's history).
[[nodiscard]] std::vector<StoredEvent> read_stream(Reader& reader, std::string_view stream);
/// The newest event of one stream.
[[nodiscard]] std::optional<StoredEvent> last_of_stream(Reader& reader, std::string_view stream);
[[nodiscard]] std::optional<StoredEvent> find_event(Reader& reader, std::string_view id);
[[nodiscard]] std::optional<Checkpoint> latest_checkpoint(Reader& reader);

/// Keys that sign checkpoints live outside the database, in `directory` (0600), one active; old public keys stay known
/// so that old checkpoints verify. Rotation is itself an event ("ledger.key_rotated") signed by the old key.
class LedgerKeys {
  public:
    [[nodiscard]] static Result<LedgerKeys> open(const std::filesystem::path& directory, std::string origin,
                                                 Random& random);
    [[nodiscard]] const std::string& origin() const { return origin_; }
    [[nodiscard]] std::string key_id() const;
    [[nodiscard]] std::string verifier_line() const;                // C2SP vkey text of the active key
    [[nodiscard]] std::vector<std::string> verifier_lines() const;  // of every key, oldest first
    [[nodiscard]] std::string sign_note(std::string_view body) const;
    [[nodiscard]] Result<void> check_note(std::string_view note) const;  // any known key
    [[nodiscard]] Result<void> rotate(Store& store, Random& random, Instant now);

  private:
    std::filesystem::path directory_;
    std::string origin_;
    std::vector<crypto::SigningKey> keys_;  // last = active
};

/// Signs the present size when it has grown since the last one. Returns nothing when there is nothing new.
[[nodiscard]] Result<std::optional<Checkpoint>> sign_checkpoint(Store& store, const LedgerKeys& keys, Instant now);

struct VerifyReport {
    int64_t events = 0;
    int64_t checkpoints = 0;
    crypto::Hash root{};
    std::vector<std::string> problems;     // each names the position, event or checkpoint, in words (English)
    std::vector<std::string> problems_vi;  // the same in Vietnamese, one for one
};
/// Recomputes everything: leaves from the stored fields, tiles, roots of all checkpoints, signatures, density.
[[nodiscard]] Result<VerifyReport> verify_ledger(Store& store, const LedgerKeys& keys,
                                                 const std::function<void(int64_t done, int64_t total)>& progress = {});

/// RFC 6962 inclusion proof of one event in a checkpoint, self-contained: anyone with the verifier key can check it.
[[nodiscard]] Result<boost::json::object> prove_event(Store& store, const LedgerKeys& keys, std::string_view event_id,
                                                      Instant now);
/// Checks what prove_event printed, needing no database. Errors: proof.invalid (says which part).
[[nodiscard]] Result<void> check_proof(const boost::json::object& proof, std::string_view verifier_line);

}  // namespace hl::store
