// Boundaries: what is refused and with which place, and that making them smaller tears nothing apart. The geometry is
// made up: a grid of cells for the pack's communes whose common borders wind.
#include "directory/boundaries.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/json.h"
#include "pack.h"
#include "store/ledger.h"
#include "support/engine_test.h"

namespace hl::directory {
namespace {

using namespace samples;
using Line = std::vector<std::pair<double, double>>;

const Directory& organisation() {
    static const auto directory = preview(province_pack());
    return *directory;
}
const Date in_force = day(2026, 11, 1);

/// A border from one corner of the grid to the next, winding; the same whoever draws it.
Line border(double x, double y, double dx, double dy, int steps) {
    Line out;
    for (int i = 0; i <= steps; ++i) {
        const double t = static_cast<double>(i) / steps,
                     off =
                         i == 0 || i == steps ? 0 : 0.004 * std::sin(37 * (x * 3 + y * 7) + 9 * t) * std::sin(t * M_PI);
        out.emplace_back(x + dx * t + (dx == 0 ? off : 0), y + dy * t + (dy == 0 ? off : 0));
    }
    return out;
}
std::string text_of(const Line& ring) {
    std::string out = "[";
    for (const auto& [x, y] : ring) out += fmt::format("{}[{:.6f},{:.6f}]", out.size() > 1 ? "," : "", x, y);
    return out + "]";
}
Line cell(int column, int row, int steps) {
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
std::map<std::string, std::string> cells(int steps = 40) {
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
std::string feature(const std::string& code, const std::string& ring) {
    return fmt::format(
        R"({{"type":"Feature","properties":{{"code":"{}","name":"Đơn vị {}"}},"geometry":{{"type":"Polygon","coordinates":[{}]}}}})",
        code, code, ring);
}
std::string collection(const std::vector<std::string>& features) {
    std::string out = R"({"type":"FeatureCollection","features":[)";
    for (size_t i = 0; i < features.size(); ++i) out += (i ? "," : "") + features[i];
    return out + "]}";
}
std::string collection(const std::map<std::string, std::string>& rings) {
    std::vector<std::string> list;
    for (const auto& [code, ring] : rings) list.push_back(feature(code, ring));
    return collection(list);
}
BoundaryReport checked(const std::string& file, BoundaryLayer layer = BoundaryLayer::communes) {
    auto report = read_boundaries(file, "areas.geojson");
    if (report.errors.empty()) {
        check_units(report, "areas.geojson", layer, organisation(), in_force);
        check_rings(report, "areas.geojson");
    }
    return report;
}
std::vector<std::string> codes(const std::vector<Error>& errors) {
    std::vector<std::string> out;
    for (const auto& e : errors) {
        out.push_back(e.code);
        EXPECT_FALSE(e.vi.empty() || e.en.empty() || e.at.empty()) << e.code;
    }
    return out;
}
using Codes = std::vector<std::string>;

TEST(Boundaries, WholeAndRightGridIsTaken) {
    const auto report = checked(collection(cells()));
    EXPECT_EQ(codes(report.errors), Codes{});
    EXPECT_EQ(codes(report.warnings), Codes{});
    EXPECT_EQ(report.shapes.size(), 78u);
}

TEST(Boundaries, MissingUnknownAndDoubleCodesAreNamed) {
    auto rings = cells();
    const auto taken = rings.extract("19333");
    rings["99999"] = taken.mapped();
    auto file = collection(rings);
    const auto report = checked(file);
    ASSERT_EQ(codes(report.errors), (Codes{"boundaries.unknown_code", "boundaries.missing"}));
    EXPECT_NE(report.errors[0].at.find("(99999)"), std::string::npos);
    EXPECT_NE(report.errors[1].vi.find("Phường Đông Hà"), std::string::npos);

    auto all = cells();
    std::vector<std::string> list;
    for (const auto& [code, ring] : all) list.push_back(feature(code, ring));
    list.push_back(feature("18859", text_of({{109, 10}, {109.1, 10}, {109.1, 10.1}, {109, 10}})));
    EXPECT_EQ(codes(checked(collection(list)).errors), Codes{"boundaries.twice"});
}

TEST(Boundaries, IslandThatTouchesTheMainlandIsNone) {
    auto rings = cells();
    rings["19742"] = text_of(cell(9, 0, 40));  // beside the cell (8, 0)
    const auto found = codes(checked(collection(rings)).errors);
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), std::set<std::string>{"boundaries.island"});
}

TEST(Boundaries, MistakesOfAFileAreToldWithFeatureRingAndPoint) {
    const auto one = [](const std::string& ring) {
        return read_boundaries(collection({feature("1", ring)}), "a.json");
    };
    const auto of = [](const BoundaryReport& r) { return r.errors.empty() ? Error{} : r.errors.front(); };
    EXPECT_EQ(of(read_boundaries("{", "a.json")).code, "json.malformed");
    EXPECT_EQ(of(read_boundaries("[]", "a.json")).code, "boundaries.collection");
    EXPECT_EQ(of(read_boundaries(R"({"type":"FeatureCollection","features":[]})", "a.json")).code, "boundaries.empty");
    EXPECT_EQ(of(read_boundaries(R"({"type":"FeatureCollection","features":[7]})", "a.json")).code,
              "boundaries.feature");
    const auto swapped = of(one("[[106,16],[106.1,16],[16.1,106.1],[106,16]]"));
    EXPECT_EQ(swapped.code, "boundaries.swapped");
    EXPECT_EQ(swapped.at, "a.json: features[0] (1), vòng 0, điểm 2");
    EXPECT_EQ(of(one("[[553000,1842000],[553100,1842000],[553100,1842100],[553000,1842000]]")).code,
              "boundaries.projected");
    EXPECT_EQ(of(one("[[2,48],[2.1,48],[2.1,48.1],[2,48]]")).code, "boundaries.extent");
    EXPECT_EQ(of(one("[[106,16],[106.1,16],[106.1,16.1],[106,16.1]]")).code, "boundaries.open");
    EXPECT_EQ(of(one("[[106,16],[106.1,16],[106,16]]")).code, "boundaries.ring");
    EXPECT_EQ(of(one("[[106,16],[106.1,16],[106.2,16],[106,16]]")).code, "boundaries.flat");
    EXPECT_EQ(of(one(R"([[106,"16"],[106.1,16],[106.2,16.1],[106,16]])")).code, "boundaries.position");
    const auto crs =
        R"({"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::9210"}},"features":[]})";
    EXPECT_EQ(of(read_boundaries(crs, "a.json")).code, "boundaries.crs");
}

TEST(Boundaries, RingThatCrossesItselfIsRefusedWithThePlace) {
    auto rings = cells();
    rings["19742"] = text_of({{109, 16}, {109.1, 16.1}, {109.1, 16}, {109, 16.1}, {109, 16}});  // a bow tie: no area
    EXPECT_EQ(codes(checked(collection(rings)).errors), Codes{"boundaries.flat"});
    rings["19742"] = text_of({{109, 16}, {109.2, 16.1}, {109.2, 16}, {109, 16.15}, {109, 16}});
    const auto report = checked(collection(rings));
    ASSERT_EQ(codes(report.errors), Codes{"boundaries.crosses_itself"});
    EXPECT_NE(report.errors[0].vi.find("109,"), std::string::npos) << report.errors[0].vi;
    // There and back along one line.
    rings["19742"] =
        text_of({{109, 16}, {109.1, 16}, {109.1, 16.1}, {109.1, 16.3}, {109.1, 16.1}, {109, 16.1}, {109, 16}});
    EXPECT_FALSE(checked(collection(rings)).errors.empty());
}

TEST(Boundaries, WrongWayRoundIsTurnedAndSaid) {
    auto rings = cells();
    rings["19742"] = text_of({{109, 16}, {109, 16.1}, {109.1, 16.1}, {109.1, 16}, {109, 16}});
    const auto report = checked(collection(rings));
    EXPECT_EQ(codes(report.errors), Codes{});
    ASSERT_EQ(codes(report.warnings), Codes{"boundaries.winding"});
    for (const auto& s : report.shapes) EXPECT_GT(doubled_area(s.polygons[0][0]), 0) << s.code;
}

TEST(Boundaries, NeighboursOnOneAnotherAreRefused) {
    auto rings = cells();
    rings["18871"] = rings["18859"];
    EXPECT_EQ(codes(checked(collection(rings)).errors), Codes{"boundaries.overlap"});
    // One within another crosses nothing, and is refused all the same.
    rings = cells();
    rings["18871"] = text_of({{106.04, 16.54}, {106.06, 16.54}, {106.06, 16.56}, {106.04, 16.54}});
    EXPECT_EQ(codes(checked(collection(rings)).errors), Codes{"boundaries.overlap"});
}

TEST(Boundaries, FewMetresOverTheBorderAreSaidAndTaken) {
    // The special zone beside itself, as if another had drawn its one border.
    const auto with = [](double over) {
        auto rings = cells();
        rings["19742"] = text_of({{109, 16}, {109.1, 16}, {109.1, 16.1}, {109, 16.1}, {109, 16}});
        rings["18859"] =
            text_of({{109.1 - over, 16.02}, {109.2, 16.02}, {109.2, 16.08}, {109.1, 16.08}, {109.1 - over, 16.02}});
        return checked(collection(rings));
    };
    const auto little = with(0.0001);
    EXPECT_EQ(codes(little.errors), Codes{});
    ASSERT_EQ(codes(little.warnings), Codes{"boundaries.lap"});
    EXPECT_EQ(codes(with(0.01).errors), Codes{"boundaries.overlap"});
    // Across one another like a plus, no corner of either within the other.
    auto rings = cells();
    rings["19742"] = text_of({{109, 16}, {109.3, 16}, {109.3, 16.1}, {109, 16.1}, {109, 16}});
    rings["18859"] = text_of({{109.1, 15.9}, {109.2, 15.9}, {109.2, 16.2}, {109.1, 16.2}, {109.1, 15.9}});
    EXPECT_EQ(codes(checked(collection(rings)).errors), Codes{"boundaries.overlap"});
}

TEST(Boundaries, CountryIsNotTakenWithoutHoangSaAndTruongSa) {
    const auto square = [](double x, double y) {
        return text_of({{x, y}, {x + 0.05, y}, {x + 0.05, y + 0.05}, {x, y + 0.05}, {x, y}});
    };
    const auto parts = [](const std::string& code, const std::vector<std::string>& rings) {
        std::string all;
        for (const auto& r : rings) all += (all.empty() ? "[" : ",[") + r + "]";
        return fmt::format(
            R"({{"type":"Feature","properties":{{"code":"{}"}},"geometry":{{"type":"MultiPolygon","coordinates":[{}]}}}})",
            code, all);
    };
    const auto country = [&](bool hoang_sa, const std::string& holder) {
        std::vector<std::string> da_nang{square(108.2, 16)};
        if (hoang_sa && holder == "48") da_nang.push_back(square(112, 16.5));
        std::vector<std::string> list{parts("44", {square(107, 17)}), parts("48", da_nang),
                                      parts("56", {square(109, 12.2), square(114, 10)})};
        if (hoang_sa && holder != "48") list.push_back(parts(holder, {square(112, 16.5)}));
        return checked(collection(list), BoundaryLayer::country);
    };
    EXPECT_EQ(codes(country(true, "48").errors), Codes{});
    const auto without = country(false, "48");
    ASSERT_EQ(codes(without.errors), Codes{"boundaries.archipelago"});
    EXPECT_NE(without.errors[0].vi.find("Hoàng Sa"), std::string::npos);
    EXPECT_EQ(codes(country(true, "70").errors), (Codes{"boundaries.archipelago", "boundaries.archipelago"}))
        << "given to another, and missing where it belongs";
}

// ---- Making them smaller

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

// ---- Stored

class BoundaryStore : public test::EngineTest {
    [[nodiscard]] store::Migrations more_migrations() const override { return migrations(); }
};
HL_FOR_EVERY_ENGINE(BoundaryStore);

TEST_P(BoundaryStore, EndsWhatWasInForceAndTellsTheLedger) {
    const auto put = [&](Date from, std::string topology) {
        Boundaries b;
        b.valid.from = from;
        b.source = "Nguồn mẫu", b.licence = "mẫu";
        b.date = day(2026, 1, 1);
        b.topology = std::move(topology);
        return store().write(
            [&](store::Transaction& tx) { return store_boundaries(tx, b, "account:a", clock().now()); });
    };
    const auto at = [&](Date d) {
        auto found = store().read([&](store::Reader& r) { return load_boundaries(r, BoundaryLayer::communes, d); });
        return found.ok() ? found->topology : found.error().code;
    };
    EXPECT_EQ(at(day(2026, 1, 1)), "boundaries.none");
    ASSERT_TRUE(*put(day(2025, 7, 1), "{1}"));
    ASSERT_TRUE(*put(day(2026, 7, 1), "{2}"));
    EXPECT_FALSE(*put(day(2026, 7, 1), "{2}")) << "the same again changes nothing";
    EXPECT_EQ(at(day(2025, 6, 30)), "boundaries.none");
    EXPECT_EQ(at(day(2026, 6, 30)), "{1}");
    EXPECT_EQ(at(day(2026, 7, 1)), "{2}");
    ASSERT_TRUE(*put(day(2026, 1, 1), "{3}")) << "between the two";
    EXPECT_EQ(at(day(2025, 12, 31)), "{1}");
    EXPECT_EQ(at(day(2026, 6, 30)), "{3}");
    EXPECT_EQ(at(day(2026, 7, 1)), "{2}");
    const auto list =
        *store().read([](store::Reader& r) -> Result<std::vector<Boundaries>> { return list_boundaries(r); });
    ASSERT_EQ(list.size(), 3u);
    EXPECT_EQ(list[0].source, "Nguồn mẫu");
    EXPECT_EQ(list[0].valid.to, day(2026, 1, 1));
    EXPECT_EQ(list[0].hash.size(), 64u);
    settle();
    const auto events = *store().read(
        [](store::Reader& r) -> Result<std::vector<store::StoredEvent>> { return store::read_events(r, 0, 10); });
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(events[0].type, "directory.boundaries_stored");
}

}  // namespace
}  // namespace hl::directory
