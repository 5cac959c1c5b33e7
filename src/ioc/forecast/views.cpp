#include "ioc/forecast/views.h"

#include <cmath>

namespace hl::forecast {

namespace {

json::value text_or_null(std::string_view s) {
    return s.empty() ? json::value() : json::value(s);
}
double tenth(double v) {
    return std::round(v * 10) / 10;
}
json::object words(const Sentence& s) {
    return {{"vi", s.vi}, {"en", s.en}};
}

json::object view(const StepAhead& s) {
    return {{"step", s.step},
            {"name", text_or_null(s.name)},
            {"agency", text_or_null(s.agency.value)},
            {"open", s.open},
            {"planned_minutes", or_null(s.planned)},
            {"elapsed_minutes", s.elapsed},
            {"typical_minutes", s.cases > 0 ? json::value(std::llround(s.typical)) : json::value()},
            {"slow_minutes", s.cases > 0 ? json::value(std::llround(s.slow)) : json::value()},
            {"misses", tenth(s.misses * 100)},
            {"pace", to_string(s.pace)},
            {"load", to_string(s.load)},
            {"level", to_string(s.level)},
            {"cases", s.cases}};
}

}  // namespace

json::value or_null(const std::optional<int64_t>& v) {
    return v ? json::value(*v) : json::value();
}

json::value percent(const Outlook& o) {
    return o.standing == Standing::unknown ? json::value() : json::value(tenth(o.probability * 100));
}

json::object view(const Risk& r, const Lore& lore) {
    const auto release = lore.release(r.open.release);
    const auto* worst = r.outlook.standing == Standing::unknown ? nullptr : r.outlook.worst();
    const bool told = r.outlook.standing != Standing::unknown;
    return {{"code", r.open.code.value},
            {"agency", r.open.agency.value},
            {"procedure", r.open.procedure.value},
            {"procedure_name", release ? json::value(release->card.name) : json::value()},
            {"standing", to_string(r.outlook.standing)},
            {"why_unknown", text_or_null(to_string(r.outlook.why))},
            {"probability", percent(r.outlook)},
            {"calibrated", r.outlook.calibrated},
            {"due", r.outlook.due ? json::value(to_rfc3339_local(*r.outlook.due)) : json::value()},
            {"left_minutes", told ? json::value(r.outlook.left) : json::value()},
            {"step", worst ? json::value(view(*worst)) : json::value()},
            {"reason", words(reason(r.outlook))}};
}

json::object view_with_steps(const Risk& r, const Lore& lore) {
    auto out = view(r, lore);
    json::array steps;
    for (const auto& s : r.outlook.steps) steps.push_back(view(s));
    out["steps"] = std::move(steps);
    out["raw"] = r.outlook.standing == Standing::unknown ? json::value() : json::value(tenth(r.outlook.raw * 100));
    return out;
}

json::object view(const AgencySummary& a) {
    return {{"agency", a.agency.value}, {"open", a.open},         {"late", a.late},
            {"likely", a.likely},       {"possible", a.possible}, {"expected_late", tenth(a.expected)},
            {"waiting", a.waiting},     {"unknown", a.unknown}};
}

json::object view(const CalibrationView& c) {
    json::array table;
    for (const auto& b : c.calibration.bins_) {
        if (b.weight == 0) continue;
        table.push_back({{"said", tenth(static_cast<double>(b.said) / 1e4 / static_cast<double>(b.weight))},
                         {"happened", tenth(100 * static_cast<double>(b.late) / static_cast<double>(b.weight))},
                         {"days", b.weight}});
    }
    return {{"position", or_null(c.position)},    {"ready", c.calibration.ready()},
            {"dossiers", c.calibration.dossiers}, {"late", c.calibration.late_dossiers},
            {"steps_learned", c.steps},           {"table", std::move(table)}};
}

json::object view(const Score& s) {
    json::array table;
    for (const auto& b : s.table)
        if (b.n > 0)
            table.push_back({{"said", tenth(b.said * 100)},
                             {"happened", tenth(100 * static_cast<double>(b.late) / static_cast<double>(b.n))},
                             {"times", b.n}});
    return {{"times", s.n}, {"late", s.late},          {"brier", s.brier},         {"log_loss", s.log_loss},
            {"auc", s.auc}, {"off_by", s.reliability}, {"table", std::move(table)}};
}

json::object view(const IntakeForecast& f, const Telling& telling) {
    json::array weeks;
    for (const auto& w : f.ahead) {
        const bool hidden = telling.hides(w.expected);
        weeks.push_back({{"monday", to_iso(w.monday)},
                         {"workdays", w.workdays},
                         {"provisional", w.provisional},
                         {"suppressed", hidden},
                         {"expected", hidden ? json::value() : json::value(tenth(w.expected))},
                         {"low", hidden ? json::value() : json::value(tenth(w.low))},
                         {"high", hidden ? json::value() : json::value(tenth(w.high))}});
    }
    Sentence how;
    switch (f.method) {
        case Method::none:
            how = {"Chưa tiếp nhận hồ sơ nào nên chưa dự báo được.",
                   "Nothing came in yet, so that nothing can be said."};
            break;
        case Method::rate:
            how = {
                fmt::format("Mới có {} tuần trọn vẹn hoặc quá ít hồ sơ: lấy mức bình quân mỗi ngày làm việc.", f.weeks),
                fmt::format("Only {} complete weeks, or too few dossiers: as many a working day as so far.", f.weeks)};
            break;
        case Method::seasonal:
            how = {
                fmt::format("Theo {} tuần đã qua: mức gần đây, ngày trong tuần, ngày nghỉ{}{}.", f.weeks,
                            f.tet ? ", Tết" : "", f.yearly ? ", mùa trong năm" : "; chưa đủ hai năm để thấy mùa"),
                fmt::format("From {} weeks: the recent level, weekdays, days off{}{}.", f.weeks, f.tet ? ", Tết" : "",
                            f.yearly ? ", the season" : "; not yet two years, so that seasons are not seen")};
            break;
    }
    return {{"method", to_string(f.method)},
            {"how", words(how)},
            {"history_weeks", f.weeks},
            {"interval", interval},
            {"error_against_naive", f.mase ? json::value(std::round(*f.mase * 100) / 100) : json::value()},
            {"weeks_tried", f.tried},
            {"weeks", std::move(weeks)}};
}

json::array past_weeks(const Arrivals& arrivals, Date today, int weeks, const Telling& telling) {
    json::array out;
    const int64_t begin = day_number(arrivals.first), running = day_number(today) - (day_number(today) + 3) % 7;
    bool begun = false;
    for (int64_t monday = running - 7 * int64_t{weeks}; monday < running; monday += 7) {
        if (monday < begin || monday + 7 > begin + std::ssize(arrivals.counts)) continue;
        int64_t n = 0;
        for (int64_t d = monday; d < monday + 7; ++d) n += arrivals.counts[static_cast<size_t>(d - begin)];
        begun = begun || n > 0;
        if (!begun) continue;  // before the first arrival nothing is known
        const bool hidden = telling.hides(static_cast<double>(n));
        out.push_back({{"monday", to_iso(from_day_number(monday))},
                       {"suppressed", hidden},
                       {"count", hidden ? json::value() : json::value(n)}});
    }
    return out;
}

json::object view(const Change& c) {
    const auto& i = *c.indicator;
    const double power = std::pow(10, i.decimals);
    const auto rounded = [&](double v) { return std::round(v * power) / power; };
    const bool ratio = i.fold->measure == ioc::Measure::ratio;
    json::array why;
    for (const auto& [by, e] : c.why) {
        json::array movers;
        for (const auto& m : e.movers) {
            json::object one{{"key", text_or_null(m.key)},
                             {"others", m.others},
                             {"contribution", m.contribution},
                             {"expected", m.expected},
                             {"value", m.value},
                             {"numerator", m.now.numerator},
                             {"denominator", ratio ? json::value(m.now.denominator) : json::value()},
                             {"rate_effect", ratio ? json::value(m.rate) : json::value()},
                             {"mix_effect", ratio ? json::value(m.mix) : json::value()}};
            movers.push_back(std::move(one));
        }
        why.push_back({{"by", ioc::to_string(by)},
                       {"change", e.change},
                       {"beyond_chance", tenth(e.beyond)},
                       {"movers", std::move(movers)}});
    }
    return {{"indicator", i.code},
            {"name", {{"vi", i.vi}, {"en", i.en}}},
            {"unit", i.unit},
            {"agency", text_or_null(c.agency.value)},
            {"value", rounded(c.test.value)},
            {"expected", rounded(c.test.expected)},
            {"numerator", c.now.numerator},
            {"denominator", ratio ? json::value(c.now.denominator) : json::value()},
            {"z", tenth(c.test.z)},
            {"chance", c.test.p},
            {"why", std::move(why)}};
}

}  // namespace hl::forecast
