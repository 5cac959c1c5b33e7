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
    "link_message.number AND +e.state < 10) ORDER BY not_before, number LIMIT ?";
constexpr std::string_view select_behind =
    "SELECT " HL_MESSAGE_COLUMNS
    " FROM link_message WHERE connector = ? AND key = ? AND number > ? AND +state < 10 ORDER BY number LIMIT 8";
constexpr std::string_view take_row =
    "UPDATE link_message SET holder = ?, not_before = ? WHERE number = ? AND state = 1 AND not_before <= ?";
constexpr std::string_view free_rows =
    "UPDATE link_message SET holder = '', not_before = 0 WHERE connector = ? AND state < 10 AND state = 1 AND holder "
    ">= ? AND holder "
    "< ?";
constexpr std::string_view select_bytes = "SELECT subject, bytes FROM link_message WHERE number = ?";
constexpr std::string_view put_bytes =
    "UPDATE link_message SET bytes = ?, subject = ?, mapping = ?, facts = ?, marks = ? WHERE number = ? AND holder = ?";
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

/// Messages whose turn it is become ours until the lease ends. Those behind one of the same key come along, in order.
Result<std::vector<Runner::Claimed>> Runner::claim(int most) {
    const auto name = connector_->name();
    const Instant now = ground_.clock.now();
    const Instant lease = now + pace_.timeout * 2 + std::chrono::minutes{1};
    // Looked at on a snapshot first: the writer is not held for an empty outbox.
    TRY(const bool any, ground_.store.read([&](store::Reader& reader) -> Result<bool> {
        return !reader.all(select_heads, {name, now, 1}, [](const store::Row&) { return 1; }).empty();
    }));
    if (!any) return std::vector<Claimed>{};
    return ground_.store.write([&](store::Transaction& tx) -> Result<std::vector<Claimed>> {
        std::vector<Claimed> out;
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
    });
}

/// Bytes on a snapshot, then into the table together with the log of what was read of people: nothing leaves before.
Result<void> Runner::build(std::vector<Claimed>& batch) {
    const Instant now = ground_.clock.now();
    TRY_VOID(ground_.store.read([&](store::Reader& reader) -> Result<void> {
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
                c.fresh = std::move(*built);
                c.bytes = c.fresh->bytes;
            } else if (auto* held = std::get_if<Held>(&*building)) {
                c.end(MessageState::held, held->code, held->datum, held->why);
            } else {
                c.end(MessageState::unneeded, "", "", {});
            }
        }
        return Nothing{};
    }));
    const auto name = connector_->name();
    return ground_.store.write([&](store::Transaction& tx) -> Result<void> {
        for (auto& c : batch) {
            const int64_t number = c.row.message.number;
            if (c.ended) {
                tx.execute(put_end, {static_cast<int>(*c.ended), c.code, c.datum, c.why.vi, c.why.en, number, holder_});
                continue;
            }
            if (!c.fresh) continue;
            auto& b = *c.fresh;
            const auto subject = b.subject.empty() ? own_subject(tx, ground_.vault, name, now) : b.subject;
            const auto sealed = ground_.vault.seal(tx, subject, "link.bytes", b.bytes);
            if (!sealed.ok()) {
                // Erased meanwhile: what was built of him goes nowhere.
                c.end(MessageState::held, sealed.error().code, "", {sealed.error().vi, sealed.error().en});
                tx.execute(put_end, {static_cast<int>(*c.ended), c.code, c.datum, c.why.vi, c.why.en, number, holder_});
                continue;
            }
            json::array marks;
            for (const auto& m : b.marks)
                marks.push_back({{"field", m.field}, {"code", m.code}, {"vi", m.why.vi}, {"en", m.why.en}});
            const auto marks_text = json::serialize(marks);
            const auto facts_text = json::serialize(b.facts);
            tx.execute(put_bytes, {store::Blob{*sealed}, subject, b.mapping, facts_text, marks_text, number, holder_});
            if (b.read) access::log_read(tx, *b.read);
            c.row.subject = subject;
            c.row.facts = b.facts;
            c.row.marks = std::move(marks);
            c.row.mapping = b.mapping;
        }
        return Nothing{};
    });
}

Result<int> Runner::step(Line& line) {
    const Instant now = ground_.clock.now();
    const auto state = breaker_.state(now);
    if (state == Breaker::State::open) return 0;
    const int most = rate_.reserve(now, state == Breaker::State::half_open ? 1 : pace_.batch);
    if (most == 0) return 0;
    auto claimed = claim(most);
    rate_.give_back(most - (claimed.ok() ? static_cast<int>(claimed->size()) : 0));
    TRY(auto batch, std::move(claimed));
    if (batch.empty()) return 0;
    if (auto built = build(batch); !built.ok()) {
        // The rows stay ours until the lease ends, or until `recover`.
        return std::move(built).error();
    }
    send(line, batch);
    TRY_VOID(record(batch));
    count(batch);
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

void Runner::count(const std::vector<Claimed>& batch) {
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

void Runner::work() {
    auto own = line();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const uint64_t seen = wakes_;
        lock.unlock();
        const auto done = step(own);
        if (!done.ok())
            log::error("links", "a round failed", {{"connector", connector_->name()}, {"code", done.error().code}});
        lock.lock();
        // A retry's time or another node's row comes without a wake-up.
        if (!done.ok() || *done == 0)
            woken_.wait_for(lock, std::chrono::milliseconds{500}, [&] { return stopping_ || wakes_ != seen; });
    }
}

}  // namespace hl::connector
