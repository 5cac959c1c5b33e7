#include <gtest/gtest.h>

#include "base/files.h"
#include "documents/agency_code.h"
#include "support/temp_dir.h"
#include "support/test_store.h"

namespace hl::documents {
namespace {

using hl::test::code_of;
using hl::test::ok;
using Syntax = AgencyCode::Syntax;

constexpr Date today{std::chrono::year{2026}, std::chrono::November, std::chrono::day{23}};

TEST(AgencyCode, BothSyntaxesAreToldApart) {
    EXPECT_EQ(AgencyCode::parse("H50")->syntax, Syntax::left_to_right);
    EXPECT_EQ(AgencyCode::parse("H50.12.34")->syntax, Syntax::left_to_right);
    EXPECT_EQ(AgencyCode::parse("000.00.00.H50")->syntax, Syntax::right_to_left);
    EXPECT_EQ(AgencyCode::parse("Z01.ABC")->syntax, Syntax::other);
    EXPECT_EQ(AgencyCode::parse("3200000000")->syntax, Syntax::other);
    EXPECT_TRUE(ok(AgencyCode::parse("H50." + std::string(31, '1'))));  // 35 characters
    for (const auto& wrong :
         {std::string{}, std::string{"H5"}, std::string{"h50"}, std::string{"H50."}, std::string{"H50..1"},
          std::string{"000.00.H50"}, "H50." + std::string(32, '1'), std::string{"H50 12"}})
        EXPECT_EQ(code_of(AgencyCode::parse(wrong)), "agency_code.invalid") << wrong;
}

TEST(AgencyCode, EquivalentsComeFromTheTableAndAreNeverGuessed) {
    const auto table = CodeTable::read(HL_SOURCE_DIR "/packs/quang-tri/documents/agency-codes.csv");
    ASSERT_TRUE(ok(table));
    EXPECT_EQ(*(*table)->to_old("H50", today), "000.00.00.H50");
    EXPECT_EQ(*(*table)->to_new("000.00.00.H50", today), "H50");
    EXPECT_TRUE((*table)->same("H50", "000.00.00.H50", today));
    // By the syntax alone it would be 000.00.12.H50; nobody has said so.
    EXPECT_EQ(code_of((*table)->to_old("H50.12", today)), "agency_code.no_equivalent");
    EXPECT_FALSE((*table)->same("H50.12", "000.00.12.H50", today));
    EXPECT_EQ(code_of((*table)->to_old("H50", Date{std::chrono::year{2019}, std::chrono::May, std::chrono::day{1}})),
              "agency_code.no_equivalent");
}

TEST(AgencyCode, ALineWithoutASourceIsRefused) {
    const hl::test::TempDir folder;
    ASSERT_TRUE(
        ok(write_file(folder / "codes.csv", "code,old_code,name,from,to,source\nH50,000.00.00.H50,x,2020-01-01,,\n")));
    const auto read = CodeTable::read(folder / "codes.csv");
    EXPECT_EQ(code_of(read), "documents.codes");
    EXPECT_NE(read.error().at.find(":2"), std::string::npos);
}

}  // namespace
}  // namespace hl::documents
