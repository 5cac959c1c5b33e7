// Home, catalogue and one procedure: what a citizen needs to know before going anywhere.
#include "procedures/catalogue.h"
#include "base/text.h"
#include "dossiers/statistics.h"
#include "portal/portal_pages.h"

namespace hl::portal {

namespace {

using procedures::Channel;
using procedures::Release;

constexpr size_t page_size = 30;
constexpr size_t shown_popular = 6;

std::string name_of(const Release& r, bool english) {
    return english && !r.card.name_en.empty() ? r.card.name_en : r.card.name;
}

Data line_of(const Pages& pages, const std::string& lang, const Release& r) {
    Data line;
    line.set("code", r.procedure.value);
    line.set("name", name_of(r, lang == "en"));
    line.set("sector", r.card.sector_name);
    line.set("level", pages.text(lang, "level_" + std::string{procedures::to_string(r.card.level)}));
    const auto* desk = r.card.channel(Channel::desk);
    line.set("time", desk && desk->time ? procedures::in_words(*desk->time) : pages.text(lang, "unknown_time"));
    return line;
}

struct PlaceSaid {
    std::string rest;      // the words without the place
    std::string was, now;  // `was` is empty when the place has this name today
};
/// People write where they live behind what they want ("khai sinh Gio Hải"), often by a name of before 01/7/2025. The
/// longest ending that is a commune's whole name, today's or a former one; of one word only with "xã", "phường" before
/// it.
std::optional<PlaceSaid> place_in(const directory::Directory& directory, const std::string& words, Date today) {
    const auto parts = text::split(words, ' ');
    constexpr size_t longest = 7;
    for (size_t from = parts.size() > longest ? parts.size() - longest : 0; from + 1 < parts.size(); ++from) {
        const auto said = text::join({parts.begin() + static_cast<std::ptrdiff_t>(from), parts.end()}, " ");
        const auto wanted = text::join(text::folded_words(said), " ");
        for (const auto* unit : directory.find_units(said, 20)) {
            const directory::UnitVersion* named = nullptr;
            for (const auto& v : unit->versions) {
                if (v.level != directory::UnitLevel::commune) continue;
                const auto whole = text::join(text::folded_words(v.name), " ");
                // "Xã Gio Hải", "Thị trấn Khe Sanh": what stands before the name itself may be left out.
                const auto kinds = {"xa ", "phuong ", "thi tran ", "dac khu "};
                const bool bare = std::ranges::any_of(kinds, [&](std::string_view kind) {
                    return whole.starts_with(kind) && whole.substr(kind.size()) == wanted;
                });
                if (whole == wanted || bare) named = &v;
            }
            const auto id = named ? directory.unit_now(unit->id, today) : Result<UnitId>{UnitId{}};
            const auto* now = id.ok() ? directory.unit(*id) : nullptr;
            const auto* version = now ? now->at(today) : nullptr;
            if (!version || version->level != directory::UnitLevel::commune) continue;
            return PlaceSaid{text::join({parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(from)}, " "),
                             named->name == version->name ? "" : named->name, version->name};
        }
    }
    return std::nullopt;
}

/// Sectors with how many procedures each has, by name.
Data sectors_of(const std::vector<procedures::ReleasePtr>& all) {
    struct Sector {
        std::string name;
        int64_t count = 0;
    };
    std::map<std::string, Sector> sectors;
    for (const auto& r : all) {
        auto& s = sectors[r->card.sector];
        s.name = r->card.sector_name;
        ++s.count;
    }
    std::vector<std::pair<std::string, Sector>> sorted(sectors.begin(), sectors.end());
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& a, const auto& b) { return text::compare(a.second.name, b.second.name) < 0; });
    Data list{Data::type::list};
    for (const auto& [id, s] : sorted) {
        Data one;
        one.set("id", id);
        one.set("name", s.name);
        one.set("count", number_text(s.count));
        list.push_back(one);
    }
    return list;
}

Data components_of(const Pages& pages, const std::string& lang, const Release& r) {
    Data list{Data::type::list};
    for (const auto& c : r.card.components) {
        Data one;
        one.set("name", c.name);
        if (c.originals > 0) one.set("originals", std::to_string(c.originals));
        if (c.copies > 0) one.set("copies", std::to_string(c.copies));
        one.set("optional", !c.required);
        one.set("show_only", c.show_only);
        one.set("conditional", !c.when.empty());
        if (!c.reuse.empty() && c.reuse != "none") one.set("reuse", pages.text(lang, "reuse_" + c.reuse));
        list.push_back(one);
    }
    return list;
}

