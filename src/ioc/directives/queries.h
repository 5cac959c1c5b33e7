// What one can ask about directives, on a snapshot. Reminders are questions here: they are computed from the clock and
// never stored. Any thread with its own Reader.
#pragma once
#include "access/access.h"
#include "ioc/directives/commands.h"

namespace hl::directives {

struct Filter {
    State least = State::issued, most = State::withdrawn;
    AgencyId agency;  // empty: all that the actor may see
    bool overdue = false;
    bool due_soon = false;
    std::string rule;  // that answer this alert …
    std::optional<AgencyId> rule_agency;
};
struct Listed {
    Directive directive;
    Timing timing;
};
struct ListPage {
    std::vector<Listed> items;
    std::optional<int64_t> next;
};
/// Newest first, those the actor may see; `before` is a page's `next`. Errors: access.*.
[[nodiscard]] Result<ListPage> list(store::Reader& reader, const Context& ctx, const access::Actor& actor,
                                    const Filter& filter, std::optional<int64_t> before, int64_t limit, Instant now);

/// The open ones that want something of somebody.
struct Summary {
    int64_t open = 0, overdue = 0, due_soon = 0, unacknowledged = 0, handed_in = 0, extension_asked = 0;
};
[[nodiscard]] Result<Summary> summary(store::Reader& reader, const Context& ctx, const access::Actor& actor,
                                      Instant now);

struct Whole {
    Directive directive;  // its deadline with the days
    Timing timing;
    std::optional<std::string> text;  // nothing when its key is erased
    std::vector<Line> lines;
    std::vector<Evidence> evidence;
    std::vector<Command> may;  // what the actor may do now
};
/// Errors: directive.not_found, directive.not_yours, access.*.
[[nodiscard]] Result<Whole> whole(store::Reader& reader, const Context& ctx, const access::Actor& actor,
                                  std::string_view code, Instant now);

/// A filled form for a standing alert, to be changed or issued as it is: whom, what, until when. Errors:
/// directive.alert_over, access.denied.
struct Proposal {
    Issue issue;
    Deadline deadline;
};
[[nodiscard]] Result<Proposal> propose(store::Reader& reader, const Context& ctx, const access::Actor& actor,
                                       const std::string& rule, const AgencyId& rule_agency, Instant now);

}  // namespace hl::directives
