// Making boundaries smaller tears nothing apart: common borders stay common, nothing crosses, and what is told as
// TopoJSON comes back the same.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "areas.h"

namespace hl::directory {
namespace {

using namespace areas;

std::set<std::pair<Place, Place>> edges(const std::vector<Shape>& shapes) {
    std::set<std::pair<Place, Place>> out;
    for (const auto& s : shapes)
        for (const auto& polygon : s.polygons)
            for (const auto& ring : polygon)
                for (size_t i = 0; i + 1 < ring.size(); ++i) out.emplace(ring[i], ring[i + 1]);
    return out;
}
int64_t area_of(const std::vector<Shape>& shapes) {
    int64_t out = 0;
    for (const auto& s : shapes)
        for (const auto& polygon : s.polygons)
            for (const auto& ring : polygon) out += doubled_area(ring);
    return out;
}
void expect_sound(const std::vector<Shape>& shapes) {
    BoundaryReport again;
    again.shapes = shapes;
    check_rings(again, "simplified");
    EXPECT_EQ(codes(again.errors), Codes{});
    EXPECT_EQ(codes(again.warnings), Codes{});
}

TEST(Topology, NeighboursKeepOneCommonBorderHoweverSimple) {
    const auto report = checked(collection(cells(80)));
    const auto whole = cut(report.shapes);
    const auto all = shapes_of(whole);
    const auto before = edges(all);
    for (const double area : {1e5, 1e7, 1e9}) {
        const auto small = simplified(whole, area);
        const auto shapes = shapes_of(small);
        EXPECT_LT(small.points(), whole.points() / 2) << area;
        expect_sound(shapes);
        // What lay between two still does: the land covered is the same but for its outer coast.
        const auto now = edges(shapes);
        const auto shared = [](const auto& list) {
            return std::count_if(list.begin(), list.end(), [&](const auto& e) {
                return list.contains({e.second, e.first});
            });
        };
        EXPECT_GT(shared(now), 0) << area;
        std::set<Place> kept, given;
        for (const auto& [a, b] : now) kept.insert(a);
        for (const auto& [a, b] : before) given.insert(a);
        EXPECT_TRUE(std::includes(given.begin(), given.end(), kept.begin(), kept.end())) << "corners are given ones";
        ASSERT_EQ(shapes.size(), all.size());
        // Borders that two share were simplified once: no commune's loss is anything but its neighbour's gain.
        EXPECT_NEAR(static_cast<double>(area_of(shapes)), static_cast<double>(area_of(all)),
                    0.01 * static_cast<double>(area_of(all)));
    }
}

TEST(Topology, FitsItsBudgetAndComesBackTheSame) {
    const auto report = checked(collection(cells(80)));
    const auto small = within_budget(cut(report.shapes), 20'000);
    const auto text = to_topojson(small, "units");
    EXPECT_LE(text.size(), 20'000u);
    EXPECT_GT(text.size(), 14'000u) << "no simpler than it must be";
    const auto back = from_topojson(text);
    ASSERT_TRUE(back.ok()) << back.error().en;
    EXPECT_EQ(back->arcs, small.arcs);
    EXPECT_EQ(to_topojson(*back, "units"), text);
    expect_sound(shapes_of(*back));
    const auto again = read_boundaries(to_geojson(*back), "again");
    EXPECT_EQ(codes(again.errors), Codes{});
    EXPECT_EQ(edges(again.shapes), edges(shapes_of(*back)));
}

TEST(Topology, LakeAndItsFillingShareTheirBorder) {
    const Ring outer{{0, 0}, {9000, 0}, {9000, 9000}, {0, 9000}, {0, 0}};
    const Ring lake{{3000, 3000}, {3000, 5000}, {4500, 6000}, {6000, 5000}, {6000, 3000}, {3000, 3000}};
    Ring town = lake;
    std::reverse(town.begin(), town.end());
    const auto t = cut({{"1", "", {{outer, lake}}, 0}, {"2", "", {{town}}, 1}});
    ASSERT_EQ(t.arcs.size(), 2u);
    EXPECT_EQ(t.objects[0].polygons[0][1][0], ~t.objects[1].polygons[0][0][0]);
    expect_sound(shapes_of(simplified(t, 1e12)));
}

RC_GTEST_PROP(Topology, HoweverTheBordersWindNothingCrosses, ()) {
    // A grid of 3 × 3 whose inner borders are random walks within their own strip.
    std::map<std::pair<Place, Place>, std::vector<Place>> known;
    const auto side = [&](Place a, Place b) {
        const bool turned = b < a;
        auto& line = known[std::minmax(a, b)];
        if (line.empty()) {
            const auto [from, to] = std::minmax(a, b);
            const int n = *rc::gen::inRange(2, 20);
            for (int i = 0; i <= n; ++i) {
                // Within the diamond about the straight line, so that two borders meet in corners only.
                const int64_t room = 800 * std::min(i, n - i) / n;
                const auto off = room == 0 ? 0 : *rc::gen::inRange<int64_t>(-room, room) * 10;
                const Place p{from.x + (to.x - from.x) * i / n, from.y + (to.y - from.y) * i / n};
                line.push_back(from.x == to.x ? Place{p.x + off, p.y} : Place{p.x, p.y + off});
            }
        }
        auto out = line;
        if (turned) std::reverse(out.begin(), out.end());
        return out;
    };
    std::vector<Shape> shapes;
    for (int64_t x = 0; x < 3; ++x)
        for (int64_t y = 0; y < 3; ++y) {
            const int64_t s = 20'000;
            const Place c[] = {{x * s, y * s}, {x * s + s, y * s}, {x * s + s, y * s + s}, {x * s, y * s + s}};
            Ring ring{c[0]};
            for (size_t i = 0; i < 4; ++i) {
                const auto line = side(c[i], c[(i + 1) % 4]);
                ring.insert(ring.end(), line.begin() + 1, line.end());
            }
            shapes.push_back({fmt::format("{}", x * 3 + y), "", {{ring}}, shapes.size()});
        }
    BoundaryReport given;
    given.shapes = shapes;
    check_rings(given, "given");
    RC_ASSERT(given.errors.empty() && given.warnings.empty());
    const auto area = std::pow(10.0, *rc::gen::inRange(2, 10));
    BoundaryReport after;
    after.shapes = shapes_of(simplified(cut(shapes), area));
    check_rings(after, "after");
    RC_ASSERT(after.errors.empty());
    RC_ASSERT(after.shapes.size() == shapes.size());
}

}  // namespace
}  // namespace hl::directory
