#include "documents/context.h"

namespace hl::documents {

const directory::Agency* Context::agency(std::string_view organ_id, Date at) const {
    const auto code = AgencyCode::parse(organ_id);
    if (!code.ok()) return nullptr;
    if (code->syntax != AgencyCode::Syntax::right_to_left) return organisation->agency_by_code(organ_id, at);
    // The directory would turn the code round by its syntax; that is a guess. Only the table counts.
    const auto translated = codes->to_new(organ_id, at);
    return translated.ok() ? organisation->agency_by_code(*translated, at) : nullptr;
}

Instant register_by(const Context& ctx, const AgencyId& agency, int priority, Instant arrived) {
    const auto calendar = ctx.calendars->for_agency(agency);
    const auto* known = ctx.profile->priority(priority);
    const auto& rule = ctx.profile->registering;
    // Outside working hours "at once" begins when duty does.
    if (known && known->urgent) return calendar->add(arrived, {rule.at_once_minutes}).at;
    return calendar->end_of_workday(local_date(arrived), rule.latest_working_days).at;
}

}  // namespace hl::documents
