// The workbook itself; the names of its groups: statistics_book.cpp.
#include "dossiers/statistics_xlsx.h"

#include <unistd.h>
#include <xlsxwriter.h>

#include <cstdio>
#include <filesystem>

#include "base/files.h"

namespace hl::dossiers {

namespace {

enum class Look { count, share, hours };
/// Over what a column's values may be added up.
enum class Sum { always, not_over_months, never };

struct Column {
    std::string_view title;
    std::optional<double> (*value)(const StatisticsRow&);
    Look look = Look::count;
    Sum sum = Sum::always;
    bool of_period = true;  // false: as it stands when asked, which no month of the past has
};

std::optional<double> whole(int64_t n) {
    return static_cast<double>(n);
}
/// Of the dossiers with a verdict; nothing when there are none.
std::optional<double> share(const VerdictCounts& c) {
    if (c.on_time + c.late == 0) return std::nullopt;
    return static_cast<double>(c.on_time) / static_cast<double>(c.on_time + c.late);
}

using Row = StatisticsRow;
const std::vector<Column>& columns() {
    static const std::vector<Column> list{
        {"Kỳ trước chuyển sang", [](const Row& r) { return whole(r.carried_over); }, Look::count, Sum::not_over_months},
        {"Tiếp nhận trong kỳ", [](const Row& r) { return whole(r.received); }},
        {"Cơ quan khác chuyển đến", [](const Row& r) { return whole(r.moved_in); }},
        {"Chuyển cơ quan khác", [](const Row& r) { return whole(r.moved_out); }},
        {"Đã giải quyết", [](const Row& r) { return whole(r.finished); }},
        {"Đúng hạn (theo giấy hẹn)", [](const Row& r) { return whole(r.promise.on_time); }},
        {"Quá hạn (theo giấy hẹn)", [](const Row& r) { return whole(r.promise.late); }},
        {"Không có ngày hẹn để đánh giá", [](const Row& r) { return whole(r.promise.unknown); }},
        {"Tỷ lệ đúng hạn theo giấy hẹn", [](const Row& r) { return share(r.promise); }, Look::share, Sum::never},
        {"Đúng hạn (theo Bộ chỉ số 766)", [](const Row& r) { return whole(r.index.on_time); }},
        {"Quá hạn (theo Bộ chỉ số 766)", [](const Row& r) { return whole(r.index.late); }},
        {"Không đánh giá được (theo Bộ chỉ số 766)", [](const Row& r) { return whole(r.index.unknown); }},
        {"Tỷ lệ đúng hạn theo Bộ chỉ số 766", [](const Row& r) { return share(r.index); }, Look::share, Sum::never},
        {"Từ chối tiếp nhận", [](const Row& r) { return whole(r.refused); }},
        {"Người nộp rút hồ sơ", [](const Row& r) { return whole(r.withdrawn); }},
        {"Dừng giải quyết", [](const Row& r) { return whole(r.stopped); }},
        {"Đã trả kết quả", [](const Row& r) { return whole(r.returned); }},
        {"Lượt yêu cầu bổ sung", [](const Row& r) { return whole(r.supplements); }},
        {"Lượt xin lỗi, hẹn lại", [](const Row& r) { return whole(r.extensions); }},
        {"Giờ làm việc trung bình một hồ sơ đã giải quyết",
         [](const Row& r) -> std::optional<double> {
             if (r.finished == 0) return std::nullopt;
             return static_cast<double>(r.minutes) / 60 / static_cast<double>(r.finished);
         },
         Look::hours, Sum::never},
        {"Đang giải quyết lúc lập biểu", [](const Row& r) { return whole(r.in_progress); }, Look::count, Sum::always,
         false},
        {"Trong đó đã quá ngày hẹn", [](const Row& r) { return whole(r.overdue); }, Look::count, Sum::always, false},
        {"Trong đó không có ngày hẹn", [](const Row& r) { return whole(r.due_unknown); }, Look::count, Sum::always,
         false},
    };
    return list;
}

std::string_view group_title(GroupBy by) {
    switch (by) {
        case GroupBy::total:
            return "Toàn kỳ";
        case GroupBy::agency:
            return "Cơ quan";
        case GroupBy::sector:
            return "Lĩnh vực";
        case GroupBy::procedure:
            return "Thủ tục hành chính";
        case GroupBy::month:
            return "Tháng";
        case GroupBy::channel:
            return "Kênh nộp";
    }
    throw std::logic_error("a grouping has no title");
}

std::string month_words(int64_t month) {
    return fmt::format("{:02}/{:04}", month % 12 + 1, month / 12);
}

void add(VerdictCounts& to, const VerdictCounts& from) {
    to.on_time += from.on_time;
    to.late += from.late;
    to.unknown += from.unknown;
}

/// What the shares and means of the last line are computed from.
StatisticsRow total_of(const std::vector<StatisticsBook::Row>& rows) {
    StatisticsRow out;
    for (const auto& row : rows) {
        add(out.promise, row.figures.promise);
        add(out.index, row.figures.index);
        out.finished += row.figures.finished;
        out.minutes += row.figures.minutes;
    }
    return out;
}

constexpr lxw_row_t head_row = 6;
constexpr lxw_col_t first_figure = 2;

/// One worksheet being written; the first problem is kept.
class Page {
  public:
    Page(lxw_workbook* workbook, const StatisticsBook& book) : workbook_(workbook), book_(book) {
        page_ = workbook_add_worksheet(workbook_, "Thống kê");
        title_ = format([](lxw_format* f) {
            format_set_bold(f);
            format_set_font_size(f, 14);
        });
        label_ = format(format_set_bold);
        head_ = format([](lxw_format* f) {
            format_set_bold(f);
            format_set_text_wrap(f);
            format_set_align(f, LXW_ALIGN_CENTER);
            format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
            format_set_border(f, LXW_BORDER_THIN);
        });
        for (const bool bold : {false, true})
            for (const auto& [look, shown] : shown_as)
                figures_[{look, bold}] = format([&, shown = shown](lxw_format* f) {
                    format_set_num_format(f, shown);
                    format_set_border(f, LXW_BORDER_THIN);
                    if (bold) format_set_bold(f);
                });
        for (const bool bold : {false, true})
            names_[bold] = format([&](lxw_format* f) {
                format_set_border(f, LXW_BORDER_THIN);
                format_set_text_wrap(f);
                format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
                if (bold) format_set_bold(f);
            });
    }

