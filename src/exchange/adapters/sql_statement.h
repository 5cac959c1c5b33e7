// A settings file's SELECT with named parameters (:name), turned into what PostgreSQL takes ($1), and wrapped so that
// the server itself proves it to be one query: in FROM (…) it accepts neither INSERT, UPDATE, DELETE nor a WITH that
// changes data. Pure; any thread. Private to this part.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl::exchange::adapters {

struct NumberedStatement {
    std::string text;                // "… WHERE ma = $1"
    std::vector<std::string> names;  // of $1, $2…; each once
};
/// Reads strings, quoted names, dollar quotes, comments and casts (::) as PostgreSQL does. Errors: adapter.statement
/// (does not begin with SELECT or WITH, a semicolon, $1, brackets or quotes left open, a lone colon).
[[nodiscard]] Result<NumberedStatement> number_parameters(std::string_view statement);

/// "Tên cột" as SQL writes any name.
[[nodiscard]] std::string quoted_name(std::string_view name);

enum class Paging { none, keyset, offset };
struct Wrap {
    std::vector<std::string> columns;  // those that the consumer may see, and those of `order`
    std::vector<std::string> order;
    Paging paging = Paging::none;
    bool continued = false;  // keyset: from a position on
};
/// The query as it is sent. Parameters after the statement's own: the position (one each of `order`), the limit, the
/// offset.
[[nodiscard]] std::string wrapped(const NumberedStatement& statement, const Wrap& wrap);

}  // namespace hl::exchange::adapters
