#include "http/session.h"

#include "base/log.h"
#include "http/parse.h"

namespace hl::http {

namespace {

constexpr size_t join_below = 16 * 1024;  // smaller bodies go in the same buffer as the head
constexpr size_t stream_queue = 256;      // chunks a subscriber may lag behind
constexpr std::chrono::seconds heartbeat_interval{15};
constexpr std::chrono::seconds linger_time{2};  // after an error answer: time for the peer to read it

void forget_peer(Shared& shared, const std::string& peer) {
    std::scoped_lock lock(shared.peers_mutex);
    if (auto it = shared.peers.find(peer); it != shared.peers.end() && --it->second == 0) shared.peers.erase(it);
}

template <class S>
class Session final : public SessionBase, public std::enable_shared_from_this<Session<S>> {
    using Parser = beast::http::request_parser<beast::http::string_body>;

  public:
    Session(Loop& loop, S stream, std::string peer)
        : loop_(loop), shared_(loop.shared), stream_(std::move(stream)), peer_(std::move(peer)) {
        std::scoped_lock lock(loop_.sessions_mutex);
        loop_.sessions.insert(this);
    }
    ~Session() override {
        {
            std::scoped_lock lock(loop_.sessions_mutex);
            loop_.sessions.erase(this);
        }
        --shared_.connections;
        forget_peer(shared_, peer_);
    }

    void start() {
        if constexpr (std::is_same_v<S, TlsStream>) {
            expire_in(shared_.options.header_time);
            stream_.async_handshake(asio::ssl::stream_base::server,
                                    [self = this->shared_from_this()](beast::error_code ec) {
                                        if (!ec) self->wait_for_request();
                                    });
        } else {
            wait_for_request();
        }
    }

    void check(SteadyTime now) override {
        if (open_stream_ && !closed_ && now >= next_heartbeat_) {
            next_heartbeat_ = now + heartbeat_interval;
            if (auto beat = open_stream_->heartbeat(); !beat.empty()) push(std::move(beat));
        }
        if (deadline_ > now || closed_) return;
        if (reading_head_ || reading_body_) {
            // A request that trickles is answered and cut; the peer may still be honest and slow.
            refuse(Error{ErrorKind::malformed, "http.slow", "Yêu cầu gửi quá chậm.", "The request came too slowly."},
                   408);
        } else {
            kill();
        }
    }

    void drain() override {
        draining_ = true;
        if (idle_ || open_stream_) kill();
    }

    void kill() override {
        if (closed_) return;
        closed_ = true;
        beast::error_code ignored;
        socket().close(ignored);
        close_stream();
    }

  private:
    Socket& socket() {
        if constexpr (std::is_same_v<S, TlsStream>)
            return stream_.next_layer();
        else
            return stream_;
    }

    void expire_in(std::chrono::milliseconds time) { deadline_ = std::chrono::steady_clock::now() + time; }

    void wait_for_request() {
        if (closed_) return;
        if (draining_ || shared_.stopping) return kill();
        parser_.emplace();
        parser_->header_limit(static_cast<uint32_t>(shared_.options.max_header_bytes));
        parser_->body_limit(boost::none);
        if (buffer_.size() > 0) return read_head();
        idle_ = true;
        expire_in(shared_.options.idle_time);
        stream_.async_read_some(buffer_.prepare(4096),
                                [self = this->shared_from_this()](beast::error_code ec, size_t n) {
                                    self->idle_ = false;
                                    if (ec || self->closed_) return self->kill();
                                    self->buffer_.commit(n);
                                    self->read_head();
                                });
    }

    void read_head() {
        reading_head_ = true;
        expire_in(shared_.options.header_time);
        parse_head();
    }
    /// Read here and not by Beast, which joins folded lines: the bytes are looked at before they are parsed.
    void parse_head() {
        beast::error_code ec;
        if (has_folded_line({static_cast<const char*>(buffer_.data().data()), buffer_.size()})) {
            ec = beast::http::error::bad_value;
        } else {
            buffer_.consume(parser_->put(buffer_.data(), ec));
            if (ec == beast::http::error::need_more) ec = {};
        }
        if (ec || parser_->is_header_done()) {
            reading_head_ = false;
            return ec ? on_bad_head(ec) : on_head();
        }
        pending_read_ = true;
        stream_.async_read_some(buffer_.prepare(4096), [self = this->shared_from_this()](auto error, size_t n) {
            if (!self->still_wanted(error)) return;
            if (error) return self->kill();
            self->buffer_.commit(n);
            self->parse_head();
        });
    }
    /// After a read: false when the request was answered meanwhile, so that what came is thrown away.
    bool still_wanted(beast::error_code ec) {
        pending_read_ = false;
        if (closed_) return false;
        if (!refused_) return true;
        if (ec)
            kill();
        else if (lingering_)
            swallow();
        return false;
    }

