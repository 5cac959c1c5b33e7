// Where a dossier is, for whoever has its code and the applicant's phone number: agency, person and time of each step
// in real time (Decree 224/2026/NĐ-CP Art 15.1), and nothing personal of the applicant.
#include "dossiers/tracking.h"
#include "base/text.h"
#include "dossiers/codes.h"
#include "portal/portal_pages.h"

namespace hl::portal {

namespace {

using dossiers::State;

http::Response form(const PortalParts& parts, const http::Request& request, const std::string& code,
                    const Error* error) {
    const auto lang = Pages::language(request);
    Data data;
    data.set("code", code);
    auto title = parts.pages->text(lang, "tracking_title");
    if (error) {
        data.set("error", lang == "en" ? error->en : error->vi);
        title = parts.pages->text(lang, "error_prefix") + " " + title;
    }
    auto response = parts.pages->page(request, "tracking", title, data, error ? http::status_of(error->kind) : 200);
    response.set("Cache-Control", "no-store");
    return response;
}

}  // namespace

/// Which of the four stations of a dossier's way it has reached, for the line of steps on top.
void set_stations(Data& data, const Pages& pages, const std::string& lang, const dossiers::Dossier& d) {
    const int reached = d.state == State::filed      ? 0
                        : d.state == State::received ? 1
                        : d.state == State::finished ? 3
                        : d.state == State::returned ? 4
                                                     : 2;
    const bool ended_early = d.state == State::refused || d.state == State::withdrawn || d.state == State::stopped;
    if (ended_early) return;
    Data list{Data::type::list};
    constexpr std::array stations{"filed", "received", "processing", "finished", "returned"};
    for (int i = 0; i < std::ssize(stations); ++i) {
        Data one;
        one.set("name", pages.text(lang, std::string{"station_"} + stations[static_cast<size_t>(i)]));
        one.set("done", i < reached || d.state == State::returned);
        one.set("here", i == reached && d.state != State::returned);
        list.push_back(one);
    }
    data.set("stations", list);
    data.set("any_stations", true);
}

/// How long until the promise, or how long past it, in working time.
void set_due(Data& data, const PortalParts& parts, const dossiers::Context& ctx, const std::string& lang,
             const dossiers::Dossier& d) {
    const auto& pages = *parts.pages;
    if (!d.due) {
        if (d.received_at) data.set("due_unknown", true);
        return;
    }
    data.set("due", to_vietnamese(*d.due));
    data.set("due_provisional", d.due_provisional);
    if (d.finished_at) {
        data.set("verdict", pages.text(lang, *d.finished_at <= *d.due ? "kept" : "late"));
        data.set("good", *d.finished_at <= *d.due);
        data.set("bad", *d.finished_at > *d.due);
        return;
    }
    if (dossiers::row_of(d.state).national == 7 || dossiers::row_of(d.state).national == 8) return;
    const auto now = parts.clock.now();
    const auto calendar = ctx.calendars->for_agency(d.agency);
    const bool past = now > *d.due;
    const auto span = past ? calendar->between(*d.due, now) : calendar->between(now, *d.due);
    data.set("verdict", fmt::format("{} {}", pages.text(lang, past ? "overdue_by" : "remaining"),
                                    directory::in_words(span.elapsed)));
    data.set("good", !past);
    data.set("bad", past);
}

/// Where it is and what happened when.
void set_times(Data& data, const PortalParts& parts, const dossiers::Context& ctx, const std::string&,
               const dossiers::Dossier& d) {
    const auto today = local_date(parts.clock.now());
    const auto set_agency = [&](const char* key, const char* address, const AgencyId& id) {
        const auto* agency = ctx.directory->agency(id);
        const auto* version = agency ? agency->at(today) : nullptr;
        if (!version) return;
        data.set(key, version->name);
        if (!version->address.empty()) data.set(address, version->address);
    };
    set_agency("holder", "holder_address", d.agency);
    set_agency("reception", "reception_address", d.reception);
    data.set("filed_at", to_vietnamese(d.filed_at));
    if (d.received_at) data.set("received_at", to_vietnamese(*d.received_at));
    if (d.finished_at) data.set("finished_at", to_vietnamese(*d.finished_at));
    if (d.returned_at) data.set("returned_at", to_vietnamese(*d.returned_at));
}

void set_charges(Data& data, const Pages& pages, const std::string& lang, const std::vector<dossiers::Charge>& list) {
    Data charges{Data::type::list};
    for (const auto& c : list) {
        Data one;
        one.set("name", c.name);
        one.set("amount", c.amount ? money_text(*c.amount) : pages.text(lang, "unknown_amount"));
        put(one, "basis", c.basis);
        put(one, "paid_at", c.paid_at ? to_vietnamese(*c.paid_at) : "");
        put(one, "receipt", c.receipt);
        charges.push_back(one);
    }
    data.set("charges", charges);
    data.set("any_charges", !list.empty());
}

namespace {

Data history_of(const Pages& pages, const std::string& lang, const std::vector<dossiers::HistoryEntry>& history) {
    Data list{Data::type::list};
    for (auto it = history.rbegin(); it != history.rend(); ++it) {  // newest first
        Data one;
        auto key = it->type;
        std::replace(key.begin(), key.end(), '.', '_');
        one.set("what", pages.text(lang, "event_" + key));
        one.set("at", to_vietnamese(it->at));
        one.set("machine_at", to_rfc3339_local(it->at));
        if (!it->who.empty()) one.set("who", it->who);
        if (!it->agency.empty()) one.set("agency", it->agency);
        if (!it->step.empty()) one.set("step", it->step);
        Data started{Data::type::list};
        for (const auto& s : it->started) {
            Data next;
            next.set("name", s);
            started.push_back(next);
        }
        one.set("started", started);
        one.set("any_started", !it->started.empty());
        list.push_back(one);
    }
    return list;
}

}  // namespace

http::Response tracking_page(const PortalParts& parts, const http::Request& request) {
    // "ma" is what the QR code on the printed slips leads to.
    return form(parts, request, dossiers::normalise_code(request.query_value("ma").value_or("")), nullptr);
}

http::Response tracked_page(const PortalParts& parts, const http::Request& request) {
    const auto now = parts.clock.now();
    const auto fields = form_fields(request);
    if (!fields.ok()) return parts.pages->problem(request, fields.error());
    const auto field = [&](const std::string& name) {
        const auto found = fields->find(name);
        return found == fields->end() ? std::string{} : text::normalise(found->second);
    };
    const auto ctx = parts.context();
    const auto found = parts.store.read([&](store::Reader& reader) {
        return dossiers::track_slowly(reader, ctx, parts.guesses, field("ma"), field("dien-thoai"), request.remote,
                                      now);
    });
    if (!found.ok()) return form(parts, request, dossiers::normalise_code(field("ma")), &found.error());
    // What cannot be logged is not shown.
    const auto logged = parts.store.write([&](store::Transaction& tx) -> Result<void> {
        access::log_read(tx, dossiers::read_of_tracking(*found, access::Actor{}, request.request_id, now));
        return Nothing{};
    });
    if (!logged.ok()) return parts.pages->problem(request, logged.error());
    const auto lang = Pages::language(request);
    const auto& pages = *parts.pages;
    const auto& d = found->dossier;
    Data data;
    data.set("code", d.code.value);
    const auto release = ctx.catalogue->release(d.release);
    if (release.ok())
        data.set("procedure",
                 lang == "en" && !(*release)->card.name_en.empty() ? (*release)->card.name_en : (*release)->card.name);
    data.set("procedure_code", d.procedure.value);
    data.set("status", lang == "vi" ? std::string{dossiers::national_name(d.national())}
                                    : pages.text(lang, fmt::format("status_{}", d.national())));
    set_times(data, parts, ctx, lang, d);
    set_stations(data, pages, lang, d);
    set_due(data, parts, ctx, lang, d);
    data.set("supplement", d.state == State::awaiting_supplement);
    data.set("payment", d.state == State::awaiting_payment);
    data.set("ready", d.state == State::finished);
    data.set("may_pay_online", parts.outside && parts.outside->paying && d.unpaid > 0 &&
                                   dossiers::allow(d.state, dossiers::Command::pay).ok());
    set_charges(data, pages, lang, found->charges);
    data.set("returned", d.state == State::returned);
    data.set("history", history_of(pages, lang, found->history));
    auto response = pages.page(request, "tracked", d.code.value, data);
    response.set("Cache-Control", "private, no-store");
    return response;
}

}  // namespace hl::portal
