#include "links/documents/node.h"

#include <charconv>

#include "base/crypto.h"
#include "base/text.h"
#include "documents/edxml.h"
#include "http/multipart.h"

namespace hl::links::vxp {

namespace {

constexpr size_t largest_body = 100u << 20;

std::string member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    const auto* s = v ? v->if_string() : nullptr;
    if (s) return std::string{*s};
    return v && v->is_int64() ? std::to_string(v->get_int64()) : std::string{};
}

Error bad_signature(std::string_view why) {
    return {ErrorKind::unauthenticated, "vxp.signature",
            "Chữ ký của tiêu đề yêu cầu không đúng. Kiểm tra mã hệ thống, khóa bí mật và đồng hồ máy gửi.",
            fmt::format("The signed headers are wrong: {}. Check the system's id, its secret and its clock.", why)};
}

Error bad_request(std::string_view code, std::string_view vi, std::string_view en) {
    return {ErrorKind::invalid, std::string{code}, std::string{vi}, std::string{en}};
}

/// Who sent it, about which document, to whom.
struct Envelope {
    std::string from, document_id, message_key;
    std::vector<std::string> to;
    bool status = false;
};
Envelope envelope_of(const documents::Message& message) {
    Envelope out;
    if (const auto* m = std::get_if<documents::BusinessMessage>(&message)) {
        out.from = m->from.organ_id;
        out.document_id = m->document_id;
        out.message_key = fmt::format("{}|{}", m->document_id, static_cast<int>(m->business));
        for (const auto& to : m->to) out.to.push_back(to.organ_id);
        return out;
    }
    const auto& s = std::get<documents::StatusMessage>(message);
    out.status = true;
    out.from = s.from.organ_id;
    out.document_id = s.response_for.document_id;
    out.message_key =
        fmt::format("{}|status|{}|{}|{}|{}", out.document_id, out.from, s.response_for.organ_id, s.code, to_ms(s.at));
    out.to = {s.response_for.organ_id};
    return out;
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

Result<http::Response> Node::send(const NodeSystem& system, const http::Request& request) const {
    http::MultipartLimits limits;
    limits.field = largest_body;
    TRY(const auto parts, http::parse_multipart(request.header("Content-Type"), request.body, limits));
    std::string_view file, hash;
    for (const auto& part : parts) {
        if (part.name == shape_->parts.at("file")) file = part.bytes;
        if (part.name == shape_->parts.at("hash")) hash = part.bytes;
    }
    if (file.empty() || !equal_in_constant_time(text::lower(hash), crypto::to_hex(crypto::sha256(file))))
        return bad_request("vxp.hash", "Tệp không khớp mã băm. Gửi lại.",
                           "The file does not fit its hash. Send again.");
    TRY(const auto message, documents::read_edxml(file, axis_.profile()));
    const auto envelope = envelope_of(message);
    if (!system.speaks_for(envelope.from))
        return bad_request("vxp.sender", "Hệ thống này không được gửi thay cơ quan đó.",
                           "This system may not send for that agency.");
    const auto now = clock_.now();
    TRY(const auto facts, axis_.judge(file, now));
    (void)facts;
    const auto known = axis_.ground().store.read([&](store::Reader& reader) -> Result<std::optional<std::string>> {
        return reader.first("SELECT hash FROM vxp_taken WHERE system = ? AND message_key = ?",
                            {system.id, envelope.message_key}, [](const store::Row& r) { return r.string(0); });
    });
    if (!known.ok()) return Error{known.error()};
    if (*known)
        return **known == text::lower(hash) ? say(shape_->answer.at("exists"), "known")
                                            : say("vxp.changed", "this message came before with other content");
    const auto today = local_date(now);
    const auto ctx = axis_.context();
    std::set<std::string> targets;
    bool here = false;
    for (const auto& organ : envelope.to) {
        here = here || ctx.agency(organ, today) != nullptr;
        if (const auto* target = system_of(organ)) targets.insert(target->id);
    }
    if (!here && targets.empty())
        return bad_request("vxp.receiver", "Không nơi nhận nào được biết ở đây.",
                           "None of its receivers is known here.");
    // Taking in is idempotent: killed between the two, the sender sends again and both are done once.
    if (here)
        TRY_VOID([&]() -> Result<void> {
            TRY(const auto taken, axis_.take_in(file, now));
            (void)taken;
            return Nothing{};
        }());
    TRY(const auto content, axis_.ground().blobs.put(file, axis_.ground().random));
    const auto& kind = shape_->words.at(envelope.status ? "status" : "document");
    TRY_VOID(axis_.ground().store.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& target : targets)
            tx.execute(
                "INSERT INTO vxp_delivery (system, kind, from_organ, message_key, document_id, content, document, "
                "status_number, state, reason, at) VALUES (?, ?, ?, ?, ?, ?, '', 0, 'initial', '', ?) ON CONFLICT "
                "(system, message_key) DO NOTHING",
                {target, kind, envelope.from, envelope.message_key, envelope.document_id, content, now});
        tx.execute(
            "INSERT INTO vxp_taken (system, message_key, document_id, hash, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
            "(system, message_key) DO NOTHING",
            {system.id, envelope.message_key, envelope.document_id, text::lower(hash), now});
        return Nothing{};
    }));
    return say(shape_->answer.at("ok"), "", {{shape_->answer.at("id"), envelope.message_key}});
}

