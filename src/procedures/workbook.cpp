#include "procedures/workbook.h"

#include <unistd.h>
#include <xlsxwriter.h>
#include <zip.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <pugixml.hpp>

#include "base/files.h"
#include "base/text.h"

namespace hl::procedures {

namespace {

constexpr size_t most_part_bytes = 32u << 20;
constexpr size_t most_rows = 100'000;
constexpr size_t most_columns = 200;

Error malformed(std::string detail) {
    return {ErrorKind::malformed, "xlsx.malformed", "Không đọc được bảng tính. Hãy lưu lại dưới dạng .xlsx.",
            "not a readable XLSX workbook: " + std::move(detail)};
}

struct CloseZip {
    void operator()(zip_t* z) const { zip_discard(z); }
};
struct CloseFile {
    void operator()(zip_file_t* f) const { zip_fclose(f); }
};

class Archive {
  public:
    static Result<Archive> open(std::string_view bytes) {
        zip_error_t error;
        zip_error_init(&error);
        zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
        if (!source) return malformed("no buffer");
        zip_t* zip = zip_open_from_source(source, ZIP_RDONLY, &error);
        if (!zip) {
            zip_source_free(source);
            return malformed("not a zip file");
        }
        Archive out;
        out.zip_.reset(zip);
        return out;
    }
    /// Nothing when there is no such part.
    Result<std::optional<std::string>> part(const std::string& name) const {
        zip_stat_t stat;
        zip_stat_init(&stat);
        if (zip_stat(zip_.get(), name.c_str(), 0, &stat) != 0) return std::optional<std::string>{};
        if (!(stat.valid & ZIP_STAT_SIZE) || stat.size > most_part_bytes)
            return Error{ErrorKind::too_large, "xlsx.too_large", "Bảng tính quá lớn.",
                         "a part of the workbook is too large"};
        const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen(zip_.get(), name.c_str(), 0));
        if (!file) return malformed("cannot open " + name);
        std::string body(stat.size, '\0');
        size_t done = 0;
        while (done < body.size()) {
            const auto n = zip_fread(file.get(), body.data() + done, body.size() - done);
            if (n <= 0) return malformed("cannot read " + name);
            done += static_cast<size_t>(n);
        }
        return std::optional{std::move(body)};
    }
    Result<pugi::xml_document> xml(const std::string& name) const {
        TRY(auto body, part(name));
        pugi::xml_document document;
        if (!body) return malformed("no part " + name);
        // Spaces that stand alone in a <t> are content. pugixml expands no entities of a document's own.
        if (!document.load_buffer(body->data(), body->size(), pugi::parse_default | pugi::parse_ws_pcdata_single))
            return malformed("bad XML in " + name);
        return document;
    }

  private:
    std::unique_ptr<zip_t, CloseZip> zip_;
};

/// A rich text is cut into runs; phonetic hints (<rPh>) are not part of it.
std::string rich_text(const pugi::xml_node& node) {
    std::string out;
    for (const auto& child : node.children()) {
        const std::string_view name = child.name();
        if (name == "t")
            out += child.text().get();
        else if (name == "r")
            out += child.child("t").text().get();
    }
    return out;
}

/// "BC12" → 54.
std::optional<size_t> column_of(std::string_view reference) {
    size_t n = 0;
    for (const char c : reference) {
        if (c < 'A' || c > 'Z') break;
        n = n * 26 + static_cast<size_t>(c - 'A' + 1);
        if (n > most_columns) return std::nullopt;
    }
    return n == 0 ? std::nullopt : std::optional{n - 1};
}

Result<Cell> cell_of(const pugi::xml_node& c, const std::vector<std::string>& shared) {
    const std::string_view type = c.attribute("t").as_string("n");
    if (type == "inlineStr") return text_cell(rich_text(c.child("is")));
    const std::string value = c.child("v").text().get();
    if (type == "s") {
        size_t index = 0;
        const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), index);
        if (problem != std::errc{} || index >= shared.size()) return malformed("a cell names a text that is not there");
        return text_cell(shared[index]);
    }
    if (type == "b") return text_cell(value == "1" ? "true" : "false");
    if (type == "n") return Cell{value, !value.empty()};
    return text_cell(value);  // formula results, errors
}

Result<Sheet> read_sheet(const pugi::xml_document& document, std::string name, const std::vector<std::string>& shared) {
    Sheet sheet{std::move(name), {}};
    for (const auto& row : document.child("worksheet").child("sheetData").children("row")) {
        const size_t number = row.attribute("r").as_ullong(sheet.rows.size() + 1);
        if (number == 0 || number > most_rows || number <= sheet.rows.size()) {
            if (number > most_rows)
                return Error{ErrorKind::too_large, "xlsx.too_large", "Bảng tính có quá nhiều dòng.", "too many rows"};
            return malformed("rows are out of order");
        }
        sheet.rows.resize(number);
        auto& cells = sheet.rows.back();
        for (const auto& c : row.children("c")) {
            size_t column = cells.size();
            if (const auto reference = c.attribute("r")) {
                const auto named = column_of(reference.value());
                if (!named) return malformed("too many columns");
                column = *named;
            }
            if (column >= most_columns) return malformed("too many columns");
            if (column >= cells.size()) cells.resize(column + 1);
            TRY(cells[column], cell_of(c, shared));
        }
    }
    return sheet;
}

}  // namespace

