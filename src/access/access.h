// Who may do what. An Actor is who stands behind one request, with the roles that hold today; `require` is the one
// question every command asks first. Values only; any thread. Accounts, sessions and keys are in accounts.h/sessions.h.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "directory/directory.h"
#include "store/db.h"
#include "store/migrations.h"

namespace hl::access {

enum class Role { clerk, handler, approver, head, administrator, auditor, integrator, citizen, registrar };
[[nodiscard]] std::string_view to_string(Role role);
[[nodiscard]] std::optional<Role> role_from(std::string_view word);

enum class Right {
    receive_dossier,   // take in, refuse, transfer, return a result at the desk
    handle_dossier,    // work a step, ask for a supplement, consult, stop
    approve_dossier,   // sign a result, apologise and extend
    reassign_dossier,  // head of agency
    read_dossier,
    read_statistics,
    read_ledger,  // auditor
    manage_accounts,
    manage_procedures,
    manage_directory,   // packs, reorganisation
    import_dossiers,    // integrator
    manage_exchange,    // the data-sharing platform: its registry, message log and topics
    use_exchange,       // connect an agency's systems to it and act for them
    manage_links,       // connectors to partners: watch, pause, send again, compare
    view_ioc,           // figures and index of the operations centre, down to dossiers of the agency
    supply_indicators,  // hand in values of the agency's indicators
    issue_directive,    // tell an agency or an officer below what to do by when; extend, close, withdraw it
    answer_directive,   // the agency's own directives: acknowledge, report, ask for time, hand in
    issue_warning,      // warn the public in the agency's area
    relay_warning,      // hand in a warning that somebody else issued
    file_dossier,       // anyone, for himself
    read_document,      // the agency's in-box and out-box
    register_document,  // take in, register, refuse, answer what came to the agency
    send_document,      // number, sign, send, take back what the agency sends
    assign_document,    // head of agency: give documents to officers, act in their place
};
[[nodiscard]] std::string_view to_string(Right right);

struct Grant {
    Role role = Role::clerk;
    AgencyId agency;  // empty: the whole installation (administrator, auditor)
    Date from;
    std::optional<Date> to;
};

enum class ActorKind { anonymous, officer, machine, citizen, system };

struct Actor {
    ActorKind kind = ActorKind::anonymous;
    AccountId account;                   // empty when anonymous
    OfficerId officer;                   // when the account belongs to one
    std::optional<PositionId> position;  // the one he acts in, when it is single
    SubjectId subject;                   // a citizen's own
    std::string name;                    // display name for slips and step histories
    std::vector<Grant> grants;
    std::string session;  // id for logs
    std::string purpose;  // why personal data is read ("xử lý hồ sơ"), from the route
    std::shared_ptr<const directory::Directory> organisation;  // snapshot the rights are judged on

    /// "account:…", "machine:…", "system:…" for events.
    [[nodiscard]] std::string label() const;
    [[nodiscard]] static Actor system(std::string_view part, std::shared_ptr<const directory::Directory> organisation);
};

/// Does one of the actor's grants give `right` over `agency` (or an agency above it) at `now`?
/// Errors: access.denied, access.unauthenticated. The system actor may do everything.
[[nodiscard]] Result<void> require(const Actor& actor, Right right, const AgencyId& agency, Instant now);
/// The same right anywhere.
[[nodiscard]] Result<void> require_anywhere(const Actor& actor, Right right, Instant now);
/// Agencies whose dossiers the actor may read; empty optional = all.
[[nodiscard]] std::optional<std::vector<AgencyId>> readable_agencies(const Actor& actor, Instant now);

/// One read of personal data. Written durably before the answer leaves.
struct PersonalRead {
    std::string actor;  // label
    std::string purpose;
    std::string what;     // "dossier", "search", "slip"…
    std::string subject;  // subject ids or the dossier id
    std::string request_id;
    Instant at;
};
void log_read(store::Transaction& tx, const PersonalRead& read);

[[nodiscard]] const store::Migrations& migrations();

}  // namespace hl::access
