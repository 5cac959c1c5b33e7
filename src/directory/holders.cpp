// Who holds a work: following the succession graph in time, and finding the competent agency and position.
#include "base/text.h"
#include "directory/directory.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

constexpr int longest_chain = 256;  // a chain of successions longer than this is a fault of the data

Error unknown(std::string_view what, std::string_view id) {
    return {ErrorKind::not_found, "directory.unknown", fmt::format("Không có {} “{}” trong danh bạ.", what, id),
            fmt::format("the directory does not know \"{}\"", id)};
}

Error no_successor(std::string_view id, Date d) {
    return {ErrorKind::internal, "directory.no_successor",
            fmt::format("“{}” không còn hoạt động ngày {} mà chưa có nơi kế thừa: hãy bổ sung vào successions.csv.", id,
                        to_vietnamese(d)),
            fmt::format("\"{}\" does not exist on {} and has no successor; add one to successions.csv", id, to_iso(d))};
}

int rank_of(AgencyKind kind) {
    switch (kind) {
        case AgencyKind::province_committee:
        case AgencyKind::district_committee:
        case AgencyKind::commune_committee:
            return 0;
        case AgencyKind::one_stop_centre:
            return 1;
        case AgencyKind::department:
            return 2;
        default:
            return 3;
    }
}

bool has(const Position& p, std::string_view function) {
    return std::ranges::find(p.functions, function) != p.functions.end();
}

}  // namespace

int Directory::area_match(const Succession& row, const UnitId& area) const {
    if (row.area.empty()) return 1;
    if (area.empty()) return 0;
    if (row.area == area) return 3;
    const auto covers = [&](Date d) {
        const auto above = ancestry(area, d);
        return std::ranges::any_of(above, [&](const Unit* u) { return u->id == row.area; });
    };
    if (covers(row.date) || covers(add_days(row.date, -1))) return 2;
    const auto then = unit_now(row.area, row.date), asked = unit_now(area, row.date);
    return then.ok() && asked.ok() && then.value() == asked.value() ? 2 : 0;
}

const Succession* Directory::next_step(const std::string& id, std::string_view function, const UnitId& area,
                                       std::optional<Date> after, Date until, bool alive) const {
    const auto found = successions_from_.find(id);
    if (found == successions_from_.end()) return nullptr;
    const Succession* best = nullptr;
    int best_score = 0;
    for (const size_t i : found->second) {  // by date
        const auto& row = successions_[i];
        if (row.date > until) break;
        if (after && row.date < *after) continue;
        if (best && row.date > best->date) break;
        if (!row.function.empty() && row.function != function) continue;
        const bool general = row.function.empty() && row.area.empty();
        // A general row ends the agency; while it lives only what names a function or a place leaves it.
        if (general && alive) continue;
        const int place = area_match(row, area);
        if (place == 0) continue;
        const int score = (row.function.empty() ? 0 : 10) + place;
        if (score > best_score) {
            best = &row;
            best_score = score;
        }
    }
    return best;
}

Result<AgencyId> Directory::holder(const AgencyId& id, std::string_view function, const UnitId& area, Date d) const {
    const auto* at = agency(id);
    if (!at) return unknown("cơ quan", id.value);
    if (at->versions.empty() || d < at->versions.front().valid.from)
        return Error{ErrorKind::invalid, "directory.not_yet",
                     fmt::format("“{}” chưa thành lập vào ngày {}.", id.value, to_vietnamese(d)),
                     fmt::format("\"{}\" does not exist yet on {}", id.value, to_iso(d))};
    std::optional<Date> reached;
    std::set<std::tuple<std::string, Date>> seen;
    for (int steps = 0; steps < longest_chain; ++steps) {
        const bool alive = at->at(d) != nullptr;
        const auto* step = next_step(at->id.value, function, area, reached, d, alive);
        // A transfer out and back on one day would turn for ever: stop where it closes.
        if (step && !seen.emplace(at->id.value, step->date).second) step = nullptr;
        if (!step) {
            if (alive) return at->id;
            return no_successor(at->id.value, d);
        }
        const auto* next = agency(AgencyId{step->to});
        if (!next) return unknown("cơ quan", step->to);
        at = next;
        reached = step->date;
    }
    return no_successor(id.value, d);
}

Result<UnitId> Directory::unit_now(const UnitId& id, Date d) const {
    const auto* at = unit(id);
    if (!at) return unknown("đơn vị hành chính", id.value);
    std::optional<Date> reached;
    for (int steps = 0; steps < longest_chain; ++steps) {
        if (at->at(d)) return at->id;
        const Succession* step = nullptr;
        for (const auto* row : successions_of(at->id.value)) {
            if (row->date > d || (reached && row->date < *reached)) continue;
            // Of several the general one counts, else the first named: units are listed with their main successor
            // first.
            if (!step || (step->area.empty() < row->area.empty())) step = row;
        }
        const auto* next = step ? unit(UnitId{step->to}) : nullptr;
        if (!next) return no_successor(id.value, d);
        at = next;
        reached = step->date;
    }
    return no_successor(id.value, d);
}

