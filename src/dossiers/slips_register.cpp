// The register (form 07): by day of reception, part by part.
#include <charconv>

#include "dossiers/refusals.h"
#include "dossiers/slips_load.h"
#include "dossiers/slips_source.h"
#include "dossiers/storage.h"
#include "store/ledger.h"

namespace hl::dossiers {

namespace {

constexpr std::string_view register_rows =
    "SELECT " HL_DOSSIER_COLUMNS
    " FROM dossier WHERE reception = ? AND received_at >= ? AND received_at < ? AND (received_at, code) > (?, ?) "
    "ORDER BY received_at, code LIMIT ?";

/// Where a part begins: after which row, and how many rows came before it.
struct Place {
    int64_t received_at = -1, before = 0;
    std::string code;
};

Error bad_cursor() {
    return invalid("cursor.invalid", "Con trỏ trang không đúng. Hãy mở lại từ trang đầu.",
                   "The page cursor is not right. Start again from the first page.", "/cursor");
}

/// "1795399200000.5000.H50.142-261123-0001": the code has dots of its own and comes last.
Result<Place> place_from(std::string_view cursor) {
    Place out;
    if (cursor.empty()) return out;
    for (int64_t* number : {&out.received_at, &out.before}) {
        const auto dot = cursor.find('.');
        if (dot == std::string_view::npos) return bad_cursor();
        const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + dot, *number);
        if (error != std::errc{} || end != cursor.data() + dot || *number < 0) return bad_cursor();
        cursor.remove_prefix(dot + 1);
    }
    if (cursor.empty() || cursor.size() > 100) return bad_cursor();
    out.code = cursor;
    return out;
}

Result<SlipPerson> person_of(store::Reader& reader, const Context& ctx, const Dossier& d) {
    const auto person = storage::load_person(reader, ctx, d);
    if (person.ok()) {
        const auto& a = person->applicant;
        return SlipPerson{a.name, a.id_number, a.address, a.phone, a.email};
    }
    if (person.error().code == "subject.erased") return SlipPerson{};
    return person.error();
}

/// desk | post | electronic; empty when the ledger does not say, as of a dossier that another system returned.
Result<std::string> method_of(store::Reader& reader, const Dossier& d) {
    if (!d.returned_at) return std::string{};
    for (const auto& event : store::read_stream(reader, d.id.value)) {
        if (event.type != events::Delivered::type) continue;
        TRY(const auto delivered, events::from_json<events::Delivered>(event.data));
        return delivered.method;
    }
    return std::string{};
}

}  // namespace

Result<RegisterSlip> load_register(store::Reader& reader, const Context& ctx, const RegisterQuery& query, Instant now,
                                   std::vector<SubjectId>& subjects) {
    TRY(const auto start, place_from(query.cursor));
    const int limit = std::clamp(query.limit, 1, RegisterQuery::most_in_a_register);
    auto dossiers = reader.all(register_rows,
                               {query.reception, at_local(query.from, 0), at_local(add_days(query.to, 1), 0),
                                start.received_at, start.code, limit + 1},
                               storage::dossier_from);
    RegisterSlip out;
    out.head = head_of(*ctx.directory, query.reception, now);
    out.title = fmt::format("Từ ngày {} đến ngày {}", to_vietnamese(query.from), to_vietnamese(query.to));
    out.first_number = start.before + 1;
    if (dossiers.size() > static_cast<size_t>(limit)) {
        dossiers.resize(static_cast<size_t>(limit));
        const auto& last = dossiers.back();
        out.next = fmt::format("{}.{}.{}", to_ms(*last.received_at), start.before + limit, last.code.value);
    }
    for (const auto& d : dossiers) {
        TRY(const auto release, ctx.catalogue->release(d.release));
        TRY(const auto person, person_of(reader, ctx, d));
        RegisterSlip::Row row;
        row.code = d.code.value;
        row.procedure = release->card.name;
        row.applicant = person.name;
        row.address_phone = person.address.empty() || person.phone.empty() ? person.address + person.phone
                                                                           : person.address + "; " + person.phone;
        row.lead_agency = agency_name_at(*ctx.directory, d.lead, local_date(now));
        row.received = d.received_at;
        row.due = d.due;
        row.returned = d.returned_at;
        TRY(row.method, method_of(reader, d));
        subjects.push_back(d.subject);
        out.rows.push_back(std::move(row));
    }
    return out;
}

}  // namespace hl::dossiers
