// The province's own pack: what anyone can check against the law and the lists.
#include "directory/pack.h"
#include "directory/views.h"
#include "support/test_store.h"

namespace hl::directory {

using hl::test::code_of;
using hl::test::ok;
using samples::day;
using samples::province_pack;

namespace {

const Directory& province() {
    static const auto directory = preview(province_pack());
    return *directory;
}
const auto last_old_day = day(2025, 6, 30);
const auto first_new_day = day(2025, 7, 1);

}  // namespace

TEST(AgencyCodes, BothSyntaxesNameOneAgency) {
    EXPECT_EQ(to_old_code("H50").value(), "000.00.00.H50");
    EXPECT_EQ(to_old_code("H50.12.34").value(), "000.34.12.H50");
    EXPECT_EQ(to_old_code("H50.12.34.567").value(), "567.34.12.H50");
    for (const auto* code : {"H50", "H50.12", "H50.12.34", "H50.12.34.567", "H50.101", "H50.101.01"})
        EXPECT_EQ(from_old_code(to_old_code(code).value()).value(), code);
}

TEST(AgencyCodes, WrongOnesAreRefused) {
    for (const auto* code :
         {"", "H5", "50H", "Z50", "h50", "H50.", "H50.1", "H50.00.12", "H50.12.34.56", "H50.12.34.567.8", "H50 .12"})
        EXPECT_EQ(code_of(to_old_code(code)), "agency_code.invalid") << code;
    for (const auto* code : {"", "H50", "00.00.00.H50", "000.34.00.H50", "567.00.12.H50", "000.00.00.50H"})
        EXPECT_EQ(code_of(from_old_code(code)), "agency_code.invalid") << code;
}

TEST(Province, Has78UnitsSinceJuly2025) {
    const auto units = province().units_at(first_new_day, UnitLevel::commune);
    EXPECT_EQ(units.size(), 78u);
    std::map<UnitKind, int> kinds;
    for (const auto* u : units) ++kinds[u->at(first_new_day)->kind];
    EXPECT_EQ(kinds[UnitKind::commune], 69);
    EXPECT_EQ(kinds[UnitKind::ward], 8);
    EXPECT_EQ(kinds[UnitKind::special_zone], 1);
    EXPECT_TRUE(province().units_at(first_new_day, UnitLevel::district).empty());
    EXPECT_EQ(province().units_at(last_old_day, UnitLevel::district).size(), 18u);
    EXPECT_EQ(province().units_at(last_old_day, UnitLevel::commune).size(), 264u);
    EXPECT_EQ(province().units_at(last_old_day, UnitLevel::province).size(), 2u);
    EXPECT_EQ(province().province(), UnitId{"vn-44"});
}

TEST(Province, TheSameCodeMeansTheUnitOfItsTime) {
    EXPECT_EQ(province().unit_by_code("19333", last_old_day)->at(last_old_day)->name, "Phường 1");
    EXPECT_EQ(province().unit_by_code("19333", first_new_day)->at(first_new_day)->name, "Phường Đông Hà");
    EXPECT_EQ(province().unit_by_code("45", first_new_day), nullptr);
    EXPECT_EQ(province().unit_by_code("461", last_old_day)->at(last_old_day)->name, "Thành phố Đông Hà");
}

TEST(Province, EveryOldUnitHasOneThatContinuesIt) {
    for (const auto* old : province().units_at(last_old_day)) {
        const auto now = province().unit_now(old->id, first_new_day);
        ASSERT_TRUE(ok(now)) << old->id.value;
        EXPECT_TRUE(province().unit(now.value())->at(first_new_day)) << old->id.value;
        if (old->at(last_old_day)->level == UnitLevel::commune) {
            EXPECT_EQ(province().unit(now.value())->at(first_new_day)->level, UnitLevel::commune) << old->id.value;
        }
    }
}

TEST(Province, UnitsAreFoundByOldNamesWithoutDiacritics) {
    const auto found = province().find_units("dong giang");
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.front()->id, UnitId{"vn-19330-cu"});
    EXPECT_EQ(province().unit_now(found.front()->id, first_new_day).value(), UnitId{"vn-19333"});
    EXPECT_EQ(province().find_units("Đông Hà").front()->id, UnitId{"vn-19333"});
    EXPECT_TRUE(province().find_units("không có đâu").empty());
}

