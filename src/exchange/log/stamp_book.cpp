#include "exchange/log/stamp_book.h"

namespace hl::exchange::journal {

void StampBook::message(RecordNumber number, Instant at, RecordNumber batch) {
    if (batch < 0) return;  // nothing is signed
    std::scoped_lock lock(mutex_);
    // Once one was left out, all later ones are: they are read again in order.
    if (unread_ && number >= *unread_) return;
    if (waiting_.size() >= limit_) {
        unread_ = number;
        unread_at_ = at;
        return;
    }
    waiting_.emplace_hint(waiting_.end(), number, Entry{at, batch});
}

void StampBook::stamped(const StampRecord& record) {
    std::scoped_lock lock(mutex_);
    for (const auto number : record.records) waiting_.erase(number);
}

void StampBook::span(const StampSpan& span) {
    std::scoped_lock lock(mutex_);
    spans_.push_back(span);
}

std::vector<StampBook::Waiting> StampBook::waiting(size_t limit) const {
    std::scoped_lock lock(mutex_);
    std::vector<Waiting> out;
    for (const auto& [number, entry] : waiting_) {
        if (out.size() >= limit) break;
        out.push_back({number, entry.at, entry.batch});
    }
    return out;
}

std::optional<Instant> StampBook::oldest() const {
    std::scoped_lock lock(mutex_);
    if (!waiting_.empty()) return waiting_.begin()->second.at;
    return unread_at_;
}

std::optional<RecordNumber> StampBook::unread() const {
    std::scoped_lock lock(mutex_);
    return unread_;
}

void StampBook::reading_again() {
    std::scoped_lock lock(mutex_);
    unread_.reset();
    unread_at_.reset();
}

RecordNumber StampBook::done_below(const std::vector<RecordNumber>& also, RecordNumber size) const {
    std::scoped_lock lock(mutex_);
    for (const auto& [number, entry] : waiting_)
        if (!std::binary_search(also.begin(), also.end(), number)) return std::min(number, size);
    return std::min(unread_.value_or(size), size);
}

std::vector<RecordNumber> StampBook::candidates(RecordNumber message) const {
    std::scoped_lock lock(mutex_);
    std::vector<RecordNumber> out;
    for (const auto& span : spans_)
        if (span.first <= message && message <= span.last) out.push_back(span.stamp);
    return out;
}

}  // namespace hl::exchange::journal
