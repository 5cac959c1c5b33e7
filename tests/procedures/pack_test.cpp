#include "procedures/pack.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sheet.h"

namespace hl::procedures {
namespace {

using test::draft_of;
using test::replaced;
using test::sheet;
using test::templates;

std::vector<Error> mistakes(const std::string& text) {
    std::vector<Error> errors;
    (void)parse_procedure(text, "t.yaml", templates(), errors);
    return errors;
}
bool has(const std::vector<Error>& errors, std::string_view code, std::string_view at) {
    return std::any_of(errors.begin(), errors.end(), [&](const Error& e) { return e.code == code && e.at == at; });
}

TEST(Pack, ASheetIsReadWhole) {
    const auto d = draft_of(sheet);
    EXPECT_EQ(d.card.code.value, "9.000001");
    EXPECT_EQ(d.card.channels.size(), 2U);
    EXPECT_EQ(d.card.channel(Channel::desk)->time->value, 3);
    EXPECT_TRUE(d.card.channel(Channel::online)->time->same_day);
    EXPECT_EQ(d.card.fees->at(0).amount, 8000);
    EXPECT_EQ(d.flow.planned_total().count, 8 * 60);
    EXPECT_EQ(d.flow.step("handle")->function, "tu-phap-ho-tich");
    EXPECT_EQ(d.flow.step("handle")->who, "Tư pháp – hộ tịch");
    EXPECT_FALSE(d.flow.step("return")->counted);
    EXPECT_EQ(d.samples.size(), 2U);
    EXPECT_EQ(to_iso(*d.valid_from), "2025-07-01");
}

TEST(Pack, UnknownIsNotZero) {
    auto d = draft_of(replaced(replaced(sheet, "amount: 8000", "amount: null"),
                               "time: {value: 3, unit: working_days}}\n  - {channel: online",
                               "time: {value: null, unit: working_days}}\n  - {channel: online"));
    EXPECT_FALSE(d.card.fees->at(0).amount);
    EXPECT_FALSE(d.card.channel(Channel::desk)->time);
    d = draft_of(replaced(sheet, "hours: {receive: 2, assign: 2, handle: 3, approve: 1, return: 0}", "hours: null"));
    EXPECT_FALSE(d.flow.planned_known());
    EXPECT_FALSE(d.flow.step("handle")->planned_known);
}

TEST(Pack, EveryMistakeHasFileAndLine) {
    auto text = replaced(sheet, "owner:", "ownr:");
    text = replaced(text, "kind: fee", "kind: gift");
    text = replaced(text, "type: date", "type: day");
    text = replaced(text, "handle: 3", "hndle: 3");
    const auto errors = mistakes(text);
    EXPECT_TRUE(has(errors, "yaml.unknown_key", "t.yaml:5"));
    EXPECT_TRUE(has(errors, "procedure.word", "t.yaml:12"));
    EXPECT_TRUE(has(errors, "procedure.word", "t.yaml:26"));
    EXPECT_TRUE(has(errors, "flow.step", "t.yaml:22"));
    EXPECT_EQ(errors.size(), 4U);
}

TEST(Pack, MalformedYamlSaysWhere) {
    const auto errors = mistakes("code: [1\nname: x");
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].code, "yaml.malformed");
    EXPECT_TRUE(mistakes("")[0].code == "yaml.malformed");
    EXPECT_TRUE(mistakes("- a")[0].code == "yaml.not_mapping");
    EXPECT_TRUE(mistakes("a: \xff")[0].code == "yaml.malformed");
}

TEST(Pack, JsonIsASheetToo) {
    const auto errors = mistakes(R"({"code": "9.000001", "name": {"vi": "Thử"}})");
    EXPECT_FALSE(has(errors, "yaml.malformed", "t.yaml:1"));
    EXPECT_TRUE(
        std::any_of(errors.begin(), errors.end(), [](const Error& e) { return e.code == "procedure.channels"; }));
}

