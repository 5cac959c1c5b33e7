#include "dossiers/addresses.h"

#include "base/text.h"

namespace hl::dossiers {

namespace {

using directory::Unit;
using directory::UnitLevel;
using directory::UnitVersion;

/// "P. 1", "P1", "TX Quảng Trị", "TT Cam Lộ" as people write them.
std::string spelled_out(const std::string& part) {
    static const std::vector<std::pair<std::string, std::string>> short_forms{
        {"p", "phuong"},     {"x", "xa"},      {"tt", "thi tran"}, {"h", "huyen"},
        {"tp", "thanh pho"}, {"tx", "thi xa"}, {"t", "tinh"}};
    auto words = text::folded_words(part);
    if (words.empty()) return {};
    for (const auto& [brief, whole] : short_forms) {
        if (words.front() == brief && words.size() > 1) {
            words.front() = whole;
            break;
        }
        // "P1", "p5": the kind and a number in one word.
        if (brief == "p" && words.size() == 1 && words.front().size() > 1 && words.front().front() == 'p' &&
            std::all_of(words.front().begin() + 1, words.front().end(), [](char c) { return c >= '0' && c <= '9'; })) {
            words.front() = "phuong " + words.front().substr(1);
            break;
        }
    }
    return text::join(words, " ");
}

/// The name without its kind: people leave "xã" out.
std::string bare(const std::string& folded) {
    for (const std::string_view kind : {"phuong ", "xa ", "thi tran ", "huyen ", "thanh pho ", "thi xa ", "tinh "})
        if (folded.starts_with(kind)) return folded.substr(kind.size());
    return folded;
}

std::string whole_name(std::string_view name) {
    return text::join(text::folded_words(name), " ");
}
bool same_name(const std::string& typed, std::string_view name) {
    const auto whole = whole_name(name);
    return typed == whole || typed == bare(whole);
}
/// "Quảng Trị" alone may be a province, a town or a ward: a commune without its kind counts only where a district and a
/// province follow. A number alone is a house.
bool names_commune(const std::string& typed, std::string_view name, size_t parts_after) {
    const auto whole = whole_name(name);
    if (typed == whole) return true;
    return parts_after >= 2 && typed == bare(whole) && typed.find_first_not_of("0123456789") != std::string::npos;
}

/// The unit's version that has the name, and stood within the districts and provinces typed after it.
const UnitVersion* version_named(const directory::Directory& directory, const Unit& unit, const std::string& typed,
                                 const std::vector<std::string>& after) {
    for (auto v = unit.versions.rbegin(); v != unit.versions.rend(); ++v) {
        if (v->level != UnitLevel::commune || !names_commune(typed, v->name, after.size())) continue;
        bool inside = true;
        const auto* district = directory.unit(v->parent);
        const auto* above = district ? district->at(v->valid.from) : nullptr;
        if (!after.empty() && above && above->level == UnitLevel::district)
            inside = same_name(after.front(), above->name);
        if (inside) return &*v;
    }
    return nullptr;
}

std::vector<std::string> parts_of(std::string_view address) {
    std::vector<std::string> out;
    for (const auto& part : text::split(text::normalise(address), ','))
        if (auto trimmed = text::trim(part); !trimmed.empty()) out.push_back(std::move(trimmed));
    return out;
}

}  // namespace

std::optional<AddressToday> address_today(const directory::Directory& directory, std::string_view address, Date day) {
    const auto parts = parts_of(address);
    if (parts.size() < 2) return std::nullopt;  // a word alone is a place, not an address
    std::vector<std::string> folded;
    for (const auto& p : parts) folded.push_back(spelled_out(p));
    // From the end: the commune stands nearest to the district and the province, the street before it.
    for (size_t at = parts.size(); at-- > 0;) {
        const std::vector<std::string> after(folded.begin() + static_cast<ptrdiff_t>(at) + 1, folded.end());
        std::map<UnitId, std::string> now;  // today's commune → what it was found by
        bool still = false;
        for (const auto* unit : directory.find_units(folded[at], 50)) {
            const auto* v = version_named(directory, *unit, folded[at], after);
            if (!v) continue;
            if (const auto* present = unit->at(day); present && present->name == v->name && after.size() <= 1) {
                still = true;
                continue;
            }
            const auto today = directory.unit_now(unit->id, day);
            if (!today.ok()) continue;
            const auto* district = directory.unit(v->parent);
            const auto* above = district ? district->at(v->valid.from) : nullptr;
            now.emplace(*today, above && above->level == UnitLevel::district ? v->name + ", " + above->name : v->name);
        }
        if (still) return std::nullopt;
        if (now.empty()) continue;
        if (now.size() > 1) return std::nullopt;
        const auto* unit = directory.unit(now.begin()->first);
        const auto* commune = unit ? unit->at(day) : nullptr;
        if (!commune) return std::nullopt;
        const auto* province = directory.unit(commune->parent);
        const auto* above = province ? province->at(day) : nullptr;
        std::vector<std::string> out(parts.begin(), parts.begin() + static_cast<ptrdiff_t>(at));
        out.push_back(commune->name);
        if (above) out.push_back(above->name);
        AddressToday found{text::join(out, ", "), unit->id, commune->name, now.begin()->second};
        if (found.text == text::join(parts, ", ")) return std::nullopt;
        return found;
    }
    return std::nullopt;
}

}  // namespace hl::dossiers
