// The indicators of a pack: indicators/*.yaml, read with every mistake's file and line, and kept in the database as the
// texts they are, so that there is one reader only. Pure over a folder or texts; one thread at a time.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "directory/directory.h"
#include "ioc/indicators/model.h"
#include "store/db.h"

namespace hl::ioc {

/// The indicators that hold, and what their cells are made of. Immutable; any thread.
class Book {
  public:
    /// More parts than a fact's mask has bits are refused by the pack check.
    static constexpr size_t most_parts = 62;

    Book() = default;
    explicit Book(std::vector<Indicator> indicators);
    [[nodiscard]] const std::vector<Indicator>& all() const { return indicators_; }
    /// The version of `code` that holds on `d`; without one, the newest that began before, else the first.
    [[nodiscard]] const Indicator* find(std::string_view code, Date d) const;
    struct PlacedPart {
        Part part;
        DimensionSet by = 0;  // of all indicators that use it
        bool hourly = false;  // some indicator wants hours
        Date from;            // counts from the day the first of its indicators holds …
        std::optional<Date> to;
    };
    [[nodiscard]] const std::vector<PlacedPart>& parts() const { return parts_; }
    /// Numbers of an indicator's parts.
    [[nodiscard]] std::vector<int> parts_of(const Indicator& indicator) const;
    /// Changes exactly when cells must be made anew.
    [[nodiscard]] int version() const { return version_; }

  private:
    std::vector<Indicator> indicators_;
    std::vector<PlacedPart> parts_;
    int version_ = 1;
};

struct IndicatorPack {
    std::map<std::string, std::string> files;  // name → text
    std::vector<Indicator> indicators;
};
/// Reads and judges a pack's indicators. `organisation`: as the pack makes it; null: owners are not looked up. A pack
/// without the folder has none.
[[nodiscard]] IndicatorPack read_indicators(const std::filesystem::path& pack, const directory::Directory* organisation,
                                            std::vector<Error>& errors);
/// One file's text (tests, fuzzing, what the database holds).
void read_indicator_file(const std::string& text, const std::string& file, std::vector<Indicator>& out,
                         std::vector<Error>& errors);
/// Codes used twice on one day, too many parts, unknown owners.
void check_indicators(const std::vector<Indicator>& indicators, const directory::Directory* organisation,
                      std::vector<Error>& errors);

/// In words, against what is stored.
[[nodiscard]] std::vector<std::string> describe_changes(store::Reader& reader, const IndicatorPack& pack);
/// Replaces what is stored; appends ioc.indicators_applied when anything changed.
Result<void> apply_indicators(store::Transaction& tx, const IndicatorPack& pack, const std::string& actor, Instant now);
/// What is stored. Errors: ioc.indicators_damaged.
[[nodiscard]] Result<std::shared_ptr<const Book>> load_book(store::Reader& reader);

}  // namespace hl::ioc