Data channels_of(const Pages& pages, const std::string& lang, const Release& r) {
    Data list{Data::type::list};
    for (const auto& c : r.card.channels) {
        Data one;
        one.set("name", pages.text(lang, "channel_" + std::string{procedures::to_string(c.channel)}));
        if (!c.level.empty()) one.set("extent", pages.text(lang, "online_" + c.level));
        one.set("time", c.time ? procedures::in_words(*c.time) : pages.text(lang, "unknown_time"));
        list.push_back(one);
    }
    return list;
}

void set_fees(Data& data, const Pages& pages, const std::string& lang, const Release& r) {
    if (!r.card.fees) {
        data.set("fees_unknown", true);
        return;
    }
    if (r.card.fees->empty()) {
        data.set("fees_none", true);
        return;
    }
    Data list{Data::type::list};
    for (const auto& f : *r.card.fees) {
        Data one;
        one.set("name", f.name);
        one.set("amount", f.amount ? money_text(*f.amount) : pages.text(lang, "unknown_amount"));
        if (!f.unit.empty()) one.set("unit", f.unit);
        if (!f.basis.empty()) one.set("basis", f.basis);
        one.set("conditional", !f.when.empty());
        list.push_back(one);
    }
    data.set("fees", list);
}

Data steps_of(const Release& r) {
    Data list{Data::type::list};
    for (const auto& stage : r.flow.stages)
        for (const auto& lane : stage.lanes)
            for (const auto& step : lane.steps) {
                Data one;
                one.set("name", step.name);
                if (!step.who.empty()) one.set("who", step.who);
                if (step.counted && step.planned_known && step.planned.count > 0)
                    one.set("planned", directory::in_words(step.planned));
                one.set("parallel", stage.lanes.size() > 1);
                list.push_back(one);
            }
    return list;
}

template <class List, class Name>
Data names_of(const List& list, Name name) {
    Data out{Data::type::list};
    for (const auto& item : list) {
        Data one;
        one.set("name", name(item));
        out.push_back(one);
    }
    return out;
}

Data warnings_data(const std::vector<PublicWarning>& standing) {
    Data out{Data::type::list};
    for (const auto& w : standing) {
        Data one;
        one.set("headline", w.headline);
        one.set("description", w.description);
        one.set("instruction", w.instruction);
        one.set("area", w.area);
        one.set("sender", w.sender);
        one.set("href", w.href);
        one.set("until", to_vietnamese(w.until));
        out.push_back(one);
    }
    return out;
}

}  // namespace

http::Response home_page(const PortalParts& parts, const http::Request& request) {
    const auto lang = Pages::language(request);
    const auto now = parts.clock.now();
    const auto ctx = parts.context();
    Data data;
    const auto all = ctx.catalogue->all_valid(now);
    data.set("procedures", number_text(static_cast<int64_t>(all.size())));
    data.set("sectors", sectors_of(all));
    if (parts.warnings) {
        auto standing = parts.store.read([&](store::Reader& r) -> Result<std::vector<PublicWarning>> {
            return parts.warnings(r, lang, now);
        });
        if (standing.ok() && !standing->empty()) {
            data.set("warnings", warnings_data(*standing));
            data.set("any_warning", true);
        }
    }
    const auto this_month = dossiers::month_of(now);
    auto asked = parts.store.read([&](store::Reader& r) -> Result<std::vector<dossiers::StatisticsRow>> {
        return dossiers::statistics(r, {this_month - 11, this_month, {}, dossiers::GroupBy::procedure}, now);
    });
    if (asked.ok()) {
        auto& rows = *asked;
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.received > b.received; });
        Data popular{Data::type::list};
        size_t shown = 0;
        dossiers::StatisticsRow total;
        for (const auto& row : rows) {
            total.received += row.received;
            total.promise.on_time += row.promise.on_time;
            total.promise.late += row.promise.late;
            total.in_progress += row.in_progress;
            if (shown >= shown_popular || row.received == 0) continue;
            const auto release = ctx.catalogue->valid(ProcedureCode{row.key}, now);
            if (!release.ok()) continue;
            auto line = line_of(*parts.pages, lang, **release);
            line.set("received", number_text(row.received));
            popular.push_back(line);
            ++shown;
        }
        if (shown > 0) {
            data.set("popular", popular);
            data.set("any_popular", true);
            data.set("received", number_text(total.received));
            data.set("in_progress", number_text(total.in_progress));
            if (const auto rate = percent_text(total.promise.on_time, total.promise.on_time + total.promise.late);
                !rate.empty()) {
                data.set("rate", rate);
                data.set("rate_of", number_text(total.promise.on_time + total.promise.late));
            }
        }
    }
    return parts.pages->page(request, "home", parts.pages->text(lang, "home_title"), data);
}

