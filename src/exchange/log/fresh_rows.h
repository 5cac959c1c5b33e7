// What the log wrote last, in the form that its index wants, so that the index need not read it back, check and unseal
// it. Bounded: what has been dropped is read from the log. Any thread.
#pragma once
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exchange/log/frame.h"
#include "exchange/log/message_log.h"

namespace hl::exchange::journal {

/// What the index keeps of a message.
struct IndexedMessage {
    LogEntry entry;  // without message, issue, represented_party, signature and bodies
    int64_t bodies = 0, body_bytes = 0;
};

class FreshRows {
  public:
    using Row = std::shared_ptr<const IndexedMessage>;  // none: a record that the index passes over
    /// From now on; at most so many records are kept.
    void keep(size_t most) {
        const std::scoped_lock lock(mutex_);
        most_ = most;
    }
    /// Does anybody take them?
    [[nodiscard]] bool wanted() {
        const std::scoped_lock lock(mutex_);
        return most_ > 0;
    }
    /// In the order of the numbers. What says something about other records must be read.
    void put(RecordNumber number, Kind kind, const Row& message) {
        const std::scoped_lock lock(mutex_);
        if (most_ == 0) return;
        const bool must_be_read =
            kind == Kind::erasure || kind == Kind::archiving || (kind == Kind::message && !message);
        if (rows_.empty() || number != first_ + static_cast<RecordNumber>(rows_.size())) {
            rows_.clear();
            first_ = number;
        }
        rows_.push_back({message, must_be_read});
        if (rows_.size() > most_) drop_first();
    }
    /// Records from `from` on, at most `most`; they are forgotten here. Empty: they must be read.
    [[nodiscard]] std::vector<Row> take(RecordNumber from, size_t most) {
        const std::scoped_lock lock(mutex_);
        std::vector<Row> out;
        while (!rows_.empty() && first_ < from) drop_first();
        if (first_ != from) return out;
        while (!rows_.empty() && !rows_.front().must_be_read && out.size() < most) {
            out.push_back(std::move(rows_.front().message));
            drop_first();
        }
        return out;
    }

  private:
    struct Kept {
        Row message;
        bool must_be_read = false;
    };
    void drop_first() {
        rows_.pop_front();
        ++first_;
    }
    std::mutex mutex_;
    size_t most_ = 0;
    RecordNumber first_ = 0;
    std::deque<Kept> rows_;
};

}  // namespace hl::exchange::journal
