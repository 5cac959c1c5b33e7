#include "access/accounts.h"
#include "base/text.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using access::Right;
using procedures::StepKind;

namespace {

/// Does the officer hold a position in the agency today, or has his account a role there: it may come before his
/// papers do. Those whom the list of officers offers (desk_routes.cpp), and nobody else.
bool works_at(store::Reader& reader, const directory::Directory& directory, const OfficerId& officer,
              const AgencyId& agency, Date today) {
    const auto* person = directory.officer(officer);
    if (!person) return false;
    const bool placed = std::any_of(person->holdings.begin(), person->holdings.end(), [&](const auto& held) {
        const auto* position = directory.position(held.position);
        return position && held.valid.covers(today) &&
               (directory.within(position->agency, agency, today) || directory.within(agency, position->agency, today));
    });
    return placed || std::ranges::any_of(access::officers_at(reader, agency, today),
                                         [&](const auto& account) { return account.officer == officer; });
}

}  // namespace

Result<Dossier> claim(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                      std::optional<int> number, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::claim, now));
    if (actor.officer.empty())
        return refusal(ErrorKind::denied, "task.no_officer",
                       "Chỉ cán bộ mới nhận việc được. Tài khoản này không gắn với cán bộ nào.",
                       "Only an officer can take a task; this account belongs to none.");
    TRY(auto* task, w.task(number));
    TRY_VOID(w.require_task(*task));
    if (task->officer == actor.officer)
        return conflict("task.yours", "Bạn đã nhận việc này rồi.", "You have taken this task already.");
    w.move(*task, task->agency, task->position, actor.officer);
    events::Claimed event;
    event.task = task->number;
    return w.save(std::move(event));
}

Result<Dossier> reassign(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                         std::optional<int> number, const OfficerId& officer, const std::string& reason, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::reassign, now));
    Task* task = nullptr;
    if (number) {
        TRY(task, w.task(number));
    } else {
        for (auto& t : w.tasks) {
            if (t.state != TaskState::open) continue;
            if (task)
                return invalid("task.which", "Hồ sơ có nhiều việc đang mở. Hãy nêu số của việc (task).",
                               "The dossier has several open tasks. Name one (task).", "/task");
            task = &t;
        }
        if (!task)
            return refusal(ErrorKind::not_found, "task.not_found", "Hồ sơ không có việc nào đang mở.",
                           "The dossier has no open task.");
    }
    TRY_VOID(w.require({Right::reassign_dossier}, task->agency));
    if (!ctx.directory->officer(officer))
        return invalid("task.officer_unknown", "Không có cán bộ này trong danh bạ.",
                       "The directory does not know this officer.", "/officer");
    if (!works_at(tx, *ctx.directory, officer, task->agency, local_date(now)))
        return invalid("task.officer_elsewhere", "Cán bộ này hiện không giữ vị trí nào ở cơ quan. Hãy chọn người khác.",
                       "This officer holds no position in the agency today. Choose another.", "/officer");
    if (task->officer == officer)
        return conflict("task.yours", "Cán bộ này đang giữ việc đó rồi.", "This officer holds the task already.");
    events::Reassigned event;
    event.task = task->number;
    if (auto why = text::normalise(reason); !why.empty())
        event.note = w.note(NoteKind::reassign, task->number, {{"reason", why}});
    w.move(*task, task->agency, task->position, officer);
    return w.save(std::move(event));
}

namespace {

/// Steps that have a command of their own are not ended by the general one.
Result<void> check_completion(Work& w, const Task& task) {
    if (task.kind == StepKind::return_result)
        return conflict("step.use_deliver", "Đây là bước trả kết quả. Hãy dùng lệnh trả kết quả.",
                        "This is the return step: use the deliver command.", law::return_of_result);
    if (task.kind == StepKind::consult)
        return conflict("step.use_opinion", "Đây là bước lấy ý kiến. Hãy trả lời bằng lệnh cho ý kiến.",
                        "This is a consultation: answer it with the opinion command.", law::resolution);
    if (task.kind == StepKind::sign && w.dossier.results == 0)
        return conflict("step.use_result", "Bước ký phải kèm kết quả. Hãy dùng lệnh ghi nhận kết quả.",
                        "Signing needs the result: use the result command.", law::return_of_result);
    if (task.kind == StepKind::pay && w.dossier.unpaid > 0)
        return conflict(
            "step.charges_unpaid",
            fmt::format("Còn {} đồng chưa nộp. Hãy ghi nhận thanh toán trước.", text::group_digits(w.dossier.unpaid)),
            fmt::format("{} đồng are still unpaid. Record the payment first.", w.dossier.unpaid), law::fees);
    if (w.dossier.state == State::awaiting_payment && task.kind != StepKind::pay)
        return conflict("dossier.wrong_state",
                        "Hồ sơ đang chờ thực hiện nghĩa vụ tài chính. Hãy ghi nhận thanh toán trước.",
                        "The dossier waits for a financial duty. Record the payment first.", law::fees);
    const bool waiting = w.has_open([&](const Task& t) {
        return t.asked && t.lane == task.lane && t.stage == task.stage && t.due && w.now() <= *t.due;
    });
    if (waiting)
        return conflict("step.opinion_open",
                        "Cơ quan được lấy ý kiến còn trong thời hạn trả lời. Hãy chờ ý kiến hoặc chờ hết hạn.",
                        "A consulted body is still within its deadline. Wait for its opinion or for the deadline.",
                        law::resolution);
    return Nothing{};
}

}  // namespace

