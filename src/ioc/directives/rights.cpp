#include "ioc/directives/rights.h"

namespace hl::directives {

using access::Right;

namespace {
bool has(const access::Actor& actor, Right right, const AgencyId& agency, Instant now) {
    return access::require(actor, right, agency, now).ok();
}
}  // namespace

Result<AgencyId> issuer_for(const access::Actor& actor, const AgencyId& agency, Instant now) {
    TRY_VOID(access::require(actor, Right::issue_directive, agency, now));
    AgencyId out = agency;
    const Date today = local_date(now);
    AgencyId at = agency;
    for (int depth = 0; depth < 12 && !at.empty() && actor.organisation; ++depth) {
        if (has(actor, Right::issue_directive, at, now)) out = at;
        const auto* found = actor.organisation->agency(at);
        const auto* version = found ? found->at(today) : nullptr;
        if (!version) break;
        at = version->parent;
    }
    return out;
}

Result<void> sees_any(const access::Actor& actor, Instant now) {
    for (const auto right : {Right::issue_directive, Right::view_ioc, Right::answer_directive})
        if (access::require_anywhere(actor, right, now).ok()) return Nothing{};
    return access::require_anywhere(actor, Right::answer_directive, now);
}

Result<void> may_see(const access::Actor& actor, const Directive& d, Instant now) {
    for (const auto right : {Right::issue_directive, Right::view_ioc})
        if (has(actor, right, d.agency, now)) return Nothing{};
    TRY_VOID(access::require(actor, Right::answer_directive, d.agency, now));
    if (d.officer.empty() || d.officer == actor.officer) return Nothing{};
    return Error{ErrorKind::denied, "directive.not_yours", "Chỉ đạo này giao cho người khác. Hãy hỏi lãnh đạo cơ quan.",
                 "The directive was given to somebody else. Ask the head of the agency."};
}

Result<void> may_do(const access::Actor& actor, const Directive& d, Command command, Instant now) {
    if (!is_answer(command)) return access::require(actor, Right::issue_directive, d.issuer, now);
    TRY_VOID(access::require(actor, Right::answer_directive, d.agency, now));
    const bool his = !d.officer.empty() && d.officer == actor.officer;
    if (his) return Nothing{};
    if (has(actor, Right::issue_directive, d.issuer, now))
        return Error{ErrorKind::denied, "directive.issuers_side",
                     "Bên giao chỉ đạo không trả lời thay cơ quan thực hiện. Hãy để cơ quan đó làm.",
                     "Who issued a directive does not answer it. Leave that to the agency it was given to."};
    if (d.officer.empty() || has(actor, Right::issue_directive, d.agency, now)) return Nothing{};
    return Error{ErrorKind::denied, "directive.not_yours", "Chỉ đạo này giao cho người khác. Hãy hỏi lãnh đạo cơ quan.",
                 "The directive was given to somebody else. Ask the head of the agency."};
}

}  // namespace hl::directives
