#include "dossiers/feed.h"

#include <charconv>
#include <condition_variable>
#include <set>
#include <thread>
#include <unordered_map>

#include "base/json.h"
#include "base/log.h"
#include "dossiers/events.h"
#include "http/events.h"

namespace hl::dossiers {

namespace {

constexpr int64_t most_behind = 5000;  // older than this, loading anew is quicker than hearing it all
constexpr int64_t batch = 500;

struct Told {
    int64_t position;
    std::set<AgencyId> agencies;  // who has or had a part in it by this event
    std::string text;
};

std::optional<Told> told_of(const store::StoredEvent& event) {
    if (!event.type.starts_with("dossier.")) return std::nullopt;
    const auto change = events::change_of(event);
    if (!change.ok()) return std::nullopt;
    Told told{event.position, {}, {}};
    const auto add = [&](const AgencyId& id) {
        if (!id.empty()) told.agencies.insert(id);
    };
    add(change->agency), add(change->reception), add(change->lead);
    for (const auto& t : change->started) add(t.agency);
    for (const auto& t : change->ended) add(t.agency);
    for (const auto& t : change->moved) add(t.agency);
    const json::object data{{"code", change->code.value},
                            {"type", event.type},
                            {"state", to_string(change->to)},
                            {"version", change->version},
                            {"at", to_rfc3339_local(event.at)}};
    told.text = http::event_frame(std::to_string(event.position), "dossier", json::serialize(data));
    return told;
}

}  // namespace

struct Feed::State : std::enable_shared_from_this<Feed::State> {
    struct Listener {
        std::optional<std::set<AgencyId>> agencies;
        http::Stream::Send send;
        int64_t next = 0;  // position not seen yet
        Feed::Rights rights{};
        [[nodiscard]] bool sees(const std::set<AgencyId>& of) const {
            return !agencies || std::ranges::any_of(of, [&](const AgencyId& a) { return agencies->contains(a); });
        }
    };
    State(store::Store& s, std::chrono::milliseconds e) : store(s), every(e) {}

    store::Store& store;
    std::chrono::milliseconds every;
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unordered_map<uint64_t, Listener> listeners;
    uint64_t next_number = 1;
    std::jthread thread;
    int turns = 0;  // of the reading thread

    /// Rights may have been taken, the session may have ended: asked without the lock, for it takes reads.
    void judge() {
        std::vector<std::pair<uint64_t, Feed::Rights>> asked;
        {
            std::scoped_lock lock(mutex);
            for (const auto& [n, l] : listeners)
                if (l.rights) asked.emplace_back(n, l.rights);
        }
        for (const auto& [n, rights] : asked) {
            auto audience = rights();
            std::scoped_lock lock(mutex);
            const auto it = listeners.find(n);
            if (it == listeners.end()) continue;
            // That the database does not answer says nothing about anybody's rights.
            if (!audience.ok() && audience.error().kind != ErrorKind::denied &&
                audience.error().kind != ErrorKind::unauthenticated)
                continue;
            if (!audience.ok()) {
                (void)it->second.send("");
                listeners.erase(it);
            } else if (*audience) {
                it->second.agencies.emplace((*audience)->begin(), (*audience)->end());
            } else {
                it->second.agencies.reset();
            }
        }
    }