TEST(Province, EveryCommuneDoesEveryFunction) {
    const auto& functions = province_pack().required_functions.at(AgencyKind::commune_committee);
    ASSERT_GE(functions.size(), 8u);
    for (const auto d : {first_new_day, day(2026, 11, 23)})
        for (const auto* unit : province().units_at(d, UnitLevel::commune))
            for (const auto& f : functions) {
                const auto r = province().resolve(f, unit->id, UnitLevel::commune, d);
                ASSERT_TRUE(ok(r)) << unit->id.value << " " << f;
                EXPECT_EQ(r.value().agency.value, "ubnd-" + unit->at(d)->code) << f;
            }
}

TEST(Province, WorkIsResolvedAtTheLevelThatStandsOnTheDay) {
    const UnitId old_ward{"vn-19330-cu"};  // Phường Đông Giang, thành phố Đông Hà
    EXPECT_EQ(province().resolve("tu-phap-ho-tich", old_ward, UnitLevel::district, last_old_day).value().agency.value,
              "ubnd-461");
    EXPECT_EQ(province().resolve("tu-phap-ho-tich", old_ward, UnitLevel::commune, first_new_day).value().agency.value,
              "ubnd-19333");
    EXPECT_EQ(code_of(province().resolve("tu-phap-ho-tich", old_ward, UnitLevel::district, first_new_day)),
              "directory.no_level");
    EXPECT_EQ(
        province().resolve("mot-cua", UnitId{"vn-19333"}, UnitLevel::province, first_new_day).value().agency.value,
        "trung-tam-hcc-tinh");
    EXPECT_EQ(
        province().resolve("lanh-dao", UnitId{"vn-19333"}, UnitLevel::province, first_new_day).value().agency.value,
        "ubnd-tinh");
    EXPECT_EQ(
        province().resolve("dien-luc", UnitId{"vn-19333"}, UnitLevel::province, first_new_day).value().agency.value,
        "dien-luc-quang-tri");
    const auto clerk = province().resolve_in("mot-cua", AgencyId{"hcc-19333"}, first_new_day);
    EXPECT_EQ(clerk.value().position.value().value, "ubnd-19333/mot-cua");
    EXPECT_EQ(code_of(province().resolve("khong-co", UnitId{"vn-19333"}, UnitLevel::commune, first_new_day)),
              "directory.no_function");
    EXPECT_EQ(code_of(province().resolve("mot-cua", UnitId{"vn-0"}, UnitLevel::commune, first_new_day)),
              "directory.unknown");
}

TEST(Province, ADistrictsWorkGoesToTheCommuneOfItsPlace) {
    const AgencyId dong_ha{"ubnd-461"};
    const auto holder = [&](const char* area, Date d) {
        return province().holder(dong_ha, "mot-cua", UnitId{area}, d).value().value;
    };
    EXPECT_EQ(holder("vn-19351-cu", last_old_day), "ubnd-461");
    EXPECT_EQ(holder("vn-19351-cu", first_new_day), "ubnd-19351");  // by the old ward
    EXPECT_EQ(holder("vn-19351", first_new_day), "ubnd-19351");     // by the new one
    EXPECT_EQ(holder("vn-461", first_new_day), "ubnd-19333");       // nothing finer known: the seat
    EXPECT_EQ(province().holder(dong_ha, "mot-cua", {}, first_new_day).value().value, "ubnd-19333");
    EXPECT_EQ(code_of(province().holder(AgencyId{"ubnd-19333"}, "mot-cua", {}, last_old_day)), "directory.not_yet");
}

TEST(Province, EveryWorkHasALiveHolderOnEveryDate) {
    std::vector<Date> dates{day(2020, 1, 1), last_old_day, first_new_day, day(2026, 11, 23), day(2040, 1, 1)};
    std::vector<UnitId> places{UnitId{}};
    for (const auto* u : province().units_at(last_old_day)) places.push_back(u->id);
    for (const auto& agency : province_pack().agencies)
        for (const auto d : dates) {
            if (d < agency.versions.front().valid.from) continue;
            const bool ended = !agency.at(d);
            for (const auto& area : ended ? places : std::vector<UnitId>{UnitId{}})
                for (const auto& f : province_pack().required_functions.at(agency.versions.front().kind)) {
                    const auto holder = province().holder(agency.id, f, area, d);
                    ASSERT_TRUE(ok(holder)) << agency.id.value << " " << area.value;
                    ASSERT_TRUE(province().agency(holder.value())->at(d));
                    if (area.empty()) {
                        ASSERT_TRUE(ok(province().resolve_in(f, agency.id, d))) << agency.id.value << " " << f;
                    }
                }
        }
}

