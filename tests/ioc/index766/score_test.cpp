#include "ioc/index766/score.h"

#include <gtest/gtest.h>

#include "ioc/index766/compare.h"

namespace hl::index766 {
namespace {

Criterion timing(Points max, int full_at = 100) {
    Criterion c;
    c.code = "2.1";
    c.max = max;
    c.full_at = full_at;
    c.fact = Fact::timing;
    c.verdicts = {{'m', Verdict::met}, {'l', Verdict::lost}, {'u', Verdict::unknown}, {'n', Verdict::not_applicable}};
    return c;
}
RuleSet with(std::vector<Criterion> criteria) {
    RuleSet set;
    Group g;
    g.code = "2";
    for (const auto& c : criteria) g.max += c.max;
    g.criteria = std::move(criteria);
    set.groups = {g};
    return set;
}
Counts seen(std::map<char, int64_t> letters) {
    Counts counts;
    for (const auto& [letter, n] : letters) counts.seen[{Fact::timing, letter}] = n;
    return counts;
}

TEST(IndexScore, APartOfTheThresholdIsAPartOfThePoints) {
    const auto rules = with({timing(400, 80)});
    EXPECT_EQ(score(rules, seen({{'m', 8}, {'l', 2}})).sum.points, 400);
    EXPECT_EQ(score(rules, seen({{'m', 9}, {'l', 1}})).sum.points, 400) << "never more than all";
    EXPECT_EQ(score(rules, seen({{'m', 4}, {'l', 6}})).sum.points, 200);
    EXPECT_EQ(score(rules, seen({{'m', 1}, {'l', 2}})).sum.points, 167) << "rounded half up, once";
    EXPECT_EQ(score(rules, seen({{'l', 3}})).sum.points, 0);
}

TEST(IndexScore, UnknownIsNeitherMetNorLostAndShownAsARange) {
    const auto rules = with({timing(2000)});
    const auto whole = score(rules, seen({{'m', 6}, {'l', 2}, {'u', 2}, {'n', 50}}));
    const auto& s = whole.groups[0].criteria[0];
    EXPECT_EQ(s.standing, Standing::partly);
    EXPECT_EQ(s.points, 1500);
    EXPECT_EQ(s.low, 1200);
    EXPECT_EQ(s.high, 1600);
    EXPECT_EQ(s.numerator, 6);
    EXPECT_EQ(s.denominator, 8);
    EXPECT_EQ(s.not_applicable, 50);
}

TEST(IndexScore, HowUnknownCountsIsTheRulesSay) {
    auto c = timing(2000);
    c.unknown_counts = UnknownCounts::as_lost;
    const auto as_lost = with({c});
    EXPECT_EQ(score(as_lost, seen({{'m', 6}, {'l', 2}, {'u', 2}})).sum.points, 1200);
    c.unknown_counts = UnknownCounts::as_met;
    const auto as_met = with({c});
    EXPECT_EQ(score(as_met, seen({{'m', 6}, {'l', 2}, {'u', 2}})).sum.points, 1600);
}

TEST(IndexScore, WithoutASourceOrADossierThereAreNoPointsRatherThanNone) {
    Criterion petitions;
    petitions.code = "5.2";
    petitions.max = 600;
    const auto rules = with({timing(2000), petitions});
    const auto whole = score(rules, seen({{'m', 1}}));
    EXPECT_EQ(whole.sum.points, 2000);
    EXPECT_EQ(whole.sum.of, 2000);
    EXPECT_EQ(whole.sum.high, 2600);
    EXPECT_EQ(whole.sum.low, 2000);
    EXPECT_EQ(whole.sum.max, 2600);
    EXPECT_EQ(whole.criterion("5.2")->standing, Standing::unknown);
    EXPECT_FALSE(whole.criterion("5.2")->points);
    const auto nothing = score(rules, {});
    EXPECT_EQ(nothing.criterion("2.1")->standing, Standing::empty);
    EXPECT_EQ(nothing.sum.of, 0);
    EXPECT_EQ(nothing.sum.high, 600) << "what is empty can bring nothing";
}

TEST(IndexScore, LossesOfAnotherKindAreTakenOffTheRate) {
    auto c = timing(600, 90);
    c.also_fact = Fact::rating;
    c.also_lost = {'1', '2'};
    auto counts = seen({{'m', 9}, {'l', 1}});
    counts.seen[{Fact::rating, '1'}] = 1;
    counts.seen[{Fact::rating, '5'}] = 7;
    const auto rules = with({c});
    const auto whole = score(rules, counts);
    EXPECT_EQ(whole.groups[0].criteria[0].numerator, 8);
    EXPECT_EQ(whole.sum.points, 533);
}

TEST(IndexScore, ARateOfAnotherCriterionMultiplies) {
    auto online = timing(600, 50);
    online.code = "3.3";
    online.times = "1.4";
    Criterion synced = timing(600);
    synced.code = "1.4";
    synced.fact = Fact::result;
    synced.verdicts = {{'e', Verdict::met}, {'p', Verdict::lost}};
    auto counts = seen({{'m', 4}, {'l', 6}});
    counts.seen[{Fact::result, 'e'}] = 1;
    counts.seen[{Fact::result, 'p'}] = 1;
    const auto both = with({synced, online});
    const auto whole = score(both, counts);
    EXPECT_EQ(*whole.criterion("3.3")->points, 240) << "4/10 × 1/2 of the 50 % that give all";
    EXPECT_EQ(whole.criterion("3.3")->gain_of(1), 60);
    Criterion unknown;
    unknown.code = "1.4";
    unknown.max = 600;
    const auto rules = with({unknown, online});
    const auto assumed = score(rules, seen({{'m', 4}, {'l', 6}}));
    EXPECT_TRUE(assumed.criterion("3.3")->factor_assumed);
    EXPECT_EQ(*assumed.criterion("3.3")->points, 480);
    EXPECT_EQ(assumed.criterion("3.3")->low, 0);
}

TEST(IndexScore, MendingADossierBringsItsPoints) {
    auto c = timing(2000);
    c.mendable = {'l'};
    const auto rules = with({c});
    const auto whole = score(rules, seen({{'m', 7}, {'l', 3}}));
    EXPECT_EQ(whole.groups[0].criteria[0].mendable, 3);
    EXPECT_EQ(whole.groups[0].criteria[0].gain_of(1), 200);
    EXPECT_EQ(whole.groups[0].criteria[0].gain_of(3), 600);
}

TEST(IndexComparison, ADifferenceIsExplained) {
    const auto rules = with({timing(2000)});
    const auto ours = score(rules, seen({{'m', 80}, {'l', 20}, {'u', 5}}));
    const auto published = read_published(
        "period,agency,criterion,numerator,denominator,points\n2026-10,,2.1,84,110,15.27\n2026-10,,2.1,,,16\n2026-10,,"
        "2.1,,,17\n2026-Q4,,total,,,90\n",
        "p.csv");
    ASSERT_TRUE(published.ok()) << published.error().en;
    ASSERT_EQ(published->size(), 4u);
    const auto counted = compare((*published)[0], ours);
    ASSERT_TRUE(counted.ok());
    EXPECT_EQ(counted->by, -73);
    EXPECT_NE(counted->because[0].en.find("110 dossiers, here 100: 10 apart"), std::string::npos)
        << counted->because[0].en;
    EXPECT_TRUE(compare((*published)[1], ours)->agrees);
    const auto worth = compare((*published)[2], ours);
    EXPECT_NE(worth->because[0].en.find("about 5 of 100"), std::string::npos) << worth->because[0].en;
    EXPECT_NE(worth->because[1].vi.find("5 hồ sơ chưa rõ"), std::string::npos) << worth->because[1].vi;
    EXPECT_EQ(compare((*published)[3], ours)->ours, 1600);
    EXPECT_EQ(read_published("period,criterion,points\n2026-13,2.1,1\n", "p.csv").error().at, "p.csv:2");
    EXPECT_EQ(read_published("period,criterion,points\n2026-10,2.1,x\n", "p.csv").error().code, "index766.published");
    Published other = (*published)[0];
    other.criterion = "9.9";
    EXPECT_EQ(compare(other, ours).error().code, "index766.criterion");
}

}  // namespace
}  // namespace hl::index766
