// Batches as tables: CSV and XLSX, and the template that is filled in. Bytes from outside; every row's mistake is kept
// with its place, a row without a value is passed over and counted: what is not known is not zero.
#include <charconv>
#include <cmath>

#include "base/csv.h"
#include "base/text.h"
#include "ioc/indicators/supplied_rows.h"
#include "procedures/workbook.h"

namespace hl::ioc {

namespace {

using procedures::Cell;
using procedures::Sheet;

struct Column {
    std::string RowTexts::*member;
    std::string_view title;  // in the template
    std::vector<std::string_view> names;
};
const std::vector<Column>& columns() {
    static const std::vector<Column> all = {
        {&RowTexts::indicator, "Mã chỉ tiêu", {"indicator", "ma chi tieu", "chi tieu"}},
        {&RowTexts::period, "Kỳ", {"period", "ky"}},
        {&RowTexts::year, "Năm", {"year", "nam"}},
        {&RowTexts::code, "Mã kỳ", {"period_code", "ma ky"}},
        {&RowTexts::kind, "Loại", {"kind", "loai", "loai so lieu"}},
        {&RowTexts::agency, "Cơ quan", {"agency", "co quan"}},
        {&RowTexts::unit, "Địa bàn", {"unit", "dia ban"}},
        {&RowTexts::value, "Giá trị", {"value", "gia tri"}}};
    return all;
}
// Columns of the template that are there to be read by the person who fills it in.
constexpr std::string_view read_only[] = {"ten chi tieu", "don vi tinh", "ghi chu", "name", "note"};

struct Line {
    std::string at;
    std::vector<std::string> cells;
};

Error wrong(std::string at, std::string code, std::string vi, std::string en) {
    return {ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), std::move(at)};
}

void read_lines(const std::vector<std::string>& header, const std::string& header_at, const std::vector<Line>& lines,
                Batch& out) {
    std::vector<std::string RowTexts::*> of(header.size(), nullptr);
    bool any = false;
    for (size_t c = 0; c < header.size(); ++c) {
        const auto name = text::fold(text::normalise(header[c]));
        if (name.empty() || std::find(std::begin(read_only), std::end(read_only), name) != std::end(read_only))
            continue;
        for (const auto& column : columns())
            if (std::find(column.names.begin(), column.names.end(), name) != column.names.end()) of[c] = column.member;
        any = any || of[c];
        if (!of[c])
            out.errors.push_back(wrong(header_at, "value.column", "Không có cột \"" + header[c] + "\".",
                                       "There is no column '" + header[c] + "'."));
    }
    if (!any) return;
    if (lines.size() > most_values) {
        out.errors.push_back(wrong(header_at, "value.too_many", fmt::format("Tối đa {} dòng một lần.", most_values),
                                   fmt::format("At most {} rows at a time.", most_values)));
        return;
    }
    for (const auto& line : lines) {
        RowTexts row;
        row.at = line.at;
        bool filled = false;
        for (size_t c = 0; c < line.cells.size() && c < of.size(); ++c)
            if (of[c]) {
                row.*of[c] = line.cells[c];
                filled = filled || !text::trim(line.cells[c]).empty();
            }
        if (!filled) continue;
        if (text::trim(row.value).empty())
            ++out.blank;
        else
            take(std::move(row), out);
    }
}

/// A number as people write it: spreadsheets keep 0.1 + 0.2 with all its digits, and large ones with an exponent.
std::string plain_number(const std::string& text) {
    double v = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (ec != std::errc{} || end != text.data() + text.size() || !std::isfinite(v) || std::abs(v) >= 1e15) return text;
    auto out = fmt::format("{:.15g}", v);
    if (out.find('e') == std::string::npos) return out;
    out = fmt::format("{:.15f}", v);
    while (out.ends_with('0')) out.pop_back();
    if (out.ends_with('.')) out.pop_back();
    return out;
}
std::string text_of(const Cell& cell) {
    return cell.is_number ? plain_number(cell.text) : cell.text;
}

/// The sheet with the values: the first whose first row names an indicator and a value.
const Sheet* values_sheet(const std::vector<Sheet>& sheets) {
    for (const auto& sheet : sheets) {
        if (sheet.rows.empty()) continue;
        bool indicator = false, value = false;
        for (const auto& cell : sheet.rows.front()) {
            const auto name = text::fold(text::normalise(cell.text));
            for (const auto& column : columns())
                if (std::find(column.names.begin(), column.names.end(), name) != column.names.end()) {
                    indicator = indicator || column.member == &RowTexts::indicator;
                    value = value || column.member == &RowTexts::value;
                }
        }
        if (indicator && value) return &sheet;
    }
    return nullptr;
}

std::vector<Cell> row_of(std::initializer_list<std::string_view> texts) {
    std::vector<Cell> out;
    for (const auto t : texts) out.push_back(procedures::text_cell(std::string{t}));
    return out;
}

Sheet explanation() {
    Sheet out{"Huong dan", {}};
    out.rows.push_back(row_of({"Cách điền"}));
    for (const std::string_view line :
         {"Điền cột «Giá trị» ở trang «So lieu»; dòng nào chưa có số thì để trống, không ghi 0.",
          "Số thập phân viết sau dấu chấm, không có dấu phân nhóm: 1234.5.",
          "Kỳ: 2026-11 (tháng), 2026-Q4 (quý), 2026-H2 (nửa năm), 2026 (năm); hoặc ghi cột «Năm» và «Mã kỳ» (1–12 "
          "tháng, 13–16 quý, 17–18 nửa năm, 20 năm, 21 năm năm).",
          "Loại: kế hoạch, ước thực hiện, thực hiện, chính thức (hoặc 1–4).",
          "Có thể thêm dòng, thêm cột «Cơ quan» hoặc «Địa bàn» cho chỉ tiêu chia theo các chiều ấy.",
          "Khi tải lên, từng dòng được kiểm tra và giải thích trước khi lưu; còn một dòng sai thì chưa lưu gì."})
        out.rows.push_back(row_of({line}));
    return out;
}

}  // namespace

