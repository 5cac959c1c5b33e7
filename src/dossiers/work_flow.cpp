// How a dossier walks through its flow: starting a step where the organisation of the moment says it belongs, ending
// it, what follows it, and moving work whose agency has ended.
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using procedures::Step;
using procedures::StepKind;

const Step& receive_step_of(const procedures::Flow& flow) {
    static const Step usual = [] {
        Step s;
        s.id = "tiep-nhan";
        s.name = "Tiếp nhận và chuyển hồ sơ";
        s.kind = StepKind::receive;
        s.function = "mot-cua";
        s.planned_known = false;
        return s;
    }();
    if (!flow.stages.empty() && !flow.stages.front().lanes.empty() &&
        !flow.stages.front().lanes.front().steps.empty()) {
        const auto& first = flow.stages.front().lanes.front().steps.front();
        if (first.kind == StepKind::receive) return first;
    }
    return usual;
}

const Step& return_step_of(const procedures::Flow& flow) {
    static const Step usual = [] {
        Step s;
        s.id = "tra-ket-qua";
        s.name = "Trả kết quả";
        s.kind = StepKind::return_result;
        s.function = "mot-cua";
        s.counted = false;
        return s;
    }();
    for (const auto& stage : flow.stages)
        for (const auto& lane : stage.lanes)
            for (const auto& step : lane.steps)
                if (step.kind == StepKind::return_result) return step;
    return usual;
}

Result<directory::Resolution> Work::resolve(const Step& step) const {
    const Date today = local_date(now_);
    const auto& directory = *ctx_->directory;
    const auto inside = [&](const AgencyId& agency, std::string_view why) -> Result<directory::Resolution> {
        TRY(const auto live, directory.holder(agency, step.function, dossier.area, today));
        auto found = directory.resolve_in(step.function, live, today);
        if (found.ok()) {
            // The agency itself keeps the work even when a body inside or above it has the position.
            directory::Resolution r = std::move(found).value();
            if (!directory.within(r.agency, live, today)) r = {live, std::nullopt, r.rule};
            r.rule = fmt::format("{}: {}", why, r.rule);
            return r;
        }
        return directory::Resolution{
            live, std::nullopt,
            fmt::format("{}; chưa vị trí nào nhận việc «{}», lãnh đạo phân công", why, step.function)};
    };
    if (!step.agency.empty()) return inside(AgencyId{step.agency}, "cơ quan nêu trong quy trình");
    if (step.kind == StepKind::receive && dossier.stage <= 0 && !step.level)
        return inside(dossier.reception, "bộ phận một cửa nhận hồ sơ");
    if (step.kind == StepKind::return_result) return inside(dossier.reception, "bộ phận một cửa nhận hồ sơ");
    if (!step.level) return inside(dossier.agency, "cơ quan đang giữ hồ sơ");
    const auto level =
        *step.level == procedures::Level::commune ? directory::UnitLevel::commune : directory::UnitLevel::province;
    return directory.resolve(step.function, dossier.area, level, today);
}

Result<Task*> Work::start(const Step& step, int stage, const std::string& lane, bool required) {
    TRY(auto where, resolve(step));
    Task t;
    t.number = ++dossier.tasks;
    t.stage = stage;
    t.lane = lane;
    t.step = step.id;
    t.kind = step.kind;
    t.function = step.function;
    t.agency = where.agency;
    t.position = where.position.value_or(PositionId{});
    t.started = now_;
    t.required = required;
    t.silence = step.kind == StepKind::consult ? (step.silence.empty() ? "report" : step.silence) : "";
    if (step.counted && step.planned_known) {
        t.planned = step.planned;
        t.due = calendar(t.agency).add(now_, step.planned).at;
    }
    rules_[t.number] = std::move(where.rule);
    started_.insert(t.number);
    tasks.push_back(std::move(t));
    return &tasks.back();
}

void Work::end(Task& task, TaskState as) {
    task.state = as;
    task.ended = std::max(now_, task.started);
    touched_.insert(task.number);
}

void Work::end_all(TaskState as) {
    for (auto& t : tasks)
        if (t.state == TaskState::open) end(t, as);
}

void Work::move(Task& task, const AgencyId& agency, const PositionId& position, const OfficerId& officer) {
    task.agency = agency;
    task.position = position;
    task.officer = officer;
    touched_.insert(task.number);
}

namespace {

const procedures::Lane* lane_of(const procedures::Flow& flow, int stage, const std::string& id) {
    if (stage < 0 || static_cast<size_t>(stage) >= flow.stages.size()) return nullptr;
    for (const auto& lane : flow.stages[static_cast<size_t>(stage)].lanes)
        if (lane.id == id) return &lane;
    return nullptr;
}

}  // namespace

