// What an indicator is: its names, owner, unit, grains, limits, source, and how its value comes about: either a fold
// over ledger events, told in a small declarative language, or values handed in from outside. All of it is data of the
// pack. Values; any thread.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "ioc/indicators/periods.h"

namespace hl::ioc {

/// The eleven components of the operations centre.
enum class Component {
    traffic,
    public_security,
    press,
    administrative_services,
    network_security,
    socio_economy,
    health,
    education,
    citizens_questions,
    data_analysis,
    field_reports
};
[[nodiscard]] std::string_view to_string(Component c);
[[nodiscard]] std::string_view name_of(Component c);  // Vietnamese
[[nodiscard]] std::optional<Component> component_from(std::string_view word);
[[nodiscard]] const std::vector<Component>& all_components();

enum class Dimension : int { agency = 0, unit = 1, procedure = 2, sector = 3, channel = 4 };
inline constexpr size_t dimensions = 5;
[[nodiscard]] std::string_view to_string(Dimension d);
[[nodiscard]] std::optional<Dimension> dimension_from(std::string_view word);
/// A set of dimensions as bits.
using DimensionSet = unsigned;
[[nodiscard]] constexpr DimensionSet bit(Dimension d) {
    return 1u << static_cast<int>(d);
}
inline constexpr DimensionSet all_dimensions = (1u << dimensions) - 1;

/// One question put to a field: of the event's data ("closing.promise") or of what is remembered of the dossier
/// ("dossier.channel").
struct Filter {
    enum class Op { one_of, none_of, exists, absent, at_least, at_most };
    std::string field;
    Op op = Op::one_of;
    std::vector<std::string> values;
    int64_t number = 0;
    auto operator<=>(const Filter&) const = default;
};

enum class FactTime { event, received, ended };

/// Which events count, when, and what of them.
struct Select {
    std::vector<std::string> events;  // types; "dossier.*" for all of a family
    std::vector<Filter> where;
    FactTime at = FactTime::event;
    std::string field;  // summed, compared or counted differently; empty: the event itself counts
    auto operator<=>(const Select&) const = default;
};

/// States of directives stand beside those of dossiers in one list of numbers.
inline constexpr int directive_states = 100;

/// What is open: dossiers (or directives) in one of the states, from entering them or from (some hours before) the
/// promised day, until they leave them or until the promised day.
struct Stock {
    std::set<int> states;  // dossiers::State, or directive_states + directive::State
    bool from_due = false;
    int64_t lead_hours = 0;
    bool until_due = false;
    auto operator<=>(const Stock&) const = default;
};

/// One mergeable state that cells keep; indicators share parts that are the same.
enum class PartKind : int { count, sum, min, max, digest, distinct, stock };
struct Part {
    PartKind kind = PartKind::count;
    Select select;
    Stock stock;
    auto operator<=>(const Part&) const = default;
    [[nodiscard]] bool of_directives() const {
        return kind == PartKind::stock ? !stock.states.empty() && *stock.states.begin() >= directive_states
                                       : !select.events.empty() && select.events.front().starts_with("ioc.directive_");
    }
};

enum class Measure { count, sum, ratio, min, max, quantile, distinct, stock };
[[nodiscard]] std::string_view to_string(Measure m);

struct Fold {
    Measure measure = Measure::count;
    std::vector<Part> parts;  // one; numerator and denominator of a ratio
    double quantile = 0.5;
};

/// How values handed in for shorter periods make one of a longer period.
enum class Aggregate { none, sum, last, average };

/// Values that somebody hands in: plan, estimate, performed, official.
struct Supplied {
    Grain grain = Grain::month;
    Aggregate aggregate = Aggregate::none;
    std::optional<double> least, most;  // outside: refused
    int decimals = 2;
};

enum class Direction { up, down, neutral };
enum class Grade { signed_events, official, reported, estimated };
[[nodiscard]] std::string_view to_string(Direction d);
[[nodiscard]] std::string_view to_string(Grade g);
[[nodiscard]] std::string_view name_of(Grade g);  // Vietnamese

struct AlertRule {
    enum class Kind { above, below, rise, fall, stale, absent };
    std::string id;
    Kind kind = Kind::above;
    Grain grain = Grain::day;
    bool each_agency = false;
    double raise = 0, clear = 0;  // raised beyond one, over only beyond the other (hysteresis); for stale: hours
    int64_t hold_minutes = 0;     // true for so long before it is raised
    bool critical = false;        // raised in quiet hours, too
    std::optional<std::pair<int, int>> quiet;  // minutes of the day
    std::string vi, en;
};
[[nodiscard]] std::string_view to_string(AlertRule::Kind k);

struct Indicator {
    std::string code;
    std::string vi, en;
    std::string unit;
    Component component = Component::administrative_services;
    AgencyId owner;
    std::string formula_vi, formula_en;  // in words
    std::optional<Fold> fold;
    std::optional<Supplied> supplied;
    std::set<Grain> grains;
    DimensionSet by = 0;
    double scale = 1;  // percent: 100
    int decimals = 2;
    std::optional<double> target, warning, critical;
    Direction direction = Direction::neutral;
    std::optional<int64_t> fresh_hours;  // older than this is stale
    int64_t suppress_below = 0;          // fewer cases than this are not shown to others
    std::string source;
    Grade grade = Grade::reported;
    std::string instrument, article;
    Date from;
    std::optional<Date> to;
    std::vector<AlertRule> alerts;
    std::string place;  // file:line
    [[nodiscard]] bool covers(Date d) const { return from <= d && (!to || d < *to); }
    [[nodiscard]] bool has(Grain g) const { return grains.contains(g); }
    [[nodiscard]] bool counts_directives() const { return fold && fold->parts.front().of_directives(); }
};

}  // namespace hl::ioc
