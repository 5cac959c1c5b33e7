#include "dossiers/slips_source.h"

#include "store/ledger.h"

namespace hl::dossiers {

namespace {

/// What held at `t`; of a dossier taken over from another system, whose papers may be older than its stream, the first.
template <class T>
T at_that_time(const std::vector<std::pair<Instant, T>>& story, Instant t, const T& now) {
    if (story.empty()) return now;
    T found = story.front().second;
    for (const auto& [at, what] : story)
        if (at <= t) found = what;
    return found;
}

}  // namespace

std::string agency_name_at(const directory::Directory& directory, const AgencyId& id, Date day) {
    const auto* agency = directory.agency(id);
    if (!agency || agency->versions.empty()) return id.value;
    const auto* nearest = &agency->versions.front();
    for (const auto& version : agency->versions)
        if (version.valid.from <= day) nearest = &version;
    return nearest->name;
}

std::string officer_name_of(const directory::Directory& directory, const OfficerId& id) {
    const auto* officer = id.empty() ? nullptr : directory.officer(id);
    return officer ? officer->name : std::string{};
}

SlipHead head_of(const directory::Directory& directory, const AgencyId& agency, Instant made_at) {
    const Date day = local_date(made_at);
    SlipHead head;
    head.agency = agency_name_at(directory, agency, day);
    head.desk = desk_abbreviation;
    head.made_at = made_at;
    const auto* known = directory.agency(agency);
    if (const auto* version = known ? known->at(day) : nullptr) {
        if (!version->parent.empty()) head.upper_agency = agency_name_at(directory, version->parent, day);
        if (const auto* unit = directory.unit(version->area))
            if (const auto* named = unit->at(day)) head.place = named->name;
    }
    return head;
}

Result<Trail> Trail::load(store::Reader& reader, const Dossier& d) {
    Trail trail;
    trail.reception_now_ = d.reception;
    trail.release_now_ = d.release;
    int64_t version = 0;
    for (const auto& event : store::read_stream(reader, d.id.value)) {
        if (!event.type.starts_with("dossier.")) continue;
        TRY(const auto change, events::change_of(event));
        version = std::max(version, change.version);
        trail.last_ = std::max(trail.last_, event.at);
        if (!change.reception.empty()) trail.receptions_.emplace_back(event.at, change.reception);
        for (const auto& task : change.started) trail.givers_[task.number] = change.officer;
        if (const auto* note = event.data.if_contains("note"); note && note->is_int64() && note->get_int64() > 0)
            trail.authors_[static_cast<int>(note->get_int64())] = {change.position, change.agency};
        if (const auto* moved = event.data.if_contains("to_release"); moved && moved->is_string())
            trail.releases_.emplace_back(event.at, ReleaseId{std::string{moved->get_string()}});
        TRY_VOID(trail.take(event));
    }
    trail.behind = version < d.version;
    return trail;
}

Result<void> Trail::take(const store::StoredEvent& event) {
    if (event.type == events::Filed::type) {
        TRY(const auto filed, events::from_json<events::Filed>(event.data));
        receptions_.emplace_back(event.at, filed.dossier.reception);
        releases_.emplace_back(event.at, filed.dossier.release);
    } else if (event.type == events::Imported::type) {
        TRY(const auto imported, events::from_json<events::Imported>(event.data));
        receptions_.emplace_back(event.at, imported.dossier.reception);
        releases_.emplace_back(event.at, imported.dossier.release);
        const auto& acts = imported.clock;
        if (std::any_of(acts.begin(), acts.end(), [](const auto& a) { return a.act == ClockAct::start; }))
            promise = Promise{imported.limit, imported.due, imported.calendar, {}, {}, true};
    } else if (event.type == events::Received::type) {
        TRY(const auto received, events::from_json<events::Received>(event.data));
        releases_.emplace_back(event.at, received.release);
        std::vector<std::string> ids;
        for (const auto& c : received.components) ids.push_back(c.id);
        promise = Promise{received.limit, received.due, received.calendar, received.officer, std::move(ids), false};
    } else if (event.type == events::SupplementAnswered::type) {
        TRY(const auto answered, events::from_json<events::SupplementAnswered>(event.data));
        for (const auto& c : answered.components) replaced_.insert(c.id);
    }
    return Nothing{};
}

AgencyId Trail::reception_at(Instant t) const {
    return behind && t > last_ ? reception_now_ : at_that_time(receptions_, t, reception_now_);
}

ReleaseId Trail::release_at(Instant t) const {
    return behind && t > last_ ? release_now_ : at_that_time(releases_, t, release_now_);
}

Trail::Author Trail::author_of_note(int note) const {
    const auto it = authors_.find(note);
    return it == authors_.end() ? Author{} : it->second;
}

OfficerId Trail::giver_of(int task) const {
    const auto it = givers_.find(task);
    return it == givers_.end() ? OfficerId{} : it->second;
}

}  // namespace hl::dossiers
