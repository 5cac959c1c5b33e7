// Comma-separated values as people's spreadsheets write them (RFC 4180, UTF-8 with or without BOM, quoted line breaks).
// Every row knows its line for error messages. Pure, any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl {

struct CsvRow {
    size_t line = 0;
    std::vector<std::string> cells;
};
struct CsvTable {
    std::vector<std::string> header;
    std::vector<CsvRow> rows;
    /// Column of a name, or -1.
    [[nodiscard]] int column(std::string_view name) const;
    [[nodiscard]] std::string cell(const CsvRow& row, std::string_view name) const;  // "" when absent
};
/// `name` is the file's name for messages. Errors: csv.malformed, csv.encoding, csv.columns.
[[nodiscard]] Result<CsvTable> parse_csv(std::string_view bytes, std::string_view name);

/// What a spreadsheet takes for UTF-8 at the beginning of a file.
inline constexpr std::string_view csv_mark = "\xEF\xBB\xBF";
/// One row with its line break, quoted where it must be. A cell that a spreadsheet would run as a formula ("=1+1", "@x")
/// gets an apostrophe before it: what comes from outside must not compute on the reader's machine.
void append_csv_row(std::string& out, std::initializer_list<std::string_view> cells);

}  // namespace hl
