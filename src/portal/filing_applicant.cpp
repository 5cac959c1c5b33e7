// Who files, and where the matter lies. What is known already is offered with where it comes from: nobody is asked
// twice.
#include "base/text.h"
#include "dossiers/own.h"
#include "dossiers/people.h"
#include "portal/filing.h"

namespace hl::portal {

namespace {

constexpr size_t most_places_shown = 12;

struct Known {
    json::object applicant;
    std::string from;  // words: where it comes from
};

/// From the newest dossier, else the account's name.
Known known_of(const Portal& portal, const http::Request& request, const Visitor& visitor, const Opened& o) {
    Known known;
    if (!visitor.citizen()) return known;
    struct Found {
        dossiers::Applicant applicant;
        DossierCode code;
    };
    const auto found = portal.store.read([&](store::Reader& reader) -> Result<std::optional<Found>> {
        const auto last = dossiers::dossiers_of(reader, visitor.actor.subject, std::numeric_limits<int64_t>::max(), 1);
        if (last.empty()) return std::optional<Found>{};
        auto person = dossiers::person_of(reader, o.ctx, last.front());
        if (!person.ok()) return std::optional<Found>{};
        return std::optional{Found{person->applicant, last.front().code}};
    });
    if (found.ok() && *found) {
        // What cannot be logged is not shown.
        if (!log_read(portal, visitor, request, "applicant", visitor.actor.subject, "điền sẵn hồ sơ của chính mình")
                 .ok())
            return known;
        known.applicant = dossiers::to_json((*found)->applicant);
        known.from = fmt::format("{} {}", portal.pages->text(o.lang, "known_from_dossier"), (*found)->code.value);
    } else if (!visitor.actor.name.empty()) {
        known.applicant["name"] = visitor.actor.name;
        known.from = portal.pages->text(o.lang, "known_from_account");
    }
    return known;
}

http::Response applicant(const Portal& portal, const http::Request& request, const Visitor& visitor, const Opened& o,
                         const Form* typed, const Faults& faults, int status) {
    const auto& pages = *portal.pages;
    const auto& step = *o.step("nguoi-nop");
    auto data = step_data(portal, request, visitor, o, step);
    auto said = o.section("applicant");
    if (said.empty() && !typed) {
        auto known = known_of(portal, request, visitor, o);
        put(data, "known_from", known.from);
        said = std::move(known.applicant);
    } else {
        data.set("known_from", false);
    }
    const auto say = [&](const char* key) { return pages.text(o.lang, key); };
    const auto value = [&](const char* key) { return typed ? typed->get(key) : text_at(said, key); };
    std::vector<ControlView> views;
    const auto& subjects = o.release->card.subjects;
    if (subjects.size() > 1) {
        ControlView kind{"kind", say("applicant_kind"), "", "", value("kind"), "radio", true};
        for (const auto& s : subjects) kind.options.emplace_back(s, say(("kind_" + s).c_str()));
        views.push_back(kind);
    }
    ControlView id_kind{"id_kind", say("id_kind"), "", "", value("id_kind"), "select", true};
    if (id_kind.value.empty()) id_kind.value = "personal_id";
    for (const char* k : {"personal_id", "passport", "tax_code", "other"})
        id_kind.options.emplace_back(k, say((std::string{"id_"} + k).c_str()));
    views.push_back(
        {"name", say("full_name"), say("full_name_hint"), "", value("name"), "text", true, false, "", "name"});
    views.push_back(id_kind);
    views.push_back(
        {"id_number", say("id_number"), say("id_number_hint"), "", value("id_number"), "text", true, false, "", "off"});
    views.push_back(
        {"phone", say("phone"), say("applicant_phone_hint"), "", value("phone"), "tel", true, false, "tel", "tel"});
    views.push_back({"email", say("email"), "", "", value("email"), "email", false, false, "email", "email"});
    views.push_back({"address", say("address"), say("address_hint"), "", value("address"), "text", false, false, "",
                     "street-address"});
    Data controls{Data::type::list};
    std::vector<Fault> summary;
    for (auto& v : views) {
        if (const auto f = faults.find(v.name); f != faults.end()) {
            v.fault = f->second;
            summary.push_back({f->second, "#" + control_id(v.name)});
        }
        controls.push_back(control(v));
    }
    data.set("controls", controls);
    set_faults(data, summary);
    if (typed && typed->get("ve") == "kiem-tra") data.set("ve", true);
    const auto title = (summary.empty() ? "" : say("error_prefix") + " ") + step.title;
    return pages.page(request, "filing_applicant", title, data, status);
}

}  // namespace

http::Response applicant_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    return with_draft(portal, request, visitor,
                      [&](const Opened& o) { return applicant(portal, request, visitor, o, nullptr, {}, 200); });
}

