// A pack's mistakes are named with file and line. Each test spoils one place of a copy of the province's pack.
#include "base/files.h"
#include "directory/pack.h"
#include "directory/pack_reader.h"
#include "support/temp_dir.h"

namespace hl::directory {

namespace {

class PackMistakes : public ::testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::copy(HL_SOURCE_DIR "/packs/quang-tri/calendar", folder_ / "calendar");
        for (const auto* file : {"pack.yaml", "units.csv", "units-old.csv", "successions.csv", "agencies.csv",
                                 "departments.csv", "positions.csv"})
            std::filesystem::copy_file(std::filesystem::path{HL_SOURCE_DIR "/packs/quang-tri"} / file, folder_ / file);
    }
    void change(const std::string& file, const std::string& from, const std::string& to) {
        auto text = read_file(folder_ / file).value();
        const auto at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        ASSERT_TRUE(write_file_durably(folder_ / file, text).ok());
    }
    /// "units.csv:12 pack.date" for every mistake.
    std::vector<std::string> mistakes() {
        std::vector<Error> errors;
        (void)read_organisation(folder_.path(), errors);
        std::vector<std::string> out;
        for (const auto& e : errors) {
            EXPECT_FALSE(e.vi.empty());
            EXPECT_FALSE(e.en.empty());
            out.push_back(e.at + " " + e.code);
        }
        return out;
    }
    using Found = std::vector<std::string>;
    hl::test::TempDir folder_;
};

}  // namespace

