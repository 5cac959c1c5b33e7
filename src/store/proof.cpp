#include "base/json.h"
#include "store/ledger.h"
#include "store/ledger_note.h"
#include "store/ledger_rows.h"
#include "store/merkle.h"

namespace hl::store {

using crypto::Hash;

namespace {

constexpr std::string_view select_covering =
    "SELECT size, root, note, at FROM ledger_checkpoint WHERE size > ? ORDER BY size DESC LIMIT 1";
constexpr size_t longest_path = 63;

Error invalid(std::string_view vi, std::string_view en) {
    return {ErrorKind::invalid, "proof.invalid", fmt::format("Bằng chứng không đúng: {}", vi),
            fmt::format("The proof does not hold: {}", en)};
}

Error damaged() {
    return {ErrorKind::internal, "ledger.damaged",
            "Sổ cái không khớp điểm kiểm đã ký nên không lập được bằng chứng. Hãy chạy \"hienluong ledger verify\".",
            "The ledger does not fit its signed checkpoint, so no proof can be made. Run \"hienluong ledger verify\"."};
}

Error no_event(std::string_view id) {
    return {ErrorKind::not_found, "ledger.no_event",
            fmt::format("Sổ cái không có sự kiện {}. Hãy kiểm tra lại mã sự kiện.", id),
            fmt::format("The ledger has no event {}. Check the event's id.", id)};
}

std::optional<Checkpoint> covering_checkpoint(Reader& reader, int64_t position) {
    return reader.first(select_covering, {position}, [](const Row& row) {
        return Checkpoint{row.integer(0), crypto::to_hash(row.text(1)).value_or(Hash{}), row.string(2), row.instant(3)};
    });
}

Result<NoteVerifier> signer_of(const LedgerKeys& keys, std::string_view note) {
    std::vector<NoteVerifier> known;
    for (const auto& line : keys.verifier_lines()) {
        TRY(auto verifier, parse_verifier(line));
        known.push_back(std::move(verifier));
    }
    return check_signed_note(note, known);
}

Result<json::object> build(Reader& reader, const LedgerKeys& keys, std::string_view event_id) {
    const auto event = find_event(reader, event_id);
    if (!event) return no_event(event_id);
    const auto checkpoint = covering_checkpoint(reader, event->position);
    if (!checkpoint) return damaged();
    const auto path = MerkleTree{merkle_rows(reader), checkpoint->size}.inclusion_path(event->position);
    if (!path) return damaged();
    TRY(const auto signer, signer_of(keys, checkpoint->note));
    TRY(auto leaf, parse_json(leaf_bytes(*event)));
    json::array hashes;
    for (const Hash& hash : *path) hashes.emplace_back(crypto::to_base64(crypto::view(hash)));
    return json::object{{"leaf", std::move(leaf)},        {"position", event->position},
                        {"size", checkpoint->size},       {"path", std::move(hashes)},
                        {"checkpoint", checkpoint->note}, {"verifier", verifier_text(signer.name, signer.public_key)}};
}

}  // namespace

Result<json::object> prove_event(Store& store, const LedgerKeys& keys, std::string_view event_id, Instant now) {
    TRY(const bool covered, store.read([&](Reader& reader) -> Result<bool> {
        const int64_t position = position_of(reader, event_id);
        if (position < 0) return no_event(event_id);
        return covering_checkpoint(reader, position).has_value();
    }));
    if (!covered) TRY_VOID(sign_checkpoint(store, keys, now));
    TRY(auto proof, store.read([&](Reader& reader) { return build(reader, keys, event_id); }));
    // A proof that its own reader would refuse is not handed out.
    if (!check_proof(proof, std::string_view{proof.at("verifier").as_string()}).ok()) return damaged();
    return proof;
}

Result<void> check_proof(const json::object& proof, std::string_view verifier_line) {
    TRY(const auto verifier, parse_verifier(verifier_line));
    const auto* leaf = proof.if_contains("leaf");
    const auto* position = proof.if_contains("position");
    const auto* size = proof.if_contains("size");
    const auto* path = proof.if_contains("path");
    const auto* note = proof.if_contains("checkpoint");
    if (!leaf || !leaf->is_object()) return invalid("thiếu sự kiện (leaf).", "the event (leaf) is missing.");
    if (!position || !position->is_int64() || !size || !size->is_int64())
        return invalid("thiếu vị trí (position) hoặc cỡ (size).", "position or size is missing.");
    if (!path || !path->is_array() || path->get_array().size() > longest_path)
        return invalid("thiếu đường băm (path).", "the path is missing or too long.");
    if (!note || !note->is_string()) return invalid("thiếu điểm kiểm (checkpoint).", "the checkpoint is missing.");

    const std::string_view note_text = note->get_string();
    const NoteVerifier known[] = {verifier};
    if (const auto signer = check_signed_note(note_text, known); !signer.ok())
        return invalid(signer.error().vi, signer.error().en);
    TRY(const auto parsed, parse_note(note_text));
    const auto body = parse_checkpoint(parsed.text);
    if (!body.ok()) return invalid(body.error().vi, body.error().en);
    if (body->origin != verifier.name)
        return invalid("điểm kiểm thuộc sổ cái khác.", "the checkpoint is of another ledger.");
    if (body->size != size->get_int64())
        return invalid("cỡ (size) khác điểm kiểm đã ký.", "size differs from the signed checkpoint.");

    std::vector<Hash> hashes;
    for (const auto& item : path->get_array()) {
        const auto bytes = item.is_string() ? crypto::from_base64(std::string_view{item.get_string()}) : std::nullopt;
        const auto hash = bytes ? crypto::to_hash(*bytes) : std::nullopt;
        if (!hash) return invalid("đường băm (path) có phần không đọc được.", "a hash of the path cannot be read.");
        hashes.push_back(*hash);
    }
    const auto root =
        root_from_path(merkle_leaf(canonical_json(*leaf)), position->get_int64(), size->get_int64(), hashes);
    if (!root)
        return invalid("đường băm (path) không hợp với vị trí và cỡ.", "the path does not fit position and size.");
    if (*root != body->root)
        return invalid("sự kiện, vị trí hoặc đường băm đã bị sửa: mã gốc tính ra khác điểm kiểm đã ký.",
                       "the event, its position or the path was altered: the root they give is not the signed one.");
    return Nothing{};
}

}  // namespace hl::store
