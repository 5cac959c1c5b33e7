// Our score beside a published one, with what explains the difference criterion by criterion. The published one is a
// CSV of the columns period, agency, criterion, numerator, denominator, points; an empty agency is the province, an
// empty cell is not known. Pure; any thread.
#pragma once
#include "ioc/index766/index.h"

namespace hl::index766 {

struct Published {
    size_t line = 0;
    Period period;
    AgencyId agency;
    std::string criterion;  // "2.1", a group's "2", or "total"
    std::optional<int64_t> numerator, denominator;
    std::optional<Points> points;
};
/// Errors: csv.*, query.period, index766.published with the line.
[[nodiscard]] Result<std::vector<Published>> read_published(std::string_view csv, std::string_view name);

struct Difference {
    Published published;
    std::optional<Points> ours;
    Points low = 0, high = 0;
    std::optional<int64_t> numerator, denominator;
    std::optional<Points> by;  // published less ours
    bool agrees = false;
    std::vector<Words> because;
};
/// Errors: index766.criterion with the line.
[[nodiscard]] Result<Difference> compare(const Published& published, const IndexScore& ours);

}  // namespace hl::index766
