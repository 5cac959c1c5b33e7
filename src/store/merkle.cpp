#include "store/merkle.h"

#include <bit>
#include <stdexcept>

#include "base/log.h"

namespace hl::store {

using crypto::Hash;

namespace {

constexpr std::string_view select_leaves =
    "SELECT position, leaf FROM ledger_event WHERE position >= ? AND position < ? ORDER BY position";
constexpr std::string_view select_tiles =
    "SELECT idx, hash FROM ledger_tile WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx";
constexpr std::string_view select_head = "SELECT MAX(position) FROM ledger_event";
// A row may already be there when somebody cut the ledger's tail off by hand; `verify` is what names such a thing.
constexpr std::string_view put_tile =
    "INSERT INTO ledger_tile (level, idx, hash) VALUES (?, ?, ?) "
    "ON CONFLICT (level, idx) DO UPDATE SET hash = excluded.hash";

/// The largest power of two below n (n > 1).
int64_t split_point(int64_t n) {
    return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(n - 1)));
}

}  // namespace

Hash merkle_leaf(std::string_view bytes) {
    return crypto::sha256(std::string_view{"\x00", 1}, bytes);
}

Hash merkle_node(const Hash& left, const Hash& right) {
    std::array<char, 65> joined;
    joined[0] = '\x01';
    std::copy(left.begin(), left.end(), joined.begin() + 1);
    std::copy(right.begin(), right.end(), joined.begin() + 33);
    return crypto::sha256(std::string_view{joined.data(), joined.size()});
}

Hash merkle_empty() {
    return crypto::sha256(std::string_view{});
}

Hash MerkleFrontier::root() const {
    if (size_ == 0) return merkle_empty();
    auto level = static_cast<size_t>(std::countr_zero(static_cast<uint64_t>(size_)));
    Hash hash = edge_[level];
    for (++level; (size_ >> level) != 0; ++level)
        if ((size_ >> level) & 1) hash = merkle_node(edge_[level], hash);
    return hash;
}

MerkleRows merkle_rows(Reader& reader) {
    return [&reader](int level, int64_t first, int64_t count) -> std::optional<std::vector<Hash>> {
        std::vector<Hash> out;
        out.reserve(static_cast<size_t>(count));
        bool whole = true;
        const auto take = [&](const Row& row) {
            const auto hash = crypto::to_hash(row.text(1));
            if (!hash || row.integer(0) != first + static_cast<int64_t>(out.size())) whole = false;
            if (whole) out.push_back(*hash);
        };
        if (level == 0)
            reader.query(select_leaves, {first, first + count}, take);
        else
            reader.query(select_tiles, {level, first, first + count}, take);
        if (!whole || static_cast<int64_t>(out.size()) != count) return std::nullopt;
        return out;
    };
}

MerkleAppender MerkleAppender::load(Reader& reader) {
    // A damaged ledger must still open, or nobody could run `ledger verify` on it: what is missing is recomputed from
    // the level below, and a leaf that is gone stands as zeros, which no checkpoint will ever agree with.
    const int64_t size =
        reader.first(select_head, {}, [](const Row& row) { return row.is_null(0) ? 0 : row.integer(0) + 1; })
            .value_or(0);
    const MerkleRows rows = merkle_rows(reader);
    const std::function<Hash(int, int64_t)> node = [&](int level, int64_t index) -> Hash {
        if (auto found = rows(level, index, 1)) return found->front();
        log::error("store", "ledger: a hash is missing, run ledger verify", {{"tree_level", level}, {"index", index}});
        if (level == 0) return Hash{};
        MerkleFrontier part;
        for (int64_t i = 0; i < tile_width; ++i) part.add(node(level - tile_step, index * tile_width + i));
        return part.root();
    };
    MerkleAppender out;
    for (int level = tile_top; level >= 0; level -= tile_step) {
        const int64_t first = out.size() >> level;
        const int64_t count = (size >> level) - first;
        if (count <= 0) continue;
        const auto hashes = rows(level, first, count);
        for (int64_t i = 0; i < count; ++i)
            out.frontier_.add_subtree(level, hashes ? (*hashes)[static_cast<size_t>(i)] : node(level, first + i),
                                      [](int, int64_t, const Hash&) {});
    }
    return out;
}

void MerkleAppender::add(Transaction& tx, int64_t position, const Hash& leaf) {
    if (position != frontier_.size())
        throw std::logic_error(
            fmt::format("ledger: position {} appended to a tree of {} leaves", position, frontier_.size()));
    frontier_.add_subtree(0, leaf, [&](int level, int64_t index, const Hash& hash) {
        if (is_tile_level(level)) tx.execute(put_tile, {level, index, Blob{crypto::view(hash)}});
    });
}