    void on_bad_head(beast::error_code ec) {
        if (ec == beast::http::error::header_limit || ec == beast::http::error::buffer_overflow)
            return refuse(Error{ErrorKind::malformed, "http.header_large", "Phần đầu yêu cầu quá lớn.",
                                "The request's header is too large."},
                          431);
        refuse(Error{ErrorKind::malformed, "http.malformed", "Yêu cầu không đúng chuẩn HTTP/1.1.",
                     "The request is not valid HTTP/1.1."},
               400);
    }

    void on_head() {
        started_ = std::chrono::steady_clock::now();
        request_ = Request{};
        prepared_ = prepare(shared_, parser_->get(), peer_, std::is_same_v<S, TlsStream>, request_);
        keep_alive_ = parser_->keep_alive();
        const size_t limit = prepared_.route ? prepared_.route->max_body : 64 * 1024;
        const auto length = parser_->content_length();
        if (length && *length > limit) return refuse(too_large(limit), 413);
        if (prepared_.route && prepared_.route->admit)
            if (auto refused = prepared_.route->admit(request_)) {
                // The body is not read, so nothing more can come over this connection.
                answered_request_ = request_;
                keep_alive_ = false;
                ++*shared_.refused;
                return answer(std::move(*refused));
            }
        parser_->body_limit(limit);
        if (parser_->is_done()) return dispatch();
        if (beast::iequals(parser_->get()[beast::http::field::expect], "100-continue")) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            expire_in(shared_.options.write_time);
            asio::async_write(stream_, asio::buffer(go_on),
                              [self = this->shared_from_this()](beast::error_code ec, size_t) {
                                  if (ec || self->closed_) return self->kill();
                                  self->read_body();
                              });
            return;
        }
        read_body();
    }

    static Error too_large(size_t limit) {
        return {ErrorKind::too_large, "http.body_large", fmt::format("Nội dung lớn quá {} byte.", limit),
                fmt::format("The body is larger than {} bytes.", limit)};
    }

    void read_body() {
        const auto own = prepared_.route ? prepared_.route->body_time : std::chrono::milliseconds{0};
        expire_in(own.count() > 0 ? own : shared_.options.body_time);
        reading_body_ = pending_read_ = true;
        beast::http::async_read(
            stream_, buffer_, *parser_, [self = this->shared_from_this()](beast::error_code ec, size_t) {
                if (!self->still_wanted(ec)) return;
                self->reading_body_ = false;
                if (ec == beast::http::error::body_limit)
                    return self->refuse(too_large(self->prepared_.route ? self->prepared_.route->max_body : 64 * 1024),
                                        413);
                if (ec && ec.category() != asio::error::get_system_category() &&
                    ec != beast::http::error::partial_message && ec != beast::http::error::end_of_stream)
                    return self->refuse(
                        Error{ErrorKind::malformed, "http.malformed", "Nội dung yêu cầu không đúng chuẩn HTTP/1.1.",
                              "The request's body is not valid HTTP/1.1."},
                        400);
                if (ec) return self->kill();
                self->dispatch();
            });
    }

    void dispatch() {
        // The handler has its own time limits; the peer is only waiting.
        deadline_ = SteadyTime::max();
        request_.body = std::move(parser_->get().body());
        answered_request_.method = request_.method;
        answered_request_.request_id = request_.request_id;
        answered_request_.secure = request_.secure;
        answered_request_.path = request_.path;
        answered_request_.remote = request_.remote;
        answered_request_.headers.clear();
        for (const auto name : {"Accept-Encoding", "If-None-Match", "Accept-Language"})
            if (auto value = request_.header(name); !value.empty())
                answered_request_.headers.push_back({name, std::string{value}});
        if (prepared_.answer) return answer(std::move(*prepared_.answer));
        auto self = this->shared_from_this();
        Responder respond([self](Response&& response) {
            // A server that has stopped runs nothing any more: the peer has gone, and so may the answer.
            if (self->loop_.context.stopped()) return;
            auto shared_response = std::make_shared<Response>(std::move(response));
            // On the connection's own thread this runs at once; from elsewhere it is posted.
            asio::dispatch(self->loop_.context.get_executor(),
                           [self, shared_response] { self->answer(std::move(*shared_response)); });
        });
        if (prepared_.route->slow) {
            auto request = std::make_shared<Request>(std::move(request_));
            asio::post(*shared_.workers, [route = prepared_.route, request, respond = std::move(respond)]() mutable {
                run(*route, std::move(*request), std::move(respond));
            });
        } else {
            run(*prepared_.route, std::move(request_), std::move(respond));
        }
    }

