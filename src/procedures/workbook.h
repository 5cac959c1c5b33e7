// Tables in and out of XLSX files, without knowing what they mean: cells are texts or numbers. Reading is bounded in
// size, since files come from outside. Pure; any thread. Errors: xlsx.malformed, xlsx.too_large.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace hl::procedures {

struct Cell {
    std::string text;  // numbers as the file writes them
    bool is_number = false;
    [[nodiscard]] bool empty() const { return text.empty(); }
    /// The whole number, whatever way it is written ("8000", "8000.0", "8e3"); nothing when it is none.
    [[nodiscard]] std::optional<int64_t> integer() const;
    bool operator==(const Cell&) const = default;
};
[[nodiscard]] Cell number_cell(int64_t n);
[[nodiscard]] Cell text_cell(std::string text);

struct Sheet {
    std::string name;
    std::vector<std::vector<Cell>> rows;  // the first row is the header
};
[[nodiscard]] Result<std::string> write_workbook(const std::vector<Sheet>& sheets);
[[nodiscard]] Result<std::vector<Sheet>> read_workbook(std::string_view bytes);

}  // namespace hl::procedures
