#include "base/csv.h"

#include "base/text.h"

namespace hl {

namespace {

Error at_line(std::string_view name, size_t line, std::string code, std::string vi, std::string en) {
    return {ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), fmt::format("{}:{}", name, line)};
}

}  // namespace

int CsvTable::column(std::string_view name) const {
    for (size_t i = 0; i < header.size(); ++i)
        if (header[i] == name) return static_cast<int>(i);
    return -1;
}

std::string CsvTable::cell(const CsvRow& row, std::string_view name) const {
    const int i = column(name);
    return i < 0 || static_cast<size_t>(i) >= row.cells.size() ? std::string{} : row.cells[static_cast<size_t>(i)];
}

Result<CsvTable> parse_csv(std::string_view bytes, std::string_view name) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (!text::is_valid_utf8(bytes)) return at_line(name, 1, "csv.encoding", "Tệp không ở dạng UTF-8. Hãy lưu lại với mã UTF-8.", "The file is not UTF-8. Save it as UTF-8.");
    CsvTable table;
    CsvRow row;
    std::string cell;
    size_t line = 1;
    row.line = 1;
    bool quoted = false, was_quoted = false, any = false;
    std::optional<Error> wrong;
    const auto end_cell = [&] {
        row.cells.push_back(was_quoted ? cell : text::trim(cell));
        cell.clear();
        was_quoted = false;
    };
    const auto end_row = [&] {
        end_cell();
        const bool blank = row.cells.size() == 1 && row.cells[0].empty();
        if (!blank) {
            if (table.header.empty()) table.header = row.cells;
            else if (row.cells.size() != table.header.size() && !wrong)
                wrong = at_line(name, row.line, "csv.columns", fmt::format("Dòng có {} cột, tiêu đề có {} cột.", row.cells.size(), table.header.size()),
                                fmt::format("The row has {} columns, the header {}.", row.cells.size(), table.header.size()));
            else table.rows.push_back(row);
        }
        row.cells.clear();
        any = false;
    };
    for (size_t i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (!any) {
            row.line = line;
            any = true;
        }
        if (quoted) {
            if (c == '"' && i + 1 < bytes.size() && bytes[i + 1] == '"') {
                cell += '"';
                ++i;
            } else if (c == '"') {
                quoted = false;
            } else {
                if (c == '\n') ++line;
                cell += c;
            }
        } else if (c == '"' && !was_quoted && cell.find_first_not_of(" \t") == std::string::npos) {
            cell.clear();
            quoted = was_quoted = true;
        } else if (c == ',') {
            end_cell();
        } else if (c == '\n' || c == '\r') {
            if (c == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') ++i;
            end_row();
            ++line;
        } else if (was_quoted && c != ' ' && c != '\t') {
            return at_line(name, line, "csv.malformed", "Có ký tự sau dấu nháy đóng.", "There are characters after a closing quote.");
        } else if (!was_quoted) {
            cell += c;
        }
    }
    if (quoted) return at_line(name, row.line, "csv.malformed", "Dấu nháy mở không được đóng.", "A quote is not closed.");
    if (any) end_row();
    if (wrong) return *wrong;
    if (table.header.empty()) return at_line(name, 1, "csv.malformed", "Tệp trống.", "The file is empty.");
    return table;
}

void append_csv_row(std::string& out, std::initializer_list<std::string_view> cells) {
    bool first = true;
    for (const auto cell : cells) {
        if (!std::exchange(first, false)) out += ',';
        const bool formula = !cell.empty() && std::string_view{"=+-@\t\r"}.find(cell.front()) != std::string_view::npos;
        if (!formula && cell.find_first_of(",\"\r\n") == std::string_view::npos) {
            out += cell;
            continue;
        }
        out += '"';
        if (formula) out += '\'';
        for (const char c : cell) {
            if (c == '"') out += '"';
            out += c;
        }
        out += '"';
    }
    out += "\r\n";
}

}  // namespace hl
