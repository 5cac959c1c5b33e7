// Signed notes and checkpoints in the text forms of C2SP (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), Ed25519
// only. Private to the store room. Pure functions over text that may come from anywhere; any thread.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"

namespace hl::store {

/// Whose signature is believed: "<name>+<8 hex of the key id>+<base64(0x01 || public key)>".
struct NoteVerifier {
    std::string name;
    std::string key_id;  // 4 bytes
    std::string public_key;
};
[[nodiscard]] std::string note_key_id(std::string_view name, std::string_view public_key);
[[nodiscard]] std::string verifier_text(std::string_view name, std::string_view public_key);
[[nodiscard]] Result<NoteVerifier> parse_verifier(std::string_view text);  // note.verifier
/// Not empty, valid UTF-8, no spaces, no "+", no control characters.
[[nodiscard]] bool is_note_name(std::string_view name);

struct NoteSignature {
    std::string name;
    std::string key_id;  // 4 bytes
    std::string signature;
};
struct SignedNote {
    std::string text;  // what is signed, its last newline included
    std::vector<NoteSignature> signatures;
};
[[nodiscard]] Result<SignedNote> parse_note(std::string_view note);  // note.malformed
/// `text` ends in a newline.
[[nodiscard]] std::string sign_note_text(std::string_view text, std::string_view name, const crypto::SigningKey& key);
/// Gives the verifier that signed. Every signature by a known key must hold, and there must be one: note.malformed,
/// note.unknown_key, note.bad_signature.
[[nodiscard]] Result<NoteVerifier> check_signed_note(std::string_view note, std::span<const NoteVerifier> known);

struct CheckpointBody {
    std::string origin;
    int64_t size = 0;
    crypto::Hash root{};
};
[[nodiscard]] std::string checkpoint_text(const CheckpointBody& body);
[[nodiscard]] Result<CheckpointBody> parse_checkpoint(std::string_view note_text);  // note.not_a_checkpoint

}  // namespace hl::store
