#include "procedures/feel.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace hl::procedures::feel {
namespace {

using std::chrono::year;

Fields context() {
    return {{"n", {Number{5}}},
            {"s", {std::string{"Đông Hà"}}},
            {"t", {true}},
            {"x", {}},
            {"born", {Date{year{2008} / 11 / 24}}},
            {"person", {Fields{{"name", {std::string{"An"}}}}}},
            {"list", {List{{Number{1}}, {Number{2}}}}}};
}

/// The value as JSON text, or the code of the error.
std::string run(std::string_view text) {
    const auto node = parse(text);
    if (!node.ok()) return node.error().code + " " + node.error().at;
    const auto value = evaluate(**node, context());
    if (!value.ok()) return value.error().code + " " + value.error().at;
    return json::serialize(to_json(*value));
}
std::string check(std::string_view tests, Value input) {
    const auto node = parse_tests(tests);
    if (!node.ok()) return node.error().code + " " + node.error().at;
    const auto passed = passes(**node, input, context());
    if (!passed.ok()) return passed.error().code;
    return !*passed ? "null" : **passed ? "true" : "false";
}

TEST(Feel, ArithmeticIsExact) {
    EXPECT_EQ(run("1 + 2 * 3"), "7");
    EXPECT_EQ(run("(1 + 2) * 3"), "9");
    EXPECT_EQ(run("10 - 3 - 2"), "5");
    EXPECT_EQ(run("-n + 2"), "-3");
    EXPECT_EQ(run("0.1 + 0.2 = 0.3"), "true");
    EXPECT_EQ(run("1 / 3 * 3 = 1"), "true");
    EXPECT_EQ(run("50000 * 1.5"), "75000");
    EXPECT_EQ(run("7 / 2"), "\"3.5\"");
    EXPECT_EQ(run("floor(-7 / 2)"), "-4");
    EXPECT_EQ(run("ceiling(7 / 2)"), "4");
    EXPECT_EQ(run("abs(-3)"), "3");
}

TEST(Feel, OverflowAndDivisionByZeroAreErrors) {
    EXPECT_EQ(run("9223372036854775807 + 1"), "rules.expression column 21");
    EXPECT_EQ(run("n / 0"), "rules.expression column 3");
    EXPECT_EQ(run("99999999999999999999"), "rules.expression column 1");
}

TEST(Feel, ComparisonAndLogic) {
    EXPECT_EQ(run("n >= 5 and n < 6"), "true");
    EXPECT_EQ(run("n = 4 or t"), "true");
    EXPECT_EQ(run("not(t)"), "false");
    EXPECT_EQ(run("n between 1 and 5"), "true");
    EXPECT_EQ(run("n in [1..5]"), "true");
    EXPECT_EQ(run("n in [1..5)"), "false");
    EXPECT_EQ(run("n in ]5..9]"), "false");
    EXPECT_EQ(run("n in (4, 5)"), "true");
    EXPECT_EQ(run("n in (> 9, < 6)"), "true");
    EXPECT_EQ(run("n in (4..6)"), "true");
    EXPECT_EQ(run("2 in list"), "true");
    EXPECT_EQ(run("if n > 3 then \"a\" else \"b\""), "\"a\"");
}

TEST(Feel, NullMeansNotKnown) {
    EXPECT_EQ(run("x = null"), "true");
    EXPECT_EQ(run("x != null"), "false");
    EXPECT_EQ(run("x > 3"), "null");
    EXPECT_EQ(run("x > 3 and false"), "false");
    EXPECT_EQ(run("x > 3 and true"), "null");
    EXPECT_EQ(run("x > 3 or true"), "true");
    EXPECT_EQ(run("x > 3 or false"), "null");
    EXPECT_EQ(run("not(x)"), "null");
    EXPECT_EQ(run("x + 1"), "null");
    EXPECT_EQ(run("if x then 1 else 2"), "2");
    EXPECT_EQ(run("x.name"), "null");
    EXPECT_EQ(run("sum([1, x])"), "null");
}

TEST(Feel, AGuardKeepsItsRightSideFromRunning) {
    EXPECT_EQ(run("n = 4 and s > 3"), "false");
    EXPECT_EQ(run("n = 5 or s > 3"), "true");
}

TEST(Feel, WrongKindsAndNamesAreErrorsNotNull) {
    EXPECT_EQ(run("n = \"5\""), "rules.expression column 3");
    EXPECT_EQ(run("s > 3"), "rules.expression column 3");
    EXPECT_EQ(run("unknown = 1"), "rules.expression column 1");
    EXPECT_EQ(run("n and t"), "rules.expression column 3");
    EXPECT_EQ(run("s.name"), "rules.expression column 2");
}

TEST(Feel, Functions) {
    EXPECT_EQ(run("contains(s, \"Hà\")"), "true");
    EXPECT_EQ(run("starts with(s, \"Đ\")"), "true");
    EXPECT_EQ(run("string length(s)"), "7");
    EXPECT_EQ(run("lower case(s)"), "\"đông hà\"");
    EXPECT_EQ(run("count(list)"), "2");
    EXPECT_EQ(run("sum(list)"), "3");
    EXPECT_EQ(run("max(1, 9, 4)"), "9");
    EXPECT_EQ(run("min([\"b\", \"a\"])"), "\"a\"");
    EXPECT_EQ(run("min([])"), "null");
    EXPECT_EQ(run("list contains(list, 2)"), "true");
    EXPECT_EQ(run("person.name"), "\"An\"");
    EXPECT_EQ(run("count(1, 2)"), "rules.expression column 1");
    EXPECT_EQ(run("nofunction(1)"), "rules.expression column 1");
}

TEST(Feel, DatesAndAges) {
    EXPECT_EQ(run("born.year"), "2008");
    EXPECT_EQ(run("years and months(born, date(\"2026-11-23\")).years"), "17");
    EXPECT_EQ(run("years and months(born, date(\"2026-11-24\")).years"), "18");
    EXPECT_EQ(run("years and months duration(born, date(\"2026-11-24\")) >= duration(\"P18Y\")"), "true");
    EXPECT_EQ(run("date(\"2026-01-31\") + duration(\"P1M\")"), "\"2026-02-28\"");
    EXPECT_EQ(run("date(\"2026-02-30\")"), "rules.expression column 1");
    EXPECT_EQ(run("born < date(\"2026-01-01\")"), "true");
}

TEST(Feel, UnaryTests) {
    EXPECT_EQ(check("-", {}), "true");
    EXPECT_EQ(check("< 5", {Number{4}}), "true");
    EXPECT_EQ(check("< 5", {}), "null");
    EXPECT_EQ(check("[1..3]", {Number{3}}), "true");
    EXPECT_EQ(check("(1..3)", {Number{3}}), "false");
    EXPECT_EQ(check("\"a\",\"b\"", {std::string{"b"}}), "true");
    EXPECT_EQ(check("\"a\",\"b\"", {std::string{"c"}}), "false");
    EXPECT_EQ(check("not(\"a\",\"b\")", {std::string{"c"}}), "true");
    EXPECT_EQ(check("null", {}), "true");
    EXPECT_EQ(check("-5", {Number{-5}}), "true");
    EXPECT_EQ(check("> n", {Number{6}}), "true");
    EXPECT_EQ(check("true", {false}), "false");
    EXPECT_EQ(check("", {}), "rules.expression column 1");
}

TEST(Feel, EveryMistakeHasItsColumn) {
    EXPECT_EQ(run("1 +"), "rules.expression column 4");
    EXPECT_EQ(run("(1"), "rules.expression column 3");
    EXPECT_EQ(run("\"open"), "rules.expression column 1");
    EXPECT_EQ(run("1 2"), "rules.expression column 3");
    EXPECT_EQ(run("if t then 1"), "rules.expression column 12");
    EXPECT_EQ(run("a\xff"), "rules.expression column 1");
    EXPECT_EQ(run("and"), "rules.expression column 1");
}

TEST(Feel, SizeAndDepthAreBounded) {
    EXPECT_FALSE(parse(std::string(max_length + 1, '1')).ok());
    EXPECT_FALSE(parse(std::string(1000, '(') + "1" + std::string(1000, ')')).ok());
    EXPECT_FALSE(parse(std::string(1000, '-') + "1").ok());
    std::string chain = "1";
    for (int i = 0; i < 500; ++i) chain += "+1";
    EXPECT_FALSE(parse(chain).ok());
}

TEST(Feel, HoldsTreatsEmptyAsAlways) {
    EXPECT_TRUE(holds("  ", {}).value().value());
    EXPECT_FALSE(holds("null", {}).value().has_value());
    EXPECT_FALSE(holds("1", {}).ok());
}

TEST(Number, TextIsDecimalWhenItEnds) {
    EXPECT_EQ(Number::fraction(-5, 8)->text(), "-0.625");
    EXPECT_EQ(Number::fraction(1, 3)->text(), "1/3");
    EXPECT_EQ(Number::parse("0.050")->text(), "0.05");
    EXPECT_FALSE(Number::fraction(1, 0));
    EXPECT_FALSE(Number::parse("1."));
    EXPECT_FALSE(Number::parse(""));
}

/// Random trees in the shapes the grammar has.
NodePtr leaf(Op op, std::string word = "", Number number = {}, bool flag = false) {
    Node n;
    n.op = op;
    n.word = std::move(word);
    n.number = number;
    n.flag = flag;
    return std::make_shared<const Node>(std::move(n));
}
NodePtr branch(Op op, std::vector<NodePtr> kids, std::string word = "", bool low = false, bool high = false) {
    Node n;
    n.op = op;
    n.kids = std::move(kids);
    n.word = std::move(word);
    n.open_low = low;
    n.open_high = high;
    return std::make_shared<const Node>(std::move(n));
}
NodePtr any_tree(int depth) {
    const int shape = *rc::gen::inRange(0, depth <= 0 ? 5 : 14);
    const auto sub = [&] { return any_tree(depth - 1); };
    const auto name = [] {
        return std::string{"f"} + *rc::gen::element<std::string>("a", "b_1", "order", "iff", "đường");
    };
    switch (shape) {
        case 0:
            return leaf(Op::null);
        case 1:
            return leaf(Op::boolean, "", {}, *rc::gen::arbitrary<bool>());
        case 2: {
            const auto whole = *rc::gen::inRange<int64_t>(0, 1'000'000);
            return leaf(Op::number, "", *Number::fraction(whole, *rc::gen::element<int64_t>(1, 2, 5, 8, 1000)));
        }
        case 3:
            return leaf(Op::text, *rc::gen::element<std::string>("", "a\"b", "\\", "Đông Hà\n\t", "..", "null"));
        case 4:
            return leaf(Op::name, name());
        case 5: {
            std::vector<NodePtr> kids;
            for (int i = *rc::gen::inRange(0, 3); i > 0; --i) kids.push_back(sub());
            return branch(Op::list, std::move(kids));
        }
        case 6:
            return branch(Op::negative, {sub()});
        case 7:
            return branch(*rc::gen::element(Op::add, Op::subtract, Op::multiply, Op::divide), {sub(), sub()});
        case 8:
            return branch(
                *rc::gen::element(Op::equal, Op::unequal, Op::less, Op::less_equal, Op::greater, Op::greater_equal),
                {sub(), sub()});
        case 9: {
            std::vector<NodePtr> kids{sub()};
            for (int i = *rc::gen::inRange(1, 3); i > 0; --i) {
                const int kind = *rc::gen::inRange(0, 3);
                if (kind == 0)
                    kids.push_back(branch(Op::range, {sub(), sub()}, "", *rc::gen::arbitrary<bool>(),
                                          *rc::gen::arbitrary<bool>()));
                else if (kind == 1)
                    kids.push_back(branch(Op::compare, {sub()}, *rc::gen::element<std::string>("<", ">=", "!=")));
                else
                    kids.push_back(sub());
            }
            return branch(Op::in, std::move(kids));
        }
        case 10:
            return branch(*rc::gen::element(Op::and_, Op::or_), {sub(), sub()});
        case 11:
            return branch(Op::not_, {sub()});
        case 12:
            return branch(Op::if_, {sub(), sub(), sub()});
        default:
            return *rc::gen::arbitrary<bool>()
                       ? branch(Op::field, {sub()}, name())
                       : branch(Op::call, {sub(), sub()},
                                *rc::gen::element<std::string>("max", "years and months", "contains"));
    }
}

RC_GTEST_PROP(FeelProperty, PrintedTextParsesToTheSameTree, ()) {
    const auto tree = any_tree(4);
    const auto text = print(*tree);
    const auto again = parse(text);
    if (!again.ok()) RC_FAIL(text + ": " + again.error().en);
    RC_ASSERT(same(*tree, **again));
}

RC_GTEST_PROP(FeelProperty, ArbitraryTextNeverCrashes, (const std::string& text)) {
    if (const auto node = parse(text); node.ok()) (void)evaluate(**node, context());
    if (const auto node = parse_tests(text); node.ok()) (void)passes(**node, {Number{1}}, context());
}

RC_GTEST_PROP(NumberProperty, SumAndDifferenceAreInverse, ()) {
    const auto some = [] {
        return *Number::fraction(*rc::gen::inRange<int64_t>(-1'000'000, 1'000'000),
                                 *rc::gen::inRange<int64_t>(1, 1000));
    };
    const auto a = some();
    const auto b = some();
    RC_ASSERT(a.add(b)->subtract(b) == a);
    if (b != Number{0}) RC_ASSERT(a.divide(b)->multiply(b) == a);
    RC_ASSERT((a < b) == (b.subtract(a)->numerator() > 0));
}

}  // namespace
}  // namespace hl::procedures::feel
