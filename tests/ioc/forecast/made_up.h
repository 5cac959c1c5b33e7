// A made-up ledger whose truth is known: dossiers of two procedures go through the flow "one agency" at a few agencies;
// how long a step takes is drawn from a distribution that depends on the step, the agency and the dossier. By a seed;
// events of the shapes that the one-stop writes, without the one-stop. For tests and for the bench.
#pragma once
#include <cmath>

#include "directory/commands.h"
#include "dossiers/events.h"
#include "ioc/forecast/backtest.h"
#include "procedures/publish.h"

namespace hl::forecast::made_up {

namespace on = dossiers::events;
using dossiers::State;

inline std::string sheet(const std::string& code, int days) {
    return fmt::format(R"(code: "{}"
name: {{vi: "Thủ tục thử {}", en: "Trial {}"}}
level: commune
sector: {{code: ho-tich, name: "Hộ tịch"}}
owner: "Ủy ban nhân dân"
subjects: [citizen]
decides: {{role: lanh-dao, level: commune}}
channels:
  - {{channel: desk, time: {{value: {}, unit: working_days}}}}
fees: []
components: []
results:
  - {{id: giay, name: "Giấy chứng nhận", signed: digital}}
basis:
  - {{act: "Luật thử", article: "Điều 1", from: 2016-01-01}}
valid: {{from: 2020-01-01, to: null}}
flow:
  template: one-agency
  hours: {{receive: 2, assign: 2, handle: 12, approve: 4, return: 0}}
form:
  - {{id: note, label: {{vi: "Ghi chú", en: "Note"}}, type: string, required: false}}
samples: []
sources: [{{what: "all", where: "made up for tests", read: "2026-11-23"}}]
unverified: []
notes: ""
)",
                       code, code, code, days);
}

