#include "exchange/registry/endings.h"
#include "exchange/registry/questions.h"
#include "exchange/registry/requests.h"
#include "exchange/registry/route_parts.h"

namespace hl::exchange {

namespace {

using access::Answer;
using access::Call;

struct Row {
    std::string id, document;
    json::object value;
};

Row service_row(const store::Row& row) {
    const auto id = service_of(row.text(0));
    return {row.string(0),
            row.string(6),
            {{"service", row.text(0)},
             {"provider", row.text(1)},
             {"code", id.code},
             {"version", text_or_null(id.version)},
             {"type", row.text(2)},
             {"title", text_or_null(row.text(3))},
             {"description", text_or_null(row.text(4))},
             {"endpoints", to_json(endpoints_of(row.text(5)))},
             {"described", !row.text(6).empty()},
             {"enabled", row.is_null(7)},
             {"notice", text_or_null(row.text(7))},
             {"from", to_iso(row.date(8))},
             {"ended", day_or_null(row.optional_date(9))}}};
}

constexpr std::string_view select_service =
    "SELECT id, provider, type, title, description, endpoints, document, disabled, valid_from, valid_to FROM "
    "exchange_service "
    "WHERE id = ?";
constexpr std::string_view select_services =
    "SELECT id, provider, type, title, description, endpoints, document, disabled, valid_from, valid_to FROM "
    "exchange_service "
    "WHERE id > ? ORDER BY id LIMIT ?";

Result<Row> found(const RegistryRouteContext& c, store::Reader& reader, const Call& call) {
    TRY_VOID(require_staff(call));
    const auto id = service_in_path(call, c.registry);
    const auto path = to_path(id);
    auto row = reader.first(select_service, {path}, service_row);
    if (!row) return no_such_service(id);
    return *std::move(row);
}

Result<Answer> answer_catalogue(const RegistryRouteContext& c, store::Reader& reader, const Call& call) {
    TRY_VOID(require_staff(call));
    TRY(const auto page, page_of(call));
    CatalogueQuestion question;
    question.after = page.after;
    question.limit = static_cast<size_t>(page.limit);
    question.search = call.request.query_value("search").value_or("");
    if (const auto client = call.request.query_value("client")) {
        TRY(question.client, parse_client(*client));
    }
    TRY(auto out, catalogue(reader, c.registry, question, call.now));
    return Answer{std::move(out)};
}

}  // namespace

void add_service_routes(access::Api& api, const RegistryRouteContext& c) {
    api.query("/api/v1/exchange/services", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(require_staff(call));
        TRY(const auto page, page_of(call));
        auto rows = reader.all(select_services, {page.after, page.limit + 1}, service_row);
        return Answer{page_json(
            std::move(rows), page, [](const Row& r) { return r.value; }, [](const Row& r) { return r.id; })};
    });
    api.query("/api/v1/exchange/services/{class}/{member}/{subsystem}/{service}",
              [c](store::Reader& reader, const Call& call) -> Result<Answer> {
                  TRY(auto row, found(c, reader, call));
                  return Answer{std::move(row.value)};
              });
    api.query("/api/v1/exchange/services/{class}/{member}/{subsystem}/{service}/description",
              [c](store::Reader& reader, const Call& call) -> Result<Answer> {
                  TRY(auto row, found(c, reader, call));
                  if (row.document.empty())
                      return Error{ErrorKind::not_found, "exchange.no_description", "Dịch vụ này không có bản mô tả.",
                                   "This service has no description."};
                  // For pages that show it and read no YAML.
                  if (call.request.query_value("form") == "json") {
                      TRY(auto document, openapi_as_json(row.document));
                      return Answer{std::move(document)};
                  }
                  Answer out;
                  out.bytes = std::move(row.document);
                  out.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}};
                  return out;
              });
    api.command("POST", "/api/v1/exchange/services/{class}/{member}/{subsystem}/{service}/switching",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    JsonReader in(call.body);
                    const bool enabled = in.boolean("enabled", false);
                    const auto notice = in.optional_text("notice", 500).value_or("");
                    TRY_VOID(in.finish());
                    TRY_VOID(switch_service(tx, c.registry, call.actor, service_in_path(call, c.registry), enabled,
                                            notice, call.now));
                    return Answer{{}, 204};
                });
    api.command("POST", "/api/v1/exchange/services/{class}/{member}/{subsystem}/{service}/ending",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto on, last_day_in_body(call));
                    TRY_VOID(end_service(tx, c.registry, call.actor, service_in_path(call, c.registry), on, call.now));
                    return Answer{{}, 204};
                });
    api.query("/api/v1/exchange/catalogue",
              [c](store::Reader& reader, const Call& call) { return answer_catalogue(c, reader, call); });
}

}  // namespace hl::exchange
