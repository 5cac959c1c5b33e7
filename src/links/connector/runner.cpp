#include "links/connector/runner.h"

#include "base/log.h"
#include "links/connector/claimed.h"
#include "links/connector/journal.h"
#include "links/connector/rows.h"

namespace hl::connector {

namespace {

// The first row of each key whose turn it is; those behind it follow in select_behind.
constexpr std::string_view select_heads =
    "SELECT " HL_MESSAGE_COLUMNS
    " FROM link_message WHERE connector = ? AND state = 1 AND not_before <= ? AND NOT EXISTS (SELECT 1 FROM "
    "link_message e WHERE e.connector = link_message.connector AND e.key = link_message.key AND e.number < "
    "link_message.number AND e.state < 10) ORDER BY not_before, number LIMIT ?";
constexpr std::string_view select_behind =
    "SELECT " HL_MESSAGE_COLUMNS
    " FROM link_message WHERE connector = ? AND key = ? AND number > ? AND state < 10 ORDER BY number LIMIT 8";
constexpr std::string_view take_row =
    "UPDATE link_message SET holder = ?, not_before = ? WHERE number = ? AND state = 1 AND not_before <= ?";
constexpr std::string_view free_rows =
    "UPDATE link_message SET holder = '', not_before = 0 WHERE connector = ? AND state < 10 AND state = 1 AND holder "
    ">= ? AND holder "
    "< ?";
constexpr std::string_view select_bytes =
    "SELECT m.subject, b.sealed FROM link_message m JOIN link_bytes b ON b.message = m.number WHERE m.number = ?";
constexpr std::string_view put_built_row =
    "UPDATE link_message SET built = 1, is_update = ?, subject = ?, mapping = ?, facts = ?, marks = ? WHERE number = ? "
    "AND holder = ?";
constexpr std::string_view put_bytes =
    "INSERT INTO link_bytes (message, sealed) VALUES (?, ?) ON CONFLICT (message) DO UPDATE SET sealed = "
    "excluded.sealed";
constexpr std::string_view select_held = "SELECT 1 FROM link_key WHERE connector = ? AND key = ? AND kind = ?";
constexpr std::string_view put_end =
    "UPDATE link_message SET state = ?, holder = '', not_before = 0, reason_code = ?, reason_datum = ?, reason_vi = ?, "
    "reason_en = ? WHERE number = ? AND holder = ?";

}  // namespace

Runner::Runner(const Ground& ground, std::shared_ptr<Connector> connector, Pace pace)
    : ground_(ground),
      connector_(std::move(connector)),
      pace_(pace),
      breaker_(pace_, ground.random),
      rate_(pace.per_second),
      packing_(connector_->name()),
      holder_(fmt::format("{}:{:08x}", ground.node, static_cast<uint32_t>(ground.random.number()))) {}

Runner::~Runner() {
    stop();
}

Line Runner::line() const {
    return Line(ground_.clock, ground_.transport);
}

Result<void> Runner::recover() {
    const auto name = connector_->name();
    // ';' follows ':': everything that begins with "node:".
    return ground_.store.write([&](store::Transaction& tx) -> Result<void> {
        tx.execute(free_rows, {name, ground_.node + ":", ground_.node + ";"});
        return Nothing{};
    });
}

/// One durable write: what came of the batch that was sent, the bytes of the one to be sent next, and the one after
/// that becomes ours until its lease ends.
Result<Runner::Batch> Runner::turn(const Batch& sent, Batch& built, int most) {
    const Instant now = ground_.clock.now();
    if (sent.empty() && built.empty()) {
        // Looked at on a snapshot first: the writer is not held for an empty outbox.
        if (most == 0) return Batch{};
        TRY(const bool any, ground_.store.read([&](store::Reader& reader) -> Result<bool> {
            return !reader.all(select_heads, {connector_->name(), now, 1}, [](const store::Row&) { return 1; }).empty();
        }));
        if (!any) return Batch{};
    }
    // Chance is asked outside: a write may run twice.
    std::vector<std::chrono::milliseconds> waits(sent.size());
    for (size_t i = 0; i < sent.size(); ++i)
        if (sent[i].tried && sent[i].reply.verdict == Verdict::again)
            waits[i] = back_off(pace_, sent[i].row.message.attempts, ground_.random);
    return ground_.store.write([&](store::Transaction& tx) -> Result<Batch> {
        TRY_VOID(record(tx, sent, waits, now));
        put_built(tx, built, now);
        return claim(tx, most, now);
    });
}

/// Those behind one of the same key come along, in order.
Runner::Batch Runner::claim(store::Transaction& tx, int most, Instant now) {
    Batch out;
    if (most == 0) return out;
    const auto name = connector_->name();
    // Two batches are in hand at a time: the one before this is sent first.
    const Instant lease = now + pace_.timeout * 4 + std::chrono::minutes{2};
    const auto take = [&](MessageRow row) {
        if (tx.execute(take_row, {holder_, lease, row.message.number, now}) != 1) return false;
        Claimed c;
        c.row = std::move(row);
        c.lease = lease;
        out.push_back(std::move(c));
        return true;
    };
    if (tx.first("SELECT paused_at FROM link_partner WHERE connector = ? AND paused_at IS NOT NULL", {name},
                 [](const store::Row&) { return 1; }))
        return out;
    auto heads = tx.all(select_heads, {name, now, most}, message_from);
    for (auto& head : heads) {
        if (static_cast<int>(out.size()) >= most) break;
        const auto key = head.message.key;
        const int64_t number = head.message.number;
        if (!take(std::move(head))) continue;
        for (auto& next : tx.all(select_behind, {name, key, number}, message_from)) {
            if (next.state != MessageState::queued || next.not_before > now) break;
            if (static_cast<int>(out.size()) >= most) break;
            if (!take(std::move(next))) break;
        }
    }
    return out;
}

Result<void> Runner::build(Batch& batch) {
    const Instant now = ground_.clock.now();
    TRY_VOID(packing_.look(ground_.store));
    return ground_.store.read([&](store::Reader& reader) -> Result<void> {
        connector_->begin_batch(reader, now);
        for (auto& c : batch) {
            if (c.row.built) {
                const auto sealed = reader.first(select_bytes, {c.row.message.number}, [](const store::Row& r) {
                    return std::pair{SubjectId{r.text(0)}, r.string(1)};
                });
                if (!sealed) continue;
                auto plain = ground_.vault.unseal(reader, sealed->first, "link.bytes", sealed->second);
                if (plain.ok())
                    c.bytes = std::move(*plain);
                else
                    c.end(MessageState::held, plain.error().code, "", {plain.error().vi, plain.error().en});
                continue;
            }
            auto building = connector_->build(reader, c.row.message, now);
            if (!building.ok()) {
                // Not the message's fault, or one that only a person can mend: it says so and is looked at again.
                c.end(MessageState::held, building.error().code, building.error().at,
                      {building.error().vi, building.error().en});
            } else if (auto* built = std::get_if<Built>(&*building)) {
                c.take(std::move(*built));
                // What it has already is an update from the first, not only once it has said so.
                auto& m = c.row.message;
                m.update = m.update || reader.first(select_held, {connector_->name(), m.key, m.kind},
                                                    [](const store::Row&) { return true; });
            } else if (auto* held = std::get_if<Held>(&*building)) {
                c.end(MessageState::held, held->code, held->datum, held->why);
            } else {
                c.end(MessageState::unneeded, "", "", {});
            }
        }
        return Nothing{};
    });
}

/// Bytes into the table, together with the log of what was read of people: nothing leaves before.
void Runner::put_built(store::Transaction& tx, Batch& batch, Instant now) {
    const auto name = connector_->name();
    for (auto& c : batch) {
        const int64_t number = c.row.message.number;
        if (c.ended) {
            tx.execute(put_end, {static_cast<int>(*c.ended), c.code, c.datum, c.why.vi, c.why.en, number, holder_});
            continue;
        }
        if (!c.fresh) continue;
        c.gone = false;
        const auto& row = c.row;
        const auto subject = row.subject.empty() ? own_subject(tx, ground_.vault, name, now) : row.subject;
        const auto sealed = ground_.vault.seal(tx, subject, "link.bytes", c.bytes);
        if (!sealed.ok()) {
            // Erased meanwhile: what was built of him goes nowhere.
            c.end(MessageState::held, sealed.error().code, "", {sealed.error().vi, sealed.error().en});
            tx.execute(put_end, {static_cast<int>(*c.ended), c.code, c.datum, c.why.vi, c.why.en, number, holder_});
            continue;
        }
        const auto facts = json::serialize(row.facts);
        const auto marks = json::serialize(row.marks);
        if (tx.execute(put_built_row,
                       {row.message.update ? 1 : 0, subject, row.mapping, facts, marks, number, holder_}) != 1) {
            c.gone = true;
            continue;
        }
        tx.execute(put_bytes, {number, store::Blob{*sealed}});
        if (c.read) access::log_read(tx, *c.read);
    }
}

/// How many may be taken now; they are counted.
int Runner::allowance() {
    const Instant now = ground_.clock.now();
    const auto state = breaker_.state(now);
    if (state == Breaker::State::open) return 0;
    return rate_.reserve(now, state == Breaker::State::half_open ? 1 : pace_.batch);
}

Result<Runner::Batch> Runner::next(const Batch& sent, Batch& built, bool more) {
    const int most = more ? allowance() : 0;
    auto taken = turn(sent, built, most);
    rate_.give_back(most - (taken.ok() ? static_cast<int>(taken->size()) : 0));
    if (taken.ok()) count(sent);
    return taken;
}

Result<int> Runner::step(Line& line) {
    Batch none;
    TRY(auto batch, next(none, none, true));
    if (batch.empty()) return 0;
    // After an error the rows stay ours until the lease ends, or until `recover`.
    TRY_VOID(build(batch));
    if (auto put = next(none, batch, false); !put.ok()) return std::move(put).error();
    send(line, batch);
    if (auto recorded = next(batch, none, false); !recorded.ok()) return std::move(recorded).error();
    return static_cast<int>(batch.size());
}

Result<int> Runner::drain() {
    auto own = line();
    int all = 0;
    for (;;) {
        TRY(const int n, step(own));
        if (n == 0) return all;
        all += n;
    }
}

void Runner::count(const Batch& batch) {
    std::scoped_lock lock(mutex_);
    int64_t accepted = 0;
    for (const auto& c : batch) {
        if (c.ended == MessageState::held) ++rates_.held;
        if (!c.tried) continue;
        ++rates_.sent;
        if (c.reply.verdict == Verdict::accepted)
            ++accepted;
        else if (c.reply.verdict == Verdict::again)
            ++rates_.again;
        else
            ++rates_.refused;
    }
    rates_.accepted += accepted;
    if (accepted > 0) recent_.emplace_back(ground_.clock.now(), accepted);
    while (recent_.size() > 4096) recent_.pop_front();
}

Rates Runner::rates() const {
    std::scoped_lock lock(mutex_);
    Rates out = rates_;
    const Instant since = ground_.clock.now() - std::chrono::minutes{1};
    int64_t n = 0;
    for (const auto& [at, accepted] : recent_)
        if (at >= since) n += accepted;
    out.per_second = static_cast<double>(n) / 60.0;
    return out;
}

void Runner::start() {
    if (const auto done = recover(); !done.ok())
        log::error("links", "held messages not released",
                   {{"connector", connector_->name()}, {"code", done.error().code}});
    std::scoped_lock lock(mutex_);
    if (!threads_.empty()) return;
    stopping_ = false;
    for (int i = 0; i < std::max(1, pace_.workers); ++i) threads_.emplace_back([this] { work(); });
    threads_.emplace_back([this] { look_after_tasks(); });
}

void Runner::stop() {
    std::vector<std::thread> threads;
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
        threads = std::move(threads_);
        threads_.clear();
    }
    woken_.notify_all();
    for (auto& t : threads) t.join();
}

