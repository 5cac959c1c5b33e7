// What the loaders of the printed forms share: names as they were valid on a paper's day, and what the ledger says that
// the rows no longer do (what was promised at reception, who signed, who handed work over). Private to the room.
#pragma once
#include "dossiers/events.h"
#include "dossiers/queries.h"
#include "dossiers/slips.h"

namespace hl::dossiers {

inline constexpr std::string_view desk_abbreviation = "TTPVHCC (BPTNTKQ)";

/// The agency's name on that day; before its first and after its last day the nearest one, never a blank or an id
/// while any name is known.
[[nodiscard]] std::string agency_name_at(const directory::Directory& directory, const AgencyId& id, Date day);
/// Empty when nobody or nobody known.
[[nodiscard]] std::string officer_name_of(const directory::Directory& directory, const OfficerId& id);
/// The top of a paper made by `agency` at `made_at`, under the names of that day.
[[nodiscard]] SlipHead head_of(const directory::Directory& directory, const AgencyId& agency, Instant made_at);

/// One dossier's stream in the ledger, as far as its papers need it. A server with several nodes gives an event its
/// position a moment after the commit: what is not there yet is left empty, and `behind` says so.
class Trail {
  public:
    /// Errors: event.damaged.
    [[nodiscard]] static Result<Trail> load(store::Reader& reader, const Dossier& d);

    /// The promise of form 01 as it was made.
    struct Promise {
        std::optional<LegalTime> limit;
        std::optional<Instant> due;
        std::string calendar;  // label
        OfficerId receiver;
        std::optional<std::vector<std::string>> components;  // ids handed in; nothing: told by another system
        bool imported = false;
    };
    std::optional<Promise> promise;
    bool behind = false;

    /// The one-stop unit the dossier was with at `t`.
    [[nodiscard]] AgencyId reception_at(Instant t) const;
    /// The release of the procedure it went by at `t`: a transitional rule may have moved it since.
    [[nodiscard]] ReleaseId release_at(Instant t) const;
    /// In which position the note was written and which agency answered for the dossier then; empty when the event does
    /// not say.
    struct Author {
        PositionId position;
        AgencyId agency;
    };
    [[nodiscard]] Author author_of_note(int note) const;
    /// Who handed the task over; empty when it was no officer.
    [[nodiscard]] OfficerId giver_of(int task) const;
    /// Was the component handed in again with a supplement.
    [[nodiscard]] bool replaced_later(const std::string& component) const { return replaced_.contains(component); }

  private:
    Result<void> take(const store::StoredEvent& event);

    AgencyId reception_now_;
    ReleaseId release_now_;
    Instant last_{};
    std::vector<std::pair<Instant, AgencyId>> receptions_;
    std::vector<std::pair<Instant, ReleaseId>> releases_;
    std::map<int, Author> authors_;
    std::map<int, OfficerId> givers_;
    std::set<std::string> replaced_;
};

}  // namespace hl::dossiers