Result<http::Response> Node::list(const NodeSystem& system, const json::object& body) const {
    const auto kind = member(body, shape_->request.at("message"));
    TRY(auto items, axis_.ground().store.read([&](store::Reader& reader) -> Result<json::array> {
        json::array out;
        reader.query(
            "SELECT number, from_organ, document_id FROM vxp_delivery WHERE system = ? AND kind = ? AND state IN "
            "('initial', 'processing') ORDER BY number LIMIT 100",
            {system.id, kind}, [&](const store::Row& row) {
                out.push_back(json::object{{shape_->request.at("document"), std::to_string(row.integer(0))},
                                           {shape_->request.at("from"), row.text(1)},
                                           {"documentId", row.text(2)}});
            });
        return out;
    }));
    return say(shape_->answer.at("ok"), "", {{shape_->answer.at("list"), std::move(items)}});
}

Result<http::Response> Node::get(const NodeSystem& system, const json::object& body) const {
    const auto id = member(body, shape_->request.at("document"));
    int64_t number = 0;
    const auto [end, ec] = std::from_chars(id.data(), id.data() + id.size(), number);
    const Error unknown{ErrorKind::not_found, "vxp.message", "Không có thông điệp này.", "There is no such message."};
    if (ec != std::errc{} || end != id.data() + id.size()) return Error{unknown};
    struct Row {
        std::string content, document;
        int64_t status = 0;
    };
    TRY(const auto found, axis_.ground().store.read([&](store::Reader& reader) -> Result<std::optional<Row>> {
        return reader.first("SELECT content, document, status_number FROM vxp_delivery WHERE number = ? AND system = ?",
                            {number, system.id}, [](const store::Row& r) {
                                return Row{r.string(0), r.string(1), r.integer(2)};
                            });
    }));
    if (!found) return Error{unknown};
    auto content = found->content;
    if (content.empty()) {
        // A status of ours: written and signed once, the same bytes ever after.
        TRY(const auto edxml, axis_.ground().store.read([&](store::Reader& reader) {
            return axis_.status_edxml(reader, documents::DocumentKey{found->document}, found->status);
        }));
        TRY(const auto stored, axis_.ground().blobs.put(edxml, axis_.ground().random));
        TRY(content, axis_.ground().store.write([&](store::Transaction& tx) -> Result<std::string> {
            tx.execute("UPDATE vxp_delivery SET content = ? WHERE number = ? AND content = ''", {stored, number});
            return *tx.first("SELECT content FROM vxp_delivery WHERE number = ?", {number},
                             [](const store::Row& r) { return r.string(0); });
        }));
    }
    TRY(auto bytes, axis_.content(FileHash{content}));
    http::Response out;
    out.headers = {{"Content-Type", "application/xml"},
                   {shape_->parts.at("hash"), crypto::to_hex(crypto::sha256(bytes))}};
    out.body = std::move(bytes);
    return out;
}

Result<http::Response> Node::update(const NodeSystem& system, const json::object& body) const {
    const auto status = member(body, shape_->request.at("status"));
    const auto& words = shape_->words;
    if (status != words.at("done") && status != words.at("failed") && status != words.at("processing"))
        return bad_request("vxp.status", "Trạng thái không đúng.", "The status must be done, fail or processing.");
    int64_t number = 0;
    const auto id = member(body, shape_->request.at("document"));
    (void)std::from_chars(id.data(), id.data() + id.size(), number);
    TRY(const auto changed, axis_.ground().store.write([&](store::Transaction& tx) -> Result<int64_t> {
        return tx.execute("UPDATE vxp_delivery SET state = ?, reason = ? WHERE number = ? AND system = ?",
                          {status, member(body, shape_->request.at("reason")).substr(0, 500), number, system.id});
    }));
    if (changed == 0)
        return Error{ErrorKind::not_found, "vxp.message", "Không có thông điệp này.", "There is no such message."};
    return say(shape_->answer.at("ok"), "");
}

Result<http::Response> Node::sent(const NodeSystem& system, const json::object& body) const {
    const auto id = member(body, shape_->request.at("document"));
    TRY(auto items, axis_.ground().store.read([&](store::Reader& reader) -> Result<json::array> {
        json::array out;
        reader.query(
            "SELECT message_key, document_id FROM vxp_taken WHERE system = ? AND (? = '' OR document_id = ?) ORDER BY "
            "at "
            "DESC, message_key LIMIT 100",
            {system.id, id, id}, [&](const store::Row& row) {
                out.push_back(json::object{{shape_->request.at("document"), row.text(0)}, {"documentId", row.text(1)}});
            });
        return out;
    }));
    return say(shape_->answer.at("ok"), "", {{shape_->answer.at("list"), std::move(items)}});
}

Result<http::Response> Node::count(const NodeSystem& system, const std::string& kind) const {
    TRY(const auto n, axis_.ground().store.read([&](store::Reader& reader) -> Result<int64_t> {
        return *reader.first("SELECT COUNT(*) FROM vxp_delivery WHERE system = ? AND kind = ? AND state = 'initial'",
                             {system.id, kind}, [](const store::Row& r) { return r.integer(0); });
    }));
    return say(shape_->answer.at("ok"), "", {{"count", n}});
}

http::Response Node::agencies() const {
    json::array items;
    const auto ctx = axis_.context();
    const auto today = local_date(clock_.now());
    for (const auto* agency : ctx.organisation->agencies_at(today)) {
        const auto* v = agency->at(today);
        if (v->code.empty()) continue;
        const auto old = ctx.codes->to_old(v->code, today);
        items.push_back(json::object{{shape_->agency.at("code"), v->code},
                                     {shape_->agency.at("code102"), old.ok() ? json::value(*old) : json::value("")},
                                     {shape_->agency.at("name"), v->name},
                                     {"isAgency", true}});
    }
    return say(shape_->answer.at("ok"), "", {{shape_->answer.at("list"), std::move(items)}});
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