bool Runner::stopping() const {
    std::scoped_lock lock(mutex_);
    return stopping_;
}

void Runner::wake() {
    {
        std::scoped_lock lock(mutex_);
        ++wakes_;
    }
    woken_.notify_all();
}

/// While one batch is sent the next is ours already: a write to the disk for each, not three.
void Runner::work() {
    auto own = line();
    Batch sent, built;
    std::unique_lock lock(mutex_);
    while (!stopping_ || !sent.empty() || !built.empty()) {
        const uint64_t seen = wakes_;
        const bool more = !stopping_;
        lock.unlock();
        Result<void> done = Nothing{};
        // What is in hand when a write fails stays ours until the lease ends: the same bytes go out again then.
        auto taken = next(sent, built, more);
        sent.clear();
        if (taken.ok()) {
            send(own, built);
            sent = std::exchange(built, std::move(*taken));
            if (done = build(built); !done.ok()) built.clear();
        } else {
            built.clear();
            done = std::move(taken).error();
        }
        if (!done.ok())
            log::error("links", "a round failed", {{"connector", connector_->name()}, {"code", done.error().code}});
        lock.lock();
        // A retry's time or another node's row comes without a wake-up.
        if (!done.ok() || (sent.empty() && built.empty()))
            woken_.wait_for(lock, std::chrono::milliseconds{500}, [&] { return stopping_ || wakes_ != seen; });
    }
}

}  // namespace hl::connector