Result<void> Work::advance(const Task& ended) {
    const Task task = ended;  // starting steps may move the list
    if (task.asked) return Nothing{};
    if (const auto* lane = lane_of(release->flow, task.stage, task.lane)) {
        for (size_t i = 0; i < lane->steps.size(); ++i) {
            if (lane->steps[i].id != task.step || i + 1 >= lane->steps.size()) continue;
            const auto& next = lane->steps[i + 1];
            if (next.kind == StepKind::return_result) return finish();
            TRY(auto* started, start(next, task.stage, task.lane, lane->required));
            if (started->kind == StepKind::pay && next.pauses && !dossier.clock.paused())
                act(ClockAct::pause, PauseReason::payment);
            return Nothing{};
        }
    }
    const bool waiting = has_open([&](const Task& t) { return t.stage == task.stage && (t.required || t.asked); });
    if (waiting) return Nothing{};
    return enter_stage(task.stage + 1);
}

Result<void> Work::enter_stage(int stage) {
    // Optional lanes that nobody finished in time do not hold the dossier up.
    end_all(TaskState::dropped);
    const auto& stages = release->flow.stages;
    if (stage < 0) stage = 0;
    if (static_cast<size_t>(stage) >= stages.size()) return finish();
    dossier.stage = stage;
    bool required = false;
    for (const auto& lane : stages[static_cast<size_t>(stage)].lanes) {
        if (lane.steps.empty()) continue;
        const auto& first = lane.steps.front();
        if (first.kind == StepKind::return_result) return finish();
        TRY(auto* started, start(first, stage, lane.id, lane.required));
        required = required || lane.required;
        if (started->kind == StepKind::pay && first.pauses && !dossier.clock.paused())
            act(ClockAct::pause, PauseReason::payment);
    }
    if (!required) return enter_stage(stage + 1);
    return Nothing{};
}

Result<void> Work::finish() {
    if (dossier.results == 0)
        return conflict(
            "dossier.result_missing", "Chưa có kết quả được ký. Hãy ghi nhận kết quả trước khi kết thúc quy trình.",
            "No result has been signed. Record the result before the flow ends.", "Nghị định 118/2025/NĐ-CP, Điều 22");
    end_all(TaskState::dropped);
    close(State::finished);
    TRY(auto* task, start(return_step_of(release->flow), static_cast<int>(release->flow.stages.size()), "", true));
    (void)task;
    return Nothing{};
}

Result<bool> rehome_work(Work& w) {
    const auto& directory = *w.ctx_->directory;
    const Date today = local_date(w.now_);
    auto& d = w.dossier;
    if (!is_open(d.state)) return false;
    bool moved = false;
    // An agency may have ended, or live on and have lost one function or place: the directory says who holds it.
    const auto follow = [&](AgencyId& id, const std::string& function) -> Result<bool> {
        TRY(auto holder, directory.holder(id, function, d.area, today));
        if (holder == id) return false;
        id = std::move(holder);
        return moved = true;
    };
    const std::string at_counter = receive_step_of(w.release->flow).function;
    const bool before_transfer = d.agency == d.reception && (d.state == State::filed || d.state == State::received);
    // After the transfer the agency's work is that of its own open step.
    std::string function = at_counter;
    for (const auto& t : w.tasks)
        if (t.state == TaskState::open && !t.asked && t.agency == d.agency) {
            function = t.function;
            break;
        }
    TRY_VOID(follow(d.reception, at_counter));
    if (before_transfer)
        d.agency = d.reception;
    else
        TRY_VOID(follow(d.agency, function));
    TRY_VOID(follow(d.lead, function));
    for (auto& t : w.tasks) {
        if (t.state != TaskState::open) continue;
        AgencyId holder = t.agency;
        TRY(const bool elsewhere, follow(holder, t.function));
        if (!elsewhere) continue;
        const auto position = directory.resolve_in(t.function, holder, today);
        const bool inside = position.ok() && directory.within(position->agency, holder, today);
        // The officer keeps the task when he moved to the successor with it.
        OfficerId officer;
        if (const auto* person = t.officer.empty() ? nullptr : directory.officer(t.officer))
            for (const auto& held : person->holdings) {
                const auto* p = directory.position(held.position);
                if (p && held.valid.covers(today) && directory.within(p->agency, holder, today)) officer = t.officer;
            }
        w.move(t, inside ? position->agency : holder, inside && position->position ? *position->position : PositionId{},
               officer);
    }
    return moved;
}

}  // namespace hl::dossiers
