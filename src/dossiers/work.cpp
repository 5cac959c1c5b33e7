#include "dossiers/work.h"

#include "dossiers/refusals.h"

namespace hl::dossiers {

using access::Right;
using procedures::Step;
using procedures::StepKind;

Result<Work> Work::open(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                        Command command, Instant now) {
    Work w;
    w.tx_ = &tx;
    w.ctx_ = &ctx;
    w.actor_ = &actor;
    w.now_ = now;
    TRY(w.dossier, storage::find(tx, target.code.value));
    if (target.version && *target.version != w.dossier.version)
        return refusal(ErrorKind::precondition, "dossier.changed",
                       "Hồ sơ đã được người khác thay đổi sau khi bạn mở. Hãy tải lại rồi thực hiện lại.",
                       "Somebody changed the dossier after you opened it. Load it again and repeat.");
    TRY_VOID(allow(w.dossier.state, command));
    TRY(w.release, ctx.catalogue->release(w.dossier.release));
    w.tasks = storage::open_tasks(tx, w.dossier.key);
    w.change_.from = w.dossier.state;
    w.reception_before_ = w.dossier.reception;
    w.lead_before_ = w.dossier.lead;
    TRY_VOID(w.rehome());
    return w;
}

Work Work::create(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                  procedures::ReleasePtr release, Instant now) {
    Work w;
    w.tx_ = &tx;
    w.ctx_ = &ctx;
    w.actor_ = &actor;
    w.now_ = now;
    w.release = std::move(release);
    w.fresh_ = true;
    w.detail_.emplace();
    w.dossier.version = 0;
    return w;
}

const directory::Calendar& Work::calendar(const AgencyId& agency) const {
    return *ctx_->calendars->for_agency(agency);
}

Result<void> Work::require(std::initializer_list<Right> rights, const AgencyId& agency) const {
    Result<void> last;
    for (const Right right : rights) {
        last = access::require(*actor_, right, agency, now_);
        if (last.ok()) return last;
    }
    return last;
}

std::span<const Right> rights_for(StepKind kind) {
    static constexpr std::array reception{Right::receive_dossier};
    static constexpr std::array assigning{Right::reassign_dossier, Right::handle_dossier, Right::approve_dossier};
    static constexpr std::array working{Right::handle_dossier};
    static constexpr std::array consulted{Right::handle_dossier, Right::approve_dossier};
    static constexpr std::array signing{Right::approve_dossier};
    static constexpr std::array paying{Right::handle_dossier, Right::receive_dossier};
    static constexpr std::array publishing{Right::handle_dossier, Right::receive_dossier, Right::approve_dossier};
    switch (kind) {
        case StepKind::receive:
        case StepKind::return_result:
            return reception;
        case StepKind::assign:
            return assigning;
        case StepKind::work:
            return working;
        case StepKind::consult:
            return consulted;
        case StepKind::sign:
            return signing;
        case StepKind::pay:
            return paying;
        case StepKind::publish:
            return publishing;
    }
    throw std::logic_error("a step kind has no right");
}

Result<void> Work::require_task(const Task& task) const {
    Result<void> last;
    bool may = false;
    for (const Right right : rights_for(task.kind)) {
        last = access::require(*actor_, right, task.agency, now_);
        if ((may = last.ok())) break;
    }
    if (!may) return last;
    if (task.officer.empty() || task.officer == actor_->officer || actor_->kind == access::ActorKind::system)
        return Nothing{};
    return refusal(ErrorKind::denied, "task.taken",
                   "Việc này đang do cán bộ khác thụ lý. Hãy nhờ lãnh đạo phân công lại nếu cần làm thay.",
                   "Another officer holds this task. Ask the head to reassign it.");
}

Result<Task*> Work::task(std::optional<int> number) {
    Task* found = nullptr;
    int several = 0;
    for (auto& t : tasks) {
        if (t.state != TaskState::open) continue;
        if (number) {
            if (t.number == *number) return &t;
            continue;
        }
        if (!require_task(t).ok()) continue;
        // What lies in the actor's own hands comes first.
        const bool own = !t.officer.empty() && t.officer == actor_->officer;
        const bool had_own = found && !found->officer.empty() && found->officer == actor_->officer;
        if (found && own == had_own) ++several;
        if (!found || (own && !had_own)) {
            if (own && !had_own) several = 0;
            found = &t;
        }
    }
    if (number)
        return refusal(ErrorKind::not_found, "task.not_found",
                       fmt::format("Hồ sơ không có việc số {} đang mở. Hãy tải lại hồ sơ.", *number),
                       fmt::format("The dossier has no open task {}. Load it again.", *number), {}, "/task");
    if (several > 0)
        return invalid("task.which", "Bạn có nhiều việc ở hồ sơ này. Hãy nêu số của việc (task).",
                       "You have several tasks in this dossier. Name one (task).", "/task");
    if (found) return found;
    for (const auto& t : tasks)
        if (t.state == TaskState::open) {
            TRY_VOID(require_task(t));
        }
    return refusal(ErrorKind::not_found, "task.not_found", "Hồ sơ không có việc nào đang mở cho bạn.",
                   "The dossier has no open task for you.");
}

bool Work::has_open(const std::function<bool(const Task&)>& what) const {
    return std::any_of(tasks.begin(), tasks.end(),
                       [&](const Task& t) { return t.state == TaskState::open && what(t); });
}

Result<void> Work::rehome() {
    TRY(rehomed_, rehome_work(*this));
    return Nothing{};
}

void Work::act(ClockAct what, PauseReason reason, std::optional<Instant> due) {
    // The machine's clock may have been set back: the tape stays in order of time all the same.
    const Instant at = dossier.clock.acts.empty() ? now_ : std::max(now_, dossier.clock.acts.back().at);
    const ClockEvent event{at, what, reason, due};
    dossier.clock.acts.push_back(event);
    change_.clock.push_back(event);
}

void Work::act_at(Instant at, ClockAct what, PauseReason reason) {
    const ClockEvent event{at, what, reason, {}};
    dossier.clock.acts.push_back(event);
    change_.clock.push_back(event);
}

void Work::resume(bool restart_promise) {
    const Instant paused_at = [&] {
        for (auto it = dossier.clock.acts.rbegin(); it != dossier.clock.acts.rend(); ++it)
            if (it->act == ClockAct::pause) return it->at;
        return now_;
    }();
    act(restart_promise ? ClockAct::restart : ClockAct::resume);
    const auto& own = calendar(dossier.agency);
    if (restart_promise) {
        dossier.due.reset();
        dossier.due_provisional = false;
        if (dossier.clock.limit) {
            const auto due = deadline(now_, *dossier.clock.limit, release->clock, own);
            dossier.due = due.at;
            dossier.due_provisional = due.provisional;
        }
        dossier.calendar = own.label();
    } else {
        // Read under the calendar of the promise: a newer one never moves what was printed.
        const auto printed = ctx_->calendars->by_label(dossier.calendar);
        const auto reading = promise_clock(dossier.clock, release->clock, printed ? *printed : own, now_);
        dossier.due = reading.due;
        dossier.due_provisional = reading.provisional;
    }
    for (auto& t : tasks) {
        if (t.state != TaskState::open || !t.due) continue;
        const auto& theirs = calendar(t.agency);
        const auto waited = theirs.between(std::max(paused_at, t.started), now_).elapsed;
        if (waited.count <= 0) continue;
        t.due = theirs.add(*t.due, waited).at;
        touched_.insert(t.number);
    }
}

void Work::settle() {
    if (!is_open(dossier.state) || dossier.state == State::finished) return;
    if (dossier.clock.paused()) {
        for (auto it = dossier.clock.acts.rbegin(); it != dossier.clock.acts.rend(); ++it)
            if (it->act == ClockAct::pause) {
                dossier.state =
                    it->reason == PauseReason::payment ? State::awaiting_payment : State::awaiting_supplement;
                return;
            }
    }
    if (has_open([](const Task& t) { return t.kind == StepKind::receive && t.stage <= 0; }) &&
        (dossier.state == State::filed || dossier.state == State::received ||
         dossier.state == State::awaiting_supplement)) {
        if (dossier.state == State::awaiting_supplement) dossier.state = State::received;
        return;
    }
    bool any = false, all_consult = true, all_sign = true;
    for (const auto& t : tasks) {
        if (t.state != TaskState::open || (!t.required && !t.asked)) continue;
        any = true;
        all_consult = all_consult && t.kind == StepKind::consult;
        all_sign = all_sign && t.kind == StepKind::sign;
    }
    dossier.state = any && all_consult ? State::consulting : any && all_sign ? State::signing : State::processing;
}

void Work::close(State state) {
    dossier.state = state;
    if (dossier.clock.started() && !dossier.clock.stopped()) act(ClockAct::stop);
    if (!dossier.finished_at) dossier.finished_at = now_;
    judge(now_);
}

void Work::judge(Instant end) {
    events::Closing closing;
    const auto& own = calendar(dossier.agency);
    closing.promise = judge_promise(dossier.due, end).verdict;
    closing.index = judge_index(dossier.clock, release->clock, own, end).verdict;
    const auto reading = index_clock(dossier.clock, release->clock, own, end);
    closing.index_due = reading.due;
    closing.elapsed = reading.elapsed.count;
    change_.closing = closing;
}

int Work::note(NoteKind kind, int task, json::object content) {
    notes_.push_back({++dossier.notes, kind, task, actor_->officer, now_, std::move(content)});
    return dossier.notes;
}

Detail& Work::detail() {
    if (!detail_) detail_ = storage::load_detail(*tx_, dossier.key);
    return *detail_;
}

void Work::recount_unpaid() {
    dossier.unpaid = 0;
    for (const auto& c : detail().charges)
        if (c.amount && !c.paid_at) dossier.unpaid += *c.amount;
}

void Work::seal(events::Change& change) {
    ++dossier.version;
    change_.code = dossier.code;
    change_.to = dossier.state;
    if (fresh_) change_.from = dossier.state;
    change_.status = dossier.national();
    change_.agency = dossier.agency;
    if (!fresh_ && dossier.reception != reception_before_) change_.reception = dossier.reception;
    if (!fresh_ && dossier.lead != lead_before_) change_.lead = dossier.lead;
    change_.due = dossier.due;
    change_.calendar = dossier.calendar;
    change_.officer = actor_->officer;
    if (actor_->position) change_.position = *actor_->position;
    change_.version = dossier.version;
    for (const auto& t : tasks) {
        if (started_.contains(t.number)) {
            const auto planned = t.planned ? std::optional{t.planned->count} : std::nullopt;
            const auto rule = rules_.find(t.number);
            change_.started.push_back({t.number, t.stage, t.lane, t.step, t.function, t.agency, t.position, t.officer,
                                       planned, t.due, t.asked, rule == rules_.end() ? "" : rule->second});
        } else if (touched_.contains(t.number) && t.state == TaskState::open) {
            change_.moved.push_back({t.number, t.agency, t.position, t.officer, t.due});
        }
        if (t.state != TaskState::open)
            change_.ended.push_back({t.number, t.step, t.agency, t.state, t.started, t.due});
    }
    change = change_;
}

Result<Dossier> Work::commit(std::string_view type, int shape, json::object data) {
    // What can fail comes before the first row: a bulk command goes on with its next item after a refusal.
    std::vector<std::string> sealed_notes;
    for (const auto& n : notes_) {
        TRY(auto sealed, storage::seal_note(*tx_, *ctx_, dossier, n));
        sealed_notes.push_back(std::move(sealed));
    }
    if (fresh_) {
        TRY(const auto sealed, storage::seal_person(*tx_, *ctx_, dossier, *person));
        storage::insert(*tx_, dossier);
        storage::insert_detail(*tx_, *ctx_, dossier, *person, sealed, *detail_);
    } else {
        storage::update(*tx_, dossier);
    }
    for (const auto& t : tasks) {
        if (started_.contains(t.number))
            storage::insert_task(*tx_, dossier.key, t);
        else if (touched_.contains(t.number))
            storage::update_task(*tx_, dossier.key, t);
    }
    for (size_t i = 0; i < notes_.size(); ++i) storage::insert_note(*tx_, dossier, notes_[i], sealed_notes[i]);
    if (detail_dirty_ && !fresh_) storage::save_detail(*tx_, dossier.key, *detail_);
    tx_->append({std::string{type}, shape, dossier.id.value, actor_->label(), now_, std::move(data)});
    return std::move(dossier);
}

}  // namespace hl::dossiers
