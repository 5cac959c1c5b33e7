#include "store/statement_text.h"

namespace hl::store {

namespace {

/// Where the quoted part or comment that begins at `at` ends (one past it); `at` itself when none begins there.
size_t skip_from(std::string_view sql, size_t at) {
    const auto until = [&](std::string_view end) {
        const size_t found = sql.find(end, at + (end.size() == 1 ? 1 : 2));
        return found == std::string_view::npos ? sql.size() : found + end.size();
    };
    if (sql[at] == '\'' || sql[at] == '"') return until(sql.substr(at, 1));  // a doubled quote is two strings in a row
    if (sql.substr(at, 2) == "--") return until("\n");
    if (sql.substr(at, 2) == "/*") return until("*/");
    return at;
}

}  // namespace

NumberedSql number_placeholders(std::string_view sql) {
    NumberedSql out;
    out.text.reserve(sql.size() + 16);
    for (size_t at = 0; at < sql.size();) {
        if (const size_t end = skip_from(sql, at); end != at) {
            out.text += sql.substr(at, end - at);
            at = end;
            continue;
        }
        if (sql[at] == '?')
            out.text += "$" + std::to_string(++out.parameters);
        else
            out.text += sql[at];
        ++at;
    }
    return out;
}

}  // namespace hl::store
