#include "exchange/gateway/http_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "http/parse.h"

namespace hl::exchange::gateway {

namespace beast = boost::beast;
using http::equal_ignoring_case;

namespace {

Error malformed(std::string_view why) {
    return {ErrorKind::malformed, "exchange.http", "Thông điệp HTTP không đúng chuẩn HTTP/1.1.",
            fmt::format("The message is not valid HTTP/1.1: {}", why)};
}

std::string_view plain(beast::string_view text) {
    return {text.data(), text.size()};
}

template <bool is_request>
class Parser final : public beast::http::basic_parser<is_request> {
    using ErrorCode = beast::error_code;
    using Text = beast::string_view;
    using Length = boost::optional<std::uint64_t>;

  public:
    HttpHead head;
    std::string_view piece;

  private:
    void on_request_impl(beast::http::verb, Text method, Text target, int version, ErrorCode& ec) override {
        head.method = plain(method);
        head.target = plain(target);
        head.version = version;
        ec = {};
    }
    void on_response_impl(int code, Text reason, int version, ErrorCode& ec) override {
        head.status = code;
        head.reason = plain(reason);
        head.version = version;
        ec = {};
    }
    void on_field_impl(beast::http::field, Text name, Text value, ErrorCode& ec) override {
        head.headers.push_back({std::string(plain(name)), std::string(plain(value))});
        ec = {};
    }
    void on_header_impl(ErrorCode& ec) override {
        head.keep_alive = this->keep_alive();
        if (const auto length = this->content_length()) head.length = *length;
        ec = {};
    }
    void on_body_init_impl(const Length&, ErrorCode& ec) override { ec = {}; }
    size_t on_body_impl(Text body, ErrorCode& ec) override {
        piece = plain(body);
        ec = {};
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, Text, ErrorCode& ec) override { ec = {}; }
    size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode& ec) override {
        piece = plain(body);
        ec = {};
        return body.size();
    }
    void on_finish_impl(ErrorCode& ec) override { ec = {}; }
};

}  // namespace

struct HttpParser::State {
    Kind kind;
    size_t limit;
    std::variant<Parser<true>, Parser<false>> parser;
    bool seen_head = false, begun = false;

    State(Kind k, size_t l) : kind(k), limit(l) {
        if (k != Kind::request) parser.emplace<1>();
        std::visit(
            [&](auto& p) {
                p.header_limit(static_cast<std::uint32_t>(limit));
                p.body_limit(boost::none);
                if (k == Kind::response_to_head) p.skip(true);
            },
            parser);
    }

    template <class P>
    Result<void> complete(P& p) {
        auto& h = p.head;
        const bool chunked = p.chunked();
        size_t codings = 0;
        for (const auto& f : h.headers) {
            if (!equal_ignoring_case(f.name, "Transfer-Encoding")) continue;
            // Other codings, or chunked in the middle, are read by nobody alike.
            if (++codings > 1 || !equal_ignoring_case(f.value, "chunked") || h.length)
                return malformed("Transfer-Encoding must be 'chunked' alone, without Content-Length");
        }
        if (kind == Kind::request) {
            h.has_body = chunked || h.length.has_value();
            size_t hosts = 0;
            for (const auto& f : h.headers) hosts += equal_ignoring_case(f.name, "Host") ? 1 : 0;
            if (hosts > 1 || (h.version >= 11 && hosts == 0)) return malformed("exactly one Host header is needed");
            h.expects_continue = h.version >= 11 && equal_ignoring_case(h.header("Expect"), "100-continue");
        } else {
            const bool bodiless = h.status < 200 || h.status == 204 || h.status == 304;
            h.has_body = kind == Kind::response && !bodiless && (chunked || h.length || p.need_eof());
        }
        return {};
    }

    Result<size_t> feed(std::string_view bytes) {
        return std::visit(
            [&](auto& p) -> Result<size_t> {
                p.piece = {};
                if (bytes.empty()) return size_t{0};
                begun = true;
                if (!seen_head && http::has_folded_line(bytes)) return malformed("a folded header line");
                // Beast asserts that the last chunk's line and end are there together; every chunked message ends with
                // at least these five bytes, so that waiting for them keeps nobody waiting.
                if (seen_head && p.chunked() && bytes.size() < 5) return size_t{0};
                beast::error_code ec;
                const size_t taken = p.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
                if (ec == beast::http::error::need_more) {
                    if (!seen_head && bytes.size() > limit) return malformed("the head is too large");
                    return taken;
                }
                if (ec) return malformed(ec.message());
                if (!seen_head && p.is_header_done()) {
                    seen_head = true;
                    TRY_VOID(this->complete(p));
                }
                return taken;
            },
            parser);
    }
};

std::string_view HttpHead::header(std::string_view name) const {
    for (const auto& h : headers)
        if (equal_ignoring_case(h.name, name)) return h.value;
    return {};
}

HttpParser::HttpParser(Kind kind, size_t head_limit) : state_(std::make_unique<State>(kind, head_limit)) {}
HttpParser::~HttpParser() = default;
HttpParser::HttpParser(HttpParser&&) noexcept = default;
HttpParser& HttpParser::operator=(HttpParser&&) noexcept = default;

Result<size_t> HttpParser::feed(std::string_view bytes) {
    return state_->feed(bytes);
}

Result<void> HttpParser::finish() {
    return std::visit(
        [](auto& p) -> Result<void> {
            beast::error_code ec;
            p.put_eof(ec);
            if (ec) return malformed("the connection ended in the middle of a message");
            return {};
        },
        state_->parser);
}

bool HttpParser::head_done() const {
    return state_->seen_head;
}
bool HttpParser::done() const {
    return std::visit([](const auto& p) { return p.is_done(); }, state_->parser);
}
bool HttpParser::begun() const {
    return state_->begun;
}
HttpHead& HttpParser::head() {
    return std::visit([](auto& p) -> HttpHead& { return p.head; }, state_->parser);
}
std::string_view HttpParser::piece() const {
    return std::visit([](const auto& p) { return p.piece; }, state_->parser);
}

void append_headers(std::string& out, const std::vector<http::Header>& headers) {
    for (const auto& h : headers) {
        // A value with a line break would become a header of its own.
        if (h.value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string::npos) continue;
        out.append(h.name).append(": ").append(h.value).append("\r\n");
    }
}

}  // namespace hl::exchange::gateway
