#include "ioc/forecast/open.h"

namespace hl::forecast {

Result<Lore> Lore::load(store::Reader& reader) {
    Lore lore;
    TRY(lore.catalogue, procedures::Catalogue::load(reader));
    TRY(lore.calendars, directory::Calendars::load(reader));
    return lore;
}

procedures::ReleasePtr Lore::release(const ReleaseId& id) const {
    const auto found = catalogue ? catalogue->release(id) : Result<procedures::ReleasePtr>{Error{}};
    return found.ok() ? *found : nullptr;
}

std::shared_ptr<const directory::Calendar> Lore::calendar(std::string_view label, const AgencyId& agency) const {
    if (!calendars) return nullptr;
    if (auto printed = label.empty() ? nullptr : calendars->by_label(label)) return printed;
    return calendars->for_agency(agency);
}

bool Lore::knows(const ReleaseId& id, std::string_view label) const {
    if (!id.empty() && !release(id)) return false;
    return label.empty() || label == "import" || (calendars && calendars->by_label(label));
}

int64_t OpenTask::scale() const {
    return planned && *planned > 0 ? *planned : unplanned_scale;
}

std::optional<dossiers::ClockEvent> Open::pause() const {
    if (!clock.paused()) return std::nullopt;
    for (auto it = clock.acts.rbegin(); it != clock.acts.rend(); ++it)
        if (it->act == dossiers::ClockAct::pause) return *it;
    return std::nullopt;
}

Error damaged() {
    return {ErrorKind::internal, "forecast.damaged",
            "Dữ liệu dự báo bị hỏng. Hãy chạy «hienluong follower rebuild ioc.forecast».",
            "The forecast's data is damaged. Run 'hienluong follower rebuild ioc.forecast'."};
}

int64_t minutes_of(const OpenTask& task, const Open& open, const Lore& lore, Instant at) {
    const auto calendar = lore.calendar(open.calendar, task.agency);
    if (!calendar) return 0;
    return dossiers::lane_clock(task.started, std::nullopt, at, open.clock, *calendar, at).elapsed.count;
}

json::object to_json(const Open& o) {
    json::array tasks, said;
    for (const auto& [number, t] : o.tasks)
        tasks.push_back(json::array{number, t.stage, t.lane, t.step, t.function, t.agency.value,
                                    t.planned ? json::value(*t.planned) : json::value(), to_ms(t.started),
                                    static_cast<int>(t.pace), static_cast<int>(t.load), t.asked});
    for (const auto& [bin, days] : o.said) said.push_back(json::array{bin, days.first, days.second});
    return {{"code", o.code.value},
            {"agency", o.agency.value},
            {"lead", o.lead.value},
            {"procedure", o.procedure.value},
            {"release", o.release.value},
            {"state", static_cast<int>(o.state)},
            {"clock", dossiers::to_json(o.clock)},
            {"calendar", o.calendar},
            {"due", o.due ? json::value(to_ms(*o.due)) : json::value()},
            {"tasks", std::move(tasks)},
            {"ended", json::array{o.ended_minutes, o.ended_usual}},
            {"said", std::move(said)},
            {"last", to_ms(o.last)}};
}

namespace {

/// Whole numbers and texts of a row that we wrote ourselves; whatever is not so is damage, thrown and caught below.
int64_t number(const json::value& v) {
    return v.is_uint64() ? static_cast<int64_t>(v.get_uint64()) : v.as_int64();
}
std::string word(const json::value& v) {
    return std::string{v.as_string()};
}

Open read(const json::object& in) {
    Open o;
    o.code = DossierCode{word(in.at("code"))};
    o.agency = AgencyId{word(in.at("agency"))};
    o.lead = AgencyId{word(in.at("lead"))};
    o.procedure = ProcedureCode{word(in.at("procedure"))};
    o.release = ReleaseId{word(in.at("release"))};
    o.state = static_cast<dossiers::State>(number(in.at("state")));
    if (auto tape = dossiers::tape_from_json(in.at("clock")); tape.ok())
        o.clock = std::move(*tape);
    else
        throw std::invalid_argument("clock");
    o.calendar = word(in.at("calendar"));
    if (!in.at("due").is_null()) o.due = from_ms(number(in.at("due")));
    for (const auto& item : in.at("tasks").as_array()) {
        const auto& a = item.as_array();
        OpenTask t;
        t.stage = static_cast<int>(number(a.at(1)));
        t.lane = word(a.at(2));
        t.step = word(a.at(3));
        t.function = word(a.at(4));
        t.agency = AgencyId{word(a.at(5))};
        if (!a.at(6).is_null()) t.planned = number(a.at(6));
        t.started = from_ms(number(a.at(7)));
        t.pace = static_cast<Pace>(number(a.at(8)));
        t.load = static_cast<Load>(number(a.at(9)));
        t.asked = a.at(10).as_bool();
        o.tasks[static_cast<int>(number(a.at(0)))] = std::move(t);
    }
    o.ended_minutes = number(in.at("ended").as_array().at(0));
    o.ended_usual = number(in.at("ended").as_array().at(1));
    for (const auto& item : in.at("said").as_array()) {
        const auto& a = item.as_array();
        o.said[static_cast<int>(number(a.at(0)))] = {number(a.at(1)), number(a.at(2))};
    }
    o.last = from_ms(number(in.at("last")));
    return o;
}

}  // namespace

Result<Open> open_from_json(const json::value& value) {
    try {
        return read(value.as_object());
    } catch (const std::exception&) {
        return damaged();
    }
}

}  // namespace hl::forecast