TEST(Province, OnlyTheVerifiedCodeSaysSo) {
    for (const auto& a : province_pack().agencies)
        for (const auto& v : a.versions)
            EXPECT_EQ(v.code_verified, a.id.value == "ubnd-tinh" && v.valid.to.has_value()) << a.id.value;
    EXPECT_EQ(province().agency_by_code("000.00.00.H50", last_old_day)->id.value, "ubnd-tinh");
    EXPECT_EQ(province().agency_by_code("H50", first_new_day)->id.value, "ubnd-tinh");
    EXPECT_EQ(province().agency_by_code("H50.30", first_new_day), nullptr);
}

TEST(Province, AnAgencyIsWithinThoseAboveIt) {
    EXPECT_TRUE(province().within(AgencyId{"hcc-19333"}, AgencyId{"ubnd-tinh"}, first_new_day));
    EXPECT_TRUE(province().within(AgencyId{"ubnd-19333"}, AgencyId{"ubnd-19333"}, first_new_day));
    EXPECT_FALSE(province().within(AgencyId{"ubnd-19333"}, AgencyId{"ubnd-19351"}, first_new_day));
    EXPECT_FALSE(province().within(AgencyId{"ubnd-tinh"}, AgencyId{"ubnd-19333"}, first_new_day));
}

TEST(Views, AnAgencysLineageIsWhatBecameItAndWhatItBecame) {
    const auto of = [](const char* id) { return lineage_view(province(), *province().agency(AgencyId{id})); };
    // The commune took over its place's work from the old district; what else the district became is not its story.
    const auto commune = of("ubnd-19333");
    ASSERT_FALSE(commune.empty());
    for (const auto& step : commune) {
        EXPECT_EQ(step.at("to"), "ubnd-19333");
        EXPECT_EQ(step.at("date"), "2025-07-01");
        EXPECT_FALSE(step.at("basis").as_string().empty());
        EXPECT_FALSE(step.at("from_name").as_string().empty());
        EXPECT_EQ(step.at("to_name"), "Ủy ban nhân dân phường Đông Hà");
    }
    const std::string district{commune.front().at("from").as_string()};
    std::set<std::string> became;
    for (const auto& step : of(district.c_str())) became.emplace(step.at("to").as_string());
    EXPECT_TRUE(became.contains("ubnd-19333"));
    EXPECT_GT(became.size(), 1u);
    EXPECT_TRUE(of("ubnd-tinh").size() == 1 && of("ubnd-tinh")[0].at("from") == "ubnd-tinh-quang-binh");
}

TEST(Views, ListsCarryWhatTheApiShows) {
    EXPECT_EQ(units_view(province(), first_new_day, UnitLevel::commune).size(), 78u);
    const auto dong_ha = view(*province().unit(UnitId{"vn-19333"}), first_new_day);
    EXPECT_EQ(dong_ha.at("name").as_string(), "Phường Đông Hà");
    EXPECT_TRUE(dong_ha.at("to").is_null());
    EXPECT_EQ(search_view(province(), "phuong 5", first_new_day).at(0).at("now").as_string(), "vn-19351");
    const auto whole = agency_view(province(), *province().agency(AgencyId{"ubnd-461"}), first_new_day);
    EXPECT_FALSE(whole.at("live").as_bool());
    EXPECT_EQ(whole.at("successors").as_array().size(), 3u);
    EXPECT_EQ(agency_view(province(), *province().agency(AgencyId{"ubnd-19333"}), first_new_day)
                  .at("departments")
                  .as_array()
                  .size(),
              4u);
    const auto november = calendar_view(*samples::national_calendar(), day(2026, 11, 23), day(2026, 11, 26));
    ASSERT_EQ(november.at("days").as_array().size(), 3u);
    EXPECT_FALSE(november.at("days").at(1).at("worked").as_bool());
    EXPECT_EQ(november.at("days").at(1).at("notice").as_string(), "28/2026/QH16");
}

}  // namespace hl::directory
