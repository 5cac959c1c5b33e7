#include <algorithm>
#include <cmath>

#include "base/crypto.h"
#include "base/text.h"
#include "ioc/briefing/briefing.h"
#include "ioc/briefing/paper.h"

namespace hl::briefing {

namespace {

constexpr Type plain{10}, quiet{8.5, false, false, PANGO_ALIGN_LEFT, 0.35}, strong{10, true};

/// "1.234,5": at most two decimals, none that say nothing.
std::string number(double v) {
    auto text = fmt::format("{:.2f}", std::abs(v));
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    const auto point = text.find('.');
    auto whole = text.substr(0, point);
    for (auto i = static_cast<int>(whole.size()) - 3; i > 0; i -= 3) whole.insert(static_cast<size_t>(i), ".");
    const bool zero = text == "0";
    return (v < 0 && !zero ? "-" : "") + whole + (point == std::string::npos ? "" : "," + text.substr(point + 1));
}
std::string points(index766::Points p) {
    return number(static_cast<double>(p) / 100);
}

std::string words_of(const std::string& period) {
    const auto found = ioc::parse_period(period);
    return found.ok() ? found->words() : period;
}

std::string_view word_of(ioc::Status s) {
    switch (s) {
        case ioc::Status::known:
            return "Đã chốt";
        case ioc::Status::zero:
            return "Bằng 0";
        case ioc::Status::unknown:
            return "Chưa rõ";
        case ioc::Status::provisional:
            return "Tạm tính";
        case ioc::Status::stale:
            return "Số liệu cũ";
        case ioc::Status::suppressed:
            return "Không công bố";
    }
    return "";
}
std::string_view level_word(std::string_view level) {
    return level == "good" ? "Đạt" : level == "warning" ? "Cần chú ý" : level == "critical" ? "Nghiêm trọng" : "";
}
std::string trend_of(const ioc::Indicator& i, const ioc::Figure& f) {
    if (!f.value || !f.previous) return "";
    const auto word = ioc::trend(i, f);
    const auto said_word = word == "better"         ? "Tốt hơn"
                           : word == "worse"        ? "Xấu hơn"
                           : word == "same"         ? "Không đổi"
                           : *f.value > *f.previous ? "Tăng"
                           : *f.value < *f.previous ? "Giảm"
                                                    : "Không đổi";
    return fmt::format("{} (kỳ trước {})", said_word, number(*f.previous));
}

void heading(Paper& paper, const std::string& text) {
    paper.space(6);
    paper.keep(60);
    paper.text("H2", text, {12.5, true}, 5);
}

std::string agency_of(const Briefing& b, const AgencyId& id) {
    if (id.empty()) return "Toàn tỉnh";
    const auto* agency = b.sources.context.directory->agency(id);
    const auto* version = agency ? agency->at(b.day) : nullptr;
    return version ? version->name : id.value;
}

void put_head(Paper& paper, const Briefing& b) {
    if (!b.agency.empty()) paper.text("P", text::upper(b.agency), {9, true, false, PANGO_ALIGN_LEFT, 0.2}, 2);
    paper.text("H1", "Báo cáo giao ban điều hành", {19, true}, 2);
    paper.text("P", fmt::format("Ngày {} · {}", to_vietnamese(b.day), b.scope), {12}, 4);
    paper.text("P",
               fmt::format("Lập lúc {}{}.", to_vietnamese(b.made_at),
                           b.past ? ", theo số liệu như đã biết đến hết ngày nói trên" : ""),
               quiet, 2);
    paper.text("P",
               b.position ? fmt::format("Số liệu tính từ {} sự kiện đầu tiên của sổ cái.",
                                        number(static_cast<double>(*b.position)))
                          : "Sổ cái đang được tính lại; số liệu tính từ sổ cái chưa có.",
               quiet, 2);
    paper.text("P",
               b.checkpoint
                   ? fmt::format("Mốc đã ký gần nhất: {} sự kiện, lúc {}, gốc {}.",
                                 number(static_cast<double>(b.checkpoint->size)), to_vietnamese(b.checkpoint->at),
                                 crypto::to_base64(crypto::view(b.checkpoint->root)))
                   : "Sổ cái chưa có mốc ký nào.",
               quiet, 6);
    paper.rule();
}

void put_alerts(Paper& paper, const Briefing& b) {
    heading(paper, "1. Cảnh báo đang có");
    if (b.past) return paper.text("P", "Danh sách cảnh báo chỉ có của thời điểm lập báo cáo.", quiet);
    if (b.alerts.empty()) return paper.text("P", "Không có cảnh báo nào.", plain);
    std::vector<std::vector<Cell>> rows;
    for (const auto& a : b.alerts)
        rows.push_back({{a.rule->critical ? "Nghiêm trọng" : "Cần chú ý", a.rule->critical},
                        {a.rule->vi},
                        {agency_of(b, a.agency)},
                        {said(a.value, a.indicator->unit), true, PANGO_ALIGN_RIGHT},
                        {to_vietnamese(a.since)}});
    paper.table({{"Mức", 1.1}, {"Cảnh báo", 3.4}, {"Phạm vi", 2.2}, {"Giá trị", 1.3, PANGO_ALIGN_RIGHT}, {"Từ", 1.3}},
                rows);
}

void put_index(Paper& paper, const Briefing& b) {
    heading(paper, "2. Bộ chỉ số 766");
    if (!b.index) return paper.text("P", "Kỳ này chưa có quy tắc chấm điểm.", plain);
    const auto& sum = b.index->score.sum;
    paper.text("P",
               sum.of > 0
                   ? fmt::format("Kỳ {}: {} điểm trên {} điểm đã có dữ liệu (tối đa {}){}. Có thể từ {} đến {} khi "
                                 "rõ hết dữ liệu.",
                                 words_of(b.index->period), points(sum.points), points(sum.of), points(sum.max),
                                 b.index->provisional ? ", tạm tính" : "", points(sum.low), points(sum.high))
                   : fmt::format("Kỳ {}: chưa rõ, chưa có dữ liệu để chấm.", words_of(b.index->period)),
               strong, 5);
    std::vector<std::vector<Cell>> rows;
    for (const auto& g : b.index->score.groups) {
        const bool known = g.sum.of > 0, lowest = b.index->lowest && &g == &b.index->score.groups[*b.index->lowest];
        rows.push_back({{g.group->code, lowest},
                        {g.group->name.vi + (lowest ? " (thấp nhất)" : ""), lowest},
                        {known ? points(g.sum.points) : "Chưa rõ", lowest, PANGO_ALIGN_RIGHT},
                        {known ? points(g.sum.of) : "", false, PANGO_ALIGN_RIGHT},
                        {points(g.sum.max), false, PANGO_ALIGN_RIGHT}});
    }
    paper.table({{"Nhóm", 0.6},
                 {"Tên", 4},
                 {"Điểm", 1, PANGO_ALIGN_RIGHT},
                 {"Trên", 1, PANGO_ALIGN_RIGHT},
                 {"Tối đa", 1, PANGO_ALIGN_RIGHT}},
                rows);
    if (!b.index->lowest) return;
    const auto& low = b.index->score.groups[*b.index->lowest];
    rows.clear();
    for (const auto& s : low.criteria)
        if (s.lost + s.also_lost > 0)
            rows.push_back({{s.criterion->code},
                            {s.criterion->name.vi},
                            {number(static_cast<double>(s.lost + s.also_lost)), false, PANGO_ALIGN_RIGHT},
                            {number(static_cast<double>(s.mendable)), false, PANGO_ALIGN_RIGHT},
                            {s.mendable > 0 ? "+" + points(s.gain_of(s.mendable)) : "", true, PANGO_ALIGN_RIGHT},
                            {s.mendable > 0 ? s.criterion->mend.vi : ""}});
    if (rows.empty()) return;
    paper.text("P", fmt::format("Nhóm {}: sửa những hồ sơ còn sửa được thì được thêm:", low.group->code), plain, 3);
    paper.table({{"Tiêu chí", 0.7},
                 {"Tên", 2.6},
                 {"Mất điểm", 0.9, PANGO_ALIGN_RIGHT},
                 {"Sửa được", 0.9, PANGO_ALIGN_RIGHT},
                 {"Thêm", 0.8, PANGO_ALIGN_RIGHT},
                 {"Cách sửa", 2.6}},
                rows);
}

void put_figures(Paper& paper, const Briefing& b) {
    heading(paper, "3. Chỉ tiêu theo phân hệ");
    std::string silent;
    for (const auto& section : b.sections) {
        // Of what nobody handed anything in for, a line is enough.
        const bool any = std::any_of(section.rows.begin(), section.rows.end(), [](const Row& r) {
            return r.figure.value || r.figure.status == ioc::Status::suppressed;
        });
        if (!any) {
            silent += fmt::format("{}{} ({} chỉ tiêu)", silent.empty() ? "" : "; ", ioc::name_of(section.component),
                                  section.rows.size());
            continue;
        }
        paper.keep(120);
        paper.text("H3", std::string{ioc::name_of(section.component)}, {11, true}, 4);
        std::vector<std::vector<Cell>> rows;
        for (const auto& r : section.rows) {
            const auto& f = r.figure;
            // What is stale or unknown has no level: it is never good.
            const bool fresh = f.value && f.status != ioc::Status::stale;
            std::string state{word_of(f.status)};
            if (fresh && !f.level.empty()) state = fmt::format("{} · {}", level_word(f.level), state);
            if (!f.value && !f.why.empty()) state += ": " + f.why.vi;
            rows.push_back({{r.indicator->vi},
                            {f.period.words()},
                            {said(f.value, r.indicator->unit), true, PANGO_ALIGN_RIGHT},
                            {r.day ? said(r.day->value, r.indicator->unit) : "", false, PANGO_ALIGN_RIGHT},
                            {f.target ? said(f.target, r.indicator->unit) : "", false, PANGO_ALIGN_RIGHT},
                            {trend_of(*r.indicator, f)},
                            {state},
                            {f.as_of ? to_vietnamese(*f.as_of) : ""}});
        }
        paper.table({{"Chỉ tiêu", 2.7},
                     {"Kỳ", 0.9},
                     {"Giá trị", 1.3, PANGO_ALIGN_RIGHT},
                     {"Hôm trước", 1.1, PANGO_ALIGN_RIGHT},
                     {"Mục tiêu", 1.1, PANGO_ALIGN_RIGHT},
                     {"Xu hướng", 1.5},
                     {"Trạng thái", 1.5},
                     {"Số liệu lúc", 1.2}},
                    rows);
    }
    if (!silent.empty()) paper.text("P", fmt::format("Chưa có số liệu: {}.", silent), quiet);
}

void put_restated(Paper& paper, const Briefing& b) {
    heading(paper, "4. Số liệu đã điều chỉnh từ hôm trước");
    if (b.restated.empty()) return paper.text("P", "Không có kỳ đã qua nào thay đổi.", plain);
    std::vector<std::vector<Cell>> rows;
    for (const auto& r : b.restated)
        rows.push_back({{r.indicator->vi},
                        {r.change.period.words()},
                        {agency_of(b, r.change.agency)},
                        {said(r.change.before, r.indicator->unit), false, PANGO_ALIGN_RIGHT},
                        {said(r.change.after, r.indicator->unit), true, PANGO_ALIGN_RIGHT},
                        {fmt::format("{}–{}", r.change.first_position, r.change.last_position)}});
    paper.table({{"Chỉ tiêu", 2.6},
                 {"Kỳ", 0.9},
                 {"Phạm vi", 1.8},
                 {"Trước", 1.1, PANGO_ALIGN_RIGHT},
                 {"Nay", 1.1, PANGO_ALIGN_RIGHT},
                 {"Vị trí sổ cái", 1.2}},
                rows);
}

void put_orders(Paper& paper, const Briefing& b) {
    if (!b.orders) return;
    heading(paper, "5. Chỉ đạo");
    const auto& s = b.orders->summary;
    paper.text("P",
               fmt::format("Đang mở {}; quá hạn {}; sắp đến hạn {}; chưa xác nhận {}; chờ duyệt {}; xin gia hạn {}.",
                           s.open, s.overdue, s.due_soon, s.unacknowledged, s.handed_in, s.extension_asked),
               strong, 5);
    if (b.orders->overdue.empty()) return;
    std::vector<std::vector<Cell>> rows;
    for (const auto& l : b.orders->overdue)
        rows.push_back({{l.directive.code, true},
                        {l.directive.title},
                        {agency_of(b, l.directive.agency)},
                        {to_vietnamese(l.directive.deadline.due)},
                        {fmt::format("{}%", l.directive.percent), false, PANGO_ALIGN_RIGHT}});
    paper.table({{"Mã", 1.2}, {"Việc", 3.2}, {"Cơ quan", 2.2}, {"Hạn", 1.3}, {"Tiến độ", 0.7, PANGO_ALIGN_RIGHT}},
                rows);
}

}  // namespace

std::string said(const std::optional<double>& value, const std::string& unit) {
    if (!value) return "Chưa rõ";
    return number(*value) + (unit == "%" ? "%" : " " + unit);
}

Result<std::string> to_pdf(const Briefing& b) {
    const auto title = fmt::format("Báo cáo giao ban điều hành ngày {}", to_vietnamese(b.day));
    Paper paper(
        title, b.agency, fmt::format("{}; sổ cái {}", b.scope, b.position ? std::to_string(*b.position) : "chưa có"),
        to_rfc3339(b.made_at).substr(0, 19) + "Z",
        fmt::format("{} · sổ cái {}", title, b.position ? number(static_cast<double>(*b.position)) : "chưa có"));
    put_head(paper, b);
    put_alerts(paper, b);
    put_index(paper, b);
    put_figures(paper, b);
    put_restated(paper, b);
    put_orders(paper, b);
    return paper.finish();
}

}  // namespace hl::briefing