    static void run(const Route& route, Request&& request, Responder respond) {
        Request short_request;
        short_request.request_id = request.request_id;
        if (auto language = request.header("Accept-Language"); !language.empty())
            short_request.headers.push_back({"Accept-Language", std::string{language}});
        try {
            route.handler(std::move(request), respond);
        } catch (const std::exception& e) {
            log::error("http", "a handler threw",
                       {{"route", route.pattern}, {"request", short_request.request_id}, {"what", e.what()}});
            respond(Response::problem(
                Error{ErrorKind::internal, "http.bug",
                      "Máy chủ gặp lỗi. Hãy thử lại; nếu còn lỗi, báo mã yêu cầu cho quản trị viên.",
                      "The server failed. Try again; if it fails again, give the administrator the request id."},
                short_request));
        }
    }

    void refuse(const Error& error, int status) {
        reading_head_ = reading_body_ = false;
        refused_ = true;
        if (request_.request_id.empty())
            request_.request_id = fmt::format("{}-{:x}", shared_.boot, shared_.request_number++);
        answered_request_ = request_;
        auto response = Response::problem(error, request_);
        if (response.status != status) {
            auto body = boost::json::parse(response.body).as_object();
            body["status"] = status;
            response.body = boost::json::serialize(body);
            response.status = status;
        }
        keep_alive_ = false;
        ++*shared_.refused;
        answer(std::move(response));
    }

