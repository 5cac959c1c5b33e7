#include "ioc/index766/facts.h"

#include "dossiers/statistics.h"

namespace hl::index766 {

namespace events = dossiers::events;
using dossiers::ClockAct;
using dossiers::PauseReason;
using dossiers::State;

Instant end_of_month(int64_t month) {
    const int64_t next = month + 1;
    return at_local(Date{std::chrono::year{static_cast<int>(next / 12)} /
                         std::chrono::month{static_cast<unsigned>(next % 12) + 1} / 1},
                    0);
}

Result<int64_t> month_from(std::string_view text) {
    const auto day = text.size() == 7 ? parse_date(std::string{text} + "-01") : Result<Date>{Error{}};
    if (!day.ok())
        return Error{ErrorKind::invalid, "query.month", "Tháng phải có dạng 2026-11.", "A month looks like 2026-11.",
                     "/month"};
    return dossiers::month_of(std::chrono::year_month{day->year(), day->month()});
}

Result<Lore> Lore::load(store::Reader& reader) {
    Lore lore;
    TRY(lore.catalogue, procedures::Catalogue::load(reader));
    TRY(lore.calendars, directory::Calendars::load(reader));
    return lore;
}

procedures::ClockRules Lore::rules(const ReleaseId& release) const {
    const auto found = catalogue->release(release);
    return found.ok() ? (*found)->clock : procedures::ClockRules{};
}

std::shared_ptr<const directory::Calendar> Lore::calendar(std::string_view label, const AgencyId& agency) const {
    if (auto printed = calendars->by_label(label)) return printed;
    return calendars->for_agency(agency);
}

bool Lore::knows(const ReleaseId& release, std::string_view label) const {
    if (!release.empty() && !catalogue->release(release).ok()) return false;
    return label.empty() || label == "import" || calendars->by_label(label) != nullptr;
}

namespace {

void put_papers(std::vector<Paper>& papers, const std::vector<events::ComponentFlags>& flags) {
    for (const auto& f : flags) {
        const Paper paper{f.id, f.digitised, f.reused, f.national};
        const auto it = std::find_if(papers.begin(), papers.end(), [&](const Paper& p) { return p.id == f.id; });
        if (it == papers.end())
            papers.push_back(paper);
        else
            *it = paper;
    }
}

void put_fees(std::vector<Fee>& fees, const std::vector<events::ChargeAmount>& charges) {
    for (const auto& c : charges) {
        const auto it = std::find_if(fees.begin(), fees.end(), [&](const Fee& f) { return f.id == c.id; });
        if (it == fees.end())
            fees.push_back({c.id, c.amount, c.method});
        else
            *it = {c.id, c.amount, c.method};
    }
}

Result<void> take_imported(Facts& f, const events::Imported& e) {
    f.imported = true;
    f.earlier_requests = e.requests;
    f.clock.limit = e.limit;
    // The other system's promise stands whatever the card's time gives: in the tape's words, an extension at the start.
    if (!e.due) return Nothing{};
    for (auto it = f.clock.acts.begin(); it != f.clock.acts.end(); ++it)
        if (it->act == ClockAct::start) {
            f.clock.acts.insert(it + 1, {it->at, ClockAct::extend, PauseReason::none, e.due});
            break;
        }
    return Nothing{};
}

void describe(Facts& f, const events::Description& about) {
    f.procedure = about.procedure;
    f.release = about.release;
    f.channel = about.channel;
    f.agency = about.lead;
    f.reception = about.reception;
}

/// What only some kinds of events say.
Result<void> take_own(Facts& f, const store::StoredEvent& event) {
    if (event.type == events::Filed::type) {
        TRY(const auto e, events::from_json<events::Filed>(event.data));
        describe(f, e.dossier);
    } else if (event.type == events::Imported::type) {
        TRY(const auto e, events::from_json<events::Imported>(event.data));
        describe(f, e.dossier);
        return take_imported(f, e);
    } else if (event.type == events::Received::type) {
        TRY(const auto e, events::from_json<events::Received>(event.data));
        f.release = e.release;
        f.clock.limit = e.limit;
        f.papers.clear();
        put_papers(f.papers, e.components);
        f.fees.clear();
        put_fees(f.fees, e.charges);
    } else if (event.type == events::SupplementAnswered::type) {
        TRY(const auto e, events::from_json<events::SupplementAnswered>(event.data));
        put_papers(f.papers, e.components);
    } else if (event.type == events::Charged::type) {
        TRY(const auto e, events::from_json<events::Charged>(event.data));
        put_fees(f.fees, e.charges);
    } else if (event.type == events::Paid::type) {
        TRY(const auto e, events::from_json<events::Paid>(event.data));
        put_fees(f.fees, e.charges);
    } else if (event.type == events::ResultRecorded::type) {
        TRY(const auto e, events::from_json<events::ResultRecorded>(event.data));
        if (e.signature == "digital") f.electronic = true;
    } else if (event.type == events::ReleaseMoved::type) {
        TRY(const auto e, events::from_json<events::ReleaseMoved>(event.data));
        f.release = e.to_release;
    } else if (event.type == events::Rated::type) {
        TRY(const auto e, events::from_json<events::Rated>(event.data));
        if (e.overall > 0) {
            f.rating = e.overall;
        } else if (!e.scores.empty()) {
            // Nine answers of 0 to 2 points on the scale of 1 to 5.
            int sum = 0;
            for (const char c : e.scores) sum += c - '0';
            f.rating = 1 + sum * 4 / static_cast<int>(2 * e.scores.size());
        }
    }
    return Nothing{};
}

void take_steps(Facts& f, const events::Change& change, Instant at) {
    for (const auto& t : change.started) f.steps[t.number] = {t.number, t.step, t.agency, t.due, {}};
    for (const auto& t : change.moved)
        if (const auto it = f.steps.find(t.number); it != f.steps.end()) {
            it->second.agency = t.agency;
            it->second.due = t.due;
        }
    for (const auto& t : change.ended) {
        if (t.due && at > *t.due)
            f.steps[t.number] = {t.number, t.step, t.agency, t.due, at};
        else
            f.steps.erase(t.number);
    }
}

}  // namespace

Result<void> take(Facts& f, const store::StoredEvent& event) {
    if (!event.type.starts_with("dossier.")) return Nothing{};
    TRY(const auto change, events::change_of(event));
    f.clock.acts.insert(f.clock.acts.end(), change.clock.begin(), change.clock.end());
    for (const auto& act : change.clock)
        if (act.act == ClockAct::start && !f.received_at) f.received_at = act.at;
    TRY_VOID(take_own(f, event));
    f.code = change.code;
    f.state = change.to;
    f.calendar = change.calendar;
    f.version = change.version;
    if (!change.lead.empty()) f.agency = change.lead;
    if (!change.reception.empty()) f.reception = change.reception;
    take_steps(f, change, event.at);
    if (change.closing && !f.ended_at) {
        f.ended_at = event.at;
        for (const auto& act : change.clock)
            if (act.act == ClockAct::stop) f.ended_at = act.at;
        f.result = change.to == State::finished || change.to == State::returned;
    }
    f.seen = std::max(f.seen, dossiers::month_of(event.at));
    return Nothing{};
}

namespace {

/// The pause in which the tape stands before `end`, if it stands in one.
std::optional<Instant> paused_at(const dossiers::ClockTape& tape, Instant end) {
    std::optional<Instant> out;
    for (const auto& act : tape.acts) {
        if (act.at >= end) break;
        if (act.act == ClockAct::pause) {
            if (!out) out = act.at;
        } else if (act.act != ClockAct::extend) {
            out.reset();
        }
    }
    return out;
}

int64_t requests_before(const Facts& f, Instant end) {
    return f.earlier_requests + std::count_if(f.clock.acts.begin(), f.clock.acts.end(), [&](const auto& act) {
               return act.at < end && act.act == ClockAct::pause && act.reason == PauseReason::supplement;
           });
}

}  // namespace

Timing timing_at(const Facts& f, const Lore& lore, Instant period_end) {
    Timing out;
    const bool ended = f.ended_at && *f.ended_at < period_end;
    if (!f.received_at || (!ended && *f.received_at >= period_end)) {
        if (ended && !f.received_at) out.letter = 'n';
        return out;
    }
    const auto rules = lore.rules(f.release);
    const auto calendar = lore.calendar(f.calendar, f.agency);
    out.end = ended ? *f.ended_at : period_end;
    if (!ended)
        if (const auto pause = paused_at(f.clock, period_end)) {
            out.end = *pause;
            out.waiting = true;
        }
    out.requests = requests_before(f, ended ? Instant::max() : period_end);
    out.due = dossiers::index_clock(f.clock, rules, *calendar, out.end).due;
    if (out.due && out.end > *out.due) out.late = calendar->between(*out.due, out.end).elapsed;
    if (out.requests > rules.supplement_max)
        out.letter = ended ? 's' : 't';
    else if (!out.due)
        out.letter = ended ? 'u' : 'v';
    else if (out.end > *out.due)
        out.letter = ended ? 'l' : 'x';
    else
        out.letter = ended ? 'm' : 'w';
    return out;
}

Outlook outlook(const Facts& f, const Lore& lore) {
    if (!f.received_at || f.ended_at) return {};
    // Far ahead, when every act so far has happened.
    const auto timing = timing_at(f, lore, at_local(Date{std::chrono::year{2039} / 1 / 1}, 0));
    if (timing.letter == 't' || timing.letter == 'v') return {timing.letter, {}};
    if (timing.waiting && timing.letter == 'w') return {'w', {}};
    return {'w', timing.due};
}

namespace {

char filing_of(const Facts& f) {
    if (f.channel == procedures::Channel::desk) return 'd';
    if (f.channel == procedures::Channel::post) return 'b';
    if (!f.ended_at) return 'w';
    if (!f.result) return 'q';
    if (f.electronic) return 'o';
    return f.imported ? 'u' : 'p';
}

char payment_of(const Facts& f) {
    if (f.imported && f.fees.empty()) return 'u';
    bool due = false, unknown = false, unpaid = false;
    for (const auto& fee : f.fees) {
        if (fee.method == "online") return 'y';
        unknown = unknown || !fee.amount;
        if (!fee.amount || *fee.amount <= 0) continue;
        due = true;
        unpaid = unpaid || fee.method.empty();
    }
    if (!due) return unknown ? 'u' : 'n';
    return unpaid ? 'd' : 'c';
}

char result_of(const Facts& f) {
    if (!f.result) return 'n';
    if (f.electronic) return 'e';
    return f.imported ? 'u' : 'p';
}

char digitised_of(const Facts& f) {
    if (!f.result) return 'n';
    if (f.imported && f.papers.empty()) return 'u';
    const auto scanned = std::count_if(f.papers.begin(), f.papers.end(), [](const Paper& p) { return p.digitised; });
    if (scanned == 0 && !f.papers.empty()) return 'z';
    if (!f.electronic) return f.imported ? 'u' : 'r';
    return scanned == std::ssize(f.papers) ? 'a' : 's';
}

template <class F>
char any_of(const Facts& f, F has) {
    if (std::any_of(f.papers.begin(), f.papers.end(), has)) return 'y';
    return f.imported ? 'u' : 'z';
}

}  // namespace

std::map<int64_t, Outcomes> outcomes_by_month(const Facts& f, const Lore& lore) {
    std::map<int64_t, Outcomes> out;
    const auto at = [&](int64_t month, Fact fact) -> char& {
        return out.emplace(month, nothing_seen()).first->second[static_cast<size_t>(fact)];
    };
    if (f.received_at) {
        const int64_t first = dossiers::month_of(*f.received_at);
        const int64_t last = f.ended_at ? dossiers::month_of(*f.ended_at) : f.seen;
        for (int64_t m = first; m < last; ++m) at(m, Fact::timing) = timing_at(f, lore, end_of_month(m)).letter;
        at(first, Fact::filing) = filing_of(f);
        at(first, Fact::payment) = payment_of(f);
        at(first, Fact::reused) = any_of(f, [](const Paper& p) { return p.reused; });
        at(first, Fact::national) = any_of(f, [](const Paper& p) { return p.national; });
    }
    if (!f.ended_at) return out;
    const int64_t last = dossiers::month_of(*f.ended_at);
    at(last, Fact::timing) = timing_at(f, lore, Instant::max()).letter;
    if (!f.received_at) return out;
    at(last, Fact::result) = result_of(f);
    at(last, Fact::digitised) = digitised_of(f);
    if (f.result) at(last, Fact::rating) = f.rating > 0 ? static_cast<char>('0' + f.rating) : 'z';
    return out;
}

}  // namespace hl::index766
