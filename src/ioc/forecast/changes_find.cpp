#include "ioc/forecast/changes_find.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace hl::forecast {

using ioc::Dimension;
using ioc::Figure;
using ioc::Grain;
using ioc::Indicator;
using ioc::Measure;
using ioc::Period;

namespace {

constexpr size_t most_movers = 8;
constexpr std::string_view receptions = "HCC.TIEP_NHAN";
constexpr int history_days = 3 * 366;
constexpr int days_a_question = 366;

int workdays(const directory::Calendar& calendar, const Period& period) {
    int n = 0;
    const Date end = period.next().first_day();
    for (Date day = period.first_day(); day < end; day = add_days(day, 1)) n += calendar.is_workday(day);
    return n;
}

/// By key, the periods' amounts in order; nothing of a period in which the figure was not known.
using Series = std::map<std::string, std::vector<std::optional<Amount>>>;

class Finder {
  public:
    Finder(store::Reader& reader, const ioc::Book& book, const directory::Calendar& calendar, const ChangeQuestion& q)
        : reader_(reader), book_(book), q_(q), first_(q.period.next(-q.periods)) {
        for (Period p = first_; p <= q.period; p = p.next()) days_.push_back(workdays(calendar, p));
    }

    Result<Changes> run() {
        Changes out;
        std::vector<Change> tested;
        for (const auto& i : book_.all()) {
            if (!wanted(i)) continue;
            TRY(const auto whole, series(i, q_.sight.agencies, std::nullopt));
            test(i, AgencyId{}, whole, out, tested);
            if (!(i.by & bit(Dimension::agency))) continue;
            if (q_.sight.agencies && q_.sight.agencies->size() <= 1) continue;
            TRY(const auto each, series(i, q_.sight.agencies, Dimension::agency));
            for (const auto& [key, amounts] : each) {
                if (key.empty()) continue;
                test(i, AgencyId{key}, {{"", amounts}}, out, tested);
            }
        }
        out.position = position_;
        out.tested = static_cast<int>(tested.size());
        std::vector<double> chances;
        for (const auto& c : tested) chances.push_back(c.test.p);
        const auto yes = found(chances, q_.false_share);
        for (size_t i = 0; i < tested.size(); ++i)
            if (yes[i]) out.items.push_back(std::move(tested[i]));
        std::stable_sort(out.items.begin(), out.items.end(),
                         [](const Change& a, const Change& b) { return a.test.p < b.test.p; });
        if (out.items.size() > q_.most) out.items.resize(q_.most);
        for (auto& c : out.items) TRY_VOID(explain(c));
        return out;
    }

  private:
    [[nodiscard]] bool wanted(const Indicator& i) const {
        if (!i.fold || !i.has(q_.period.grain) || !i.covers(q_.period.first_day())) return false;
        if (!q_.indicator.empty() && i.code != q_.indicator) return false;
        return i.fold->measure == Measure::count || i.fold->measure == Measure::ratio;
    }

    Result<Series> series(const Indicator& i, const std::optional<std::vector<AgencyId>>& agencies,
                          std::optional<Dimension> by) {
        ioc::Question ask;
        ask.indicator = &i;
        ask.first = first_;
        ask.last = q_.period;
        ask.where.agencies = agencies;
        ask.by = by;
        ask.small = true;  // for the arithmetic: what is told is looked at once more
        ask.now = q_.now;
        TRY(const auto figures, ioc::figures(reader_, book_, ask));
        position_ = figures.position;
        Series out;
        for (const auto& f : figures.items) {
            auto& amounts = out[f.key];
            amounts.resize(days_.size());
            const auto at = static_cast<size_t>(f.period.number - first_.number);
            if (at >= amounts.size() || !f.numerator) continue;
            if (f.status == ioc::Status::unknown && f.denominator.value_or(1) != 0) continue;
            amounts[at] = Amount{*f.numerator, f.denominator.value_or(0), days_[at]};
        }
        return out;
    }

    void test(const Indicator& i, const AgencyId& agency, const Series& all, Changes& out,
              std::vector<Change>& tested) {
        const auto it = all.find("");
        std::vector<Amount> before;
        if (it != all.end())
            for (size_t p = 0; p + 1 < it->second.size(); ++p)
                if (it->second[p]) before.push_back(*it->second[p]);
        if (it == all.end() || !it->second.back()) {
            ++out.untested;
            return;
        }
        const auto& now = *it->second.back();
        const bool ratio = i.fold->measure == Measure::ratio;
        auto result = ratio ? test_ratio(before, now) : test_count(before, now);
        const int64_t cases = ratio ? now.denominator : now.numerator;
        if (!result || (!q_.sight.small && cases < i.suppress_below)) {
            ++out.untested;
            return;
        }
        if (ratio) result->value *= i.scale, result->expected *= i.scale;
        tested.push_back({&i, agency, *result, now, {}});
    }

