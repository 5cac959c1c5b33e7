#include "server.h"

#include <sys/socket.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <set>

namespace sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

struct Server::State {
    Options options;
    std::vector<Mounted> modules;
    asio::io_context io{1};
    asio::ssl::context tls{asio::ssl::context::tls_server};
    std::unique_ptr<tcp::acceptor> acceptor;
    std::thread thread;
    std::atomic<bool> stopping{false};
    std::mutex mutex;
    std::set<int> open;  // sockets of the connections that live
    std::atomic<int> connections{0};
};

namespace {

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decode(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

Reply problem(int status, std::string_view what) {
    return reply_json(json::object{{"error", what}}, status);
}

std::optional<json::value> parsed(const std::string& body) {
    boost::system::error_code failed;
    auto value = json::parse(body.empty() ? std::string_view{"{}"} : std::string_view{body}, failed);
    if (failed) return std::nullopt;
    return value;
}

}  // namespace

Server::Server(Options options, std::vector<Mounted> modules) : state_(std::make_unique<State>()) {
    state_->options = std::move(options);
    state_->modules = std::move(modules);
    if (!state_->options.certificate.empty()) {
        state_->tls.use_certificate_chain_file(state_->options.certificate);
        state_->tls.use_private_key_file(state_->options.key, asio::ssl::context::pem);
    }
}

Server::~Server() {
    stop();
}

Mounted* Server::find(const std::string& name) {
    for (auto& m : state_->modules)
        if (m.module->name() == name) return &m;
    return nullptr;
}

Reply Server::control(const Request& request) {
    if (!state_->options.control_token.empty()) {
        const auto it = request.headers.find("authorization");
        if (it == request.headers.end() || it->second != "Bearer " + state_->options.control_token)
            return problem(401, "the control token is missing");
    }
    if (request.path.empty() || request.path == "/") {
        json::array modules;
        for (const auto& m : state_->modules)
            modules.push_back({{"name", m.module->name()},
                               {"what", m.module->what()},
                               {"requests", m.requests->load()},
                               {"fault", m.faults->describe()}});
        return reply_json(json::object{{"simulator", true}, {"modules", std::move(modules)}});
    }
    const auto slash = request.path.find('/', 1);
    auto* m = find(request.path.substr(1, slash == std::string::npos ? std::string::npos : slash - 1));
    if (!m) return problem(404, "no such module");
    const auto rest = slash == std::string::npos ? std::string{} : request.path.substr(slash + 1);
    const auto body = parsed(request.body);
    if (!body || !body->is_object()) return problem(400, "a JSON object is wanted");
    const auto& o = body->get_object();
    const auto text = [&](std::string_view name) {
        const auto* v = o.if_contains(name);
        return v && v->is_string() ? std::string{v->get_string()} : std::string{};
    };
    if (rest.empty()) {
        if (request.method == "GET") return reply_json(m->faults->describe());
        if (const auto wrong = m->faults->set(*body); !wrong.empty()) return problem(400, wrong);
        return reply_json(m->faults->describe());
    }
    if (rest == "forget") return reply_json(json::object{{"forgotten", m->module->forget(text("key"))}});
    if (rest == "alter") {
        const auto* value = o.if_contains("value");
        const bool done = value && m->module->alter(text("key"), text("field"), *value);
        return done ? reply_json(json::object{{"altered", true}}) : problem(404, "no such key or field");
    }
    if (rest.starts_with("do/"))
        if (auto done = m->module->command(rest.substr(3), *body)) return reply_json(*done);
    return problem(404, "no such control");
}

Reply Server::compare(const Request& request) {
    auto* m = find(request.path.empty() ? "" : request.path.substr(1));
    if (!m) return problem(404, "no such module");
    const auto value = [&](const char* name, const char* otherwise) {
        const auto it = request.query.find(name);
        return it == request.query.end() ? std::string{otherwise} : it->second;
    };
    const int limit = std::clamp(std::atoi(value("limit", "500").c_str()), 1, 5000);
    return reply_json(m->module->holdings(value("after", ""), limit));
}

Outcome Server::handle(const std::string& method, const std::string& target, std::map<std::string, std::string> headers,
                       std::string body) {
    Request request;
    request.method = method;
    request.headers = std::move(headers);
    request.body = std::move(body);
    const auto mark = target.find('?');
    std::string path = decode(std::string_view{target}.substr(0, mark));
    if (mark != std::string::npos) {
        std::string_view rest = std::string_view{target}.substr(mark + 1);
        while (!rest.empty()) {
            const auto end = rest.find('&');
            const auto pair = rest.substr(0, end);
            const auto is = pair.find('=');
            request.query[decode(pair.substr(0, is))] =
                is == std::string_view::npos ? std::string{} : decode(pair.substr(is + 1));
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        }
    }
    const auto slash = path.find('/', 1);
    const auto first = path.substr(1, slash == std::string::npos ? std::string::npos : slash - 1);
    request.path = slash == std::string::npos ? std::string{} : path.substr(slash);
    try {
        if (first == "control") return {control(request)};
        if (first == "compare") return {compare(request)};
        auto* m = find(first);
        if (!m) return {problem(404, "no such partner; GET /control names them")};
        ++*m->requests;
        const auto decision = m->faults->next();
        if (decision.wait.count() > 0) std::this_thread::sleep_for(decision.wait);
        switch (decision.act) {
            case Act::down:
                return {};
            case Act::error:
                return {problem(500, "told to fail")};
            case Act::lie:
                return {m->module->lie(request)};
            case Act::refuse:
                return {m->module->refuse(request)};
            case Act::lose:
                (void)m->module->answer(request);
                return {};
            case Act::half:
                return {m->module->answer(request), true};
            case Act::duplicate:
                (void)m->module->answer(request);
                return {m->module->answer(request)};
            case Act::none:
            case Act::slow:
                break;
        }
        return {m->module->answer(request)};
    } catch (const std::exception& e) {
        return {problem(500, e.what())};
    }
}

namespace {

/// One connection, until it ends or an answer was to be left out.
template <class Stream>
void converse(Server& server, Stream& stream) {
    beast::flat_buffer buffer;
    for (;;) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(64u << 20);
        boost::system::error_code failed;
        http::read(stream, buffer, parser, failed);
        if (failed) return;
        auto request = parser.release();
        std::map<std::string, std::string> headers;
        for (const auto& field : request) {
            std::string name{field.name_string()};
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
            headers[name] = std::string{field.value()};
        }
        const bool keep = request.keep_alive();
        const auto outcome = server.handle(std::string{request.method_string()}, std::string{request.target()},
                                           std::move(headers), std::move(request.body()));
        if (!outcome.reply) return;
        http::response<http::string_body> response{static_cast<http::status>(outcome.reply->status), 11};
        response.set(http::field::server, "hienluong-sim");
        response.set(http::field::content_type, outcome.reply->type);
        for (const auto& [name, value] : outcome.reply->headers) response.set(name, value);
        response.keep_alive(keep);
        if (outcome.half) {
            // The length of the whole, and half of it.
            response.content_length(outcome.reply->body.size());
            response.body() = outcome.reply->body;
            http::response_serializer<http::string_body> serializer{response};
            serializer.split(true);
            http::write_header(stream, serializer, failed);
            asio::write(stream, asio::buffer(outcome.reply->body.data(), outcome.reply->body.size() / 2), failed);
            return;
        }
        response.body() = outcome.reply->body;
        response.prepare_payload();
        http::write(stream, response, failed);
        if (failed || !keep) return;
    }
}

}  // namespace

