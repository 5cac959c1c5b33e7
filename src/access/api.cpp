#include "access/api.h"

#include "access/sessions.h"
#include "base/json.h"
#include "base/log.h"

namespace hl::access {

namespace {

constexpr std::chrono::days idempotency_life{7};
constexpr size_t longest_idempotency_key = 128;

constexpr std::string_view find_first_answer =
    "SELECT request, status, headers, body FROM idempotency WHERE account = ? AND key = ? AND at > ?";
/// Nothing is changed when a live answer to the key is there already: another request with it came first.
constexpr std::string_view keep_first_answer =
    "INSERT INTO idempotency (account, key, request, status, headers, body, at) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (account, key) DO UPDATE SET request = excluded.request, status = excluded.status, "
    "headers = excluded.headers, body = excluded.body, at = excluded.at WHERE idempotency.at <= ?";

/// One command on its way through the writer: everything it needs lives here until the answer has left.
struct Running {
    http::Request request;
    Actor actor;
    boost::json::value body;
    Instant now;
    std::string key, fingerprint;
    bool again = false;  // it ran before and nothing of it stands
    std::optional<Answer> answer;
};

std::string headers_to_text(const std::vector<http::Header>& headers) {
    boost::json::array list;
    for (const auto& h : headers) list.push_back(boost::json::array{h.name, h.value});
    return boost::json::serialize(list);
}

std::vector<http::Header> headers_from_text(std::string_view text) {
    std::vector<http::Header> headers;
    const auto list = boost::json::parse(text);
    for (const auto& h : list.as_array())
        headers.push_back({std::string{h.as_array()[0].as_string()}, std::string{h.as_array()[1].as_string()}});
    return headers;
}

http::Response to_response(Answer&& answer) {
    http::Response response;
    if (answer.stream) {
        response.stream = std::move(answer.stream);
    } else if (answer.bytes) {
        response.status = answer.status;
        response.body = std::move(*answer.bytes);
    } else if (answer.status == 204) {
        response = http::Response::no_content();
    } else {
        response = http::Response::json(answer.value, answer.status);
    }
    for (auto& header : answer.headers) response.set(header.name, std::move(header.value));
    // Personal data must not stay in shared caches.
    if (!answer.reads.empty()) response.set("Cache-Control", "private, no-store");
    return response;
}

Error key_reused() {
    return {ErrorKind::invalid, "idempotency.reused",
            "Khoá Idempotency-Key này đã dùng cho một yêu cầu khác. Hãy tạo khoá mới.",
            "This Idempotency-Key was used for another request. Make a new key."};
}

Error key_too_long() {
    return {ErrorKind::malformed, "idempotency.key", "Khoá Idempotency-Key dài quá 128 ký tự.",
            "The Idempotency-Key is longer than 128 characters."};
}

/// The first answer to this key, when there is one.
Result<std::optional<Answer>> repeated(store::Transaction& tx, const Running& run) {
    struct Stored {
        std::string request;
        Answer answer;
    };
    const std::string account = run.actor.label();
    auto stored =
        tx.first(find_first_answer, {account, run.key, run.now - idempotency_life}, [](const store::Row& row) {
            Stored s;
            s.request = row.string(0);
            s.answer.status = static_cast<int>(row.integer(1));
            s.answer.headers = headers_from_text(row.text(2));
            s.answer.value = boost::json::parse(std::string{row.text(3)});
            return s;
        });
    if (!stored) return std::optional<Answer>{};
    if (stored->request != run.fingerprint) return key_reused();
    stored->answer.headers.push_back({"Idempotency-Replayed", "true"});
    return std::optional{std::move(stored->answer)};
}

/// Where a live answer to the key stands already, no row changes and the command is undone and run again.
void keep(store::Transaction& tx, const Running& run, const Answer& answer) {
    const std::string account = run.actor.label();
    const std::string headers = headers_to_text(answer.headers);
    const std::string body = boost::json::serialize(answer.value);
    tx.post_one(keep_first_answer,
                {account, run.key, run.fingerprint, answer.status, headers, body, run.now, run.now - idempotency_life});
}

/// A command with its Idempotency-Key. Repeats are rare, so the first answer is looked for only when something says
/// that there may be one: the command is refused, or its answer cannot be kept because the key has one. What it had
/// done by then is undone.
Result<Answer> run_once(store::Transaction& tx, Running& run, const Command& command) {
    const bool keyed = !run.key.empty();
    const bool look_first = std::exchange(run.again, true);
    if (keyed && look_first) {
        TRY(auto first, repeated(tx, run));
        if (first) return *std::move(first);
    }
    const int64_t changes = tx.changes();
    const Call call{run.request, run.actor, run.now, run.body};
    auto answer = command(tx, call);
    if (!answer.ok()) {
        if (!keyed || look_first) return answer;
        if (tx.changes() != changes) tx.run_again();
        TRY(auto first, repeated(tx, run));
        if (first) return *std::move(first);
        return answer;
    }
    for (const auto& read : answer->reads) log_read(tx, read);
    if (keyed) keep(tx, run, *answer);
    return answer;
}

}  // namespace

/// Reads waiting to be logged are written together: one transaction for all that arrived while the last was on its way.
struct Api::State : std::enable_shared_from_this<Api::State> {
    State(http::Router& r, store::Store& s, Sessions& se, const Clock& c, Random& ra, http::Metrics& m)
        : router(r),
          store(s),
          sessions(se),
          clock(c),
          random(ra),
          reads_logged(m.counter("hienluong_personal_reads", "Reads of personal data that were logged")) {}

