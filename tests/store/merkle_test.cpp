#include "store/merkle.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "store/ledger.h"
#include "store/ledger_note.h"
#include "store/ledger_verify.h"

namespace hl::store {
namespace {

using crypto::Hash;

/// RFC 6962 §2.1 word for word: the slow, obvious oracle.
Hash naive_root(std::span<const Hash> leaves) {
    if (leaves.empty()) return crypto::sha256(std::string_view{});
    if (leaves.size() == 1) return leaves[0];
    size_t k = 1;
    while (k * 2 < leaves.size()) k *= 2;
    return merkle_node(naive_root(leaves.subspan(0, k)), naive_root(leaves.subspan(k)));
}

std::vector<Hash> naive_path(size_t m, std::span<const Hash> leaves) {
    if (leaves.size() == 1) return {};
    size_t k = 1;
    while (k * 2 < leaves.size()) k *= 2;
    auto path = m < k ? naive_path(m, leaves.subspan(0, k)) : naive_path(m - k, leaves.subspan(k));
    path.push_back(naive_root(m < k ? leaves.subspan(k) : leaves.subspan(0, k)));
    return path;
}

std::vector<Hash> made_leaves(size_t n) {
    std::vector<Hash> out;
    for (size_t i = 0; i < n; ++i) out.push_back(merkle_leaf(std::to_string(i)));
    return out;
}

/// The rows the database would hold, kept in memory; counts how many are read.
struct FakeRows {
    std::vector<Hash> leaves;
    std::map<std::pair<int, int64_t>, Hash> tiles;
    int64_t read = 0;