    void write() {
        write_top();
        write_head();
        lxw_row_t row = head_row + 1;
        for (const auto& line : book_.rows) write_line(row++, line);
        if (book_.rows.size() > 1) write_sums(row);
        worksheet_freeze_panes(page_, head_row + 1, first_figure);
        worksheet_set_column(page_, 0, 0, 18, nullptr);
        worksheet_set_column(page_, 1, 1, 44, nullptr);
        worksheet_set_column(page_, first_figure, static_cast<lxw_col_t>(first_figure + columns().size() - 1), 13,
                             nullptr);
        worksheet_set_landscape(page_);
        worksheet_set_paper(page_, 9);  // A4
        worksheet_fit_to_pages(page_, 1, 0);
        worksheet_repeat_rows(page_, head_row, head_row);
    }
    [[nodiscard]] lxw_error problem() const { return problem_; }

  private:
    static constexpr std::array<std::pair<Look, const char*>, 3> shown_as{
        {{Look::count, "#,##0"}, {Look::share, "0.0%"}, {Look::hours, "#,##0.0"}}};

    template <class F>
    lxw_format* format(F set) {
        auto* f = workbook_add_format(workbook_);
        set(f);
        return f;
    }
    void keep(lxw_error done) {
        if (problem_ == LXW_NO_ERROR) problem_ = done;
    }
    /// Text stays text, also when it starts like a formula.
    void text(lxw_row_t row, lxw_col_t column, std::string_view what, lxw_format* look = nullptr) {
        keep(worksheet_write_string(page_, row, column, std::string{what}.c_str(), look));
    }

    void write_top() {
        text(0, 0, "THỐNG KÊ GIẢI QUYẾT HỒ SƠ THỦ TỤC HÀNH CHÍNH", title_);
        const auto& q = book_.query;
        const auto line = [&](lxw_row_t row, std::string_view what, std::string_view value) {
            text(row, 0, what, label_);
            text(row, 1, value);
        };
        line(1, "Kỳ báo cáo",
             q.from == q.to ? fmt::format("Tháng {}", month_words(q.from))
                            : fmt::format("Từ tháng {} đến tháng {}", month_words(q.from), month_words(q.to)));
        line(2, "Cơ quan", book_.agency.empty() ? "Tất cả cơ quan" : book_.agency);
        line(3, "Lập lúc", to_vietnamese(book_.as_of));
        text(4, 0, "Số sự kiện sổ cái đã tính", label_);
        if (book_.position) keep(worksheet_write_number(page_, 4, 1, static_cast<double>(*book_.position), left()));
    }
    lxw_format* left() {
        return format([](lxw_format* f) {
            format_set_num_format(f, "0");
            format_set_align(f, LXW_ALIGN_LEFT);
        });
    }