    void turn() {
        if (++turns % Feed::turns_between_judgings == 0) judge();
        int64_t from = std::numeric_limits<int64_t>::max();
        {
            std::scoped_lock lock(mutex);
            for (const auto& [n, l] : listeners) from = std::min(from, l.next);
        }
        if (from == std::numeric_limits<int64_t>::max()) return;
        for (;;) {
            auto events = store.read([&](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
                return store::read_events(r, from, batch);
            });
            if (!events.ok() || events->empty()) return;
            std::vector<Told> told;
            for (const auto& e : *events)
                if (auto one = told_of(e)) told.push_back(std::move(*one));
            const int64_t after = events->back().position + 1;
            {
                std::scoped_lock lock(mutex);
                for (auto it = listeners.begin(); it != listeners.end();) {
                    auto& l = it->second;
                    std::string text;
                    for (const auto& t : told)
                        if (t.position >= l.next && l.sees(t.agencies)) text += t.text;
                    l.next = std::max(l.next, after);
                    const bool gone = !text.empty() && !l.send(std::move(text));
                    it = gone ? listeners.erase(it) : std::next(it);
                }
            }
            if (static_cast<int64_t>(events->size()) < batch) return;
            from = after;
        }
    }
};

namespace {

class Listening final : public http::Stream {
  public:
    Listening(std::shared_ptr<Feed::State> feed, std::optional<std::set<AgencyId>> agencies, int64_t next, bool reset,
              Feed::Rights rights)
        : feed_(std::move(feed)),
          agencies_(std::move(agencies)),
          next_(next),
          reset_(reset),
          rights_(std::move(rights)) {}
    void open(Send send) override {
        // The first event carries the position too, so that a page that heard nothing yet can go on from here.
        std::string first = "retry: 2000\n\n";
        first += http::event_frame(next_ > 0 ? std::to_string(next_ - 1) : "", reset_ ? "reset" : "ready", "{}");
        if (!send(std::move(first))) return;
        std::scoped_lock lock(feed_->mutex);
        number_ = feed_->next_number++;
        feed_->listeners.emplace(number_, Feed::State::Listener{agencies_, std::move(send), next_, rights_});
        feed_->changed.notify_all();
    }
    void closed() override {
        std::scoped_lock lock(feed_->mutex);
        feed_->listeners.erase(number_);
    }
    [[nodiscard]] std::string heartbeat() const override { return ": \n\n"; }

  private:
    std::shared_ptr<Feed::State> feed_;
    std::optional<std::set<AgencyId>> agencies_;
    int64_t next_;
    bool reset_;
    Feed::Rights rights_;
    uint64_t number_ = 0;
};

}  // namespace

Feed::Feed(store::Store& store, std::chrono::milliseconds every) : state_(std::make_shared<State>(store, every)) {}
Feed::~Feed() {
    stop();
}

void Feed::start() {
    state_->thread = std::jthread([state = state_.get()](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            {
                std::unique_lock lock(state->mutex);
                if (!state->changed.wait(lock, stop, [&] { return !state->listeners.empty(); })) return;
            }
            state->turn();
            std::unique_lock lock(state->mutex);
            state->changed.wait_for(lock, stop, state->every, [] { return false; });
        }
    });
}

void Feed::stop() {
    if (!state_->thread.joinable()) return;
    state_->thread.request_stop();
    state_->thread.join();
}

void Feed::turn() {
    state_->turn();
}

std::shared_ptr<http::Stream> Feed::subscribe(Audience agencies, std::string_view last, int64_t head, Rights rights) {
    std::optional<std::set<AgencyId>> seen;
    if (agencies) seen.emplace(agencies->begin(), agencies->end());
    int64_t next = head;
    bool reset = false;
    if (!last.empty()) {
        int64_t position = -1;
        const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), position);
        const bool good = error == std::errc{} && end == last.data() + last.size() && position >= 0 &&
                          position < head && head - position <= most_behind;
        if (good)
            next = position + 1;
        else
            reset = true;
    }
    return std::make_shared<Listening>(state_, std::move(seen), next, reset, std::move(rights));
}

void Feed::say(std::string_view type, const std::vector<AgencyId>& agencies, std::string_view data) {
    const std::set<AgencyId> of(agencies.begin(), agencies.end());
    const auto text = http::event_frame({}, type, data);
    std::scoped_lock lock(state_->mutex);
    std::erase_if(state_->listeners,
                  [&](const auto& entry) { return entry.second.sees(of) && !entry.second.send(text); });
}

}  // namespace hl::dossiers