std::optional<Hash> MerkleTree::node(int level, int64_t index) {
    const bool stored = level == 0 || is_tile_level(level);
    if (!stored) {
        const auto left = node(level - 1, index * 2);
        const auto right = left ? node(level - 1, index * 2 + 1) : std::nullopt;
        if (!right) return std::nullopt;
        return merkle_node(*left, *right);
    }
    const int64_t tile = index / tile_width;
    auto found = tiles_.find({level, tile});
    if (found == tiles_.end()) {
        const int64_t first = tile * tile_width;
        const int64_t count = std::min(tile_width, (size_ >> level) - first);
        auto hashes = rows_(level, first, count);
        if (!hashes) return std::nullopt;
        found = tiles_.emplace(std::pair{level, tile}, std::move(*hashes)).first;
    }
    const auto at = static_cast<size_t>(index % tile_width);
    if (at >= found->second.size()) return std::nullopt;
    return found->second[at];
}

std::optional<Hash> MerkleTree::range(int64_t begin, int64_t end) {
    const int64_t n = end - begin;
    if (n <= 0) return merkle_empty();
    if (std::has_single_bit(static_cast<uint64_t>(n)) && begin % n == 0)
        return node(std::countr_zero(static_cast<uint64_t>(n)), begin / n);
    const int64_t k = split_point(n);
    const auto left = range(begin, begin + k);
    const auto right = left ? range(begin + k, end) : std::nullopt;
    if (!right) return std::nullopt;
    return merkle_node(*left, *right);
}

std::optional<Hash> MerkleTree::root() {
    return range(0, size_);
}

std::optional<std::vector<Hash>> MerkleTree::inclusion_path(int64_t position) {
    if (position < 0 || position >= size_) return std::nullopt;
    std::vector<Hash> path;
    int64_t begin = 0, end = size_;
    while (end - begin > 1) {
        const int64_t middle = begin + split_point(end - begin);
        const bool left = position < middle;
        const auto sibling = left ? range(middle, end) : range(begin, middle);
        if (!sibling) return std::nullopt;
        path.push_back(*sibling);
        (left ? end : begin) = middle;
    }
    std::reverse(path.begin(), path.end());
    return path;
}

std::optional<std::vector<Hash>> MerkleTree::consistency_path(int64_t old_size) {
    if (old_size < 0 || old_size > size_) return std::nullopt;
    std::vector<Hash> path;
    if (old_size == 0 || old_size == size_) return path;
    int64_t begin = 0, end = size_;
    bool complete = true;  // the old tree is a subtree here whose root the checker already has
    while (old_size != end) {
        const int64_t middle = begin + split_point(end - begin);
        const bool left = old_size <= middle;
        const auto sibling = left ? range(middle, end) : range(begin, middle);
        if (!sibling) return std::nullopt;
        path.push_back(*sibling);
        if (!left) complete = false;
        (left ? end : begin) = middle;
    }
    if (!complete) {
        const auto last = range(begin, end);
        if (!last) return std::nullopt;
        path.push_back(*last);
    }
    std::reverse(path.begin(), path.end());
    return path;
}

std::optional<Hash> root_from_path(const Hash& leaf, int64_t position, int64_t size, std::span<const Hash> path) {
    if (position < 0 || position >= size) return std::nullopt;
    auto fn = static_cast<uint64_t>(position), sn = static_cast<uint64_t>(size - 1);
    Hash hash = leaf;
    for (const Hash& sibling : path) {
        if (sn == 0) return std::nullopt;
        if ((fn & 1) || fn == sn) {
            hash = merkle_node(sibling, hash);
            while (fn != 0 && !(fn & 1)) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            hash = merkle_node(hash, sibling);
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0) return std::nullopt;
    return hash;
}

bool is_consistent(int64_t old_size, const Hash& old_root, int64_t new_size, const Hash& new_root,
                   std::span<const Hash> path) {
    if (old_size < 0 || old_size > new_size) return false;
    if (old_size == new_size) return path.empty() && old_root == new_root;
    if (old_size == 0) return path.empty() && old_root == merkle_empty();
    std::vector<Hash> hashes;
    if (std::has_single_bit(static_cast<uint64_t>(old_size))) hashes.push_back(old_root);
    hashes.insert(hashes.end(), path.begin(), path.end());
    if (hashes.empty()) return false;
    auto fn = static_cast<uint64_t>(old_size - 1), sn = static_cast<uint64_t>(new_size - 1);
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    Hash from_old = hashes[0], from_new = hashes[0];
    for (size_t i = 1; i < hashes.size(); ++i) {
        if (sn == 0) return false;
        if ((fn & 1) || fn == sn) {
            from_old = merkle_node(hashes[i], from_old);
            from_new = merkle_node(hashes[i], from_new);
            while (fn != 0 && !(fn & 1)) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            from_new = merkle_node(from_new, hashes[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && from_old == old_root && from_new == new_root;
}

}  // namespace hl::store
