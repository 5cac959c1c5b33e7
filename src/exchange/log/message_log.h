// The message log: what passed a gateway, written and flushed before anybody gets an answer. Records go one after
// another into segment files, each bound to the one before by SHA-256; one writer thread writes what waits in one go
// and flushes once (group commit). Bodies are streamed in as pieces, sealed with a key of their own: erasing the key
// erases the body and leaves every proof. An index in the database follows the segments and can be rebuilt from them.
// Any thread.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/protocol/identifiers.h"
#include "exchange/trust/signature.h"

namespace hl::exchange {

enum class Side { client, provider };  // which gateway wrote it
enum class Direction { request, response };
enum class BodyPolicy { keep, digest_only };  // per service: keep the body, sealed, or its digest alone

/// Position of a record: dense, from 0, over all segments.
using RecordNumber = int64_t;

/// One message of an exchange. Bodies were written before through BodyWriter.
struct LogEntry {
    Instant at;
    Side side = Side::client;
    Direction direction = Direction::request;
    std::string message_id;  // X-Road-Id
    std::string request_id;  // X-Road-Request-Id; one exchange
    ClientId client;
    ServiceId service;
    bool rest = true;
    std::string user_id, issue, represented_party;
    std::string message;  // head of a REST message, or the SOAP XML; sealed in the record
    struct Body {
        Digest512 digest;
        int64_t size = 0;
        std::string handle;  // of BodyWriter or whole_body; empty when only the digest is kept
    };
    std::vector<Body> bodies;  // attachment1…
    MessageSignature signature;
    std::string signer_sha256;  // certificate of who signed
    int status = 0;             // responses: HTTP status
    bool succeeded = true;
    std::string fault_code;
    /// Read back after an erasure: message, user, issue and represented party are empty and stay so.
    bool message_erased = false;
};

class MessageLog;
/// A body on its way into the log. Dropped unfinished, its pieces are dead weight that archiving leaves behind.
class BodyWriter {
  public:
    ~BodyWriter();
    BodyWriter(BodyWriter&&) noexcept;
    /// Queues a piece. False when the writer is behind: wait for `ready` before the next one.
    bool write(std::string_view piece);
    void when_ready(std::function<void()> ready);
    [[nodiscard]] std::string finish();  // the handle for LogEntry::Body

  private:
    friend class MessageLog;
    struct State;
    explicit BodyWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

struct MessageLogOptions {
    std::filesystem::path folder;
    std::string master_key;             // seals messages and body keys
    int64_t segment_bytes = 64 << 20;   // a new segment from this size
    int64_t min_free_bytes = 64 << 20;  // exchange.log_full below this much free disk
    int64_t reserve_bytes = 8 << 20;    // of zeros behind the last record; 0: the file grows with each write
    size_t inline_body = 16 * 1024;     // bodies up to this size travel inside the record
};

class MessageLog {
  public:
    /// Opens, and cuts off what a crash left half-written at the end (never a record that was acknowledged).
    /// Errors: exchange.log_damaged (a record before the end does not verify), exchange.log_unavailable.
    [[nodiscard]] static Result<std::unique_ptr<MessageLog>> open(MessageLogOptions options, const Clock& clock,
                                                                  Random& random);
    ~MessageLog();
    [[nodiscard]] BodyWriter open_body();
    /// A whole body at once (small ones): stored inside the next record.
    [[nodiscard]] std::string whole_body(std::string bytes);
    using Done = std::function<void(Result<RecordNumber>)>;
    /// `done` is called on the writer's thread once the record is on disk: quick work only. Errors: exchange.log_full,
    /// exchange.log_unavailable; the log goes on by itself when there is space again.
    void append(LogEntry entry, Done done);
    /// The same for a record that nobody waits for yet: it is written together with the next that somebody waits for,
    /// or in some 10 ms. hurry() makes all that was added pressing.
    void append_soon(LogEntry entry, Done done);
    /// For a caller that adds several and then calls hurry() himself.
    void append_until_hurry(LogEntry entry, Done done);
    void hurry();
    /// The time-stamp of all records since the last one (RFC 3161 over the hash chain of their signatures).
    struct Unstamped {
        std::vector<RecordNumber> records;
        std::vector<Digest512> signatures;
        std::optional<Instant> oldest;
    };
    [[nodiscard]] Result<Unstamped> unstamped(size_t limit);
    void append_stamp(std::vector<RecordNumber> records, std::string chain_result, std::vector<std::string> chains,
                      std::string token, Done done);
    /// Age of the oldest message without a time-stamp: past the permitted failure period the gateway refuses.
    [[nodiscard]] std::optional<Instant> oldest_unstamped() const;
    [[nodiscard]] RecordNumber size() const;
    /// Did the last write succeed, and is there room for much more than what is under way? Cheap enough for every
    /// message.
    [[nodiscard]] bool roomy() const;
    struct Health {
        bool writable = true;
        std::string problem;
        int64_t waiting = 0, free_bytes = 0, segments = 0, bytes = 0, messages = 0;
    };
    [[nodiscard]] Health health() const;

