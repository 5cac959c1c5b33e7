// The coroutines of the gateway's path: Asio's, with a concrete executor (no virtual call an operation), errors as
// values inside them, and callbacks of other threads as something to wait for. A coroutine stays on the loop it began
// on.
#pragma once
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"

namespace hl::exchange::gateway {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Resolver = asio::ip::basic_resolver<Tcp, Executor>;
template <class T = void>
using Awaitable = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> awaiting{};
using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

/// Waits for a callback that comes from another thread: `start` gets a function to call once with a T; the coroutine
/// goes on where it was.
template <class T, class Start>
Awaitable<T> called_back(Start start) {
    const Executor executor = co_await asio::this_coro::executor;
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>&, void(T)>(
        [&start, executor](auto handler) {
            using Handler = decltype(handler);
            auto once = std::make_shared<Handler>(std::move(handler));
            start([once, executor](T value) {
                asio::post(executor, [once, v = std::move(value)]() mutable {
                    Handler go = std::move(*once);
                    std::move(go)(std::move(v));
                });
            });
        },
        awaiting);
}

}  // namespace hl::exchange::gateway

#define HL_CO_TRY_(result, declaration, ...)               \
    auto result = (__VA_ARGS__);                           \
    if (!result.ok()) co_return std::move(result).error(); \
    declaration = std::move(result).value()

/// TRY and TRY_VOID for coroutines; the expression may wait.
#define CO_TRY(declaration, ...) HL_CO_TRY_(HL_CONCAT(hl_co_try_, __COUNTER__), declaration, __VA_ARGS__)
#define HL_CO_TRY_VOID_(result, ...)                           \
    do {                                                       \
        auto result = (__VA_ARGS__);                           \
        if (!result.ok()) co_return std::move(result).error(); \
    } while (false)
#define CO_TRY_VOID(...) HL_CO_TRY_VOID_(HL_CONCAT(hl_co_try_, __COUNTER__), __VA_ARGS__)
