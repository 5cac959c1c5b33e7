#include "app/boundary_routes.h"

#include "directory/boundaries.h"

namespace hl::app {

namespace {

using access::Answer;
using access::Call;
namespace json = boost::json;

json::object view(const directory::Boundaries& b) {
    return {{"layer", directory::to_string(b.layer)},
            {"from", to_iso(b.valid.from)},
            {"to", b.valid.to ? json::value(to_iso(*b.valid.to)) : json::value()},
            {"source", b.source},
            {"licence", b.licence},
            {"date", to_iso(b.date)},
            {"file_hash", b.file_hash},
            {"hash", b.hash},
            {"features", b.features},
            {"points", b.points},
            {"points_given", b.points_given},
            {"stored_at", to_rfc3339_local(b.stored_at)}};
}

Error no_layer() {
    return {ErrorKind::not_found, "boundaries.layer", "Không có lớp ranh giới này.", "There is no such layer."};
}

}  // namespace

void add_boundary_routes(access::Api& api, Program& program) {
    api.query("/api/v1/boundaries", [](store::Reader& reader, const Call&) -> Result<Answer> {
        json::array items;
        for (const auto& b : directory::list_boundaries(reader)) items.push_back(view(b));
        return Answer{json::object{{"items", std::move(items)}}};
    });
    access::RouteOptions slow;
    slow.slow = true;
    api.raw(
        "GET", "/api/v1/boundaries/{layer}",
        [&program](const Call& call) -> Result<Answer> {
            const auto layer = directory::boundary_layer(call.param("layer"));
            if (!layer) return no_layer();
            Date day = local_date(call.now);
            if (const auto text = call.request.query_value("date")) {
                TRY(day, parse_date(*text));
            }
            const auto format = call.request.query_value("format").value_or("topojson");
            if (format != "topojson" && format != "geojson")
                return Error{ErrorKind::invalid, "query.format", "format phải là topojson hoặc geojson.",
                             "format is topojson or geojson.", "format"};
            TRY(auto b,
                program.store().read([&](store::Reader& r) { return directory::load_boundaries(r, *layer, day); }));
            Answer out;
            // Asked for by every page that opens, and answered with 304 while it is the same.
            out.headers = {{"Content-Type", format == "geojson" ? "application/geo+json" : "application/json"},
                           {"Cache-Control", "private, no-cache"},
                           {"ETag", fmt::format("\"{}-{}\"", b.hash.substr(0, 20), format)}};
            if (format == "geojson") {
                TRY(const auto topology, directory::from_topojson(b.topology));
                out.bytes = directory::to_geojson(topology);
            } else {
                out.bytes = std::move(b.topology);
            }
            return out;
        },
        slow);
}

}  // namespace hl::app
