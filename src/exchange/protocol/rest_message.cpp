#include "exchange/protocol/rest_message.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <charconv>
#include <ctime>
#include <new>

#include "base/crypto.h"
#include "exchange/protocol/content_type.h"
#include "http/parse.h"

namespace hl::exchange {

namespace {

constexpr std::string_view methods[] = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"};

// PR-REST 4.3 "Filtered headers" and "Specially handled headers", and what RestMessage.java skips besides.
constexpr std::string_view never_forwarded[] = {"Transfer-Encoding",
                                                "Keep-Alive",
                                                "Proxy-Authenticate",
                                                "Proxy-Authorization",
                                                "TE",
                                                "Trailer",
                                                "Upgrade",
                                                "Connection",
                                                "User-Agent",
                                                "Host",
                                                "Content-Length",
                                                "Server",
                                                "Expect",
                                                "X-Road-Request-Id",
                                                "X-Road-Request-Hash"};

// What the provider's gateway writes itself: a provider's own values are overwritten (PR-REST 4.3).
constexpr std::string_view owned_in_response[] = {"X-Road-Id", "X-Road-Client", "X-Road-Service", "X-Road-Error"};

using http::equal_ignoring_case;

bool among(std::string_view name, std::span<const std::string_view> list) {
    return std::any_of(list.begin(), list.end(), [&](std::string_view n) { return equal_ignoring_case(n, name); });
}

Error bad_request(std::string_view why) {
    return {ErrorKind::malformed, "exchange.bad_request",
            "Yêu cầu REST không hợp lệ. Kiểm tra phương thức, địa chỉ và tiêu đề HTTP.",
            fmt::format("The REST message is not valid: {}. Check its method, path and headers.", why)};
}

/// Breaking a line would make two headers out of one in the bytes that are signed.
bool breaks_lines(std::string_view text) {
    return text.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos;
}

/// X-Road's headers that may come once only: which of two would be logged and checked?
struct Single {
    std::string_view name;
    std::string* value;
    bool seen = false;
};

Result<void> read_headers(RestRequest& out) {
    std::string client, server;
    Single singles[] = {{"X-Road-Client", &client},
                        {"X-Road-Id", &out.id},
                        {"X-Road-UserId", &out.user_id},
                        {"X-Road-Issue", &out.issue},
                        {"X-Road-Security-Server", &server},
                        {"X-Road-Represented-Party", &out.represented_party},
                        {"X-Road-Request-Id", &out.request_id}};
    for (const auto& h : out.headers) {
        if (h.name.empty() || breaks_lines(h.name) || breaks_lines(h.value) || h.name.find(':') != std::string::npos)
            return bad_request("a header with a line break or a malformed name");
        if (h.name.size() < 8 || !equal_ignoring_case(std::string_view(h.name).substr(0, 7), "X-Road-")) continue;
        for (auto& s : singles) {
            if (!equal_ignoring_case(s.name, h.name)) continue;
            if (s.seen)
                return Error{ErrorKind::malformed, "exchange.duplicate_header",
                             fmt::format("Tiêu đề {} có nhiều hơn một lần. Chỉ gửi một lần.", s.name),
                             fmt::format("Header {} is there more than once. Send it once.", s.name)};
            s.seen = true;
            *s.value = trimmed(h.value);
        }
    }
    if (client.empty())
        return Error{
            ErrorKind::malformed, "exchange.missing_header",
            "Thiếu tiêu đề X-Road-Client. Gửi tiêu đề này với thể hiện/lớp/mã thành viên/phân hệ của hệ thống gọi.",
            "Required header X-Road-Client is missing. Send it with instance/class/member/subsystem of the "
            "calling system."};
    TRY(out.client, parse_client(client));
    if (!server.empty()) {
        TRY(out.security_server, parse_server(server));
    }
    return {};
}

Result<void> check_start(const RestRequest& out) {
    if (std::find(std::begin(methods), std::end(methods), out.method) == std::end(methods))
        return Error{
            ErrorKind::malformed, "exchange.method",
            "Phương thức HTTP này không được hỗ trợ. Dùng GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS hoặc TRACE.",
            "The HTTP method is not supported. Use GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS or TRACE."};
    return {};
}

std::string http_date(Instant now) {
    constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const Date date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(now - day)};
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[std::chrono::weekday{day}.c_encoding()],
                       static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

size_t size_of(const std::vector<http::Header>& headers) {
    size_t n = 0;
    for (const auto& h : headers) n += h.name.size() + h.value.size() + 3;
    return n;
}

void append(std::string& out, const std::vector<http::Header>& headers) {
    for (const auto& h : headers) out.append(h.name).append(":").append(h.value).append("\r\n");
}

/// The next line of a head without its CRLF; every line has one.
std::optional<std::string_view> next_line(std::string_view& bytes) {
    const auto end = bytes.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = bytes.substr(0, end);
    bytes.remove_prefix(end + 2);
    return line;
}

Result<std::vector<http::Header>> header_lines(std::string_view bytes) {
    std::vector<http::Header> out;
    while (!bytes.empty()) {
        const auto line = next_line(bytes);
        if (!line) return bad_request("a line of the head does not end with CR LF");
        const auto colon = line->find(':');
        if (colon == std::string_view::npos || colon == 0) return bad_request("a line of the head has no name");
        if (breaks_lines(*line)) return bad_request("a bare CR, LF or zero byte in the head");
        out.push_back({std::string(line->substr(0, colon)), std::string(line->substr(colon + 1))});
    }
    return out;
}

}  // namespace

bool is_forwarded(std::string_view header_name) {
    return !among(header_name, never_forwarded);
}

Result<RestRequest> read_rest_request(std::string_view method, std::string_view target,
                                      const std::vector<http::Header>& headers, std::string_view instance,
                                      std::string request_id) {
    RestRequest out;
    out.method = method;
    TRY_VOID(check_start(out));
    TRY(out.service, parse_rest_target(target));
    out.target = target;
    out.headers.reserve(headers.size() + 2);
    for (const auto& h : headers)
        if (is_forwarded(h.name)) out.headers.push_back(h);
    TRY_VOID(read_headers(out));
    if (out.id.empty()) {
        // PR-REST 4.3: made here when the client sent none. The attempt's UUID makes it unique.
        out.id = fmt::format("{}-{}", instance, request_id);
        std::erase_if(out.headers, [](const auto& h) { return equal_ignoring_case(h.name, "X-Road-Id"); });
        out.headers.push_back({"X-Road-Id", out.id});
    }
    out.headers.push_back({"X-Road-Request-Id", request_id});
    out.request_id = std::move(request_id);
    return out;
}

std::string to_bytes(const RestRequest& request) {
    std::string out;
    out.reserve(request.method.size() + request.target.size() + 4 + size_of(request.headers));
    out.append(request.method).append("\r\n").append(request.target).append("\r\n");
    append(out, request.headers);
    return out;
}

Result<RestRequest> parse_rest_request(std::string_view bytes) {
    RestRequest out;
    const auto method = next_line(bytes), target = next_line(bytes);
    if (!method || !target) return bad_request("the head has no method or no path");
    out.method = *method;
    TRY_VOID(check_start(out));
    TRY(out.service, parse_rest_target(*target));
    out.target = *target;
    TRY(out.headers, header_lines(bytes));
    TRY_VOID(read_headers(out));
    if (out.id.empty()) return bad_request("the head has no X-Road-Id");
    return out;
}

std::string to_bytes(const RestResponse& response) {
    std::string out;
    out.reserve(response.reason.size() + 8 + size_of(response.headers));
    out.append(std::to_string(response.status)).append("\r\n").append(response.reason).append("\r\n");
    append(out, response.headers);
    return out;
}

Result<RestResponse> parse_rest_response(std::string_view bytes) {
    RestResponse out;
    const auto status = next_line(bytes), reason = next_line(bytes);
    if (!status || !reason || breaks_lines(*reason)) return bad_request("the head has no status or no reason");
    const auto [end, problem] = std::from_chars(status->data(), status->data() + status->size(), out.status);
    if (problem != std::errc{} || end != status->data() + status->size() || status->size() != 3 || out.status < 100)
        return bad_request("the status is not three digits");
    out.reason = *reason;
    TRY(out.headers, header_lines(bytes));
    return out;
}

RestResponse make_rest_response(int status, std::string reason, const std::vector<http::Header>& headers,
                                const RestRequest& request, std::string request_hash, Instant now) {
    RestResponse out{.status = status, .reason = {}, .headers = {}};
    for (const char c : reason) out.reason += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    out.headers.reserve(headers.size() + 6);
    bool dated = false;
    for (const auto& h : headers) {
        if (!is_forwarded(h.name) || among(h.name, owned_in_response)) continue;
        if (h.name.empty() || breaks_lines(h.name) || breaks_lines(h.value)) continue;
        if (equal_ignoring_case(h.name, "Date") && std::exchange(dated, true)) continue;
        out.headers.push_back(h);
    }
    if (!dated) out.headers.push_back({"Date", http_date(now)});
    out.headers.push_back({"X-Road-Id", request.id});
    out.headers.push_back({"X-Road-Client", to_path(request.client)});
    out.headers.push_back({"X-Road-Service", to_path(request.service.service)});
    out.headers.push_back({"X-Road-Request-Id", request.request_id});
    out.headers.push_back({"X-Road-Request-Hash", std::move(request_hash)});
    return out;
}

namespace {

/// Fetched once: looking the algorithm up costs more than the digest of a short message.
void sha512(std::string_view bytes, uint8_t* out) {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA512", nullptr);
    if (EVP_Digest(bytes.data(), bytes.size(), out, nullptr, algorithm, nullptr) != 1) throw std::bad_alloc();
}

}  // namespace

std::string request_hash(std::string_view head, std::optional<std::array<uint8_t, 64>> body_digest) {
    std::array<uint8_t, 2 * SHA512_DIGEST_LENGTH> both;
    std::array<uint8_t, SHA512_DIGEST_LENGTH> out;
    sha512(head, both.data());
    if (!body_digest) return crypto::to_base64({reinterpret_cast<const char*>(both.data()), SHA512_DIGEST_LENGTH});
    std::copy(body_digest->begin(), body_digest->end(), both.begin() + SHA512_DIGEST_LENGTH);
    sha512({reinterpret_cast<const char*>(both.data()), both.size()}, out.data());
    return crypto::to_base64({reinterpret_cast<const char*>(out.data()), out.size()});
}

}  // namespace hl::exchange