http::Response applicant_sent(const Portal& portal, const http::Request& request, Visitor& visitor, const Form& form) {
    return with_sent_draft(portal, request, visitor, form, [&](const Opened& o) -> http::Response {
        const auto& subjects = o.release->card.subjects;
        json::object said;
        for (const char* key : {"name", "id_kind", "id_number", "phone", "email", "address"})
            if (auto v = text::normalise(form.get(key)); !v.empty()) said[key] = v;
        auto kind = form.get("kind");
        if (subjects.size() == 1) kind = subjects.front();
        if (subjects.empty()) kind = "citizen";
        if (!kind.empty()) said["kind"] = kind;
        Faults faults;
        if (form.get("viec") != "sau") {
            const auto need = [&](const char* name, const char* words) {
                if (text_at(said, name).empty()) faults.emplace(name, portal.pages->text(o.lang, words));
            };
            if (subjects.size() > 1 && std::find(subjects.begin(), subjects.end(), kind) == subjects.end())
                faults.emplace("kind", portal.pages->text(o.lang, "need_kind"));
            need("name", "need_name");
            need("id_number", "need_id_number");
            need("phone", "need_phone");
            if (faults.empty()) {
                dossiers::Applicant a;
                a.kind = kind;
                a.name = text_at(said, "name");
                a.id_kind = text_at(said, "id_kind");
                a.id_number = text_at(said, "id_number");
                a.phone = text_at(said, "phone");
                a.email = text_at(said, "email");
                a.address = text_at(said, "address");
                if (const auto checked = dossiers::check_applicant(a); !checked.ok()) {
                    const auto at = path_of(checked.error().at);
                    faults.emplace(at.starts_with("applicant.") ? at.substr(10) : "name", in(o.lang, checked.error()));
                }
            }
            if (!faults.empty()) return applicant(portal, request, visitor, o, &form, faults, 422);
        }
        const auto saved = change_draft(portal, visitor, o, [&](json::object& body) -> Result<void> {
            body["applicant"] = said;
            return Nothing{};
        });
        if (!saved.ok()) return portal.pages->problem(request, saved.error());
        return step_done(portal, request, visitor, form, *o.step("nguoi-nop"));
    });
}