/// The inverse of the normal distribution (Acklam), good to 1e-9: enough for drawing.
inline double probit(double p) {
    constexpr double a[] = {-39.69683028665376, 220.9460984245205,  -275.9285104469687,
                            138.3577518672690,  -30.66479806614716, 2.506628277459239};
    constexpr double b[] = {-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972,
                            -13.28068155288572};
    constexpr double c[] = {-0.007784894002430293, -0.3223964580411365, -2.400758277161838,
                            -2.549732539343734,    4.374664141464968,   2.938163982698783};
    constexpr double e[] = {0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416};
    const auto tail = [&](double q) {
        return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
               ((((e[0] * q + e[1]) * q + e[2]) * q + e[3]) * q + 1);
    };
    if (p < 0.02425) return tail(std::sqrt(-2 * std::log(std::max(p, 1e-12))));
    if (p > 1 - 0.02425) return -tail(std::sqrt(-2 * std::log(std::max(1 - p, 1e-12))));
    const double q = p - 0.5, r = q * q;
    return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
           (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}
inline double normal_below(double z) {
    return std::erfc(-z / std::sqrt(2.0)) / 2;
}

/// A step's time is its plan times e^(ease + agency + step + σ·normal).
struct Truth {
    double ease = -0.15, sigma = 0.55;
    std::map<std::string, double> agency{{"ubnd-19333", 0.0}, {"ubnd-19360", 0.25}, {"ubnd-19345", -0.3}};
    std::map<std::string, double> step{{"handle", 0.15}, {"approve", -0.1}};
    [[nodiscard]] double middle(const std::string& agency_id, const std::string& step_id) const {
        const auto of = [](const auto& map, const std::string& key) {
            const auto it = map.find(key);
            return it == map.end() ? 0.0 : it->second;
        };
        return ease + of(agency, agency_id) + of(step, step_id);
    }
};

struct Plan {
    std::string id;
    int64_t minutes;
    std::string function;
    procedures::StepKind kind;
};

class Province {
  public:
    Province(store::Store& store, std::filesystem::path pack, uint64_t seed, Truth made_of = {})
        : truth(std::move(made_of)), store_(store), pack_(std::move(pack)), random_(seed) {}

    Truth truth;

    /// The pack's organisation and calendar, and the two procedures.
    Result<void> found() {
        std::vector<Error> errors;
        const auto organisation = directory::read_organisation(pack_, errors);
        const auto templates = procedures::read_templates(pack_, errors);
        std::vector<procedures::Draft> drafts;
        for (const auto& text : {sheet("9.000001", 3), sheet("9.000002", 4)})
            if (auto draft = procedures::parse_procedure(text, "test.yaml", templates, errors))
                drafts.push_back(std::move(*draft));
        if (!errors.empty()) return errors.front();
        const Instant then = at_local(Date{std::chrono::year{2020} / 1 / 1}, 0);
        TRY_VOID(store_.write([&](store::Transaction& tx) -> Result<void> {
            TRY_VOID(directory::apply_organisation(tx, organisation, "test", then));
            for (const auto& draft : drafts) TRY_VOID(procedures::publish(tx, draft, {"test", "", false}, then, then));
            return Nothing{};
        }));
        TRY_VOID(store_.settle());
        TRY(lore, store_.read([](store::Reader& r) { return Lore::load(r); }));
        return Nothing{};
    }
    Lore lore;

    struct One {
        std::string id, procedure, agency;
        State state = State::filed;
        std::optional<Instant> due;
        int64_t version = 0;
        int tasks = 0;
        int days = 0;  // legal time
    };
    One one(int n, std::string procedure, std::string agency) {
        One d;
        d.id = fmt::format("d{:06}", n);
        d.days = procedure == "9.000001" ? 3 : 4;
        d.procedure = std::move(procedure);
        d.agency = std::move(agency);
        return d;
    }
    [[nodiscard]] procedures::ReleasePtr release(const One& d) const {
        const auto found =
            lore.catalogue->valid(ProcedureCode{d.procedure}, at_local(std::chrono::year{2026} / 1 / 1, 0));
        return found.ok() ? *found : nullptr;
    }
    [[nodiscard]] std::vector<Plan> plans(const One& d) const {
        std::vector<Plan> out;
        for (const auto& stage : release(d)->flow.stages)
            for (const auto& lane : stage.lanes)
                for (const auto& step : lane.steps)
                    if (step.kind != procedures::StepKind::return_result)
                        out.push_back({step.id, step.planned.count, step.function, step.kind});
        return out;
    }
    [[nodiscard]] const directory::Calendar& calendar() const { return *lore.calendars->for_agency(AgencyId{}); }

    template <class E>
    void tell(One& d, E e, State to, Instant at) {
        e.code = DossierCode{"H50-" + d.id};
        e.from = d.state;
        e.to = to;
        e.agency = AgencyId{d.agency};
        e.due = d.due;
        e.calendar = d.due ? calendar().label() : "";
        e.version = ++d.version;
        d.state = to;
        events_.push_back({std::string{E::type}, E::shape, d.id, "test", at, on::to_json(e)});
    }
    on::TaskStarted begin(One& d, int stage) {
        const auto& flow = release(d)->flow;
        const auto& lane = flow.stages[static_cast<size_t>(stage)].lanes.front();
        const auto& step = lane.steps.front();
        on::TaskStarted t;
        t.number = ++d.tasks;
        t.stage = stage;
        t.lane = lane.id;
        t.step = step.id;
        t.function = step.function;
        t.agency = AgencyId{d.agency};
        t.planned = step.planned.count;
        return t;
    }
    on::TaskEnded end(const One& d, const std::string& step) {
        on::TaskEnded t;
        t.number = d.tasks;
        t.step = step;
        t.agency = AgencyId{d.agency};
        return t;
    }
    void filed(One& d, Instant at) {
        on::Filed e;
        e.dossier.procedure = ProcedureCode{d.procedure};
        e.dossier.release = release(d)->id;
        e.dossier.sector = "ho-tich";
        e.dossier.lead = AgencyId{d.agency};
        e.dossier.area = UnitId{"vn-19333"};
        e.started = {begin(d, 0)};
        tell(d, e, State::filed, at);
    }
    void received(One& d, Instant at) {
        on::Received e;
        e.release = release(d)->id;
        e.limit = procedures::LegalTime{d.days, procedures::TimeUnit::working_days, false};
        e.clock = {{at, dossiers::ClockAct::start, {}, {}}};
        d.due = dossiers::deadline(at, *e.limit, release(d)->clock, calendar()).at;
        tell(d, e, State::received, at);
    }
    /// The open step ends and the next one begins, or the dossier ends.
    void step(One& d, int stage, Instant at) {
        const auto all = plans(d);
        const auto& now = all[static_cast<size_t>(stage)];
        if (static_cast<size_t>(stage) + 1 < all.size()) {
            on::StepCompleted e;
            e.step = now.id;
            e.ended = {end(d, now.id)};
            e.started = {begin(d, stage + 1)};
            tell(d, e, State::processing, at);
            return;
        }
        on::ResultRecorded e;
        e.ended = {end(d, now.id)};
        e.clock = {{at, dossiers::ClockAct::stop, {}, {}}};
        on::Closing closing;
        closing.promise = dossiers::judge_promise(d.due, at).verdict;
        closing.index = closing.promise;
        e.closing = closing;
        tell(d, e, State::finished, at);
    }
    void asked_supplement(One& d, Instant at) {
        on::SupplementRequested e;
        e.clock = {{at, dossiers::ClockAct::pause, dossiers::PauseReason::supplement, {}}};
        tell(d, e, State::awaiting_supplement, at);
    }
    void answered(One& d, Instant at) {
        on::SupplementAnswered e;
        e.clock = {{at, dossiers::ClockAct::restart, {}, {}}};
        d.due = dossiers::deadline(at, procedures::LegalTime{d.days, procedures::TimeUnit::working_days, false},
                                   release(d)->clock, calendar())
                    .at;
        tell(d, e, State::processing, at);
    }
    double chance() { return (static_cast<double>(random_.below(1'000'000)) + 0.5) / 1e6; }

    /// `n` dossiers received between two days, each lived until its end or until `until`.
    void live(int n, Date from, Date to, Instant until) {
        const auto days = static_cast<uint64_t>((day_number(to) - day_number(from)));
        std::vector<std::string> agencies;
        for (const auto& [id, effect] : truth.agency) agencies.push_back(id);
        for (int i = 0; i < n; ++i) {
            auto d = one(i, random_.below(3) == 0 ? "9.000002" : "9.000001", agencies[random_.below(agencies.size())]);
            Date day = add_days(from, static_cast<int>(random_.below(days)));
            if (!calendar().is_workday(day)) day = calendar().next_workday(day);
            Instant at =
                calendar()
                    .add(calendar().opening(day), directory::WorkMinutes{static_cast<int64_t>(random_.below(400))})
                    .at;
            if (at >= until) continue;
            filed(d, at);
            received(d, at + std::chrono::minutes{1});
            const auto all = plans(d);
            for (size_t s = 0; s < all.size(); ++s) {
                const double factor = std::exp(truth.middle(d.agency, all[s].id) + truth.sigma * probit(chance()));
                const auto minutes = std::max<int64_t>(1, std::llround(static_cast<double>(all[s].minutes) * factor));
                at = calendar().add(at, directory::WorkMinutes{minutes}).at;
                if (at >= until) break;
                step(d, static_cast<int>(s), at);
            }
        }
    }
    /// What was told so far goes into the ledger, in the order of time.
    Result<int64_t> flush() {
        std::stable_sort(events_.begin(), events_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
        constexpr size_t at_once = 5000;
        for (size_t at = 0; at < events_.size(); at += at_once)
            TRY_VOID(store_.write([&](store::Transaction& tx) -> Result<void> {
                for (size_t i = at; i < std::min(events_.size(), at + at_once); ++i) tx.append(events_[i]);
                return Nothing{};
            }));
        TRY_VOID(store_.settle());
        const auto n = std::ssize(events_);
        events_.clear();
        return n;
    }

    /// The true chance that an open dossier misses its promise, drawn anew from what the steps were drawn from.
    double true_chance(const Open& open, Instant now) const {
        if (open.tasks.empty() || !open.due) return 0;
        const auto& task = open.tasks.begin()->second;
        const auto left = static_cast<double>(calendar().between(now, *open.due).elapsed.count);
        One d;
        d.procedure = open.procedure.value;
        const auto all = plans(d);
        constexpr int draws = 400;
        const auto elapsed = static_cast<double>(minutes_of(task, open, lore, now));
        int late = 0;
        SeededRandom random(static_cast<uint64_t>(to_ms(now)) ^ std::hash<std::string>{}(open.code.value));
        const auto draw = [&] { return (static_cast<double>(random.below(1'000'000)) + 0.5) / 1e6; };
        for (int i = 0; i < draws; ++i) {
            double sum = 0;
            bool begun = false;
            for (const auto& plan : all) {
                const double middle = truth.middle(open.agency.value, plan.id);
                const auto scale = static_cast<double>(plan.minutes);
                if (plan.id == task.step) {
                    begun = true;
                    const double below =
                        elapsed <= 0 ? 0 : normal_below((std::log(elapsed / scale) - middle) / truth.sigma);
                    const double u = below + (1 - below) * draw();
                    sum += scale * std::exp(middle + truth.sigma * probit(u)) - elapsed;
                } else if (begun) {
                    sum += scale * std::exp(middle + truth.sigma * probit(draw()));
                }
            }
            late += sum > left;
        }
        return static_cast<double>(late) / draws;
    }

  private:
    store::Store& store_;
    std::filesystem::path pack_;
    SeededRandom random_;
    std::vector<store::Event> events_;
};

}  // namespace hl::forecast::made_up
