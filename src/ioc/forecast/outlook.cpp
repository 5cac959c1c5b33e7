#include "ioc/forecast/outlook.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hl::forecast {

using procedures::Step;

std::string_view to_string(Standing standing) {
    switch (standing) {
        case Standing::running:
            return "running";
        case Standing::waiting:
            return "waiting";
        case Standing::late:
            return "late";
        case Standing::unknown:
            return "unknown";
    }
    throw std::logic_error("a standing has no word");
}

std::string_view to_string(WhyUnknown why) {
    switch (why) {
        case WhyUnknown::none:
            return "";
        case WhyUnknown::not_received:
            return "not_received";
        case WhyUnknown::no_promise:
            return "no_promise";
        case WhyUnknown::no_flow:
            return "no_flow";
        case WhyUnknown::no_calendar:
            return "no_calendar";
        case WhyUnknown::few_cases:
            return "few_cases";
        case WhyUnknown::no_step:
            return "no_step";
    }
    throw std::logic_error("a reason has no word");
}

const StepAhead* Outlook::worst() const {
    const auto most = std::max_element(steps.begin(), steps.end(),
                                       [](const StepAhead& a, const StepAhead& b) { return a.misses < b.misses; });
    return most == steps.end() || most->misses <= 0 ? nullptr : &*most;
}

namespace {

constexpr size_t cells = 96;  // of the time until the promise
/// Mass of each cell; what is not in one lies beyond the promise.
using Mass = std::array<double, cells>;

double within(const Mass& m) {
    return std::accumulate(m.begin(), m.end(), 0.0);
}

/// Nothing has been done yet: all mass at the beginning.
struct Sum {
    Mass mass{};
    bool begun = false;  // false: no time has passed for sure
    [[nodiscard]] double inside() const { return begun ? within(mass) : 1.0; }
};

/// A cell stands for its middle; the middles' sum lies between two cells, and is given to both by halves.
Sum plus(const Sum& a, const Mass& b) {
    if (!a.begun) return {b, true};
    Sum out{{}, true};
    for (size_t i = 0; i < cells; ++i) {
        if (a.mass[i] == 0) continue;
        for (size_t j = 0; i + j < cells; ++j) {
            const double half = a.mass[i] * b[j] / 2;
            out.mass[i + j] += half;
            if (i + j + 1 < cells) out.mass[i + j + 1] += half;
        }
    }
    return out;
}

/// Until the last of several has ended.
Sum longest(const std::vector<Sum>& all) {
    Sum out;
    std::array<double, cells> below{};
    below.fill(1);
    for (const auto& one : all) {
        if (!one.begun) continue;
        out.begun = true;
        double sum = 0;
        for (size_t i = 0; i < cells; ++i) below[i] *= (sum += one.mass[i]);
    }
    if (!out.begun) return out;
    for (size_t i = 0; i < cells; ++i) out.mass[i] = below[i] - (i == 0 ? 0 : below[i - 1]);
    return out;
}

class Path {
  public:
    Path(const Open& open, Learned& learned, const Lore& lore, Instant now, Outlook& out)
        : open_(open),
          learned_(learned),
          lore_(lore),
          now_(now),
          out_(out),
          year_(static_cast<int>(local_date(now).year())) {}

    Result<void> walk(const procedures::Flow& flow) {
        width_ = static_cast<double>(out_.left) / static_cast<double>(cells);
        Sum so_far;
        int stage = 0;
        TRY(so_far, open_stage(flow, stage));
        for (++stage; stage < static_cast<int>(flow.stages.size()) && !ended_; ++stage) {
            std::vector<LaneSum> lanes;
            for (const auto& lane : flow.stages[static_cast<size_t>(stage)].lanes) {
                if (!lane.required || ended_) continue;
                LaneSum sum = begin(so_far, single(flow, stage));
                for (const auto& step : lane.steps) TRY_VOID(later(sum, step));
                lanes.push_back(std::move(sum));
            }
            so_far = join(so_far, lanes);
        }
        out_.raw = std::clamp(1 - so_far.inside(), 0.0, 1.0);
        return Nothing{};
    }

  private:
    /// Steps one after another, and which of them were added to the answer.
    struct LaneSum {
        Sum sum;
        std::vector<std::pair<size_t, double>> misses;  // step of the answer, mass lost in it
    };

    static bool single(const procedures::Flow& flow, int stage) {
        const auto& lanes = flow.stages[static_cast<size_t>(stage)].lanes;
        return std::count_if(lanes.begin(), lanes.end(), [](const auto& l) { return l.required; }) <= 1;
    }
    /// The only lane goes on from what was before; several begin together and are added afterwards.
    LaneSum begin(const Sum& before, bool alone) const {
        LaneSum out;
        if (alone) out.sum = before;
        return out;
    }

