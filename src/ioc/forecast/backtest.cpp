#include "ioc/forecast/backtest.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hl::forecast {

namespace {

constexpr int64_t read_at_once = 8000;

/// Shares counted as they come, towards a common share while there are few.
struct Share {
    double n = 0, late = 0;
    void add(bool is_late) { n += 1, late += is_late; }
    [[nodiscard]] double of(double prior, double weight) const { return (late + prior * weight) / (n + weight); }
};

/// Which of ten parts of the promise's whole time is left.
int part_left(const Open& open, const Outlook& told, const directory::Calendar& calendar) {
    const Instant begun = open.clock.acts.empty() ? open.last : open.clock.acts.front().at;
    const auto whole = open.due ? calendar.between(begun, *open.due).elapsed.count : 0;
    return whole <= 0 ? 0 : std::clamp(static_cast<int>(told.left * 10 / whole), 0, 9);
}

class Run {
  public:
    Run(const Lore& lore, const BacktestOptions& options, Instant first, Instant last)
        : lore_(lore), options_(options), machine_(learned_) {
        scored_from_ = first + std::chrono::milliseconds{static_cast<int64_t>(
                                   options.warm_up * static_cast<double>(to_ms(last) - to_ms(first)))};
        machine_.on_end = [this](const std::string& id, const Open& open, bool late) { end(id, open, late); };
        const auto calendar = lore.calendar({}, AgencyId{});
        for (Date day = local_date(first); calendar && at_local(day, 8) <= last; day = calendar->next_workday(day))
            if (n_++ % options.every == 0 && calendar->is_workday(day)) mornings_.push_back(calendar->opening(day));
    }
    Backtest out;

    Result<void> take(const store::StoredEvent& event) {
        // Nothing of the event is known on the mornings before it.
        for (; at_ < mornings_.size() && mornings_[at_] < event.at; ++at_) TRY_VOID(sweep(mornings_[at_]));
        ++out.events;
        return machine_.take(event, lore_);
    }

  private:
    struct Said {
        double ours, raw, base, left, truth;
        int part;
        bool scored;
    };

    Result<void> sweep(Instant morning) {
        ++out.mornings;
        for (const auto& [id, open] : machine_.dossiers()) {
            if (!open || open->state == dossiers::State::filed) continue;
            TRY(const auto told, outlook(*open, learned_, lore_, morning));
            if (told.standing != Standing::running) {
                out.unknown += told.standing == Standing::unknown;
                continue;
            }
            const auto calendar = lore_.calendar(open->calendar, open->lead);
            const int part = part_left(*open, told, *calendar);
            const double all = all_.of(0.5, 1);
            said_[id].push_back({told.probability, told.raw, procedures_[open->procedure.value].of(all, 5),
                                 parts_[static_cast<size_t>(part)].of(all, 5),
                                 options_.oracle ? options_.oracle(*open, morning) : 0, part, morning >= scored_from_});
        }
        return Nothing{};
    }

    void end(const std::string& id, const Open& open, bool late) {
        const auto it = said_.find(id);
        if (it != said_.end()) {
            bool counted = false;
            for (const auto& s : it->second) {
                parts_[static_cast<size_t>(s.part)].add(late);
                if (!s.scored) continue;
                counted = true;
                out.ours.push_back({s.ours, late});
                out.uncalibrated.push_back({s.raw, late});
                out.base_rate.push_back({s.base, late});
                out.time_left.push_back({s.left, late});
                if (options_.oracle) out.oracle.push_back({s.truth, late});
            }
            out.dossiers += counted;
            said_.erase(it);
        }
        procedures_[open.procedure.value].add(late);
        all_.add(late);
    }

    const Lore& lore_;
    BacktestOptions options_;
    Learned learned_;
    Machine machine_;
    Instant scored_from_{};
    std::vector<Instant> mornings_;
    size_t at_ = 0;
    int64_t n_ = 0;
    std::map<std::string, std::vector<Said>> said_;
    std::map<std::string, Share> procedures_;
    std::array<Share, 10> parts_;
    Share all_;
};

}  // namespace

Score score(const std::vector<Scored>& all) {
    Score out;
    out.n = std::ssize(all);
    out.table.resize(10);
    if (all.empty()) return out;
    for (const auto& s : all) {
        const double happened = s.late ? 1 : 0, p = std::clamp(s.said, 1e-4, 1 - 1e-4);
        out.late += s.late;
        out.brier += (s.said - happened) * (s.said - happened);
        out.log_loss -= s.late ? std::log(p) : std::log(1 - p);
        auto& b = out.table[static_cast<size_t>(std::clamp(static_cast<int>(s.said * 10), 0, 9))];
        ++b.n;
        b.late += s.late;
        b.said += s.said;
    }
    const auto n = static_cast<double>(out.n);
    out.brier /= n;
    out.log_loss /= n;
    for (auto& b : out.table) {
        if (b.n == 0) continue;
        b.said /= static_cast<double>(b.n);
        out.reliability +=
            std::abs(b.said - static_cast<double>(b.late) / static_cast<double>(b.n)) * static_cast<double>(b.n) / n;
    }
    auto sorted = all;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Scored& a, const Scored& b) { return a.said < b.said; });
    double ranks = 0;
    for (size_t i = 0; i < sorted.size();) {
        size_t j = i;
        while (j < sorted.size() && sorted[j].said == sorted[i].said) ++j;
        const double middle = static_cast<double>(i + j + 1) / 2;  // ties share their places
        for (; i < j; ++i) ranks += sorted[i].late ? middle : 0;
    }
    const auto late = static_cast<double>(out.late);
    out.auc = late == 0 || late == n ? 0.5 : (ranks - late * (late + 1) / 2) / (late * (n - late));
    return out;
}

Result<Backtest> backtest(store::Store& store, const BacktestOptions& options,
                          const std::function<void(int64_t, int64_t)>& progress) {
    TRY(const auto lore, store.read([](store::Reader& r) { return Lore::load(r); }));
    TRY(const auto size, store.read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); }));
    const auto batch = [&](int64_t from, int64_t n) {
        return store.read([&](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
            return store::read_events(r, from, n);
        });
    };
    // The first dossier's event begins the time; what was set up before it does not count.
    std::optional<Instant> last;
    TRY(const auto end, batch(std::max<int64_t>(0, size - 1), 1));
    if (!end.empty()) last = end.front().at;
    std::optional<Run> run;
    for (int64_t at = 0; at < size;) {
        TRY(const auto events, batch(at, std::min(read_at_once, size - at)));
        if (events.empty()) break;
        for (const auto& event : events) {
            if (!event.type.starts_with("dossier.")) continue;
            if (!run) run.emplace(lore, options, event.at, std::max(*last, event.at));
            TRY_VOID(run->take(event));
        }
        at = events.back().position + 1;
        if (progress) progress(at, size);
    }
    return run ? std::move(run->out) : Backtest{};
}

}  // namespace hl::forecast