http::Response catalogue_page(const PortalParts& parts, const http::Request& request) {
    const auto lang = Pages::language(request);
    const auto now = parts.clock.now();
    const auto ctx = parts.context();
    const auto words = text::normalise(request.query_value("q").value_or(""));
    const auto sector = request.query_value("linh-vuc").value_or("");
    const auto level = procedures::level_from(request.query_value("cap").value_or(""));
    const auto place = place_in(*ctx.directory, words, local_date(now));
    auto found = words.empty() ? ctx.catalogue->all_valid(now) : ctx.catalogue->find(words, now, 500);
    bool whole = words.empty();
    if (place && found.empty()) {
        whole = place->rest.empty();
        found = whole ? ctx.catalogue->all_valid(now) : ctx.catalogue->find(place->rest, now, 500);
    }
    if (whole)
        std::sort(found.begin(), found.end(),
                  [](const auto& a, const auto& b) { return text::compare(a->card.name, b->card.name) < 0; });
    std::erase_if(found, [&](const auto& r) {
        return (!sector.empty() && r->card.sector != sector) || (level && r->card.level != *level);
    });
    const size_t pages = std::max<size_t>(1, (found.size() + page_size - 1) / page_size);
    size_t page = 1;
    if (const auto wanted = request.query_value("trang"); wanted && wanted->size() < 5 && !wanted->empty() &&
                                                          wanted->find_first_not_of("0123456789") == std::string::npos)
        page = std::clamp<size_t>(std::stoul(*wanted), 1, pages);

    Data data, lines{Data::type::list};
    for (size_t i = (page - 1) * page_size; i < std::min(found.size(), page * page_size); ++i)
        lines.push_back(line_of(*parts.pages, lang, *found[i]));
    data.set("lines", lines);
    data.set("count", number_text(static_cast<int64_t>(found.size())));
    data.set("none", found.empty());
    data.set("words", words);
    if (place) {
        data.set("place", place->now);
        if (!place->was.empty()) data.set("place_was", place->was);
    }
    data.set("sector", sector);
    Data sectors{Data::type::list};
    const auto all = sectors_of(ctx.catalogue->all_valid(now));
    for (const auto& s : all.list_value()) {
        Data one = s;
        one.set("chosen", s.get("id")->string_value() == sector);
        sectors.push_back(one);
    }
    data.set("sectors", sectors);
    data.set("any_level", !level);
    data.set("commune", level == procedures::Level::commune);
    data.set("province", level == procedures::Level::province);
    const auto link = [&](size_t n) {
        return fmt::format("/thu-tuc?q={}&linh-vuc={}&cap={}&trang={}", encoded(words), encoded(sector),
                           level ? procedures::to_string(*level) : "", n);
    };
    if (page > 1) data.set("previous", link(page - 1));
    if (page < pages) data.set("next", link(page + 1));
    data.set("page", std::to_string(page));
    data.set("pages", std::to_string(pages));
    return parts.pages->page(request, "catalogue", parts.pages->text(lang, "catalogue_title"), data);
}

http::Response procedure_page(const PortalParts& parts, const http::Request& request) {
    const auto lang = Pages::language(request);
    const auto& pages = *parts.pages;
    const auto found =
        parts.context().catalogue->valid(ProcedureCode{std::string{request.param("code")}}, parts.clock.now());
    if (!found.ok()) return pages.problem(request, found.error());
    const Release& r = **found;
    Data data;
    data.set("file_here", r.card.channels.empty() || r.card.channel(Channel::online) != nullptr);
    data.set("code", r.procedure.value);
    data.set("name", name_of(r, lang == "en"));
    if (lang == "en" && !r.card.name_en.empty()) data.set("original_name", r.card.name);
    data.set("sector", r.card.sector_name);
    data.set("sector_id", r.card.sector);
    data.set("level", pages.text(lang, "level_" + std::string{procedures::to_string(r.card.level)}));
    data.set("components", components_of(pages, lang, r));
    data.set("any_components", !r.card.components.empty());
    data.set("channels", channels_of(pages, lang, r));
    set_fees(data, pages, lang, r);
    data.set("results", names_of(r.card.results, [](const auto& x) { return x.name; }));
    data.set("any_results", !r.card.results.empty());
    data.set("basis", names_of(r.card.basis, [](const auto& b) {
                 return b.article.empty() ? b.act : fmt::format("{} ({})", b.act, b.article);
             }));
    data.set("any_basis", !r.card.basis.empty());
    data.set("steps", steps_of(r));
    data.set("any_steps", !r.flow.stages.empty());
    data.set("valid_from", to_vietnamese(local_date(r.valid_from)));
    data.set("release", std::to_string(r.number));
    if (r.card.channel(Channel::online) && !parts.national_portal.empty()) data.set("national", parts.national_portal);
    data.set("sources", names_of(r.card.sources,
                                 [](const auto& s) { return s.what.empty() ? s.where : s.what + ": " + s.where; }));
    data.set("any_sources", !r.card.sources.empty());
    return pages.page(request, "procedure", name_of(r, lang == "en"), data);
}

}  // namespace hl::portal