    /// Reading (any thread, while it is written). Errors: exchange.record_missing, exchange.log_damaged,
    /// exchange.erased.
    [[nodiscard]] Result<LogEntry> entry(RecordNumber number) const;
    [[nodiscard]] Result<void> read_body(const LogEntry::Body& body,
                                         const std::function<Result<void>(std::string_view)>& piece) const;
    /// The same pulled: fills what it is given and says how much; 0 is the end. It lives no longer than the log, and is
    /// used by one thread at a time.
    using BodyReader = std::function<Result<size_t>(std::span<char>)>;
    [[nodiscard]] Result<BodyReader> open_body(const LogEntry::Body& body) const;
    struct Stamp {
        std::string chain_result, chain, token;
    };
    [[nodiscard]] Result<std::optional<Stamp>> stamp(RecordNumber number) const;
    /// Destroys the keys of a record's bodies (and of its message text when `message` too): proofs stay.
    [[nodiscard]] Result<void> erase(RecordNumber number, bool message, std::string reason, std::string actor);

    /// Moves closed segments whose youngest message is older than `before` and which are stamped whole into compressed
    /// archive files, the oldest first; stops at the first that is not. What is in an archive is read, verified,
    /// exported and erased like everything else. Errors: exchange.log_full, exchange.log_unavailable, and
    /// exchange.log_damaged: a segment that does not verify is not archived.
    struct Archived {
        int64_t segments = 0, bytes_before = 0, bytes_after = 0;
        RecordNumber below = 0;  // records below are in archives
        std::string waits_for;   // why the next one is not: "age", "time-stamps" or nothing
    };
    [[nodiscard]] Result<Archived> archive(Instant before);
    /// For the other files of this part.
    struct State;
    [[nodiscard]] State& state() const { return *state_; }

  private:
    MessageLog();
    std::unique_ptr<State> state_;
};

/// The container of one record, request or response, REST or SOAP; with its time-stamp once it has one. For bodies that
/// fit into memory (64 MiB): exchange.container_too_large says to ask for a file. Errors: exchange.record_missing,
/// exchange.erased, exchange.body_missing (the service's policy keeps digests only), exchange.log_damaged.
[[nodiscard]] Result<std::string> export_container(const MessageLog& log, RecordNumber number);
/// The same into a file, bodies piece by piece.
[[nodiscard]] Result<void> export_container_file(const MessageLog& log, RecordNumber number,
                                                 const std::filesystem::path& file);

struct LogVerification {
    int64_t records = 0, messages = 0, stamps = 0, segments = 0, archives = 0;
    int64_t dropped = 0;     // pieces of bodies given up, left behind by archiving
    int64_t unfinished = 0;  // bytes at the end that are being written, or that the next start cuts off
    std::string head;        // hex of the chain's last hash
    std::vector<std::string> problems;
};
/// Recomputes the chain of every segment in a folder, archives too. `progress(done, total)` in bytes.
[[nodiscard]] Result<LogVerification> verify_log(const std::filesystem::path& folder,
                                                 const std::function<void(int64_t, int64_t)>& progress);

}  // namespace hl::exchange
