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

}  // namespace hl::access
