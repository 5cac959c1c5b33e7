// Which messages wait for a time-stamp, and which stamp covers which. Waiting ones are kept in memory up to a bound;
// beyond it they are read from the log again when their turn comes. Any thread.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "exchange/log/records.h"
#include "exchange/log/segments.h"

namespace hl::exchange::journal {

class StampBook {
  public:
    explicit StampBook(size_t limit = 1 << 18) : limit_(limit) {}
    void message(RecordNumber number, Instant at, RecordNumber batch);
    void stamped(const StampRecord& record);
    void span(const StampSpan& span);

    struct Waiting {
        RecordNumber number;
        Instant at;
        RecordNumber batch;
    };
    [[nodiscard]] std::vector<Waiting> waiting(size_t limit) const;
    [[nodiscard]] std::optional<Instant> oldest() const;
    /// Records from here on were too many to keep: they are read again when `waiting` runs low.
    [[nodiscard]] std::optional<RecordNumber> unread() const;
    /// They are about to be read: what does not fit again comes back.
    void reading_again();
    /// Every message below has its stamp once `also` are stamped; `size` is the log's.
    [[nodiscard]] RecordNumber done_below(const std::vector<RecordNumber>& also, RecordNumber size) const;
    /// Stamps that may cover a message, the earliest first.
    [[nodiscard]] std::vector<RecordNumber> candidates(RecordNumber message) const;

  private:
    mutable std::mutex mutex_;
    const size_t limit_;
    struct Entry {
        Instant at;
        RecordNumber batch;
    };
    std::map<RecordNumber, Entry> waiting_;
    std::optional<RecordNumber> unread_;
    std::optional<Instant> unread_at_;
    std::vector<StampSpan> spans_;
};

}  // namespace hl::exchange::journal
