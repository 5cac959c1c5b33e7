// The edge between HTTP and the rooms: finds the actor (session cookie with CSRF token, bearer token, API key), parses,
// runs a command in one write with its Idempotency-Key, or a query on a snapshot with its read logged, and answers.
// Rooms register their routes here once at start; handlers then run on any thread.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "access/access.h"
#include "http/metrics.h"
#include "http/router.h"
#include "store/store.h"

namespace hl::access {

struct Call {
    const http::Request& request;
    const Actor& actor;
    Instant now;
    boost::json::value body;  // null when the route takes none
    [[nodiscard]] std::string param(std::string_view name) const { return std::string{request.param(name)}; }
};

/// What a command or query answers. `reads` lists the personal data shown: logged durably before the answer leaves.
struct Answer {
    boost::json::value value;
    int status = 200;
    std::vector<http::Header> headers{};
    std::vector<PersonalRead> reads{};
    std::optional<std::string> bytes{};      // instead of JSON, with a Content-Type header (PDF, XLSX)
    std::shared_ptr<http::Stream> stream{};  // instead of a body: goes on until the peer leaves
};

using Command = std::function<Result<Answer>(store::Transaction&, const Call&)>;
using Query = std::function<Result<Answer>(store::Reader&, const Call&)>;

enum class Who { anyone, citizen_or_officer, signed_in };

struct RouteOptions {
    Who who = Who::signed_in;
    bool slow = false;  // run on the worker pool
    size_t max_body = 1u << 20;
    std::string purpose{};                   // recorded with reads of personal data
    bool raw_body = false;                   // Call::body stays null; read request.body (uploads)
    std::chrono::milliseconds body_time{0};  // 0 = the server's
    /// Sign-in is checked before the body is read, and again after: for routes with large bodies.
    bool admit_first = false;
    /// What the command is going to ask (store::Ahead).
    std::function<void(store::Ahead&, const Call&)> ahead{};
};

struct Judged {
    Actor actor;
    Instant now;
};

/// What the edge needs from the program; the implementations live in access and app.
class Api {
  public:
    Api(http::Router& router, store::Store& store, class Sessions& sessions, const Clock& clock, Random& random,
        http::Metrics& metrics);

    /// POST/PUT/PATCH/DELETE. With an Idempotency-Key the first answer is repeated for 7 days (same account, method,
    /// path and body; another body → 422 idempotency.reused). The stored answer lands in the command's transaction.
    void command(std::string method, std::string pattern, Command run, RouteOptions options = {});
    void query(std::string pattern, Query run, RouteOptions options = {});
    /// For what is neither one write nor one read: signing in, uploads in two steps. Runs on the worker pool; does its
    /// own checks and transactions.
    using Raw = std::function<Result<Answer>(const Call&)>;
    void raw(std::string method, std::string pattern, Raw run, RouteOptions options = {});
    /// For answers that come when something happens: nobody waits on a thread meanwhile. Runs on an I/O thread and must
    /// not block; `answer` is called once, from any thread. The call is kept alive by whoever keeps it.
    using Later = std::function<void(std::shared_ptr<const Call> call, std::function<void(Result<Answer>)> answer)>;
    void later(std::string method, std::string pattern, Later run, RouteOptions options = {});
    /// Whether the session or key behind a request still holds, and its rights as they are by then: for answers that go
    /// on. The function may be kept as long as the sessions live.
    using Judge = std::function<Result<Judged>(const http::Request&)>;
    [[nodiscard]] Judge judge() const;
    /// Every registered method and pattern, for the comparison with the API document.
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& registered() const { return registered_; }

  private:
    struct State;
    std::shared_ptr<State> state_;
    std::vector<std::pair<std::string, std::string>> registered_;
};

}  // namespace hl::access
