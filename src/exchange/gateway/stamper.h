// Puts time-stamps under the message log: every interval all signatures since the last stamp go into one hash chain,
// and its result to a time-stamping service (RFC 3161). A service that fails is passed over for the next one; when all
// fail it tries again, ever more seldom. After the permitted period without a stamp the gateway must not exchange
// messages; one stamp, and it goes on. Any thread.
#pragma once
#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <mutex>

#include "base/ticker.h"
#include "exchange/log/message_log.h"
#include "exchange/registry/configuration.h"

namespace hl::exchange::gateway {

struct StampTerms {
    struct Service {
        std::string name, url;
    };
    std::vector<Service> services;   // in the order in which they are asked
    std::vector<std::string> roots;  // DER: what a stamp may lead back to
    std::chrono::seconds interval{60}, failure_period{14'400};
    std::chrono::milliseconds timeout{20'000};
    size_t batch = 10'000;
};
[[nodiscard]] StampTerms stamp_terms(const Configuration& configuration);

class Stamper {
  public:
    /// `terms` is asked anew each time. Without services nothing is stamped and nothing is refused.
    Stamper(MessageLog& log, std::function<StampTerms()> terms, const Clock& clock, Random& random);
    ~Stamper();
    void start();
    void wake();
    void stop();

    /// Stamps all that waits, on the calling thread; gives how many records were stamped. Errors: exchange.timestamp,
    /// http.*, those of the log.
    [[nodiscard]] Result<size_t> stamp();
    /// What the thread does: stamps, notes the outcome, gives how long to wait until the next time.
    std::chrono::milliseconds round();

    /// Error exchange.timestamper_failed: the oldest message without a time-stamp is older than is permitted.
    [[nodiscard]] Result<void> may_exchange() const;
    /// {"status": "ok", "warning" or "failing", "oldest_unstamped", "last_stamp", "failing_since", "failures",
    /// "problem"}.
    [[nodiscard]] boost::json::object health() const;

  private:
    [[nodiscard]] Result<std::string> token_for(std::string_view chain_result, const StampTerms& terms);
    [[nodiscard]] Result<std::string> ask(const StampTerms::Service& service, const std::string& request,
                                          const Digest512& imprint, const StampTerms& terms);
    [[nodiscard]] Result<size_t> stamp_batch(const StampTerms& terms);

    MessageLog& log_;
    std::function<StampTerms()> terms_;
    const Clock& clock_;
    Random& random_;
    std::mutex stamping_;       // one at a time; guards preferred_
    size_t preferred_ = 0;      // the service that answered last
    mutable std::mutex mutex_;  // guards what follows
    std::optional<Instant> last_stamp_, failing_since_;
    std::optional<Error> problem_;
    int failures_ = 0;  // in a row
    Ticker ticker_;
};

}  // namespace hl::exchange::gateway
