// One request and one answer, without the socket.
#include "http/compress.h"
#include "http/parse.h"
#include "http/session.h"

#include "base/crypto.h"

namespace hl::http {

namespace {

Error not_found() {
    return {ErrorKind::not_found, "http.not_found", "Không có địa chỉ này.", "There is nothing at this address."};
}

Response method_not_allowed(const Request& request, const std::vector<std::string>& allowed) {
    auto response = Response::problem(Error{ErrorKind::invalid, "http.method", "Địa chỉ này không nhận phương thức đó.",
                                            "This address does not take that method."},
                                      request);
    response.status = 405;
    auto body = boost::json::parse(response.body).as_object();
    body["status"] = 405;
    response.body = boost::json::serialize(body);
    std::string list;
    for (const auto& m : allowed) list += (list.empty() ? "" : ", ") + m + (m == "GET" ? ", HEAD" : "");
    return std::move(response).set("Allow", list + ", OPTIONS");
}

std::string_view reason(int status) {
    const auto text = beast::http::obsolete_reason(static_cast<beast::http::status>(status));
    return {text.data(), text.size()};
}

bool has_header(const Response& response, std::string_view name) {
    return std::any_of(response.headers.begin(), response.headers.end(),
                       [&](const Header& h) { return equal_ignoring_case(h.name, name); });
}

std::string_view header_of(const Response& response, std::string_view name) {
    for (const auto& h : response.headers)
        if (equal_ignoring_case(h.name, name)) return h.value;
    return {};
}

}  // namespace

Prepared prepare(Shared& shared, const beast::http::request<beast::http::string_body>& head, std::string_view peer,
                 bool secure, Request& out) {
    out.method = std::string{head.method_string()};
    out.target = std::string{head.target()};
    out.at = shared.clock.now();
    out.secure = secure;
    out.remote = peer;
    out.headers.reserve(16);
    for (const auto& field : head)
        out.headers.push_back({std::string{field.name_string()}, std::string{field.value()}});
    const auto given = out.header("X-Request-Id");
    out.request_id =
        good_request_id(given) ? std::string{given} : fmt::format("{}-{:x}", shared.boot, shared.request_number++);
    const auto& proxies = shared.options.trusted_proxies;
    if (std::find(proxies.begin(), proxies.end(), peer) != proxies.end()) {
        // The last hop's word: the nearest address that our own proxy saw.
        const auto forwarded = out.header("X-Forwarded-For");
        if (!forwarded.empty()) {
            auto last = forwarded.substr(forwarded.rfind(',') == std::string_view::npos ? 0 : forwarded.rfind(',') + 1);
            while (!last.empty() && last.front() == ' ') last.remove_prefix(1);
            out.remote = last;
        }
        if (equal_ignoring_case(out.header("X-Forwarded-Proto"), "https")) out.secure = true;
    }

    Prepared prepared;
    auto hosts = std::count_if(out.headers.begin(), out.headers.end(),
                               [](const Header& h) { return equal_ignoring_case(h.name, "Host"); });
    if (head.version() == 11 && hosts != 1) {
        prepared.answer =
            Response::problem(Error{ErrorKind::malformed, "http.host", "Yêu cầu phải có đúng một trường Host.",
                                    "A request carries exactly one Host header."},
                              out);
        return prepared;
    }
    auto target = parse_target(out.target);
    if (!target.ok()) {
        prepared.answer = Response::problem(target.error(), out);
        return prepared;
    }
    out.path = std::move(target->path);
    out.query = std::move(target->query);
    prepared.head = out.method == "HEAD";
    auto match = shared.router.match(prepared.head ? "GET" : std::string_view{out.method}, out.path);
    if (match.route != nullptr) {
        prepared.route = match.route;
        out.path_params = std::move(match.params);
    } else if (match.allowed.empty()) {
        const bool page = shared.router.otherwise() && (prepared.head || out.method == "GET") &&
                          out.header("Accept").find("text/html") != std::string_view::npos;
        prepared.answer = page ? shared.router.otherwise()(out) : Response::problem(not_found(), out);
    } else if (out.method == "OPTIONS") {
        auto allowed = method_not_allowed(out, match.allowed);
        prepared.answer = Response::no_content().set("Allow", std::string{header_of(allowed, "Allow")});
    } else {
        prepared.answer = method_not_allowed(out, match.allowed);
    }
    return prepared;
}

Wire to_wire(const ServerOptions& options, const Request& request, Response&& response, bool head, bool keep_alive) {
    const bool get = request.method == "GET" || request.method == "HEAD";
    const std::string type{header_of(response, "Content-Type")};  // a copy: headers are added below
    const bool streaming = response.stream != nullptr;
    if (get && response.status == 200 && !streaming && type.find("json") != std::string_view::npos &&
        !has_header(response, "ETag"))
        response.headers.push_back(
            {"ETag", "\"" + crypto::to_base64url(crypto::view(crypto::sha256(response.body)).substr(0, 12)) + "\""});
    // Said with a 304 as well: a cache must know that the other coding has a body of its own (RFC 9110 §15.4.5).
    const bool varies = !streaming && response.body.size() >= options.compress_from &&
                        !has_header(response, "Content-Encoding") && compressible(type);
    if (varies) response.headers.push_back({"Vary", "Accept-Encoding"});
    if (get && response.status == 200 && etag_matches(request.header("If-None-Match"), header_of(response, "ETag"))) {
        response.status = 304;
        response.body.clear();
    }
    if (varies && response.status != 304 && accepts(request.header("Accept-Encoding"), "gzip")) {
        response.body = gzip(response.body);
        response.headers.push_back({"Content-Encoding", "gzip"});
    }
    Wire wire;
    auto& out = wire.head;
    out.reserve(512);
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
    const bool bodiless = response.status == 204 || response.status == 304;
    if (!bodiless && !streaming)
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", response.body.size());
    for (const auto& h : response.headers) {
        // A value with a line break would become a header of its own.
        if (h.value.find_first_of("\r\n") != std::string::npos) continue;
        out += h.name;
        out += ": ";
        out += h.value;
        out += "\r\n";
    }
    out += "X-Request-Id: ";
    out += request.request_id;
    out += "\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n";
    // Component libraries set styles on elements, hence the one exception; scripts come from files alone.
    if (type.starts_with("text/html") && !has_header(response, "Content-Security-Policy"))
        out +=
            "Content-Security-Policy: default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: "
            "blob:; "
            "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'\r\n";
    if (request.secure) out += "Strict-Transport-Security: max-age=31536000\r\n";
    out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    if (!head && !bodiless) wire.body = std::move(response.body);
    return wire;
}

}  // namespace hl::http
