#include "exchange/gateway/body_record.h"

namespace hl::exchange::gateway {

namespace {
constexpr size_t held_up_to = 16 * 1024;  // as MessageLogOptions::inline_body
}

void BodyRecord::begin_part() {
    end_part();
    hash_.emplace();
    current_ = {};
}

Awaitable<Result<void>> BodyRecord::add(std::string_view piece) {
    if (!hash_) begin_part();
    hash_->update(piece);
    current_.size += static_cast<int64_t>(piece.size());
    bytes_ += static_cast<int64_t>(piece.size());
    if (policy_ == BodyPolicy::digest_only) co_return Nothing{};
    if (!writer_ && held_.size() + piece.size() <= held_up_to) {
        held_ += piece;
        co_return Nothing{};
    }
    if (!writer_) {
        writer_.emplace(log_.open_body());
        if (!held_.empty()) (void)writer_->write(held_);
        held_ = {};
    }
    if (writer_->write(piece)) co_return Nothing{};
    co_await called_back<bool>([this](auto done) { writer_->when_ready([done] { done(true); }); });
    co_return Nothing{};
}

void BodyRecord::end_part() {
    if (!hash_) return;
    current_.digest = hash_->finish();
    digests_.push_back(current_.digest);
    hash_.reset();
    if (policy_ == BodyPolicy::keep) {
        current_.handle = writer_ ? writer_->finish() : log_.whole_body(std::exchange(held_, {}));
        writer_.reset();
    }
    bodies_.push_back(std::move(current_));
}

std::vector<LogEntry::Body> BodyRecord::finish() {
    end_part();
    return std::move(bodies_);
}

std::vector<SignedPart> BodyRecord::parts(const Digest512& message) const {
    std::vector<SignedPart> out;
    out.reserve(digests_.size() + 1);
    out.push_back({"/message.xml", message});
    for (size_t i = 0; i < digests_.size(); ++i) out.push_back({fmt::format("/attachment{}", i + 1), digests_[i]});
    return out;
}

std::optional<Digest512> BodyRecord::first_digest() const {
    if (digests_.empty()) return std::nullopt;
    return digests_.front();
}

}  // namespace hl::exchange::gateway