    void answer(Response&& response) {
        if (closed_) return;
        if (draining_ || shared_.stopping) keep_alive_ = false;
        const int status = response.status;
        auto stream = response.stream;
        if (stream) keep_alive_ = false;
        if (stream && prepared_.head) stream = nullptr;  // HEAD asks for the headers alone
        auto wire = to_wire(shared_.options, answered_request_, std::move(response), prepared_.head, keep_alive_);
        head_out_ = std::move(wire.head);
        body_out_ = std::move(wire.body);
        if (body_out_.size() < join_below) {
            head_out_ += body_out_;
            body_out_.clear();
        }
        account(status, head_out_.size() + body_out_.size());
        expire_in(shared_.options.write_time);
        const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_out_), asio::buffer(body_out_)};
        asio::async_write(stream_, buffers, [self = this->shared_from_this(), stream](beast::error_code ec, size_t) {
            if (ec || self->closed_) return self->kill();
            if (stream) return self->begin_stream(stream);
            if (!self->keep_alive_) return self->finish();
            self->wait_for_request();
        });
    }

    void account(int status, size_t bytes) {
        auto& m = prepared_.route ? shared_.route_metrics.at(prepared_.route) : shared_.unmatched;
        ++*m.by_class[static_cast<size_t>(std::clamp(status / 100, 1, 5))];
        const auto took = std::chrono::steady_clock::now() - started_;
        if (prepared_.route) m.duration->observe(std::chrono::duration<double>(took).count());
        *shared_.bytes_out += bytes;
        if (shared_.options.access_log)
            log::info("http", "answered",
                      {{"request", answered_request_.request_id},
                       {"method", answered_request_.method},
                       {"route", prepared_.route ? prepared_.route->pattern : ""},
                       {"status", status},
                       {"microseconds", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
                       {"remote", answered_request_.remote}});
    }

    /// The answer is out: say so to the peer, and let it read before the socket goes (RFC 9112 §9.6).
    void finish() {
        beast::error_code ignored;
        socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        expire_in(linger_time);
        lingering_ = true;
        if (!pending_read_) swallow();
    }
    void swallow() {
        buffer_.clear();
        socket().async_read_some(buffer_.prepare(4096),
                                 [self = this->shared_from_this()](beast::error_code ec, size_t) {
                                     if (ec || self->closed_) return self->kill();
                                     self->swallow();
                                 });
    }

    void begin_stream(const std::shared_ptr<Stream>& stream) {
        open_stream_ = stream;
        deadline_ = SteadyTime::max();
        next_heartbeat_ = std::chrono::steady_clock::now() + heartbeat_interval;
        std::weak_ptr<Session> weak = this->weak_from_this();
        stream->open([weak, said = said_](std::string chunk) {
            const auto self = weak.lock();
            if (!self) return false;
            {
                // One queue for all threads: the loop runs what it posted itself later than what others post meanwhile.
                std::scoped_lock lock(said->mutex);
                if (said->closed) return false;
                if (said->chunks.size() > stream_queue) {
                    // Cut, not left hanging: the page notices, connects again and asks for what it missed.
                    asio::post(self->loop_.context.get_executor(), [self] { self->kill(); });
                    return false;
                }
                said->chunks.push_back(std::move(chunk));
            }
            asio::post(self->loop_.context.get_executor(), [self] { self->take_said(); });
            return true;
        });
        // Reading tells when the peer goes.
        watch_peer();
    }
    void watch_peer() {
        buffer_.clear();
        stream_.async_read_some(buffer_.prepare(1024), [self = this->shared_from_this()](beast::error_code ec, size_t) {
            if (ec || self->closed_) return self->kill();
            self->watch_peer();
        });
    }
    void take_said() {
        std::deque<std::string> chunks;
        {
            std::scoped_lock lock(said_->mutex);
            chunks.swap(said_->chunks);
        }
        for (auto& chunk : chunks) push(std::move(chunk));
    }
    void push(std::string chunk) {
        if (closed_ || ended_) return;
        if (chunk.empty()) {
            ended_ = true;
            if (outbox_.empty()) kill();
            return;
        }
        if (outbox_.size() >= stream_queue) return kill();
        outbox_.push_back(std::move(chunk));
        if (outbox_.size() == 1) send_next();
    }
    void send_next() {
        expire_in(shared_.options.write_time);
        asio::async_write(stream_, asio::buffer(outbox_.front()),
                          [self = this->shared_from_this()](beast::error_code ec, size_t) {
                              if (ec || self->closed_) return self->kill();
                              self->deadline_ = SteadyTime::max();
                              self->outbox_.pop_front();
                              if (!self->outbox_.empty()) return self->send_next();
                              if (self->ended_) self->kill();
                          });
    }
    void close_stream() {
        if (!open_stream_) return;
        {
            std::scoped_lock lock(said_->mutex);
            said_->closed = true;
        }
        auto stream = std::move(open_stream_);
        open_stream_.reset();
        stream->closed();
    }

    Loop& loop_;
    Shared& shared_;
    S stream_;
    std::string peer_;
    beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    Request request_, answered_request_;
    Prepared prepared_;
    std::string head_out_, body_out_;
    std::shared_ptr<Stream> open_stream_;
    std::deque<std::string> outbox_;
    struct Said {
        std::mutex mutex;
        std::deque<std::string> chunks;  // not taken by the loop yet
        bool closed = false;
    };
    std::shared_ptr<Said> said_ = std::make_shared<Said>();
    SteadyTime deadline_ = SteadyTime::max(), started_{}, next_heartbeat_ = SteadyTime::max();
    bool keep_alive_ = true, idle_ = false, draining_ = false, closed_ = false;
    bool reading_head_ = false, reading_body_ = false, pending_read_ = false, refused_ = false, lingering_ = false;
    bool ended_ = false;  // the stream says no more
};

}  // namespace

namespace {

/// The last reference to a session may be let go on any thread (a late answer, a stream's sender), but while its loop
/// runs a session is destroyed there alone: the loop's sweep goes over them. The server's state lives as long as any.
template <class S>
std::shared_ptr<Session<S>> make_session(Loop& loop, S stream, std::string peer) {
    return {new Session<S>(loop, std::move(stream), std::move(peer)),
            [&loop, keep = loop.owner.lock()](Session<S>* session) {
                if (loop.context.get_executor().running_in_this_thread() || loop.context.stopped())
                    delete session;
                else
                    asio::post(loop.context, [session, keep] { delete session; });
            }};
}

}  // namespace

void start_session(Loop& loop, Socket socket, std::string peer) {
    beast::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (loop.shared.tls)
        make_session<TlsStream>(loop, TlsStream(std::move(socket), *loop.shared.tls), std::move(peer))->start();
    else
        make_session<Socket>(loop, std::move(socket), std::move(peer))->start();
}

}  // namespace hl::http
