// The index a second time, slowly and obviously: from the dossier's stored rows and not from its events, walking days
// and shifts one by one. Only for tests.
#pragma once
#include "index_world.h"

namespace hl::index766::test {

class Obvious {
  public:
    explicit Obvious(const directory::Calendar& calendar) : calendar_(calendar) {}

    /// What one dossier counts for in one month whose end is `end` (or `now`, when that comes first).
    Outcomes in_month(const dossiers::Dossier& d, const dossiers::Detail& detail, int rating, int64_t month,
                      Instant now) const {
        Outcomes out = nothing_seen();
        const auto set = [&](Fact fact, char letter) { out[static_cast<size_t>(fact)] = letter; };
        const Instant end = std::min(end_of_month(month), now + std::chrono::milliseconds{1});
        const bool over = d.finished_at && dossiers::month_of(*d.finished_at) == month;
        const bool over_before = d.finished_at && dossiers::month_of(*d.finished_at) < month;
        const bool result = d.state == dossiers::State::finished || d.state == dossiers::State::returned;
        const bool digital = std::any_of(detail.results.begin(), detail.results.end(),
                                         [](const auto& r) { return r.signature == "digital"; });
        if (!d.received_at) {
            if (over) set(Fact::timing, 'n');
            return out;
        }
        if (*d.received_at < end && !over_before) set(Fact::timing, timing(d, over ? *d.finished_at : end, over));
        if (dossiers::month_of(*d.received_at) == month) {
            set(Fact::filing, d.channel == procedures::Channel::desk   ? 'd'
                              : d.channel == procedures::Channel::post ? 'b'
                              : !d.finished_at                         ? 'w'
                              : !result                                ? 'q'
                              : digital                                ? 'o'
                                                                       : 'p');
            set(Fact::payment, payment(detail.charges));
            bool reused = false, national = false;
            for (const auto& c : detail.components) reused |= c.reused, national |= c.from_national;
            set(Fact::reused, reused ? 'y' : 'z');
            set(Fact::national, national ? 'y' : 'z');
        }
        if (over) {
            set(Fact::result, !result ? 'n' : digital ? 'e' : 'p');
            const auto scanned = std::count_if(detail.components.begin(), detail.components.end(),
                                               [](const auto& c) { return c.digitised; });
            set(Fact::digitised, !result                                      ? 'n'
                                 : scanned == 0 && !detail.components.empty() ? 'z'
                                 : !digital                                   ? 'r'
                                 : scanned == std::ssize(detail.components)   ? 'a'
                                                                              : 's');
            if (result) set(Fact::rating, rating > 0 ? static_cast<char>('0' + rating) : 'z');
        }
        return out;
    }

  private:
    static constexpr std::array<std::pair<int, int>, 2> shifts{{{450, 690}, {780, 1020}}};

    static char payment(const std::vector<dossiers::Charge>& charges) {
        bool unknown = false, due = false, unpaid = false;
        for (const auto& c : charges) {
            if (c.method == "online") return 'y';
            if (!c.amount) unknown = true;
            if (c.amount && *c.amount > 0) due = true, unpaid |= !c.paid_at;
        }
        return due ? (unpaid ? 'd' : 'c') : unknown ? 'u' : 'n';
    }

    int64_t minutes(Instant a, Instant b) const {
        if (b <= a) return 0;
        int64_t ms = 0;
        for (Date day = local_date(a); day <= local_date(b); day = add_days(day, 1)) {
            if (!calendar_.is_workday(day)) continue;
            for (const auto& [from, to] : shifts) {
                const Instant opens = std::max(a, at_local(day, 0) + std::chrono::minutes{from});
                const Instant closes = std::min(b, at_local(day, 0) + std::chrono::minutes{to});
                if (closes > opens) ms += to_ms(closes) - to_ms(opens);
            }
        }
        return ms / 60'000;
    }
    Instant later(Instant a, int64_t count) const {
        int64_t left = count * 60'000;
        for (Date day = local_date(a);; day = add_days(day, 1)) {
            if (!calendar_.is_workday(day)) continue;
            for (const auto& [from, to] : shifts) {
                const Instant opens = std::max(a, at_local(day, 0) + std::chrono::minutes{from});
                const Instant closes = at_local(day, 0) + std::chrono::minutes{to};
                if (closes <= opens) continue;
                if (left <= to_ms(closes) - to_ms(opens)) return opens + std::chrono::milliseconds{left};
                left -= to_ms(closes) - to_ms(opens);
            }
        }
    }
    Date workday_after(Date day) const {
        do day = add_days(day, 1);
        while (!calendar_.is_workday(day));
        return day;
    }

    char timing(const dossiers::Dossier& d, Instant end, bool over) const {
        using dossiers::ClockAct;
        std::optional<Instant> due, paused;
        Instant counts_from{};
        int requests = 0;
        const auto answered = [&](Instant at) {
            if (!paused) return;
            const auto waited = minutes(std::max(*paused, counts_from), at);
            if (due && waited > 0) due = later(*due, waited);
            paused.reset();
        };
        for (const auto& act : d.clock.acts) {
            if (act.at > end || (!over && act.at >= end)) break;
            if (act.act == ClockAct::start) {
                const Date day = local_date(act.at);
                const bool next_day = !calendar_.is_workday(day) || act.at > at_local(day, 15);
                counts_from = next_day ? at_local(workday_after(day), 7, 30) : act.at;
                if (!d.clock.limit) continue;
                if (d.clock.limit->unit == procedures::TimeUnit::working_hours) {
                    due = later(counts_from, 60 * d.clock.limit->value);
                } else {
                    counts_from = at_local(workday_after(day), 7, 30);
                    Date last = day;
                    for (int i = 0; i < d.clock.limit->value; ++i) last = workday_after(last);
                    due = at_local(last, 17);
                }
            } else if (act.act == ClockAct::pause) {
                if (!paused) paused = act.at;
                if (act.reason == dossiers::PauseReason::supplement) ++requests;
            } else if (act.act == ClockAct::extend) {
                due = act.due;
            } else {
                answered(act.at);
            }
        }
        if (!over && paused) end = *paused;
        if (requests > 1) return over ? 's' : 't';
        if (!due) return over ? 'u' : 'v';
        if (end > *due) return over ? 'l' : 'x';
        return over ? 'm' : 'w';
    }

    const directory::Calendar& calendar_;
};

}  // namespace hl::index766::test