    Result<Sum> open_stage(const procedures::Flow& flow, int& stage) {
        std::vector<LaneSum> lanes;
        stage = -1;
        for (const auto& [number, task] : open_.tasks) stage = std::max(stage, task.asked ? -1 : task.stage);
        const procedures::Stage* at = stage >= 0 && static_cast<size_t>(stage) < flow.stages.size()
                                          ? &flow.stages[static_cast<size_t>(stage)]
                                          : nullptr;
        for (const auto& numbered : open_.tasks) {
            const auto& task = numbered.second;
            LaneSum sum;
            TRY_VOID(running(sum, task, flow));
            if (!task.asked) {
                const procedures::Lane* lane = nullptr;
                if (at)
                    for (const auto& l : at->lanes)
                        if (l.id == task.lane && std::any_of(l.steps.begin(), l.steps.end(),
                                                             [&](const Step& s) { return s.id == task.step; }))
                            lane = &l;
                // A reception before the flow's own first step: the whole of stage 0 is still to come.
                if (!lane && stage <= 0) stage = -1;
                if (lane && !lane->required) continue;
                bool after = false;
                for (const auto& step : lane ? lane->steps : std::vector<Step>{}) {
                    if (after) TRY_VOID(later(sum, step));
                    after = after || step.id == task.step;
                }
            }
            lanes.push_back(std::move(sum));
        }
        return join({}, lanes);
    }

    /// What all lanes together took, and each step's share of what was lost.
    Sum join(const Sum& before, std::vector<LaneSum>& lanes) {
        if (lanes.empty()) return before;
        Sum out;
        if (lanes.size() == 1) {
            out = lanes.front().sum;
        } else {
            std::vector<Sum> sums;
            sums.reserve(lanes.size());
            for (const auto& l : lanes) sums.push_back(l.sum);
            const Sum all = longest(sums);
            out = all.begun ? plus(before, all.mass) : before;
        }
        const double lost = before.inside() - out.inside();
        double told = 0;
        for (const auto& l : lanes)
            for (const auto& [at, mass] : l.misses) told += mass;
        for (const auto& l : lanes)
            for (const auto& [at, mass] : l.misses)
                out_.steps[at].misses += lanes.size() == 1 ? mass : told > 0 ? lost * mass / told : 0;
        return out;
    }

    Result<Known> known(const StepKind& kind) { return learned_.known(kind, year_); }

    void describe(StepAhead& s, const Known& k, int64_t scale) {
        const Spread spread(k.shares, scale);
        s.typical = spread.quantile(0.5);
        s.slow = spread.quantile(0.9);
        s.level = k.level;
        s.cases = k.cases;
        all_ = k.all;
    }

    void add(LaneSum& lane, const Mass& mass, StepAhead ahead) {
        const double before = lane.sum.inside();
        lane.sum = plus(lane.sum, mass);
        lane.misses.emplace_back(out_.steps.size(), std::max(0.0, before - lane.sum.inside()));
        out_.steps.push_back(std::move(ahead));
    }

    Result<void> running(LaneSum& lane, const OpenTask& task, const procedures::Flow& flow) {
        const auto* step = flow.step(task.step);
        StepAhead ahead;
        ahead.step = task.step;
        ahead.name = step ? step->name : "";
        ahead.function = task.function;
        ahead.agency = task.agency;
        ahead.open = true;
        ahead.planned = task.planned;
        ahead.elapsed = minutes_of(task, open_, lore_, now_);
        ahead.pace = task.pace;
        ahead.load = task.load;
        // While the applicant owes a duty the clock stands still: the step takes nothing of the promise.
        if (step && step->pauses && open_.clock.paused()) {
            out_.steps.push_back(std::move(ahead));
            return Nothing{};
        }
        const StepKind such{open_.procedure.value, task.step, task.function, task.agency.value, task.pace, task.load};
        TRY(const auto k, known(such));
        describe(ahead, k, task.scale());
        const Spread spread(k.shares, task.scale());
        const auto already = static_cast<double>(ahead.elapsed);
        const double over = 1 - spread.below(already);
        Mass mass{};
        for (size_t i = 0; i < cells; ++i) {
            const double from = static_cast<double>(i) * width_, to = from + width_;
            mass[i] = over > 1e-9 ? (spread.below(already + to) - spread.below(already + from)) / over
                                  // Longer than any known case: as long again at most, every moment alike.
                                  : std::max(0.0, std::min(to, already) - from) / std::max(already, width_);
        }
        if (!task.asked) {
            TRY(const auto usual, learned_.typical(such, task.scale(), year_));
            later_pace_ = slower(usual.value_or(0), ahead.elapsed);
        }
        add(lane, mass, std::move(ahead));
        return Nothing{};
    }

