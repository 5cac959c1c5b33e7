// How likely an open dossier is to miss its promise, and at which step: the time that is left of its open steps, given
// how long they have already taken, and of the later steps of its flow, summed as distributions over the working time
// until the promise. Deterministic: the same dossier, the same learned durations and the same moment give the same
// answer. Pure but for fetching; one thread at a time.
#pragma once
#include "ioc/forecast/open.h"

namespace hl::forecast {

enum class Standing {
    running,  // the clock runs, the promise has not come
    waiting,  // it stands still: said is what holds when it goes on now
    late,     // the promise has passed
    unknown,  // nothing to tell it from; see `why`
};
enum class WhyUnknown { none, not_received, no_promise, no_flow, no_calendar, few_cases, no_step };
[[nodiscard]] std::string_view to_string(Standing standing);
[[nodiscard]] std::string_view to_string(WhyUnknown why);

/// One step that is still to be done.
struct StepAhead {
    std::string step, name, function;
    AgencyId agency;
    bool open = false;  // worked on now
    std::optional<int64_t> planned;
    int64_t elapsed = 0;           // working minutes, of an open one
    double typical = 0, slow = 0;  // median and 90th percentile of such steps, minutes
    double misses = 0;             // probability that the promise passes during it
    Pace pace = Pace::unknown;
    Load load = Load::usual;
    Level level = Level::all;  // what the durations were taken from …
    int64_t cases = 0;         // … and how many there were
};
struct Outlook {
    Standing standing = Standing::unknown;
    WhyUnknown why = WhyUnknown::none;
    double raw = 0;          // as the durations say
    double probability = 0;  // corrected by what happened to those of whom the same was said
    bool calibrated = false;
    int64_t left = 0;  // working minutes until the promise; negative when it has passed
    std::optional<Instant> due;
    std::vector<StepAhead> steps;  // in the order of the flow
    /// Where the promise is most likely to be missed; null when nowhere.
    [[nodiscard]] const StepAhead* worst() const;
};
[[nodiscard]] Result<Outlook> outlook(const Open& open, Learned& learned, const Lore& lore, Instant now);

}  // namespace hl::forecast
