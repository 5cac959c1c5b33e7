// What the payloads of the log's records hold, as bytes and back. Bytes read back may come from anybody: every decoder
// refuses what it cannot read whole. Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/log/frame.h"
#include "exchange/log/key_table.h"
#include "exchange/log/message_log.h"

namespace hl::exchange::journal {

/// A body as its message's record knows it.
struct StoredBody {
    enum class Where : uint8_t { nowhere = 0, inside = 1, pieces = 2 };
    Digest512 digest{};
    int64_t size = 0;
    Where where = Where::nowhere;
    Slot slot;
    std::string sealed;       // inside
    int64_t piece_count = 0;  // pieces; the record's link leads to the last one
};

/// Links of its frame: the batch record, then the last piece of each streamed body.
struct MessageRecord {
    LogEntry entry;  // without message, user_id, issue, represented_party, signature's shared parts and body handles
    Slot slot;       // of what is sealed
    std::string sealed;
    Hash batch{};
    std::vector<StoredBody> bodies;
};
/// What is sealed of a message: what it says, and who said it.
struct Private {
    std::string message, user_id, issue, represented_party;
};

struct BatchRecord {
    Digest512 signature{};  // SHA-512 of the XML: what a time-stamp covers
    std::string xml, chain_result;
    bool chained = false;
};

struct StampRecord {
    RecordNumber done_below = 0;  // every message below this one has its time-stamp
    std::string chain_result, token;
    std::vector<RecordNumber> records;  // ascending
    std::vector<uint32_t> chain_of;     // for each record, which of the chains
    std::vector<std::string> chains;    // each different one once
};

struct ErasureRecord {
    RecordNumber number = 0;
    int64_t at_ms = 0;
    bool message = false;
    std::string reason, actor;
    std::vector<Slot> slots;
};

struct PieceRecord {
    Slot slot;
    int64_t index = 0;
    bool last = false;
    std::string_view sealed;
};

[[nodiscard]] std::string encode(const MessageRecord& record);
[[nodiscard]] std::string encode(const Private& record);
[[nodiscard]] std::string encode(const BatchRecord& record);
[[nodiscard]] std::string encode(const StampRecord& record);
[[nodiscard]] std::string encode(const ErasureRecord& record);
[[nodiscard]] std::string encode(const PieceRecord& record);

[[nodiscard]] std::optional<MessageRecord> decode_message(std::string_view payload);
[[nodiscard]] std::optional<Private> decode_private(std::string_view plain);
[[nodiscard]] std::optional<BatchRecord> decode_batch(std::string_view payload);
[[nodiscard]] std::optional<StampRecord> decode_stamp(std::string_view payload);
[[nodiscard]] std::optional<ErasureRecord> decode_erasure(std::string_view payload);
[[nodiscard]] std::optional<PieceRecord> decode_piece(std::string_view payload);

/// When a message was logged, without reading all of it.
[[nodiscard]] std::optional<int64_t> message_time(std::string_view payload);

}  // namespace hl::exchange::journal
