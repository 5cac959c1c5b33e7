#include "exchange/gateway/client_entry.h"

#include <boost/asio/post.hpp>

#include "base/crypto.h"
#include "base/log.h"
#include "exchange/adapters/adapter.h"
#include "exchange/protocol/content_type.h"
#include "exchange/protocol/fault_texts.h"
#include "http/parse.h"

namespace hl::exchange::gateway {

using http::equal_ignoring_case;

Awaitable<void> ClientEntry::serve(Session& session) {
    ++core_.figures.requests;
    const Load::Guard under_way(core_.load.get());
    const std::string_view target = session.head.target;
    if (target.starts_with("/r1/") || target == "/r1") {
        co_await rest(session);
        co_return;
    }
    if (session.head.method == "POST" && (target == "/oauth2/token" || target.starts_with("/oauth2/token?"))) {
        co_await token(session);
        co_return;
    }
    if (session.head.method == "GET" && (target == "/listClients" || target.starts_with("/listClients?"))) {
        co_await list_clients_here(session);
        co_return;
    }
    if (session.head.method == "GET" && (target == "/asic" || target.starts_with("/asic?"))) {
        co_await evidence(session);
        co_return;
    }
    if (session.head.method == "GET" && target == "/verificationconf") {
        co_await verification_conf_here(session);
        co_return;
    }
    const auto media = media_type(session.head.header("Content-Type"));
    if (session.head.method == "POST" &&
        (media == "text/xml" || media == "application/xop+xml" || media.starts_with("multipart/"))) {
        co_await soap(session);
        co_return;
    }
    // Made before it is waited with: g++ 12 destroys twice what is braced inside an expression with co_await.
    const Error nothing_here = carried(
        {fmt::format("{}.bad_request", client_proxy),
         "There is nothing at this address. REST services are under /r1/instance/class/member/subsystem/service; "
         "SOAP messages are sent by POST as text/xml or multipart/related.",
         {},
         false});
    co_await refuse(session, nothing_here, media != "text/xml");
}

Result<void> ClientEntry::admit(const Session& session, const Knowledge& knowledge, const ClientId& client,
                                std::vector<http::Header>* headers) const {
    if (knowledge.find(client) == nullptr || !knowledge.speaks_for(core_.settings.server, client))
        return carried(client_not_found(client));
    const auto it = core_.clients.find(client);
    static const ClientSettings strict;
    const ClientSettings& settings = it == core_.clients.end() ? strict : *it->second;
    const auto& connection = session.connection;
    if (settings.connection != ConnectionType::http && !connection.secure()) {
        if (settings.connection == ConnectionType::https_no_auth) return carried(plain_connection(client));
        return carried(tls_certificate_missing(client));
    }
    if (settings.connection == ConnectionType::https) {
        const auto& shown = connection.peer_certificate();
        if (shown.empty()) return carried(tls_certificate_missing(client));
        if (settings.certificates.empty()) return carried(tls_certificates_not_registered(client));
        const auto& listed = settings.certificates;
        if (std::find(listed.begin(), listed.end(), shown) == listed.end())
            return carried(tls_certificate_unknown(client));
    }
    if (!settings.oauth.empty()) {
        const auto given = session.head.header("Authorization");
        const bool bearer = given.size() > 7 && equal_ignoring_case(given.substr(0, 7), "Bearer ");
        const auto subsystem = bearer ? tokens_.check(trimmed(given.substr(7))) : std::nullopt;
        if (!subsystem || *subsystem != client)
            return carried(
                {"client.invalid_token",
                 fmt::format("Client ({}) must send a Bearer token of its own that has not ended. Get one with "
                             "POST /oauth2/token (grant_type=client_credentials).",
                             to_text(client)),
                 {},
                 false});
        // The token is for this gateway, not for the provider.
        if (headers != nullptr)
            std::erase_if(*headers, [](const auto& h) { return equal_ignoring_case(h.name, "Authorization"); });
    }
    return {};
}

LogEntry ClientEntry::entry(Direction direction, bool rest, const ClientId& client, const ServiceId& service,
                            const std::string& request_id) const {
    LogEntry out;
    out.at = core_.clock.now();
    out.side = Side::client;
    out.direction = direction;
    out.request_id = request_id;
    out.client = client;
    out.service = service;
    out.rest = rest;
    return out;
}

Awaitable<Result<void>> ClientEntry::deliver(Session& session, std::string head, ByteSource& body, bool bodiless,
                                             bool& begun) {
    CO_TRY(Held held, co_await hold(body, core_.settings.hold));
    auto& connection = session.connection;
    connection.expire_in(core_.settings.pace);
    if (held.whole) {
        begun = true;
        if (!session.keep_alive) head += "Connection: close\r\n";
        std::optional<std::string_view> whole;
        if (!bodiless) whole = held.bytes;
        const auto written = co_await write_whole(connection, std::move(head), whole);
        connection.never_expire();
        co_return written;
    }
    begun = true;
    // A client of HTTP/1.0 knows no chunks: the end of the connection ends its body, a reset tells it that it broke.
    const bool chunks = session.head.version >= 11;
    if (!chunks) session.keep_alive = false;
    if (!session.keep_alive) head += "Connection: close\r\n";
    if (chunks) {
        CO_TRY_VOID(co_await write_chunked_head(connection, std::move(head)));
        CO_TRY_VOID(co_await write_chunk(connection, held.bytes));
    } else {
        head += "\r\n";
        CO_TRY_VOID(co_await connection.write(head, held.bytes));
    }
    held.bytes = {};
    for (;;) {
        connection.never_expire();
        CO_TRY(const std::string_view piece, co_await body.next());
        connection.expire_in(core_.settings.pace);
        if (piece.empty()) break;
        if (chunks)
            CO_TRY_VOID(co_await write_chunk(connection, piece));
        else
            CO_TRY_VOID(co_await connection.write(piece));
    }
    Result<void> written;
    if (chunks) written = co_await write_last_chunk(connection);
    connection.never_expire();
    co_return written;
}

void ClientEntry::account(Exchanged& seen, const Result<void>& outcome) {
    seen.ended = core_.clock.now();
    seen.succeeded = outcome.ok();
    ++(outcome.ok() ? core_.figures.succeeded : core_.figures.faults);
    if (!outcome.ok()) {
        const auto fault = fault_for(outcome.error(), client_proxy);
        seen.fault_code = fault.code;
        seen.fault_text = fault.text;
    }
    core_.observe(seen);
}

Awaitable<void> ClientEntry::refuse(Session& session, const Error& error, bool rest) {
    const auto fault =
        with_detail(fault_for(error, client_proxy), core_.clock.now(), session.connection.loop().random());
    log::info("exchange", "a request was answered with a fault",
              {{"code", fault.code}, {"detail", fault.detail}, {"target_bytes", session.head.target.size()}});
    auto body = rest ? rest_fault(fault, session.head.header("Accept"), core_.settings.dialect)
                     : soap_fault(fault, core_.settings.dialect);
    std::string headers;
    if (!body.error_header.empty()) append_headers(headers, {{"X-Road-Error", body.error_header}});
    if (fault.code == "client.invalid_token") {
        body.status = 401;
        headers += "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n";
    }
    if (rest && fault.code == "client.message_too_large") body.status = 413;
    co_await finish_request(session);
    (void)co_await answer_with(session, body.status, body.content_type, body.body, headers);
    session.connection.never_expire();
}

namespace {

/// "id:secret" of HTTP Basic (RFC 6749 2.3.1).
std::optional<std::pair<std::string, std::string>> basic_credentials(std::string_view header) {
    if (header.size() < 7 || !equal_ignoring_case(header.substr(0, 6), "Basic ")) return std::nullopt;
    const auto decoded = crypto::from_base64(trimmed(header.substr(6)));
    if (!decoded) return std::nullopt;
    const auto colon = decoded->find(':');
    if (colon == std::string::npos) return std::nullopt;
    return std::pair{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::string form_to_query(std::string form) {
    for (char& c : form)
        if (c == '+') c = ' ';
    return form;
}

}  // namespace

Awaitable<void> ClientEntry::token(Session& session) {
    std::string form;
    for (;;) {
        const auto piece = co_await session.reader.piece();
        if (!piece.ok()) {
            session.keep_alive = false;
            co_return;
        }
        if (piece.value().empty()) break;
        form += piece.value();
        if (form.size() > 8 * 1024) {
            session.keep_alive = false;
            (void)co_await answer_with(session, 413, "application/json", R"({"error":"invalid_request"})");
            co_return;
        }
    }
    std::string grant, id, secret;
    if (const auto fields = parse_query(form_to_query(std::move(form))); fields.ok())
        for (const auto& [name, value] : *fields) {
            if (name == "grant_type") grant = value;
            if (name == "client_id") id = value;
            if (name == "client_secret") secret = value;
        }
    if (auto basic = basic_credentials(session.head.header("Authorization"))) std::tie(id, secret) = std::move(*basic);
    constexpr std::string_view no_store = "Cache-Control: no-store\r\n";
    if (grant != "client_credentials") {
        (void)co_await answer_with(session, 400, "application/json", R"({"error":"unsupported_grant_type"})", no_store);
        co_return;
    }
    auto issued = co_await called_back<Result<Tokens::Issued>>(
        [&](auto done) { asio::post(workers_, [this, &id, &secret, done] { done(tokens_.issue(id, secret)); }); });
    if (!issued.ok()) {
        (void)co_await answer_with(session, 401, "application/json", R"({"error":"invalid_client"})",
                                   "Cache-Control: no-store\r\nWWW-Authenticate: Basic realm=\"oauth2\"\r\n");
        co_return;
    }
    const auto body = fmt::format(R"({{"access_token":"{}","token_type":"Bearer","expires_in":{}}})", issued->token,
                                  issued->lives.count());
    (void)co_await answer_with(session, 200, "application/json", body, no_store);
    session.connection.never_expire();
}

}  // namespace hl::exchange::gateway