std::optional<int64_t> Cell::integer() const {
    const auto s = text::trim(text);
    int64_t n = 0;
    const auto [end, problem] = std::from_chars(s.data(), s.data() + s.size(), n);
    if (!s.empty() && problem == std::errc{} && end == s.data() + s.size()) return n;
    if (!is_number) return std::nullopt;
    double d = 0;
    const auto [dend, dproblem] = std::from_chars(s.data(), s.data() + s.size(), d);
    if (dproblem != std::errc{} || dend != s.data() + s.size() || std::trunc(d) != d || std::abs(d) > 9e15)
        return std::nullopt;
    return static_cast<int64_t>(d);
}

Cell number_cell(int64_t n) {
    return {std::to_string(n), true};
}
Cell text_cell(std::string text) {
    return {std::move(text), false};
}

Result<std::string> write_workbook(const std::vector<Sheet>& sheets) {
    TRY(const auto file, ScratchFile::make("hienluong-xlsx"));  // this version of the library writes files only
    const auto failed = [](const std::string& why) {
        return Error{ErrorKind::internal, "xlsx.write", "Không tạo được bảng tính.",
                     "cannot write the workbook: " + why};
    };
    lxw_workbook* book = workbook_new(file.path().c_str());
    if (!book) return failed("no memory");
    auto* head = workbook_add_format(book);
    format_set_bold(head);
    auto* plain = workbook_add_format(book);
    format_set_text_wrap(plain);
    format_set_align(plain, LXW_ALIGN_VERTICAL_TOP);
    std::string problem;
    for (const auto& sheet : sheets) {
        auto* page = workbook_add_worksheet(book, sheet.name.c_str());
        if (!page) {
            problem = sheet.name;
            break;
        }
        worksheet_freeze_panes(page, 1, 0);
        worksheet_set_column(page, 0, 30, 24, nullptr);
        for (size_t r = 0; r < sheet.rows.size(); ++r)
            for (size_t c = 0; c < sheet.rows[r].size(); ++c) {
                const auto& cell = sheet.rows[r][c];
                if (cell.empty()) continue;
                const auto row = static_cast<lxw_row_t>(r);
                const auto column = static_cast<lxw_col_t>(c);
                const auto number = cell.is_number ? cell.integer() : std::nullopt;
                // Text stays text, also when it starts like a formula.
                const auto done =
                    number ? worksheet_write_number(page, row, column, static_cast<double>(*number), plain)
                           : worksheet_write_string(page, row, column, cell.text.c_str(), r == 0 ? head : plain);
                if (done != LXW_NO_ERROR) problem = lxw_strerror(done);
            }
    }
    const auto closed = workbook_close(book);
    if (!problem.empty()) return failed(problem);
    if (closed != LXW_NO_ERROR) return failed(lxw_strerror(closed));
    return read_file(file.path());
}

Result<std::vector<Sheet>> read_workbook(std::string_view bytes) {
    TRY(auto archive, Archive::open(bytes));
    TRY(auto book, archive.xml("xl/workbook.xml"));
    TRY(auto relations, archive.xml("xl/_rels/workbook.xml.rels"));
    std::map<std::string, std::string> targets;
    for (const auto& r : relations.child("Relationships").children("Relationship")) {
        std::string target = r.attribute("Target").value();
        target = target.starts_with('/') ? target.substr(1) : "xl/" + target;
        targets[r.attribute("Id").value()] = target;
    }
    std::vector<std::string> shared;
    TRY(auto has_shared, archive.part("xl/sharedStrings.xml"));
    if (has_shared) {
        TRY(auto document, archive.xml("xl/sharedStrings.xml"));
        for (const auto& si : document.child("sst").children("si")) shared.push_back(rich_text(si));
    }
    std::vector<Sheet> out;
    for (const auto& s : book.child("workbook").child("sheets").children("sheet")) {
        const auto it = targets.find(s.attribute("r:id").value());
        if (it == targets.end()) return malformed("a sheet without its part");
        TRY(auto document, archive.xml(it->second));
        TRY(auto sheet, read_sheet(document, s.attribute("name").value(), shared));
        out.push_back(std::move(sheet));
        if (out.size() > 50) return malformed("too many sheets");
    }
    return out;
}

}  // namespace hl::procedures
