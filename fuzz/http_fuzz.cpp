// A request from outside, from its bytes to the bytes of the answer: parsing, routing and writing must end in an answer
// whose head is one well-formed head, whatever came.
#include <cstdlib>

#include "http/parse.h"
#include "http/session.h"

namespace {
using namespace hl;
using namespace hl::http;

struct World {
    ManualClock clock{from_ms(1'800'000'000'000)};
    SeededRandom random{1};
    Metrics metrics;
    Shared shared{options(), router(), clock, random, metrics};

    static ServerOptions options() {
        ServerOptions o;
        o.trusted_proxies = {"127.0.0.1"};
        return o;
    }
    static Router router() {
        Router r;
        r.get("/hello", [](const Request&) { return Response::text("hello"); });
        r.get("/things/{id}", [](const Request& q) { return Response::text(std::string{q.param("id")}); });
        r.get("/files/{*path}", [](const Request& q) { return Response::text(std::string{q.param("path")}); });
        r.post("/echo", [](const Request& q) { return Response::text(q.body); });
        return r;
    }
};

void answer(World& world, const beast::http::request<beast::http::string_body>& head) {
    Request request;
    auto prepared = prepare(world.shared, head, "127.0.0.1", false, request);
    (void)request.cookie("session");
    (void)request.query_value("q");
    (void)request.language();
    (void)request.json();
    if (!prepared.answer && prepared.route == nullptr) std::abort();
    Response response = prepared.answer ? std::move(*prepared.answer) : Response::text(std::string(2000, 'x'));
    const auto wire = to_wire(world.shared.options, request, std::move(response), prepared.head, true);
    // Nothing of the request may break out of its header line.
    if (!wire.head.starts_with("HTTP/1.1 ") || wire.head.find("\r\n\r\n") != wire.head.size() - 4) std::abort();
    if (prepared.head && !wire.body.empty()) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static World world;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    beast::http::request_parser<beast::http::string_body> parser;
    parser.header_limit(16 * 1024);
    parser.body_limit(1u << 20);
    parser.eager(true);
    beast::error_code error;
    parser.put(asio::buffer(bytes.data(), bytes.size()), error);
    if (!error && parser.is_header_done()) answer(world, parser.get());

    (void)has_folded_line(bytes);
    if (const auto target = parse_target(bytes); target.ok())
        if (!target->path.starts_with('/') || target->path.find('\0') != std::string::npos) std::abort();
    (void)accepts(bytes, "gzip");
    (void)etag_matches(bytes, "\"a\"");
    if (good_request_id(bytes) && (size < 8 || size > 64)) std::abort();
    return 0;
}
