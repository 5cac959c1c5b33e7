// The words that stand for the directory's enumerations in packs, in the database and in JSON: one table each.
#pragma once
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "directory/calendar.h"
#include "directory/directory.h"

namespace hl::directory {

template <class E, size_t N>
using Words = std::array<std::pair<E, std::string_view>, N>;

inline constexpr Words<UnitKind, 8> unit_kinds{{{UnitKind::province, "province"},
                                                {UnitKind::city, "city"},
                                                {UnitKind::town, "town"},
                                                {UnitKind::district, "district"},
                                                {UnitKind::commune, "commune"},
                                                {UnitKind::ward, "ward"},
                                                {UnitKind::township, "township"},
                                                {UnitKind::special_zone, "special_zone"}}};
inline constexpr Words<UnitLevel, 3> unit_levels{
    {{UnitLevel::province, "province"}, {UnitLevel::district, "district"}, {UnitLevel::commune, "commune"}}};
inline constexpr Words<AgencyKind, 9> agency_kinds{{{AgencyKind::province_committee, "province_committee"},
                                                    {AgencyKind::department, "department"},
                                                    {AgencyKind::district_committee, "district_committee"},
                                                    {AgencyKind::commune_committee, "commune_committee"},
                                                    {AgencyKind::one_stop_centre, "one_stop_centre"},
                                                    {AgencyKind::party, "party"},
                                                    {AgencyKind::utility, "utility"},
                                                    {AgencyKind::central_body, "central_body"},
                                                    {AgencyKind::other, "other"}}};
inline constexpr Words<SuccessionKind, 5> succession_kinds{{{SuccessionKind::merge, "merge"},
                                                            {SuccessionKind::split, "split"},
                                                            {SuccessionKind::rename, "rename"},
                                                            {SuccessionKind::transfer, "transfer"},
                                                            {SuccessionKind::abolish, "abolish"}}};
inline constexpr Words<DayKind, 7> day_kinds{{{DayKind::workday, "workday"},
                                              {DayKind::weekend, "weekend"},
                                              {DayKind::holiday, "holiday"},
                                              {DayKind::makeup_off, "makeup_off"},
                                              {DayKind::swap_off, "swap_off"},
                                              {DayKind::swap_work, "swap_work"},
                                              {DayKind::local, "local"}}};

template <class E, size_t N>
[[nodiscard]] constexpr std::string_view word_of(const Words<E, N>& words, E value) {
    for (const auto& [v, word] : words)
        if (v == value) return word;
    return {};
}
template <class E, size_t N>
[[nodiscard]] constexpr std::optional<E> value_of(const Words<E, N>& words, std::string_view word) {
    for (const auto& [v, w] : words)
        if (w == word) return v;
    return std::nullopt;
}

/// The level a kind of unit stands at (Constitution 2013, Article 110; amended by Resolution 203/2025/QH15).
[[nodiscard]] constexpr UnitLevel level_of(UnitKind kind) {
    switch (kind) {
        case UnitKind::province:
            return UnitLevel::province;
        case UnitKind::city:
        case UnitKind::town:
        case UnitKind::district:
            return UnitLevel::district;
        default:
            return UnitLevel::commune;
    }
}

}  // namespace hl::directory
