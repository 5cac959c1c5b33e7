#include "dossiers/competence.h"

#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using directory::UnitLevel;

namespace {

/// The first step that is not done at the counter: whoever does it for the place is competent.
const procedures::Step* first_work(const procedures::Flow& flow) {
    for (const auto& stage : flow.stages)
        for (const auto& lane : stage.lanes)
            for (const auto& step : lane.steps)
                if (step.kind != procedures::StepKind::receive && step.kind != procedures::StepKind::return_result)
                    return &step;
    return nullptr;
}

}  // namespace

Result<AgencyId> reception_of(const Context& ctx, const procedures::Release& release, const AgencyId& wanted,
                              const UnitId& place, Date today) {
    const std::string function = receive_step_of(release.flow).function;
    if (!wanted.empty()) {
        const auto* agency = ctx.directory->agency(wanted);
        if (!agency)
            return invalid("filing.reception", "Không có cơ quan tiếp nhận này.", "There is no such reception agency.",
                           "/reception");
        return ctx.directory->holder(wanted, function, place, today);
    }
    if (release.card.level == procedures::Level::province && !release.flow.department.empty()) {
        TRY(const auto live, ctx.directory->holder(AgencyId{release.flow.department}, function, place, today));
        if (auto found = ctx.directory->resolve_in(function, live, today); found.ok()) return found->agency;
        return live;
    }
    TRY(auto found,
        ctx.directory->resolve(
            function, place,
            release.card.level == procedures::Level::commune ? UnitLevel::commune : UnitLevel::province, today));
    return found.agency;
}

Result<AgencyId> competent_agency(const Context& ctx, const procedures::Release& release,
                                  const procedures::Decision& decision, const UnitId& place, Date today) {
    const auto* step = first_work(release.flow);
    const std::string function = decision.competent && !decision.competent->function.empty()
                                     ? decision.competent->function
                                     : (step ? step->function : receive_step_of(release.flow).function);
    Result<AgencyId> found = AgencyId{};
    if (decision.competent && !decision.competent->agency.empty()) {
        found = ctx.directory->holder(AgencyId{decision.competent->agency}, function, place, today);
    } else if (!release.flow.department.empty()) {
        found = ctx.directory->holder(AgencyId{release.flow.department}, function, place, today);
    } else {
        const auto level = release.card.level == procedures::Level::commune ? UnitLevel::commune : UnitLevel::province;
        auto resolved = ctx.directory->resolve(function, place, level, today);
        found = resolved.ok() ? Result<AgencyId>{resolved->agency} : Result<AgencyId>{std::move(resolved).error()};
    }
    if (found.ok()) return found;
    return conflict("dossier.no_competent_agency",
                    "Chưa xác định được cơ quan có thẩm quyền cho hồ sơ này: " + found.error().vi,
                    "No competent agency can be found for this dossier: " + found.error().en, law::transfer);
}

}  // namespace hl::dossiers
