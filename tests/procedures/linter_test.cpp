#include "procedures/linter.h"

#include <gtest/gtest.h>

#include "procedures/graph.h"
#include "sheet.h"

namespace hl::procedures {
namespace {

using test::draft_of;
using test::replaced;
using test::sheet;

std::set<std::string> codes(const Draft& d, Severity severity, ReleasePtr previous = nullptr) {
    std::set<std::string> out;
    for (const auto& f : lint(d, {nullptr, {}, std::move(previous)}))
        if (f.severity == severity) out.insert(f.code);
    return out;
}

TEST(Linter, AGoodSheetHasNoErrors) {
    const auto findings = lint(draft_of(sheet), {});
    for (const auto& f : findings)
        if (f.severity != Severity::note) ADD_FAILURE() << f.place << ": " << f.en;
    EXPECT_FALSE(has_errors(findings));
}

TEST(Linter, StepHoursMustFitTheLegalTime) {
    // Same-day online: 8 hours; the steps take 9.
    EXPECT_TRUE(codes(draft_of(replaced(sheet, "handle: 3", "handle: 4")), Severity::error).contains("lint.hours"));
    // Calendar days are a warning: 5 days are 3.57 working days.
    auto d = draft_of(replaced(sheet, "handle: 3", "handle: 24"));
    d.card.channels = {{Channel::desk, "", LegalTime{5, TimeUnit::calendar_days, false}}};
    d.samples.clear();
    EXPECT_TRUE(codes(d, Severity::warning).contains("lint.hours"));
    EXPECT_FALSE(codes(d, Severity::error).contains("lint.hours"));
}

TEST(Linter, AFlowMustEndAndHaveNoDeadState) {
    auto d = draft_of(sheet);
    d.flow.stages.pop_back();
    EXPECT_TRUE(codes(d, Severity::error).contains("lint.end"));
    d = draft_of(sheet);
    d.flow.stages[2].lanes[0].required = false;
    EXPECT_TRUE(codes(d, Severity::error).contains("lint.dead_state"));
    d = draft_of(sheet);
    d.flow.stages[2].lanes[0].steps[0].kind = StepKind::consult;
    EXPECT_TRUE(codes(d, Severity::error).contains("lint.dead_state"));
}

TEST(Linter, ConditionsAreTriedOnEveryValue) {
    EXPECT_TRUE(codes(draft_of(replaced(sheet, "when: 'late = true'", "when: 'late = 1'")), Severity::error)
                    .contains("lint.expression"));
    EXPECT_TRUE(codes(draft_of(replaced(sheet, "when: 'late = true'", "when: 'lat = true'")), Severity::error)
                    .contains("lint.unknown_name"));
    EXPECT_TRUE(
        codes(draft_of(replaced(sheet, "when: 'relation = \"other\"', reuse", "when: 'relation = \"othr\"', reuse")),
              Severity::error)
            .contains("lint.unknown_option"));
    EXPECT_TRUE(codes(draft_of(replaced(sheet, "when: 'late = true'", "when: 'late ='")), Severity::error)
                    .contains("lint.expression"));
}

TEST(Linter, FeeTablesMustBeTotal) {
    auto d = draft_of(sheet);
    d.samples.clear();
    d.rules.tables.push_back(
        {"fee",
         "first",
         {"late", "relation"},
         {"id", "amount"},
         {{{"true", "-"}, {"\"le-phi\"", "8000"}, ""}, {{"false", "\"parent\""}, {"\"le-phi\"", "0"}, ""}}});
    EXPECT_TRUE(codes(d, Severity::error).contains("lint.table_gap"));
    d.rules.tables[0].rules.push_back({{"-", "-"}, {"\"le-phi\"", "0"}, ""});
    EXPECT_TRUE(codes(d, Severity::error).empty());
    d.rules.tables[0].hit_policy = "unique";
    EXPECT_TRUE(codes(d, Severity::error).contains("lint.table"));
}

TEST(Linter, NumbersAreTriedAroundTheConstants) {
    auto d = draft_of(replaced(
        sheet, "  - {id: born,",
        "  - {id: area, label: {vi: \"Diện tích\", en: \"Area\"}, type: number, required: true}\n  - {id: born,"));
    d.samples.clear();
    d.rules.tables.push_back({"fee",
                              "first",
                              {"area"},
                              {"id", "amount"},
                              {{{"< 100"}, {"\"le-phi\"", "1000"}, ""}, {{"> 100"}, {"\"le-phi\"", "2000"}, ""}}});
    EXPECT_TRUE(codes(d, Severity::error).contains("lint.table_gap"));
    d.rules.tables[0].rules[1].when[0] = ">= 100";
    EXPECT_TRUE(codes(d, Severity::error).empty());
}

TEST(Linter, SamplesAreReplayed) {
    EXPECT_TRUE(codes(draft_of(replaced(sheet, "charges: {le-phi: 8000}", "charges: {le-phi: 9000}")), Severity::error)
                    .contains("lint.sample"));
    EXPECT_TRUE(
        codes(draft_of(replaced(sheet, "expect: {components: [to-khai],", "expect: {components: [],")), Severity::error)
            .contains("lint.sample"));
}

TEST(Linter, FieldIdsKeepTheirMeaning) {
    const auto previous = std::make_shared<const Release>(test::first_release(draft_of(sheet)));
    auto d = draft_of(sheet);
    d.form.fields[0].type = "text";
    EXPECT_TRUE(codes(d, Severity::error, previous).contains("lint.field_stable"));
    d.form.fields.erase(d.form.fields.begin());
    d.samples.clear();
    EXPECT_TRUE(codes(d, Severity::error, previous).empty());
    EXPECT_TRUE(codes(d, Severity::note, previous).contains("lint.field_dropped"));
}

TEST(Graph, EveryTemplateIsWholeAndPaired) {
    for (const auto& [id, t] : test::templates().by_id) {
        const auto g = make_graph(t.flow);
        const auto dead = find_dead(g);
        EXPECT_TRUE(dead.unreachable.empty() && dead.endless.empty()) << id;
        int splits = 0, joins = 0;
        for (const auto& n : g.nodes) {
            splits += n.kind == NodeKind::split;
            joins += n.kind == NodeKind::join;
        }
        EXPECT_EQ(splits, joins) << id;
    }
}

}  // namespace
}  // namespace hl::procedures
