#include <charconv>

#include "dossiers/refusals.h"
#include "dossiers/routes_support.h"
#include "dossiers/slips_load.h"

namespace hl::dossiers {

namespace {

Result<access::Answer> printed(Format format, const Document& document, json::object data) {
    if (format != Format::pdf) return access::Answer{std::move(data)};
    access::Answer answer;
    TRY(answer.bytes, to_pdf(document));
    answer.headers = {{"Content-Type", "application/pdf"}, {"Content-Disposition", "inline"}};
    return answer;
}

Result<Date> day_in_query(const access::Call& call, std::string_view name) {
    const auto text = call.request.query_value(name);
    if (!text) return local_date(call.now);
    return parse_date(*text);
}

/// A whole number from 1 to `most`; nothing when it is not asked for.
Result<std::optional<int>> number_in_query(const access::Call& call, std::string_view name, int most) {
    const auto text = call.request.query_value(name);
    if (!text) return std::optional<int>{};
    int n = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), n);
    if (error != std::errc{} || end != text->data() + text->size() || n < 1 || n > most)
        return invalid(fmt::format("query.{}", name), fmt::format("{} phải là số từ 1 đến {}.", name, most),
                       fmt::format("{} must be a number from 1 to {}.", name, most), fmt::format("/{}", name));
    return std::optional{n};
}

}  // namespace

void add_slip_routes(access::Api& api, const ContextSource& context, const std::string& base_url) {
    // Drawing a page takes milliseconds: not on the threads that serve everybody.
    const access::RouteOptions options{.slow = true, .purpose = "in phiếu"};
    api.query(
        "/api/v1/dossiers/{code}/slips/{form}",
        [context, base_url](store::Reader& reader, const access::Call& call) -> Result<access::Answer> {
            const auto ctx = context();
            TRY(const auto format, wanted_format(call.request, {Format::json, Format::pdf}));
            TRY(const auto note, number_in_query(call, "note", 1000));
            TRY(auto d, find_dossier(reader, call.actor, call.param("code"), call.now));
            TRY(auto slip, load_slip(reader, ctx, d, {std::string{call.param("form")}, note, base_url}, call.now));
            TRY(auto answer, printed(format, slip.document, std::move(slip.data)));
            answer.reads.push_back(read_of(call, "slip", d.subject.value));
            return answer;
        },
        options);
    api.query(
        "/api/v1/register",
        [context](store::Reader& reader, const access::Call& call) -> Result<access::Answer> {
            const auto ctx = context();
            TRY(const auto format, wanted_format(call.request, {Format::json, Format::pdf}));
            RegisterQuery query;
            query.reception = AgencyId{call.request.query_value("agency").value_or("")};
            if (query.reception.empty())
                return Error{ErrorKind::invalid, "register.agency", "Hãy chọn cơ quan.", "Name the agency.", "agency"};
            TRY_VOID(access::require(call.actor, access::Right::read_dossier, query.reception, call.now));
            TRY(query.from, day_in_query(call, "from"));
            TRY(query.to, day_in_query(call, "to"));
            if (query.to < query.from)
                return Error{ErrorKind::invalid, "register.dates", "Ngày cuối phải sau ngày đầu.",
                             "The last day must not come before the first.", "to"};
            TRY(const auto limit, number_in_query(call, "limit", RegisterQuery::most_in_a_register));
            query.limit = limit.value_or(RegisterQuery::most_in_a_register);
            query.cursor = call.request.query_value("cursor").value_or("");
            std::vector<SubjectId> subjects;
            TRY(auto slip, load_register(reader, ctx, query, call.now, subjects));
            TRY(auto answer, printed(format, to_document(slip), to_json(slip)));
            for (const auto& subject : subjects) answer.reads.push_back(read_of(call, "register", subject.value));
            return answer;
        },
        options);
}

}  // namespace hl::dossiers
