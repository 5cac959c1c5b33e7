#include "dossiers/known.h"

#include "base/text.h"
#include "dossiers/queries.h"
#include "dossiers/refusals.h"
#include "dossiers/storage.h"

namespace hl::dossiers {

namespace {

// Keys grow with time, so the newest come first; some of them may have been erased.
constexpr std::string_view select_by_number =
    "SELECT " HL_DOSSIER_COLUMNS
    " FROM dossier WHERE key IN (SELECT dossier FROM dossier_detail WHERE id_blind = ? AND id_blind <> '') "
    "ORDER BY key DESC LIMIT 3";

bool works_on(const access::Actor& actor, const Dossier& d, Instant now) {
    using access::Right;
    for (const auto right : {Right::receive_dossier, Right::handle_dossier, Right::approve_dossier})
        for (const auto* agency : {&d.agency, &d.reception, &d.lead})
            if (access::require(actor, right, *agency, now).ok()) return true;
    return false;
}

bool has_task(store::Reader& reader, const access::Actor& actor, const Dossier& d) {
    if (actor.officer.empty()) return false;
    const auto tasks = storage::open_tasks(reader, d.key);
    return std::ranges::any_of(tasks, [&](const Task& t) { return t.officer == actor.officer; });
}

}  // namespace

std::string masked_name(std::string_view name) {
    const auto parts = text::split(text::normalise(name), ' ');
    std::vector<std::string> out;
    for (const auto& part : parts) {
        if (part.empty()) continue;
        if (out.empty() && parts.size() > 1) {
            out.push_back(part);
            continue;
        }
        // The first letter with its marks: one code point after normalisation to NFC.
        size_t end = 1;
        while (end < part.size() && (static_cast<unsigned char>(part[end]) & 0xC0) == 0x80) ++end;
        out.push_back(part.substr(0, end) + ".");
    }
    return text::join(out, " ");
}

Result<std::vector<NameOfDossier>> names_of(store::Reader& reader, const Context& ctx, const access::Actor& actor,
                                            const std::vector<std::string>& codes, Instant now) {
    TRY_VOID(access::require_anywhere(actor, access::Right::read_dossier, now));
    std::vector<NameOfDossier> out;
    for (const auto& code : codes) {
        const auto d = find_dossier(reader, actor, code, now);
        if (!d.ok()) continue;
        NameOfDossier one{d->code, d->subject, std::nullopt, false};
        auto person = storage::load_person(reader, ctx, *d);
        if (person.ok()) {
            one.masked = !works_on(actor, *d, now) && !has_task(reader, actor, *d);
            one.name = one.masked ? masked_name(person->applicant.name) : person->applicant.name;
        } else if (person.error().code != "subject.erased") {
            return std::move(person).error();
        }
        out.push_back(std::move(one));
    }
    return out;
}

Result<std::optional<KnownPerson>> known_person(store::Reader& reader, const Context& ctx, const access::Actor& actor,
                                                std::string_view number, Instant now) {
    TRY_VOID(access::require_anywhere(actor, access::Right::receive_dossier, now));
    const bool digits = std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (number.size() != 12 || !digits)
        return invalid("known.number", "Số định danh cá nhân gồm đúng 12 chữ số.",
                       "A personal number has exactly 12 digits.", "/id_number");
    Applicant asked;
    asked.id_kind = "personal_id";
    asked.id_number = std::string{number};
    const auto blind = storage::blinds_of(*ctx.vault, asked).id_number;
    const auto found = reader.all(select_by_number, {blind}, storage::dossier_from);
    for (const auto& d : found) {
        auto person = storage::load_person(reader, ctx, d);
        if (!person.ok()) {
            if (person.error().code == "subject.erased") continue;
            return std::move(person).error();
        }
        if (person->applicant.id_number != number) continue;
        KnownPerson known{d, std::move(person->applicant), std::nullopt};
        if (!known.applicant.address.empty())
            known.address_today = address_today(*ctx.directory, known.applicant.address, local_date(now));
        return std::optional{std::move(known)};
    }
    return std::optional<KnownPerson>{};
}

}  // namespace hl::dossiers
