#include "links/portal/session.h"

#include <charconv>

namespace hl::links::portal {

namespace {

Error strange(std::string_view what) {
    return {ErrorKind::unavailable, "portal.answer", "Cổng trả lời không đúng dạng; sẽ gửi lại.",
            fmt::format("The portal's answer cannot be read ({}); it is sent again.", what)};
}

/// A code as a number or as its digits, within a million either way: what is longer is no code of this portal.
std::optional<int> number_in(const json::value& v) {
    std::int64_t n = 0;
    if (const auto* number = v.if_int64()) {
        n = *number;
    } else if (const auto* s = v.if_string()) {
        const auto [end, problem] = std::from_chars(s->data(), s->data() + s->size(), n);
        if (problem != std::errc{} || end != s->data() + s->size()) return std::nullopt;
    } else {
        return std::nullopt;
    }
    if (n < -1'000'000 || n > 1'000'000) return std::nullopt;
    return static_cast<int>(n);
}

}  // namespace

Result<PortalAnswer> parse_answer(std::string_view body) {
    const auto value = parse_json(body);
    if (!value.ok()) return strange("not JSON");
    const auto* object = value->if_object();
    if (!object) return strange("not an object");
    const auto* code = object->if_contains("error_code");
    const auto number = code ? number_in(*code) : std::nullopt;
    if (!number) return strange("no error_code");
    PortalAnswer out;
    out.code = *number;
    if (const auto* message = object->if_contains("message"); message && message->is_string())
        out.message = std::string{message->get_string()};
    if (const auto* result = object->if_contains("result")) out.result = *result;
    return out;
}

Result<std::string> parse_session(std::string_view body, const Profile& profile) {
    TRY(const auto answer, parse_answer(body));
    if (!profile.ok.contains(answer.code))
        return Error{ErrorKind::unavailable, "portal.sign_in",
                     "Cổng không cho đăng nhập. Hãy kiểm tra tài khoản kết nối và tệp mật khẩu.",
                     "The portal does not let us in. Check the connection's account and its password file."};
    const auto value = parse_json(body);
    const auto* session = value->get_object().if_contains("session");
    if (!session || !session->is_string() || session->get_string().empty()) return strange("no session");
    return std::string{session->get_string()};
}

Result<std::string> PortalSession::session(connector::Line& line, const Profile& profile, const std::string& stale) {
    const std::scoped_lock lock(mutex_);
    if (!session_.empty() && session_ != stale) {
        line.hide(session_);
        return session_;
    }
    TRY(const auto password, connector::read_secret(settings_.secret_file));
    line.hide(password);
    http::ClientRequest request;
    request.method = "POST";
    request.url = settings_.url + profile.auth_path;
    request.headers = {{"Content-Type", "application/json; charset=utf-8"}, {"dstcode", settings_.extra("provider")}};
    request.body = json::serialize(json::object{{"username", settings_.user}, {"password", password}});
    request.timeout = settings_.pace.timeout;
    request.ca_file = settings_.ca_file.string();
    TRY(const auto answer, line.send(request, "session"));
    if (answer.status != 200)
        return Error{ErrorKind::unavailable, "portal.http", "Cổng không phục vụ lúc này.",
                     fmt::format("The portal answered the sign-in with status {}.", answer.status)};
    TRY(session_, parse_session(answer.body, profile));
    line.hide(session_);
    return session_;
}

Result<PortalAnswer> PortalSession::once(connector::Line& line, const Profile& profile, std::string_view operation,
                                         std::string_view body, const json::object& extra, const std::string& session) {
    json::object head{{"session", session}, {"madonvi", settings_.extra("unit")}};
    for (const auto& member : extra) head[member.key()] = member.value();
    auto text = json::serialize(head);
    text.pop_back();
    if (body.size() > 2) text += "," + std::string{body.substr(1)};
    http::ClientRequest request;
    request.method = "POST";
    request.url = settings_.url + profile.path;
    request.headers = {{"Content-Type", "application/json; charset=utf-8"}, {"dstcode", settings_.extra("provider")}};
    request.body = std::move(text);
    request.timeout = settings_.pace.timeout;
    request.ca_file = settings_.ca_file.string();
    TRY(const auto answer, line.send(request, operation));
    if (answer.status != 200)
        return Error{ErrorKind::unavailable, "portal.http", "Cổng không phục vụ lúc này; sẽ gửi lại.",
                     fmt::format("The portal answered with status {}; it is sent again.", answer.status)};
    return parse_answer(answer.body);
}

Result<PortalAnswer> PortalSession::call(connector::Line& line, const Profile& profile, std::string_view operation,
                                         std::string_view body, const json::object& extra) {
    TRY(auto token, session(line, profile, {}));
    TRY(auto answer, once(line, profile, operation, body, extra, token));
    if (!profile.session.contains(answer.code)) return answer;
    TRY(token, session(line, profile, token));
    TRY(answer, once(line, profile, operation, body, extra, token));
    if (profile.session.contains(answer.code))
        return Error{ErrorKind::unavailable, "portal.session", "Cổng không nhận phiên làm việc vừa cấp; sẽ thử lại.",
                     "The portal does not accept the session that it has just given; tried again."};
    return answer;
}

}  // namespace hl::links::portal
