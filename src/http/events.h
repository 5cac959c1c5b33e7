// Server-sent events: a hub of topics; each subscriber has a bounded queue and is cut when it cannot keep up.
// publish() may be called from any thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace hl::http {

/// One event as it stands in the stream; an empty id or type is left out. Line breaks cannot begin a field of their
/// own.
[[nodiscard]] std::string event_frame(std::string_view id, std::string_view type, std::string_view data);

class EventHub {
  public:
    EventHub();
    ~EventHub();
    void publish(std::string_view topic, std::string_view id, std::string_view type, std::string_view data);
    /// A streaming response for the subscriber; resumes after Last-Event-ID from the last 1,000 events kept per topic.
    [[nodiscard]] Response subscribe(const Request& request, std::string topic);
    [[nodiscard]] size_t subscribers() const;

    struct State;

  private:
    std::shared_ptr<State> state_;
};

}  // namespace hl::http
