// Works off one connector's outbox: takes messages whose turn it is, builds their bytes, sends them, records the
// answer. It may be killed between any two: bytes are in the table before they leave, so the row is then sent again,
// the same bytes under the same key. Its own threads take the next batch with the write that records the last. Threads:
// `start` has its own; `step` runs one round in the caller's thread (tests, the command line). Clock and Random are
// handed in; threads only wait by the machine's time.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "http/metrics.h"
#include "links/connector/outbox.h"
#include "links/connector/packing.h"
#include "links/connector/settings.h"
#include "store/sealing.h"

namespace hl::connector {

/// Opens after failures in a row, rests (longer each time), lets one attempt through. Any thread.
class Breaker {
  public:
    Breaker(const Pace& pace, Random& random) : pace_(pace), random_(random) {}
    enum class State { closed, open, half_open };
    /// May an attempt be made? In half_open to one caller at a time.
    [[nodiscard]] bool admit(Instant now);
    void good();
    void bad(Instant now);
    /// The admitted attempt came to nothing that says anything.
    void neither();
    [[nodiscard]] State state(Instant now) const;
    [[nodiscard]] Instant open_until() const;

  private:
    const Pace& pace_;
    Random& random_;
    mutable std::mutex mutex_;
    int failures_ = 0, openings_ = 0;
    bool open_ = false, probing_ = false;
    Instant until_{};
};
[[nodiscard]] std::string_view to_string(Breaker::State state);

/// Messages per second, with a second's worth to spare. Any thread.
class RateLimit {
  public:
    explicit RateLimit(double per_second) : rate_(per_second), tokens_(per_second) {}
    /// How many may go now, at most `most`; they are counted.
    [[nodiscard]] int reserve(Instant now, int most);
    /// That many were not used.
    void give_back(int n);

  private:
    const double rate_;
    double tokens_;
    Instant last_{};
    std::mutex mutex_;
};

/// How long to wait before the next attempt: doubled each time, the last half of it by chance.
[[nodiscard]] std::chrono::milliseconds back_off(const Pace& pace, int attempts, Random& random);

/// What the bones work with; outlives the runner.
struct Ground {
    store::Store& store;
    store::Vault& vault;
    const Clock& clock;
    Random& random;  // safe on any thread
    std::string node = "node-1";
    Transport transport{};  // empty: libcurl
};

struct Rates {
    int64_t sent = 0, accepted = 0, refused = 0, again = 0, held = 0;  // since the start of this process
    double per_second = 0;                                             // accepted, over the last minute
};

class Runner {
  public:
    Runner(const Ground& ground, std::shared_ptr<Connector> connector, Pace pace);
    ~Runner();
    void start();
    void stop();
    void wake();
    /// What an earlier process of this node held when it ended is due again. `start` does it.
    [[nodiscard]] Result<void> recover();

    /// One round: at most a batch. How many messages came to an end or were put off; 0: nothing was due.
    [[nodiscard]] Result<int> step(Line& line);
    /// Rounds until nothing is due any more.
    [[nodiscard]] Result<int> drain();
    /// Runs a task now and keeps its report. Errors: link.task_unknown, what the task gave.
    [[nodiscard]] Result<json::object> run_task(std::string_view task);
    [[nodiscard]] Line line() const;

    [[nodiscard]] Connector& connector() const { return *connector_; }
    [[nodiscard]] const Pace& pace() const { return pace_; }
    [[nodiscard]] Breaker& breaker() { return breaker_; }
    [[nodiscard]] Rates rates() const;

  private:
    struct Claimed;
    using Batch = std::vector<Claimed>;
    Result<Batch> next(const Batch& sent, Batch& built, bool more);
    Result<Batch> turn(const Batch& sent, Batch& built, int most);
    Batch claim(store::Transaction& tx, int most, Instant now);
    Result<void> build(Batch& batch);
    void put_built(store::Transaction& tx, Batch& batch, Instant now);
    void send(Line& line, Batch& batch);
    void send_one(Line& line, Claimed& c);
    Result<void> record(store::Transaction& tx, const Batch& batch, const std::vector<std::chrono::milliseconds>& waits,
                        Instant now);
    [[nodiscard]] int allowance();
    [[nodiscard]] bool stopping() const;
    void count(const Batch& batch);
    void work();
    void look_after_tasks();
    Result<json::object> keep_report(const std::string& task, Result<json::object> done, Instant next);
    std::vector<Task> all_tasks();

    const Ground& ground_;
    std::shared_ptr<Connector> connector_;
    Pace pace_;
    Breaker breaker_;
    RateLimit rate_;
    Packing packing_;
    std::string holder_;
    mutable std::mutex mutex_;
    std::condition_variable woken_;
    bool stopping_ = false;
    uint64_t wakes_ = 0;
    Rates rates_;
    std::deque<std::pair<Instant, int64_t>> recent_;
    std::vector<std::thread> threads_;
};

/// A task of the bones' own: comparing with the partner, every night.
inline constexpr std::string_view reconcile_task = "reconcile";

struct TaskRow {
    std::string task;
    std::optional<Instant> last_at, last_good, next_at;
    std::optional<Error> problem;
    json::object report;
};
[[nodiscard]] std::vector<TaskRow> task_rows(store::Reader& reader, std::string_view connector);
/// Lets it run as soon as somebody is free.
void request_task(store::Transaction& tx, std::string_view connector, std::string_view task, Instant now);

}  // namespace hl::connector
