// Changing the directory: applying a pack's organisation and calendars, reorganising, assigning officers. Each runs in
// the caller's transaction and appends its event; callers reload their Directory snapshot after the commit.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "directory/calendar.h"
#include "directory/directory.h"
#include "store/migrations.h"

namespace hl::directory {

[[nodiscard]] const store::Migrations& migrations();

/// The organisation and calendars of a pack folder, read and checked but not yet applied.
struct OrganisationPack {
    std::string name;  // "quang-tri"
    std::string hash;  // SHA-256 over the files
    std::vector<Unit> units;
    std::vector<Agency> agencies;
    std::vector<Department> departments;
    std::vector<Position> positions;
    std::vector<Succession> successions;
    std::vector<CalendarData> calendars;
    /// What every agency of a kind must be able to do at any date (pack.yaml, required_functions).
    std::map<AgencyKind, std::vector<std::string>> required_functions;
};
/// The snapshot this pack alone would give: for checks before anything is applied.
[[nodiscard]] std::shared_ptr<const Directory> preview(const OrganisationPack& pack);
/// Every mistake with file and line in Error::at ("units.csv:12").
[[nodiscard]] OrganisationPack read_organisation(const std::filesystem::path& pack, std::vector<Error>& errors);
/// The differences to what is stored, in words, for `pack check` and the console.
[[nodiscard]] std::vector<std::string> describe_changes(store::Reader& reader, const OrganisationPack& pack);
[[nodiscard]] Result<void> apply_organisation(store::Transaction& tx, const OrganisationPack& pack,
                                              std::string_view actor, Instant now);

[[nodiscard]] Result<OfficerId> add_officer(store::Transaction& tx, const OfficerId& id, std::string_view name,
                                            std::string_view actor, Instant now);
[[nodiscard]] Result<void> assign_officer(store::Transaction& tx, const OfficerId& officer, const PositionId& position,
                                          Validity valid, std::string_view actor, Instant now);

/// Ends agencies or units and names their successors from `date` on. Open work is moved by the rooms above in the same
/// transaction. Errors: reorganise.unknown, reorganise.no_successor, reorganise.date, reorganise.cycle.
[[nodiscard]] Result<void> reorganise(store::Transaction& tx, const std::vector<Succession>& successions,
                                      std::string_view actor, Instant now);

/// All calendars as stored, newest version each; `calendar_for` picks the agency's layer, else the province's, else the
/// national one.
[[nodiscard]] std::vector<CalendarData> load_calendars(store::Reader& reader);
/// One earlier version, for promises that were made under it.
[[nodiscard]] std::optional<CalendarData> load_calendar(store::Reader& reader, std::string_view id, int version);

/// Immutable set of ready calendars; rebuilt after a change. Safe on any thread.
class Calendars {
  public:
    [[nodiscard]] static Result<std::shared_ptr<const Calendars>> load(store::Reader& reader);
    /// From data at hand (a pack that is not applied yet, a test).
    [[nodiscard]] static Result<std::shared_ptr<const Calendars>> make(std::vector<CalendarData> all);
    [[nodiscard]] std::shared_ptr<const Calendar> for_agency(const AgencyId& agency) const;
    [[nodiscard]] std::shared_ptr<const Calendar> by_label(
        std::string_view label) const;  // "vn@3", nullptr when unknown

  private:
    std::map<std::string, std::shared_ptr<const Calendar>, std::less<>> newest_, by_label_;
};

}  // namespace hl::directory