namespace {

struct Found {
    UnitId now;
    std::string name, former;  // former: another name that led here
};

/// Communes of today by any name they or their predecessors had.
std::vector<Found> find_places(const directory::Directory& directory, const std::string& words, Date today) {
    std::vector<Found> out;
    for (const auto* unit : directory.find_units(words, 60)) {
        const auto* was = unit->at(today);
        const auto* any = was ? was : unit->versions.empty() ? nullptr : &unit->versions.back();
        if (!any || any->level != directory::UnitLevel::commune) continue;
        const auto now = directory.unit_now(unit->id, today);
        if (!now.ok()) continue;
        const auto* unit_now = directory.unit(*now);
        const auto* version = unit_now ? unit_now->at(today) : nullptr;
        if (!version || version->level != directory::UnitLevel::commune) continue;
        auto there = std::find_if(out.begin(), out.end(), [&](const Found& f) { return f.now == *now; });
        if (there == out.end()) {
            if (out.size() >= most_places_shown) break;
            there = out.insert(out.end(), {*now, version->name, {}});
        }
        if (!was && there->former.empty() && any->name != version->name) there->former = any->name;
    }
    return out;
}

http::Response place(const Portal& portal, const http::Request& request, const Visitor& visitor, const Opened& o,
                     const std::string& words, const std::vector<Found>& found, const std::string& fault, int status,
                     bool checking) {
    const auto& pages = *portal.pages;
    const auto& step = *o.step("noi");
    auto data = step_data(portal, request, visitor, o, step);
    const auto today = local_date(o.now);
    const auto chosen = text_at(o.draft.body, "place");
    put(data, "words", words);
    auto units = o.ctx.directory->units_at(today, directory::UnitLevel::commune);
    std::sort(units.begin(), units.end(),
              [&](const auto* a, const auto* b) { return text::compare(a->at(today)->name, b->at(today)->name) < 0; });
    Data all{Data::type::list}, some{Data::type::list};
    for (const auto* u : units) {
        Data one;
        one.set("id", u->id.value);
        one.set("name", u->at(today)->name);
        one.set("chosen", u->id.value == chosen);
        all.push_back(one);
    }
    for (const auto& f : found) {
        Data one;
        one.set("id", f.now.value);
        one.set("name", f.name);
        put(one, "former", f.former);
        some.push_back(one);
    }
    data.set("units", all);
    data.set("found", some);
    data.set("any_found", !found.empty());
    put(data, "fault", fault);
    if (checking) data.set("ve", true);
    if (!fault.empty())
        set_faults(data, {{fault, found.empty() ? std::string{"#ten-xa"} : "#tim-" + found.front().now.value}});
    const auto title = (fault.empty() ? "" : pages.text(o.lang, "error_prefix") + " ") + step.title;
    return pages.page(request, "filing_place", title, data, status);
}

}  // namespace

http::Response place_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    return with_draft(portal, request, visitor,
                      [&](const Opened& o) { return place(portal, request, visitor, o, "", {}, "", 200, false); });
}

http::Response place_sent(const Portal& portal, const http::Request& request, Visitor& visitor, const Form& form) {
    return with_sent_draft(portal, request, visitor, form, [&](const Opened& o) -> http::Response {
        const auto& pages = *portal.pages;
        const auto today = local_date(o.now);
        const auto words = text::normalise(form.get("ten-xa"));
        const bool checking = form.get("ve") == "kiem-tra";
        UnitId unit{form.get("tim").empty() ? form.get("noi") : form.get("tim")};
        // A name typed says more than a list left as it was.
        if (form.get("tim").empty() && !words.empty() && form.get("viec") != "sau") {
            const auto found = find_places(*o.ctx.directory, words, today);
            if (found.size() == 1 && found.front().former.empty())
                unit = found.front().now;
            else
                // Not taken, also when there is something to choose from: a script goes on only from what was taken.
                return place(portal, request, visitor, o, words, found,
                             pages.text(o.lang, found.empty() ? "place_not_found" : "place_which"), 422, checking);
        }
        const auto* known = unit.empty() ? nullptr : o.ctx.directory->unit(unit);
        const auto* version = known ? known->at(today) : nullptr;
        const bool good = version && version->level == directory::UnitLevel::commune;
        if (!good && form.get("viec") != "sau")
            return place(portal, request, visitor, o, words, {}, pages.text(o.lang, "need_place"), 422, checking);
        if (good) {
            const auto saved = change_draft(portal, visitor, o, [&](json::object& body) -> Result<void> {
                body["place"] = unit.value;
                return Nothing{};
            });
            if (!saved.ok()) return pages.problem(request, saved.error());
        }
        return step_done(portal, request, visitor, form, *o.step("noi"));
    });
}

}  // namespace hl::portal