Result<Dossier> complete(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                         const Completion& completion, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::complete, now));
    TRY(auto* found, w.task(completion.task));
    TRY_VOID(w.require_task(*found));
    TRY_VOID(check_completion(w, *found));
    const Task task = *found;
    // A consultation that let its deadline pass no longer holds the step up.
    for (auto& t : w.tasks)
        if (t.state == TaskState::open && t.asked && t.lane == task.lane && t.stage == task.stage)
            w.end(t, TaskState::silent);
    w.end(*found, TaskState::done);
    events::StepCompleted event;
    event.task = task.number;
    event.step = task.step;
    if (auto what = text::normalise(completion.note); !what.empty())
        event.note = w.note(NoteKind::step, task.number, {{"text", what}});
    if (task.kind == StepKind::pay && w.dossier.clock.paused()) w.resume(false);
    TRY_VOID(w.advance(task));
    if (!completion.assignee.empty()) {
        auto& last = w.tasks.back();
        if (last.state != TaskState::open || last.number <= task.number)
            return invalid("task.not_found", "Không có bước tiếp theo để giao.",
                           "There is no following step to assign.", "/assignee");
        if (!works_at(tx, *ctx.directory, completion.assignee, last.agency, local_date(now)))
            return invalid("task.officer_elsewhere",
                           "Cán bộ này hiện không giữ vị trí nào ở cơ quan. Hãy chọn người khác.",
                           "This officer holds no position in the agency today. Choose another.", "/assignee");
        last.officer = completion.assignee;
    }
    w.settle();
    return w.save(std::move(event));
}

namespace {

struct Place {
    int stage = 0;
    const procedures::Lane* lane = nullptr;
    const procedures::Step* step = nullptr;
};

bool can_be_redone(const procedures::Step& step) {
    return step.kind != StepKind::receive && step.kind != StepKind::return_result && step.kind != StepKind::consult;
}

/// The named earlier step, or the one before: in the lane, else the end of the stage before when that has one lane.
Result<Place> earlier_step(const procedures::Flow& flow, const Task& task, const std::string& wanted) {
    std::vector<Place> before;
    bool several = false;
    for (int s = 0; s <= task.stage && static_cast<size_t>(s) < flow.stages.size(); ++s) {
        const auto& stage = flow.stages[static_cast<size_t>(s)];
        for (const auto& lane : stage.lanes) {
            if (s == task.stage && lane.id != task.lane) continue;
            for (const auto& step : lane.steps) {
                if (s == task.stage && step.id == task.step) break;
                if (!can_be_redone(step)) continue;
                if (!wanted.empty() && step.id == wanted) return Place{s, &lane, &step};
                if (!before.empty() && before.back().stage == s && before.back().lane != &lane)
                    several = true;
                else if (before.empty() || before.back().stage != s)
                    several = false;
                before.push_back({s, &lane, &step});
            }
        }
    }
    if (!wanted.empty() || before.empty())
        return invalid("step.no_previous",
                       "Không có bước trước phù hợp để trả lại. Hãy chọn một bước đã qua của quy trình.",
                       "There is no such earlier step to send back to. Choose a step already passed.", "/to_step",
                       law::resolution);
    if (several && before.back().stage != task.stage)
        return invalid("step.which_previous", "Chặng trước có nhiều nhánh. Hãy nêu bước cần trả lại (to_step).",
                       "The stage before has several lanes. Name the step (to_step).", "/to_step", law::resolution);
    return before.back();
}

}  // namespace

Result<Dossier> return_step(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                            const Target& target, const SendBack& back, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::return_step, now));
    TRY(auto* found, w.task(back.task));
    TRY_VOID(w.require_task(*found));
    const auto reason = text::normalise(back.reason);
    if (reason.empty())
        return invalid("step.reason_required", "Hãy ghi lý do trả lại để người xử lý trước biết phải làm gì.",
                       "State the reason so that the one before knows what to do.", "/reason", law::resolution);
    if (found->asked)
        return invalid("step.no_previous", "Việc lấy ý kiến không trả lại bước trước được. Hãy trả lời ý kiến.",
                       "A consultation cannot be sent back. Answer it.", "/task", law::resolution);
    TRY(const auto place, earlier_step(w.release->flow, *found, back.to_step));
    const Task task = *found;
    w.end(*found, TaskState::sent_back);
    if (place.stage != task.stage) {
        w.end_all(TaskState::dropped);
        w.dossier.stage = place.stage;
    }
    TRY(auto* again, w.start(*place.step, place.stage, place.lane->id, place.lane->required));
    // To whoever did it last, when that work still lies with the same agency.
    const auto officer = storage::last_officer(tx, w.dossier.key, again->step, again->agency);
    if (!officer.empty() && works_at(tx, *ctx.directory, officer, again->agency, local_date(now)))
        again->officer = officer;
    events::StepReturned event;
    event.task = task.number;
    event.step = task.step;
    event.to_step = again->step;
    event.note = w.note(NoteKind::sent_back, task.number, {{"reason", reason}});
    w.settle();
    return w.save(std::move(event));
}

}  // namespace hl::dossiers