    Result<void> explain(Change& c) {
        const auto& i = *c.indicator;
        const bool ratio = i.fold->measure == Measure::ratio;
        auto agencies = c.agency.empty() ? q_.sight.agencies : std::optional{std::vector{c.agency}};
        for (const auto by :
             {Dimension::agency, Dimension::unit, Dimension::procedure, Dimension::sector, Dimension::channel}) {
            if (!(i.by & bit(by)) || (by == Dimension::agency && !c.agency.empty())) continue;
            TRY(const auto each, series(i, agencies, by));
            std::vector<Part> parts;
            std::vector<bool> known(days_.size(), false);
            for (const auto& [key, amounts] : each) {
                Part part{key.empty() ? "?" : key, {}, {}};
                for (size_t p = 0; p < amounts.size(); ++p) {
                    if (!amounts[p]) continue;
                    known[p] = true;
                    auto& to = p + 1 < amounts.size() ? part.before : part.now;
                    to.numerator += amounts[p]->numerator;
                    to.denominator += amounts[p]->denominator;
                }
                const int64_t cases = ratio ? part.now.denominator : part.now.numerator;
                if (!q_.sight.small && cases > 0 && cases < i.suppress_below) part.key.clear();
                parts.push_back(std::move(part));
            }
            if (parts.size() < 2) continue;
            hide_second(parts, ratio);
            int days_before = 0;
            for (size_t p = 0; p + 1 < days_.size(); ++p) days_before += known[p] ? days_[p] : 0;
            c.why.emplace_back(by, ratio ? explain_ratio(parts, i.scale, i.decimals, most_movers)
                                         : explain_count(parts, days_before, days_.back(), 1, most_movers));
        }
        std::stable_sort(c.why.begin(), c.why.end(),
                         [](const auto& a, const auto& b) { return a.second.beyond > b.second.beyond; });
        return Nothing{};
    }

    /// One alone that is not told could be reckoned from the others: the smallest of them goes with it.
    static void hide_second(std::vector<Part>& parts, bool ratio) {
        const auto hidden = [](const Part& p) { return p.key.empty(); };
        if (std::count_if(parts.begin(), parts.end(), hidden) != 1) return;
        Part* least = nullptr;
        const auto cases = [&](const Part& p) { return ratio ? p.now.denominator : p.now.numerator; };
        for (auto& p : parts)
            if (!hidden(p) && (!least || cases(p) < cases(*least))) least = &p;
        if (least) least->key.clear();
    }

    store::Reader& reader_;
    const ioc::Book& book_;
    const ChangeQuestion& q_;
    Period first_;
    std::vector<int> days_;
    std::optional<int64_t> position_;
};

Result<ioc::Question> receptions_of(const ioc::Book& book, const ioc::Where& where, Instant now) {
    ioc::Question ask;
    ask.indicator = book.find(receptions, local_date(now));
    if (!ask.indicator || !ask.indicator->fold)
        return Error{ErrorKind::not_found, "forecast.no_receptions",
                     "Gói dữ liệu không có chỉ tiêu HCC.TIEP_NHAN nên không dự báo được số hồ sơ tiếp nhận.",
                     "The pack has no indicator HCC.TIEP_NHAN, so that arrivals cannot be forecast.", "indicator"};
    ask.where = where;
    ask.small = true;
    ask.now = now;
    return ask;
}

/// Day by day until yesterday, in as many questions as it takes.
Result<std::optional<int64_t>> each_day(store::Reader& reader, const ioc::Book& book, ioc::Question ask, Instant now,
                                        const std::function<void(const Figure&, size_t)>& each) {
    std::optional<int64_t> position;
    const Period today = ioc::period_of(Grain::day, now), begin = today.next(-history_days);
    for (Period from = begin; from < today; from = from.next(days_a_question)) {
        ask.first = from;
        ask.last = std::min(from.next(days_a_question - 1), today.next(-1));
        TRY(const auto figures, ioc::figures(reader, book, ask));
        position = figures.position;
        for (const auto& f : figures.items)
            if (f.numerator && *f.numerator > 0) each(f, static_cast<size_t>(f.period.number - begin.number));
    }
    return position;
}

}  // namespace

Result<Changes> find_changes(store::Reader& reader, const ioc::Book& book, const directory::Calendar& calendar,
                             const ChangeQuestion& question) {
    if (question.period.end() > question.now)
        return Error{ErrorKind::invalid, "forecast.period",
                     "Kỳ này chưa hết nên chưa so sánh được. Hãy chọn kỳ đã kết thúc.",
                     "The period is not over and cannot be compared yet. Choose one that has ended.", "period"};
    return Finder(reader, book, calendar, question).run();
}

Result<ArrivalsAsked> arrivals_of(store::Reader& reader, const ioc::Book& book, const ioc::Where& where, Instant now) {
    TRY(auto ask, receptions_of(book, where, now));
    ArrivalsAsked out;
    out.suppress_below = ask.indicator->suppress_below;
    out.arrivals.first = add_days(local_date(now), -history_days);
    out.arrivals.counts.resize(history_days);
    TRY(out.position, each_day(reader, book, std::move(ask), now,
                               [&](const Figure& f, size_t at) { out.arrivals.counts[at] += *f.numerator; }));
    return out;
}

Result<std::vector<std::pair<std::string, Arrivals>>> arrivals_by(store::Reader& reader, const ioc::Book& book,
                                                                  const ioc::Where& where, Dimension by, size_t most,
                                                                  Instant now) {
    TRY(auto ask, receptions_of(book, where, now));
    ask.by = by;
    std::map<std::string, Arrivals> all;
    TRY(const auto position, each_day(reader, book, std::move(ask), now, [&](const Figure& f, size_t at) {
            auto& a = all[f.key];
            if (a.counts.empty()) {
                a.first = add_days(local_date(now), -history_days);
                a.counts.resize(history_days);
            }
            a.counts[at] += *f.numerator;
        }));
    (void)position;
    std::vector<std::pair<std::string, Arrivals>> out;
    const auto busy = [](const Arrivals& a) {
        int64_t n = 0;
        for (size_t i = a.counts.size() - 182; i < a.counts.size(); ++i) n += a.counts[i];
        return n;
    };
    for (auto& [key, arrivals] : all)
        if (busy(arrivals) >= 6) out.emplace_back(key, std::move(arrivals));
    std::stable_sort(out.begin(), out.end(),
                     [&](const auto& a, const auto& b) { return busy(a.second) > busy(b.second); });
    if (out.size() > most) out.resize(most);
    return out;
}

}  // namespace hl::forecast
