// The rules of the index as dated data: groups, criteria, points, thresholds, what each outcome counts for, each with
// its instrument; what could not be verified says so and is shown so. They lie in a pack's index766/*.yaml, are checked
// by `pack check` and stored by `pack apply`. Values; a RuleBook is immutable; any thread.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

#include "base/json.h"
#include "ioc/index766/outcomes.h"
#include "store/store.h"

namespace hl::index766 {

enum class Verdict { met, lost, not_applicable, unknown };
[[nodiscard]] std::string_view to_string(Verdict verdict);
/// How the dossiers of which we do not know count in the rate. Whatever it is, both extremes are shown beside.
enum class UnknownCounts { excluded, as_lost, as_met };
[[nodiscard]] std::string_view to_string(UnknownCounts counts);

/// Hundredths of a point: sums stay exact.
using Points = int64_t;
[[nodiscard]] std::string points_text(Points points);  // "17.25"

struct Words {
    std::string vi, en;
};
struct Criterion {
    std::string code, article;
    Words name;
    Points max = 0;
    bool max_verified = false;
    int full_at = 100;         // per cent at which all points are given
    std::optional<Fact> fact;  // nothing: there is no source of data yet
    Words no_source;           // then, why
    std::map<char, Verdict> verdicts;
    UnknownCounts unknown_counts = UnknownCounts::excluded;
    std::string times;              // code of a criterion whose rate multiplies this one
    std::optional<Fact> also_fact;  // losses of another kind, taken off the rate
    std::vector<char> also_lost;
    std::vector<char> mendable;  // lost outcomes that can still be mended
    Words mend;                  // how
    std::vector<Words> unverified;
};
struct Group {
    std::string code;
    Words name;
    Points max = 0;
    std::vector<Criterion> criteria;
};
struct RuleSet {
    std::string id, instrument, file;
    Date from;
    std::optional<Date> to;
    std::vector<Group> groups;
    std::vector<Words> unverified;
    [[nodiscard]] Points max() const;
    [[nodiscard]] const Criterion* criterion(std::string_view code) const;
};

class RuleBook {
  public:
    std::vector<RuleSet> sets;  // by date
    std::string hash;           // of the files
    /// The rules in force on the last day of a month. Errors: index766.no_rules.
    [[nodiscard]] Result<const RuleSet*> at(int64_t month) const;
};

/// One file. Mistakes are added to `errors` with their line.
[[nodiscard]] std::optional<RuleSet> parse_rules(const std::string& text, const std::string& file,
                                                 std::vector<Error>& errors);

/// What a pack's index766/ holds: file name → text; empty when the pack has no such folder.
struct RulesPack {
    std::map<std::string, std::string> files;
    std::string hash;
};
/// Reads and checks. Errors: yaml.*, index766.rules with file and line.
[[nodiscard]] RulesPack read_rules(const std::filesystem::path& pack, std::vector<Error>& errors);
/// In words, what applying would change; empty when nothing.
[[nodiscard]] std::vector<std::string> describe_changes(store::Reader& reader, const RulesPack& pack);
/// Stores them when they differ from the newest; appends "index766.rules_applied".
[[nodiscard]] Result<void> apply_rules(store::Transaction& tx, const RulesPack& pack, const std::string& actor,
                                       Instant now);

/// The newest stored rules, parsed once for each version. Safe on any thread.
class StoredRules {
  public:
    /// Errors: index766.no_rules.
    [[nodiscard]] Result<std::shared_ptr<const RuleBook>> get(store::Reader& reader);

  private:
    std::mutex mutex_;
    std::shared_ptr<const RuleBook> book_;
};

}  // namespace hl::index766
