// Operational records, X-Road's fields: one a message, what came from whom, how long it took, whether it succeeded.
// They are gathered in memory and written to the database in batches by a thread of their own, never on a message's
// path: a crash, or a database that is away for long, may lose some of them (only them, and how many is counted); what
// is lawfully kept is in the message log. Usage by hour is summed up beside and outlives the single records. Any
// thread.
#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/json.h"
#include "exchange/log/message_log.h"
#include "store/store.h"

namespace hl::exchange {

/// Absent is absent and not zero. Names and meanings as in X-Road's operational monitoring.
struct OperationRecord {
    Instant monitored_at;
    Side side = Side::client;  // securityServerType: Client, Producer
    std::optional<std::string> server_internal_ip{};
    std::optional<Instant> request_in{}, request_out{}, response_in{}, response_out{};
    std::optional<ClientId> client{};
    std::optional<ServiceId> service{};
    std::optional<std::string> service_type{};  // WSDL, REST, OPENAPI3
    std::optional<std::string> rest_method{}, rest_path{};
    std::optional<std::string> xroad_version{};
    std::optional<std::string> represented_party_class{}, represented_party_code{};
    std::optional<std::string> message_id{}, user_id{}, issue{}, protocol_version{};
    std::optional<std::string> client_server_address{}, service_server_address{};
    std::optional<int64_t> request_size{}, response_size{};
    std::optional<int64_t> request_mime_size{}, request_attachment_count{};
    std::optional<int64_t> response_mime_size{}, response_attachment_count{};
    bool succeeded = true;
    std::optional<std::string> fault_code{}, fault_string{};
    std::optional<std::string> request_id{};  // xRequestId
    std::optional<int64_t> status_code{};
};
/// One record as X-Road's JSON object.
[[nodiscard]] json::object to_json(const OperationRecord& record);

struct OperationQuery {
    int64_t from = 0, to = 0;           // seconds since 1970, both included, as in X-Road
    std::optional<ClientId> client{};   // records in which it asked or answered
    std::vector<std::string> fields{};  // outputSpec; empty: all
    int limit = 10'000;
};
struct OperationPage {
    std::string json = {};  // {"records":[…]}
    int64_t count = 0;
    std::optional<int64_t> next_from{};  // nextRecordsFrom, when there are more
};

/// Usage of a service by a client in an hour. Durations are those of a histogram: not more than a tenth too high.
struct UsageRow {
    Instant hour;
    Side side = Side::client;
    std::string client, service;  // to_text
    int64_t messages = 0, failed = 0;
    int64_t request_bytes = 0, response_bytes = 0;
    int64_t timed = 0;  // how many have a duration
    std::optional<int64_t> p50_ms{}, p95_ms{}, p99_ms{};
};
struct UsageQuery {
    Instant from, to;  // hours that begin in [from, to)
    std::optional<ClientId> client{};
    std::optional<ServiceId> service{};
    int limit = 10'000;
};

/// Counts of durations in steps of a tenth.
class DurationHistogram {
  public:
    void add(int64_t milliseconds);
    void add(const DurationHistogram& other);
    [[nodiscard]] int64_t count() const;
    /// Upper bound of the step in which the share `q` of all is reached.
    [[nodiscard]] std::optional<int64_t> quantile(double q) const;
    [[nodiscard]] std::string text() const;  // "12:3,40:1"
    [[nodiscard]] static std::optional<DurationHistogram> from_text(std::string_view text);

  private:
    std::map<int, int64_t> counts_;
};

struct OperationsOptions {
    std::string node = "node-1";
    size_t batch = 1000;           // written at once
    size_t most_waiting = 50'000;  // more are dropped and counted
};

class Operations {
  public:
    Operations(store::Store& store, OperationsOptions options);
    ~Operations();  // writes what waits
    /// Cheap; never waits for the database.
    void add(OperationRecord record);
    /// Writes in the background, each time after a pause or when a batch is full.
    void start(std::chrono::milliseconds pause);
    void stop();
    /// Writes what waits, now.
    [[nodiscard]] Result<void> flush();
    struct Counts {
        uint64_t written = 0, dropped = 0;
        size_t waiting = 0;
    };
    [[nodiscard]] Counts counts() const;

    /// Error exchange.operations: from after to, an unknown field, a limit out of range.
    [[nodiscard]] Result<OperationPage> query(const OperationQuery& what) const;
    [[nodiscard]] Result<std::vector<UsageRow>> usage(const UsageQuery& what) const;
    /// Deletes records older than `records` and hours older than `hours`; says how many records.
    [[nodiscard]] Result<int64_t> expire(Instant records, Instant hours);

  private:
    [[nodiscard]] Result<void> write(const std::vector<OperationRecord>& records);
    store::Store& store_;
    const OperationsOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<OperationRecord> waiting_;
    Counts counts_;
    bool stopping_ = false;
    std::mutex flushing_;
    std::thread thread_;
};

}  // namespace hl::exchange
