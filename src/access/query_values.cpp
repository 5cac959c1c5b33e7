#include "access/query_values.h"

#include <charconv>

namespace hl::access {

Result<int64_t> number_in_query(const Call& call, std::string_view name, int64_t otherwise, int64_t min, int64_t max) {
    const auto text = call.request.query_value(name);
    if (!text) return otherwise;
    int64_t value = 0;
    const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (ec != std::errc{} || end != text->data() + text->size() || value < min || value > max)
        return Error{ErrorKind::invalid, "query.number", fmt::format("«{}» cần là số từ {} đến {}.", name, min, max),
                     fmt::format("'{}' must be a number from {} to {}.", name, min, max), std::string{name}};
    return value;
}

Result<std::optional<int64_t>> version_in_if_match(const Call& call) {
    std::string_view tag = call.request.header("If-Match");
    if (tag.empty() || tag == "*") return std::optional<int64_t>{};
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() > 2 && tag.front() == '"' && tag.back() == '"') {
        tag = tag.substr(1, tag.size() - 2);
        int64_t n = 0;
        const auto [end, ec] = std::from_chars(tag.data(), tag.data() + tag.size(), n);
        if (ec == std::errc{} && end == tag.data() + tag.size()) return std::optional{n};
    }
    return Error{ErrorKind::malformed, "http.if_match", "Tiêu đề If-Match phải là ETag đã nhận.",
                 "If-Match must be an ETag that was received."};
}

}  // namespace hl::access
