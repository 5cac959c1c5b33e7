#include "dossiers/trial.h"

#include "dossiers/competence.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"
#include "procedures/artefacts.h"

namespace hl::dossiers {

using directory::Directory;
using directory::Resolution;
using procedures::Step;
using procedures::StepKind;

namespace {

/// A flow that is this long is a mistake; a supplement makes one more round of a step.
constexpr size_t most_steps = 500;

class Run {
  public:
    Run(const Context& ctx, const TrialRequest& request) : ctx_(ctx), in_(request), flow_(request.release->flow) {}

    Result<Trial> run() {
        const Date day = local_date(in_.start);
        out_.problems = procedures::check_answers(*in_.release, in_.answers.fields, day);
        TRY(out_.decision, procedures::decide(*in_.release, in_.answers));
        TRY(out_.reception, reception_of(ctx_, *in_.release, in_.reception, in_.answers.place, day));
        TRY(out_.agency, competent_agency(ctx_, *in_.release, out_.decision, in_.answers.place, day));
        calendar_ = ctx_.calendars->for_agency(out_.agency);
        if (!calendar_)
            return Error{ErrorKind::conflict, "calendar.unknown", "Chưa có lịch làm việc. Hãy nạp gói dữ liệu tỉnh.",
                         "There is no working calendar yet. Apply a pack."};
        out_.calendar = calendar_->label();
        const auto& rules = in_.release->clock;
        const auto* channel = in_.release->card.channel(in_.answers.channel);
        out_.limit = out_.decision.time ? out_.decision.time : (channel ? channel->time : std::nullopt);
        tape_.limit = out_.limit;
        tape_.acts.push_back({in_.start, ClockAct::start});
        out_.counted_from = counting_from(in_.start, rules, *calendar_);
        out_.transfer_due = transfer_due(in_.start, rules, *calendar_);
        until_ = out_.supplement_until = supplement_until(in_.start, rules, *calendar_);
        if (out_.limit) out_.promised = deadline(in_.start, *out_.limit, rules, *calendar_);
        Instant at = in_.start;
        for (size_t i = 0; i < flow_.stages.size(); ++i) {
            TRY(at, stage(static_cast<int>(i), at));
        }
        tape_.acts.push_back({at, ClockAct::stop});
        out_.finished = at;
        TRY_VOID(start(return_step_of(flow_), static_cast<int>(flow_.stages.size()), "", at, 1));
        out_.steps.back().ended = at;
        out_.steps.back().due.reset();  // the applicant comes when he comes
        out_.promise = promise_clock(tape_, rules, *calendar_, at);
        out_.index = index_clock(tape_, rules, *calendar_, at);
        out_.promise_verdict = judge_promise(out_.promise.due, at);
        out_.index_verdict = judge_index(tape_, rules, *calendar_, at);
        std::ranges::stable_sort(out_.steps, {}, &TrialStep::started);
        return std::move(out_);
    }

  private:
    struct Active {
        const procedures::Lane* lane;
        size_t position;
        size_t row;  // in out_.steps
        bool answered = false;
    };

    const TrialOutcome& outcome(const std::string& step) const {
        static const TrialOutcome usual;
        const auto it = in_.outcomes.find(step);
        return it == in_.outcomes.end() ? usual : it->second;
    }

    /// As Work::resolve does for a dossier.
    Result<Resolution> resolve(const Step& step, int stage, Date day) const {
        const auto& directory = *ctx_.directory;
        const auto inside = [&](const AgencyId& agency, std::string_view why) -> Result<Resolution> {
            TRY(const auto live, directory.holder(agency, step.function, in_.answers.place, day));
            if (auto found = directory.resolve_in(step.function, live, day); found.ok()) {
                Resolution r = std::move(found).value();
                if (!directory.within(r.agency, live, day)) r = {live, std::nullopt, r.rule};
                r.rule = fmt::format("{}: {}", why, r.rule);
                return r;
            }
            return Resolution{
                live, std::nullopt,
                fmt::format("{}; chưa vị trí nào nhận việc «{}», lãnh đạo phân công", why, step.function)};
        };
        if (!step.agency.empty()) return inside(AgencyId{step.agency}, "cơ quan nêu trong quy trình");
        if (step.kind == StepKind::receive && stage <= 0 && !step.level)
            return inside(out_.reception, "bộ phận một cửa nhận hồ sơ");
        if (step.kind == StepKind::return_result) return inside(out_.reception, "bộ phận một cửa nhận hồ sơ");
        if (!step.level) return inside(out_.agency, "cơ quan đang giữ hồ sơ");
        const auto level =
            *step.level == procedures::Level::commune ? directory::UnitLevel::commune : directory::UnitLevel::province;
        return directory.resolve(step.function, in_.answers.place, level, day);
    }

