// Proofs, notes and verifier lines come from anybody. First byte odd: the bytes are read as they are. Even: a true
// proof is altered at places that the bytes name; whatever is still accepted must speak of the same event.
#include <cstdlib>

#include "base/json.h"
#include "store/ledger.h"
#include "store/ledger_note.h"
#include "store/merkle.h"

namespace {

using namespace hl;
using namespace hl::store;

struct Known {
    std::string verifier;
    std::string printed;  // a true proof
    std::string leaf;
};

Known make() {
    crypto::init();
    SeededRandom random(1);
    const auto key = crypto::make_signing_key(random);
    const std::string origin = "fuzz.example/ledger";
    const json::object leaf{{"id", "1"}, {"type", "test.happened"}, {"data", {{"n", 1}}}};
    std::vector<crypto::Hash> leaves;
    for (int i = 0; i < 11; ++i) leaves.push_back(merkle_leaf(std::to_string(i)));
    leaves[6] = merkle_leaf(canonical_json(leaf));
    MerkleTree tree(
        [&](int, int64_t first, int64_t count) {
            return std::optional{std::vector<crypto::Hash>(leaves.begin() + first, leaves.begin() + first + count)};
        },
        11);
    const auto path = tree.inclusion_path(6);
    json::array hashes;
    for (const auto& hash : *path) hashes.emplace_back(crypto::to_base64(crypto::view(hash)));
    const json::object proof{{"leaf", leaf},
                             {"position", 6},
                             {"size", 11},
                             {"path", hashes},
                             {"checkpoint", sign_note_text(checkpoint_text({origin, 11, *tree.root()}), origin, key)}};
    return {verifier_text(origin, key.public_key), json::serialize(proof), canonical_json(leaf)};
}

void check(std::string_view text, const Known& known) {
    const auto value = parse_json(text);
    if (!value.ok() || !value->is_object()) return;
    const auto& proof = value->get_object();
    if (!check_proof(proof, known.verifier).ok()) return;
    if (canonical_json(proof.at("leaf")) != known.leaf || proof.at("position").as_int64() != 6) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const Known known = make();
    if (size < 2) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    if (data[0] & 1) {
        check(bytes, known);
        (void)parse_verifier(bytes);
        if (const auto note = parse_note(bytes); note.ok()) (void)parse_checkpoint(note->text);
        (void)parse_checkpoint(bytes);
        return 0;
    }
    std::string altered = known.printed;
    for (size_t i = 0; i + 2 < bytes.size(); i += 3) {
        const size_t at =
            (static_cast<uint8_t>(bytes[i]) | static_cast<size_t>(static_cast<uint8_t>(bytes[i + 1])) << 8) %
            altered.size();
        altered[at] = bytes[i + 2];
    }
    check(altered, known);
    return 0;
}
