#include "dossiers/fold.h"

#include "dossiers/refusals.h"

namespace hl::dossiers {

namespace {

Error gap(const store::StoredEvent& event, std::string code, std::string vi, std::string en) {
    return {ErrorKind::internal, std::move(code), std::move(vi), std::move(en), event.id, {}};
}

Result<void> describe(Folded& out, const store::StoredEvent& event) {
    if (event.type == events::Filed::type) {
        TRY(const auto e, events::from_json<events::Filed>(event.data));
        out.dossier = e.dossier;
    } else if (event.type == events::Imported::type) {
        TRY(const auto e, events::from_json<events::Imported>(event.data));
        out.dossier = e.dossier;
        out.clock.limit = e.limit;
        out.requests = e.requests;
        if (e.to == State::finished || e.to == State::returned) out.results = 1;
    } else if (event.type == events::Received::type) {
        TRY(const auto e, events::from_json<events::Received>(event.data));
        out.clock.limit = e.limit;
        out.dossier.release = e.release;
    } else if (event.type == events::ReleaseMoved::type) {
        TRY(const auto e, events::from_json<events::ReleaseMoved>(event.data));
        out.dossier.release = e.to_release;
    } else if (event.type == events::SupplementRequested::type) {
        ++out.requests;
    } else if (event.type == events::Extended::type) {
        ++out.extensions;
    } else if (event.type == events::ResultRecorded::type) {
        ++out.results;
    }
    return Nothing{};
}

}  // namespace

Result<Folded> fold(std::span<const store::StoredEvent> list) {
    Folded out;
    for (const auto& event : list) {
        if (!event.type.starts_with("dossier.")) continue;
        TRY(const auto change, events::change_of(event));
        if (change.version != out.version + 1)
            return gap(
                event, "fold.gap", "Chuỗi sự kiện của hồ sơ bị thiếu hoặc thừa.",
                fmt::format("event {} has version {}, {} was expected", event.id, change.version, out.version + 1));
        if (out.events > 0 && change.from != out.state)
            return gap(event, "fold.states", "Trạng thái trong sự kiện không nối tiếp sự kiện trước.",
                       fmt::format("event {} begins in another state than the one before ended in", event.id));
        TRY_VOID(describe(out, event));
        out.code = change.code;
        out.state = change.to;
        out.agency = change.agency;
        if (!change.reception.empty()) out.dossier.reception = change.reception;
        if (!change.lead.empty()) out.dossier.lead = change.lead;
        out.due = change.due;
        out.calendar = change.calendar;
        out.version = change.version;
        out.clock.acts.insert(out.clock.acts.end(), change.clock.begin(), change.clock.end());
        for (const auto& t : change.started) out.tasks[t.number] = {t.step, t.agency, t.officer, t.due};
        for (const auto& t : change.moved) {
            auto& task = out.tasks[t.number];
            task.agency = t.agency;
            task.officer = t.officer;
            task.due = t.due;
        }
        for (const auto& t : change.ended) out.tasks.erase(t.number);
        ++out.events;
    }
    return out;
}

std::vector<std::string> differences(const Folded& f, const Dossier& d, const std::vector<Task>& open_tasks) {
    std::vector<std::string> out;
    const auto differs = [&](bool same, std::string_view what) {
        if (!same) out.emplace_back(what);
    };
    differs(f.code == d.code, "code");
    differs(f.state == d.state, "state");
    differs(f.agency == d.agency, "agency");
    differs(f.dossier.reception == d.reception, "reception");
    differs(f.dossier.lead == d.lead, "lead");
    differs(f.dossier.release == d.release, "release");
    differs(f.due == d.due, "due");
    differs(f.calendar == d.calendar, "calendar");
    differs(f.clock == d.clock, "clock");
    differs(f.requests == d.requests, "requests");
    differs(f.extensions == d.extensions, "extensions");
    differs(f.results == d.results, "results");
    differs(f.version == d.version, "version");
    std::map<int, Folded::OpenTask> stored;
    for (const auto& t : open_tasks) stored[t.number] = {t.step, t.agency, t.officer, t.due};
    differs(f.tasks == stored, "tasks");
    return out;
}

}  // namespace hl::dossiers
