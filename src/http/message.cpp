#include "http/message.h"

#include "base/json.h"
#include "base/log.h"
#include "http/parse.h"

namespace hl::http {

std::string_view Request::header(std::string_view name) const {
    for (const auto& h : headers)
        if (equal_ignoring_case(h.name, name)) return h.value;
    return {};
}

std::string_view Request::param(std::string_view name) const {
    for (const auto& [key, value] : path_params)
        if (key == name) return value;
    return {};
}

std::optional<std::string> Request::query_value(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return std::nullopt;
}

std::string_view Request::cookie(std::string_view name) const {
    std::string_view rest = header("Cookie");
    while (!rest.empty()) {
        const auto end = rest.find(';');
        std::string_view pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
    }
    return {};
}

Result<boost::json::value> Request::json() const {
    std::string_view type = header("Content-Type");
    type = type.substr(0, type.find(';'));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    if (!equal_ignoring_case(type, "application/json"))
        return Error{ErrorKind::unsupported, "http.media_type", "Hãy gửi nội dung dạng application/json.",
                     "Send the body as application/json."};
    return parse_json(body);
}

std::string_view Request::language() const {
    // The first language that we speak, in the order given: browsers list them by preference.
    std::string_view rest = header("Accept-Language");
    while (!rest.empty()) {
        const auto end = rest.find(',');
        std::string_view tag = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
        if (tag.starts_with("vi")) return "vi";
        if (tag.starts_with("en")) return "en";
    }
    return "vi";
}

Response Response::json(const boost::json::value& value, int status) {
    Response r;
    r.status = status;
    r.headers.push_back({"Content-Type", "application/json"});
    r.body = boost::json::serialize(value);
    return r;
}

Response Response::text(std::string body, std::string_view type, int status) {
    Response r;
    r.status = status;
    r.headers.push_back({"Content-Type", std::string{type}});
    r.body = std::move(body);
    return r;
}

Response Response::no_content() {
    Response r;
    r.status = 204;
    return r;
}

int status_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::invalid:
            return 422;
        case ErrorKind::malformed:
            return 400;
        case ErrorKind::unauthenticated:
            return 401;
        case ErrorKind::denied:
            return 403;
        case ErrorKind::not_found:
            return 404;
        case ErrorKind::conflict:
            return 409;
        case ErrorKind::precondition:
            return 412;
        case ErrorKind::too_large:
            return 413;
        case ErrorKind::unsupported:
            return 415;
        case ErrorKind::too_many:
            return 429;
        case ErrorKind::internal:
            return 500;
        case ErrorKind::unavailable:
            return 503;
        case ErrorKind::full:
            return 507;
    }
    return 500;
}

Response Response::problem(const std::vector<Error>& errors, const Request& request) {
    const bool english = request.language() == "en";
    const Error& first = errors.front();
    const auto text = [&](const Error& e) { return english ? e.en : e.vi; };
    boost::json::object body{{"type", "urn:hien-luong:problem:" + first.code},
                             {"title", text(first)},
                             {"status", status_of(first.kind)},
                             {"code", first.code}};
    if (!request.request_id.empty()) body["instance"] = "urn:request:" + request.request_id;
    if (!first.rule.empty()) body["rule"] = first.rule;
    boost::json::array list;
    for (const auto& e : errors) {
        if (e.at.empty() && errors.size() == 1) continue;
        boost::json::object entry{{"code", e.code}, {"detail", text(e)}};
        if (!e.at.empty()) entry["pointer"] = e.at;
        if (!e.rule.empty()) entry["rule"] = e.rule;
        list.push_back(std::move(entry));
    }
    if (!list.empty()) body["errors"] = std::move(list);
    Response r;
    r.status = status_of(first.kind);
    r.headers.push_back({"Content-Type", "application/problem+json"});
    r.headers.push_back({"Cache-Control", "no-store"});
    if (r.status == 401) r.headers.push_back({"WWW-Authenticate", "Bearer"});
    if (r.status == 503 || r.status == 429) r.headers.push_back({"Retry-After", "1"});
    r.body = boost::json::serialize(body);
    return r;
}

Response Response::problem(const Error& error, const Request& request) {
    return problem(std::vector<Error>{error}, request);
}

Response& Response::set(std::string_view name, std::string value) & {
    for (auto& h : headers)
        // Several cookies may be set; every other header stands once.
        if (equal_ignoring_case(h.name, name) && !equal_ignoring_case(name, "Set-Cookie")) {
            h.value = std::move(value);
            return *this;
        }
    headers.push_back({std::string{name}, std::move(value)});
    return *this;
}

Response&& Response::set(std::string_view name, std::string value) && {
    static_cast<Response&>(*this).set(name, std::move(value));
    return std::move(*this);
}

void Responder::Once::fire(Response&& response) {
    if (fired.exchange(true)) {
        log::error("http", "a request was answered twice; the second answer is dropped");
        return;
    }
    send(std::move(response));
}

Responder::Once::~Once() {
    if (fired) return;
    log::error("http", "a request was dropped unanswered");
    Request nobody;
    send(Response::problem(Error{ErrorKind::internal, "http.unanswered", "Máy chủ gặp lỗi. Hãy thử lại.",
                                 "The server failed to answer. Try again."},
                           nobody));
}

}  // namespace hl::http
