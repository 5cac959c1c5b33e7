// From counts to points: numerators, denominators, what is unknown and what it would make. Integer arithmetic in
// hundredths of a point, rounded half up once for each criterion; groups and the total add these up. Pure; any thread.
#pragma once
#include "ioc/index766/rules.h"

namespace hl::index766 {

/// How many dossiers had each outcome in a period.
struct Counts {
    std::map<std::pair<Fact, char>, int64_t> seen;
    [[nodiscard]] int64_t of(Fact fact, char letter) const {
        const auto it = seen.find({fact, letter});
        return it == seen.end() ? 0 : it->second;
    }
    bool operator==(const Counts&) const = default;
};

enum class Standing {
    known,    // all dossiers that count are judged
    partly,   // some are unknown: `low` to `high`
    unknown,  // no source of data, or nothing but unknown dossiers
    empty,    // nothing to judge: neither points nor loss
};
[[nodiscard]] std::string_view to_string(Standing standing);

struct Score {
    const Criterion* criterion = nullptr;  // of the RuleSet that was asked
    Standing standing = Standing::unknown;
    int64_t met = 0, lost = 0, unknown = 0, not_applicable = 0;
    int64_t also_lost = 0;                      // losses of another kind, taken off the numerator
    int64_t mendable = 0;                       // of the lost, how many can still be mended
    int64_t numerator = 0, denominator = 0;     // as the rule counts
    int64_t factor_top = 1, factor_bottom = 1;  // the rate of another criterion, by which this one is multiplied
    bool factor_assumed = false;                // it is unknown and was taken for 1
    std::optional<Points> points;
    Points low = 0, high = 0;  // were everything unknown lost, or met
    /// What mending `n` of the lost dossiers would bring.
    [[nodiscard]] Points gain_of(int64_t n) const;
};
struct Sum {
    Points points = 0;  // of what is known
    Points of = 0;      // the most that the known criteria can give
    Points low = 0, high = 0;
    Points max = 0;
    void add(const Score& score);
    void add(const Sum& other);
};
struct GroupScore {
    const Group* group = nullptr;
    Sum sum;
    std::vector<Score> criteria;
};
struct IndexScore {
    const RuleSet* rules = nullptr;
    Sum sum;
    std::vector<GroupScore> groups;
    [[nodiscard]] const Score* criterion(std::string_view code) const;
};
/// The answer points into `rules`.
[[nodiscard]] IndexScore score(const RuleSet& rules, const Counts& counts);
IndexScore score(const RuleSet&& rules, const Counts& counts) = delete;
/// max × min(1, numerator ÷ denominator ÷ full_at); the denominator is not zero.
[[nodiscard]] Points points_for(const Criterion& criterion, int64_t numerator, int64_t denominator);

}  // namespace hl::index766
