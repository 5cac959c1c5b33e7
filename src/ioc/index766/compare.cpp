#include "ioc/index766/compare.h"

#include <charconv>

#include "base/csv.h"

namespace hl::index766 {

namespace {

template <class T>
Result<std::optional<T>> number_in(const std::string& cell, std::string_view name, const CsvRow& row,
                                   std::string_view column) {
    if (cell.empty()) return std::optional<T>{};
    T n{};
    const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), n);
    if (problem != std::errc{} || end != cell.data() + cell.size() || n < 0 || n > 1'000'000'000)
        return Error{ErrorKind::invalid, "index766.published",
                     fmt::format("Cột {} phải là số không âm hoặc để trống.", column),
                     fmt::format("The column {} is a non-negative number or empty.", column),
                     fmt::format("{}:{}", name, row.line)};
    return std::optional<T>{n};
}

}  // namespace

Result<std::vector<Published>> read_published(std::string_view csv, std::string_view name) {
    TRY(const auto table, parse_csv(csv, name));
    for (const auto column : {"period", "criterion", "points"})
        if (table.column(column) < 0)
            return Error{ErrorKind::invalid, "index766.published",
                         fmt::format("Thiếu cột {}. Các cột: period, agency, criterion, numerator, denominator, "
                                     "points.",
                                     column),
                         fmt::format("The column {} is missing. Columns: period, agency, criterion, numerator, "
                                     "denominator, points.",
                                     column),
                         std::string{name}};
    std::vector<Published> out;
    for (const auto& row : table.rows) {
        Published p;
        p.line = row.line;
        auto period = period_from(table.cell(row, "period"));
        if (!period.ok()) return Error{std::move(period).error()}.pointing(fmt::format("{}:{}", name, row.line));
        p.period = *period;
        p.agency = AgencyId{table.cell(row, "agency")};
        p.criterion = table.cell(row, "criterion");
        TRY(p.numerator, number_in<int64_t>(table.cell(row, "numerator"), name, row, "numerator"));
        TRY(p.denominator, number_in<int64_t>(table.cell(row, "denominator"), name, row, "denominator"));
        TRY(const auto points, number_in<double>(table.cell(row, "points"), name, row, "points"));
        if (points) p.points = std::llround(*points * 100);
        out.push_back(std::move(p));
    }
    return out;
}

namespace {

void because(Difference& d, std::string vi, std::string en) {
    d.because.push_back({std::move(vi), std::move(en)});
}

void of_dossiers(Difference& d, const Score& s) {
    const auto& p = d.published;
    if (p.denominator && *p.denominator != s.denominator)
        because(d,
                fmt::format("Nơi công bố tính trên {} hồ sơ, ở đây {}: lệch {}. Hãy kiểm tra đồng bộ và phạm vi kỳ.",
                            *p.denominator, s.denominator, *p.denominator - s.denominator),
                fmt::format("The published score counts {} dossiers, here {}: {} apart. Check the synchronisation and "
                            "the bounds of the period.",
                            *p.denominator, s.denominator, *p.denominator - s.denominator));
    if (p.numerator && *p.numerator != s.numerator)
        because(d,
                fmt::format("Số hồ sơ đạt công bố {}, ở đây {}: lệch {}.", *p.numerator, s.numerator,
                            *p.numerator - s.numerator),
                fmt::format("{} dossiers meet it as published, {} here: {} apart.", *p.numerator, s.numerator,
                            *p.numerator - s.numerator));
    if (!p.numerator && p.points && s.criterion->max > 0) {
        // How many dossiers the difference of points is worth.
        const int64_t worth =
            std::llround(static_cast<double>(*p.points - *s.points) * static_cast<double>(s.denominator) *
                         s.criterion->full_at / (100.0 * static_cast<double>(s.criterion->max)));
        because(d, fmt::format("Chênh lệch ứng với khoảng {} hồ sơ trên {}.", worth, s.denominator),
                fmt::format("The difference is worth about {} of {} dossiers.", worth, s.denominator));
    }
}

void of_criterion(Difference& d, const Score& s) {
    const auto& c = *s.criterion;
    d.low = s.low;
    d.high = s.high;
    d.ours = s.points;
    if (s.denominator > 0) {
        d.numerator = s.numerator;
        d.denominator = s.denominator;
    }
    if (!c.fact)
        return because(d, "Ở đây chưa có nguồn dữ liệu: " + c.no_source.vi,
                       "No source of data here: " + c.no_source.en);
    if (!s.points)
        return because(d, "Ở đây không có hồ sơ nào để xét trong kỳ.", "Here no dossier can be judged in the period.");
    if (d.published.points && *d.published.points == *s.points) return;
    of_dossiers(d, s);
    if (s.unknown > 0)
        because(d,
                fmt::format("Ở đây {} hồ sơ chưa rõ: điểm từ {} đến {}.", s.unknown, points_text(s.low),
                            points_text(s.high)),
                fmt::format("Here {} dossiers are unknown: {} to {} points.", s.unknown, points_text(s.low),
                            points_text(s.high)));
    if (s.factor_assumed)
        because(d, fmt::format("Tỷ lệ của tiêu chí {} chưa có số liệu, ở đây lấy bằng 1.", c.times),
                fmt::format("The rate of criterion {} is not known and was taken for 1 here.", c.times));
    if (!c.max_verified)
        because(d, fmt::format("Điểm tối đa {} của tiêu chí chưa đối chiếu.", points_text(c.max)),
                fmt::format("The criterion's maximum of {} is not verified.", points_text(c.max)));
    for (const auto& u : c.unverified) because(d, u.vi, u.en);
}

void of_sum(Difference& d, const Sum& sum) {
    d.low = sum.low;
    d.high = sum.high;
    d.ours = sum.points;
    if (sum.of != sum.max)
        because(d,
                fmt::format("Ở đây mới tính được {} trên {} điểm; phần còn lại chưa có nguồn dữ liệu hoặc không có hồ "
                            "sơ.",
                            points_text(sum.of), points_text(sum.max)),
                fmt::format("Only {} of {} points can be computed here; the rest has no source of data or no dossier.",
                            points_text(sum.of), points_text(sum.max)));
}

}  // namespace

Result<Difference> compare(const Published& published, const IndexScore& ours) {
    Difference d;
    d.published = published;
    const auto group = std::find_if(ours.groups.begin(), ours.groups.end(),
                                    [&](const GroupScore& g) { return g.group->code == published.criterion; });
    if (published.criterion == "total") {
        of_sum(d, ours.sum);
    } else if (group != ours.groups.end()) {
        of_sum(d, group->sum);
    } else if (const auto* s = ours.criterion(published.criterion)) {
        of_criterion(d, *s);
    } else {
        return Error{ErrorKind::invalid, "index766.criterion",
                     fmt::format("Dòng {}: không có tiêu chí {}.", published.line, published.criterion),
                     fmt::format("Line {}: there is no criterion '{}'.", published.line, published.criterion)};
    }
    if (published.points && d.ours) {
        d.by = *published.points - *d.ours;
        d.agrees = *d.by == 0;
    }
    return d;
}

}  // namespace hl::index766