    explicit FakeRows(std::vector<Hash> all) : leaves(std::move(all)) {
        MerkleFrontier tree;
        for (const Hash& leaf : leaves)
            tree.add(leaf, [&](int level, int64_t index, const Hash& hash) {
                if (is_tile_level(level)) tiles[{level, index}] = hash;
            });
    }
    MerkleRows rows() {
        return [this](int level, int64_t first, int64_t count) -> std::optional<std::vector<Hash>> {
            std::vector<Hash> out;
            for (int64_t i = first; i < first + count; ++i) {
                ++read;
                if (level == 0 && i < static_cast<int64_t>(leaves.size())) {
                    out.push_back(leaves[static_cast<size_t>(i)]);
                } else if (const auto found = tiles.find({level, i}); level > 0 && found != tiles.end()) {
                    out.push_back(found->second);
                } else {
                    return std::nullopt;
                }
            }
            return out;
        };
    }
};

TEST(Merkle, GivesTheRootsOfTheCertificateTransparencyVectors) {
    // Inputs and roots of the Certificate Transparency reference tests.
    const std::vector<std::string> inputs = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
    const std::vector<std::string> roots = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    MerkleFrontier tree;
    EXPECT_EQ(crypto::to_hex(tree.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < inputs.size(); ++i) {
        tree.add(merkle_leaf(*crypto::from_hex(inputs[i])));
        EXPECT_EQ(crypto::to_hex(tree.root()), roots[i]) << i + 1 << " leaves";
    }
}

TEST(Merkle, RootOfEverySizeEqualsTheRecursiveDefinition) {
    const auto leaves = made_leaves(600);
    FakeRows stored(leaves);
    MerkleFrontier tree;
    for (size_t n = 1; n <= leaves.size(); ++n) {
        tree.add(leaves[n - 1]);
        if (n > 40 && n % 17 != 0 && n % 256 > 2) continue;
        const Hash expected = naive_root(std::span{leaves}.first(n));
        ASSERT_EQ(tree.root(), expected) << n;
        ASSERT_EQ(MerkleTree(stored.rows(), static_cast<int64_t>(n)).root(), expected) << n;
    }
}

RC_GTEST_PROP(Merkle, InclusionPathsEqualTheDefinitionAndLeadToTheRoot, ()) {
    const auto n = *rc::gen::inRange<size_t>(1, 900);
    const auto m = *rc::gen::inRange<size_t>(0, n);
    const auto leaves = made_leaves(n);
    FakeRows stored(leaves);
    MerkleTree tree(stored.rows(), static_cast<int64_t>(n));
    const auto path = tree.inclusion_path(static_cast<int64_t>(m));
    RC_ASSERT(path.has_value());
    RC_ASSERT(*path == naive_path(m, leaves));
    const auto root = naive_root(leaves);
    const auto size = static_cast<int64_t>(n), position = static_cast<int64_t>(m);
    RC_ASSERT(root_from_path(leaves[m], position, size, *path) == std::optional{root});
    // Nothing else is proved by it: not another leaf, place or size, nor with a hash more or less.
    RC_ASSERT(root_from_path(merkle_leaf("other"), position, size, *path) != std::optional{root});
    const auto elsewhere = *rc::gen::inRange<size_t>(0, n);
    if (elsewhere != m)
        RC_ASSERT(root_from_path(leaves[m], static_cast<int64_t>(elsewhere), size, *path) != std::optional{root});
    auto longer = *path;
    longer.push_back(root);
    RC_ASSERT(!root_from_path(leaves[m], position, size, longer).has_value());
    if (!path->empty()) {
        auto shorter = *path;
        shorter.pop_back();
        RC_ASSERT(!root_from_path(leaves[m], position, size, shorter).has_value());
    }
}

RC_GTEST_PROP(Merkle, ConsistencyPathsHoldForEveryPairOfSizesAndForNoOtherRoot, ()) {
    const auto n = *rc::gen::inRange<size_t>(1, 700);
    const auto m = *rc::gen::inRange<size_t>(0, n + 1);
    const auto leaves = made_leaves(n);
    FakeRows stored(leaves);
    const auto path = MerkleTree(stored.rows(), static_cast<int64_t>(n)).consistency_path(static_cast<int64_t>(m));
    RC_ASSERT(path.has_value());
    const auto old_size = static_cast<int64_t>(m), new_size = static_cast<int64_t>(n);
    const Hash old_root = naive_root(std::span{leaves}.first(m)), new_root = naive_root(leaves);
    RC_ASSERT(is_consistent(old_size, old_root, new_size, new_root, *path));
    const Hash other = merkle_leaf("other");
    RC_ASSERT(!is_consistent(old_size, other, new_size, new_root, *path));
    if (m > 0) RC_ASSERT(!is_consistent(old_size, old_root, new_size, other, *path));
}

TEST(Merkle, AProofInALargeTreeReadsFewRows) {
    FakeRows stored(made_leaves(70'000));
    MerkleTree tree(stored.rows(), 70'000);
    const auto path = tree.inclusion_path(12'345);
    ASSERT_TRUE(path);
    EXPECT_EQ(path->size(), 17u);
    EXPECT_LE(stored.read, 3 * tile_width);
    EXPECT_EQ(root_from_path(stored.leaves[12'345], 12'345, 70'000, *path), std::optional{naive_root(stored.leaves)});
}

TEST(Merkle, AMissingRowGivesNoProofInsteadOfAWrongOne) {
    FakeRows stored(made_leaves(600));
    stored.tiles.erase({8, 1});
    MerkleTree tree(stored.rows(), 600);
    EXPECT_FALSE(tree.root());
    EXPECT_FALSE(tree.inclusion_path(3));
    EXPECT_FALSE(tree.inclusion_path(600));
    EXPECT_FALSE(tree.inclusion_path(-1));
}

TEST(Merkle, FindsTheTwoLeavesThatWereExchanged) {
    auto leaves = made_leaves(256);
    const Hash root = naive_root(leaves);
    std::swap(leaves[17], leaves[200]);
    const auto found = find_exchange(leaves, root);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, std::pair(size_t{17}, size_t{200}));
    leaves[3] = merkle_leaf("altered");
    EXPECT_FALSE(find_exchange(leaves, root));
}

TEST(Note, VerifiesTheExampleOfTheGoNotePackage) {
    const std::string note =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJn"
        "AM=\n";
    const auto verifier = parse_verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    ASSERT_TRUE(verifier.ok());
    const NoteVerifier known[] = {*verifier};
    EXPECT_TRUE(check_signed_note(note, known).ok());
    std::string altered = note;
    altered[3] = 'Y';
    const auto refused = check_signed_note(altered, known);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "note.bad_signature");
}

class NoteTest : public ::testing::Test {
  protected:
    SeededRandom random_{7};
    crypto::SigningKey key_ = crypto::make_signing_key(random_);
    std::string origin_ = "quang-tri.example/ledger";
    std::string body_ = checkpoint_text({origin_, 42, merkle_leaf("x")});
    std::string note_ = sign_note_text(body_, origin_, key_);
    std::vector<NoteVerifier> known_{*parse_verifier(verifier_text(origin_, key_.public_key))};
};

TEST_F(NoteTest, RoundTripsACheckpoint) {
    ASSERT_TRUE(check_signed_note(note_, known_).ok());
    const auto parsed = parse_note(note_);
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->text, body_);
    const auto body = parse_checkpoint(parsed->text);
    ASSERT_TRUE(body.ok());
    EXPECT_EQ(body->origin, origin_);
    EXPECT_EQ(body->size, 42);
    EXPECT_EQ(body->root, merkle_leaf("x"));
}

TEST_F(NoteTest, RefusesWhatAnUnknownKeySigned) {
    const auto other = crypto::make_signing_key(random_);
    const auto refused = check_signed_note(sign_note_text(body_, origin_, other), known_);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "note.unknown_key");
}

TEST_F(NoteTest, IgnoresACosignatureOfSomebodyElse) {
    const auto witness = crypto::make_signing_key(random_);
    const auto cosigned = sign_note_text(body_, "witness.example", witness);
    const std::string line = cosigned.substr(body_.size() + 1);
    EXPECT_TRUE(check_signed_note(note_ + line, known_).ok());
}

TEST_F(NoteTest, RefusesWhatIsNotANote) {
    const auto code = [&](const std::string& note) {
        const auto checked = check_signed_note(note, known_);
        return checked.ok() ? "accepted" : checked.error().code;
    };
    EXPECT_EQ(code(""), "note.malformed");
    EXPECT_EQ(code(body_), "note.malformed");
    EXPECT_EQ(code(body_ + "\n"), "note.malformed");
    EXPECT_EQ(code(note_.substr(0, note_.size() - 1)), "note.malformed");
    EXPECT_EQ(code(note_ + "trailing\n"), "note.malformed");
    EXPECT_EQ(code("a\tb\n" + note_), "note.malformed");
    EXPECT_EQ(code("\xff\n" + note_), "note.malformed");
    EXPECT_EQ(code("more\n" + note_), "note.bad_signature");
}

TEST_F(NoteTest, RefusesVerifiersThatDoNotFitTheirId) {
    const std::string good = verifier_text(origin_, key_.public_key);
    EXPECT_TRUE(parse_verifier(good + "\n").ok());
    std::string other_id = good;
    other_id[origin_.size() + 1] = other_id[origin_.size() + 1] == '0' ? '1' : '0';
    EXPECT_FALSE(parse_verifier(other_id).ok());
    EXPECT_FALSE(parse_verifier("").ok());
    EXPECT_FALSE(parse_verifier("++").ok());
    EXPECT_FALSE(parse_verifier("a b" + good).ok());
}

TEST_F(NoteTest, RefusesCheckpointTextsThatSayTheSameDifferently) {
    const std::string root = crypto::to_base64(crypto::view(merkle_leaf("x")));
    EXPECT_TRUE(parse_checkpoint("o\n7\n" + root + "\n").ok());
    EXPECT_TRUE(parse_checkpoint("o\n7\n" + root + "\nextension\n").ok());
    EXPECT_FALSE(parse_checkpoint("o\n07\n" + root + "\n").ok());
    EXPECT_FALSE(parse_checkpoint("o\n+7\n" + root + "\n").ok());
    EXPECT_FALSE(parse_checkpoint("o\n-7\n" + root + "\n").ok());
    EXPECT_FALSE(parse_checkpoint("\n7\n" + root + "\n").ok());
    EXPECT_FALSE(parse_checkpoint("o\n7\n" + root.substr(4) + "\n").ok());
    EXPECT_FALSE(parse_checkpoint("o\n99999999999999999999\n" + root + "\n").ok());
}

/// A proof made by hand from the same parts, so that it can be tried without a database.
class ProofTest : public NoteTest {
  protected:
    json::object make(int64_t position, int64_t size) {
        std::vector<Hash> leaves = made_leaves(static_cast<size_t>(size));
        leaves[static_cast<size_t>(position)] = merkle_leaf(canonical_json(leaf_));
        FakeRows stored(leaves);
        MerkleTree tree(stored.rows(), size);
        json::array path;
        const auto hashes = tree.inclusion_path(position);
        for (const Hash& hash : *hashes) path.emplace_back(crypto::to_base64(crypto::view(hash)));
        return {{"leaf", leaf_},
                {"position", position},
                {"size", size},
                {"path", path},
                {"checkpoint", sign_note_text(checkpoint_text({origin_, size, *tree.root()}), origin_, key_)},
                {"verifier", verifier_}};
    }
    std::string problem(const json::object& proof) const {
        const auto checked = check_proof(proof, verifier_);
        return checked.ok() ? "" : checked.error().en;
    }
    json::object leaf_{{"type", "dossier.received"}, {"id", "0190"}, {"data", {{"n", 1}, {"agency", "H50.12"}}}};
    std::string verifier_ = verifier_text(origin_, key_.public_key);
};

TEST_F(ProofTest, HoldsForEveryPositionOfSomeSizes) {
    for (const int64_t size : {1, 2, 7, 300})
        for (int64_t position = 0; position < size; position += 1 + size / 9)
            EXPECT_EQ(problem(make(position, size)), "") << position << " of " << size;
}

TEST_F(ProofTest, ReadsTheSameAfterBeingPrintedAndParsed) {
    const auto printed = json::serialize(make(5, 20));
    EXPECT_EQ(problem(parse_json(printed)->as_object()), "");
}

TEST_F(ProofTest, EveryAlteredPartIsRefused) {
    const auto refused = [&](const std::function<void(json::object&)>& alter) {
        auto proof = make(5, 20);
        alter(proof);
        const auto checked = check_proof(proof, verifier_);
        return !checked.ok() && checked.error().code == "proof.invalid";
    };
    EXPECT_TRUE(refused([](json::object& p) { p["leaf"].as_object()["type"] = "dossier.refused"; }));
    EXPECT_TRUE(refused([](json::object& p) { p["leaf"].as_object()["data"].as_object()["n"] = 2; }));
    EXPECT_TRUE(refused([](json::object& p) { p["leaf"] = "text"; }));
    EXPECT_TRUE(refused([](json::object& p) { p["position"] = 6; }));
    EXPECT_TRUE(refused([](json::object& p) { p["position"] = -1; }));
    EXPECT_TRUE(refused([](json::object& p) { p["position"] = 20; }));
    EXPECT_TRUE(refused([](json::object& p) { p["size"] = 21; }));
    EXPECT_TRUE(refused([](json::object& p) { p["path"].as_array().pop_back(); }));
    EXPECT_TRUE(refused([](json::object& p) { p["path"].as_array()[0] = p["path"].as_array()[1]; }));
    EXPECT_TRUE(refused([](json::object& p) { p["path"].as_array()[0] = "?"; }));
    EXPECT_TRUE(refused([](json::object& p) { p["path"] = nullptr; }));
    EXPECT_TRUE(refused([](json::object& p) { p["checkpoint"] = ""; }));
    EXPECT_TRUE(
        refused([&](json::object& p) { p["checkpoint"] = sign_note_text("not\na checkpoint\n", origin_, key_); }));
    for (const auto* part : {"leaf", "position", "size", "path", "checkpoint"})
        EXPECT_TRUE(refused([&](json::object& p) { p.erase(part); })) << part;
}

TEST_F(ProofTest, AnotherLedgersKeyDoesNotVouchForIt) {
    const auto other = crypto::make_signing_key(random_);
    EXPECT_FALSE(check_proof(make(5, 20), verifier_text(origin_, other.public_key)).ok());
    EXPECT_FALSE(check_proof(make(5, 20), verifier_text("elsewhere.example", key_.public_key)).ok());
    EXPECT_FALSE(check_proof(make(5, 20), "nonsense").ok());
}

TEST(Leaf, IsTheCanonicalJsonOfTheEvent) {
    StoredEvent event;
    event.id = "0190a0a0-0000-7000-8000-000000000001";
    event.type = "test.happened";
    event.version = 2;
    event.stream = "luồng \"1\"\n";
    event.actor = "account-1";
    event.at = from_ms(1'764'000'000'123);
    event.data = {{"b", 1}, {"a", "xã"}};
    const json::object expected{{"actor", event.actor}, {"at", to_ms(event.at)},  {"data", event.data},
                                {"id", event.id},       {"stream", event.stream}, {"type", event.type},
                                {"version", 2}};
    EXPECT_EQ(leaf_bytes(event), canonical_json(expected));
    event.data_text = canonical_json(event.data);
    EXPECT_EQ(leaf_bytes(event), canonical_json(expected));
}

}  // namespace
}  // namespace hl::store