    http::Router& router;
    store::Store& store;
    Sessions& sessions;
    const Clock& clock;
    Random& random;
    std::atomic<uint64_t>& reads_logged;

    struct Waiting {
        std::vector<PersonalRead> reads;
        http::Response response;
        http::Request request;
        http::Responder respond;
    };
    std::mutex mutex;
    std::vector<Waiting> waiting;
    bool flushing = false;

    /// What was read of people is in the log before the answer leaves.
    /// The request is copied or moved only when there is something to log.
    template <class Request>
    void answer(Result<Answer> given, Request&& request, const http::Responder& respond) {
        if (!given.ok()) return respond(http::Response::problem(given.error(), request));
        auto reads = given->reads;
        auto response = to_response(std::move(*given));
        if (reads.empty()) return respond(std::move(response));
        log_then_answer({std::move(reads), std::move(response), std::forward<Request>(request), respond});
    }

    void log_then_answer(Waiting&& entry) {
        {
            std::scoped_lock lock(mutex);
            waiting.push_back(std::move(entry));
            if (flushing) return;
            flushing = true;
        }
        flush();
    }

    void flush() {
        auto batch = std::make_shared<std::vector<Waiting>>();
        {
            std::scoped_lock lock(mutex);
            batch->swap(waiting);
            if (batch->empty()) {
                flushing = false;
                return;
            }
        }
        auto self = shared_from_this();
        store.write_async(
            [batch](store::Transaction& tx) -> Result<boost::json::value> {
                for (const auto& entry : *batch)
                    for (const auto& read : entry.reads) log_read(tx, read);
                return boost::json::value{};
            },
            [self, batch](Result<boost::json::value> done) {
                for (auto& entry : *batch) {
                    if (done.ok()) {
                        self->reads_logged += entry.reads.size();
                        entry.respond(std::move(entry.response));
                    } else {
                        // What cannot be logged is not shown.
                        entry.respond(http::Response::problem(done.error(), entry.request));
                    }
                }
                self->flush();
            });
    }
};

Api::Api(http::Router& router, store::Store& store, Sessions& sessions, const Clock& clock, Random& random,
         http::Metrics& metrics)
    : state_(std::make_shared<State>(router, store, sessions, clock, random, metrics)) {}

namespace {

Result<Actor> admit(Sessions& sessions, const http::Request& request, const RouteOptions& options) {
    auto known = sessions.actor_of(request);
    if (!known.ok()) {
        // Where anybody is welcome, a session that has ended or is locked is nobody: otherwise one could not sign in
        // again. That the database does not answer stays an error.
        const auto kind = known.error().kind;
        const bool nobody = kind == ErrorKind::unauthenticated || kind == ErrorKind::denied;
        if (options.who != Who::anyone || !nobody) return std::move(known).error();
    }
    Actor actor = known.ok() ? std::move(*known) : Actor{};
    if (options.who == Who::signed_in && actor.kind == ActorKind::anonymous) {
        return Error{ErrorKind::unauthenticated, "access.unauthenticated", "Hãy đăng nhập rồi thử lại.",
                     "Sign in and try again."};
    }
    actor.purpose = options.purpose;
    return actor;
}

/// Null where there is none, and where the call wants the bytes.
Result<boost::json::value> body_of(const http::Request& request, const RouteOptions& options) {
    if (options.raw_body || request.body.empty()) return boost::json::value();
    return request.json();
}

}  // namespace

Api::Judge Api::judge() const {
    return [&sessions = state_->sessions, &clock = state_->clock](const http::Request& request) -> Result<Judged> {
        TRY(auto actor, admit(sessions, request, RouteOptions{}));
        return Judged{std::move(actor), clock.now()};
    };
}

void Api::command(std::string method, std::string pattern, Command run, RouteOptions options) {
    registered_.emplace_back(method, pattern);
    auto state = state_;
    auto shared_run = std::make_shared<Command>(std::move(run));
    auto shared_options = std::make_shared<const RouteOptions>(options);
    http::Handler handler = [state, shared_run, options, shared_options](http::Request&& request,
                                                                         http::Responder respond) {
        auto actor = admit(state->sessions, request, options);
        if (!actor.ok()) return respond(http::Response::problem(actor.error(), request));
        auto running = std::make_shared<Running>();
        auto body = body_of(request, options);
        if (!body.ok()) return respond(http::Response::problem(body.error(), request));
        running->body = *std::move(body);
        running->key = request.header("Idempotency-Key");
        if (running->key.size() > longest_idempotency_key)
            return respond(http::Response::problem(key_too_long(), request));
        if (!running->key.empty())
            running->fingerprint =
                crypto::to_hex(crypto::sha256(request.method + " " + request.path + "\n", request.body));
        running->request = std::move(request);
        running->actor = std::move(*actor);
        running->now = state->clock.now();

        store::Foresight ahead;
        if (options.ahead)
            ahead = [running, shared_options](store::Ahead& asking) {
                const Call call{running->request, running->actor, running->now, {}};
                shared_options->ahead(asking, call);
            };
        state->store.write_async(
            [running, shared_run](store::Transaction& tx) -> Result<boost::json::value> {
                TRY(running->answer, run_once(tx, *running, *shared_run));
                return boost::json::value{};
            },
            [running, respond](Result<boost::json::value> done) {
                if (!done.ok()) return respond(http::Response::problem(done.error(), running->request));
                respond(to_response(std::move(*running->answer)));
            },
            std::move(ahead));
    };
    state_->router.add({std::move(method), std::move(pattern), std::move(handler), options.slow, options.max_body});
}

void Api::query(std::string pattern, Query run, RouteOptions options) {
    registered_.emplace_back("GET", pattern);
    auto state = state_;
    auto shared_run = std::make_shared<Query>(std::move(run));
    http::Handler handler = [state, shared_run, options](http::Request&& request, http::Responder respond) {
        auto actor = admit(state->sessions, request, options);
        if (!actor.ok()) return respond(http::Response::problem(actor.error(), request));
        const Call call{request, *actor, state->clock.now(), {}};
        auto answer = state->store.read([&](store::Reader& reader) { return (*shared_run)(reader, call); });
        state->answer(std::move(answer), std::move(request), respond);
    };
    state_->router.add({"GET", std::move(pattern), std::move(handler), options.slow, options.max_body});
}

namespace {

/// A call that outlives its handler, with what it refers to.
struct KeptCall {
    http::Request request;
    Actor actor;
    std::optional<Call> call;
};

}  // namespace

void Api::later(std::string method, std::string pattern, Later run, RouteOptions options) {
    registered_.emplace_back(method, pattern);
    auto state = state_;
    auto shared_run = std::make_shared<Later>(std::move(run));
    http::Handler handler = [state, shared_run, options](http::Request&& request, http::Responder respond) {
        auto actor = admit(state->sessions, request, options);
        if (!actor.ok()) return respond(http::Response::problem(actor.error(), request));
        auto body = body_of(request, options);
        if (!body.ok()) return respond(http::Response::problem(body.error(), request));
        const auto kept = std::make_shared<KeptCall>();
        kept->request = std::move(request);
        kept->actor = *std::move(actor);
        kept->call.emplace(Call{kept->request, kept->actor, state->clock.now(), *std::move(body)});
        (*shared_run)(std::shared_ptr<const Call>(kept, &*kept->call), [state, kept, respond](Result<Answer> answer) {
            state->answer(std::move(answer), kept->request, respond);
        });
    };
    state_->router.add({std::move(method), std::move(pattern), std::move(handler), options.slow, options.max_body});
}

void Api::raw(std::string method, std::string pattern, Raw run, RouteOptions options) {
    registered_.emplace_back(method, pattern);
    auto state = state_;
    auto shared_run = std::make_shared<Raw>(std::move(run));
    http::Handler handler = [state, shared_run, options](http::Request&& request, http::Responder respond) {
        auto actor = admit(state->sessions, request, options);
        if (!actor.ok()) return respond(http::Response::problem(actor.error(), request));
        auto body = body_of(request, options);
        if (!body.ok()) return respond(http::Response::problem(body.error(), request));
        const Call call{request, *actor, state->clock.now(), *std::move(body)};
        auto answer = (*shared_run)(call);
        state->answer(std::move(answer), std::move(request), respond);
    };
    http::Route route{std::move(method), std::move(pattern), std::move(handler), true, options.max_body};
    route.body_time = options.body_time;
    if (options.admit_first)
        route.admit = [state, options](const http::Request& request) -> std::optional<http::Response> {
            auto actor = admit(state->sessions, request, options);
            if (actor.ok()) return std::nullopt;
            return http::Response::problem(actor.error(), request);
        };
    state_->router.add(std::move(route));
}

}  // namespace hl::access
