#include "store/ledger.h"

#include "base/json.h"
#include "store/ledger_note.h"
#include "store/ledger_rows.h"
#include "store/merkle.h"

namespace hl::store {

using crypto::Hash;

namespace {

constexpr std::string_view select_size = "SELECT MAX(position) FROM ledger_event";
constexpr std::string_view select_events =
    "SELECT " HL_EVENT_COLUMNS " FROM ledger_event WHERE position >= ? ORDER BY position LIMIT ?";
constexpr std::string_view select_stream =
    "SELECT " HL_EVENT_COLUMNS " FROM ledger_event WHERE stream = ? ORDER BY position";
constexpr std::string_view select_last_of_stream =
    "SELECT " HL_EVENT_COLUMNS " FROM ledger_event WHERE stream = ? ORDER BY position DESC LIMIT 1";
constexpr std::string_view select_by_id = "SELECT " HL_EVENT_COLUMNS " FROM ledger_event WHERE id = ?";
constexpr std::string_view select_position = "SELECT position FROM ledger_event WHERE id = ?";
constexpr std::string_view select_checkpoint =
    "SELECT size, root, note, at FROM ledger_checkpoint ORDER BY size DESC LIMIT 1";
// Two nodes may sign the same size at the same moment; Ed25519 is deterministic, so both wrote the same note.
constexpr std::string_view insert_checkpoint =
    "INSERT INTO ledger_checkpoint (size, root, note, at) VALUES (?, ?, ?, ?) ON CONFLICT (size) DO NOTHING";

/// JSON string, the quick way when nothing in it needs escaping.
void append_json_text(std::string& out, std::string_view s) {
    const bool plain = std::all_of(s.begin(), s.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && static_cast<unsigned char>(c) < 0x7f;
    });
    if (!plain) {
        out += canonical_json(json::value(json::string(s)));
        return;
    }
    out += '"';
    out += s;
    out += '"';
}

}  // namespace

void append_leaf(std::string& out, const LeafFields& f) {
    // Written out rather than built as a value: ten million leaves are recomputed by one `ledger verify`.
    out += "{\"actor\":";
    append_json_text(out, f.actor);
    out += ",\"at\":";
    out += std::to_string(f.at_ms);
    out += ",\"data\":";
    out += f.data;
    out += ",\"id\":";
    append_json_text(out, f.id);
    out += ",\"stream\":";
    append_json_text(out, f.stream);
    out += ",\"type\":";
    append_json_text(out, f.type);
    out += ",\"version\":";
    out += std::to_string(f.version);
    out += '}';
}

std::string leaf_bytes(const StoredEvent& event) {
    const std::string canonical = event.data_text.empty() ? canonical_json(event.data) : std::string{};
    std::string out;
    append_leaf(out, {event.id, event.type, event.stream, event.actor,
                      event.data_text.empty() ? std::string_view{canonical} : std::string_view{event.data_text},
                      event.version, to_ms(event.at)});
    return out;
}

std::string rotation_statement(std::string_view origin, std::string_view old_verifier, std::string_view new_verifier) {
    return fmt::format("ledger key rotation\n{}\n{}\n{}\n", origin, old_verifier, new_verifier);
}

StoredEvent read_event_row(const Row& row) {
    StoredEvent event;
    event.position = row.integer(0);
    event.id = row.string(1);
    event.type = row.string(2);
    event.version = static_cast<int>(row.integer(3));
    event.stream = row.string(4);
    event.actor = row.string(5);
    event.at = row.instant(6);
    event.data_text = row.string(7);
    // Data that no longer parses was changed by hand; readers see it empty and `ledger verify` names the row.
    json::error_code error;
    auto value = json::parse(event.data_text, error);
    if (!error && value.is_object()) event.data = std::move(value.get_object());
    return event;
}

int64_t ledger_size(Reader& reader) {
    return reader.first(select_size, {}, [](const Row& row) { return row.is_null(0) ? 0 : row.integer(0) + 1; })
        .value_or(0);
}

std::vector<StoredEvent> read_events(Reader& reader, int64_t from_position, int64_t limit) {
    return reader.all(select_events, {from_position, limit}, read_event_row);
}

std::vector<StoredEvent> read_stream(Reader& reader, std::string_view stream) {
    return reader.all(select_stream, {stream}, read_event_row);
}

std::optional<StoredEvent> last_of_stream(Reader& reader, std::string_view stream) {
    return reader.first(select_last_of_stream, {stream}, read_event_row);
}

std::optional<StoredEvent> find_event(Reader& reader, std::string_view id) {
    return reader.first(select_by_id, {id}, read_event_row);
}

int64_t position_of(Reader& reader, std::string_view id) {
    return reader.first(select_position, {id}, [](const Row& row) { return row.integer(0); }).value_or(-1);
}

std::optional<Checkpoint> latest_checkpoint(Reader& reader) {
    return reader.first(select_checkpoint, {}, [](const Row& row) {
        return Checkpoint{row.integer(0), crypto::to_hash(row.text(1)).value_or(Hash{}), row.string(2), row.instant(3)};
    });
}

namespace {

Error inconsistent(int64_t signed_size, int64_t size) {
    return {ErrorKind::internal, "ledger.inconsistent",
            fmt::format("Sổ cái ({} sự kiện) không nối tiếp điểm kiểm đã ký ở {} sự kiện, nên không ký điểm mới. "
                        "Hãy chạy \"hienluong ledger verify\".",
                        size, signed_size),
            fmt::format("The ledger ({} events) does not continue the checkpoint signed at {} events, so nothing new "
                        "is signed. Run \"hienluong ledger verify\".",
                        size, signed_size)};
}

struct Head {
    int64_t size = 0;
    Hash root{};
};

/// What there is to sign: nothing when the last checkpoint covers it, an error when the present tree is not a
/// continuation of what was signed last (c2sp.org/tlog-checkpoint: a log never signs two histories).
Result<std::optional<Head>> unsigned_head(Reader& reader) {
    const int64_t size = ledger_size(reader);
    const auto last = latest_checkpoint(reader);
    if (last && last->size > size) return inconsistent(last->size, size);
    if (last) {
        const auto root_then = MerkleTree{merkle_rows(reader), last->size}.root();
        if (!root_then || *root_then != last->root) return inconsistent(last->size, size);
    }
    if (size == 0 || (last && last->size == size)) return std::optional<Head>{};
    const auto root = MerkleTree{merkle_rows(reader), size}.root();
    if (!root) return inconsistent(last ? last->size : 0, size);
    return std::optional{Head{size, *root}};
}

}  // namespace

Result<std::optional<Checkpoint>> sign_checkpoint(Store& store, const LedgerKeys& keys, Instant now) {
    TRY(const auto head, store.read([](Reader& reader) { return unsigned_head(reader); }));
    if (!head) return std::optional<Checkpoint>{};
    Checkpoint out{head->size, head->root, keys.sign_note(checkpoint_text({keys.origin(), head->size, head->root})),
                   now};
    TRY_VOID(store.write([&](Transaction& tx) -> Result<void> {
        tx.execute(insert_checkpoint, {out.size, Blob{crypto::view(out.root)}, out.note, out.at});
        return Nothing{};
    }));
    return std::optional{std::move(out)};
}

}  // namespace hl::store
