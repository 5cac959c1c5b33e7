#include "exchange/adapters/answers.h"

#include <charconv>

#include "base/crypto.h"
#include "base/json.h"
#include "exchange/protocol/percent.h"

namespace hl::exchange {

namespace {

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view find_header(const std::vector<http::Header>& headers, std::string_view name) {
    for (const auto& h : headers)
        if (same_name(h.name, name)) return h.value;
    return {};
}

}  // namespace

std::string_view AdapterRequest::header(std::string_view name) const {
    return find_header(headers, name);
}

std::optional<std::string> AdapterRequest::query_value(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return std::nullopt;
}

std::string_view AdapterResponse::header(std::string_view name) const {
    return find_header(headers, name);
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> out;
    const auto decoded = [](std::string_view text) {
        std::string spaced(text);  // "+" is how forms write a space
        std::replace(spaced.begin(), spaced.end(), '+', ' ');
        return percent_decoded(spaced);
    };
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        auto name = decoded(pair.substr(0, equals));
        auto value = decoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
        if (!name || !value)
            return Error{ErrorKind::malformed, "adapter.query",
                         "Chuỗi truy vấn mã hóa sai. Hãy mã hóa tham số bằng UTF-8 và dấu %.",
                         "The query string is badly encoded. Encode parameters as UTF-8 with % escapes."};
        out.emplace_back(std::move(*name), std::move(*value));
    }
    return out;
}

namespace adapters {

AdapterResponse json_answer(const json::value& value, int status) {
    AdapterResponse out;
    out.status = status;
    out.headers.push_back({"Content-Type", "application/json"});
    out.body = json::serialize(value);
    return out;
}

AdapterResponse problem_answer(const Error& error, const AdapterRequest& request) {
    http::Request asked;
    asked.headers = request.headers;
    asked.request_id = request.message_id;
    auto made = http::Response::problem(error, asked);
    AdapterResponse out;
    out.status = made.status;
    out.headers = std::move(made.headers);
    out.body = std::move(made.body);
    return out;
}

std::optional<AdapterResponse> refuse_unless_read(const AdapterRequest& request) {
    if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
    auto out = problem_answer({ErrorKind::invalid, "adapter.method", "Dịch vụ này chỉ đọc. Hãy gọi bằng GET.",
                               "This service is read only. Call it with GET."},
                              request);
    out.status = 405;
    out.headers.push_back({"Allow", "GET, HEAD"});
    return out;
}

void drop_body(const AdapterRequest& request, AdapterResponse& response) {
    if (request.method != "HEAD") return;
    response.body.clear();
    response.source = nullptr;
    response.length.reset();
}

Error nothing_there(std::string_view path) {
    return {ErrorKind::not_found, "adapter.not_found",
            fmt::format("Không có gì ở {}. Xem các đường dẫn trong mô tả của dịch vụ.", path),
            fmt::format("There is nothing at {}. The service's description lists its paths.", path)};
}

std::optional<std::string> QueryReader::take(std::string_view name) {
    used_.emplace_back(name);
    return request_.query_value(name);
}

Result<int64_t> QueryReader::number(std::string_view name, int64_t otherwise, int64_t largest) {
    const auto text = take(name);
    if (!text) return otherwise;
    int64_t value = -1;
    const auto* end = text->data() + text->size();
    const auto [at, problem] = std::from_chars(text->data(), end, value);
    const int64_t least = name == "limit" ? 1 : 0;
    if (problem != std::errc{} || at != end || value < least || value > largest)
        return Error{ErrorKind::invalid, "adapter.parameter",
                     fmt::format("Tham số {} phải là số nguyên từ {} đến {}.", name, least, largest),
                     fmt::format("The parameter {} must be an integer from {} to {}.", name, least, largest),
                     std::string{name}};
    return value;
}

Result<int64_t> QueryReader::limit(int64_t otherwise, int64_t largest) {
    return number("limit", otherwise, largest);
}

Result<void> QueryReader::finish() const {
    std::set<std::string_view> seen;
    for (const auto& [name, value] : request_.query) {
        if (std::find(used_.begin(), used_.end(), name) == used_.end())
            return Error{ErrorKind::invalid, "adapter.parameter_unknown",
                         fmt::format("Không có tham số tên {}. Xem mô tả của dịch vụ.", name),
                         fmt::format("There is no parameter {}. See the service's description.", name), name};
        if (!seen.insert(name).second)
            return Error{ErrorKind::invalid, "adapter.parameter_twice",
                         fmt::format("Tham số {} có nhiều lần. Chỉ gửi một lần.", name),
                         fmt::format("The parameter {} stands more than once. Send it once.", name), name};
    }
    return Nothing{};
}

std::string same_query_with(const AdapterRequest& request,
                            const std::vector<std::pair<std::string, std::string>>& other) {
    std::string out;
    const auto add = [&](std::string_view name, std::string_view value) {
        out += out.empty() ? '?' : '&';
        append_percent_encoded(out, name);
        out += '=';
        append_percent_encoded(out, value);
    };
    for (const auto& own : request.query)
        if (std::none_of(other.begin(), other.end(), [&](const auto& o) { return o.first == own.first; }))
            add(own.first, own.second);
    for (const auto& [name, value] : other) add(name, value);
    return out;
}

std::string to_cursor(const json::array& position) {
    return crypto::to_base64url(json::serialize(position));
}

Result<json::array> from_cursor(std::string_view cursor, size_t parts) {
    if (const auto bytes = crypto::from_base64url(cursor); bytes && bytes->size() < 10'000)
        if (auto value = parse_json(*bytes); value.ok() && value->is_array() && value->get_array().size() == parts)
            return std::move(value->get_array());
    return Error{ErrorKind::invalid, "page.cursor",
                 "Con trỏ trang không hợp lệ. Hãy dùng liên kết next của trang trước.",
                 "The page cursor is not valid. Use the link next of the page before.", "after"};
}

}  // namespace adapters
}  // namespace hl::exchange