Result<Batch> read_csv_batch(std::string_view bytes, std::string source, std::string batch) {
    TRY(const auto table, parse_csv(bytes, "csv"));
    Batch out;
    out.source = std::move(source);
    out.batch = std::move(batch);
    std::vector<Line> lines;
    for (const auto& row : table.rows) lines.push_back({fmt::format("csv:{}", row.line), row.cells});
    read_lines(table.header, "csv:1", lines, out);
    return out;
}

Result<Batch> read_xlsx_batch(std::string_view bytes, std::string source, std::string batch) {
    TRY(const auto sheets, procedures::read_workbook(bytes));
    const auto* sheet = values_sheet(sheets);
    if (!sheet)
        return Error{ErrorKind::invalid, "value.no_sheet",
                     "Không trang nào có cột «Mã chỉ tiêu» và «Giá trị» ở dòng đầu. Hãy dùng tệp mẫu.",
                     "No sheet has the columns 'indicator' and 'value' in its first row. Use the template."};
    Batch out;
    out.source = std::move(source);
    out.batch = std::move(batch);
    std::vector<std::string> header;
    for (const auto& cell : sheet->rows.front()) header.push_back(cell.text);
    std::vector<Line> lines;
    for (size_t r = 1; r < sheet->rows.size(); ++r) {
        Line line{fmt::format("{}!{}", sheet->name, r + 1), {}};
        for (const auto& cell : sheet->rows[r]) line.cells.push_back(text_of(cell));
        lines.push_back(std::move(line));
    }
    read_lines(header, sheet->name + "!1", lines, out);
    return out;
}

Result<std::string> write_template(const Book& book, const access::Actor& actor, const Period& period, ValueKind kind,
                                   Instant now) {
    Sheet values{"So lieu", {}}, list{"Chi tieu", {}};
    values.rows.push_back(row_of({"Mã chỉ tiêu", "Tên chỉ tiêu", "Đơn vị tính", "Kỳ", "Loại", "Giá trị"}));
    list.rows.push_back(row_of({"Mã chỉ tiêu", "Tên chỉ tiêu", "Đơn vị tính", "Cơ quan chủ trì", "Nhận số theo",
                                "Ít "
                                "nhất",
                                "Nhiều nhất", "Số chữ số lẻ"}));
    const auto limit = [](const std::optional<double>& v) { return v ? fmt::format("{}", *v) : std::string{}; };
    for (const auto& i : book.all()) {
        if (!i.supplied || !i.covers(period.first_day())) continue;
        if (!access::require(actor, access::Right::supply_indicators, i.owner, now).ok()) continue;
        std::string grains;
        for (const auto g : i.grains) grains += (grains.empty() ? "" : ", ") + std::string{to_string(g)};
        list.rows.push_back(row_of({i.code, i.vi, i.unit, i.owner.value, grains, limit(i.supplied->least),
                                    limit(i.supplied->most), std::to_string(i.supplied->decimals)}));
        if (i.has(period.grain))
            values.rows.push_back(row_of({i.code, i.vi, i.unit, period.text(), to_string(kind), ""}));
    }
    if (list.rows.size() == 1)
        return Error{ErrorKind::denied, "value.none",
                     "Tài khoản này không được giao cung cấp số liệu cho chỉ tiêu nào trong kỳ ấy.",
                     "This account supplies no indicator in that period."};
    return procedures::write_workbook({values, list, explanation()});
}

}  // namespace hl::ioc
