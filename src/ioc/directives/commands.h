// What one can do to a directive: one function a command, each one transaction of state, history line and event. Call
// inside store::Store::write.
//
// Errors of every command: access.denied, access.unauthenticated, directive.not_found, directive.changed (the version
// is not what the caller saw), directive.wrong_state, directive.text_required where words are needed.
#pragma once
#include "access/access.h"
#include "ioc/directives/context.h"
#include "ioc/directives/directive.h"

namespace hl::directives {

/// A deadline as it is asked for: one of the two.
struct Wish {
    std::optional<int64_t> work_minutes;
    std::optional<Instant> due;
};
/// By the agency's calendar. Errors: directive.deadline.
[[nodiscard]] Result<Deadline> deadline_for(const Context& ctx, const AgencyId& agency, const Wish& wish, Instant from);

struct Issue {
    AgencyId agency;
    OfficerId officer;  // empty: the agency as a whole
    std::string title;  // names no people: it stands in lists
    std::string text;
    Wish deadline;
    std::string rule;  // of the alert that it answers; empty: the leader's own decision
    AgencyId rule_agency;
};
/// Errors: directive.agency (there is none that works today), directive.officer (holds no position there),
/// directive.own_agency (a head names the officer within his own agency), directive.to_oneself, directive.deadline,
/// directive.alert_over (it stands no longer).
[[nodiscard]] Result<Directive> issue(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                      const Issue& what, Instant now);

/// Which one, and the version the caller saw (If-Match); nothing = whatever it is now.
struct Target {
    std::string code;
    std::optional<int64_t> version{};
};
/// The words that go with a command; needed where the name says so.
[[nodiscard]] Result<Directive> acknowledge(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                            const Target& target, const std::string& words, Instant now);
/// Needs words. Errors: directive.percent.
[[nodiscard]] Result<Directive> report(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                       const Target& target, int percent, const std::string& words, Instant now);
/// So much working time more, from the deadline or from now, whichever is later. Needs words.
[[nodiscard]] Result<Directive> ask_extension(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                              const Target& target, directory::WorkMinutes more,
                                              const std::string& words, Instant now);
/// As much as was asked for, or what is said here.
[[nodiscard]] Result<Directive> grant_extension(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                                const Target& target, std::optional<directory::WorkMinutes> more,
                                                const std::string& words, Instant now);
/// Needs words.
[[nodiscard]] Result<Directive> refuse_extension(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                                 const Target& target, const std::string& words, Instant now);
/// It is done: from now on the issuer judges. Needs words.
[[nodiscard]] Result<Directive> hand_in(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                        const Target& target, const std::string& words, Instant now);
/// Closes it: in time when it was handed in by the deadline.
[[nodiscard]] Result<Directive> accept(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                       const Target& target, const std::string& words, Instant now);
/// The deadline stays. Needs words.
[[nodiscard]] Result<Directive> send_back(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                          const Target& target, const std::string& words, Instant now);
/// With a new deadline. Needs words.
[[nodiscard]] Result<Directive> reopen(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                       const Target& target, const Wish& deadline, const std::string& words,
                                       Instant now);
/// Needs words.
[[nodiscard]] Result<Directive> withdraw(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                         const Target& target, const std::string& words, Instant now);
/// An open directive whose agency was succeeded goes to its successor. How many went; at most `most`.
[[nodiscard]] Result<int> rehome(store::Transaction& tx, const Context& ctx, const access::Actor& actor, Instant now,
                                 int most);

}  // namespace hl::directives
