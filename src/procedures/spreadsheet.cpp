#include "procedures/spreadsheet.h"

#include "base/text.h"
#include "procedures/workbook.h"

namespace hl::procedures {

namespace {

constexpr std::string_view not_verified = "chưa kiểm chứng";
constexpr std::string_view free_of_charge = "không thu";
constexpr std::string_view listed = "xem bảng phí";

using Columns = std::vector<std::string>;
const Columns card_columns = {
    "code",     "name_vi",      "name_en",       "level", "sector",     "sector_name", "sector_national", "owner",
    "subjects", "decides_role", "decides_level", "fees",  "unverified", "notes",       "valid_from",      "valid_to"};
const Columns channel_columns = {"code", "channel", "level", "time", "unit", "same_day"};
const Columns fee_columns = {"code", "id", "name", "kind", "amount", "currency", "unit", "when", "basis"};
const Columns component_columns = {"code",     "id",        "name", "originals", "copies",
                                   "required", "show_only", "when", "reuse"};
const Columns result_columns = {"code", "id", "name", "signed"};
const Columns basis_columns = {"code", "act", "article", "from", "to"};
const Columns source_columns = {"code", "what", "where", "read"};

using Row = std::vector<Cell>;
Cell yes_no(bool b) {
    return text_cell(b ? "có" : "không");
}
Cell date_cell(const std::optional<Date>& d) {
    return d ? text_cell(to_iso(*d)) : Cell{};
}

Sheet sheet_of(std::string name, const Columns& columns) {
    Sheet s{std::move(name), {{}}};
    for (const auto& c : columns) s.rows[0].push_back(text_cell(c));
    return s;
}

/// Reads one sheet by the names in its header row.
class Table {
  public:
    Table(const std::vector<Sheet>& book, std::string name, const Columns& columns, std::vector<Error>& errors)
        : name_(std::move(name)), errors_(errors) {
        const auto it = std::find_if(book.begin(), book.end(), [&](const Sheet& s) { return s.name == name_; });
        if (it == book.end() || it->rows.empty()) {
            fail(1, "sheet.column", "Thiếu trang \"" + name_ + "\".", "the sheet " + name_ + " is missing");
            return;
        }
        sheet_ = &*it;
        for (size_t i = 0; i < it->rows[0].size(); ++i) {
            const auto title = text::trim(it->rows[0][i].text);
            if (title.empty()) continue;
            if (std::find(columns.begin(), columns.end(), title) == columns.end())
                fail(1, "sheet.column", "Không có cột \"" + title + "\".", "unknown column " + title);
            index_[title] = i;
        }
        for (const auto& c : columns)
            if (!index_.contains(c))
                fail(1, "sheet.column", "Thiếu cột \"" + c + "\".", "the column " + c + " is missing");
    }
    /// Calls `visit(draft)` for each row that is not empty and whose code is known.
    template <class F>
    void each(std::map<std::string, size_t>& codes, std::vector<Draft>& drafts, bool may_add, F visit) {
        if (!sheet_) return;
        for (row_ = 1; row_ < sheet_->rows.size(); ++row_) {
            const auto& cells = sheet_->rows[row_];
            if (std::all_of(cells.begin(), cells.end(), [](const Cell& c) { return c.empty(); })) continue;
            const auto code = text("code");
            auto it = codes.find(code);
            if (it == codes.end()) {
                if (!may_add || code.empty()) {
                    fail("sheet.unknown", "Mã thủ tục \"" + code + "\" không có trong trang the.",
                         "the procedure " + code + " is not in the sheet of cards");
                    continue;
                }
                it = codes.emplace(code, drafts.size()).first;
                drafts.emplace_back();
                drafts.back().card.code = ProcedureCode{code};
            }
            visit(drafts[it->second]);
        }
    }
    [[nodiscard]] const Cell& cell(const std::string& column) const {
        static const Cell none;
        const auto it = index_.find(column);
        if (it == index_.end() || it->second >= sheet_->rows[row_].size()) return none;
        return sheet_->rows[row_][it->second];
    }
    [[nodiscard]] std::string text(const std::string& column) const { return text::normalise(cell(column).text); }
    /// Lines of one cell.
    [[nodiscard]] std::vector<std::string> lines(const std::string& column) const {
        std::vector<std::string> out;
        for (const auto& line : text::split(cell(column).text, '\n'))
            if (auto s = text::normalise(line); !s.empty()) out.push_back(std::move(s));
        return out;
    }
    [[nodiscard]] std::optional<int64_t> number(const std::string& column, int64_t most) {
        const auto& c = cell(column);
        if (text::trim(c.text).empty()) return std::nullopt;
        const auto n = c.integer();
        if (n && *n >= 0 && *n <= most) return n;
        wrong(column, "phải là số nguyên", "must be a whole number");
        return std::nullopt;
    }
    [[nodiscard]] bool flag(const std::string& column) {
        const auto s = text::fold(cell(column).text);
        if (s == "co" || s == "true" || s == "x" || s == "1") return true;
        if (!s.empty() && s != "khong" && s != "false" && s != "0")
            wrong(column, "phải là có hoặc không", "must be yes or no");
        return false;
    }
    [[nodiscard]] std::optional<Date> date(const std::string& column) {
        const auto& c = cell(column);
        const auto s = text::trim(c.text);
        if (s.empty()) return std::nullopt;
        // Spreadsheets turn typed dates into days since 30 December 1899.
        if (const auto serial = c.is_number ? c.integer() : std::nullopt; serial && *serial > 60 && *serial < 200'000)
            return from_day_number(*serial - 25'569);
        auto d = parse_date(s);
        if (d.ok()) return d.value();
        wrong(column, "ngày phải viết như 2026-07-01", "a date is written like 2026-07-01");
        return std::nullopt;
    }
    template <class T, class F>
    T word(const std::string& column, F parse, T otherwise) {
        if (const auto v = parse(text(column))) return *v;
        wrong(column, "giá trị không hợp lệ", "not an allowed value");
        return otherwise;
    }
    void wrong(const std::string& column, const std::string& vi, const std::string& en) {
        fail("sheet.value", fmt::format("Cột {}: {}.", column, vi), fmt::format("column {}: {}", column, en));
    }
    void fail(std::string code, std::string vi, std::string en) {
        fail(row_ + 1, std::move(code), std::move(vi), std::move(en));
    }

  private:
    void fail(size_t row, std::string code, std::string vi, std::string en) {
        if (errors_.size() < 1000)
            errors_.push_back(
                {ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), fmt::format("{}!{}", name_, row)});
    }
    std::string name_;
    std::vector<Error>& errors_;
    const Sheet* sheet_ = nullptr;
    std::map<std::string, size_t> index_;
    size_t row_ = 0;
};

}  // namespace

Result<std::string> export_cards(const std::vector<Draft>& drafts) {
    auto cards = sheet_of("the", card_columns);
    auto channels = sheet_of("kenh", channel_columns);
    auto fees = sheet_of("phi", fee_columns);
    auto components = sheet_of("thanh-phan", component_columns);
    auto results = sheet_of("ket-qua", result_columns);
    auto basis = sheet_of("can-cu", basis_columns);
    auto sources = sheet_of("nguon", source_columns);
    for (const auto& d : drafts) {
        const auto& c = d.card;
        const auto code = text_cell(c.code.value);
        const auto fee_state = !c.fees ? not_verified : c.fees->empty() ? free_of_charge : listed;
        cards.rows.push_back({code, text_cell(c.name), text_cell(c.name_en), text_cell(std::string{to_string(c.level)}),
                              text_cell(c.sector), text_cell(c.sector_name), text_cell(c.sector_national),
                              text_cell(c.owner), text_cell(text::join(c.subjects, "\n")), text_cell(c.decides_role),
                              text_cell(c.decides_level), text_cell(std::string{fee_state}),
                              text_cell(text::join(c.unverified, "\n")), text_cell(c.notes), date_cell(d.valid_from),
                              date_cell(d.valid_to)});
        for (const auto& r : c.channels) {
            Row row{code, text_cell(std::string{to_string(r.channel)}), text_cell(r.level), {}, {}, {}};
            if (r.time) {
                row[3] = number_cell(r.time->value);
                row[4] = text_cell(std::string{to_string(r.time->unit)});
                row[5] = yes_no(r.time->same_day);
            }
            channels.rows.push_back(std::move(row));
        }
        if (c.fees)
            for (const auto& f : *c.fees)
                fees.rows.push_back({code, text_cell(f.id), text_cell(f.name), text_cell(f.kind),
                                     f.amount ? number_cell(*f.amount) : Cell{}, text_cell(f.currency),
                                     text_cell(f.unit), text_cell(f.when), text_cell(f.basis)});
        for (const auto& x : c.components)
            components.rows.push_back({code, text_cell(x.id), text_cell(x.name), number_cell(x.originals),
                                       number_cell(x.copies), yes_no(x.required), yes_no(x.show_only),
                                       text_cell(x.when), text_cell(x.reuse)});
        for (const auto& r : c.results)
            results.rows.push_back({code, text_cell(r.id), text_cell(r.name), text_cell(r.signature)});
        for (const auto& b : c.basis)
            basis.rows.push_back({code, text_cell(b.act), text_cell(b.article), date_cell(b.from), date_cell(b.to)});
        for (const auto& s : c.sources)
            sources.rows.push_back({code, text_cell(s.what), text_cell(s.where), text_cell(s.read)});
    }
    return write_workbook({cards, channels, fees, components, results, basis, sources});
}

std::vector<Draft> import_cards(std::string_view xlsx, std::vector<Draft> drafts, std::vector<Error>& errors) {
    const auto book = read_workbook(xlsx);
    if (!book.ok()) {
        errors.push_back(book.error());
        return drafts;
    }
    std::map<std::string, size_t> all;
    for (size_t i = 0; i < drafts.size(); ++i) all[drafts[i].card.code.value] = i;
    std::map<std::string, size_t> codes;  // those that the workbook's first sheet lists
    Table cards(*book, "the", card_columns, errors);
    cards.each(all, drafts, true, [&](Draft& d) {
        const auto code = cards.text("code");
        if (!codes.emplace(code, all.at(code)).second)
            return cards.fail("sheet.twice", "Mã thủ tục ghi hai lần.", "the code is listed twice");
        Card c;
        c.code = ProcedureCode{code};
        c.name = cards.text("name_vi");
        c.name_en = cards.text("name_en");
        c.level = cards.word<Level>("level", level_from, Level::commune);
        c.sector = cards.text("sector");
        c.sector_name = cards.text("sector_name");
        c.sector_national = cards.text("sector_national");
        c.owner = cards.text("owner");
        c.subjects = cards.lines("subjects");
        c.decides_role = cards.text("decides_role");
        c.decides_level = cards.text("decides_level");
        const auto fees = cards.text("fees");
        if (fees != not_verified) c.fees.emplace();
        if (fees != not_verified && fees != free_of_charge && fees != listed)
            cards.wrong("fees", fmt::format("phải là \"{}\", \"{}\" hoặc \"{}\"", not_verified, free_of_charge, listed),
                        "not an allowed value");
        c.unverified = cards.lines("unverified");
        c.notes = cards.text("notes");
        d.valid_from = cards.date("valid_from");
        d.valid_to = cards.date("valid_to");
        d.card = std::move(c);
    });
    Table channels(*book, "kenh", channel_columns, errors);
    channels.each(codes, drafts, false, [&](Draft& d) {
        ChannelRule r;
        r.channel = channels.word<Channel>("channel", channel_from, Channel::desk);
        r.level = channels.text("level");
        if (const auto n = channels.number("time", 10'000); n && *n > 0)
            r.time =
                LegalTime{static_cast<int>(*n), channels.word<TimeUnit>("unit", time_unit_from, TimeUnit::working_days),
                          channels.flag("same_day")};
        else if (n)
            channels.wrong("time", "thời hạn phải lớn hơn 0; chưa kiểm chứng thì để trống",
                           "must be above 0; leave it empty when not verified");
        d.card.channels.push_back(std::move(r));
    });
    Table fees(*book, "phi", fee_columns, errors);
    fees.each(codes, drafts, false, [&](Draft& d) {
        if (!d.card.fees)
            return fees.fail("sheet.value", "Trang the ghi phí chưa kiểm chứng.",
                             "the card says that fees are not verified");
        d.card.fees->push_back({fees.text("id"), fees.text("name"), fees.text("kind"),
                                fees.number("amount", 1'000'000'000'000), fees.text("unit"), fees.text("when"),
                                fees.text("basis"), fees.text("currency")});
    });
    Table components(*book, "thanh-phan", component_columns, errors);
    components.each(codes, drafts, false, [&](Draft& d) {
        Component x;
        x.id = components.text("id");
        x.name = components.text("name");
        x.originals = static_cast<int>(components.number("originals", 100).value_or(0));
        x.copies = static_cast<int>(components.number("copies", 100).value_or(0));
        x.required = components.flag("required");
        x.show_only = components.flag("show_only");
        x.when = components.text("when");
        x.reuse = components.text("reuse");
        d.card.components.push_back(std::move(x));
    });
    Table results(*book, "ket-qua", result_columns, errors);
    results.each(codes, drafts, false, [&](Draft& d) {
        d.card.results.push_back({results.text("id"), results.text("name"), results.text("signed")});
    });
    Table basis(*book, "can-cu", basis_columns, errors);
    basis.each(codes, drafts, false, [&](Draft& d) {
        d.card.basis.push_back({basis.text("act"), basis.text("article"), basis.date("from"), basis.date("to")});
    });
    Table sources(*book, "nguon", source_columns, errors);
    sources.each(codes, drafts, false, [&](Draft& d) {
        d.card.sources.push_back({sources.text("what"), sources.text("where"), sources.text("read")});
    });
    return drafts;
}

}  // namespace hl::procedures
