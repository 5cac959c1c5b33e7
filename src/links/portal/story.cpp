#include "links/portal/story.h"

namespace hl::links::portal {

namespace events = dossiers::events;
using dossiers::ClockAct;
using dossiers::State;

namespace {

void put_components(Story& s, const std::vector<events::ComponentFlags>& flags) {
    for (const auto& f : flags) {
        const auto it =
            std::find_if(s.components.begin(), s.components.end(), [&](const auto& c) { return c.id == f.id; });
        if (it == s.components.end())
            s.components.push_back(f);
        else
            *it = f;
    }
}

void put_charges(Story& s, const std::vector<events::ChargeAmount>& charges) {
    for (const auto& c : charges) {
        const auto it = std::find_if(s.charges.begin(), s.charges.end(), [&](const auto& x) { return x.id == c.id; });
        if (it == s.charges.end())
            s.charges.push_back(c);
        else
            *it = c;
    }
}

void describe(Story& s, const events::Description& about) {
    s.dossier = about;
    s.release = about.release;
    s.lead = about.lead;
    s.reception = about.reception;
}

/// What only some kinds of events say.
Result<void> take_own(Story& s, const store::StoredEvent& event) {
    if (event.type == events::Filed::type) {
        TRY(const auto e, events::from_json<events::Filed>(event.data));
        describe(s, e.dossier);
        s.filed_at = event.at;
    } else if (event.type == events::Imported::type) {
        TRY(const auto e, events::from_json<events::Imported>(event.data));
        describe(s, e.dossier);
        s.filed_at = e.filed_at;
        s.imported = true;
    } else if (event.type == events::Received::type) {
        TRY(const auto e, events::from_json<events::Received>(event.data));
        s.release = e.release;
        s.components.clear();
        s.charges.clear();
        put_components(s, e.components);
        put_charges(s, e.charges);
    } else if (event.type == events::Refused::type) {
        s.refused_at = event.at;
    } else if (event.type == events::SupplementRequested::type) {
        TRY(const auto e, events::from_json<events::SupplementRequested>(event.data));
        s.supplements.push_back({e.request, e.note, event.at, e.officer, s.due, {}, {}});
    } else if (event.type == events::SupplementAnswered::type) {
        TRY(const auto e, events::from_json<events::SupplementAnswered>(event.data));
        put_components(s, e.components);
        if (!s.supplements.empty()) {
            s.supplements.back().answered_at = event.at;
            s.supplements.back().due_after = e.due;
        }
    } else if (event.type == events::Charged::type) {
        TRY(const auto e, events::from_json<events::Charged>(event.data));
        put_charges(s, e.charges);
    } else if (event.type == events::Paid::type) {
        TRY(const auto e, events::from_json<events::Paid>(event.data));
        put_charges(s, e.charges);
    } else if (event.type == events::ResultRecorded::type) {
        TRY(const auto e, events::from_json<events::ResultRecorded>(event.data));
        s.results.push_back({e.kind, e.signature, e.file.value, e.outcome, event.at});
    } else if (event.type == events::Delivered::type) {
        TRY(const auto e, events::from_json<events::Delivered>(event.data));
        s.delivery = e.method;
    } else if (event.type == events::ReleaseMoved::type) {
        TRY(const auto e, events::from_json<events::ReleaseMoved>(event.data));
        s.release = e.to_release;
    }
    return Nothing{};
}

/// Work that ended with this event, or the change itself when it changed the state without a task.
Result<void> take_progress(Story& s, const store::StoredEvent& event, const events::Change& change) {
    const std::string word = event.type.substr(std::string_view{"dossier."}.size());
    Progress line{event.at, word, "", change.agency, change.officer, change.position, change.to, {}, {}};
    for (const auto& t : change.ended) {
        line.step = t.step;
        line.agency = t.agency;
        line.started = t.started;
        line.due = t.due;
        s.progress.push_back(line);
    }
    if (change.ended.empty() && change.from != change.to) s.progress.push_back(line);
    // A new date ends no task; what it ends is the promise so far, which no other field of the portal remembers.
    if (event.type == events::Extended::type) {
        TRY(const auto e, events::from_json<events::Extended>(event.data));
        line.due = e.old_due;
        s.progress.push_back(line);
    }
    return Nothing{};
}

}  // namespace

Result<Story> story_of(std::span<const store::StoredEvent> stream, int64_t position) {
    Story s;
    for (const auto& event : stream) {
        if (event.position > position) break;
        if (event.type == papers_taken) s.papers = papers_in(event);
        if (!event.type.starts_with("dossier.")) continue;
        TRY(const auto change, events::change_of(event));
        TRY_VOID(take_own(s, event));
        ++s.events;
        s.code = change.code;
        s.state = change.to;
        s.agency = change.agency;
        s.due = change.due;
        s.version = change.version;
        s.changed_at = event.at;
        if (!change.lead.empty()) s.lead = change.lead;
        if (!change.reception.empty()) s.reception = change.reception;
        for (const auto& act : change.clock)
            if (act.act == ClockAct::start && !s.received_at) s.received_at = act.at;
        if (change.closing && !s.ended_at) {
            s.ended_at = event.at;
            for (const auto& act : change.clock)
                if (act.act == ClockAct::stop) s.ended_at = act.at;
        }
        if (change.to == State::returned && !s.returned_at && !s.imported) s.returned_at = event.at;
        TRY_VOID(take_progress(s, event, change));
    }
    if (s.events == 0)
        return Error{ErrorKind::internal, "portal.no_story", "Sổ cái không có sự kiện nào của hồ sơ này.",
                     "The ledger has no event of this dossier."};
    return s;
}

}  // namespace hl::links::portal
