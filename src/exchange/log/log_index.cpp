#include "exchange/log/log_index.h"

#include "base/log.h"
#include "exchange/log/bytes.h"
#include "exchange/log/log_errors.h"
#include "exchange/log/log_state.h"

namespace hl::exchange {

using namespace journal;

namespace {

constexpr std::string_view select_position = "SELECT position FROM exchange_index_position WHERE log = ? FOR UPDATE";
constexpr std::string_view read_position = "SELECT position FROM exchange_index_position WHERE log = ?";
constexpr std::string_view insert_position =
    "INSERT INTO exchange_index_position (log, position) VALUES (?, ?) ON CONFLICT (log) DO UPDATE SET position = "
    "excluded.position";
constexpr std::string_view insert_message =
    "INSERT INTO exchange_message (log, number, at, side, direction, message_id, request_id, client, provider, "
    "service, version, "
    "user_blind, rest, status, succeeded, fault_code, bodies, body_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, "
    "?, ?) ON CONFLICT (log, number) DO NOTHING";
constexpr std::string_view forget_user = "UPDATE exchange_message SET user_blind = '' WHERE log = ? AND number = ?";
constexpr std::string_view delete_below = "DELETE FROM exchange_message WHERE log = ? AND number < ?";
constexpr std::string_view delete_all = "DELETE FROM exchange_message WHERE log = ?";

constexpr int64_t most_records = 1000;           // in one transaction
constexpr size_t most_bytes = size_t{16} << 20;  // read for it
constexpr size_t kept_fresh = 4096;              // records; half a second under full load

/// What one transaction of the index does.
struct Step {
    struct Message {
        RecordNumber number;
        FreshRows::Row row;
        std::string user;  // blinded
    };
    std::vector<Message> messages;
    std::vector<RecordNumber> erased;
    RecordNumber archived_below = 0;
    RecordNumber position = 0;
};

void apply(store::Transaction& tx, const std::string& log, const Step& step) {
    for (const auto& m : step.messages) {
        if (m.number < step.archived_below) continue;
        const auto& e = m.row->entry;
        const auto client = to_text(e.client), provider = to_text(e.service.provider);
        tx.post(insert_message,
                {log, m.number, e.at, static_cast<int64_t>(e.side), static_cast<int64_t>(e.direction), e.message_id,
                 e.request_id, client, provider, e.service.code, e.service.version, m.user, e.rest, e.status,
                 e.succeeded, e.fault_code, m.row->bodies, m.row->body_bytes});
    }
    for (const auto number : step.erased) tx.post(forget_user, {log, number});
    if (step.archived_below > 0) tx.post(delete_below, {log, step.archived_below});
    tx.post(insert_position, {log, step.position});
}

}  // namespace

LogIndex::LogIndex(store::Store& store, const MessageLog& log, std::string name, std::string_view master_key)
    : store_(store),
      log_(log),
      name_(std::move(name)),
      blind_key_(crypto::view(crypto::hmac_sha256(master_key, "hien-luong/exchange-index/1"))) {}

LogIndex::~LogIndex() {
    stop();
}

std::string LogIndex::blind(std::string_view user) const {
    return user.empty() ? "" : crypto::to_hex(crypto::hmac_sha256(blind_key_, user)).substr(0, 32);
}

Result<int64_t> LogIndex::follow_some() {
    auto& log = log_.state();
    TRY(auto at, store_.read([&](store::Reader& r) -> Result<std::optional<int64_t>> {
        return r.first(read_position, {name_}, [](const auto& row) { return row.integer(0); });
    }));
    const auto size = log_.size();
    RecordNumber from = at.value_or(0);
    if (!at) {
        for (const auto& segment : log.segments.list())
            if (segment->archived()) from = segment->facts().first + segment->facts().count;
    }
    if (from > size)
        return Error{ErrorKind::conflict, "exchange.index_ahead",
                     "Chỉ mục có những bản ghi mà nhật ký trao đổi không có. Hãy dựng lại chỉ mục.",
                     "The index knows records that the message log does not have. Rebuild the index."};
    Step step;
    size_t bytes = 0;
    RecordNumber next = from;
    const auto take = [&](RecordNumber number, FreshRows::Row row) {
        auto user = blind(row->entry.user_id);
        step.messages.push_back({number, std::move(row), std::move(user)});
    };
    while (next < size && next - from < most_records && bytes < most_bytes) {
        const auto fresh = log.fresh.take(next, static_cast<size_t>(std::min(size, from + most_records) - next));
        for (const auto& row : fresh) {
            if (row) take(next, row);
            ++next;
        }
        if (!fresh.empty()) continue;
        TRY_VOID(log.segments.each(next, std::min(size, next + 50), [&](const Frame& frame) -> Result<void> {
            bytes += frame.payload.size();
            if (frame.head.kind == Kind::message) {
                auto record = decode_message(frame.payload);
                if (!record)
                    return log_damaged(fmt::format("record {}", frame.head.number), "a message that cannot be read");
                std::string user;
                if (const auto key = log.keys->key(record->slot); key.ok()) {
                    const auto plain = unseal_once(record->sealed, *key, 0, true);
                    if (auto text = plain ? decode_private(*plain) : std::nullopt) user = std::move(text->user_id);
                }
                take(frame.head.number, indexed(std::move(*record), std::move(user)));
            } else if (frame.head.kind == Kind::erasure) {
                if (const auto erasure = decode_erasure(frame.payload); erasure && erasure->message)
                    step.erased.push_back(erasure->number);
            } else if (frame.head.kind == Kind::archiving) {
                ByteReader r(frame.payload);
                step.archived_below = std::max(step.archived_below, r.number<int64_t>());
            }
            return Nothing{};
        }));
        next = std::min(size, next + 50);
    }
    if (next == from) return int64_t{0};
    step.position = next;
    const auto written = store_.write([&](store::Transaction& tx) -> Result<void> {
        const auto now = tx.first(select_position, {name_}, [](const auto& row) { return row.integer(0); });
        if (now != at) return Nothing{};  // another was faster
        apply(tx, name_, step);
        return Nothing{};
    });
    if (!written.ok()) return written.error();
    return next - from;
}

Result<int64_t> LogIndex::catch_up() {
    std::scoped_lock lock(follow_);
    int64_t all = 0;
    for (;;) {
        TRY(const auto some, follow_some());
        if (some == 0) return all;
        all += some;
    }
}

Result<int64_t> LogIndex::rebuild() {
    {
        std::scoped_lock lock(follow_);
        RecordNumber from = 0;
        for (const auto& segment : log_.state().segments.list())
            if (segment->archived()) from = segment->facts().first + segment->facts().count;
        TRY_VOID(store_.write([&](store::Transaction& tx) -> Result<void> {
            tx.execute(delete_all, {name_});
            tx.execute(insert_position, {name_, from});
            return Nothing{};
        }));
    }
    return catch_up();
}

Result<int64_t> LogIndex::behind() const {
    return store_.read([&](store::Reader& r) -> Result<int64_t> {
        const auto at = r.first(read_position, {name_}, [](const auto& row) { return row.integer(0); });
        return std::max<int64_t>(0, log_.size() - at.value_or(0));
    });
}

void LogIndex::start(std::chrono::milliseconds pause) {
    log_.state().fresh.keep(kept_fresh);
    thread_ = std::thread([this, pause] {
        std::string last;
        std::unique_lock lock(mutex_);
        while (!stopping_) {
            lock.unlock();
            const auto done = catch_up();
            // Told once, not at every attempt.
            if (!done.ok() && done.error().code != last)
                log::error("exchange", "the message log's index cannot follow",
                           {{"code", done.error().code}, {"why", done.error().en}});
            last = done.ok() ? "" : done.error().code;
            lock.lock();
            wake_.wait_for(lock, pause, [this] { return stopping_; });
        }
    });
}

void LogIndex::stop() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

}  // namespace hl::exchange
