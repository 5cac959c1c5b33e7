#include "exchange/gateway/link_pool.h"

#include <charconv>

namespace hl::exchange::gateway {

namespace {

constexpr std::chrono::seconds resolved_for{30};

/// The socket of a connection that is being opened, closed when that takes too long.
class Opening final : public Watched {
  public:
    Opening(Loop& loop, Socket& socket) : Watched(loop), socket_(socket) {}

  private:
    void end() {
        ErrorCode ignored;
        socket_.close(ignored);
    }
    void on_expired() override { end(); }
    void on_drain() override {}
    void on_kill() override { end(); }
    Socket& socket_;
};

Error no_connection(const Destination& to, std::string_view why) {
    return {
        ErrorKind::unavailable, "exchange.connection",
        fmt::format("Không kết nối được {}:{}. Kiểm tra địa chỉ và tường lửa.", to.host, to.port),
        fmt::format("Cannot connect to {}:{}: {}. Check the address and the firewall between.", to.host, to.port, why)};
}

}  // namespace

Result<std::pair<std::string, unsigned short>> split_address(std::string_view text) {
    const auto colon = text.rfind(':');
    unsigned port = 0;
    const auto digits = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || problem != std::errc{} || end != digits.data() + digits.size() || port == 0 || port > 65535 ||
        colon == 0)
        return Error{ErrorKind::invalid, "exchange.address",
                     fmt::format("Địa chỉ \"{}\" không có dạng máy:cổng.", text),
                     fmt::format("The address '{}' is not host:port.", text)};
    auto host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    return std::pair{std::string(host), static_cast<unsigned short>(port)};
}

LinkPool::LinkPool(Loop& loop, size_t idle_per_destination, milliseconds idle_time)
    : loop_(loop), idle_per_destination_(idle_per_destination), idle_time_(idle_time) {
    loop.on_sweep([this](SteadyTime now) {
        for (auto it = idle_.begin(); it != idle_.end();) {
            auto& waiting = it->second;
            while (!waiting.empty() && now - waiting.front().since > idle_time_) waiting.pop_front();
            it = waiting.empty() ? idle_.erase(it) : std::next(it);
        }
    });
    loop.on_drain([this] { idle_.clear(); });
}

Awaitable<Result<std::unique_ptr<Link>>> LinkPool::take(const Destination& to, bool fresh) {
    if (!fresh)
        if (const auto it = idle_.find(to.key); it != idle_.end())
            while (!it->second.empty()) {
                // The newest first: the others may grow old and go.
                auto link = std::move(it->second.back().link);
                it->second.pop_back();
                if (!link->connection.quiet()) continue;
                link->reused = true;
                ++reused_;
                co_return link;
            }
    co_return co_await open(to);
}

void LinkPool::give_back(const std::string& key, std::unique_ptr<Link> link) {
    if (loop_.draining() || !link->connection.is_open() || link->reader.has_bytes()) return;
    link->connection.never_expire();
    link->reader.release();
    auto& waiting = idle_[key];
    if (waiting.size() >= idle_per_destination_) waiting.pop_front();
    waiting.push_back({std::move(link), std::chrono::steady_clock::now()});
}

Awaitable<Result<std::vector<Tcp::endpoint>>> LinkPool::resolve(const Destination& to) {
    ErrorCode ec;
    const auto address = asio::ip::make_address(to.host, ec);
    if (!ec) co_return std::vector<Tcp::endpoint>{{address, to.port}};
    const auto name = fmt::format("{}:{}", to.host, to.port);
    const auto now = std::chrono::steady_clock::now();
    if (const auto it = resolved_.find(name); it != resolved_.end() && now - it->second.at < resolved_for)
        co_return it->second.endpoints;
    Resolver resolver(loop_.context());
    const std::string port = std::to_string(to.port);
    const auto found = co_await resolver.async_resolve(to.host, port, asio::redirect_error(awaiting, ec));
    if (ec)
        co_return Error{
            ErrorKind::unavailable, "exchange.unknown_host",
            fmt::format("Không tìm thấy máy {}. Kiểm tra tên máy và DNS.", to.host),
            fmt::format("The host {} is not known: {}. Check its name and the DNS.", to.host, ec.message())};
    Resolved resolved{{}, now};
    for (const auto& entry : found) resolved.endpoints.push_back(entry.endpoint());
    resolved_[name] = resolved;
    co_return std::move(resolved.endpoints);
}

Awaitable<Result<std::unique_ptr<Link>>> LinkPool::open(const Destination& to) {
    CO_TRY(const auto endpoints, co_await resolve(to));
    ErrorCode ec = asio::error::host_not_found;
    for (const auto& endpoint : endpoints) {
        Socket socket(loop_.context());
        bool late = false;
        {
            Opening opening(loop_, socket);
            opening.expire_in(to.connect_time);
            socket.open(endpoint.protocol(), ec);
            if (!ec) co_await socket.async_connect(endpoint, asio::redirect_error(awaiting, ec));
            late = opening.expired();
        }
        if (late) {
            ec = asio::error::timed_out;
            continue;
        }
        if (ec) continue;
        ++opened_;
        auto link = std::make_unique<Link>(loop_, std::move(socket));
        if (to.tls) {
            link->connection.expire_in(to.connect_time);
            CO_TRY_VOID(co_await link->connection.handshake(to.tls, to.server_name.empty() ? to.host : to.server_name));
            link->connection.never_expire();
        }
        co_return link;
    }
    co_return no_connection(to, ec.message());
}

}  // namespace hl::exchange::gateway
