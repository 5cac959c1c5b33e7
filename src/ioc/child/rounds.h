// The child's end at work: makes a batch when something is new, asks the parent what number it has, sends from there,
// takes in what comes down. A round may be cut anywhere: what was not acknowledged is sent again, what was is
// recognised. `Sender` runs rounds in a thread of its own, with back-off and jitter.
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ioc/child/outbox.h"
#include "store/store.h"

namespace hl::ioc::child {

inline constexpr std::string_view enrol_path = "/api/v1/ioc/child-line/enrolments";
inline constexpr std::string_view poll_path = "/api/v1/ioc/child-line/polls";
inline constexpr std::string_view batch_path = "/api/v1/ioc/child-line/batches";
inline constexpr std::string_view copies_path = "/api/v1/ioc/child-line/copies";

struct Reply {
    int status = 0;
    std::string body;
};
/// Posts JSON and waits for the answer.
using Courier = std::function<Result<Reply>(const std::string& url, const std::string& body)>;

struct ChildEnd {
    store::Store& store;
    crypto::SigningKey key;
    std::function<std::shared_ptr<const Book>()> book;
    Courier courier;
    std::map<std::string, TakeDown> takers{};  // by type
    Telling telling{};
    std::chrono::milliseconds interval{30'000};  // between batches
    const Clock& clock;
    Random& random;
    std::function<bool()> stopping{};
};

/// Makes this installation a child. Errors: child.code_expired, child.tls, child.parent_key, what the parent refuses.
[[nodiscard]] Result<Line> enrol_at(const ChildEnd& end, const EnrolCode& code);

struct Round {
    int64_t made = 0, sent = 0, received = 0;
    LineState state = LineState::running;
    bool no_line = false;
};
/// Whatever ends it early is written to the line, too. `now_due`: makes a batch although the last one is younger than
/// the interval.
[[nodiscard]] Result<Round> run_round(const ChildEnd& end, bool now_due);

/// Where the chains part: asks the parent for its hashes and copies. Errors: child.not_parted, child.copies.
[[nodiscard]] Result<Resume> what_parts(const ChildEnd& end);

/// How long to wait after so many failures: doubled from `first` to `longest`, of which a random half is taken off.
[[nodiscard]] std::chrono::milliseconds back_off(int64_t failures, std::chrono::milliseconds first,
                                                 std::chrono::milliseconds longest, Random& random);

class Sender {
  public:
    Sender(ChildEnd end, std::chrono::milliseconds longest_wait);
    ~Sender() { stop(); }
    void start();
    void stop();
    void wake();

  private:
    void loop();
    ChildEnd end_;
    std::chrono::milliseconds longest_wait_;
    std::mutex mutex_;
    std::condition_variable signal_;
    bool stopping_ = false, woken_ = false;
    std::thread thread_;
};

}  // namespace hl::ioc::child
