// The tree side of `ledger verify`: takes leaf hashes in order, compares complete tiles and signed checkpoints as it
// passes them, and says in words what does not fit. Constant memory: one tile of leaves and a window of rows.
// Private to the store room; one thread.
#pragma once
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "store/ledger.h"
#include "store/merkle.h"

namespace hl::store {

/// Problems in two languages, cut off at a number that a person can still read.
class Findings {
  public:
    explicit Findings(VerifyReport& report) : report_(report) {}
    void add(std::string en, std::string vi);
    void amend_last(std::string_view en, std::string_view vi);
    void finish();

  private:
    VerifyReport& report_;
    int64_t more_ = 0;
};

class TreeCheck {
  public:
    TreeCheck(const LedgerKeys& keys, VerifyReport& report, Findings& findings)
        : keys_(keys), report_(report), findings_(findings) {}

    struct Leaf {
        crypto::Hash stored{};
        crypto::Hash recomputed{};
        bool missing = false;
        [[nodiscard]] bool differs() const { return !missing && stored != recomputed; }
    };
    void add(Reader& reader, const Leaf& leaf);
    /// A hole too large to fill: from here on only the rows themselves are checked.
    void lose() { lost_ = true; }
    [[nodiscard]] const MerkleFrontier& tree() const { return tree_; }
    [[nodiscard]] bool lost() const { return lost_; }

  private:
    struct Node {
        int level;
        int64_t index;
        crypto::Hash hash;
    };
    void close_block(Reader& reader);
    void check_tiles_above(Reader& reader, const std::vector<Node>& completed);
    bool explain_block(const crypto::Hash& tile, int64_t first);
    void check_checkpoints(Reader& reader);
    void check_checkpoint(const Checkpoint& checkpoint);
    void root_differs(const Checkpoint& checkpoint, const crypto::Hash& signed_root);
    std::optional<crypto::Hash> tile(Reader& reader, int level, int64_t index);

    const LedgerKeys& keys_;
    VerifyReport& report_;
    Findings& findings_;
    MerkleFrontier tree_;
    MerkleFrontier block_start_;  // the tree before the present block of 256
    std::vector<Leaf> block_;
    std::vector<Node> completed_;
    bool lost_ = false;
    bool odd_in_16_ = false, odd_in_24_ = false;  // a smaller tile inside was already reported
    bool last_is_tile_ = false;                   // the last finding waits for a checkpoint to say who is right
    int64_t good_size_ = 0;                       // of the last checkpoint that agreed
    int64_t disagreeing_ = 0;                     // checkpoints that did not
    std::map<std::pair<int, int64_t>, crypto::Hash> tiles_;  // window read ahead
    std::map<int, int64_t> tiles_until_;
    std::deque<Checkpoint> checkpoints_;
    int64_t checkpoints_until_ = 0;
};

/// The two leaves whose exchange gives `wanted` as the root of 256 leaves, if there are such.
[[nodiscard]] std::optional<std::pair<size_t, size_t>> find_exchange(const std::vector<crypto::Hash>& leaves,
                                                                     const crypto::Hash& wanted);

}  // namespace hl::store
