// What a child tells: figures with their status kept as it is, what changed of periods that were over, the alerts that
// stand, and what its indicators mean. Writing and strict reading of those messages; numbers with a fraction travel as
// decimal texts, so that a text has one canonical form only. Bytes from outside. Values; any thread.
#pragma once
#include "ioc/child/line.h"
#include "ioc/indicators/alerts.h"
#include "ioc/indicators/figures.h"

namespace hl::ioc::child {

inline constexpr std::string_view figures_type = "figures";
inline constexpr std::string_view restatements_type = "restatements";
inline constexpr std::string_view alerts_type = "alerts";
inline constexpr std::string_view indicators_type = "indicators";
inline constexpr std::string_view resumed_type = "resumed";

struct ToldFigure {
    std::string indicator;
    bool newest = false;  // the indicator's newest one: its tile; else one of a period
    Figure figure;
};
/// `whole`: these are all there are; what was told before and is not among them is gone.
[[nodiscard]] json::object figures_data(const std::vector<ToldFigure>& items, bool whole,
                                        std::optional<int64_t> position);
struct ToldFigures {
    std::vector<ToldFigure> items;
    bool whole = false;
    std::optional<int64_t> position;  // of the child's ledger
};
[[nodiscard]] Result<ToldFigures> read_figures(const json::object& data);
[[nodiscard]] json::object to_json(const ToldFigure& told);
/// What makes it another figure than before: all but the moment it was looked at.
[[nodiscard]] std::string essence(const ToldFigure& told);

struct ToldRestatement {
    std::string indicator;
    Period period;
    Date day;  // on which it changed
    int64_t first_position = 0, last_position = 0, facts = 0;
    std::optional<double> before, after;
};
[[nodiscard]] json::object restatements_data(const std::vector<ToldRestatement>& items);
[[nodiscard]] Result<std::vector<ToldRestatement>> read_restatements(const json::object& data);

struct ToldAlert {
    std::string rule, kind, indicator, period, vi, en;
    AgencyId agency;
    std::optional<double> value;
    bool critical = false;
    Instant since;
};
[[nodiscard]] ToldAlert told(const Alert& alert);
[[nodiscard]] json::object alerts_data(const std::vector<ToldAlert>& items);
[[nodiscard]] Result<std::vector<ToldAlert>> read_alerts(const json::object& data);

/// What an indicator means at the child; the parent's own pack may not know it.
struct ToldIndicator {
    std::string code, vi, en, unit, component, owner, formula_vi, formula_en, source, grade, direction;
    int decimals = 2;
    std::optional<int64_t> fresh_hours;
};
[[nodiscard]] ToldIndicator told(const Indicator& indicator);
[[nodiscard]] json::object indicators_data(const std::vector<ToldIndicator>& items);
[[nodiscard]] Result<std::vector<ToldIndicator>> read_indicators(const json::object& data);

/// An operator let the child go on after its chain and the parent's copy had parted.
struct ToldResume {
    std::string reason, by;
    int64_t common = 0, adopted = 0, abandoned = 0;
    Instant at;
};
[[nodiscard]] json::object to_json(const ToldResume& resume);
[[nodiscard]] Result<ToldResume> read_resume(const json::object& data);

}  // namespace hl::ioc::child
