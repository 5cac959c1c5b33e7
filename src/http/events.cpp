#include "http/events.h"

#include <deque>
#include <unordered_map>

namespace hl::http {

namespace {

constexpr size_t kept_per_topic = 1000;

/// A line break inside a field would begin a field of its own.
std::string one_line(std::string_view text) {
    std::string out{text};
    std::erase_if(out, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    return out;
}

}  // namespace

std::string event_frame(std::string_view id, std::string_view type, std::string_view data) {
    std::string out;
    if (!id.empty()) out += fmt::format("id: {}\n", one_line(id));
    if (!type.empty()) out += fmt::format("event: {}\n", one_line(type));
    for (size_t from = 0;;) {
        const auto end = data.find_first_of("\r\n", from);
        out += fmt::format("data: {}\n", data.substr(from, end == std::string_view::npos ? end : end - from));
        if (end == std::string_view::npos) break;
        from = end + (data.substr(end, 2) == "\r\n" ? 2 : 1);
    }
    return out + "\n";
}

struct EventHub::State {
    struct Kept {
        std::string id, text;
    };
    struct Topic {
        std::deque<Kept> kept;
        std::unordered_map<uint64_t, Stream::Send> subscribers;
    };
    std::mutex mutex;
    std::unordered_map<std::string, Topic> topics;
    uint64_t next = 1;
};

namespace {

class Subscription final : public Stream {
  public:
    Subscription(std::shared_ptr<EventHub::State> hub, std::string topic, std::string last)
        : hub_(std::move(hub)), topic_(std::move(topic)), last_(std::move(last)) {}
    void open(Send send) override {
        std::scoped_lock lock(hub_->mutex);
        auto& topic = hub_->topics[topic_];
        std::string missed = "retry: 2000\n\n";
        if (!last_.empty()) {
            const auto seen =
                std::find_if(topic.kept.begin(), topic.kept.end(), [&](const auto& k) { return k.id == last_; });
            // Events too old to be kept cannot be replayed: the page is told to load everything anew.
            if (seen == topic.kept.end())
                missed += event_frame("", "reset", "{}");
            else
                for (auto it = seen + 1; it != topic.kept.end(); ++it) missed += it->text;
        }
        if (!send(missed)) return;
        number_ = hub_->next++;
        topic.subscribers.emplace(number_, std::move(send));
    }
    void closed() override {
        std::scoped_lock lock(hub_->mutex);
        hub_->topics[topic_].subscribers.erase(number_);
    }
    [[nodiscard]] std::string heartbeat() const override { return ": \n\n"; }

  private:
    std::shared_ptr<EventHub::State> hub_;
    std::string topic_, last_;
    uint64_t number_ = 0;
};

}  // namespace

EventHub::EventHub() : state_(std::make_shared<State>()) {}
EventHub::~EventHub() = default;

void EventHub::publish(std::string_view topic, std::string_view id, std::string_view type, std::string_view data) {
    const std::string text = event_frame(id, type, data);
    std::scoped_lock lock(state_->mutex);
    auto& t = state_->topics[std::string{topic}];
    t.kept.push_back({std::string{id}, text});
    if (t.kept.size() > kept_per_topic) t.kept.pop_front();
    std::erase_if(t.subscribers, [&](const auto& s) { return !s.second(text); });
}

Response EventHub::subscribe(const Request& request, std::string topic) {
    Response r;
    r.headers.push_back({"Content-Type", "text/event-stream"});
    r.headers.push_back({"Cache-Control", "no-store"});
    r.stream = std::make_shared<Subscription>(state_, std::move(topic), std::string{request.header("Last-Event-ID")});
    return r;
}

size_t EventHub::subscribers() const {
    std::scoped_lock lock(state_->mutex);
    size_t n = 0;
    for (const auto& [name, topic] : state_->topics) n += topic.subscribers.size();
    return n;
}

}  // namespace hl::http
