// The RFC 6962 Merkle tree of the ledger. Leaf hashes stand in ledger_event.leaf; the roots of complete subtrees of
// 2^8, 2^16 and 2^24 leaves stand in ledger_tile, so that any root or proof is read from a few hundred rows.
// Private to the store room. Plain values and functions; the ones that read take the caller's own Reader.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/crypto.h"
#include "store/db.h"

namespace hl::store {

[[nodiscard]] crypto::Hash merkle_leaf(std::string_view leaf_bytes);
[[nodiscard]] crypto::Hash merkle_node(const crypto::Hash& left, const crypto::Hash& right);
[[nodiscard]] crypto::Hash merkle_empty();

/// Every eighth level of the tree is kept in ledger_tile, up to this one.
inline constexpr int tile_step = 8;
inline constexpr int tile_top = 24;
inline constexpr int64_t tile_width = 256;
[[nodiscard]] constexpr bool is_tile_level(int level) {
    return level > 0 && level <= tile_top && level % tile_step == 0;
}

/// The right edge of a growing tree: one hash for every bit set in the size.
class MerkleFrontier {
  public:
    /// Called for each subtree that the added leaf completes: its level (1 = two leaves) and its index on that level.
    using Completed = std::function<void(int level, int64_t index, const crypto::Hash& hash)>;

    [[nodiscard]] int64_t size() const { return size_; }
    [[nodiscard]] crypto::Hash root() const;
    void add(const crypto::Hash& leaf) {
        add_subtree(0, leaf, [](int, int64_t, const crypto::Hash&) {});
    }
    void add(const crypto::Hash& leaf, const Completed& completed) { add_subtree(0, leaf, completed); }
    /// Adds a complete subtree of 2^level leaves; the size so far must be a multiple of that.
    template <class F>
    void add_subtree(int level, crypto::Hash hash, F&& completed);

  private:
    int64_t size_ = 0;
    std::array<crypto::Hash, 48> edge_{};  // edge_[k] counts when bit k of size_ is set
};

template <class F>
void MerkleFrontier::add_subtree(int level, crypto::Hash hash, F&& completed) {
    const int64_t first = size_;
    size_ += int64_t{1} << level;
    while ((first >> level) & 1) {
        hash = merkle_node(edge_[static_cast<size_t>(level)], hash);
        ++level;
        completed(level, first >> level, hash);
    }
    edge_[static_cast<size_t>(level)] = hash;
}

/// What the engines keep in memory to append: the frontier, and the rows of ledger_tile that become complete.
/// One thread at a time. Take `state()` before a savepoint and `rollback_to` it when the savepoint is undone.
class MerkleAppender {
  public:
    using State = MerkleFrontier;

    MerkleAppender() = default;
    /// From the tiles and the last leaves of ledger_event. Throws DbError (bug) when a row is missing.
    [[nodiscard]] static MerkleAppender load(Reader& reader);
    /// `position` must be size(): std::logic_error otherwise. `leaf` is the leaf hash.
    void add(Transaction& tx, int64_t position, const crypto::Hash& leaf);
    [[nodiscard]] int64_t size() const { return frontier_.size(); }
    [[nodiscard]] crypto::Hash root() const { return frontier_.root(); }
    [[nodiscard]] State state() const { return frontier_; }
    void rollback_to(const State& state) { frontier_ = state; }

  private:
    MerkleFrontier frontier_;
};

/// Where node hashes come from: `row(level, first, count)` gives the hashes of `count` nodes from `first` on, on level
/// 0 or a tile level, or nothing when one is missing.
using MerkleRows = std::function<std::optional<std::vector<crypto::Hash>>(int level, int64_t first, int64_t count)>;
[[nodiscard]] MerkleRows merkle_rows(Reader& reader);

/// Nodes of a tree of at least `size` leaves, each tile read once and kept.
class MerkleTree {
  public:
    MerkleTree(MerkleRows rows, int64_t size) : rows_(std::move(rows)), size_(size) {}
    /// RFC 6962 §2.1. Nothing when a row is missing.
    [[nodiscard]] std::optional<crypto::Hash> root();
    /// RFC 6962 §2.1.1: from the leaf's sibling up. `position` < size.
    [[nodiscard]] std::optional<std::vector<crypto::Hash>> inclusion_path(int64_t position);
    /// RFC 6962 §2.1.2: proof that the tree of `old_size` leaves is the beginning of this one.
    [[nodiscard]] std::optional<std::vector<crypto::Hash>> consistency_path(int64_t old_size);
    [[nodiscard]] std::optional<crypto::Hash> range(int64_t begin, int64_t end);

  private:
    std::optional<crypto::Hash> node(int level, int64_t index);
    MerkleRows rows_;
    int64_t size_;
    std::map<std::pair<int, int64_t>, std::vector<crypto::Hash>> tiles_;
};

/// The root that a leaf and its path lead to; nothing when the path's length does not fit (RFC 9162 §2.1.3.2).
[[nodiscard]] std::optional<crypto::Hash> root_from_path(const crypto::Hash& leaf, int64_t position, int64_t size,
                                                         std::span<const crypto::Hash> path);
/// RFC 9162 §2.1.4.2.
[[nodiscard]] bool is_consistent(int64_t old_size, const crypto::Hash& old_root, int64_t new_size,
                                 const crypto::Hash& new_root, std::span<const crypto::Hash> path);

}  // namespace hl::store