std::vector<const Unit*> Directory::ancestry(const UnitId& id, Date d) const {
    std::vector<const Unit*> out;
    const auto now = unit_now(id, d);
    const auto* at = now.ok() ? unit(now.value()) : nullptr;
    while (at && out.size() < 8) {
        out.push_back(at);
        const auto* v = at->at(d);
        at = v && !v->parent.empty() ? unit(v->parent) : nullptr;
    }
    return out;
}

Result<Resolution> Directory::resolve_in(std::string_view function, const AgencyId& id, Date d) const {
    TRY(const auto live, holder(id, function, {}, d));
    const auto inside = [&](const AgencyId& where, std::string_view why) -> std::optional<Resolution> {
        std::vector<const Position*> doing;
        for (const auto* p : positions_of(where, d))
            if (has(*p, function)) doing.push_back(p);
        if (doing.empty()) return std::nullopt;
        Resolution r{where, std::nullopt, fmt::format("{} ({})", why, agency(where)->at(d)->name)};
        if (doing.size() == 1) r.position = doing.front()->id;
        return r;
    };
    const std::string_view why = live == id ? "vị trí của chính cơ quan" : "vị trí của cơ quan kế thừa";
    if (auto r = inside(live, why)) return *std::move(r);
    const auto& area = agency(live)->at(d)->area;
    if (const auto over = agencies_over_.find(area.value); over != agencies_over_.end())
        for (const auto& other : over->second) {
            const auto* v = agency(AgencyId{other})->at(d);
            if (v && v->kind == AgencyKind::one_stop_centre && v->area == area && within(AgencyId{other}, live, d))
                if (auto r = inside(AgencyId{other}, "bộ phận một cửa của cơ quan")) return *std::move(r);
        }
    const auto* up = agency(live);
    for (int steps = 0; steps < 16; ++steps) {
        const auto* v = up->at(d);
        up = v && !v->parent.empty() ? agency(v->parent) : nullptr;
        if (!up || !up->at(d)) break;
        if (auto r = inside(up->id, "vị trí của cơ quan cấp trên")) return *std::move(r);
    }
    return Error{ErrorKind::conflict, "directory.no_function",
                 fmt::format("Không vị trí nào của “{}” làm việc “{}” ngày {}: hãy giao việc này cho một vị trí.",
                             agency(live)->at(d)->name, function, to_vietnamese(d)),
                 fmt::format("no position of \"{}\" does \"{}\" on {}", live.value, function, to_iso(d))};
}

Result<Resolution> Directory::resolve(std::string_view function, const UnitId& area, UnitLevel level, Date d) const {
    if (!unit(area)) return unknown("đơn vị hành chính", area.value);
    const auto chain = ancestry(area, d);
    if (chain.empty()) return no_successor(area.value, d);
    bool level_met = false;
    for (const auto* place : chain) {
        const auto place_level = place->at(d)->level;
        if (place_level > level) continue;  // still below the level that is asked for
        level_met = level_met || place_level == level;
        if (!level_met) break;
        const auto over = agencies_over_.find(place->id.value);
        if (over == agencies_over_.end()) continue;
        std::vector<const Agency*> best;
        for (const auto& id : over->second) {
            const auto* a = agency(AgencyId{id});
            const auto* v = a->at(d);
            if (!v || v->area != place->id) continue;
            const auto positions = positions_of(a->id, d);
            if (std::ranges::none_of(positions, [&](const Position* p) { return has(*p, function); })) continue;
            if (!best.empty() && rank_of(v->kind) > rank_of(best.front()->at(d)->kind)) continue;
            if (!best.empty() && rank_of(v->kind) < rank_of(best.front()->at(d)->kind)) best.clear();
            best.push_back(a);
        }
        if (best.size() > 1)
            return Error{
                ErrorKind::conflict, "directory.ambiguous",
                fmt::format("Có {} cơ quan cùng làm việc “{}” trên địa bàn {}: hãy chỉ rõ cơ quan.", best.size(),
                            function, place->at(d)->name),
                fmt::format("{} agencies do \"{}\" for {}; name the agency", best.size(), function, place->id.value)};
        if (best.size() == 1) {
            TRY(auto r, resolve_in(function, best.front()->id, d));
            r.rule = fmt::format("{} có thẩm quyền trên địa bàn {}", best.front()->at(d)->name, place->at(d)->name);
            if (place->id != area)
                if (const auto* old = unit(area); old && !old->versions.empty() && !old->at(d))
                    r.rule += fmt::format(" (nay quản lý {})", old->versions.back().name);
            return r;
        }
    }
    if (!level_met)
        return Error{
            ErrorKind::conflict, "directory.no_level",
            fmt::format("Ngày {} không có đơn vị hành chính cấp đã nêu cho địa bàn {}.", to_vietnamese(d),
                        chain.front()->at(d)->name),
            fmt::format("no unit of level {} stands over {} on {}", word_of(unit_levels, level), area.value, to_iso(d))}
            .under("Luật Tổ chức chính quyền địa phương 72/2025/QH15, Điều 1");
    return Error{ErrorKind::conflict, "directory.no_function",
                 fmt::format("Chưa cơ quan nào được giao việc “{}” cho địa bàn {} ngày {}.", function,
                             chain.front()->at(d)->name, to_vietnamese(d)),
                 fmt::format("no agency does \"{}\" for {} on {}", function, area.value, to_iso(d))};
}

}  // namespace hl::directory
