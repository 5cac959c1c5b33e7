#include "store/postgres_sequencer.h"

#include "base/log.h"

namespace hl::store {

namespace {

constexpr std::string_view begin_sql = "BEGIN ISOLATION LEVEL READ COMMITTED";
// The schema is part of the lock's name: two installations may share one database.
constexpr std::string_view try_lock = "SELECT pg_try_advisory_lock(18508, hashtext(current_schema()))";
constexpr std::string_view head = "SELECT COALESCE(MAX(position) + 1, 0) FROM ledger_event";
// One statement is one snapshot: what it deletes is what it stamps. A row with a smaller seq that commits later is
// stamped later; rows of one stream commit in the order of seq, because each writer holds its dossier's row lock.
constexpr std::string_view stamp_sql =
    "WITH moved AS (DELETE FROM ledger_pending WHERE ctid = ANY(ARRAY(SELECT ctid FROM ledger_pending WHERE seq >= ? "
    "ORDER BY seq LIMIT ?)) "
    "RETURNING seq, id, type, version, stream, actor, at, data, leaf), "
    "stamped AS (INSERT INTO ledger_event (position, id, type, version, stream, actor, at, data, leaf) "
    "SELECT CAST(? AS BIGINT) + ROW_NUMBER() OVER (ORDER BY seq) - 1, id, type, version, stream, actor, at, data, leaf "
    "FROM moved RETURNING position, leaf) "
    "SELECT position, leaf, (SELECT MAX(seq) FROM moved) FROM stamped ORDER BY position";

constexpr int64_t batch = 2000;
constexpr int64_t look_back = 2000;
constexpr auto look_at_all_interval = std::chrono::milliseconds{250};
constexpr auto leader_poll = std::chrono::milliseconds{25};  // other nodes' commits do not wake this one
constexpr auto stamp_interval = std::chrono::milliseconds{10};
constexpr auto follower_poll = std::chrono::milliseconds{100};  // also how soon a dead leader is replaced
constexpr auto first_back_off = std::chrono::milliseconds{50};
constexpr auto longest_back_off = std::chrono::milliseconds{2000};

}  // namespace

PgSequencer::PgSequencer(std::string url, std::string application, const PgServices& services, GrowthListener& growth)
    : url_(std::move(url)), application_(std::move(application)), services_(services), growth_(growth) {}

PgSequencer::~PgSequencer() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void PgSequencer::start() {
    thread_ = std::thread([this] { run(); });
}

void PgSequencer::wake() {
    {
        std::scoped_lock lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

bool PgSequencer::sleep(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [&] { return stopping_ || woken_; });
    woken_ = false;
    return !stopping_;
}

/// A pause that new events do not shorten.
bool PgSequencer::rest(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [&] { return stopping_; });
    return !stopping_;
}

void PgSequencer::run() {
    auto back_off = first_back_off;
    do {
        try {
            PgConnection connection(url_, application_);
            back_off = first_back_off;
            serve(connection);
            return;
        } catch (const std::exception& error) {
            leads_ = false;
            log::warning("store", "sequencer lost its connection", {{"what", error.what()}});
        }
        back_off = std::min(back_off * 2, longest_back_off);
    } while (sleep(back_off));
}

/// Until it is told to stop. Leaves by an exception when the connection or a statement fails.
void PgSequencer::serve(PgConnection& connection) {
    for (;;) {
        if (!leads_ && !take_the_lead(connection)) {
            follow(connection);
            if (!sleep(follower_poll)) return;
            continue;
        }
        while (stamp(connection) == batch) {
        }
        // Under load each stamp would otherwise be a commit, and a wait for the disk, of one or two events.
        if (!rest(stamp_interval) || !sleep(leader_poll)) return;
    }
}

bool PgSequencer::take_the_lead(PgConnection& connection) {
    bool locked = false;
    connection.query(try_lock, {}, [&](const Row& row) { locked = row.integer(0) != 0; });
    if (!locked) return false;
    // The leader before us is gone with its last transaction done or undone, so that what stands there is all.
    PgReader reader(connection);
    ledger_ = MerkleAppender::load(reader);
    leads_ = true;
    log::info("store", "this node gives the ledger its positions", {{"ledger_size", ledger_.size()}});
    grown_to(ledger_.size());
    return true;
}

int64_t PgSequencer::stamp(PgConnection& connection) {
    PgTransaction tx(connection, services_);
    const int64_t before = ledger_.size();
    std::vector<crypto::Hash> leaves;
    connection.begin(begin_sql);
    // What was stamped lies dead at the front of the table until it is vacuumed; walking over it each time would cost
    // more than the stamping. Only now and then is it looked at from its very beginning, for a row with a small seq
    // whose transaction took long.
    const auto now = std::chrono::steady_clock::now();  // how often only: no stored time comes from it
    int64_t from = std::max<int64_t>(0, newest_ - look_back);
    if (now - looked_at_all_ >= look_at_all_interval) {
        looked_at_all_ = now;
        from = 0;
    }
    connection.query(stamp_sql, {from, batch, before}, [&](const Row& row) {
        leaves.push_back(crypto::to_hash(row.text(1)).value_or(crypto::Hash{}));
        newest_ = std::max(newest_, row.integer(2));
    });
    for (const auto& leaf : leaves) ledger_.add(tx, ledger_.size(), leaf);
    connection.commit();
    grown_to(ledger_.size());
    return ledger_.size() - before;
}

void PgSequencer::follow(PgConnection& connection) {
    int64_t size = 0;
    connection.query(head, {}, [&](const Row& row) { size = row.integer(0); });
    grown_to(size);
}

void PgSequencer::grown_to(int64_t size) {
    if (ledger_size_.exchange(size) < size) growth_.tell();
}

}  // namespace hl::store
