#include "base/text.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using access::Right;
using procedures::StepKind;

Result<Dossier> consult(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                        const Consultation& consultation, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::consult, now));
    TRY_VOID(w.require({Right::handle_dossier, Right::approve_dossier}, w.dossier.agency));
    const auto question = text::normalise(consultation.question);
    if (question.empty())
        return invalid("consult.question_required", "Hãy ghi nội dung cần lấy ý kiến.",
                       "State what the opinion is asked on.", "/question", law::resolution);
    if (consultation.within.count <= 0 || consultation.within > directory::work_days(60))
        return invalid("consult.deadline", "Thời hạn lấy ý kiến phải từ 1 phút đến 60 ngày làm việc.",
                       "The deadline must lie between one minute and sixty working days.", "/hours", law::resolution);
    const auto* agency = ctx.directory->agency(consultation.agency);
    if (!agency || !agency->at(local_date(now)))
        return invalid("consult.agency",
                       "Không có cơ quan này, hoặc cơ quan đã ngừng hoạt động. Hãy chọn cơ quan khác.",
                       "There is no such agency today. Choose another.", "/agency", law::resolution);
    // It stands beside a step: that step is not completed while the body is within its deadline.
    const Task* beside = nullptr;
    for (const auto& t : w.tasks) {
        if (t.state != TaskState::open || t.asked || t.kind == StepKind::consult) continue;
        if (consultation.task ? t.number == *consultation.task : beside == nullptr) beside = &t;
    }
    const int stage = beside ? beside->stage : w.dossier.stage;
    const std::string lane = beside ? beside->lane : "";
    procedures::Step step;
    step.id = "lay-y-kien";
    step.name = "Lấy ý kiến";
    step.kind = StepKind::consult;
    step.function = "tra-loi-y-kien";
    step.agency = consultation.agency.value;
    step.planned = consultation.within;
    step.silence = consultation.silence == "agree" ? "agree" : "report";
    TRY(auto* task, w.start(step, stage, lane, false));
    task->asked = true;
    events::Consulted event;
    event.task = task->number;
    event.note = w.note(NoteKind::question, task->number, {{"question", question}});
    w.settle();
    return w.save(std::move(event));
}

Result<Dossier> give_opinion(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                             const Target& target, const Opinion& opinion, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::opinion, now));
    Task* task = nullptr;
    for (auto& t : w.tasks) {
        if (t.state != TaskState::open || t.kind != StepKind::consult) continue;
        if (opinion.task ? t.number == *opinion.task : !task && w.require_task(t).ok()) task = &t;
    }
    if (!task)
        return refusal(ErrorKind::not_found, "task.not_found",
                       "Hồ sơ không có việc lấy ý kiến nào đang mở cho cơ quan bạn.",
                       "The dossier has no open consultation for your agency.", law::resolution, "/task");
    TRY_VOID(w.require_task(*task));
    if (opinion.answer != "agree" && opinion.answer != "disagree" && opinion.answer != "other")
        return invalid("opinion.answer", "Ý kiến phải là agree, disagree hoặc other.",
                       "The answer must be agree, disagree or other.", "/answer", law::resolution);
    const auto text = text::normalise(opinion.text);
    if (text.empty() && opinion.answer != "agree")
        return invalid("opinion.text_required", "Ý kiến không đồng ý hoặc ý kiến khác phải nêu nội dung.",
                       "An answer other than agreement must say what it is.", "/text", law::resolution);
    events::OpinionGiven event;
    event.task = task->number;
    event.answer = opinion.answer;
    event.note = w.note(NoteKind::opinion, task->number, {{"answer", opinion.answer}, {"text", text}});
    const Task ended = *task;
    w.end(*task, TaskState::done);
    // Waiting for the applicant does not stop the body's answer from being kept; the flow goes on when he has answered.
    TRY_VOID(w.advance(ended));
    w.settle();
    return w.save(std::move(event));
}

Result<Dossier> report_silence(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                               const Target& target, int number, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::report_silence, now));
    TRY(auto* task, w.task(number));
    TRY_VOID(w.require({Right::handle_dossier, Right::approve_dossier, Right::receive_dossier}, w.dossier.agency));
    if (task->kind != StepKind::consult || !task->due || now <= *task->due || w.dossier.clock.paused())
        return conflict("silence.not_due",
                        task->due
                            ? fmt::format("Cơ quan được lấy ý kiến còn thời hạn đến {}.", to_vietnamese(*task->due))
                            : std::string{"Việc này không phải lấy ý kiến có thời hạn."},
                        "The consulted body's deadline has not passed.", law::resolution);
    if (task->reported)
        return conflict("silence.reported", "Việc không trả lời này đã được báo cáo.",
                        "This silence was reported already.", law::resolution);
    events::SilenceReported event;
    event.task = task->number;
    event.silent = task->agency;
    event.told = w.dossier.reception;
    if (task->silence == "agree") {
        const Task ended = *task;
        w.end(*task, TaskState::silent);
        TRY_VOID(w.advance(ended));
    } else {
        task->reported = true;
        w.move(*task, task->agency, task->position, task->officer);
    }
    w.settle();
    return w.save(std::move(event));
}

namespace {
static_assert(static_cast<int>(StepKind::consult) == 3, "the number stands in this statement and in its index");
// Overdue consultations of open dossiers; flag 4 = already reported (storage.cpp).
constexpr std::string_view silent_tasks =
    "SELECT d.code, t.number FROM dossier_task t JOIN dossier d ON d.key = t.dossier WHERE t.ended IS NULL AND "
    "t.kind = 3 AND t.due < ? AND (t.flags / 4) % 2 = 0 AND d.state IN (3, 4, 5) "
    "ORDER BY t.due LIMIT ?";
}  // namespace

Result<int> report_silences(store::Transaction& tx, const Context& ctx, const access::Actor& actor, int limit,
                            Instant now) {
    struct Silent {
        DossierCode code;
        int task;
    };
    const auto found = tx.all(silent_tasks, {now, limit}, [](const store::Row& row) {
        return Silent{row.id<DossierCode>(0), static_cast<int>(row.integer(1))};
    });
    int reported = 0;
    for (const auto& s : found)
        if (report_silence(tx, ctx, actor, {s.code}, s.task, now).ok()) ++reported;
    return reported;
}

}  // namespace hl::dossiers