    void write_head() {
        text(head_row, 0, "Mã", head_);
        text(head_row, 1, group_title(book_.query.by), head_);
        lxw_col_t column = first_figure;
        for (const auto& c : columns()) text(head_row, column++, c.title, head_);
        worksheet_set_row(page_, head_row, 75, nullptr);
    }

    [[nodiscard]] bool known(const Column& c) const { return c.of_period || open_is_known(book_.query.by); }
    [[nodiscard]] bool summed(const Column& c) const {
        return known(c) &&
               (c.sum == Sum::always || (c.sum == Sum::not_over_months && book_.query.by != GroupBy::month));
    }
    void figure(lxw_row_t row, lxw_col_t column, std::optional<double> value, lxw_format* look) {
        keep(value ? worksheet_write_number(page_, row, column, *value, look)
                   : worksheet_write_blank(page_, row, column, look));
    }

    void write_line(lxw_row_t row, const StatisticsBook::Row& line) {
        text(row, 0, line.figures.key, names_[false]);
        text(row, 1, line.name, names_[false]);
        lxw_col_t column = first_figure;
        for (const auto& c : columns())
            figure(row, column++, known(c) ? c.value(line.figures) : std::nullopt, figures_[{c.look, false}]);
    }

    void write_sums(lxw_row_t row) {
        keep(worksheet_write_blank(page_, row, 0, names_[true]));
        text(row, 1, "Tổng cộng", names_[true]);
        const auto total = total_of(book_.rows);
        lxw_col_t column = first_figure;
        for (const auto& c : columns()) {
            auto* look = figures_[{c.look, true}];
            if (summed(c)) {
                double sum = 0;
                for (const auto& line : book_.rows) sum += c.value(line.figures).value_or(0);
                std::array<char, LXW_MAX_CELL_NAME_LENGTH> from{}, to{};
                lxw_rowcol_to_cell(from.data(), head_row + 1, column);
                lxw_rowcol_to_cell(to.data(), row - 1, column);
                const auto formula = fmt::format("=SUM({}:{})", from.data(), to.data());
                keep(worksheet_write_formula_num(page_, row, column, formula.c_str(), look, sum));
            } else {
                // A share or a mean of all, never the sum of shares; a stock of months has none.
                figure(row, column, c.sum == Sum::never ? c.value(total) : std::nullopt, look);
            }
            ++column;
        }
    }

    lxw_workbook* workbook_;
    const StatisticsBook& book_;
    lxw_worksheet* page_ = nullptr;
    lxw_format *title_ = nullptr, *label_ = nullptr, *head_ = nullptr;
    std::map<std::pair<Look, bool>, lxw_format*> figures_;
    std::map<bool, lxw_format*> names_;
    lxw_error problem_ = LXW_NO_ERROR;
};

}  // namespace

Result<std::string> to_xlsx(const StatisticsBook& book) {
    const auto failed = [](std::string_view why) {
        return Error{ErrorKind::internal, "xlsx.write", "Không tạo được bảng tính. Hãy thử lại, hoặc báo quản trị.",
                     fmt::format("cannot write the workbook: {}", why)};
    };
    TRY(const auto file, ScratchFile::make("hienluong-statistics"));  // this version of the library writes files only
    lxw_workbook* workbook = workbook_new(file.path().c_str());
    if (!workbook) return failed("no memory");
    std::string title = "Thống kê giải quyết hồ sơ thủ tục hành chính";
    lxw_doc_properties properties{};
    properties.title = title.data();
    properties.created = static_cast<time_t>(to_ms(book.as_of) / 1000);
    workbook_set_properties(workbook, &properties);
    Page page(workbook, book);
    page.write();
    const auto closed = workbook_close(workbook);
    if (page.problem() != LXW_NO_ERROR) return failed(lxw_strerror(page.problem()));
    if (closed != LXW_NO_ERROR) return failed(lxw_strerror(closed));
    return read_file(file.path());
}

}  // namespace hl::dossiers
