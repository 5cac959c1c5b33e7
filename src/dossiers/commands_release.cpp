// A dossier keeps the release of its procedure that was valid when it was received; only a signed transitional rule
// moves it to another.
#include "dossiers/refusals.h"
#include "dossiers/work.h"
#include "procedures/publish.h"

namespace hl::dossiers {

using access::Right;

namespace {

/// Where an open task would go on under the other flow: the same step, of the same kind, in the same place.
Result<void> fits(const procedures::Flow& flow, const Task& task) {
    const auto* step = flow.step(task.step);
    const bool kind = step && step->kind == task.kind;
    bool place = false;
    if (kind && task.stage >= 0 && task.stage < std::ssize(flow.stages)) {
        for (const auto& lane : flow.stages[static_cast<size_t>(task.stage)].lanes)
            if (lane.id == task.lane)
                place = std::any_of(lane.steps.begin(), lane.steps.end(), [&](auto& s) { return s.id == task.step; });
    }
    if (place) return Nothing{};
    return conflict(
        "release.step_missing",
        fmt::format("Quy trình mới không có bước «{}» ở cùng vị trí. Hãy hoàn thành bước này trước.", task.step),
        fmt::format("The new flow does not have the step '{}' in the same place. End it first.", task.step));
}

}  // namespace

Result<Dossier> move_release(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                             const Target& target, const ReleaseId& to, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::move_release, now));
    Dossier& d = w.dossier;
    TRY_VOID(w.require({Right::reassign_dossier, Right::manage_procedures}, d.lead));
    TRY(auto next, ctx.catalogue->release(to));
    if (next->procedure != d.procedure || to == d.release)
        return invalid("release.other", "Chỉ chuyển được sang bản khác của chính thủ tục này.",
                       "A dossier moves only to another release of its own procedure.", "/release");
    const auto rule = procedures::find_transition(tx, d.release, to, now);
    if (!rule)
        return conflict(
            "release.no_rule",
            "Chưa có quy định chuyển tiếp giữa hai bản thủ tục này, hoặc quy định chưa có hiệu lực. Hồ sơ giữ "
            "bản đã ghim khi tiếp nhận.",
            "No transitional rule leads from the dossier's release to this one yet. The dossier keeps the "
            "release it was received under.");
    for (const auto& task : w.tasks)
        if (task.state == TaskState::open) TRY_VOID(fits(next->flow, task));
    events::ReleaseMoved event;
    event.from_release = d.release;
    event.to_release = to;
    event.rule = rule->id;
    // The promise that was given at reception stands: a transitional rule changes how work goes on, not what was said.
    d.release = to;
    w.release = std::move(next);
    return w.save(std::move(event));
}

}  // namespace hl::dossiers
