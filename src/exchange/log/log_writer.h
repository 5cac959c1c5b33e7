// The one thread that writes the log: it takes what waits, gives each record its number and its place in the chain,
// writes all in one go, flushes once and answers everybody. Nothing of the log's state changes before the flush has
// succeeded; what a failed write left behind is cut off before the next. No lock is held while the disk works.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "exchange/log/fresh_rows.h"
#include "exchange/log/key_table.h"
#include "exchange/log/records.h"
#include "exchange/log/segments.h"

namespace hl::exchange::journal {

/// A signature that messages share, as its record's payload. Its name is the payload's hash.
struct SharedBatch {
    Hash name{};
    std::string payload;
};

/// How far the pieces of one body are written; between its producer and the log's thread.
struct BodyFlow {
    std::mutex mutex;
    int64_t queued = 0;
    std::function<void()> ready;
};

/// Now: somebody waits for it. Soon: it may wait for others, not for long. When told: whoever adds it calls hurry().
enum class Press { now, soon, when_told };

struct WriteItem {
    Kind kind = Kind::message;
    std::string payload;
    Hash digest{};  // of the payload
    std::function<void(Result<RecordNumber>)> done;
    std::optional<Error> refused;  // nothing is written, `done` says why
    Press press = Press::now;
    // Messages:
    std::shared_ptr<const SharedBatch> batch;
    FreshRows::Row row;
    struct Streamed {
        Slot slot;
        int64_t pieces = 0;
    };
    std::vector<Streamed> bodies;
    // Pieces; without a payload: the body was given up.
    Slot slot;
    std::shared_ptr<BodyFlow> flow;
};

struct WriterOptions {
    std::filesystem::path folder;
    int64_t segment_bytes = 0;
    int64_t min_free_bytes = 0;
    int64_t reserve_bytes = 0;
};

/// A record on disk, as those who follow the writer see it.
struct Written {
    const FrameHead* head;
    std::string_view payload;
    const FreshRows::Row* row;
};

class LogWriter {
  public:
    /// `written` is told on the writer's thread after each flush, before anybody is answered or can read the records.
    using OnWritten = std::function<void(const std::vector<Written>&)>;
    LogWriter(WriterOptions options, Segments& segments, const Clock& clock, OnWritten written);
    ~LogWriter();  // writes what waits, and the mark of an orderly end
    [[nodiscard]] Result<void> start();
    void add(WriteItem item);
    /// Somebody waits now for what did not press.
    void hurry();

    struct Status {
        bool writable = true;
        std::string problem;
        int64_t waiting = 0;
    };
    [[nodiscard]] Status status() const;
    [[nodiscard]] bool roomy() const { return roomy_.load(std::memory_order_relaxed); }

  private:
    struct Staged;
    void run();
    void wait_for_work(std::unique_lock<std::mutex>& lock);
    void write(std::vector<WriteItem>& items, size_t first, size_t last);
    [[nodiscard]] std::optional<Error> make_ready(size_t bytes);
    [[nodiscard]] std::optional<Error> begin_segment();
    [[nodiscard]] int cut();  // what is reserved, or was left by a write that failed
    void reserve(int64_t end);
    [[nodiscard]] std::optional<Error> stage(Staged& staged, WriteItem& item);
    void stage_frame(Staged& staged, Kind kind, std::vector<int64_t> links, std::string_view payload,
                     const Hash& digest);
    void commit(Staged& staged);
    void let_flow(std::vector<WriteItem>& items, size_t first, size_t last);
    void note(const std::optional<Error>& problem);

    const WriterOptions options_;
    Segments& segments_;
    const Clock& clock_;
    const OnWritten written_;

    // The writer's thread alone:
    File file_;
    int64_t end_ = 0;       // of what is on disk
    int64_t reserved_ = 0;  // of the file: zeros behind the end
    int64_t blank_ = 0;     // of those, up to where they were written, not only promised
    bool reserving_ = true;
    RecordNumber next_ = 0;
    Hash chain_{};
    int64_t room_ = -1;  // on the disk above what is kept free; -1: unknown
    bool tail_dirty_ = false;
    bool begin_new_ = false;
    bool mark_wanted_ = false;
    std::map<Hash, RecordNumber> batches_;  // of this segment
    struct OpenBody {
        RecordNumber last = -1;
        int64_t pieces = 0;
        bool broken = false;
    };
    std::map<Slot, OpenBody> bodies_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<WriteItem> queue_;
    size_t pressing_ = 0;
    bool asleep_ = false;  // not looking at the queue unless woken
    bool stopping_ = false;
    std::optional<Error> problem_;
    std::atomic<int64_t> waiting_{0};
    std::atomic<bool> roomy_{false};
    std::thread thread_;
};

}  // namespace hl::exchange::journal
