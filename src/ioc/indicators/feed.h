// The wall's live feed, as server-sent events: which indicators' figures may be others now, and up to which ledger
// position; never a figure, a dossier or a person. What changed is asked for by the ordinary routes with their rights.
// Bursts are told together, at most some times a second. One thread tells while somebody listens; subscribe() and
// tell() may be called from any thread.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "http/message.h"
#include "ioc/indicators/rollup.h"

namespace hl::ioc {

class WallFeed {
  public:
    /// Whose figures a page sees: nothing = the whole province.
    using Audience = std::optional<std::vector<AgencyId>>;
    /// Asked again while the page listens; a refusal ends its stream.
    using Rights = std::function<Result<Audience>()>;
    static constexpr std::chrono::milliseconds gather{100};  // after telling, changes are gathered for so long
    static constexpr std::chrono::milliseconds look{1000};   // how often another node's work is looked for
    static constexpr int looks_between_judgings = 4;

    /// `position`: how far the figures are, also when another node keeps them.
    using Position = std::function<std::optional<int64_t>()>;
    explicit WallFeed(Position position);
    ~WallFeed();
    void start();
    void stop();
    void tell(const Rollup::Change& change);
    [[nodiscard]] std::shared_ptr<http::Stream> subscribe(Audience audience, Rights rights);
    /// One turn of the telling thread (tests). `looking`: also asks how far the figures are, and for rights.
    void turn(bool looking);

    struct State;

  private:
    std::shared_ptr<State> state_;
};

}  // namespace hl::ioc
