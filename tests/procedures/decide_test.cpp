#include <gtest/gtest.h>

#include "procedures/tables.h"
#include "sheet.h"

namespace hl::procedures {
namespace {

using test::draft_of;
using test::first_release;
using test::sheet;

Answers answers(json::object fields, Channel channel = Channel::desk) {
    Answers a;
    a.fields = std::move(fields);
    a.channel = channel;
    return a;
}
std::vector<std::string> ids(const Decision& d) {
    std::vector<std::string> out;
    for (const auto& c : d.components) out.push_back(c.id);
    return out;
}

TEST(Decide, ConditionsPickComponentsAndCharges) {
    const auto release = first_release(draft_of(sheet));
    const auto plain = decide(release, answers({{"late", false}, {"relation", "parent"}})).value();
    EXPECT_EQ(ids(plain), std::vector<std::string>{"to-khai"});
    EXPECT_TRUE(plain.charges->empty());
    EXPECT_EQ(plain.time->value, 3);
    const auto late = decide(release, answers({{"late", true}, {"relation", "other"}}, Channel::online)).value();
    EXPECT_EQ(ids(late), (std::vector<std::string>{"to-khai", "uy-quyen"}));
    EXPECT_EQ(late.charges->at(0).amount, 8000);
    EXPECT_TRUE(late.time->same_day);
}

TEST(Decide, UnverifiedFeesStayUnknown) {
    auto draft = draft_of(sheet);
    draft.card.fees.reset();
    EXPECT_FALSE(decide(first_release(draft), answers({})).value().charges);
    EXPECT_FALSE(decide(first_release(draft), answers({}, Channel::post)).value().time);
}

TEST(Decide, FeeTableReplacesAmounts) {
    auto draft = draft_of(sheet);
    draft.rules.tables.push_back(
        {"fee",
         "first",
         {"late", "relation"},
         {"id", "amount"},
         {{{"true", "\"parent\""}, {"\"le-phi\"", "5000 * 1.5"}, ""}, {{"-", "-"}, {"\"le-phi\"", "null"}, ""}}});
    const auto release = first_release(draft);
    EXPECT_EQ(decide(release, answers({{"late", true}, {"relation", "parent"}})).value().charges->at(0).amount, 7500);
    const auto other = decide(release, answers({{"late", false}, {"relation", "other"}})).value();
    EXPECT_FALSE(other.charges->at(0).amount);
    EXPECT_EQ(other.charges->at(0).name, "Lệ phí hộ tịch");
}

TEST(Decide, HitPolicies) {
    DecisionTable t{"fee", "unique", {"n"}, {"id"}, {{{"< 5"}, {"\"a\""}, ""}, {{"> 3"}, {"\"b\""}, ""}}};
    const auto run = [&](int n) { return run_table(t, {{"n", {feel::Number{n}}}}); };
    EXPECT_EQ(run(1).value().size(), 1U);
    EXPECT_EQ(run(4).error().code, "rules.several");
    t.hit_policy = "first";
    EXPECT_EQ(*run(4).value().at(0).at("id").as<std::string>(), "a");
    t.hit_policy = "collect";
    EXPECT_EQ(run(4).value().size(), 2U);
    t.rules.pop_back();
    EXPECT_TRUE(run(9).value().empty());
    t.hit_policy = "first";
    EXPECT_EQ(run(9).error().code, "rules.no_match");
}

TEST(Decide, DeadlineTableAndItsMistakes) {
    auto draft = draft_of(sheet);
    draft.rules.tables.push_back({"deadline",
                                  "first",
                                  {"late"},
                                  {"value", "unit"},
                                  {{{"true"}, {"5", "\"working_days\""}, ""}, {{"-"}, {"0", "\"working_days\""}, ""}}});
    const auto release = first_release(draft);
    EXPECT_EQ(decide(release, answers({{"late", true}})).value().time->value, 5);
    EXPECT_EQ(decide(release, answers({{"late", false}})).error().code, "rules.expression");
}

TEST(CheckAnswers, SaysEveryMistakeWithItsPointer) {
    const auto release = first_release(draft_of(sheet));
    const auto errors = check_answers(
        release, {{"child_name", " "}, {"born", "2026-02-30"}, {"late", "yes"}, {"relation", "aunt"}, {"extra", 1}});
    std::vector<std::string> at;
    for (const auto& e : errors) at.push_back(e.at + " " + e.code);
    EXPECT_EQ(at, (std::vector<std::string>{"/fields/child_name form.required", "/fields/born form.date",
                                            "/fields/late form.boolean", "/fields/relation form.choice",
                                            "/fields/extra form.unknown_field"}));
}

TEST(CheckAnswers, AConditionalFieldIsRequiredOnlyWhenShown) {
    const auto release = first_release(draft_of(sheet));
    json::object fields{{"child_name", "A"}, {"born", "2026-01-02"}, {"late", false}, {"relation", "parent"}};
    EXPECT_TRUE(check_answers(release, fields).empty());
    fields["relation"] = "other";
    ASSERT_EQ(check_answers(release, fields).size(), 1U);
    EXPECT_EQ(check_answers(release, fields)[0].at, "/fields/reason");
}

}  // namespace
}  // namespace hl::procedures
