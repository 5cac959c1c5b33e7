// A follower reads the ledger in order and writes its own tables in the same transaction as its cursor, so that it can
// stop anywhere, go on, or be thrown away and rebuilt. One background thread per Followers object runs them all.
#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "store/ledger.h"

namespace hl::store {

class Follower {
  public:
    virtual ~Follower() = default;
    [[nodiscard]] virtual std::string name() const = 0;
    /// Changing it makes the follower start again from the first event after `reset`.
    [[nodiscard]] virtual int version() const { return 1; }
    /// Events it is given at a time, at most: more for who gathers in memory, since the writer is held that long.
    [[nodiscard]] virtual int64_t batch_events() const { return 1000; }
    /// Empties the follower's tables.
    virtual void reset(Transaction& tx) = 0;
    virtual Result<void> apply(Transaction& tx, std::span<const StoredEvent> events) = 0;
    /// After a commit: live screens and wake-ups. Not part of the transaction.
    virtual void committed(std::span<const StoredEvent>) {}
};

/// How many events of the ledger the follower's tables hold, on the same snapshot as they are read; nothing before its
/// first run or while it waits to start again.
[[nodiscard]] std::optional<int64_t> follower_position(Reader& reader, const Follower& follower);

struct FollowerProblem {
    std::string vi, en;
    Instant at;
};

struct FollowerStatus {
    std::string name;
    int64_t position = 0;                   // next event to read
    int64_t lag = 0;                        // events behind the head
    std::string problem;                    // what keeps it from going on now; empty when well
    std::optional<FollowerProblem> last{};  // the newest one, also when it has passed
};

class Followers {
  public:
    explicit Followers(Store& store);
    ~Followers();
    void add(std::shared_ptr<Follower> follower);
    void start();
    void stop();
    /// Runs all followers in the caller's thread until they are at the head (tests, demo, the command line).
    [[nodiscard]] Result<void> catch_up();
    /// Empties the follower's tables and lets it begin at the first event; appends "ledger.follower_restarted". Whoever
    /// runs the followers (`start`, `catch_up`, another node) does the reading. Errors: follower.unknown.
    [[nodiscard]] Result<void> restart(std::string_view name, std::string_view actor);
    [[nodiscard]] std::vector<FollowerStatus> status();
    /// Called by whoever commits, to save the polling interval.
    void wake();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hl::store
