// The morning meeting's paper: every component's figures with target, trend and freshness, standing alerts, the index
// 766 with its lowest group, what was restated since the day before, directives, and the ledger position it all rests
// on. Gathered on one snapshot, so that its figures are one another's; drawn as a tagged PDF. Plain functions; any
// thread.
#pragma once
#include "access/access.h"
#include "ioc/directives/queries.h"
#include "ioc/index766/score.h"
#include "ioc/indicators/alerts.h"
#include "ioc/indicators/figures.h"
#include "store/ledger.h"

namespace hl::briefing {

/// The snapshots of the moment.
struct Sources {
    dossiers::Context context;
    std::shared_ptr<const ioc::Book> book;
    std::shared_ptr<const index766::RuleBook> rules;  // nothing: the pack has none
};

struct Row {
    const ioc::Indicator* indicator = nullptr;
    ioc::Figure figure;
    std::optional<ioc::Figure> day;  // of the day before, where days are kept
};
struct Section {
    ioc::Component component = ioc::Component::administrative_services;
    std::vector<Row> rows;  // none: nobody supplies the component yet
};
struct Restated {
    const ioc::Indicator* indicator = nullptr;
    ioc::Restatement change;
};
struct Index {
    std::string period;
    bool provisional = false;
    index766::IndexScore score;    // of the sources' rules
    std::optional<size_t> lowest;  // group of the smallest share of what it can give; nothing when nothing is known
};
struct Orders {
    directives::Summary summary;
    std::vector<directives::Listed> overdue;
};
struct Briefing {
    Date day{};
    bool past = false;  // a day that is over: as it was known at its end
    Instant made_at;
    std::string agency;               // heading
    std::string scope;                // "Toàn tỉnh", or whose figures these are
    std::optional<int64_t> position;  // events of the ledger that the figures rest on
    std::optional<store::Checkpoint> checkpoint;
    std::vector<Section> sections;
    std::vector<ioc::Alert> alerts;
    std::optional<Index> index;
    std::vector<Restated> restated;
    std::optional<Orders> orders;  // nothing: the reader sees no directives
    // What is pointed to.
    Sources sources;
};
/// As `actor` may see it. Errors: access.denied, briefing.future, those of figures().
[[nodiscard]] Result<Briefing> gather(store::Reader& reader, Sources sources, const access::Actor& actor, Date day,
                                      Instant now);
/// Errors: briefing.failed.
[[nodiscard]] Result<std::string> to_pdf(const Briefing& briefing);

/// "1.234,5 hồ sơ", "97,25%"; "Chưa rõ" without a value.
[[nodiscard]] std::string said(const std::optional<double>& value, const std::string& unit);

}  // namespace hl::briefing
