// TopoJSON with numbers on the grid, each place told as the way from the one before it.
#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "directory/topology.h"

namespace hl::directory {

namespace {

constexpr int64_t grid = 10;

Error damaged(std::string_view what) {
    return {ErrorKind::malformed, "boundaries.topology", fmt::format("Ranh giới hỏng: {}.", what),
            fmt::format("The boundaries are damaged: {}.", what)};
}

void put_ring(std::string& out, const Topology::ArcRing& ring) {
    out += '[';
    for (size_t i = 0; i < ring.size(); ++i) out += fmt::format("{}{}", i ? "," : "", ring[i]);
    out += ']';
}
void put_polygon(std::string& out, const std::vector<Topology::ArcRing>& polygon) {
    out += '[';
    for (size_t i = 0; i < polygon.size(); ++i) {
        if (i) out += ',';
        put_ring(out, polygon[i]);
    }
    out += ']';
}
std::string properties(const std::string& code, const std::string& name) {
    return json::serialize(json::object{{"code", code}, {"name", name}});
}

const json::array* array_at(const json::object& o, std::string_view key) {
    const auto* v = o.if_contains(key);
    return v ? v->if_array() : nullptr;
}

Result<Topology::ArcRing> read_ring(const json::value& value, size_t arcs) {
    const auto* list = value.if_array();
    if (!list || list->empty()) return damaged("ring");
    Topology::ArcRing out;
    for (const auto& n : *list) {
        if (!n.is_int64()) return damaged("ring");
        const auto number = n.get_int64();
        if (number >= static_cast<int64_t>(arcs) || ~number >= static_cast<int64_t>(arcs)) return damaged("arc");
        out.push_back(number);
    }
    return out;
}
Result<std::vector<Topology::ArcRing>> read_polygon(const json::value& value, size_t arcs) {
    const auto* list = value.if_array();
    if (!list || list->empty()) return damaged("polygon");
    std::vector<Topology::ArcRing> out;
    for (const auto& ring : *list) {
        TRY(auto one, read_ring(ring, arcs));
        out.push_back(std::move(one));
    }
    return out;
}

Result<Topology::Object> read_object(const json::value& value, size_t arcs) {
    const auto* g = value.if_object();
    const auto* list = g ? array_at(*g, "arcs") : nullptr;
    const auto* type = g && g->if_contains("type") ? g->at("type").if_string() : nullptr;
    const auto* p = g && g->if_contains("properties") ? g->at("properties").if_object() : nullptr;
    const auto* code = p && p->if_contains("code") ? p->at("code").if_string() : nullptr;
    const auto* name = p && p->if_contains("name") ? p->at("name").if_string() : nullptr;
    if (!list || !type || !code || !name) return damaged("object");
    Topology::Object out{std::string{*code}, std::string{*name}, {}};
    if (*type == "Polygon") {
        TRY(auto polygon, read_polygon(*list, arcs));
        out.polygons.push_back(std::move(polygon));
    } else {
        for (const auto& one : *list) {
            TRY(auto polygon, read_polygon(one, arcs));
            out.polygons.push_back(std::move(polygon));
        }
    }
    return out;
}

}  // namespace

std::string to_topojson(const Topology& topology, std::string_view object) {
    Place low{}, high{};
    bool first = true;
    for (const auto& arc : topology.arcs)
        for (const auto p : arc) {
            if (first) low = high = p;
            first = false;
            low = {std::min(low.x, p.x), std::min(low.y, p.y)};
            high = {std::max(high.x, p.x), std::max(high.y, p.y)};
        }
    low = {low.x / grid * grid, low.y / grid * grid};
    const auto exact = [](int64_t v) {
        return fmt::format("{}{}.{:05}", v < 0 ? "-" : "", std::abs(v) / 1'000'000, std::abs(v) % 1'000'000 / grid);
    };
    std::string out = fmt::format(
        R"({{"type":"Topology","bbox":[{},{},{},{}],"transform":{{"scale":[0.00001,0.00001],"translate":[{},{}]}},"objects":{{"{}":{{"type":"GeometryCollection","geometries":[)",
        exact(low.x), exact(low.y), exact(high.x), exact(high.y), exact(low.x), exact(low.y), object);
    for (size_t i = 0; i < topology.objects.size(); ++i) {
        const auto& o = topology.objects[i];
        if (i) out += ',';
        const bool one = o.polygons.size() == 1;
        out += fmt::format(R"({{"type":"{}","properties":{},"arcs":)", one ? "Polygon" : "MultiPolygon",
                           properties(o.code, o.name));
        if (one) {
            put_polygon(out, o.polygons.front());
        } else {
            out += '[';
            for (size_t k = 0; k < o.polygons.size(); ++k) {
                if (k) out += ',';
                put_polygon(out, o.polygons[k]);
            }
            out += ']';
        }
        out += '}';
    }
    out += R"(]}},"arcs":[)";
    for (size_t a = 0; a < topology.arcs.size(); ++a) {
        out += a ? ",[" : "[";
        Place at = low;
        for (size_t i = 0; i < topology.arcs[a].size(); ++i) {
            const auto p = topology.arcs[a][i];
            out += fmt::format("{}[{},{}]", i ? "," : "", (p.x - at.x) / grid, (p.y - at.y) / grid);
            at = p;
        }
        out += ']';
    }
    return out + "]}";
}

Result<Topology> from_topojson(std::string_view text) {
    TRY(const auto value, parse_json(text));
    const auto* root = value.if_object();
    const auto* arcs = root ? array_at(*root, "arcs") : nullptr;
    const auto* transform = root && root->if_contains("transform") ? root->at("transform").if_object() : nullptr;
    const auto* translate = transform ? array_at(*transform, "translate") : nullptr;
    const auto* objects = root && root->if_contains("objects") ? root->at("objects").if_object() : nullptr;
    if (!arcs || !translate || translate->size() != 2 || !(*translate)[0].is_number() || !(*translate)[1].is_number() ||
        !objects || objects->size() != 1)
        return damaged("topology");
    constexpr double most = 180;
    const double east = (*translate)[0].to_number<double>(), north = (*translate)[1].to_number<double>();
    if (!(std::abs(east) <= most) || !(std::abs(north) <= most)) return damaged("translate");
    const Place low = place_of(east, north);
    Topology out;
    for (const auto& list : *arcs) {
        const auto* points = list.if_array();
        if (!points || points->size() < 2) return damaged("arc");
        std::vector<Place> arc;
        Place at = low;
        for (const auto& point : *points) {
            const auto* pair = point.if_array();
            if (!pair || pair->size() != 2 || !(*pair)[0].is_int64() || !(*pair)[1].is_int64()) return damaged("point");
            const auto dx = (*pair)[0].get_int64(), dy = (*pair)[1].get_int64();
            constexpr int64_t far = 36'000'000;
            if (dx > far || dx < -far || dy > far || dy < -far) return damaged("point");
            at = {at.x + dx * grid, at.y + dy * grid};
            if (std::abs(at.x) > far * grid || std::abs(at.y) > far * grid) return damaged("point");
            arc.push_back(at);
        }
        out.arcs.push_back(std::move(arc));
    }
    const auto* collection = objects->begin()->value().if_object();
    const auto* geometries = collection ? array_at(*collection, "geometries") : nullptr;
    if (!geometries) return damaged("objects");
    for (const auto& g : *geometries) {
        TRY(auto object, read_object(g, out.arcs.size()));
        out.objects.push_back(std::move(object));
    }
    return out;
}

std::string to_geojson(const Topology& topology) {
    std::string out = R"({"type":"FeatureCollection","features":[)";
    bool first = true;
    for (const auto& s : shapes_of(topology)) {
        if (!first) out += ',';
        first = false;
        out += fmt::format(R"({{"type":"Feature","properties":{},"geometry":{{"type":"MultiPolygon","coordinates":[)",
                           properties(s.code, s.name));
        for (size_t k = 0; k < s.polygons.size(); ++k) {
            out += k ? ",[" : "[";
            for (size_t r = 0; r < s.polygons[k].size(); ++r) {
                out += r ? ",[" : "[";
                const auto& ring = s.polygons[k][r];
                for (size_t i = 0; i < ring.size(); ++i)
                    out += fmt::format("{}[{:.5f},{:.5f}]", i ? "," : "", static_cast<double>(ring[i].x) / 1e6,
                                       static_cast<double>(ring[i].y) / 1e6);
                out += ']';
            }
            out += ']';
        }
        out += "]}}";
    }
    return out + "]}";
}

}  // namespace hl::directory
