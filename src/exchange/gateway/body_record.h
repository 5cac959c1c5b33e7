// The bodies of one message on their way into the log: hashed piece by piece, small ones held to travel inside the
// record, larger ones streamed, all with the writer's back-pressure. Belongs to the loop's thread.
#pragma once
#include "exchange/gateway/coroutine.h"
#include "exchange/log/message_log.h"

namespace hl::exchange::gateway {

class BodyRecord {
  public:
    BodyRecord(MessageLog& log, BodyPolicy policy) : log_(log), policy_(policy) {}
    void begin_part();
    [[nodiscard]] Awaitable<Result<void>> add(std::string_view piece);
    /// After the last piece of the message: the bodies for its entry.
    [[nodiscard]] std::vector<LogEntry::Body> finish();
    /// After finish(): "/message.xml" and "/attachment1"… with their digests.
    [[nodiscard]] std::vector<SignedPart> parts(const Digest512& message) const;
    [[nodiscard]] std::optional<Digest512> first_digest() const;
    [[nodiscard]] int64_t bytes() const { return bytes_; }

  private:
    void end_part();

    MessageLog& log_;
    BodyPolicy policy_;
    std::optional<Sha512Stream> hash_;
    std::string held_;
    std::optional<BodyWriter> writer_;
    LogEntry::Body current_;
    std::vector<LogEntry::Body> bodies_;
    std::vector<Digest512> digests_;
    int64_t bytes_ = 0;
};

}  // namespace hl::exchange::gateway
