// Areas that share their borders: shapes are cut into arcs where neighbours meet, each arc is made simpler once, and so
// no gap opens and nothing overlaps. Coordinates are whole millionths of a degree: every test is exact. Values; any
// thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl::directory {

struct Place {
    int64_t x = 0, y = 0;  // millionths of a degree east and north
    auto operator<=>(const Place&) const = default;
};
[[nodiscard]] Place place_of(double longitude, double latitude);
/// "106,600150°Đ 17,530030°B".
[[nodiscard]] std::string in_words(Place p, bool english);

/// Closed: the last place is the first.
using Ring = std::vector<Place>;
struct Shape {
    std::string code, name;
    std::vector<std::vector<Ring>> polygons;  // each: the outer ring, then holes
    size_t feature = 0;                       // number in the file
};
/// Twice the area; positive when counter-clockwise.
[[nodiscard]] int64_t doubled_area(const Ring& ring);
/// Strictly inside the outer ring of `polygon` and in none of its holes.
[[nodiscard]] bool inside(Place p, const std::vector<Ring>& polygon);

struct Segment {
    Place a, b;
    uint32_t owner = 0, ring = 0, index = 0, length = 0;  // whose, which ring, place in it, segments of that ring
};
enum class Meeting {
    none,
    touch,    // in a common corner
    corner,   // a corner of one lies within the other
    overlap,  // they run along one another
    cross,
};
[[nodiscard]] Meeting meeting(const Segment& s, const Segment& t);
struct Met {
    size_t s = 0, t = 0;
    Meeting kind = Meeting::none;
};
/// All pairs that meet, but for common corners of different owners and of neighbours within a ring. At most `most`.
[[nodiscard]] std::vector<Met> meetings(const std::vector<Segment>& segments, size_t most);

struct Topology {
    std::vector<std::vector<Place>> arcs;
    /// An arc forwards n, backwards ~n, as TopoJSON has it.
    using ArcRing = std::vector<int64_t>;
    struct Object {
        std::string code, name;
        std::vector<std::vector<ArcRing>> polygons;
    };
    std::vector<Object> objects;
    [[nodiscard]] size_t points() const;
};
/// Cut where borders meet, on a grid of ten millionths of a degree (about a metre).
[[nodiscard]] Topology cut(const std::vector<Shape>& shapes);
/// Every arc simpler by taking away corners that hold less than `area` (square millionths of a degree); where that
/// would make borders cross or a ring vanish, an arc keeps more.
[[nodiscard]] Topology simplified(const Topology& topology, double area);
/// As much of it as fits into `bytes` of TopoJSON (or the simplest there is).
[[nodiscard]] Topology within_budget(const Topology& topology, size_t bytes);
[[nodiscard]] std::vector<Shape> shapes_of(const Topology& topology);

/// TopoJSON, quantised, and back. Reading errors: boundaries.topology.
[[nodiscard]] std::string to_topojson(const Topology& topology, std::string_view object);
[[nodiscard]] Result<Topology> from_topojson(std::string_view text);
[[nodiscard]] std::string to_geojson(const Topology& topology);

}  // namespace hl::directory