    Result<size_t> start(const Step& step, int stage, const std::string& lane, Instant at, int round) {
        if (out_.steps.size() >= most_steps)
            return conflict("trial.long", "Quy trình quá dài để chạy thử.", "The flow is too long for a trial.");
        TrialStep row;
        row.step = step;
        row.stage = stage;
        row.lane = lane;
        row.round = round;
        TRY(row.who, resolve(step, stage, local_date(at)));
        row.started = at;
        const auto& chosen = outcome(step.id);
        const auto planned = step.counted && step.planned_known ? step.planned : WorkMinutes{};
        if (step.counted && step.planned_known) row.due = calendar_->add(at, planned).at;
        // What was received is handed over the same day (Decree 118/2025/NĐ-CP, Article 18), as receive() sets it.
        if (step.kind == StepKind::receive && stage <= 0) row.due = out_.transfer_due;
        const auto took = chosen.took.value_or(planned);
        row.ended = took.count > 0 ? calendar_->add(at, took).at : at;
        out_.steps.push_back(std::move(row));
        return out_.steps.size() - 1;
    }

    /// Everything that is under way waits, and goes on with the working time it still had.
    void wait(std::vector<Active>& active, size_t except, Instant from, Instant to) {
        const auto later = [&](Instant t) { return calendar_->add(to, calendar_->between(from, t).elapsed).at; };
        for (auto& a : active) {
            auto& row = out_.steps[a.row];
            if (a.row == except || row.ended <= from) continue;
            row.ended = later(row.ended);
            if (row.due) row.due = calendar_->add(*row.due, calendar_->between(from, to).elapsed).at;
        }
    }

    Result<Instant> stage(int number, Instant at) {
        std::vector<Active> active;
        for (const auto& lane : flow_.stages[static_cast<size_t>(number)].lanes) {
            if (lane.steps.empty() || lane.steps.front().kind == StepKind::return_result) continue;
            TRY(const auto row, start(lane.steps.front(), number, lane.id, at, 1));
            active.push_back({&lane, 0, row});
            TRY_VOID(pays(active, active.size() - 1));
        }
        Instant end = at;
        while (!active.empty()) {
            const auto next = std::ranges::min_element(active, {}, [&](const Active& a) {
                return std::pair{out_.steps[a.row].ended, a.row};
            });
            auto a = *next;
            const Instant done = out_.steps[a.row].ended;
            const Step step = out_.steps[a.row].step;
            if (const auto& chosen = outcome(step.id); chosen.supplement && !a.answered) {
                TRY_VOID(supplement(active, *next, step, *chosen.supplement));
                continue;
            }
            finish_late(a.row);
            if (a.lane->required) end = std::max(end, done);
            active.erase(next);
            const bool more =
                a.position + 1 < a.lane->steps.size() && a.lane->steps[a.position + 1].kind != StepKind::return_result;
            if (!more) continue;
            ++a.position;
            TRY(a.row, start(a.lane->steps[a.position], number, a.lane->id, done, 1));
            a.answered = false;
            active.push_back(a);
            TRY_VOID(pays(active, active.size() - 1));
        }
        return end;
    }

    void finish_late(size_t row) {
        auto& s = out_.steps[row];
        s.late = s.due && s.ended > *s.due;
    }

