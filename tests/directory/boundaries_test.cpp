// Boundaries: what is refused and with which place, and that making them smaller tears nothing apart. The geometry is
// made up: a grid of cells for the pack's communes whose common borders wind.
#include "directory/boundaries.h"

#include <gtest/gtest.h>

#include <set>

#include "areas.h"
#include "store/ledger.h"
#include "support/engine_test.h"

namespace hl::directory {
namespace {

using namespace areas;

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
