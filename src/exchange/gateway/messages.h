// The two halves of what makes a message trustworthy: an outgoing one is hashed and written while it passes, then
// signed and logged before its signature is given on; an incoming one is hashed and written while it passes, then
// verified and logged before its end is. Belong to the loop's thread.
#pragma once
#include "exchange/gateway/body_record.h"
#include "exchange/gateway/core.h"
#include "exchange/gateway/sources.h"

namespace hl::exchange::gateway {

/// A record that is being written, between the log's thread and the loop. The log outlives it.
class PendingRecord {
  public:
    /// `log`: of a record that nobody waited for when it was added; whoever waits makes it pressing.
    explicit PendingRecord(MessageLog* log) : soon_(log) {}
    void set(Result<RecordNumber> number);
    /// Errors: those of the log, carried as a fault of `side`.
    [[nodiscard]] Awaitable<Result<void>> written(std::string_view side);

  private:
    void when(std::function<void(Result<RecordNumber>)> ready);
    std::mutex mutex_;
    std::optional<Result<RecordNumber>> result_;
    std::function<void(Result<RecordNumber>)> waiting_;
    MessageLog* soon_;
};

class OutgoingMessage final : public SignedSource {
  public:
    /// `entry` has everything but bodies, signature and signer. `message` of it is what is signed as /message.xml.
    OutgoingMessage(Core& core, LogEntry entry, std::unique_ptr<PlainSource> body, BodyPolicy policy);
    [[nodiscard]] Awaitable<Result<Piece>> next() override;
    [[nodiscard]] Awaitable<Result<MessageSignature>> signature() override;
    /// A client's message is sent while its record is being written: nothing may be answered before this has waited for
    /// it. Errors: those of the log, carried.
    [[nodiscard]] Awaitable<Result<void>> logged();
    /// What logged() would wait for; none: it is on disk.
    [[nodiscard]] const std::shared_ptr<PendingRecord>& pending() const { return appended_; }
    /// What it answers is being written too: no more than is held anyway goes before that is on disk.
    void after(std::shared_ptr<PendingRecord> request) { before_ = std::move(request); }
    /// After the end of the body.
    [[nodiscard]] std::optional<Digest512> body_digest() const { return record_.first_digest(); }
    [[nodiscard]] int64_t bytes() const { return record_.bytes(); }

  private:
    [[nodiscard]] Awaitable<Result<MessageSignature>> signed_and_logged();
    [[nodiscard]] Awaitable<Result<void>> request_logged();

    Core& core_;
    LogEntry entry_;
    std::shared_ptr<PendingRecord> appended_, before_;
    std::unique_ptr<PlainSource> body_;
    BodyRecord record_;
    Digest512 message_digest_;
    bool ended_ = false;
};

class IncomingMessage final : public PlainSource {
  public:
    struct Expected {
        ClientId signer;      // whose member must have signed
        bool request = true;  // looked for in the memory of requests
        bool safe = false;    // it changes nothing: its service may be asked while its record is being written
    };
    /// `source` must outlive it.
    IncomingMessage(Core& core, std::shared_ptr<const Knowledge> knowledge, LogEntry entry, SignedSource& source,
                    Expected expected, BodyPolicy policy);
    [[nodiscard]] Awaitable<Result<Piece>> next() override;
    /// The question is being written too: no more of its answer than is held anyway goes before that is on disk.
    void after(std::shared_ptr<PendingRecord> request) { before_ = std::move(request); }
    [[nodiscard]] std::optional<Digest512> body_digest() const { return record_.first_digest(); }
    [[nodiscard]] const Digest512& message_digest() const { return message_digest_; }
    [[nodiscard]] bool complete() const { return ended_; }
    /// The record of a safe request: nothing may be answered before it is on disk. None: it is.
    [[nodiscard]] const std::shared_ptr<PendingRecord>& pending() const { return pending_; }
    [[nodiscard]] int64_t bytes() const { return record_.bytes(); }

  private:
    [[nodiscard]] Awaitable<Result<void>> verify_and_log();
    [[nodiscard]] Awaitable<Result<void>> request_logged();

    Core& core_;
    std::shared_ptr<const Knowledge> knowledge_;
    LogEntry entry_;
    SignedSource& source_;
    Expected expected_;
    std::shared_ptr<PendingRecord> pending_, before_;
    BodyRecord record_;
    Digest512 message_digest_;
    bool ended_ = false;
};

}  // namespace hl::exchange::gateway
