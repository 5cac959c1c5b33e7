// What a MessageLog is made of. Private to this part.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>

#include "exchange/log/log_writer.h"
#include "exchange/log/message_log.h"
#include "exchange/log/stamp_book.h"

namespace hl::exchange {

namespace journal {

/// A source of random bytes for many threads.
class SharedRandom final : public Random {
  public:
    explicit SharedRandom(Random& source) : source_(source) {}
    void fill(std::span<uint8_t> bytes) override {
        std::scoped_lock lock(mutex_);
        source_.fill(bytes);
    }

  private:
    std::mutex mutex_;
    Random& source_;
};

/// Signatures met lately, so that one which many messages share is encoded and hashed once.
class BatchCache {
  public:
    [[nodiscard]] std::shared_ptr<const SharedBatch> of(const MessageSignature& signature);

  private:
    struct Known {
        std::shared_ptr<const std::string> xml, chain_result;  // held, so that their addresses stay theirs
        std::shared_ptr<const SharedBatch> batch;
    };
    std::mutex mutex_;
    std::deque<Known> lately_;
};

/// What the index keeps of a record that was just written or read; the entry's user is sealed in the record.
[[nodiscard]] FreshRows::Row indexed(MessageRecord record, std::string user_id);

/// Where a body lies, as the text that LogEntry::Body::handle carries.
struct BodyPlace {
    enum class Kind { inline_bytes, streamed, in_record, in_pieces, lost };
    Kind kind = Kind::lost;
    std::string_view bytes;   // inline_bytes: not logged yet
    RecordNumber number = 0;  // in_record: the message's; in_pieces: the last piece's
    int64_t index = 0;        // in_record: which body
    Slot slot;
    int64_t pieces = 0;
};
[[nodiscard]] std::string inline_handle(std::string bytes);
[[nodiscard]] std::string streamed_handle(Slot slot, int64_t pieces);
[[nodiscard]] std::string record_handle(RecordNumber number, size_t index);
[[nodiscard]] std::string pieces_handle(RecordNumber last, Slot slot, int64_t pieces);
[[nodiscard]] std::string lost_handle();
[[nodiscard]] std::optional<BodyPlace> place_of(std::string_view handle);

}  // namespace journal

struct MessageLog::State {
    State(MessageLogOptions given, const Clock& c, Random& r) : options(std::move(given)), clock(c), random(r) {}
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<void> lock_folder();
    [[nodiscard]] Result<void> find_unstamped();
    [[nodiscard]] Result<void> finish_erasures();
    void observe(const std::vector<journal::Written>& written);
    /// Adds a record and waits until it is on disk.
    [[nodiscard]] Result<RecordNumber> add_and_wait(journal::Kind kind, std::string payload);
    void append(LogEntry entry, Done done, journal::Press press);
    [[nodiscard]] Result<journal::MessageRecord> message_record(RecordNumber number, journal::FrameHead* head) const;
    [[nodiscard]] Result<journal::BatchRecord> batch(RecordNumber number, const journal::Hash& name) const;

    const MessageLogOptions options;
    const Clock& clock;
    journal::SharedRandom random;
    journal::File folder_lock;
    std::unique_ptr<journal::KeyTable> keys;
    journal::Segments segments;
    journal::StampBook book;
    journal::FreshRows fresh;
    journal::BatchCache batches;
    std::mutex refill;
    std::mutex housekeeping;  // erasing and archiving, one at a time
    std::unique_ptr<journal::LogWriter> writer;
};

}  // namespace hl::exchange
