// Boundaries that an operator brings, and the stored form of them. What is taken must come back the same from its own
// text, and making it smaller must keep every ring a ring.
#include "directory/boundaries.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl::directory;
    if (size == 0 || size > 20'000) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 2 == 0) {
        if (const auto topology = from_topojson(text); topology.ok()) (void)to_geojson(*topology);
        return 0;
    }
    auto report = read_boundaries(text, "fuzz");
    if (report.errors.empty() && report.shapes.empty()) __builtin_trap();
    if (!report.errors.empty()) return 0;
    check_rings(report, "fuzz");
    const auto whole = cut(report.shapes);
    const auto again = from_topojson(to_topojson(whole, "units"));
    if (!again.ok() && !whole.objects.empty()) {
        for (const auto& o : whole.objects)
            if (o.polygons.empty()) return 0;  // islands below a metre
        __builtin_trap();
    }
    if (again.ok() && again->arcs != whole.arcs) __builtin_trap();
    if (!report.errors.empty()) return 0;
    for (const auto& shape : shapes_of(simplified(whole, 1e8)))
        for (const auto& polygon : shape.polygons)
            for (const auto& ring : polygon)
                if (ring.size() < 4 || ring.front() != ring.back()) __builtin_trap();
    return 0;
}
