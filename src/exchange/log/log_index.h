// The message log's index in the database: follows the log, can be thrown away and made again from it. It finds
// messages by who, what and when; what is personal is read from the log itself, where it is sealed, and shown masked
// unless the caller may see it. Every search with `personal_data` is the caller's duty to log. Any thread.
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "exchange/log/message_log.h"
#include "store/store.h"

namespace hl::exchange {

/// All that is given must hold. `client` without a subsystem is the member itself.
struct LogSearch {
    std::optional<ClientId> client{}, provider{};
    std::string service{};  // its code
    std::string message_id{}, request_id{}, user_id{};
    std::optional<Instant> from{}, to{};  // [from, to)
    std::optional<bool> succeeded{};
    std::optional<Side> side{};
    std::optional<Direction> direction{};
    bool personal_data = false;  // the caller may see it, and logs that he did
    std::string cursor{};        // of the page before
    int limit = 50;              // 1…200
};

struct LogRow {
    RecordNumber number = 0;
    Instant at;
    Side side = Side::client;
    Direction direction = Direction::request;
    std::string message_id, request_id;
    ClientId client;
    ServiceId service;
    bool rest = true;
    int status = 0;
    bool succeeded = true;
    std::string fault_code;
    int64_t bodies = 0, body_bytes = 0;
    std::string user_id, issue, represented_party;  // "***123" when masked
    bool masked = true, erased = false;
};
struct LogPage {
    std::vector<LogRow> rows;  // the newest first
    std::string next;          // cursor; empty at the end
};

class LogIndex {
  public:
    /// `name` tells this log from those of other gateways in the same database.
    LogIndex(store::Store& store, const MessageLog& log, std::string name, std::string_view master_key);
    ~LogIndex();
    /// Follows the log to its end now; says how many records that were. Error exchange.index_ahead: the index knows
    /// records that the log does not have; rebuild it.
    [[nodiscard]] Result<int64_t> catch_up();
    /// Forgets everything and follows again from the first record that is not archived.
    [[nodiscard]] Result<int64_t> rebuild();
    /// Records that are in the log and not yet in the index.
    [[nodiscard]] Result<int64_t> behind() const;
    /// Errors: exchange.search (a cursor that is none, a limit out of range), those of the database and of the log.
    [[nodiscard]] Result<LogPage> search(const LogSearch& what) const;
    /// Catches up in the background, each time after a pause; what was written lately comes from memory.
    void start(std::chrono::milliseconds pause);
    void stop();

  private:
    [[nodiscard]] Result<int64_t> follow_some();
    [[nodiscard]] std::string blind(std::string_view user) const;
    store::Store& store_;
    const MessageLog& log_;
    const std::string name_, blind_key_;
    std::mutex follow_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace hl::exchange
