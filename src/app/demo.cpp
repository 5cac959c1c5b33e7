#include "app/demo.h"

#include <queue>

#include "dossiers/commands.h"
#include "dossiers/storage.h"

namespace hl::app {

namespace {

using access::Actor;
using dossiers::Dossier;
using procedures::StepKind;

constexpr std::string_view made_up = "(dữ liệu mẫu)";

/// What happens next to one simulated dossier, and when.
struct Next {
    Instant at;
    int64_t number = 0;  // of the dossier in the simulation
    bool operator>(const Next& other) const { return std::tie(at, number) > std::tie(other.at, other.number); }
};

enum class Fate { plain, refused, withdrawn, stopped };

struct Life {
    DossierCode code;  // empty until filed
    dossiers::State state = dossiers::State::filed;
    Fate fate = Fate::plain;
    bool asks_supplement = false, apologises = false, rated = false, done = false;
    double pace = 1;  // how fast the offices work on it: above 1 is slower than planned
};

class Simulation {
  public:
    Simulation(Program& program, const DemoOptions& options)
        : program_(program),
          options_(options),
          random_(options.seed),
          organisation_(program.snapshots().organisation()),
          catalogue_(program.snapshots().catalogue()),
          context_(program.context()) {
        calendar_ = program.snapshots().calendars()->for_agency(AgencyId{});
        releases_ = catalogue_->all_valid(options.end);
        communes_ = organisation_->units_at(local_date(options.end), directory::UnitLevel::commune);
        // The same order on every run, whatever the hash tables do.
        std::sort(releases_.begin(), releases_.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
        std::sort(communes_.begin(), communes_.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    }

    Result<DemoSummary> run(const std::function<void(int64_t, int64_t)>& progress) {
        if (releases_.empty() || communes_.empty() || !calendar_)
            return Error{ErrorKind::conflict, "demo.no_procedures",
                         "Chưa có thủ tục nào đang áp dụng. Hãy nạp gói dữ liệu tỉnh.",
                         "No procedure is in force. Apply a pack first."};
        plan();
        while (!agenda_.empty()) {
            // One write for many commands: what the group commit does for the API's callers, done here by hand.
            auto done = program_.store().write([&](store::Transaction& tx) -> Result<void> {
                for (int i = 0; i < options_.batch && !agenda_.empty(); ++i) {
                    const Next next = agenda_.top();
                    agenda_.pop();
                    if (next.at > options_.end) continue;
                    TRY_VOID(act(tx, next));
                }
                return Nothing{};
            });
            if (!done.ok()) return std::move(done).error();
            progress(finished_, options_.dossiers);
        }
        for (const auto& life : lives_) summary_.open += !life.code.empty() && dossiers::is_open(life.state);
        return summary_;
    }

  private:
    static std::string phone_of(int64_t number) { return fmt::format("09{:08}", number % 100'000'000); }
    double chance() { return static_cast<double>(random_.below(1'000'000)) / 1e6; }

    /// Filing instants over the year: workdays only for the desk, more in the mornings.
    void plan() {
        const Date last = local_date(options_.end);
        lives_.resize(static_cast<size_t>(options_.dossiers));
        for (int64_t n = 0; n < options_.dossiers; ++n) {
            const Date day = add_days(last, -static_cast<int>(random_.below(365)));
            const int minute = 450 + static_cast<int>(std::min(random_.below(570), random_.below(570)));
            Instant at = at_local(day, 0) + std::chrono::minutes{minute} + std::chrono::seconds{random_.below(60)};
            if (at > options_.end) at = options_.end - std::chrono::hours{1 + static_cast<int>(random_.below(48))};
            agenda_.push({at, n});
            auto& life = lives_[static_cast<size_t>(n)];
            const double fate = chance();
            life.fate = fate < 0.02    ? Fate::refused
                        : fate < 0.035 ? Fate::withdrawn
                        : fate < 0.04  ? Fate::stopped
                                       : Fate::plain;
            life.asks_supplement = chance() < 0.06;
            life.apologises = chance() < 0.5;
            life.pace = 0.35 + 0.75 * chance() * chance() + (chance() < 0.06 ? 1.5 * chance() : 0);
        }
    }

    /// An officer of the agency who may do all of its work; marked as made up.
    const Actor& officer(const AgencyId& agency) {
        auto& actor = officers_[agency.value];
        if (actor.name.empty()) {
            actor.kind = access::ActorKind::officer;
            actor.account = AccountId{"mau-" + agency.value};
            actor.officer = OfficerId{"mau-" + agency.value};
            actor.name = "Cán bộ mẫu " + agency.value;
            const Date long_ago{std::chrono::year{2020} / 1 / 1};
            for (const auto role : {access::Role::clerk, access::Role::handler, access::Role::head})
                actor.grants.push_back({role, agency, long_ago, {}});
            actor.organisation = organisation_;
        }
        return actor;
    }

    Instant working_later(Instant t, double minutes) {
        return calendar_->add(t, directory::WorkMinutes{std::max<int64_t>(1, static_cast<int64_t>(minutes))}).at +
               std::chrono::milliseconds{random_.below(60'000)};
    }

    Result<void> act(store::Transaction& tx, const Next& next) {
        auto& life = lives_[static_cast<size_t>(next.number)];
        if (life.code.empty()) return file(tx, life, next);
        TRY(auto dossier, dossiers::storage::find(tx, life.code.value));
        TRY_VOID(go_on(tx, life, dossier, next));
        return Nothing{};
    }

    boost::json::object answers(const procedures::Release& release) {
        boost::json::object out;
        for (const auto& f : release.form.fields) {
            if (!f.required) continue;
            if (f.type == "date")
                out[f.id] = "2020-01-01";
            else if (f.type == "integer" || f.type == "number")
                out[f.id] = 1;
            else if (f.type == "boolean")
                out[f.id] = true;
            else if (f.type == "enum" && !f.values.empty())
                out[f.id] = f.values[random_.below(f.values.size())].id;
            else
                out[f.id] = std::string{"Nội dung "} + std::string{made_up};
        }
        return out;
    }

    Result<void> file(store::Transaction& tx, Life& life, const Next& next) {
        // Some procedures are asked for far more often than others.
        const auto& release = *releases_[std::min(random_.below(releases_.size()), random_.below(releases_.size()))];
        dossiers::Filing f;
        f.procedure = release.procedure;
        f.place = communes_[random_.below(communes_.size())]->id;
        const double channel = chance();
        f.channel = channel < 0.62   ? procedures::Channel::online
                    : channel < 0.96 ? procedures::Channel::desk
                                     : procedures::Channel::post;
        if (!release.card.channel(f.channel)) f.channel = release.card.channels.front().channel;
        f.subject_kind = release.card.subjects.empty() ? "citizen" : release.card.subjects.front();
        f.applicant.kind = f.subject_kind;
        f.applicant.name = fmt::format("{} {} {} số {}", surnames[random_.below(surnames.size())],
                                       given[random_.below(given.size())], made_up, next.number + 1);
        f.applicant.id_kind = f.subject_kind == "business" ? "tax_code" : "personal_id";
        // Twelve digits with a province part that was never given out: nobody's number.
        f.applicant.id_number =
            f.subject_kind == "business" ? fmt::format("{:010}", next.number) : fmt::format("999{:09}", next.number);
        f.applicant.phone = phone_of(next.number);
        f.applicant.address = std::string{"Thôn Mẫu "} + std::string{made_up};
        f.summary = release.card.name;
        f.answers = answers(release);
        TRY(auto decision, procedures::decide(release, {f.answers, f.channel, f.subject_kind, f.place}));
        for (const auto& c : decision.components)
            f.components.push_back({c.id, c.originals, c.copies,
                                    f.channel == procedures::Channel::online || chance() < 0.8, chance() < 0.1, false});
        const Actor citizen = Actor::system("demo", organisation_);
        auto filed = dossiers::file(tx, context_, citizen, f, next.at);
        ++summary_.commands;
        if (!filed.ok()) return explain(filed.error());
        life.code = filed->code;
        life.state = filed->state;
        ++summary_.filed;
        agenda_.push({f.channel == procedures::Channel::desk && calendar_->working_at(next.at)
                          ? next.at + std::chrono::minutes{3}
                          : working_later(next.at, 20 + 200 * chance()),
                      next.number});
        return Nothing{};
    }

    /// A refusal by rule is part of life and counted; anything else is a fault of the simulation and ends it.
    Result<void> explain(const Error& error) {
        if (error.kind == ErrorKind::internal || error.kind == ErrorKind::unavailable || error.kind == ErrorKind::full)
            return error;
        ++summary_.refused[error.code];
        ++finished_;
        return Nothing{};
    }

    Result<void> go_on(store::Transaction& tx, Life& life, const Dossier& d, const Next& next) {
        const dossiers::Target target{d.code};
        const Instant now = next.at;
        double wait = 10;
        ++summary_.commands;
        auto result = [&]() -> Result<Dossier> {
            switch (d.state) {
                case dossiers::State::filed:
                    if (life.fate == Fate::refused)
                        return dossiers::refuse(tx, context_, officer(d.reception), target,
                                                {"Không thuộc thẩm quyền giải quyết"}, now);
                    wait = 15;
                    return dossiers::receive(tx, context_, officer(d.reception), target, {}, now);
                case dossiers::State::received:
                    wait = 30 + 60 * chance();
                    return dossiers::transfer(tx, context_, officer(d.reception), target, now);
                case dossiers::State::awaiting_supplement:
                    wait = 60;
                    return dossiers::answer_supplement(tx, context_, officer(d.reception), target, {}, "Đã nộp bổ sung",
                                                       now);
                case dossiers::State::awaiting_payment: {
                    wait = 30;
                    return dossiers::pay(tx, context_, officer(d.reception), target,
                                         {{}, "cash", fmt::format("MAU-{}", next.number)}, now);
                }
                case dossiers::State::finished:
                    wait = 5;
                    return dossiers::deliver(tx, context_, officer(d.reception), target, delivery(d), now);
                case dossiers::State::returned: {
                    life.rated = true;
                    dossiers::Rating r;
                    r.overall = chance() < 0.9 ? 5 : 1 + static_cast<int>(random_.below(4));
                    r.phone = phone_of(next.number);
                    return dossiers::rate(tx, context_, Actor::system("demo", organisation_), target, r, now);
                }
                default:
                    return work(tx, life, d, now, wait);
            }
        }();
        if (!result.ok()) {
            if (result.error().code == "deliver.unpaid" || result.error().code == "step.charges_unpaid") {
                auto paid = dossiers::pay(tx, context_, officer(d.reception), target,
                                          {{}, "cash", fmt::format("MAU-{}", next.number)}, now);
                if (!paid.ok()) return explain(paid.error());
                agenda_.push({now + std::chrono::minutes{1}, next.number});
                return Nothing{};
            }
            return explain(result.error());
        }
        life.state = result->state;
        if (result->state == dossiers::State::awaiting_supplement) wait = 480 * (1 + 4 * chance());
        if (result->state == dossiers::State::awaiting_payment) wait = 480 * (1 + 2 * chance());
        if (result->state == dossiers::State::finished) wait = 60 + 900 * chance();
        const bool ended = !dossiers::is_open(result->state) &&
                           (result->state != dossiers::State::returned || life.rated || chance() > 0.3);
        if (ended)
            ++finished_;
        else
            agenda_.push({working_later(now, wait), next.number});
        return Nothing{};
    }

    dossiers::Delivery delivery(const Dossier& d) {
        dossiers::Delivery out;
        out.method = d.channel == procedures::Channel::post     ? "post"
                     : d.channel == procedures::Channel::online ? "electronic"
                                                                : "desk";
        if (out.method == "post") out.tracking = "MAU" + d.code.value;
        return out;
    }

    Result<Dossier> work(store::Transaction& tx, Life& life, const Dossier& d, Instant now, double& wait) {
        const dossiers::Target target{d.code};
        const auto tasks = dossiers::storage::open_tasks(tx, d.key);
        if (tasks.empty())
            return Error{ErrorKind::internal, "demo.no_task", "Hồ sơ không có việc.",
                         "The open dossier " + d.code.value + " has no task."};
        const auto& task = tasks[random_.below(tasks.size())];
        const Actor& who = officer(task.agency);
        wait = task.planned ? static_cast<double>(task.planned->count) * life.pace : 240 * life.pace;
        if (life.fate == Fate::withdrawn && chance() < 0.4)
            return dossiers::withdraw(tx, context_, officer(d.reception), target, "Người nộp xin rút hồ sơ", now);
        if (life.fate == Fate::stopped && chance() < 0.4)
            return dossiers::stop(tx, context_, officer(d.agency), target, "Không còn căn cứ giải quyết",
                                  "Nghị định 118/2025/NĐ-CP", now);
        if (life.asks_supplement && d.requests == 0 && task.kind == StepKind::work) {
            life.asks_supplement = false;
            auto asked = dossiers::request_supplement(
                tx, context_, who, target,
                {{"Bản chính giấy tờ kèm theo"}, "Thành phần hồ sơ chưa đầy đủ", "Bộ phận một cửa"}, now);
            if (asked.ok() || asked.error().code != "supplement.too_late") return asked;
        }
        if (life.apologises && d.extensions == 0 && d.due && life.pace > 1.2) {
            const Date new_day = calendar_->add(*d.due, directory::work_days(3)).at < now
                                     ? local_date(now)
                                     : local_date(calendar_->add(*d.due, directory::work_days(3)).at);
            life.apologises = false;
            if (now < *d.due - std::chrono::hours{30}) {
                auto moved =
                    dossiers::extend(tx, context_, officer(d.agency), target, new_day, "Hồ sơ cần xác minh thêm", now);
                if (moved.ok() || moved.error().kind == ErrorKind::internal) return moved;
            }
        }
        switch (task.kind) {
            case StepKind::consult: {
                dossiers::Opinion o;
                o.task = task.number;
                o.answer = "agree";
                return dossiers::give_opinion(tx, context_, who, target, o, now);
            }
            case StepKind::sign:
                break;
            case StepKind::return_result:
                return dossiers::deliver(tx, context_, officer(d.reception), target, delivery(d), now);
            default: {
                dossiers::Completion c;
                c.task = task.number;
                auto completed = dossiers::complete(tx, context_, who, target, c, now);
                if (completed.ok() ||
                    (completed.error().code != "step.use_result" && completed.error().code != "dossier.result_missing"))
                    return completed;
            }
        }
        dossiers::ResultInput r;
        r.task = task.number;
        TRY(auto release, catalogue_->release(d.release));
        if (!release->card.results.empty()) r.kind = release->card.results.front().id;
        r.number = "MAU/" + d.code.value;
        r.signature = "digital";
        auto signed_result = dossiers::record_result(tx, context_, who, target, r, now);
        // A signature on the way (a head of division's) completes its step; only the last one gives the result.
        if (!signed_result.ok() && signed_result.error().code == "result.step")
            return dossiers::complete(tx, context_, who, target, {task.number, "", {}}, now);
        return signed_result;
    }

    static constexpr std::array<std::string_view, 12> surnames = {"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ",
                                                                  "Đặng",   "Bùi",  "Hồ", "Đỗ",   "Dương", "Lý"};
    static constexpr std::array<std::string_view, 12> given = {"Thị Mẫu",   "Văn Mẫu",   "Mẫu",   "Đức Mẫu",
                                                               "Thị Ví Dụ", "Văn Ví Dụ", "Ví Dụ", "Quang Mẫu",
                                                               "Thị Thử",   "Văn Thử",   "Thử",   "Minh Mẫu"};

    Program& program_;
    DemoOptions options_;
    SeededRandom random_;
    std::shared_ptr<const directory::Directory> organisation_;
    std::shared_ptr<const procedures::Catalogue> catalogue_;
    dossiers::Context context_;
    std::shared_ptr<const directory::Calendar> calendar_;
    std::vector<procedures::ReleasePtr> releases_;
    std::vector<const directory::Unit*> communes_;
    std::vector<Life> lives_;
    std::map<std::string, Actor> officers_;
    std::priority_queue<Next, std::vector<Next>, std::greater<>> agenda_;
    DemoSummary summary_;
    int64_t finished_ = 0;
};

}  // namespace

Result<DemoSummary> fill_demo(Program& program, const DemoOptions& options,
                              const std::function<void(int64_t, int64_t)>& progress) {
    TRY(auto any, program.store().read([](store::Reader& r) -> Result<bool> {
        return r.first("SELECT key FROM dossier LIMIT 1", {}, [](const store::Row&) { return true; }).has_value();
    }));
    if (any)
        return Error{ErrorKind::conflict, "demo.not_empty",
                     "Cơ sở dữ liệu đã có hồ sơ. Dữ liệu mẫu chỉ nạp vào cơ sở dữ liệu trống.",
                     "The database holds dossiers already. The demonstration fills an empty one only."};
    Simulation simulation(program, options);
    TRY(auto summary, simulation.run(progress));
    TRY_VOID(program.store().settle());
    TRY(summary.events,
        program.store().read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); }));
    return summary;
}

}  // namespace hl::app
