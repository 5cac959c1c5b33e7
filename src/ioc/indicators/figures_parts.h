// The parts figures.cpp is put together from. Private to the room.
#pragma once
#include "ioc/indicators/cells.h"
#include "ioc/indicators/figures.h"

namespace hl::ioc {

/// States of an indicator's parts, summed up.
struct Totals {
    std::vector<std::optional<PartState>> parts;
    void add(const Cell& cell, const std::vector<int>& wanted, const Book& book);
    [[nodiscard]] int64_t number(size_t i) const { return i < parts.size() && parts[i] ? parts[i]->number : 0; }
};
[[nodiscard]] std::optional<double> value_of(const Indicator& indicator, const Totals& totals, Figure* into = nullptr);

using Key = std::pair<Period, std::string>;
/// Sums of flows, period by period. Errors as figures().
[[nodiscard]] Result<std::map<Key, Totals>> sum_cells(store::Reader& reader, const Book& book, const Question& q,
                                                      Period first, Period last);
/// Stocks at the ends of the periods that are over, and now for the running one.
[[nodiscard]] Result<std::map<Key, Totals>> sum_stocks(store::Reader& reader, const Book& book, const Question& q,
                                                       Period first, Period last);
[[nodiscard]] Result<std::vector<Figure>> supplied_figures(store::Reader& reader, const Question& q);

/// The level that answers a question, and whether the question needs a dimension at all.
[[nodiscard]] Result<const Level*> level_for(const Question& q, Grain grain);
/// A number of a level's grain for the beginning of a period.
[[nodiscard]] int64_t number_at(const Level& level, Instant t);
/// Calls `each(period number, dims as texts, cell)` for the matching cells of [from, to].
using EachCell = std::function<void(int64_t, const std::array<std::string_view, dimensions>&, const Cell&)>;
[[nodiscard]] Result<void> each_cell(store::Reader& reader, const Book& book, const Question& q, const Level& level,
                                     int64_t from, int64_t to, const EachCell& each);

/// So few cases that they would tell of persons.
[[nodiscard]] Why few(const Indicator& indicator);
[[nodiscard]] double rounded(double v, int decimals);
/// good, warning or critical by the indicator's limits and direction; empty without limits.
[[nodiscard]] std::string_view level_of(const Indicator& indicator, double v);

}  // namespace hl::ioc
