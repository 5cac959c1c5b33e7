#include "store/ledger_verify.h"

#include "store/ledger_note.h"
#include "store/ledger_rows.h"

namespace hl::store {

using crypto::Hash;

namespace {

constexpr std::string_view select_range =
    "SELECT " HL_EVENT_COLUMNS ", leaf FROM ledger_event WHERE position >= ? AND position < ? ORDER BY position";
constexpr std::string_view select_next = "SELECT MIN(position) FROM ledger_event WHERE position >= ?";
constexpr std::string_view select_lowest = "SELECT MIN(position) FROM ledger_event";
constexpr std::string_view select_tile_counts =
    "SELECT level, COUNT(*), MIN(idx), MAX(idx) FROM ledger_tile GROUP BY level ORDER BY level";
constexpr std::string_view select_beyond =
    "SELECT size FROM ledger_checkpoint WHERE size > ? OR size <= 0 ORDER BY size DESC LIMIT 5";
constexpr int64_t chunk_events = 8192;
constexpr int64_t longest_hole = 1 << 20;

class LedgerCheck {
  public:
    LedgerCheck(Store& store, const LedgerKeys& keys, VerifyReport& report)
        : store_(store), keys_(keys), report_(report), findings_(report), tree_(keys, report, findings_) {
        for (const auto& line : keys.verifier_lines())
            if (auto verifier = parse_verifier(line); verifier.ok()) known_.push_back(std::move(*verifier));
    }

    Result<void> run(const std::function<void(int64_t, int64_t)>& progress) {
        TRY_VOID(store_.read([&](Reader& reader) -> Result<void> {
            look_at_ends(reader);
            return Nothing{};
        }));
        int64_t from = 0;
        while (from < total_) {
            TRY(from, store_.read([&](Reader& reader) -> Result<int64_t> { return chunk(reader, from); }));
            if (progress) progress(std::min(from, total_), total_);
        }
        report_.root = tree_.tree().root();
        findings_.finish();
        return Nothing{};
    }

  private:
    struct Checked {
        int64_t position;
        TreeCheck::Leaf leaf;
    };

    /// Size, and what can stick out at either end: all in one snapshot, since the ledger grows while it is verified.
    void look_at_ends(Reader& reader) {
        total_ = ledger_size(reader);
        const auto lowest = reader.first(select_lowest, {}, [](const Row& row) { return row.integer(0); });
        if (lowest && *lowest < 0)
            findings_.add(fmt::format("There are events at negative positions, from {} on.", *lowest),
                          fmt::format("Có sự kiện ở vị trí âm, từ {}.", *lowest));
        reader.query(select_tile_counts, {}, [&](const Row& row) {
            const int64_t level = row.integer(0), lowest_tile = row.integer(2), highest = row.integer(3);
            const bool known_level = level > 0 && level < 32 && is_tile_level(static_cast<int>(level));
            if (known_level && lowest_tile >= 0 && highest < (total_ >> level)) return;
            findings_.add(fmt::format("Tile {} of level {} stands for events that are not in the ledger.",
                                      known_level && lowest_tile >= 0 ? highest : lowest_tile, level),
                          fmt::format("Ô băm {} mức {} ứng với những sự kiện không có trong sổ cái.",
                                      known_level && lowest_tile >= 0 ? highest : lowest_tile, level));
        });
        const auto beyond = reader.all(select_beyond, {total_}, [](const Row& row) { return row.integer(0); });
        for (const int64_t size : beyond) {
            if (size <= 0)
                findings_.add(fmt::format("Checkpoint of size {}: there is no such size, the row was altered.", size),
                              fmt::format("Điểm kiểm ở {} sự kiện: không có cỡ như vậy, dòng này đã bị sửa.", size));
            else
                findings_.add(
                    fmt::format("Checkpoint of size {}: the ledger has only {} events, the events at positions {} to "
                                "{} were removed (or the row was altered).",
                                size, total_, total_, size - 1),
                    fmt::format("Điểm kiểm ở {} sự kiện: sổ cái chỉ còn {} sự kiện, các sự kiện ở vị trí {} đến {} đã "
                                "bị xoá (hoặc dòng này đã bị sửa).",
                                size, total_, total_, size - 1));
        }
    }

