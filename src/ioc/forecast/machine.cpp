#include "ioc/forecast/machine.h"

#include <algorithm>

namespace hl::forecast {

namespace events = dossiers::events;

namespace {

/// Days of one wait on which something is said: the others count with them.
constexpr size_t most_days = 3;
/// With so many dossiers known, one in `one_in` is enough to stay right.
constexpr int64_t all_until = 400;
constexpr uint64_t one_in = 4;

uint64_t hash_of(std::string_view text) {
    uint64_t h = 1469598103934665603ULL;
    for (const char c : text) h = (h ^ static_cast<uint8_t>(c)) * 1099511628211ULL;
    return h ^ (h >> 32);
}

void describe(Open& open, const events::Description& about) {
    open.procedure = about.procedure;
    open.release = about.release;
    open.lead = about.lead;
}

/// What only some kinds of events say.
Result<void> take_own(Open& open, const store::StoredEvent& event) {
    if (event.type == events::Filed::type) {
        TRY(const auto e, events::from_json<events::Filed>(event.data));
        describe(open, e.dossier);
    } else if (event.type == events::Imported::type) {
        TRY(const auto e, events::from_json<events::Imported>(event.data));
        describe(open, e.dossier);
        open.clock.limit = e.limit;
    } else if (event.type == events::Received::type) {
        TRY(const auto e, events::from_json<events::Received>(event.data));
        open.release = e.release.empty() ? open.release : e.release;
        open.clock.limit = e.limit;
    } else if (event.type == events::ReleaseMoved::type) {
        TRY(const auto e, events::from_json<events::ReleaseMoved>(event.data));
        open.release = e.to_release;
    }
    return Nothing{};
}

}  // namespace

Result<std::optional<Open>*> Machine::find(const std::string& dossier) {
    auto it = open_.find(dossier);
    if (it == open_.end()) {
        std::optional<Open> known;
        if (fetch_) {
            TRY(known, fetch_(dossier));
        }
        it = open_.emplace(dossier, std::move(known)).first;
    }
    return &it->second;
}

void Machine::business(const AgencyId& agency, int64_t by) {
    auto& b = learned_.business[agency.value];
    b.open = std::max<int64_t>(0, b.open + by);
    busy_.insert(agency.value);
}

/// The mornings since the newest event: what would have been said then is remembered.
Result<void> Machine::watch(const std::string& dossier, Open& open, const Lore& lore, Instant until) {
    if (learned_.calibration.dossiers >= all_until && hash_of(dossier) % one_in != 0) return Nothing{};
    const auto calendar = lore.calendar(open.calendar, open.lead.empty() ? open.agency : open.lead);
    if (!calendar || !open.due || open.clock.paused() || !open.clock.started()) return Nothing{};
    std::vector<Instant> mornings;
    const Instant end = std::min(until, *open.due);
    for (Date day = local_date(open.last);; day = calendar->next_workday(day)) {
        if (!calendar->is_workday(day)) continue;
        const Instant t = calendar->opening(day);
        if (t >= end || mornings.size() >= 250) break;
        if (t > open.last) mornings.push_back(t);
    }
    const size_t n = std::min(most_days, mornings.size());
    for (size_t i = 0; i < n; ++i) {
        const size_t from = mornings.size() * i / n, to = mornings.size() * (i + 1) / n;
        TRY(const auto said, outlook(open, learned_, lore, mornings[(from + to) / 2]));
        if (said.standing != Standing::running) continue;
        auto& [days, sum] = open.said[Calibration::bin_of(said.raw)];
        const auto weight = static_cast<int64_t>(to - from);
        days += weight;
        sum += weight * std::llround(said.raw * 1e6);
    }
    return Nothing{};
}

Result<void> Machine::end_tasks(Open& open, const events::Change& change, const Lore& lore, Instant at) {
    for (const auto& ended : change.ended) {
        const auto it = open.tasks.find(ended.number);
        if (it == open.tasks.end()) continue;
        const OpenTask task = std::move(it->second);
        open.tasks.erase(it);
        business(task.agency, -1);
        // What was dropped or kept silent says nothing of how long the step takes.
        if (ended.state != dossiers::TaskState::done && ended.state != dossiers::TaskState::sent_back) continue;
        if (!lore.calendar(open.calendar, task.agency)) continue;
        const auto release = lore.release(open.release);
        const auto* step = release ? release->flow.step(task.step) : nullptr;
        if (step && step->pauses) continue;  // the applicant's time, not the office's
        const int64_t minutes = minutes_of(task, open, lore, at);
        const StepKind kind{open.procedure.value, task.step, task.function, task.agency.value, task.pace, task.load};
        const int year = static_cast<int>(local_date(at).year());
        // What is usual is what was known before this one.
        TRY(const auto usual, learned_.typical(kind, task.scale(), year));
        if (usual) {
            open.ended_minutes += minutes;
            open.ended_usual += *usual;
        }
        TRY_VOID(learned_.add(kind, minutes, task.scale(), year));
    }
    return Nothing{};
}

void Machine::start_tasks(Open& open, const events::Change& change, Instant at) {
    for (const auto& s : change.started) {
        OpenTask task;
        task.stage = s.stage;
        task.lane = s.lane;
        task.step = s.step;
        task.function = s.function;
        task.agency = s.agency;
        task.planned = s.planned;
        task.started = at;
        task.asked = s.asked;
        task.pace = open.pace();
        auto& b = learned_.business[s.agency.value];
        task.load = b.load();
        b.sum += b.open;
        ++b.times;
        business(s.agency, 1);
        open.tasks[s.number] = std::move(task);
    }
    for (const auto& m : change.moved) {
        const auto it = open.tasks.find(m.number);
        if (it == open.tasks.end() || it->second.agency == m.agency || m.agency.empty()) continue;
        business(it->second.agency, -1);
        business(m.agency, 1);
        it->second.agency = m.agency;
    }
}

void Machine::settle(const std::string& dossier, const Open& open, const events::Closing& closing) {
    if (closing.promise == dossiers::Verdict::unknown) return;
    const bool late = closing.promise == dossiers::Verdict::late;
    if (on_end) on_end(dossier, open, late);
    if (open.said.empty()) return;
    auto& c = learned_.calibration;
    ++c.dossiers;
    c.late_dossiers += late;
    for (const auto& [bin, days] : open.said) {
        auto& b = c.bins_[static_cast<size_t>(std::clamp(bin, 0, Calibration::parts - 1))];
        b.weight += days.first;
        b.late += late ? days.first : 0;
        b.said += days.second;
    }
    if (c.dossiers >= Calibration::most_dossiers) c.fade();
}

Result<void> Machine::take(const store::StoredEvent& event, const Lore& lore) {
    if (!event.type.starts_with("dossier.")) return Nothing{};
    const bool begins = event.type == events::Filed::type || event.type == events::Imported::type;
    TRY(auto* found, find(event.stream));
    if (!*found) {
        if (!begins) {
            forget(event.stream);
            return Nothing{};
        }
        found->emplace();
        (*found)->last = event.at;
    }
    Open& open = **found;
    TRY(const auto change, events::change_of(event));
    const Instant at = std::max(event.at, open.last);
    TRY_VOID(watch(event.stream, open, lore, at));
    TRY_VOID(take_own(open, event));
    open.code = change.code;
    open.agency = change.agency;
    if (!change.lead.empty()) open.lead = change.lead;
    open.state = change.to;
    open.due = change.due;
    if (!change.calendar.empty()) open.calendar = change.calendar;
    open.clock.acts.insert(open.clock.acts.end(), change.clock.begin(), change.clock.end());
    open.last = at;
    TRY_VOID(end_tasks(open, change, lore, at));
    // What is left to do after the end (handing out the result) is no part of the promise.
    const bool over =
        change.closing.has_value() || !dossiers::is_open(change.to) || change.to == dossiers::State::finished;
    if (!over) {
        start_tasks(open, change, at);
        return Nothing{};
    }
    for (const auto& [number, task] : open.tasks) business(task.agency, -1);
    if (change.closing) settle(event.stream, open, *change.closing);
    found->reset();
    forget(event.stream);
    return Nothing{};
}

/// Who writes needs to know what ended; who does not would only gather it.
void Machine::forget(const std::string& dossier) {
    if (!fetch_) open_.erase(dossier);
}

}  // namespace hl::forecast