    /// The pace of the later steps: what the ended ones say, or the open one when it is already slower.
    Pace slower(int64_t usual, int64_t elapsed) const {
        const auto ended = open_.pace();
        return elapsed <= usual ? ended
                                : std::max(ended, pace_of(open_.ended_minutes + elapsed, open_.ended_usual + usual));
    }

    Result<void> later(LaneSum& lane, const Step& step) {
        // The promise is kept when the result is there: handing it out is no part of it.
        if (step.kind == procedures::StepKind::return_result) ended_ = true;
        if (ended_) return Nothing{};
        StepAhead ahead;
        ahead.step = step.id;
        ahead.name = step.name;
        ahead.function = step.function;
        ahead.agency = step.agency.empty() ? (open_.lead.empty() ? open_.agency : open_.lead) : AgencyId{step.agency};
        if (step.counted && step.planned_known) ahead.planned = step.planned.count;
        if (step.pauses) {
            out_.steps.push_back(std::move(ahead));
            return Nothing{};
        }
        ahead.pace = later_pace_;
        const auto busy = learned_.business.find(ahead.agency.value);
        ahead.load = busy == learned_.business.end() ? Load::usual : busy->second.load();
        const int64_t scale = ahead.planned && *ahead.planned > 0 ? *ahead.planned : unplanned_scale;
        TRY(const auto k,
            known({open_.procedure.value, step.id, step.function, ahead.agency.value, ahead.pace, ahead.load}));
        describe(ahead, k, scale);
        const Spread spread(k.shares, scale);
        Mass mass{};
        double below = 0;
        for (size_t i = 0; i < cells; ++i) {
            const double next = spread.below(static_cast<double>(i + 1) * width_);
            mass[i] = next - below;
            below = next;
        }
        add(lane, mass, std::move(ahead));
        return Nothing{};
    }

  public:
    [[nodiscard]] int64_t all() const { return all_; }

  private:
    const Open& open_;
    Learned& learned_;
    const Lore& lore_;
    Instant now_;
    Outlook& out_;
    int year_;
    double width_ = 1;
    Pace later_pace_ = Pace::unknown;
    bool ended_ = false;
    int64_t all_ = 0;
};

/// Working minutes until the promise, as the dossier's clock counts them.
std::optional<int64_t> left_of(const Open& open, const procedures::Release& release,
                               const directory::Calendar& calendar, Instant now, Outlook& out) {
    out.standing = Standing::running;
    out.due = open.due;
    if (const auto pause = open.pause()) {
        out.standing = Standing::waiting;
        if (pause->reason != dossiers::PauseReason::supplement) {
            // The promise moves by the waiting: what was left when it began is left.
            if (!open.due) return std::nullopt;
            out.due.reset();
            return calendar.between(pause->at, *open.due).elapsed.count;
        }
        // With the supplement the promise begins anew: as if it came now.
        out.due.reset();
        if (!open.clock.limit) return std::nullopt;
        const auto again = dossiers::deadline(now, *open.clock.limit, release.clock, calendar);
        return calendar.between(dossiers::counting_from(now, release.clock, calendar), again.at).elapsed.count;
    }
    if (!open.due) return std::nullopt;
    const auto left = calendar.between(now, *open.due).elapsed.count;
    return now > *open.due ? std::min<int64_t>(left, -1) : left;
}

}  // namespace

Result<Outlook> outlook(const Open& open, Learned& learned, const Lore& lore, Instant now) {
    Outlook out;
    const auto unknown = [&](WhyUnknown why) {
        out.standing = Standing::unknown;
        out.why = why;
        return out;
    };
    if (open.state == dossiers::State::filed || !open.clock.started()) return unknown(WhyUnknown::not_received);
    const auto calendar = lore.calendar(open.calendar, open.lead.empty() ? open.agency : open.lead);
    if (!calendar) return unknown(WhyUnknown::no_calendar);
    const auto release = lore.release(open.release);
    if (!release) return unknown(WhyUnknown::no_flow);
    const auto left = left_of(open, *release, *calendar, now, out);
    if (!left) return unknown(WhyUnknown::no_promise);
    out.left = *left;
    if (out.left < 0) {
        out.standing = Standing::late;
        out.raw = out.probability = 1;
        return out;
    }
    if (open.tasks.empty()) return unknown(WhyUnknown::no_step);
    out.left = std::max<int64_t>(out.left, 1);
    Path path(open, learned, lore, now, out);
    TRY_VOID(path.walk(release->flow));
    if (path.all() < Learned::fewest_all) return unknown(WhyUnknown::few_cases);
    out.calibrated = learned.calibration.ready();
    out.probability = out.calibrated ? learned.calibration.corrected(out.raw) : out.raw;
    return out;
}

}  // namespace hl::forecast