TEST_F(PackMistakes, NoneInTheProvincesOwn) {
    EXPECT_EQ(mistakes(), Found{});
}
TEST_F(PackMistakes, AWrongDate) {
    change("units.csv", "vn-44,2025-07-01,,", "vn-44,01/07/2025,,");
    EXPECT_EQ(mistakes(), Found{"units.csv:3 pack.date"});
}
TEST_F(PackMistakes, AMissingColumnAndAnUnknownOne) {
    change("units.csv", "id,code,name", "id,ma,name");
    const auto found = mistakes();
    ASSERT_GE(found.size(), 2u);
    EXPECT_EQ(found[0], "units.csv:1 pack.column_missing");
    EXPECT_EQ(found[1], "units.csv:1 pack.column_unknown");
}
TEST_F(PackMistakes, AnUnknownKind) {
    change("agencies.csv", "Quảng Trị,province_committee", "Quảng Trị,provincial");
    EXPECT_EQ(mistakes(), Found{"agencies.csv:2 pack.word"});
}
TEST_F(PackMistakes, AWrongAgencyCode) {
    change("agencies.csv", "ubnd-tinh,H50,", "ubnd-tinh,H5,");
    EXPECT_EQ(mistakes(), Found{"agencies.csv:2 agency_code.invalid"});
}
TEST_F(PackMistakes, ACodeInTwoHands) {
    change("agencies.csv", "H50.102,", "H50.101,");
    const auto found = mistakes();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_TRUE(found[0].ends_with("pack.code_twice")) << found[0];
}
TEST_F(PackMistakes, AnAreaThatIsNotThere) {
    change("agencies.csv", "commune_committee,vn-18859,", "commune_committee,vn-99999,");
    const auto found = mistakes();
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(found[0].starts_with("agencies.csv:") && found[0].ends_with("pack.reference")) << found[0];
}
TEST_F(PackMistakes, AnEndWithoutASuccessor) {
    change("successions.csv", "vn-45,vn-44,2025-07-01,merge,,,Nghị quyết 202/2025/QH15\n", "");
    EXPECT_EQ(mistakes(), Found{"units-old.csv:3 pack.no_successor"});
}
TEST_F(PackMistakes, ASuccessorThatIsDead) {
    change("successions.csv", "vn-45,vn-44,2025", "vn-45,vn-44-cu,2025");
    EXPECT_EQ(mistakes(), Found{"successions.csv:3 pack.reference"});
}
TEST_F(PackMistakes, SuccessionsInACircle) {
    change("successions.csv", "\nvn-44-cu,vn-44,2025-07-01,merge,,,",
           "\nvn-44-cu,vn-44,2025-07-01,merge,,,x\nvn-44,vn-45,2026-07-01,merge,,,");
    const auto found = mistakes();
    EXPECT_NE(std::ranges::find(found, "successions.csv pack.cycle"), found.end());
}
TEST_F(PackMistakes, AFunctionNobodyDoes) {
    change("positions.csv", ",,dien-luc,2020", ",,dien,2020");
    const auto found = mistakes();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_TRUE(found[0].starts_with("agencies.csv:") && found[0].ends_with("pack.function")) << found[0];
}
TEST_F(PackMistakes, ADepartmentThatIsNotThere) {
    change("departments.csv", ",hcc,", ",trung-tam,");
    const auto found = mistakes();
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(found[0].starts_with("positions.csv:") && found[0].ends_with("pack.department")) << found[0];
}
TEST_F(PackMistakes, AGapInAnAgencysLife) {
    change("agencies.csv", "ubnd-tinh,H50,,no,Ủy ban nhân dân tỉnh Quảng Trị,province_committee,vn-44,,,,2025-07-01",
           "ubnd-tinh,H50,,no,Ủy ban nhân dân tỉnh Quảng Trị,province_committee,vn-44,,,,2025-07-02");
    const auto found = mistakes();
    EXPECT_NE(std::ranges::find(found, "agencies.csv:3 pack.gap"), found.end());
}
TEST_F(PackMistakes, InCalendarsToo) {
    change("calendar/vn.yaml", "date: 2022-01-03", "date: 2022-01-33");
    EXPECT_EQ(mistakes()[0], "calendar/vn.yaml:12 pack.date");
}
TEST_F(PackMistakes, ADayOfAnotherYear) {
    change("calendar/vn.yaml", "date: 2022-01-03", "date: 2023-01-03");
    EXPECT_EQ(mistakes()[0], "calendar/vn.yaml:12 pack.date");
}
TEST_F(PackMistakes, AMisspeltKey) {
    change("calendar/vn.yaml", "kind: makeup_off", "kin: makeup_off");
    EXPECT_EQ(mistakes()[0], "calendar/vn.yaml:12 pack.key_unknown");
}
TEST_F(PackMistakes, NotYaml) {
    change("calendar/vn.yaml", "years:", "years: [");
    EXPECT_TRUE(mistakes()[0].ends_with("pack.yaml")) << mistakes()[0];
}
TEST_F(PackMistakes, AMissingFile) {
    std::filesystem::remove(folder_ / "agencies.csv");
    EXPECT_TRUE(mistakes()[0].starts_with("agencies.csv")) << mistakes()[0];
}

TEST(CalendarLayers, AnAgencysOwnCalendarRestsOnTheNationalOne) {
    std::vector<Error> errors;
    Mistakes mistakes{errors};
    const auto layer = read_calendar(
        "id: vn/44/hcc-19333\nversion: 1\nextends: vn\nshifts: [\"07:00-11:00\", \"13:30-17:30\"]\n"
        "years:\n  2026:\n    notice: thử\n    days:\n      - {date: 2026-03-03, kind: local, reason: Nghỉ riêng}\n",
        "x.yaml", samples::province_pack().calendars, mistakes);
    ASSERT_TRUE(layer.has_value()) << (errors.empty() ? "" : errors[0].en);
    const auto calendar = Calendar::make(*layer).value();
    EXPECT_FALSE(calendar->is_workday(samples::day(2026, 3, 3)));
    EXPECT_FALSE(calendar->is_workday(samples::day(2026, 11, 24)));
    EXPECT_EQ(calendar->opening(samples::day(2026, 3, 4)), at_local(samples::day(2026, 3, 4), 7));
    EXPECT_FALSE(calendar->provisional(samples::day(2025, 3, 4)));
}

}  // namespace hl::directory