unsigned short Server::start() {
    auto& s = *state_;
    const tcp::endpoint where(asio::ip::make_address(s.options.address), s.options.port);
    s.acceptor = std::make_unique<tcp::acceptor>(s.io, where);
    const auto port = s.acceptor->local_endpoint().port();
    s.thread = std::thread([this, &s] {
        while (!s.stopping) {
            boost::system::error_code failed;
            tcp::socket socket(s.io);
            s.acceptor->accept(socket, failed);
            if (failed || s.stopping) continue;
            socket.set_option(tcp::no_delay(true));
            const int fd = socket.native_handle();
            {
                const std::scoped_lock lock(s.mutex);
                s.open.insert(fd);
            }
            ++s.connections;
            std::thread([this, &s, fd, peer = std::move(socket)]() mutable {
                try {
                    if (s.options.certificate.empty()) {
                        converse(*this, peer);
                    } else {
                        asio::ssl::stream<tcp::socket&> stream(peer, s.tls);
                        stream.handshake(asio::ssl::stream_base::server);
                        converse(*this, stream);
                    }
                } catch (const std::exception&) {
                    // A peer that went in the middle of a handshake.
                }
                {
                    const std::scoped_lock lock(s.mutex);
                    s.open.erase(fd);
                }
                boost::system::error_code ignored;
                peer.close(ignored);
                --s.connections;
            }).detach();
        }
    });
    return port;
}

void Server::stop() {
    auto& s = *state_;
    if (s.stopping.exchange(true)) return;
    if (s.acceptor) {
        ::shutdown(s.acceptor->native_handle(), SHUT_RDWR);
        if (s.thread.joinable()) s.thread.join();
    }
    {
        const std::scoped_lock lock(s.mutex);
        for (const int fd : s.open) ::shutdown(fd, SHUT_RDWR);
    }
    while (s.connections > 0) std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

}  // namespace sim
