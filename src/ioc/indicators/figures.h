// Questions to the indicators: a value with what is known about it. Unknown, zero, stale, provisional and suppressed
// are different things and never shown as one another. Plain functions over a snapshot; any thread.
#pragma once
#include "ioc/indicators/pack.h"

namespace hl::ioc {

enum class Status {
    known,        // of a period that is over, and complete
    zero,         // known, and nothing happened: not the same as
    unknown,      // nothing to tell it from
    provisional,  // the period is running, or the value is an estimate
    stale,        // older than its freshness limit allows
    suppressed,   // so few cases that it would tell of persons
};
[[nodiscard]] std::string_view to_string(Status s);

/// Which dossiers or places; an empty member is no limit.
struct Where {
    std::optional<std::vector<AgencyId>> agencies;  // nothing: the whole province
    std::string unit, procedure, sector, channel;
};
struct Question {
    const Indicator* indicator = nullptr;
    Period first, last;  // of one grain, both included
    Where where;
    std::optional<Dimension> by;
    std::optional<Date> known_on;  // as it was known at the end of that day
    bool small = false;            // may see few cases, too
    bool latest = false;           // the newest value there is: told to be stale when it is
    Instant now;
};

/// Why a figure is not simply known; empty when it is.
struct Why {
    std::string vi, en;
    [[nodiscard]] bool empty() const { return vi.empty(); }
};

struct Figure {
    Period period;
    std::string key;  // of the dimension asked by; else empty
    Status status = Status::unknown;
    std::optional<double> value;
    std::optional<int64_t> numerator, denominator;
    std::optional<double> target, previous;
    Why why;
    std::string level;  // good | warning | critical; empty without limits or value
    std::string kind;   // of a supplied value: estimate | performed | official
    std::optional<Instant> as_of;
};
struct Figures {
    std::optional<int64_t> position;  // the ledger position they rest on; none for supplied ones
    std::vector<Figure> items;        // by period, then key
};
/// Errors: ioc.grain, ioc.dimension, ioc.too_many_periods, ioc.as_known (what was known is kept for months, and for
/// days of the whole province), ioc.cells_damaged.
[[nodiscard]] Result<Figures> figures(store::Reader& reader, const Book& book, const Question& question);

/// "better" | "worse" | "same"; empty without a direction or a predecessor.
[[nodiscard]] std::string_view trend(const Indicator& indicator, const Figure& figure);

/// How a closed period's value changed afterwards.
struct Restatement {
    Period period;
    AgencyId agency;  // empty: the whole province
    Date day;
    int64_t first_position = 0, last_position = 0, facts = 0;
    std::optional<double> before, after;
};
[[nodiscard]] Result<std::vector<Restatement>> restatements(store::Reader& reader, const Book& book,
                                                            const Indicator& indicator,
                                                            const std::optional<std::vector<AgencyId>>& agencies,
                                                            Grain grain, int64_t limit);

/// What stands behind a figure: events in order, each with its dossier.
struct Behind {
    int64_t position = 0;
    Date day;
    std::string dossier, agency, procedure, channel;
};
struct BehindPage {
    std::vector<Behind> items;
    std::optional<std::pair<int64_t, int64_t>> next;  // (day, position) to go on after
};
[[nodiscard]] BehindPage behind(store::Reader& reader, const Book& book, const Question& question,
                                std::optional<std::pair<int64_t, int64_t>> after, int64_t limit);
/// Of a stock, the open dossiers that count in it now, by id.
[[nodiscard]] std::vector<Behind> open_now(store::Reader& reader, const Book& book, const Question& question,
                                           const std::string& after, int64_t limit);

}  // namespace hl::ioc
