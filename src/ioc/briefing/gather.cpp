#include <algorithm>

#include "dossiers/statistics.h"
#include "ioc/briefing/briefing.h"
#include "ioc/index766/index.h"
#include "ioc/indicators/routes.h"

namespace hl::briefing {

using access::Right;

namespace {

constexpr int64_t most_restated = 40, most_orders = 40;

struct View {
    const access::Actor& actor;
    std::optional<std::vector<AgencyId>> see;  // nothing: the whole province
    Date day;
    bool past;
    Instant now;
};

ioc::Question question(const View& v, const ioc::Indicator& i, ioc::Grain grain) {
    ioc::Question q;
    q.indicator = &i;
    q.now = v.now;
    const bool owns = access::require(v.actor, Right::view_ioc, i.owner, v.now).ok();
    q.small = owns || !v.see;
    if (!owns && v.see) q.where.agencies = *v.see;
    q.last = ioc::period_of(grain, v.day);
    if (v.past)
        q.known_on = v.day;
    else
        q.latest = true;
    return q;
}

/// As the wall's board has it: the last of four periods that has a value, else the present one.
Result<ioc::Figure> newest(store::Reader& reader, const ioc::Book& book, const View& v, const ioc::Indicator& i,
                           std::optional<int64_t>& position) {
    auto q = question(v, i, i.has(ioc::Grain::month) ? ioc::Grain::month : *i.grains.begin());
    q.first = q.last.next(-3);
    TRY(auto found, ioc::figures(reader, book, q));
    if (found.position) position = std::max(position.value_or(0), *found.position);
    ioc::Figure best;
    if (!found.items.empty()) best = found.items.back();
    for (auto& f : found.items)
        if (f.value) best = f;
    return best;
}

Result<std::optional<ioc::Figure>> day_before(store::Reader& reader, const ioc::Book& book, const View& v,
                                              const ioc::Indicator& i) {
    // What was known of a day is kept for the whole province only.
    if (!i.has(ioc::Grain::day) || (v.past && v.see)) return std::optional<ioc::Figure>{};
    auto q = question(v, i, ioc::Grain::day);
    q.latest = false;
    q.first = q.last = ioc::period_of(ioc::Grain::day, add_days(v.day, -1));
    TRY(auto found, ioc::figures(reader, book, q));
    if (found.items.empty()) return std::optional<ioc::Figure>{};
    return std::optional{std::move(found.items.front())};
}

Result<std::optional<Index>> index_of(store::Reader& reader, const Sources& s, const View& v) {
    if (!s.rules) return std::optional<Index>{};
    const auto period = index766::month_period(dossiers::month_of(v.day.year() / v.day.month()));
    const auto rules = s.rules->at(period.to);
    if (!rules.ok()) return std::optional<Index>{};  // no rules of that time
    // The reader's own agency when it is a single one, else the province.
    const AgencyId agency = v.see && v.see->size() == 1 ? v.see->front() : AgencyId{};
    Index out;
    out.period = period.text;
    out.provisional = index766::end_of(period, v.now).provisional;
    out.score = index766::score(**rules, index766::counts_of(reader, agency, period, v.now));
    return std::optional{std::move(out)};
}

void find_lowest(Index& index) {
    const auto& groups = index.score.groups;
    for (size_t n = 0; n < groups.size(); ++n) {
        const auto& sum = groups[n].sum;
        if (sum.of <= 0) continue;
        // Share against share, without dividing.
        if (!index.lowest || sum.points * groups[*index.lowest].sum.of < groups[*index.lowest].sum.points * sum.of)
            index.lowest = n;
    }
}

Result<std::vector<Restated>> restated_since(store::Reader& reader, const ioc::Book& book, const View& v) {
    std::vector<Restated> out;
    for (const auto& i : book.all()) {
        if (!i.covers(v.day)) continue;
        TRY(const auto list, ioc::restatements(reader, book, i, v.see, ioc::Grain::month, 1000));
        for (const auto& r : list)
            if (r.day >= add_days(v.day, -1) && r.day <= v.day && r.before != r.after &&
                static_cast<int64_t>(out.size()) < most_restated)
                out.push_back({&i, r});
    }
    return out;
}

Result<std::optional<Orders>> orders_of(store::Reader& reader, const Sources& s, const View& v) {
    const directives::Context ctx{s.context, s.book};
    Orders out;
    auto summary = directives::summary(reader, ctx, v.actor, v.now);
    if (!summary.ok()) {
        if (summary.error().kind == ErrorKind::denied) return std::optional<Orders>{};
        return std::move(summary).error();
    }
    out.summary = *summary;
    directives::Filter filter;
    filter.overdue = true;
    TRY(auto page, directives::list(reader, ctx, v.actor, filter, {}, most_orders, v.now));
    out.overdue = std::move(page.items);
    return std::optional{std::move(out)};
}

}  // namespace

Result<Briefing> gather(store::Reader& reader, Sources sources, const access::Actor& actor, Date day, Instant now) {
    const Date today = local_date(now);
    if (day > today)
        return Error{ErrorKind::invalid, "briefing.future", "Ngày này chưa đến.", "That day has not come yet.", "date"};
    TRY(auto see, ioc::viewable(actor, now));
    const View v{actor, std::move(see), day, day < today, now};
    Briefing out;
    out.day = day;
    out.past = v.past;
    out.made_at = now;
    out.sources = std::move(sources);
    const auto& organisation = *out.sources.context.directory;
    for (const auto* a : organisation.agencies_at(today, directory::AgencyKind::province_committee))
        out.agency = a->at(today)->name;
    out.scope = "Toàn tỉnh";
    if (v.see) {
        out.scope.clear();
        for (size_t i = 0; i < v.see->size() && i < 3; ++i) {
            const auto* a = organisation.agency((*v.see)[i]);
            const auto* version = a ? a->at(today) : nullptr;
            out.scope += (i ? ", " : "") + (version ? version->name : (*v.see)[i].value);
        }
        if (v.see->size() > 3) out.scope += fmt::format(" và {} cơ quan khác", v.see->size() - 3);
    }
    const auto& book = *out.sources.book;
    for (const auto component : ioc::all_components()) {
        Section section{component, {}};
        for (const auto& i : book.all()) {
            if (i.component != component || !i.covers(day)) continue;
            TRY(auto figure, newest(reader, book, v, i, out.position));
            TRY(auto yesterday, day_before(reader, book, v, i));
            section.rows.push_back({&i, std::move(figure), std::move(yesterday)});
        }
        out.sections.push_back(std::move(section));
    }
    // Which alerts stood on a day that is over is not kept.
    if (!v.past) out.alerts = ioc::standing_alerts(reader, book, v.see);
    std::stable_sort(out.alerts.begin(), out.alerts.end(),
                     [](const auto& l, const auto& r) { return l.rule->critical > r.rule->critical; });
    TRY(out.index, index_of(reader, out.sources, v));
    if (out.index) find_lowest(*out.index);
    TRY(out.restated, restated_since(reader, book, v));
    if (!v.past) {
        TRY(out.orders, orders_of(reader, out.sources, v));
    }
    out.checkpoint = store::latest_checkpoint(reader);
    return out;
}

}  // namespace hl::briefing