    /// Checks the rows of one window of positions; gives where to go on.
    int64_t chunk(Reader& reader, int64_t from) {
        const int64_t to = std::min(from + chunk_events, total_);
        rows_.clear();
        reader.query(select_range, {from, to}, [&](const Row& row) { check_row(row); });
        for (const Checked& row : rows_) {
            if (row.position > expected_) hole(reader, expected_, row.position);
            tree_.add(reader, row.leaf);
            expected_ = row.position + 1;
            ++report_.events;
        }
        if (!rows_.empty()) return to;
        // An empty window: go to the next row there is, so that one absurd position does not make this run for ever.
        const auto next = reader.first(select_next, {to}, [](const Row& row) { return row.optional_integer(0); });
        return next && *next ? **next : total_;
    }

    void hole(Reader& reader, int64_t from, int64_t to) {
        if (to - from == 1)
            findings_.add(fmt::format("Position {}: the event is missing.", from),
                          fmt::format("Vị trí {}: thiếu sự kiện.", from));
        else
            findings_.add(fmt::format("Positions {} to {}: {} events are missing.", from, to - 1, to - from),
                          fmt::format("Vị trí {} đến {}: thiếu {} sự kiện.", from, to - 1, to - from));
        if (to - from > longest_hole) {
            tree_.lose();
            findings_.add(fmt::format("The tree cannot be recomputed beyond position {}; the rows after it were "
                                      "checked one by one only.",
                                      from),
                          fmt::format("Không tính lại được cây băm sau vị trí {}; các dòng sau đó chỉ được kiểm tra "
                                      "riêng lẻ.",
                                      from));
            return;
        }
        for (int64_t position = from; position < to; ++position) tree_.add(reader, {.missing = true});
    }

    void check_row(const Row& row) {
        leaf_text_.clear();
        append_leaf(leaf_text_,
                    {row.text(1), row.text(2), row.text(4), row.text(5), row.text(7), row.integer(3), row.integer(6)});
        Checked out{row.integer(0), {}};
        out.leaf.recomputed = merkle_leaf(leaf_text_);
        const auto stored = crypto::to_hash(row.text(8));
        out.leaf.stored = stored.value_or(Hash{});
        if (!stored || out.leaf.differs())
            findings_.add(
                fmt::format("Position {}: the event {} ({}, stream {}) no longer gives its stored leaf hash: the row "
                            "was altered after it was written.",
                            out.position, row.text(1), row.text(2), row.text(4)),
                fmt::format("Vị trí {}: sự kiện {} ({}, luồng {}) không còn khớp mã băm lá đã lưu: dòng này đã bị sửa "
                            "sau khi ghi.",
                            out.position, row.text(1), row.text(2), row.text(4)));
        else if (row.text(2) == rotation_type)
            check_rotation(read_event_row(row));
        rows_.push_back(out);
    }

    void check_rotation(const StoredEvent& event) {
        const auto member = [&](std::string_view key) -> std::string {
            const auto* value = event.data.if_contains(key);
            return value && value->is_string() ? std::string{std::string_view{value->get_string()}} : std::string{};
        };
        const std::string old_key = member("old_key"), new_key = member("new_key");
        const auto verifier = parse_verifier(old_key);
        const auto signature = crypto::from_base64(member("signature"));
        const auto known = [&](std::string_view line) {
            const auto parsed = parse_verifier(line);
            return parsed.ok() && std::any_of(known_.begin(), known_.end(), [&](const NoteVerifier& k) {
                       return k.public_key == parsed->public_key;
                   });
        };
        // A new key that is not active yet is a rotation that a crash cut short: good as long as the active key signed.
        const bool old_known = known(old_key);
        const bool new_good = known(new_key) || old_key == keys_.verifier_line();
        if (verifier.ok() && signature && old_known && new_good &&
            crypto::verify(rotation_statement(keys_.origin(), old_key, new_key), *signature, verifier->public_key))
            return;
        findings_.add(fmt::format("Position {}: the rotation of the signing key (event {}) is not signed by a known "
                                  "key of this ledger.",
                                  event.position, event.id),
                      fmt::format("Vị trí {}: việc thay khoá ký (sự kiện {}) không mang chữ ký của khoá đã biết của sổ "
                                  "cái này.",
                                  event.position, event.id));
    }

    Store& store_;
    const LedgerKeys& keys_;
    VerifyReport& report_;
    Findings findings_;
    TreeCheck tree_;
    std::vector<NoteVerifier> known_;
    std::vector<Checked> rows_;
    std::string leaf_text_;
    int64_t total_ = 0;
    int64_t expected_ = 0;
};

}  // namespace

Result<VerifyReport> verify_ledger(Store& store, const LedgerKeys& keys,
                                   const std::function<void(int64_t done, int64_t total)>& progress) {
    VerifyReport report;
    TRY_VOID(LedgerCheck{store, keys, report}.run(progress));
    return report;
}

}  // namespace hl::store
