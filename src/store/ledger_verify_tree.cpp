#include "store/ledger_note.h"
#include "store/ledger_verify.h"

namespace hl::store {

using crypto::Hash;

namespace {

constexpr std::string_view select_tiles =
    "SELECT idx, hash FROM ledger_tile WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx";
constexpr std::string_view select_checkpoints =
    "SELECT size, root, note, at FROM ledger_checkpoint WHERE size > ? AND size <= ? ORDER BY size";
constexpr int64_t tile_window = 256;
constexpr int64_t checkpoint_window = 8192;  // in events
constexpr size_t most_findings = 500;
constexpr size_t most_exchange_leaves = 64;

}  // namespace

void Findings::add(std::string en, std::string vi) {
    if (report_.problems.size() >= most_findings) {
        ++more_;
        return;
    }
    report_.problems.push_back(std::move(en));
    report_.problems_vi.push_back(std::move(vi));
}

void Findings::amend_last(std::string_view en, std::string_view vi) {
    if (more_ > 0 || report_.problems.empty()) return;
    report_.problems.back() += en;
    report_.problems_vi.back() += vi;
}

void Findings::finish() {
    if (more_ == 0) return;
    report_.problems.push_back(fmt::format("And {} more problems that are not listed.", more_));
    report_.problems_vi.push_back(fmt::format("Và {} lỗi nữa không liệt kê.", more_));
}

std::optional<std::pair<size_t, size_t>> find_exchange(const std::vector<Hash>& leaves, const Hash& wanted) {
    std::vector<std::vector<Hash>> levels{leaves};
    while (levels.back().size() > 1) {
        const auto& below = levels.back();
        std::vector<Hash> level;
        for (size_t i = 0; i + 1 < below.size(); i += 2) level.push_back(merkle_node(below[i], below[i + 1]));
        levels.push_back(std::move(level));
    }
    const auto set = [&](size_t at, const Hash& hash) {
        levels[0][at] = hash;
        for (size_t level = 1; level < levels.size(); ++level) {
            at /= 2;
            levels[level][at] = merkle_node(levels[level - 1][at * 2], levels[level - 1][at * 2 + 1]);
        }
    };
    for (size_t i = 0; i < leaves.size(); ++i) {
        for (size_t j = i + 1; j < leaves.size(); ++j) {
            set(i, leaves[j]);
            set(j, leaves[i]);
            if (levels.back()[0] == wanted) return std::pair{i, j};
            set(j, leaves[j]);
        }
        set(i, leaves[i]);
    }
    return std::nullopt;
}

void TreeCheck::add(Reader& reader, const Leaf& leaf) {
    if (lost_) return;
    if (block_.empty()) block_start_ = tree_;
    block_.push_back(leaf);
    // The stored leaf goes into the tree: a row whose fields no longer give it has been named already, and the tree
    // then says whether the leaf itself is still the one that was signed.
    tree_.add_subtree(0, leaf.stored, [&](int level, int64_t index, const Hash& hash) {
        if (is_tile_level(level)) completed_.push_back({level, index, hash});
    });
    if (static_cast<int64_t>(block_.size()) == tile_width) close_block(reader);
    check_checkpoints(reader);
}

std::optional<Hash> TreeCheck::tile(Reader& reader, int level, int64_t index) {
    auto& until = tiles_until_[level];
    if (index >= until) {
        std::erase_if(tiles_, [&](const auto& entry) { return entry.first.first == level; });
        reader.query(select_tiles, {level, index, index + tile_window}, [&](const Row& row) {
            tiles_[{level, row.integer(0)}] = crypto::to_hash(row.text(1)).value_or(Hash{});
        });
        until = index + tile_window;
    }
    const auto found = tiles_.find({level, index});
    return found == tiles_.end() ? std::nullopt : std::optional{found->second};
}

bool TreeCheck::explain_block(const Hash& tile_hash, int64_t first) {
    if (std::any_of(block_.begin(), block_.end(), [](const Leaf& leaf) { return leaf.missing; })) return true;
    std::vector<Hash> leaves;
    for (const Leaf& leaf : block_) leaves.push_back(leaf.recomputed);
    MerkleFrontier recomputed;
    for (const Hash& leaf : leaves) recomputed.add(leaf);
    if (recomputed.root() == tile_hash) {
        for (size_t i = 0; i < block_.size(); ++i)
            if (block_[i].differs())
                findings_.add(fmt::format("Position {}: the fields are as they were written; it is the stored leaf "
                                          "hash that was altered.",
                                          first + static_cast<int64_t>(i)),
                              fmt::format("Vị trí {}: các trường vẫn như khi ghi; chính mã băm lá đã bị sửa.",
                                          first + static_cast<int64_t>(i)));
        return true;
    }
    for (size_t i = 0; i < block_.size(); ++i) leaves[i] = block_[i].stored;
    if (const auto pair = find_exchange(leaves, tile_hash)) {
        const auto [a, b] = *pair;
        findings_.add(fmt::format("The events at positions {} and {} were exchanged.", first + static_cast<int64_t>(a),
                                  first + static_cast<int64_t>(b)),
                      fmt::format("Hai sự kiện ở vị trí {} và {} đã bị đổi chỗ cho nhau.",
                                  first + static_cast<int64_t>(a), first + static_cast<int64_t>(b)));
        return true;
    }
    return false;
}

void TreeCheck::close_block(Reader& reader) {
    const int64_t index = tree_.size() / tile_width - 1;
    const int64_t first = index * tile_width;
    const Hash computed = completed_.front().hash;
    std::vector<Node> above(completed_.begin() + 1, completed_.end());
    completed_.clear();
    const auto stored = tile(reader, tile_step, index);
    if (!stored) {
        findings_.add(fmt::format("Tile {} of level 8 (positions {} to {}) is missing.", index, first, first + 255),
                      fmt::format("Thiếu ô băm {} mức 8 (vị trí {} đến {}).", index, first, first + 255));
        odd_in_16_ = odd_in_24_ = true;
    } else if (*stored != computed) {
        odd_in_16_ = odd_in_24_ = true;
        if (explain_block(*stored, first)) {
            // What happened is known and named; go on with the tile, which is what the signed roots were made of.
            tree_ = block_start_;
            above.clear();
            tree_.add_subtree(tile_step, *stored, [&](int level, int64_t i, const Hash& hash) {
                if (is_tile_level(level)) above.push_back({level, i, hash});
            });
        } else {
            findings_.add(
                fmt::format("Tile {} of level 8 does not fit the events at positions {} to {}.", index, first,
                            first + 255),
                fmt::format("Ô băm {} mức 8 không khớp các sự kiện ở vị trí {} đến {}.", index, first, first + 255));
            last_is_tile_ = true;
        }
    }
    check_tiles_above(reader, above);
    block_.clear();
}

void TreeCheck::check_tiles_above(Reader& reader, const std::vector<Node>& completed) {
    for (const Node& node : completed) {
        bool& odd_inside = node.level == 16 ? odd_in_16_ : odd_in_24_;
        const bool expected = odd_inside;
        odd_inside = false;
        const auto stored = tile(reader, node.level, node.index);
        const int64_t first = node.index << node.level;
        const int64_t last = ((node.index + 1) << node.level) - 1;
        if (!stored) {
            findings_.add(
                fmt::format("Tile {} of level {} (positions {} to {}) is missing.", node.index, node.level, first,
                            last),
                fmt::format("Thiếu ô băm {} mức {} (vị trí {} đến {}).", node.index, node.level, first, last));
            last_is_tile_ = false;
        } else if (*stored != node.hash && !expected) {
            findings_.add(fmt::format("Tile {} of level {} does not fit the tiles below it (positions {} to {}).",
                                      node.index, node.level, first, last),
                          fmt::format("Ô băm {} mức {} không khớp các ô bên dưới (vị trí {} đến {}).", node.index,
                                      node.level, first, last));
            last_is_tile_ = true;
        }
    }
}

void TreeCheck::check_checkpoints(Reader& reader) {
    const int64_t size = tree_.size();
    if (size > checkpoints_until_) {
        const int64_t until = checkpoints_until_ + checkpoint_window;
        reader.query(select_checkpoints, {checkpoints_until_, until}, [&](const Row& row) {
            checkpoints_.push_back(
                {row.integer(0), crypto::to_hash(row.text(1)).value_or(Hash{}), row.string(2), row.instant(3)});
        });
        checkpoints_until_ = until;
    }
    while (!checkpoints_.empty() && checkpoints_.front().size <= size) {
        check_checkpoint(checkpoints_.front());
        checkpoints_.pop_front();
    }
}

void TreeCheck::check_checkpoint(const Checkpoint& checkpoint) {
    ++report_.checkpoints;
    const auto say = [&](std::string_view en, std::string_view vi) {
        findings_.add(fmt::format("Checkpoint of size {}: {}", checkpoint.size, en),
                      fmt::format("Điểm kiểm ở {} sự kiện: {}", checkpoint.size, vi));
        last_is_tile_ = false;
    };
    if (const auto good = keys_.check_note(checkpoint.note); !good.ok()) return say(good.error().en, good.error().vi);
    const auto note = parse_note(checkpoint.note);
    const auto body = parse_checkpoint(note.value().text);
    if (!body.ok()) return say(body.error().en, body.error().vi);
    if (body->origin != keys_.origin())
        return say(fmt::format("it was signed for another ledger, \"{}\".", body->origin),
                   fmt::format("được ký cho sổ cái khác, \"{}\".", body->origin));
    if (body->size != checkpoint.size)
        return say(fmt::format("its signed note speaks of {} events: the row was altered.", body->size),
                   fmt::format("bản ký lại ghi {} sự kiện: dòng này đã bị sửa.", body->size));
    if (body->root != checkpoint.root)
        say("its root column differs from its signed note: the row was altered.",
            "cột mã gốc khác bản đã ký: dòng này đã bị sửa.");
    if (body->root != tree_.root()) return root_differs(checkpoint, body->root);
    good_size_ = checkpoint.size;
    if (last_is_tile_)
        findings_.amend_last(
            fmt::format(" The signed checkpoint of size {} agrees with the events: it is the tile "
                        "that was altered.",
                        checkpoint.size),
            fmt::format(" Điểm kiểm đã ký ở {} sự kiện khớp với các sự kiện: chính ô băm đã bị sửa.", checkpoint.size));
    last_is_tile_ = false;
}

void TreeCheck::root_differs(const Checkpoint& checkpoint, const Hash& signed_root) {
    if (++disagreeing_ > 1) return;  // the same cause; counted in the report's end
    if (last_is_tile_) {
        findings_.amend_last(fmt::format(" The signed checkpoint of size {} disagrees with the events as well: events "
                                         "in this range were altered, exchanged or replaced.",
                                         checkpoint.size),
                             fmt::format(" Điểm kiểm đã ký ở {} sự kiện cũng không khớp: sự kiện trong khoảng này đã "
                                         "bị sửa, đổi chỗ hoặc thay thế.",
                                         checkpoint.size));
        last_is_tile_ = false;
        return;
    }
    const bool named =
        std::any_of(block_.begin(), block_.end(), [](const Leaf& leaf) { return leaf.missing || leaf.differs(); });
    if (named) return;  // the rows that cause it are in the report already
    const int64_t first = tree_.size() - static_cast<int64_t>(block_.size());
    const auto from = static_cast<size_t>(std::max<int64_t>(good_size_ - first, 0));
    if (block_.size() - std::min(from, block_.size()) <= most_exchange_leaves) {
        for (size_t i = from; i < block_.size(); ++i) {
            for (size_t j = i + 1; j < block_.size(); ++j) {
                MerkleFrontier tried = block_start_;
                for (size_t k = 0; k < block_.size(); ++k) tried.add(block_[k == i ? j : k == j ? i : k].stored);
                if (tried.root() != signed_root) continue;
                const auto a = first + static_cast<int64_t>(i), b = first + static_cast<int64_t>(j);
                findings_.add(fmt::format("The events at positions {} and {} were exchanged: the signed checkpoint of "
                                          "size {} holds them the other way round.",
                                          a, b, checkpoint.size),
                              fmt::format("Hai sự kiện ở vị trí {} và {} đã bị đổi chỗ: điểm kiểm đã ký ở {} sự kiện "
                                          "ghi chúng theo thứ tự ngược lại.",
                                          a, b, checkpoint.size));
                return;
            }
        }
    }
    findings_.add(fmt::format("The signed root of the checkpoint of size {} does not fit the events: something at "
                              "positions {} to {} was altered, exchanged or replaced.",
                              checkpoint.size, good_size_, checkpoint.size - 1),
                  fmt::format("Mã gốc đã ký của điểm kiểm ở {} sự kiện không khớp các sự kiện: có sự kiện ở vị trí {} "
                              "đến {} đã bị sửa, đổi chỗ hoặc thay thế.",
                              checkpoint.size, good_size_, checkpoint.size - 1));
}

}  // namespace hl::store
