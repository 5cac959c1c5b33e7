// A made-up province for tests of boundaries: a grid of cells for the pack's communes whose common borders wind, the
// special zone alone in the sea.
#pragma once
#include "directory/boundaries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "pack.h"

namespace hl::directory::areas {

using namespace samples;
using Line = std::vector<std::pair<double, double>>;

inline const Directory& organisation() {
    static const auto directory = preview(province_pack());
    return *directory;
}
inline const Date in_force = day(2026, 11, 1);

/// A border from one corner of the grid to the next, winding; the same whoever draws it.
inline Line border(double x, double y, double dx, double dy, int steps) {
    Line out;
    for (int i = 0; i <= steps; ++i) {
        const double t = static_cast<double>(i) / steps,
                     off =
                         i == 0 || i == steps ? 0 : 0.004 * std::sin(37 * (x * 3 + y * 7) + 9 * t) * std::sin(t * M_PI);
        out.emplace_back(x + dx * t + (dx == 0 ? off : 0), y + dy * t + (dy == 0 ? off : 0));
    }
    return out;
}
inline std::string text_of(const Line& ring) {
    std::string out = "[";
    for (const auto& [x, y] : ring) out += fmt::format("{}[{:.6f},{:.6f}]", out.size() > 1 ? "," : "", x, y);
    return out + "]";
}
inline Line cell(int column, int row, int steps) {
    constexpr double size = 0.1, west = 106, south = 16.5;
    const double x = west + column * size, y = south + row * size;
    Line ring = border(x, y, size, 0, steps);
    const auto add = [&](Line side, bool back) {
        if (back) std::reverse(side.begin(), side.end());
        ring.insert(ring.end(), side.begin() + 1, side.end());
    };
    add(border(x + size, y, 0, size, steps), false);
    add(border(x, y + size, size, 0, steps), true);
    add(border(x, y, 0, size, steps), true);
    return ring;
}
/// Of every commune of the pack; the special zone stands alone in the sea.
inline std::map<std::string, std::string> cells(int steps = 40) {
    std::map<std::string, std::string> out;
    int n = 0;
    for (const auto* unit : organisation().units_at(in_force, UnitLevel::commune)) {
        const auto* version = unit->at(in_force);
        const bool island = version->kind == UnitKind::special_zone;
        out[version->code] = text_of(island ? cell(15, 6, steps) : cell(n % 9, n / 9, steps));
        n += !island;
    }
    return out;
}
inline std::string feature(const std::string& code, const std::string& ring) {
    return fmt::format(
        R"({{"type":"Feature","properties":{{"code":"{}","name":"Đơn vị {}"}},"geometry":{{"type":"Polygon","coordinates":[{}]}}}})",
        code, code, ring);
}
inline std::string collection(const std::vector<std::string>& features) {
    std::string out = R"({"type":"FeatureCollection","features":[)";
    for (size_t i = 0; i < features.size(); ++i) out += (i ? "," : "") + features[i];
    return out + "]}";
}
inline std::string collection(const std::map<std::string, std::string>& rings) {
    std::vector<std::string> list;
    for (const auto& [code, ring] : rings) list.push_back(feature(code, ring));
    return collection(list);
}
inline BoundaryReport checked(const std::string& file, BoundaryLayer layer = BoundaryLayer::communes) {
    auto report = read_boundaries(file, "areas.geojson");
    if (report.errors.empty()) {
        check_units(report, "areas.geojson", layer, organisation(), in_force);
        check_rings(report, "areas.geojson");
    }
    return report;
}
inline std::vector<std::string> codes(const std::vector<Error>& errors) {
    std::vector<std::string> out;
    for (const auto& e : errors) {
        out.push_back(e.code);
        EXPECT_FALSE(e.vi.empty() || e.en.empty() || e.at.empty()) << e.code;
    }
    return out;
}
using Codes = std::vector<std::string>;

}  // namespace hl::directory::areas
