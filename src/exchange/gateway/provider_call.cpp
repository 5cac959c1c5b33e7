#include "exchange/gateway/provider_call.h"

#include <boost/asio/post.hpp>

#include "exchange/gateway/asked_adapter.h"
#include "exchange/protocol/fault_texts.h"
#include "exchange/protocol/rest_message.h"
#include "http/parse.h"

namespace hl::exchange::gateway {

namespace {

using http::equal_ignoring_case;
constexpr size_t adapter_body = 1u << 20;

/// The body of an answer over a connection that goes back to the pool at its end.
class LinkBody final : public PlainSource {
  public:
    LinkBody(LinkPool& pool, std::string key, std::unique_ptr<Link> link, bool has_body, bool keep)
        : pool_(pool), key_(std::move(key)), link_(std::move(link)), part_owed_(has_body), keep_(keep) {
        if (!has_body) finish();
    }
    Awaitable<Result<Piece>> next() override {
        if (std::exchange(part_owed_, false)) co_return Piece{Piece::Kind::part, {}, {}};
        if (!link_) co_return Piece{};
        const auto piece = co_await link_->reader.piece();
        if (!piece.ok())
            co_return carried(service_failed(
                piece.error().code == "exchange.http" ? "http_error" : "network_error",
                fmt::format("The service's answer broke off: {}. Its operator must look at it.", piece.error().en)));
        if (!piece.value().empty()) co_return Piece{Piece::Kind::bytes, {}, piece.value()};
        finish();
        co_return Piece{};
    }

  private:
    void finish() {
        if (keep_ && link_->reader.done()) pool_.give_back(key_, std::move(link_));
        link_.reset();
    }
    LinkPool& pool_;
    std::string key_;
    std::unique_ptr<Link> link_;
    bool part_owed_, keep_;
};

/// An adapter's answer; a large one is asked for by a worker, piece by piece.
class AdapterBody final : public PlainSource {
  public:
    AdapterBody(Providers& providers, AdapterResponse answer) : providers_(providers), answer_(std::move(answer)) {}
    Awaitable<Result<Piece>> next() override {
        if (std::exchange(part_owed_, false)) co_return Piece{Piece::Kind::part, {}, {}};
        if (!answer_.source) {
            if (answer_.body.empty() || std::exchange(given_, true)) co_return Piece{};
            co_return Piece{Piece::Kind::bytes, {}, answer_.body};
        }
        if (buffer_.empty()) buffer_.resize(64 * 1024);
        const auto n = co_await called_back<Result<size_t>>([this](auto done) {
            asio::post(providers_.workers(), [this, done] { done(answer_.source(std::span<char>(buffer_))); });
        });
        if (!n.ok()) co_return carried(service_failed("network_error", n.error().en));
        if (n.value() == 0) co_return Piece{};
        co_return Piece{Piece::Kind::bytes, {}, {buffer_.data(), n.value()}};
    }

