// Figures open to everybody: how many dossiers each agency took in, has in work, finished in time and late. Numerator
// and denominator stand side by side, what is not known is counted apart, and the page says how far the ledger was
// read.
#include "base/text.h"
#include "dossiers/statistics.h"
#include "portal/portal_pages.h"
#include "store/followers.h"
#include "store/ledger.h"

namespace hl::portal {

namespace {

using dossiers::GroupBy;
using dossiers::StatisticsRow;

std::optional<int64_t> month_from(const std::optional<std::string>& text) {
    if (!text || text->size() != 7) return std::nullopt;
    const auto day = parse_date(*text + "-01");
    if (!day.ok()) return std::nullopt;
    return dossiers::month_of(std::chrono::year_month{day->year(), day->month()});
}

std::string month_shown(int64_t month) {
    const auto text = dossiers::month_text(month);  // "2026-11"
    return text.substr(5) + "/" + text.substr(0, 4);
}

/// The last three years and whatever was asked for, newest first.
Data months(int64_t newest, int64_t chosen) {
    constexpr int64_t shown = 36;
    Data list{Data::type::list};
    const auto add = [&](int64_t month) {
        Data one;
        one.set("value", dossiers::month_text(month));
        one.set("shown", month_shown(month));
        one.set("chosen", month == chosen);
        list.push_back(one);
    };
    if (chosen > newest) add(chosen);
    for (int64_t month = newest; month > newest - shown; --month) add(month);
    if (chosen <= newest - shown) add(chosen);
    return list;
}

Data line_of(const StatisticsRow& row, const std::string& name, GroupBy by) {
    Data line;
    line.set("name", name);
    line.set("received", number_text(row.received));
    if (dossiers::open_is_known(by)) {
        line.set("in_progress", number_text(row.in_progress));
        line.set("overdue", number_text(row.overdue));
    }
    line.set("finished", number_text(row.finished));
    line.set("on_time", number_text(row.promise.on_time));
    line.set("late", number_text(row.promise.late));
    line.set("unknown", number_text(row.promise.unknown));
    if (const auto rate = percent_text(row.promise.on_time, row.promise.on_time + row.promise.late); !rate.empty())
        line.set("rate", rate);
    return line;
}

}  // namespace

http::Response figures_page(const PortalParts& parts, const http::Request& request) {
    const auto lang = Pages::language(request);
    const auto& pages = *parts.pages;
    const auto now = parts.clock.now();
    const auto ctx = parts.context();
    const auto today = local_date(now);
    const auto this_month = dossiers::month_of(now);
    auto from = month_from(request.query_value("tu")).value_or(this_month - this_month % 12);
    auto to = month_from(request.query_value("den")).value_or(this_month);
    if (from > to) std::swap(from, to);
    const auto asked = request.query_value("theo").value_or("co-quan");
    const GroupBy by = asked == "linh-vuc" ? GroupBy::sector : asked == "thang" ? GroupBy::month : GroupBy::agency;

    struct Answer {
        std::vector<StatisticsRow> rows, total;
        std::optional<int64_t> read;
        int64_t ledger = 0;
    };
    auto found = parts.store.read([&](store::Reader& r) -> Result<Answer> {
        Answer a;
        a.rows = dossiers::statistics(r, {from, to, {}, by}, now);
        a.total = dossiers::statistics(r, {from, to, {}, GroupBy::total}, now);
        a.ledger = store::ledger_size(r);
        a.read = store::follower_position(r, dossiers::DossierStatistics{});
        return a;
    });
    if (!found.ok()) return pages.problem(request, found.error());

    std::map<std::string, std::string> sectors;
    for (const auto& r : ctx.catalogue->all_valid(now)) sectors[r->card.sector] = r->card.sector_name;
    const auto name_of = [&](const StatisticsRow& row) -> std::string {
        if (by == GroupBy::sector) return sectors.contains(row.key) ? sectors[row.key] : row.key;
        if (by == GroupBy::month) return row.key.size() == 7 ? row.key.substr(5) + "/" + row.key.substr(0, 4) : row.key;
        const auto* agency = ctx.directory->agency(AgencyId{row.key});
        const auto* version = agency ? agency->at(today) : nullptr;
        if (!version && agency && !agency->versions.empty()) version = &agency->versions.back();
        return version ? version->name : row.key;
    };
    std::vector<std::pair<std::string, StatisticsRow>> rows;
    for (auto& row : found->rows) rows.emplace_back(name_of(row), row);
    if (by == GroupBy::month)
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second.key < b.second.key; });
    else
        std::sort(rows.begin(), rows.end(),
                  [](const auto& a, const auto& b) { return text::compare(a.first, b.first) < 0; });

    Data data, lines{Data::type::list};
    for (const auto& [name, row] : rows) lines.push_back(line_of(row, name, by));
    data.set("lines", lines);
    data.set("none", rows.empty());
    if (!found->total.empty()) {
        Data totals{Data::type::list};
        totals.push_back(line_of(found->total.front(), pages.text(lang, "figures_total"), GroupBy::total));
        data.set("totals", totals);
    }
    data.set("from", month_shown(from));
    data.set("to", month_shown(to));
    data.set("months_from", months(this_month, from));
    data.set("months_to", months(this_month, to));
    data.set("by_agency", by == GroupBy::agency);
    data.set("by_sector", by == GroupBy::sector);
    data.set("by_month", by == GroupBy::month);
    data.set("group", pages.text(lang, by == GroupBy::agency   ? "by_agency"
                                       : by == GroupBy::sector ? "by_sector"
                                                               : "by_month"));
    data.set("as_of", to_vietnamese(now));
    data.set("ledger", number_text(found->ledger));
    if (found->read) {
        data.set("read", number_text(*found->read));
        data.set("behind", *found->read < found->ledger);
    }
    return pages.page(request, "figures", pages.text(lang, "figures_title"), data);
}

}  // namespace hl::portal
