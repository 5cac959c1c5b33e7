#include "ioc/indicators/feed.h"

#include <condition_variable>
#include <set>
#include <thread>
#include <unordered_map>

#include "base/json.h"
#include "http/events.h"

namespace hl::ioc {

struct WallFeed::State {
    struct Listener {
        WallFeed::Audience audience;
        WallFeed::Rights rights;
        http::Stream::Send send;
        [[nodiscard]] bool sees(const std::vector<AgencyId>& of) const {
            return !audience || of.empty() || std::ranges::any_of(of, [&](const AgencyId& a) {
                return std::find(audience->begin(), audience->end(), a) != audience->end();
            });
        }
    };
    explicit State(WallFeed::Position p) : position(std::move(p)) {}

    WallFeed::Position position;
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unordered_map<uint64_t, Listener> listeners;
    uint64_t next = 1;
    std::vector<Rollup::Change> waiting;
    int64_t told = 0;  // position
    int looks = 0;
    std::jthread thread;

    /// Asked without the lock, for it takes reads.
    void judge() {
        std::vector<std::pair<uint64_t, WallFeed::Rights>> asked;
        {
            std::scoped_lock lock(mutex);
            for (const auto& [n, l] : listeners) asked.emplace_back(n, l.rights);
        }
        for (const auto& [n, rights] : asked) {
            auto audience = rights();
            std::scoped_lock lock(mutex);
            const auto it = listeners.find(n);
            if (it == listeners.end()) continue;
            if (audience.ok()) {
                it->second.audience = std::move(*audience);
            } else if (audience.error().kind == ErrorKind::denied ||
                       audience.error().kind == ErrorKind::unauthenticated) {
                (void)it->second.send("");
                listeners.erase(it);
            }
        }
    }

    void send(const std::vector<Rollup::Change>& changes) {
        std::scoped_lock lock(mutex);
        for (const auto& c : changes) told = std::max(told, c.position);
        std::erase_if(listeners, [&](const auto& entry) {
            std::set<std::string_view> codes;
            int64_t at = 0;
            bool any = false, all = false;
            for (const auto& c : changes) {
                if (!entry.second.sees(c.agencies)) continue;
                any = true;
                all = all || c.indicators.empty();
                at = std::max(at, c.position);
                codes.insert(c.indicators.begin(), c.indicators.end());
            }
            if (!any) return false;
            json::value list;  // null: whichever
            if (!all) {
                list = json::array{};
                for (const auto code : codes) list.get_array().emplace_back(code);
            }
            const json::object data{{"position", at}, {"indicators", std::move(list)}};
            return !entry.second.send(http::event_frame({}, "ioc", json::serialize(data)));
        });
    }
};

namespace {

class Listening final : public http::Stream {
  public:
    Listening(std::shared_ptr<WallFeed::State> feed, WallFeed::Audience audience, WallFeed::Rights rights)
        : feed_(std::move(feed)), audience_(std::move(audience)), rights_(std::move(rights)) {}
    void open(Send send) override {
        if (!send("retry: 2000\n\n" + http::event_frame({}, "ready", "{}"))) return;
        std::scoped_lock lock(feed_->mutex);
        number_ = feed_->next++;
        feed_->listeners.emplace(number_, WallFeed::State::Listener{audience_, rights_, std::move(send)});
        feed_->woken.notify_all();
    }
    void closed() override {
        std::scoped_lock lock(feed_->mutex);
        feed_->listeners.erase(number_);
    }
    [[nodiscard]] std::string heartbeat() const override { return ": \n\n"; }

  private:
    std::shared_ptr<WallFeed::State> feed_;
    WallFeed::Audience audience_;
    WallFeed::Rights rights_;
    uint64_t number_ = 0;
};

}  // namespace

WallFeed::WallFeed(Position position) : state_(std::make_shared<State>(std::move(position))) {}
WallFeed::~WallFeed() {
    stop();
}

void WallFeed::start() {
    state_->thread = std::jthread([this, state = state_.get()](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            bool looking = false;
            {
                std::unique_lock lock(state->mutex);
                if (!state->woken.wait(lock, stop, [&] { return !state->listeners.empty(); })) return;
                looking = !state->woken.wait_for(lock, stop, look, [&] { return !state->waiting.empty(); });
            }
            turn(looking);
            std::unique_lock lock(state->mutex);
            state->woken.wait_for(lock, stop, gather, [] { return false; });
        }
    });
}

void WallFeed::stop() {
    if (!state_->thread.joinable()) return;
    state_->thread.request_stop();
    state_->thread.join();
}

void WallFeed::tell(const Rollup::Change& change) {
    std::scoped_lock lock(state_->mutex);
    // Nobody listens: who begins to listen asks for everything anyway.
    if (state_->listeners.empty()) {
        state_->told = std::max(state_->told, change.position);
        return;
    }
    state_->waiting.push_back(change);
    state_->woken.notify_all();
}

void WallFeed::turn(bool looking) {
    std::vector<Rollup::Change> changes;
    {
        std::scoped_lock lock(state_->mutex);
        changes.swap(state_->waiting);
    }
    if (changes.empty() && looking) {
        if (const auto at = state_->position(); at && *at > state_->told) {
            const bool first = state_->told == 0;
            if (!first) changes.push_back({{}, {}, *at});
            state_->told = *at;
        }
    }
    if (!changes.empty()) state_->send(changes);
    // About every four seconds, under load too, where there is always something to tell.
    state_->looks += looking ? static_cast<int>(look / gather) : 1;
    if (state_->looks < looks_between_judgings * static_cast<int>(look / gather)) return;
    state_->looks = 0;
    state_->judge();
}

std::shared_ptr<http::Stream> WallFeed::subscribe(Audience audience, Rights rights) {
    return std::make_shared<Listening>(state_, std::move(audience), std::move(rights));
}

}  // namespace hl::ioc
