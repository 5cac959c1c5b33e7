#include "store/followers.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>

#include "base/log.h"

namespace hl::store {

namespace {

constexpr std::string_view select_cursor =
    "SELECT version, position, problem, last_vi, last_en, last_at FROM follower_cursor WHERE name = ?";
// Several nodes run the same followers: the row lock lets one of them at a time past this statement.
constexpr std::string_view select_cursor_locked =
    "SELECT version, position, problem, last_vi, last_en, last_at FROM follower_cursor WHERE name = ? FOR UPDATE";
constexpr std::string_view insert_cursor =
    "INSERT INTO follower_cursor (name, version, position, problem) VALUES (?, ?, 0, '') ON CONFLICT (name) DO NOTHING";
constexpr std::string_view move_cursor =
    "UPDATE follower_cursor SET version = ?, position = ?, problem = '' WHERE name = ?";
constexpr std::string_view set_problem =
    "UPDATE follower_cursor SET problem = ?, last_vi = ?, last_en = ?, last_at = ? WHERE name = ?";

constexpr auto poll_interval = std::chrono::milliseconds{250};  // other nodes' commits do not wake this one
constexpr auto first_back_off = std::chrono::milliseconds{500};
constexpr auto longest_back_off = std::chrono::milliseconds{60'000};
constexpr size_t longest_problem = 1000;
constexpr size_t most_shared = 2000;  // events; larger batches are of one that is far behind, and its own

struct Cursor {
    int64_t version = 0;
    int64_t position = 0;
    std::string problem;
    std::optional<FollowerProblem> last;
};

std::optional<Cursor> read_cursor(Reader& reader, std::string_view sql, std::string_view name) {
    return reader.first(sql, {name}, [](const Row& row) {
        Cursor cursor{row.integer(0), row.integer(1), row.string(2), {}};
        if (!row.is_null(5)) cursor.last = {row.string(3), row.string(4), row.instant(5)};
        return cursor;
    });
}

std::optional<Cursor> locked_cursor(Transaction& tx, std::string_view name) {
    return read_cursor(tx, select_cursor_locked, name);
}

Error failed(std::string_view name, std::string_view what) {
    return {ErrorKind::internal, "follower.failed", fmt::format("Bộ đọc sổ cái \"{}\" gặp lỗi: {}", name, what),
            fmt::format("The follower \"{}\" failed: {}", name, what)};
}

/// Events in the order of their positions, held as long as somebody works on them.
struct Batch {
    std::shared_ptr<const std::vector<StoredEvent>> held;
    std::span<const StoredEvent> events;
    bool to_end = false;  // there were no more of them
    Batch() = default;
    Batch(std::vector<StoredEvent> read, int64_t limit)
        : held(std::make_shared<const std::vector<StoredEvent>>(std::move(read))),
          events(*held),
          to_end(std::ssize(events) < limit) {}
};

/// What one follower has just read serves those that come after it: events never change, and near the ledger's end all
/// of them want the same ones.
class LatelyRead {
  public:
    void put(const Batch& batch) {
        if (batch.events.empty() || batch.events.size() > most_shared) return;
        const std::scoped_lock lock(mutex_);
        if (batch.held != batch_.held) batch_ = batch;  // a part of it is there already
    }
    /// From `position` on, `limit` or all that there were; none: it must be read. Whoever takes many at a time is not
    /// given few while there are more.
    [[nodiscard]] Batch from(int64_t position, int64_t limit) {
        const std::scoped_lock lock(mutex_);
        Batch out = batch_;
        const auto first = std::ranges::lower_bound(out.events, position, {}, &StoredEvent::position);
        if (first == out.events.end() || first->position != position) return {};
        const auto left = out.events.subspan(static_cast<size_t>(first - out.events.begin()));
        if (std::ssize(left) < limit && !out.to_end) return {};
        out.events = left.first(std::min(left.size(), static_cast<size_t>(limit)));
        return out;
    }

  private:
    std::mutex mutex_;
    Batch batch_;
};

/// A follower's own bug must not take the others down; what the database throws goes on to the store, which knows
/// whether to run the transaction again.
Result<void> apply_guarded(Follower& follower, Transaction& tx, std::span<const StoredEvent> events) {
    try {
        return follower.apply(tx, events);
    } catch (const DbError&) {
        throw;
    } catch (const std::exception& e) {
        return failed(follower.name(), e.what());
    }
}

}  // namespace

std::optional<int64_t> follower_position(Reader& reader, const Follower& follower) {
    const auto cursor = read_cursor(reader, select_cursor, follower.name());
    if (!cursor || cursor->version != follower.version()) return std::nullopt;
    return cursor->position;
}

struct Followers::State {
    explicit State(Store& s) : store(s) {}

    struct Entry {
        std::shared_ptr<Follower> follower;
        std::mutex running;  // one batch at a time, whoever runs it
        std::chrono::milliseconds back_off{0};
        std::chrono::steady_clock::time_point not_before{};  // waiting only; no stored time comes from it
        std::atomic<bool> at_once{false};                    // asked for anew: the waiting is over
        // Under `running`: the batch behind a full one is read while that is applied.
        std::future<Result<std::vector<StoredEvent>>> ahead{};
    };
    enum class Step { at_head, moved };

