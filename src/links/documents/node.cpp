#include "links/documents/node.h"

#include "base/crypto.h"
#include "base/text.h"
#include "links/documents/node_parts.h"

namespace hl::links::vxp {

namespace {

Error bad_signature(std::string_view why) {
    return {ErrorKind::unauthenticated, "vxp.signature",
            "Chữ ký của tiêu đề yêu cầu không đúng. Kiểm tra mã hệ thống, khóa bí mật và đồng hồ máy gửi.",
            fmt::format("The signed headers are wrong: {}. Check the system's id, its secret and its clock.", why)};
}

}  // namespace

http::Response Node::say(std::string_view code, std::string_view message, json::object more, int status) const {
    more[shape_->answer.at("code")] = code;
    more[shape_->answer.at("message")] = message;
    return http::Response::json(more, status);
}

Result<const NodeSystem*> Node::authenticate(const http::Request& request) const {
    const auto signed_text = request.header(shape_->header("signed"));
    const auto value = parse_json(signed_text);
    const auto* o = value.ok() ? value->if_object() : nullptr;
    if (!o) return bad_signature("the signed object is missing");
    const auto id = member(*o, shape_->header("system"));
    const auto system = std::ranges::find(systems_, id, &NodeSystem::id);
    // The same work whether the system is known or not: nobody learns by the time which ids there are.
    const auto wanted = crypto::to_hex(
        crypto::hmac_sha256(system == systems_.end() ? std::string_view{"nobody"} : system->secret, signed_text));
    const bool good = equal_in_constant_time(text::lower(request.header(shape_->header("hash"))), wanted);
    if (system == systems_.end() || !good) return bad_signature("the signature does not fit");
    for (const auto& [name, v] : *o)
        if (!v.is_string() || request.header(name) != std::string_view{v.get_string()})
            return bad_signature("a header is not the signed one");
    const auto at = from_vxp_time(member(*o, shape_->header("timestamp")));
    if (!at || std::chrono::abs(*at - clock_.now()) > std::chrono::seconds{shape_->skew_seconds})
        return bad_signature("its time is not now");
    if (request.header(shape_->header("version")) != shape_->version) return bad_signature("its version is unknown");
    return &*system;
}

http::Response Node::answer(const http::Request& request) const {
    const auto system = authenticate(request);
    if (!system.ok()) return say("401", system.error().en, {}, 401);
    const auto& who = **system;
    const auto operation = request.path.substr(request.path.rfind('/'));
    const auto is = [&](const char* name) { return operation == shape_->operations.at(name); };
    const auto run = [&]() -> Result<http::Response> {
        if (is("send")) return send(who, request);
        json::object body;
        if (!request.body.empty()) {
            auto value = parse_json(request.body);
            if (!value.ok() || !value->is_object())
                return bad_request("vxp.body", "Thân yêu cầu phải là JSON.", "The body must be a JSON object.");
            body = value->get_object();
        }
        if (is("received")) return list(who, body);
        if (is("get") || operation == "/downloadEdoc") return get(who, body);
        if (is("status")) return update(who, body);
        if (is("sent")) return sent(who, body);
        if (is("count_documents")) return count(who, shape_->words.at("document"));
        if (is("count_statuses")) return count(who, shape_->words.at("status"));
        if (is("agencies") || is("agencies_old")) return agencies();
        // Who is let in is decided by the province, not by a request.
        if (is("register"))
            return bad_request("vxp.register", "Đăng ký cơ quan với quản trị viên của tỉnh.",
                               "Agencies are registered by the province's administrator.");
        return Error{ErrorKind::not_found, "vxp.operation", "Không có thao tác này.", "There is no such operation."};
    };
    const auto done = run();
    if (done.ok()) return *done;
    const auto& e = done.error();
    const bool ours = e.kind == ErrorKind::unavailable || e.kind == ErrorKind::internal || e.kind == ErrorKind::full;
    return say(e.code, e.en, {}, ours ? 503 : e.kind == ErrorKind::not_found ? 404 : 200);
}

void Node::add_routes(http::Router& router, const std::string& prefix) const {
    if (!serves()) return;
    for (const auto* method : {"POST", "GET"}) {
        http::Route route;
        route.method = method;
        route.pattern = prefix + "/{operation}";
        route.slow = true;
        route.max_body = largest_body;
        route.body_time = std::chrono::minutes{5};
        route.handler = [this](http::Request&& request, http::Responder responder) { responder(answer(request)); };
        route.admit = [this](const http::Request& request) -> std::optional<http::Response> {
            if (const auto who = authenticate(request); !who.ok()) return say("401", who.error().en, {}, 401);
            return std::nullopt;
        };
        router.add(std::move(route));
    }
}

}  // namespace hl::links::vxp
