// Rewrites the `?` placeholders of the portable SQL into PostgreSQL's $1, $2…, leaving strings, quoted names and
// comments alone. Pure function, any thread.
#pragma once
#include <string>
#include <string_view>

namespace hl::store {

struct NumberedSql {
    std::string text;
    size_t parameters = 0;
};
[[nodiscard]] NumberedSql number_placeholders(std::string_view sql);

}  // namespace hl::store