    Result<void> supplement(std::vector<Active>& active, Active& asking, const Step& step, WorkMinutes answered) {
        const Instant from = out_.steps[asking.row].ended;
        const Instant to = calendar_->add(from, answered).at;
        ++requests_;
        if (until_ && from > until_->at)
            out_.problems.push_back(invalid(
                "supplement.too_late",
                fmt::format("Bước «{}»: hết thời hạn được yêu cầu bổ sung ({}).", step.name, to_vietnamese(until_->at)),
                fmt::format("Step '{}': a supplement could be asked for until {}.", step.id,
                            to_rfc3339_local(until_->at)),
                "/outcomes/" + step.id, law::resolution));
        if (requests_ > in_.release->clock.supplement_max)
            out_.problems.push_back(
                invalid("supplement.too_many",
                        fmt::format("Bước «{}»: yêu cầu bổ sung lần thứ {}, quá số lần cho phép ({}).", step.name,
                                    requests_, in_.release->clock.supplement_max),
                        fmt::format("Step '{}': supplement request number {} where {} is allowed.", step.id, requests_,
                                    in_.release->clock.supplement_max),
                        "/outcomes/" + step.id, law::resolution));
        finish_late(asking.row);
        out_.waits.push_back({step.id, PauseReason::supplement, from, to});
        tape_.acts.push_back({from, ClockAct::pause, PauseReason::supplement});
        // The promise starts again when the dossier is complete (Decree 61/2018/NĐ-CP, Article 19), and so do the days
        // in which a supplement may be asked for.
        tape_.acts.push_back({to, ClockAct::restart, PauseReason::none});
        until_ = supplement_until(to, in_.release->clock, *calendar_);
        wait(active, asking.row, from, to);
        const auto row = out_.steps[asking.row];
        TRY(const auto again, start(step, row.stage, row.lane, to, row.round + 1));
        // The same task goes on: its time is moved by the working time waited, it does not begin anew.
        if (row.due) out_.steps[again].due = calendar_->add(*row.due, calendar_->between(from, to).elapsed).at;
        asking.row = again;
        asking.answered = true;
        return Nothing{};
    }

    /// A financial duty stops the clocks until it is paid.
    Result<void> pays(std::vector<Active>& active, size_t index) {
        const auto row = active[index].row;
        auto& s = out_.steps[row];
        if (s.step.kind != StepKind::pay || !s.step.pauses) return Nothing{};
        s.due.reset();
        if (s.ended <= s.started)
            s.ended = calendar_->add(s.started, outcome(s.step.id).took.value_or(WorkMinutes{480})).at;
        out_.waits.push_back({s.step.id, PauseReason::payment, s.started, s.ended});
        tape_.acts.push_back({s.started, ClockAct::pause, PauseReason::payment});
        tape_.acts.push_back({s.ended, ClockAct::resume, PauseReason::none});
        wait(active, row, s.started, s.ended);
        return Nothing{};
    }

