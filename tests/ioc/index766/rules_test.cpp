#include "ioc/index766/rules.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "dossiers/statistics.h"
#include "ioc/index766/facts.h"

namespace hl::index766 {
namespace {

const std::filesystem::path folder = HL_SOURCE_DIR "/packs/quang-tri";

std::string pack_text() {
    return read_file(folder / "index766/quyet-dinh-766-2022.yaml").value();
}

std::vector<Error> errors_of(const std::string& from, const std::string& to) {
    auto text = pack_text();
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    std::vector<Error> errors;
    EXPECT_FALSE(parse_rules(text, "rules.yaml", errors));
    return errors;
}

TEST(IndexRules, ThePacksGroupsHaveTheirWeightsAndOneHundredPoints) {
    std::vector<Error> errors;
    const auto set = parse_rules(pack_text(), "rules.yaml", errors);
    for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
    ASSERT_TRUE(set);
    std::vector<Points> weights;
    for (const auto& g : set->groups) weights.push_back(g.max);
    EXPECT_EQ(weights, (std::vector<Points>{1800, 2000, 2200, 2200, 1800}));
    EXPECT_EQ(set->max(), 10'000);
    EXPECT_EQ(set->criterion("3.3")->full_at, 50);
    EXPECT_EQ(set->criterion("5.4")->full_at, 90);
    EXPECT_TRUE(set->criterion("2.1")->max_verified);
    EXPECT_FALSE(set->criterion("4.1")->max_verified) << "what is not verified says so";
    EXPECT_FALSE(set->criterion("5.2")->fact) << "petitions have no source of data yet";
    EXPECT_FALSE(set->criterion("5.2")->no_source.vi.empty());
}

TEST(IndexRules, AMistakeIsNamedWithItsLine) {
    const auto sum = errors_of("max: {points: 20, verified: true}", "max: {points: 19, verified: true}");
    ASSERT_EQ(sum.size(), 1u);
    EXPECT_EQ(sum[0].code, "index766.rules");
    EXPECT_NE(sum[0].en.find("group 2"), std::string::npos) << sum[0].en;
    const auto outcome = errors_of("met: [electronic]", "met: [digital]");
    ASSERT_FALSE(outcome.empty());
    EXPECT_NE(outcome[0].en.find("digital"), std::string::npos) << outcome[0].en;
    EXPECT_NE(outcome[0].at.find("rules.yaml:"), std::string::npos);
    EXPECT_EQ(errors_of("full_at: 50", "full_at: 150")[0].code, "yaml.integer");
    EXPECT_EQ(errors_of("full_at: 50", "ful_at: 50")[0].code, "yaml.unknown_key");
    EXPECT_FALSE(errors_of("times: \"1.4\"", "times: \"9.9\"").empty());
    EXPECT_FALSE(errors_of("lost: [otherwise, unpaid]", "lost: [otherwise]").empty()) << "every outcome has its place";
    EXPECT_FALSE(errors_of("points: 4.4", "points: 4.444").empty());
}

TEST(IndexRules, TheRulesOfTheDayHold) {
    RuleBook book;
    for (const int year : {2022, 2027}) {
        RuleSet set;
        set.id = std::to_string(year);
        set.from = Date{std::chrono::year{year} / 6 / 23};
        if (year == 2022) set.to = Date{std::chrono::year{2027} / 6 / 23};
        book.sets.push_back(set);
    }
    const auto at = [&](int year, unsigned month) {
        const auto set = book.at(dossiers::month_of(std::chrono::year{year} / std::chrono::month{month}));
        return set.ok() ? (*set)->id : set.error().code;
    };
    EXPECT_EQ(at(2022, 5), "index766.no_rules");
    EXPECT_EQ(at(2022, 6), "2022");
    EXPECT_EQ(at(2027, 5), "2022");
    EXPECT_EQ(at(2027, 6), "2027");
}

}  // namespace
}  // namespace hl::index766
