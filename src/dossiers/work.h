// One command on one dossier: loads it, lets the command change it in memory (tasks started and ended, clock acts,
// notes), and writes everything with one event at the end, so that a command that fails has written nothing. Private to
// the room; lives inside one transaction.
#pragma once
#include "access/access.h"
#include "dossiers/commands.h"
#include "dossiers/context.h"
#include "dossiers/events.h"
#include "dossiers/storage.h"

namespace hl::dossiers {

class Work {
  public:
    /// Loads the dossier for update and asks the state table. Work that lies with an agency that has ended meanwhile is
    /// first moved to whoever continues it. Errors: dossier.not_found, dossier.changed, dossier.wrong_state.
    [[nodiscard]] static Result<Work> open(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                           const Target& target, Command command, Instant now);
    /// A new dossier, not yet stored: fill `dossier`, `person` and `detail`, then save.
    [[nodiscard]] static Work create(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                     procedures::ReleasePtr release, Instant now);

    Dossier dossier;
    std::vector<Task> tasks;       // open ones, and those ended in this command
    std::optional<Person> person;  // of a new dossier
    procedures::ReleasePtr release;

    [[nodiscard]] Instant now() const { return now_; }
    [[nodiscard]] store::Transaction& tx() const { return *tx_; }
    [[nodiscard]] const Context& context() const { return *ctx_; }
    [[nodiscard]] const access::Actor& actor() const { return *actor_; }
    [[nodiscard]] const directory::Calendar& calendar(const AgencyId& agency) const;

    /// Opening moved work away from agencies that no longer hold it.
    [[nodiscard]] bool rehomed() const { return rehomed_; }

    /// Any of the rights over the agency. Errors: access.denied, access.unauthenticated.
    [[nodiscard]] Result<void> require(std::initializer_list<access::Right> rights, const AgencyId& agency) const;
    /// Right for a step of this kind, and the task is not in another officer's hands.
    [[nodiscard]] Result<void> require_task(const Task& task) const;

    /// The open task meant: by number, or the only one the actor may work on. Errors: task.not_found, task.which.
    [[nodiscard]] Result<Task*> task(std::optional<int> number);
    [[nodiscard]] bool has_open(const std::function<bool(const Task&)>& what) const;

    // Flow
    [[nodiscard]] Result<directory::Resolution> resolve(const procedures::Step& step) const;
    [[nodiscard]] Result<Task*> start(const procedures::Step& step, int stage, const std::string& lane, bool required);
    void end(Task& task, TaskState as);
    void end_all(TaskState as);
    /// After `task` ended: starts what follows it in the flow; reaching the return step (or the end) finishes.
    [[nodiscard]] Result<void> advance(const Task& task);
    [[nodiscard]] Result<void> enter_stage(int stage);
    /// The result is ready: status 9. Errors: dossier.result_missing.
    [[nodiscard]] Result<void> finish();
    void move(Task& task, const AgencyId& agency, const PositionId& position, const OfficerId& officer);
    /// The state that follows from the open tasks and the tape.
    void settle();
    void close(State state);

    // Clock
    void act(ClockAct what, PauseReason reason = PauseReason::none, std::optional<Instant> due = std::nullopt);
    /// An act of the past, when a dossier is taken over from another system.
    void act_at(Instant at, ClockAct what, PauseReason reason);
    /// How the clocks stood at `end`, for the event.
    void judge(Instant end);
    /// After a pause: the promise and the open tasks' due times move by the working time waited.
    void resume(bool restart_promise);

    int note(NoteKind kind, int task, json::object content);
    [[nodiscard]] Detail& detail();  // loaded on first use; written when `detail_changed`
    void detail_changed() { detail_dirty_ = true; }
    void recount_unpaid();

    template <class E>
    [[nodiscard]] Result<Dossier> save(E event) {
        seal(event);
        return commit(E::type, E::shape, events::to_json(event));
    }

  private:
    Work() = default;
    void seal(events::Change& change);
    Result<Dossier> commit(std::string_view type, int shape, json::object data);
    Result<void> rehome();
    friend Result<bool> rehome_work(Work& work);

    store::Transaction* tx_ = nullptr;
    const Context* ctx_ = nullptr;
    const access::Actor* actor_ = nullptr;
    Instant now_{};
    AgencyId reception_before_, lead_before_;
    bool fresh_ = false, detail_dirty_ = false, rehomed_ = false;
    std::optional<Detail> detail_;
    std::vector<Note> notes_;
    events::Change change_;
    std::set<int> started_, touched_;
    std::map<int, std::string> rules_;
};

/// Moves what lies with agencies that have ended; true when anything moved.
[[nodiscard]] Result<bool> rehome_work(Work& work);
[[nodiscard]] const procedures::Step& return_step_of(const procedures::Flow& flow);
[[nodiscard]] const procedures::Step& receive_step_of(const procedures::Flow& flow);
/// The rights of which one is needed for a step of this kind.
[[nodiscard]] std::span<const access::Right> rights_for(procedures::StepKind kind);

}  // namespace hl::dossiers
