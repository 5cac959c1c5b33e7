#include "exchange/log/operations.h"

#include <boost/json/serialize.hpp>

#include "base/log.h"

namespace hl::exchange {

namespace {

constexpr std::string_view insert_operation =
    "INSERT INTO exchange_operation (ts, client, provider, data) VALUES (?, ?, ?, ?)";
constexpr std::string_view select_usage =
    "SELECT messages, failed, request_bytes, response_bytes, durations FROM exchange_usage WHERE hour = ? AND node = ? "
    "AND side = ? "
    "AND client = ? AND service = ? FOR UPDATE";
constexpr std::string_view put_usage =
    "INSERT INTO exchange_usage (hour, node, side, client, service, messages, failed, request_bytes, response_bytes, "
    "durations) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hour, node, side, client, service) DO UPDATE SET messages = "
    "excluded.messages, failed = excluded.failed, request_bytes = excluded.request_bytes, response_bytes = "
    "excluded.response_bytes, durations = excluded.durations";
constexpr std::string_view delete_operations = "DELETE FROM exchange_operation WHERE ts < ?";
constexpr std::string_view delete_usage = "DELETE FROM exchange_usage WHERE hour < ?";

constexpr int64_t hour_ms = 3'600'000;

struct UsageKey {
    int64_t hour;
    int64_t side;
    std::string client, service;
    auto operator<=>(const UsageKey&) const = default;
};
struct UsageSum {
    int64_t messages = 0, failed = 0, request_bytes = 0, response_bytes = 0;
    DurationHistogram durations;
};

int64_t hour_of(Instant at) {
    return to_ms(at) / hour_ms;
}

/// How long the gateway's caller waited; nothing when one of the two times is not known.
std::optional<int64_t> duration_of(const OperationRecord& r) {
    if (!r.request_in || !r.response_out) return std::nullopt;
    return std::max<int64_t>(0, to_ms(*r.response_out) - to_ms(*r.request_in));
}

std::map<UsageKey, UsageSum> usage_of(const std::vector<OperationRecord>& records) {
    std::map<UsageKey, UsageSum> out;
    for (const auto& r : records) {
        auto& sum = out[{hour_of(r.monitored_at), static_cast<int64_t>(r.side), r.client ? to_text(*r.client) : "",
                         r.service ? to_text(*r.service) : ""}];
        ++sum.messages;
        sum.failed += !r.succeeded;
        sum.request_bytes += r.request_size.value_or(0);
        sum.response_bytes += r.response_size.value_or(0);
        if (const auto ms = duration_of(r)) sum.durations.add(*ms);
    }
    return out;
}

}  // namespace

Operations::Operations(store::Store& store, OperationsOptions options) : store_(store), options_(std::move(options)) {}

Operations::~Operations() {
    stop();
    (void)flush();
}

void Operations::add(OperationRecord record) {
    bool full = false;
    {
        std::scoped_lock lock(mutex_);
        if (waiting_.size() >= options_.most_waiting) {
            ++counts_.dropped;
            return;
        }
        waiting_.push_back(std::move(record));
        full = waiting_.size() == options_.batch;
    }
    if (full) wake_.notify_one();
}

Operations::Counts Operations::counts() const {
    std::scoped_lock lock(mutex_);
    auto counts = counts_;
    counts.waiting = waiting_.size();
    return counts;
}

Result<void> Operations::write(const std::vector<OperationRecord>& records) {
    const auto sums = usage_of(records);
    return store_.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& r : records) {
            const auto client = r.client ? to_text(*r.client) : "",
                       provider = r.service ? to_text(r.service->provider) : "";
            tx.post(insert_operation, {to_ms(r.monitored_at) / 1000, client, provider, json::serialize(to_json(r))});
        }
        for (const auto& [key, sum] : sums) {
            auto all = sum;
            tx.query(select_usage, {key.hour, options_.node, key.side, key.client, key.service},
                     [&](const store::Row& row) {
                         all.messages += row.integer(0);
                         all.failed += row.integer(1);
                         all.request_bytes += row.integer(2);
                         all.response_bytes += row.integer(3);
                         if (const auto before = DurationHistogram::from_text(row.text(4))) all.durations.add(*before);
                     });
            tx.post(put_usage, {key.hour, options_.node, key.side, key.client, key.service, all.messages, all.failed,
                                all.request_bytes, all.response_bytes, all.durations.text()});
        }
        return Nothing{};
    });
}

Result<void> Operations::flush() {
    std::scoped_lock one(flushing_);
    for (;;) {
        std::vector<OperationRecord> batch;
        {
            std::scoped_lock lock(mutex_);
            if (waiting_.empty()) return Nothing{};
            const auto n = std::min(waiting_.size(), options_.batch);
            batch.assign(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(n));
        }
        TRY_VOID(write(batch));
        std::scoped_lock lock(mutex_);
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
        counts_.written += batch.size();
    }
}

void Operations::start(std::chrono::milliseconds pause) {
    thread_ = std::thread([this, pause] {
        std::string last;
        std::unique_lock lock(mutex_);
        while (!stopping_) {
            wake_.wait_for(lock, pause, [this] { return stopping_ || waiting_.size() >= options_.batch; });
            lock.unlock();
            const auto done = flush();
            if (!done.ok() && done.error().code != last)
                log::warning("exchange", "operational records wait for the database", {{"code", done.error().code}});
            last = done.ok() ? "" : done.error().code;
            lock.lock();
            // A database that is away is asked again after the pause, however much waits.
            if (!last.empty()) wake_.wait_for(lock, pause, [this] { return stopping_; });
        }
    });
}

void Operations::stop() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Result<int64_t> Operations::expire(Instant records, Instant hours) {
    return store_.write([&](store::Transaction& tx) -> Result<int64_t> {
        tx.execute(delete_usage, {hour_of(hours)});
        return tx.execute(delete_operations, {to_ms(records) / 1000});
    });
}

}  // namespace hl::exchange
