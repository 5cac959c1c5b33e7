// Time, JSON, tables and files.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/copied_code.h"
#include "base/csv.h"
#include "base/files.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "base/xml_text.h"
#include "support/temp_dir.h"

namespace hl {
namespace {

using std::chrono::year;

TEST(Time, VietNamIsSevenHoursAhead) {
    const Instant t = parse_rfc3339("2026-11-23T17:30:05.250Z").value();
    EXPECT_EQ(to_local(t), (LocalTime{year{2026} / 11 / 24, 30, 5, 250}));
    EXPECT_EQ(to_rfc3339(t), "2026-11-23T17:30:05.250Z");
    EXPECT_EQ(to_rfc3339_local(t), "2026-11-24T00:30:05+07:00");
    EXPECT_EQ(to_vietnamese(t), "00:30 24/11/2026");
    EXPECT_EQ(parse_rfc3339("2026-11-24T00:30:05.25+07:00").value(), t);
}

TEST(Time, StrictAboutRfc3339) {
    for (const char* bad :
         {"", "2026-11-23", "2026-11-23T15:00:00", "2026-11-23 15:00:00Z", "2026-11-23T15:00Z", "2026-02-29T00:00:00Z",
          "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T15:60:00Z", "2026-11-23T15:00:61Z",
          "2026-11-23T15:00:00.Z", "2026-11-23T15:00:00+0700", "2026-11-23T15:00:00+24:00", "2026-11-23T15:00:00Zx",
          "+026-11-23T15:00:00Z"})
        EXPECT_EQ(parse_rfc3339(bad).ok() ? "accepted" : parse_rfc3339(bad).error().code, "time.format") << bad;
    EXPECT_TRUE(parse_rfc3339("2028-02-29T00:00:00z").ok());
    EXPECT_FALSE(parse_date("2026-02-29").ok());
    EXPECT_FALSE(parse_date("2026-2-9").ok());
    EXPECT_EQ(to_iso(parse_date("2028-02-29").value()), "2028-02-29");
}

RC_GTEST_PROP(TimeProperty, RoundTrips, ()) {
    const Instant t = from_ms(*rc::gen::inRange<int64_t>(0, 4'000'000'000'000));
    RC_ASSERT(parse_rfc3339(to_rfc3339(t)).value() == t);
    RC_ASSERT(to_instant(to_local(t)) == t);
    RC_ASSERT(from_day_number(day_number(local_date(t))) == local_date(t));
}

TEST(Json, ReaderGathersEveryMistakeWithItsPlace) {
    const auto value =
        parse_json(R"({"name":"  ","age":200,"odd/~":1,"kind":"z","child":{"on":"2026-02-30"},"list":[1]})").value();
    JsonReader in(value);
    (void)in.text("name");
    (void)in.integer("age", 0, 150);
    (void)in.one_of("kind", {"a", "b"});
    (void)in.text("missing");
    auto child = in.object("child");
    (void)child.date("on");
    in.absorb(std::move(child));
    const auto items = in.array("list");
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(items[0].second, "/list/0");
    EXPECT_FALSE(in.finish().ok());
    std::vector<std::string> seen;
    for (const auto& e : in.errors()) seen.push_back(e.at + " " + e.code);
    EXPECT_EQ(seen,
              (std::vector<std::string>{"/name field.blank", "/age field.integer", "/kind field.choice",
                                        "/missing field.required", "/child/on date.format", "/odd~1~0 field.unknown"}));
}

TEST(Json, RefusesWhatIsNotJsonOrTooDeep) {
    EXPECT_EQ(parse_json("{").error().code, "json.malformed");
    EXPECT_EQ(parse_json("{} x").error().code, "json.malformed");
    EXPECT_FALSE(parse_json(std::string(40, '[') + std::string(40, ']')).ok());
    JsonReader in(parse_json("[]").value());
    EXPECT_EQ(in.errors().at(0).code, "json.object");
}

TEST(Json, CanonicalFormSortsKeys) {
    EXPECT_EQ(canonical_json(parse_json(R"( { "b" : [1, true, null], "a" : {"z":"Đ\n", "y":-5} } )").value()),
              "{\"a\":{\"y\":-5,\"z\":\"Đ\\n\"},\"b\":[1,true,null]}");
}

TEST(Csv, ReadsWhatSpreadsheetsWrite) {
    const auto table = parse_csv("\xEF\xBB\xBFma,ten\r\n1,\"Lê, \"\"A\"\"\r\nhai\"\r\n\r\n 2 ,B", "t.csv").value();
    ASSERT_EQ(table.rows.size(), 2u);
    EXPECT_EQ(table.cell(table.rows[0], "ten"), "Lê, \"A\"\r\nhai");
    EXPECT_EQ(table.cell(table.rows[1], "ma"), "2");
    EXPECT_EQ(table.rows[1].line, 5u);
    EXPECT_EQ(table.cell(table.rows[1], "none"), "");
}

TEST(Csv, WhatIsWrittenIsReadBackAndComputesNothing) {
    std::string out{csv_mark};
    append_csv_row(out, {"mã", "tên", "ghi chú"});
    append_csv_row(out, {"1", "Lê, \"A\"\nhai", ""});
    append_csv_row(out, {"=1+1", "-2", "@x"});
    const auto table = parse_csv(out, "t.csv").value();
    EXPECT_EQ(table.cell(table.rows[0], "tên"), "Lê, \"A\"\nhai");
    EXPECT_EQ(table.cell(table.rows[0], "ghi chú"), "");
    EXPECT_EQ(table.rows[1].cells, (std::vector<std::string>{"'=1+1", "'-2", "'@x"}));
}

TEST(Csv, SaysWhereItIsWrong) {
    EXPECT_EQ(parse_csv("a,b\n1\n", "t.csv").error().at, "t.csv:2");
    EXPECT_EQ(parse_csv("a,b\n1\n", "t.csv").error().code, "csv.columns");
    EXPECT_EQ(parse_csv("a\n\"x", "t.csv").error().code, "csv.malformed");
    EXPECT_EQ(parse_csv("a\n\"x\"y", "t.csv").error().code, "csv.malformed");
    EXPECT_EQ(parse_csv("a\n\xFF", "t.csv").error().code, "csv.encoding");
    EXPECT_EQ(parse_csv("", "t.csv").error().code, "csv.malformed");
}

TEST(Files, AreReplacedWholeAndReadWithALimit) {
    const test::TempDir folder;
    ASSERT_TRUE(write_file_durably(folder / "f", "old").ok());
    ASSERT_TRUE(write_file_durably(folder / "f", "new and longer").ok());
    EXPECT_EQ(read_file(folder / "f").value(), "new and longer");
    EXPECT_EQ(read_file(folder / "f", 3).error().code, "file.too_large");
    EXPECT_EQ(read_file(folder / "none").error().code, "file.missing");
    EXPECT_FALSE(write_file_durably(folder / "no/where", "x").ok());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);  // no temporary file left
}

/// An empty text is no date: taken for one it would be the year 0, or 1970 for an instant.
TEST(Json, RequiredDateAndInstantMustNotBeBlank) {
    const auto value = parse_json(R"({"on":"","at":"  ","maybe":"","when":null})").value();
    JsonReader in(value);
    (void)in.date("on");
    (void)in.instant("at");
    EXPECT_EQ(in.optional_date("maybe"), std::nullopt);
    EXPECT_EQ(in.optional_instant("when"), std::nullopt);
    std::vector<std::string> seen;
    for (const auto& e : in.errors()) seen.push_back(e.at + " " + e.code);
    EXPECT_EQ(seen, (std::vector<std::string>{"/on field.blank", "/at field.blank"}));
    EXPECT_FALSE(in.finish().ok());
}

TEST(Json, WrongDateIsReportedOnce) {
    const auto value = parse_json(R"({"on":"23/11/2026","at":7})").value();
    JsonReader in(value);
    (void)in.date("on");
    (void)in.instant("at");
    (void)in.date("none");
    std::vector<std::string> seen;
    for (const auto& e : in.errors()) seen.push_back(e.at + " " + e.code);
    EXPECT_EQ(seen, (std::vector<std::string>{"/on date.format", "/at field.text", "/none field.required"}));
}

TEST(Json, OfTwoMembersOfOneNameTheLastCounts) {
    EXPECT_EQ(canonical_json(parse_json(R"({"a":1,"a":2})").value()), R"({"a":2})");
}

/// In a container every start has the same process id, so a crash may have left just the name we are about to use.
TEST(Files, TemporaryFileLeftByACrashDoesNotStopTheNextWrite) {
    const test::TempDir folder;
    for (int n = 0; n < 100; ++n) ASSERT_TRUE(std::ofstream(folder / fmt::format("f.{}.{}.tmp", ::getpid(), n)).good());
    const auto written = write_file_durably(folder / "f", "whole");
    ASSERT_TRUE(written.ok()) << written.error().en;
    EXPECT_EQ(read_file(folder / "f").value(), "whole");
}

TEST(Csv, QuotesInsideAnUnquotedCellAreCharacters) {
    const auto table = parse_csv("a,b\nx\"y\", \" z\"\n", "t.csv").value();
    EXPECT_EQ(table.cell(table.rows[0], "a"), "x\"y\"");
    EXPECT_EQ(table.cell(table.rows[0], "b"), " z");
}

TEST(Time, SaigonWasEightHoursAheadUntilJune1975) {
    EXPECT_EQ(to_local(from_ms(0)), (LocalTime{year{1970} / 1 / 1, 8 * 60, 0, 0}));
    EXPECT_EQ(to_instant({year{1970} / 1 / 1, 8 * 60, 0, 0}), from_ms(0));
    EXPECT_EQ(to_rfc3339_local(from_ms(0)), "1970-01-01T08:00:00+08:00");
}

TEST(Ids, Uuid7SortsByTimeAndCarriesItsVersion) {
    SeededRandom random(7);
    std::string last;
    for (int64_t ms = 1'795'000'000'000; ms < 1'795'000'000'200; ++ms) {
        const auto id = make_uuid7(from_ms(ms), random);
        ASSERT_EQ(id.size(), 36u);
        EXPECT_EQ(id[14], '7');
        EXPECT_NE(std::string_view{"89ab"}.find(id[19]), std::string_view::npos);
        EXPECT_LT(last, id);
        last = id;
    }
}

TEST(Json, RefusesNumbersThatCannotBeRepresented) {
    EXPECT_FALSE(parse_json("[0,4E4444444]").ok());
    EXPECT_FALSE(parse_json(R"({"a":{"b":-1e999}})").ok());
    EXPECT_TRUE(parse_json("[1e300]").ok());
}

TEST(CopiedCode, ComesBackWholeThroughLineBreaksAndIsRefusedWithAnyOtherCharacter) {
    const json::object value{{"id", "a"}, {"url", "https://ioc.example"}};
    const auto code = copied_code("HLX1.", value);
    std::string broken;
    for (const char c : code) (broken += c) += "\n ";
    EXPECT_EQ(read_copied_code("HLX1.", 1000, broken), json::value(value));
    EXPECT_FALSE(read_copied_code("HLX2.", 1000, code));
    EXPECT_FALSE(read_copied_code("HLX1.", code.size() - 1, code));
    for (size_t i = 0; i < code.size(); ++i) {
        auto wrong = code;
        wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(read_copied_code("HLX1.", 1000, wrong)) << i;
        EXPECT_FALSE(read_copied_code("HLX1.", 1000, code.substr(0, i))) << i;
    }
}

TEST(XmlText, EscapesMarkupAndReplacesWhatXmlCannotSay) {
    EXPECT_EQ(xml_text("a<b>&\"c\"\r\n\té"), "a&lt;b&gt;&amp;&quot;c&quot;&#13;\n\té");
    EXPECT_EQ(xml_text(std::string_view{"x\0\x1f", 3}), "x\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace hl