  private:
    Providers& providers_;
    AdapterResponse answer_;
    std::string buffer_;
    bool part_owed_ = true, given_ = false;
};

std::string request_head(const Providers::Target& target, const ProviderRequest& request) {
    std::string out;
    out.reserve(1024);
    const std::string path = target.base_path + request.path;
    out.append(request.method).append(" ").append(path.empty() ? "/" : path);
    if (!request.query.empty()) out.append("?").append(request.query);
    out.append(" HTTP/1.1\r\nHost: ").append(target.host_header).append("\r\n");
    append_headers(out, request.headers);
    if (!request.content_type.empty()) out.append("Content-Type: ").append(request.content_type).append("\r\n");
    return out;
}

bool may_repeat(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE" || method == "PUT" ||
           method == "DELETE";
}

Error cannot_reach(const ServiceSettings& service, const Error& why) {
    const bool tls = why.code == "exchange.tls_handshake";
    const bool http = why.code == "exchange.http";
    return carried(
        service_failed(tls    ? "ssl_authentication_failed"
                       : http ? "http_error"
                              : "network_error",
                       fmt::format("The information system of {} did not answer: {}", to_text(service.id), why.en)));
}

struct Sent {
    bool broke = false;  // the system does not listen any more; perhaps it has answered
    std::string why;
};
Awaitable<Result<Sent>> send_streamed(Link& link, std::string head, std::string held, ByteSource& body,
                                      milliseconds pace) {
    Sent sent;
    auto& connection = link.connection;
    connection.expire_in(pace);
    auto written = co_await write_chunked_head(connection, std::move(head));
    if (written.ok()) written = co_await write_chunk(connection, held);
    held = {};
    while (written.ok() && connection.quiet()) {
        connection.never_expire();
        const auto piece = co_await body.next();
        if (!piece.ok()) {
            connection.abort();
            co_return piece.error();
        }
        connection.expire_in(pace);
        // Only an end that is verified and logged reaches this line: now the message may be completed.
        if (piece.value().empty()) {
            written = co_await write_last_chunk(connection);
            if (written.ok()) co_return sent;
            break;
        }
        written = co_await write_chunk(connection, piece.value());
    }
    sent.broke = true;
    if (!written.ok()) sent.why = written.error().en;
    CO_TRY_VOID(co_await read_out(body));
    co_return sent;
}

Awaitable<Result<ProviderAnswer>> call_http(Providers::Target& target, LinkPool& links, const ProviderRequest& request,
                                            ByteSource& body, const OnePart* part, size_t hold_up_to) {
    const auto& service = *target.settings;
    CO_TRY(Held held, co_await hold(body, hold_up_to));
    const bool has_body = part == nullptr || part->has_body();
    for (int attempt = 0;; ++attempt) {
        auto taken = co_await links.take(target.destination, attempt > 0);
        if (!taken.ok()) {
            if (!held.whole) CO_TRY_VOID(co_await read_out(body));
            co_return cannot_reach(service, taken.error());
        }
        auto link = std::move(taken).value();
        const bool again = attempt == 0 && link->reused && held.whole && may_repeat(request.method);
        std::string head = request_head(target, request);
        std::string why;
        bool keep = true;
        if (held.whole) {
            std::optional<std::string_view> whole;
            if (has_body) whole = held.bytes;
            link->connection.expire_in(service.pace);
            const auto written = co_await write_whole(link->connection, std::move(head), whole);
            if (!written.ok()) why = written.error().en;
        } else {
            CO_TRY(const Sent sent,
                   co_await send_streamed(*link, std::move(head), std::move(held.bytes), body, service.pace));
            if (sent.broke) {
                why = sent.why;
                keep = false;
            }
        }
        link->connection.expire_in(service.answer_time);
        link->reader.begin(request.method == "HEAD" ? HttpParser::Kind::response_to_head : HttpParser::Kind::response);
        auto answer = co_await link->reader.head();
        if (!answer.ok()) {
            if (again && (answer.error().code == "exchange.closed" || answer.error().code == "exchange.connection"))
                continue;
            if (!why.empty()) answer.error().en = why;
            co_return cannot_reach(service, answer.error());
        }
        if (answer->status == 101)
            co_return carried(service_failed("http_error",
                                             "The service wants to change the protocol (101); it must "
                                             "answer HTTP/1.1."));
        ProviderAnswer out;
        out.status = answer->status;
        out.reason = std::move(answer->reason);
        out.headers = std::move(answer->headers);
        keep = keep && answer->keep_alive;
        link->reader.set_pace(service.pace);
        link->connection.never_expire();
        const bool more = answer->has_body;
        out.body = std::make_unique<LinkBody>(links, target.destination.key, std::move(link), more, keep);
        co_return out;
    }
}

Awaitable<Result<ProviderAnswer>> call_adapter(Providers& providers, Adapter& adapter, const ProviderRequest& request,
                                               ByteSource& body) {
    CO_TRY(Held held, co_await hold(body, adapter_body));
    if (!held.whole) {
        CO_TRY_VOID(co_await read_out(body));
        co_return carried(
            service_failed("http_error", fmt::format("This service takes bodies of at most {} bytes.", adapter_body)));
    }
    CO_TRY(auto asked, as_adapter_request(request, std::move(held.bytes)));
    auto shared = std::make_shared<AdapterRequest>(std::move(asked));
    auto answer = co_await called_back<std::shared_ptr<AdapterResponse>>([&](auto done) {
        asio::post(providers.workers(),
                   [&adapter, shared, done] { done(std::make_shared<AdapterResponse>(adapter.answer(*shared))); });
    });
    ProviderAnswer out;
    out.status = answer->status;
    out.reason = reason_phrase(answer->status);
    out.headers = answer->headers;
    const bool bodiless = request.method == "HEAD" || out.status == 204 || out.status == 304;
    if (!bodiless) out.body = std::make_unique<AdapterBody>(providers, std::move(*answer));
    co_return out;
}

}  // namespace

Awaitable<Result<ProviderAnswer>> call_provider(Providers& providers, Providers::Target& target, LinkPool& links,
                                                const ProviderRequest& request, OnePart& body, size_t hold) {
    if (target.adapter) co_return co_await call_adapter(providers, *target.adapter, request, body);
    co_return co_await call_http(target, links, request, body, &body, hold);
}

Awaitable<Result<ProviderAnswer>> call_provider(Providers::Target& target, LinkPool& links,
                                                const ProviderRequest& request, ByteSource& body, size_t hold) {
    co_return co_await call_http(target, links, request, body, nullptr, hold);
}

}  // namespace hl::exchange::gateway
