#include "documents/agency_code.h"

#include "base/csv.h"
#include "base/files.h"
#include "base/text.h"

namespace hl::documents {

namespace {

bool first_level(std::string_view part) {
    return part.size() == 3 && part[0] >= 'A' && part[0] <= 'Y' && part[1] >= '0' && part[1] <= '9' && part[2] >= '0' &&
           part[2] <= '9';
}

bool letters_and_digits(std::string_view part) {
    return !part.empty() &&
           std::ranges::all_of(part, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

Error no_equivalent(std::string_view code) {
    return {ErrorKind::not_found, "agency_code.no_equivalent",
            fmt::format("Bảng mã tương đương không có “{}”. Bổ sung dòng có nguồn vào agency-codes.csv; phần mềm không "
                        "tự suy mã.",
                        code),
            fmt::format("The table of equivalents has no \"{}\". Add a line with its source to agency-codes.csv; codes "
                        "are never inferred.",
                        code)};
}

}  // namespace

Result<AgencyCode> AgencyCode::parse(std::string_view text) {
    const auto parts = text::split(text, '.');
    const bool plain = text.size() <= 35 && !text.empty() && std::ranges::all_of(parts, letters_and_digits);
    if (plain && first_level(parts.front())) return AgencyCode{std::string{text}, Syntax::left_to_right};
    if (plain && parts.size() == 4 && first_level(parts.back()))
        return AgencyCode{std::string{text}, Syntax::right_to_left};
    const bool z = plain && text[0] == 'Z' && parts.front().size() == 3;
    const bool number = plain && parts.size() == 1 && text.size() >= 10 &&
                        std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (z || number) return AgencyCode{std::string{text}, Syntax::other};
    return Error{ErrorKind::invalid, "agency_code.invalid",
                 fmt::format("Mã định danh “{}” không đúng: viết như H50.12.34 (QĐ 20/2020/QĐ-TTg, tối đa 35 ký tự) "
                             "hoặc 000.34.12.H50 (QCVN 102:2016/BTTTT).",
                             text),
                 fmt::format("The agency code \"{}\" is wrong; write H50.12.34 (at most 35 characters) or "
                             "000.34.12.H50.",
                             text)}
        .under("Quyết định 20/2020/QĐ-TTg");
}

Result<std::shared_ptr<const CodeTable>> CodeTable::read(const std::filesystem::path& file) {
    TRY(const auto bytes, read_file(file, 8u << 20));
    TRY(const auto table, parse_csv(bytes, file.string()));
    const auto wrong = [&](size_t line, std::string_view what) {
        return Error{ErrorKind::invalid, "documents.codes",
                     fmt::format("Bảng mã {}:{} sai: {}.", file.string(), line, what),
                     fmt::format("{}:{}: {}.", file.string(), line, what)}
            .pointing(fmt::format("{}:{}", file.string(), line));
    };
    static const std::vector<std::string> header{"code", "old_code", "name", "from", "to", "source"};
    if (table.header != header) return wrong(1, "the header must be code,old_code,name,from,to,source");
    std::vector<Row> rows;
    for (const auto& r : table.rows) {
        const auto& f = r.cells;
        const auto from = parse_date(f[3]);
        if (!from.ok()) return wrong(r.line, "'from' must be a date");
        Row row{f[0], f[1], f[2], *from, {}, f[5]};
        if (!f[4].empty()) {
            const auto to = parse_date(f[4]);
            if (!to.ok()) return wrong(r.line, "'to' must be a date");
            row.to = *to;
        }
        const auto code = AgencyCode::parse(row.code), old = AgencyCode::parse(row.old_code);
        if (!code.ok() || code->syntax == AgencyCode::Syntax::right_to_left) return wrong(r.line, "'code' is wrong");
        if (!old.ok() || old->syntax != AgencyCode::Syntax::right_to_left) return wrong(r.line, "'old_code' is wrong");
        if (row.source.empty()) return wrong(r.line, "'source' is missing: an equivalent without one is a guess");
        rows.push_back(std::move(row));
    }
    return std::make_shared<const CodeTable>(std::move(rows));
}

Result<std::string> CodeTable::to_old(std::string_view code, Date at) const {
    for (const auto& r : rows_)
        if (r.code == code && r.from <= at && (!r.to || at < *r.to)) return r.old_code;
    return no_equivalent(code);
}

Result<std::string> CodeTable::to_new(std::string_view old_code, Date at) const {
    for (const auto& r : rows_)
        if (r.old_code == old_code && r.from <= at && (!r.to || at < *r.to)) return r.code;
    return no_equivalent(old_code);
}

bool CodeTable::same(std::string_view a, std::string_view b, Date at) const {
    if (a == b) return true;
    const auto of_a = to_new(a, at), of_b = to_new(b, at);
    return (of_a.ok() && *of_a == b) || (of_b.ok() && *of_b == a);
}

}  // namespace hl::documents
