#include "dossiers/routes_support.h"
#include "dossiers/slips_load.h"

namespace hl::dossiers {

namespace {

bool wants_pdf(const http::Request& request) {
    if (const auto format = request.query_value("format")) return *format == "pdf";
    return request.header("Accept").find("application/pdf") != std::string_view::npos;
}

Result<access::Answer> printed(const http::Request& request, const Document& document, json::object data) {
    if (!wants_pdf(request)) return access::Answer{std::move(data)};
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

}  // namespace

void add_slip_routes(access::Api& api, const ContextSource& context, const std::string& base_url) {
    // Drawing a page takes milliseconds: not on the threads that serve everybody.
    const access::RouteOptions options{.slow = true, .purpose = "in phiếu"};
    api.query(
        "/api/v1/dossiers/{code}/slips/{form}",
        [context, base_url](store::Reader& reader, const access::Call& call) -> Result<access::Answer> {
            const auto ctx = context();
            TRY(auto d, find_dossier(reader, call.actor, call.param("code"), call.now));
            TRY(auto slip, load_slip(reader, ctx, d, call.param("form"), base_url, call.now));
            TRY(auto answer, printed(call.request, slip.document, std::move(slip.data)));
            answer.reads.push_back(read_of(call, "slip", d.subject.value));
            return answer;
        },
        options);
    api.query(
        "/api/v1/register",
        [context](store::Reader& reader, const access::Call& call) -> Result<access::Answer> {
            const auto ctx = context();
            const AgencyId agency{call.request.query_value("agency").value_or("")};
            if (agency.empty())
                return Error{ErrorKind::invalid, "register.agency", "Hãy chọn cơ quan.", "Name the agency.", "agency"};
            TRY_VOID(access::require(call.actor, access::Right::read_dossier, agency, call.now));
            TRY(auto from, day_in_query(call, "from"));
            TRY(auto to, day_in_query(call, "to"));
            if (to < from)
                return Error{ErrorKind::invalid, "register.dates", "Ngày cuối phải sau ngày đầu.",
                             "The last day must not come before the first.", "to"};
            std::vector<SubjectId> subjects;
            TRY(auto slip, load_register(reader, ctx, agency, from, to, call.now, subjects));
            TRY(auto answer, printed(call.request, to_document(slip), to_json(slip)));
            for (const auto& subject : subjects) answer.reads.push_back(read_of(call, "register", subject.value));
            return answer;
        },
        options);
}

}  // namespace hl::dossiers
