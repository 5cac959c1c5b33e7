// The two halves of what makes a message trustworthy: an outgoing one is hashed and written while it passes, then
// signed and logged before its signature is given on; an incoming one is hashed and written while it passes, then
// verified and logged before its end is. Belong to the loop's thread.
#pragma once
#include "exchange/gateway/body_record.h"
#include "exchange/gateway/core.h"
#include "exchange/gateway/sources.h"

namespace hl::exchange::gateway {

class OutgoingMessage final : public SignedSource {
  public:
    /// `entry` has everything but bodies, signature and signer. `message` of it is what is signed as /message.xml.
    OutgoingMessage(Core& core, LogEntry entry, std::unique_ptr<PlainSource> body, BodyPolicy policy);
    [[nodiscard]] Awaitable<Result<Piece>> next() override;
    [[nodiscard]] Awaitable<Result<MessageSignature>> signature() override;
    /// A client's message is sent while its record is being written: nothing may be answered before this has waited for
    /// it. Errors: those of the log, carried.
    [[nodiscard]] Awaitable<Result<void>> logged();
    /// After the end of the body.
    [[nodiscard]] std::optional<Digest512> body_digest() const { return record_.first_digest(); }
    [[nodiscard]] int64_t bytes() const { return record_.bytes(); }

  private:
    /// Between the log's thread and the loop.
    struct Appended {
        std::mutex mutex;
        std::optional<Result<RecordNumber>> result;
        std::function<void(Result<RecordNumber>)> waiting;
        void set(Result<RecordNumber> number);
        void when(std::function<void(Result<RecordNumber>)> ready);
    };
    Core& core_;
    LogEntry entry_;
    std::shared_ptr<Appended> appended_;
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
    };
    /// `source` must outlive it.
    IncomingMessage(Core& core, std::shared_ptr<const Knowledge> knowledge, LogEntry entry, SignedSource& source,
                    Expected expected, BodyPolicy policy);
    [[nodiscard]] Awaitable<Result<Piece>> next() override;
    [[nodiscard]] std::optional<Digest512> body_digest() const { return record_.first_digest(); }
    [[nodiscard]] const Digest512& message_digest() const { return message_digest_; }
    [[nodiscard]] bool complete() const { return ended_; }
    [[nodiscard]] int64_t bytes() const { return record_.bytes(); }

  private:
    [[nodiscard]] Awaitable<Result<void>> verify_and_log();

    Core& core_;
    std::shared_ptr<const Knowledge> knowledge_;
    LogEntry entry_;
    SignedSource& source_;
    Expected expected_;
    BodyRecord record_;
    Digest512 message_digest_;
    bool ended_ = false;
};

}  // namespace hl::exchange::gateway
