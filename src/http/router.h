// Which function answers which method and path. Built once at start, then read by all threads.
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace hl::http {

/// Runs on an I/O thread: must not block. Slow work goes through `Router::slow`.
using Handler = std::function<void(Request&&, Responder)>;
using SyncHandler = std::function<Response(const Request&)>;

struct Route {
    std::string method;
    std::string pattern;  // "/api/v1/dossiers/{code}", "/static/{*path}"
    Handler handler;
    bool slow = false;  // run on the worker pool
    size_t max_body = 1u << 20;
    std::chrono::milliseconds body_time{0};  // 0 = the server's; a large upload over a weak line needs longer
    /// Asked with the head alone, before the body is read: an answer refuses the request. For routes that take large
    /// bodies, so that nobody unknown makes the server hold them. Must not block.
    std::function<std::optional<Response>(const Request&)> admit{};
};

class Router {
  public:
    void add(Route route);
    void get(std::string pattern, SyncHandler handler, bool slow = false);
    void post(std::string pattern, SyncHandler handler, bool slow = false);
    /// Answers browsers (who accept HTML) that ask for what is not there; everybody else gets a problem document.
    void otherwise(SyncHandler handler) { otherwise_ = std::move(handler); }
    [[nodiscard]] const SyncHandler& otherwise() const { return otherwise_; }
    struct Match {
        const Route* route = nullptr;
        std::vector<std::pair<std::string, std::string>> params;
        std::vector<std::string> allowed;  // methods of this path, when only the method is wrong (405 + Allow)
    };
    [[nodiscard]] Match match(std::string_view method, std::string_view path) const;
    [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

  private:
    std::vector<Route> routes_;
    SyncHandler otherwise_;
    std::multimap<std::string, size_t, std::less<>> by_first_;  // first literal segments → route index
};

}  // namespace hl::http