    Store& store;
    std::mutex mutex;  // entries, running thread, wake-ups
    std::condition_variable woken;
    std::vector<std::shared_ptr<Entry>> entries;
    std::thread thread;
    bool stopping = false;
    uint64_t wakes = 0;
    LatelyRead lately;

    std::vector<std::shared_ptr<Entry>> snapshot() {
        std::scoped_lock lock(mutex);
        return entries;
    }

    Result<Step> step(Entry& entry);
    void read_ahead(Entry& entry, int64_t from);
    Result<std::vector<StoredEvent>> take_ahead(Entry& entry);
    Result<void> restart(Entry& entry, std::string_view actor);
    std::shared_ptr<Entry> named(std::string_view name);
    void note_problem(Entry& entry, const Error& error);
    Result<bool> to_head(Entry& entry);  // whether anything moved
    void run();
};

/// Events never change, so those that are there may be read before their turn.
void Followers::State::read_ahead(Entry& entry, int64_t from) {
    entry.ahead = std::async(std::launch::async, [this, from, limit = entry.follower->batch_events()] {
        return store.read(
            [&](Reader& reader) -> Result<std::vector<StoredEvent>> { return read_events(reader, from, limit); });
    });
}

/// Nothing when nothing was read ahead.
Result<std::vector<StoredEvent>> Followers::State::take_ahead(Entry& entry) {
    if (!entry.ahead.valid()) return std::vector<StoredEvent>{};
    return entry.ahead.get();
}

/// One batch: events are read on a snapshot, so that the writer is held only for the follower's own statements; the
/// cursor is looked at again, locked, before they are applied.
Result<Followers::State::Step> Followers::State::step(Entry& entry) {
    std::scoped_lock one(entry.running);
    Follower& follower = *entry.follower;
    const std::string name = follower.name();
    const int64_t version = follower.version();
    struct Work {
        std::optional<Cursor> cursor;
        Batch batch;
    };
    const int64_t limit = follower.batch_events();
    TRY(auto ahead, take_ahead(entry));
    TRY(const Work work, store.read([&](Reader& reader) -> Result<Work> {
        Work out{read_cursor(reader, select_cursor, name), {}};
        if (!out.cursor || out.cursor->version != version) return out;
        if (!ahead.empty() && ahead.front().position == out.cursor->position)
            out.batch = Batch(std::move(ahead), limit);
        else
            out.batch = lately.from(out.cursor->position, limit);
        if (out.batch.events.empty()) out.batch = Batch(read_events(reader, out.cursor->position, limit), limit);
        lately.put(out.batch);
        return out;
    }));
    const auto events = work.batch.events;
    if (!work.cursor || work.cursor->version != version) {
        TRY_VOID(store.write([&](Transaction& tx) -> Result<void> {
            tx.execute(insert_cursor, {name, version});
            const auto now = locked_cursor(tx, name);
            const bool other_node_was_first =
                now && now->version == version && (work.cursor.has_value() || now->position > 0);
            if (other_node_was_first) return Nothing{};
            follower.reset(tx);
            tx.execute(move_cursor, {version, 0, name});
            return Nothing{};
        }));
        return Step::moved;
    }
    if (events.empty()) return Step::at_head;
    const int64_t next = events.back().position + 1;
    if (std::ssize(events) == limit && lately.from(next, limit).events.empty()) read_ahead(entry, next);
    bool applied = false;
    TRY_VOID(store.write([&](Transaction& tx) -> Result<void> {
        applied = false;
        const auto now = locked_cursor(tx, name);
        if (!now || now->version != version || now->position != work.cursor->position) return Nothing{};
        TRY_VOID(apply_guarded(follower, tx, events));
        tx.execute(move_cursor, {version, next, name});
        applied = true;
        return Nothing{};
    }));
    if (applied) follower.committed(events);
    return Step::moved;
}

std::shared_ptr<Followers::State::Entry> Followers::State::named(std::string_view name) {
    for (const auto& entry : snapshot())
        if (entry->follower->name() == name) return entry;
    return nullptr;
}

Result<void> Followers::State::restart(Entry& entry, std::string_view actor) {
    std::scoped_lock one(entry.running);
    Follower& follower = *entry.follower;
    const std::string name = follower.name();
    const int64_t version = follower.version();
    return store.write([&](Transaction& tx) -> Result<void> {
        tx.execute(insert_cursor, {name, version});
        const auto before = locked_cursor(tx, name);
        follower.reset(tx);
        tx.execute(move_cursor, {version, 0, name});
        tx.append({"ledger.follower_restarted",
                   1,
                   "follower:" + name,
                   std::string{actor},
                   store.clock().now(),
                   {{"follower", name}, {"position", before ? before->position : 0}}});
        return Nothing{};
    });
}

void Followers::State::note_problem(Entry& entry, const Error& error) {
    const std::string name = entry.follower->name();
    const std::string problem = fmt::format("{}: {}", error.code, error.en).substr(0, longest_problem);
    log::error("store", "follower failed", {{"follower", name}, {"code", error.code}, {"problem", error.en}});
    const auto stored = store.write([&](Transaction& tx) -> Result<void> {
        tx.execute(insert_cursor, {name, entry.follower->version()});
        tx.execute(set_problem, {problem, error.vi, error.en, store.clock().now(), name});
        return Nothing{};
    });
    if (!stored.ok())
        log::error("store", "follower: its problem could not be stored",
                   {{"follower", name}, {"code", stored.error().code}});
}

Result<bool> Followers::State::to_head(Entry& entry) {
    for (bool moved = false;; moved = true) {
        auto done = step(entry);
        if (!done.ok()) {
            note_problem(entry, done.error());
            return std::move(done).error();
        }
        if (*done == Step::at_head) return moved;
    }
}

void Followers::State::run() {
    std::unique_lock lock(mutex);
    while (!stopping) {
        const uint64_t seen = wakes;
        const auto list = entries;
        lock.unlock();
        bool moved = false;
        for (const auto& entry : list) {
            if (!entry->at_once.exchange(false) && std::chrono::steady_clock::now() < entry->not_before) continue;
            auto done = step(*entry);
            if (done.ok()) {
                entry->back_off = {};
                entry->not_before = {};
                moved = moved || *done == Step::moved;
                continue;
            }
            note_problem(*entry, done.error());
            entry->back_off = std::clamp(entry->back_off * 2, first_back_off, longest_back_off);
            entry->not_before = std::chrono::steady_clock::now() + entry->back_off;
        }
        lock.lock();
        if (!moved) woken.wait_for(lock, poll_interval, [&] { return stopping || wakes != seen; });
    }
}

Followers::Followers(Store& store) : state_(std::make_unique<State>(store)) {}

Followers::~Followers() {
    stop();
}

void Followers::add(std::shared_ptr<Follower> follower) {
    std::scoped_lock lock(state_->mutex);
    for (const auto& entry : state_->entries)
        if (entry->follower->name() == follower->name())
            throw std::logic_error("two followers named " + follower->name());
    auto entry = std::make_shared<State::Entry>();
    entry->follower = std::move(follower);
    state_->entries.push_back(std::move(entry));
}

void Followers::start() {
    {
        std::scoped_lock lock(state_->mutex);
        if (state_->thread.joinable()) return;
        state_->stopping = false;
        state_->thread = std::thread([this] { state_->run(); });
    }
    state_->store.on_ledger_growth([this] { wake(); });  // not under our lock: the store calls wake() under its own
}

void Followers::stop() {
    std::thread thread;
    if (std::scoped_lock lock(state_->mutex); !state_->thread.joinable()) return;
    state_->store.on_ledger_growth({});  // as above
    {
        std::scoped_lock lock(state_->mutex);
        state_->stopping = true;
        thread = std::move(state_->thread);
    }
    state_->woken.notify_all();
    if (thread.joinable()) thread.join();
}

Result<void> Followers::catch_up() {
    // A follower may append events that another one reads: again until nothing moved.
    for (bool moved = true; moved;) {
        moved = false;
        TRY_VOID(state_->store.settle());
        std::optional<Error> first;
        for (const auto& entry : state_->snapshot()) {
            auto done = state_->to_head(*entry);
            if (!done.ok() && !first) first = std::move(done).error();
            if (done.ok()) moved = moved || *done;
        }
        if (first) return *first;
    }
    return Nothing{};
}

Result<void> Followers::restart(std::string_view name, std::string_view actor) {
    const auto entry = state_->named(name);
    if (!entry)
        return Error{ErrorKind::not_found, "follower.unknown", fmt::format("Không có bộ đọc sổ cái tên \"{}\".", name),
                     fmt::format("There is no follower named \"{}\".", name)};
    TRY_VOID(state_->restart(*entry, actor));
    entry->at_once = true;
    wake();
    return Nothing{};
}

std::vector<FollowerStatus> Followers::status() {
    std::vector<FollowerStatus> out;
    const auto list = state_->snapshot();
    const auto read = state_->store.read([&](Reader& reader) -> Result<void> {
        out.clear();
        const int64_t head = ledger_size(reader);
        for (const auto& entry : list) {
            FollowerStatus status{entry->follower->name(), 0, head, {}, {}};
            if (const auto cursor = read_cursor(reader, select_cursor, status.name)) {
                status.problem = cursor->problem;
                status.last = cursor->last;
                if (cursor->version == entry->follower->version()) status.position = cursor->position;
            }
            status.lag = std::max<int64_t>(head - status.position, 0);
            out.push_back(std::move(status));
        }
        return Nothing{};
    });
    if (!read.ok()) {
        out.clear();
        for (const auto& entry : list) out.push_back({entry->follower->name(), 0, 0, read.error().en, {}});
    }
    return out;
}

void Followers::wake() {
    {
        std::scoped_lock lock(state_->mutex);
        ++state_->wakes;
    }
    state_->woken.notify_all();
}

}  // namespace hl::store
