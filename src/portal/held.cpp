// What is held about the person, and who read it, when and why: the tracker that the law on personal data asks for
// (every read is logged before it is shown).
#include "access/reads.h"
#include "dossiers/own.h"
#include "portal/own.h"

namespace hl::portal {

namespace {

constexpr int most_lines = 50;
constexpr int most_counted = 1000;

std::string reader_of(const Portal& portal, const Visitor& visitor, const access::ReadLine& line,
                      const std::string& lang) {
    const auto& pages = *portal.pages;
    if (line.actor == visitor.actor.label()) return pages.text(lang, "reader_self");
    if (!line.name.empty()) return line.name;
    if (line.actor == "anonymous") return pages.text(lang, "reader_stranger");
    if (line.actor.starts_with("system:")) return pages.text(lang, "reader_system");
    if (line.actor.starts_with("machine:")) return pages.text(lang, "reader_machine");
    return pages.text(lang, "reader_officer");
}

/// Where an officer works today, in words.
std::string agency_of(const dossiers::Context& ctx, const OfficerId& id, Date today) {
    const auto* officer = id.empty() ? nullptr : ctx.directory->officer(id);
    if (!officer) return {};
    for (const auto& h : officer->holdings) {
        if (!h.valid.covers(today)) continue;
        const auto* position = ctx.directory->position(h.position);
        const auto* agency = position ? ctx.directory->agency(position->agency) : nullptr;
        if (const auto* version = agency ? agency->at(today) : nullptr) return version->name;
    }
    return {};
}

}  // namespace

http::Response held_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto lang = Pages::language(request);
    const auto& pages = *portal.pages;
    const auto ctx = portal.context();
    const auto now = portal.clock.now();
    const int64_t before = listed_before(request);
    struct Found {
        std::vector<access::ReadLine> reads;
        std::vector<dossiers::Dossier> dossiers;
        size_t drafts = 0;
        std::optional<dossiers::Applicant> applicant;
    };
    const auto found = portal.store.read([&](store::Reader& reader) -> Result<Found> {
        Found f;
        f.reads = access::reads_of(reader, visitor.actor.subject, before, most_lines + 1);
        f.dossiers =
            dossiers::dossiers_of(reader, visitor.actor.subject, std::numeric_limits<int64_t>::max(), most_counted);
        f.drafts = dossiers::list_drafts(reader, visitor.actor, now).size();
        if (!f.dossiers.empty())
            if (auto person = dossiers::person_of(reader, ctx, f.dossiers.front()); person.ok())
                f.applicant = std::move(person->applicant);
        return f;
    });
    if (!found.ok()) return pages.problem(request, found.error());
    if (const auto logged =
            log_read(portal, visitor, request, "held", visitor.actor.subject, "xem dữ liệu về chính mình");
        !logged.ok())
        return pages.problem(request, logged.error());
    auto data = data_for(visitor);
    data.set("dossiers",
             number_text(std::ssize(found->dossiers)) + (std::ssize(found->dossiers) == most_counted ? "+" : ""));
    data.set("drafts", number_text(static_cast<int64_t>(found->drafts)));
    put(data, "account", visitor.actor.name);
    if (found->applicant) {
        const auto& a = *found->applicant;
        put(data, "name", a.name);
        put(data, "id_number", a.id_number);
        put(data, "phone", a.phone);
        put(data, "email", a.email);
        put(data, "address", a.address);
        data.set("from", found->dossiers.front().code.value);
    }
    data.set("any_applicant", found->applicant.has_value());
    Data lines{Data::type::list};
    const auto shown = std::min<size_t>(found->reads.size(), most_lines);
    for (size_t i = 0; i < shown; ++i) {
        const auto& r = found->reads[i];
        Data one;
        one.set("at", to_vietnamese(r.at));
        one.set("who", reader_of(portal, visitor, r, lang));
        put(one, "agency", agency_of(ctx, r.officer, local_date(now)));
        one.set("why", r.purpose.empty() ? pages.text(lang, "no_purpose") : r.purpose);
        const auto what = "read_" + r.what;
        const auto& words = pages.text(lang, what);
        one.set("what", words == what ? r.what : words);
        lines.push_back(one);
    }
    data.set("lines", lines);
    data.set("any_lines", shown > 0);
    put(data, "older",
        found->reads.size() > shown ? fmt::format("/ho-so/du-lieu-cua-toi?truoc={}", found->reads[shown - 1].id) : "");
    return pages.page(request, "held", pages.text(lang, "held_title"), data);
}

}  // namespace hl::portal