TEST(Pack, HalfHoursAreExact) {
    const auto d = draft_of(replaced(sheet, "assign: 2", "assign: 0.5"));
    EXPECT_EQ(d.flow.step("assign")->planned.count, 30);
    EXPECT_TRUE(has(mistakes(replaced(sheet, "assign: 2", "assign: 0.333")), "flow.hours", "t.yaml:23"));
}

TEST(Pack, AProvinceProcedureNamesItsDepartment) {
    const auto text =
        replaced(sheet, "level: commune\nsector: {code: ho-tich", "level: province\nsector: {code: khong-co");
    EXPECT_TRUE(has(mistakes(text), "flow.department", "t.yaml:22"));
    const auto d =
        draft_of(replaced(text, "template: one-agency\n", "template: one-agency\n  department: so-tu-phap\n"));
    EXPECT_EQ(d.flow.department, "so-tu-phap");
    EXPECT_EQ(d.flow.step("handle")->function, "chuyen-vien");
}

TEST(Pack, ArtefactsReadBackEqual) {
    auto d = draft_of(sheet);
    d.rules.tables.push_back({"fee", "first", {"late"}, {"id", "amount"}, {{{"true"}, {"\"le-phi\"", "5000"}, "thử"}}});
    const auto a = make_artefacts(d.card, d.form, d.flow, d.rules);
    const auto card = card_from_json(parse_json(a.card.body).value());
    const auto form = form_from_json(parse_json(a.form.body).value());
    const auto flow = flow_from_json(parse_json(a.flow.body).value());
    const auto rules = rules_from_json(parse_json(a.rules.body).value());
    ASSERT_TRUE(card.ok() && form.ok() && flow.ok() && rules.ok());
    const auto b = make_artefacts(*card, *form, *flow, *rules);
    EXPECT_EQ(a.card.hash, b.card.hash);
    EXPECT_EQ(a.form.hash, b.form.hash);
    EXPECT_EQ(a.flow.hash, b.flow.hash);
    EXPECT_EQ(a.rules.hash, b.rules.hash);
    EXPECT_EQ(a.card.hash.size(), 64U);
    EXPECT_FALSE(card_from_json(json::object{}).ok());
}

TEST(Pack, EveryTemplateMakesAFlow) {
    for (const auto& [id, made] : templates().by_id) {
        const auto& t = made;  // a lambda may not hold one of a pair's names
        std::vector<Error> errors;
        FlowSheet s{id,
                    std::nullopt,
                    {},
                    {{"first-agency", "a"},
                     {"second-agency", "b"},
                     {"lane-a", "a"},
                     {"lane-b", "b"},
                     {"consult", "c"},
                     {"position", "a"},
                     {"road", "b"},
                     {"company", "c"}},
                    "so-tu-phap"};
        std::erase_if(s.agencies, [&](const auto& x) { return t.flow.step(x.first) == nullptr; });
        const auto flow = make_flow(templates(), s, Level::commune, "ho-tich", errors);
        for (const auto& e : errors) ADD_FAILURE() << id << ": " << e.en;
        for (const auto& stage : flow.stages)
            for (const auto& lane : stage.lanes)
                for (const auto& step : lane.steps) {
                    EXPECT_FALSE(step.function.starts_with('@')) << id << " " << step.id;
                    EXPECT_FALSE(step.agency.starts_with('@')) << id << " " << step.id;
                    EXPECT_FALSE(step.who.empty()) << id << " " << step.id;
                }
    }
    EXPECT_EQ(templates().by_id.size(), 13U);
}

RC_GTEST_PROP(PackProperty, ADamagedSheetNeverCrashes, ()) {
    auto text = sheet;
    for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
        const auto at = *rc::gen::inRange<size_t>(0, text.size());
        const auto length = std::min(*rc::gen::inRange<size_t>(0, 20), text.size() - at);
        text.replace(at, length,
                     *rc::gen::element<std::string>("", "null", "[]", "{}", ": ", "\n- ", "\"", "*a", "&a ",
                                                    "99999999999999999999"));
        if (text.empty()) text = "a: b";
    }
    (void)mistakes(text);
}

}  // namespace
}  // namespace hl::procedures
