// The inside of read_organisation: rows of the pack's tables with the place each came from. Used by one thread.
#pragma once
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/csv.h"
#include "directory/commands.h"

namespace hl::directory {

/// Collects mistakes; a reader goes on after one so that a person sees them all at once.
class Mistakes {
  public:
    explicit Mistakes(std::vector<Error>& errors) : errors_(errors) {}
    void add(std::string place, std::string code, std::string vi, std::string en) {
        errors_.push_back({ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), std::move(place)});
    }
    void add(Error error) { errors_.push_back(std::move(error)); }
    [[nodiscard]] size_t count() const { return errors_.size(); }

  private:
    std::vector<Error>& errors_;
};

/// Where each row was written, for mistakes that only show when everything has been read.
struct Places {
    std::unordered_map<std::string, std::string> of_version;  // "unit id@from day" → "units.csv:12"
    std::vector<std::string> of_succession;                   // parallel to OrganisationPack::successions
    std::unordered_map<std::string, std::string> of_calendar;
    [[nodiscard]] std::string version(std::string_view id, Date from) const {
        const auto it = of_version.find(fmt::format("{}@{}", id, day_number(from)));
        return it == of_version.end() ? std::string{id} : it->second;
    }
};

void read_tables(const std::filesystem::path& pack, OrganisationPack& out, Places& places, Mistakes& mistakes);
void read_calendars(const std::filesystem::path& pack, OrganisationPack& out, Places& places, Mistakes& mistakes);
/// What no single row shows: overlaps, missing parents, successors, cycles, codes used twice, functions nobody has.
void check_organisation(const OrganisationPack& pack, const Places& places, Mistakes& mistakes);

/// One calendar file's text, for the pack and for the fuzzer. `parents` are calendars that were read before it.
[[nodiscard]] std::optional<CalendarData> read_calendar(std::string_view yaml, std::string_view name,
                                                        const std::vector<CalendarData>& parents, Mistakes& mistakes);

/// "07:30" → 450; nothing when it is not a time of day.
[[nodiscard]] std::optional<int> minute_of(std::string_view text);

/// A cycle among general successions (each id listed once), or empty.
[[nodiscard]] std::vector<std::string> find_cycle(const std::vector<Succession>& successions);

}  // namespace hl::directory
