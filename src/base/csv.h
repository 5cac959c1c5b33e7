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

}  // namespace hl