    const Context& ctx_;
    const TrialRequest& in_;
    const procedures::Flow& flow_;
    std::shared_ptr<const Calendar> calendar_;
    ClockTape tape_;
    int requests_ = 0;
    std::optional<directory::Due> until_;  // to ask for a supplement, since the promise last started
    Trial out_;
};

json::value instant(const std::optional<Instant>& t) {
    return t ? json::value_from(to_rfc3339_local(*t)) : json::value{};
}
json::value or_null(const std::string& s) {
    return s.empty() ? json::value{} : json::value_from(s);
}
json::object reading(const ClockReading& r) {
    json::array arithmetic;
    for (const auto& line : r.arithmetic) arithmetic.emplace_back(line);
    return {{"state", to_string(r.state)},
            {"reason", r.reason == PauseReason::none ? json::value() : json::value(to_string(r.reason))},
            {"elapsed_minutes", r.elapsed.count},
            {"remaining_minutes", r.remaining ? json::value(r.remaining->count) : json::value()},
            {"due", instant(r.due)},
            {"provisional", r.provisional},
            {"calendar", r.calendar},
            {"arithmetic", std::move(arithmetic)}};
}
json::object judgement(const Judgement& j) {
    return {{"verdict", to_string(j.verdict)}, {"why", j.why}};
}
json::object due_view(const directory::Due& due) {
    return {{"at", to_rfc3339_local(due.at)},
            {"provisional", due.provisional},
            {"words", json::object{{"vi", deadline_in_words(due.at)}, {"en", deadline_in_english(due.at)}}}};
}

}  // namespace

Result<Trial> run_trial(const Context& ctx, const TrialRequest& request) {
    return Run(ctx, request).run();
}

std::string deadline_in_words(Instant due) {
    static constexpr std::array days{"Chủ Nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"};
    const auto t = to_local(due);
    const auto weekday = std::chrono::weekday{std::chrono::sys_days{t.date}}.c_encoding();
    return fmt::format("trước {} giờ {:02} {}, ngày {}", t.minute_of_day / 60, t.minute_of_day % 60, days[weekday],
                       to_vietnamese(t.date));
}
std::string deadline_in_english(Instant due) {
    static constexpr std::array days{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    const auto t = to_local(due);
    const auto weekday = std::chrono::weekday{std::chrono::sys_days{t.date}}.c_encoding();
    return fmt::format("before {:02}:{:02} on {}, {}", t.minute_of_day / 60, t.minute_of_day % 60, days[weekday],
                       to_vietnamese(t.date));
}

json::object view(const Trial& t, const TrialRequest& request, const Directory& directory) {
    const auto agency_name = [&](const AgencyId& id, Instant at) {
        const auto* agency = directory.agency(id);
        if (!agency) return id.value;
        const auto* version = agency->at(local_date(at));
        return version ? version->name : agency->versions.back().name;
    };
    json::array steps, waits, problems, components;
    for (const auto& s : t.steps) {
        const auto* position = s.who.position ? directory.position(*s.who.position) : nullptr;
        steps.push_back(
            json::object{{"step", s.step.id},
                         {"name", s.step.name},
                         {"kind", procedures::to_string(s.step.kind)},
                         {"stage", s.stage},
                         {"lane", or_null(s.lane)},
                         {"round", s.round},
                         {"agency", s.who.agency.value},
                         {"agency_name", agency_name(s.who.agency, s.started)},
                         {"position", position ? json::value_from(position->title) : json::value{}},
                         {"rule", s.who.rule},
                         {"planned_minutes",
                          s.step.counted && s.step.planned_known ? json::value(s.step.planned.count) : json::value{}},
                         {"started", to_rfc3339_local(s.started)},
                         {"due", instant(s.due)},
                         {"ended", to_rfc3339_local(s.ended)},
                         {"late", s.late}});
    }
    for (const auto& w : t.waits)
        waits.push_back(json::object{{"step", w.step},
                                     {"reason", to_string(w.reason)},
                                     {"from", to_rfc3339_local(w.from)},
                                     {"to", to_rfc3339_local(w.to)}});
    for (const auto& p : t.problems)
        problems.push_back(json::object{{"code", p.code}, {"pointer", or_null(p.at)}, {"vi", p.vi}, {"en", p.en}});
    for (const auto& c : t.decision.components)
        components.push_back(json::object{{"id", c.id}, {"name", c.name}, {"required", c.required}});
    json::value charges;
    if (t.decision.charges) {
        json::array list;
        for (const auto& c : *t.decision.charges)
            list.push_back(json::object{
                {"id", c.id}, {"name", c.name}, {"amount", c.amount ? json::value(*c.amount) : json::value{}}});
        charges = std::move(list);
    }
    return {{"procedure", request.release->procedure.value},
            {"release", or_null(request.release->id.value)},
            {"received", to_rfc3339_local(request.start)},
            {"counted_from", to_rfc3339_local(t.counted_from)},
            {"transfer_due", to_rfc3339_local(t.transfer_due)},
            {"supplement_until",
             t.supplement_until ? json::value(to_rfc3339_local(t.supplement_until->at)) : json::value{}},
            {"limit", t.limit ? json::value(procedures::to_json(*t.limit)) : json::value{}},
            {"limit_words", t.limit ? json::value_from(procedures::in_words(*t.limit)) : json::value{}},
            {"promised", t.promised ? json::value(due_view(*t.promised)) : json::value{}},
            {"calendar", t.calendar},
            {"reception", agency_name(t.reception, request.start)},
            {"agency", agency_name(t.agency, request.start)},
            {"components", std::move(components)},
            {"charges", std::move(charges)},
            {"steps", std::move(steps)},
            {"waits", std::move(waits)},
            {"finished", to_rfc3339_local(t.finished)},
            {"promise", reading(t.promise)},
            {"index", reading(t.index)},
            {"promise_verdict", judgement(t.promise_verdict)},
            {"index_verdict", judgement(t.index_verdict)},
            {"problems", std::move(problems)}};
}

}  // namespace hl::dossiers
