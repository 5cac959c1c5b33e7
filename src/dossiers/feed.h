// The live feed of the desk: which dossiers of my agencies changed, as server-sent events whose id is the position in
// the ledger, so that a page that was away, or talks to another node now, goes on exactly where it stopped. Codes,
// states and versions only: what changed is asked for by the ordinary routes, with their rights and their log.
// One thread reads the ledger while somebody listens; subscribe() and say() may be called from any thread.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "http/message.h"
#include "store/store.h"

namespace hl::dossiers {

class Feed {
  public:
    /// Whose events a page hears: nothing = all agencies.
    using Audience = std::optional<std::vector<AgencyId>>;
    /// Asked again while the page listens; an error (signed out, locked, no right any more) ends its stream.
    using Rights = std::function<Result<Audience>()>;
    static constexpr int turns_between_judgings = 10;  // four seconds of turns

    /// `every`: how long a change may take to be seen. The store outlives the feed.
    explicit Feed(store::Store& store, std::chrono::milliseconds every = std::chrono::milliseconds{400});
    ~Feed();
    /// Begins reading, in a thread of its own.
    void start();
    void stop();
    /// A stream of the events of `agencies`, from after `last` (a Last-Event-ID; what is no position
    /// or too far back is answered with one `reset`). `head` is the ledger's size now.
    [[nodiscard]] std::shared_ptr<http::Stream> subscribe(Audience agencies, std::string_view last, int64_t head,
                                                          Rights rights = {});
    /// Tells those who see one of `agencies`; has no position and is not repeated.
    void say(std::string_view type, const std::vector<AgencyId>& agencies, std::string_view data);
    /// One turn of the reading thread (tests).
    void turn();

    struct State;

  private:
    std::shared_ptr<State> state_;
};

}  // namespace hl::dossiers
