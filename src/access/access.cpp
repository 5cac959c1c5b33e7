#include "access/access.h"

namespace hl::access {

namespace {

struct RoleRow {
    Role role;
    std::string_view word;
    std::vector<Right> rights;
};

/// What a role may do, as data. An agency grant reaches the agency and everything below it.
const std::vector<RoleRow>& role_table() {
    static const std::vector<RoleRow> table = {
        {Role::clerk, "clerk", {Right::receive_dossier, Right::file_dossier, Right::read_dossier}},
        {Role::registrar, "registrar", {Right::read_document, Right::register_document, Right::send_document}},
        {Role::handler,
         "handler",
         {Right::handle_dossier, Right::read_dossier, Right::answer_directive, Right::read_document}},
        {Role::approver,
         "approver",
         {Right::approve_dossier, Right::read_dossier, Right::answer_directive, Right::read_document}},
        {Role::head,
         "head",
         {Right::approve_dossier, Right::reassign_dossier, Right::read_dossier, Right::read_statistics, Right::view_ioc,
          Right::supply_indicators, Right::issue_directive, Right::answer_directive, Right::issue_warning,
          Right::relay_warning, Right::read_document, Right::assign_document}},
        {Role::administrator,
         "administrator",
         {Right::manage_accounts, Right::manage_procedures, Right::manage_directory, Right::manage_exchange,
          Right::manage_links, Right::read_statistics, Right::view_ioc}},
        {Role::auditor, "auditor", {Right::read_ledger, Right::read_statistics, Right::view_ioc}},
        {Role::integrator,
         "integrator",
         {Right::import_dossiers, Right::use_exchange, Right::read_statistics, Right::supply_indicators,
          Right::relay_warning}},
        {Role::citizen, "citizen", {Right::file_dossier}},
    };
    return table;
}

const RoleRow& row_of(Role role) {
    for (const auto& row : role_table())
        if (row.role == role) return row;
    throw std::logic_error("a role is missing from the role table");
}

bool gives(Role role, Right right) {
    const auto& rights = row_of(role).rights;
    return std::find(rights.begin(), rights.end(), right) != rights.end();
}

bool holds(const Grant& grant, Date today) {
    return grant.from <= today && (!grant.to || today < *grant.to);
}

Error denied(Right right) {
    return {
        ErrorKind::denied, "access.denied",
        fmt::format("Bạn không có quyền «{}» ở cơ quan này. Hãy nhờ quản trị viên cấp quyền nếu cần.",
                    to_string(right)),
        fmt::format("You do not hold the right '{}' at this agency. Ask an administrator for it.", to_string(right))};
}

Error unauthenticated() {
    return {ErrorKind::unauthenticated, "access.unauthenticated", "Hãy đăng nhập rồi thử lại.",
            "Sign in and try again."};
}

}  // namespace

std::string_view to_string(Role role) {
    return row_of(role).word;
}

std::optional<Role> role_from(std::string_view word) {
    for (const auto& row : role_table())
        if (row.word == word) return row.role;
    return std::nullopt;
}

std::string_view to_string(Right right) {
    switch (right) {
        case Right::receive_dossier:
            return "receive_dossier";
        case Right::handle_dossier:
            return "handle_dossier";
        case Right::approve_dossier:
            return "approve_dossier";
        case Right::reassign_dossier:
            return "reassign_dossier";
        case Right::read_dossier:
            return "read_dossier";
        case Right::read_statistics:
            return "read_statistics";
        case Right::read_ledger:
            return "read_ledger";
        case Right::manage_accounts:
            return "manage_accounts";
        case Right::manage_procedures:
            return "manage_procedures";
        case Right::manage_directory:
            return "manage_directory";
        case Right::import_dossiers:
            return "import_dossiers";
        case Right::manage_exchange:
            return "manage_exchange";
        case Right::use_exchange:
            return "use_exchange";
        case Right::manage_links:
            return "manage_links";
        case Right::view_ioc:
            return "view_ioc";
        case Right::supply_indicators:
            return "supply_indicators";
        case Right::issue_directive:
            return "issue_directive";
        case Right::answer_directive:
            return "answer_directive";
        case Right::issue_warning:
            return "issue_warning";
        case Right::relay_warning:
            return "relay_warning";
        case Right::file_dossier:
            return "file_dossier";
        case Right::read_document:
            return "read_document";
        case Right::register_document:
            return "register_document";
        case Right::send_document:
            return "send_document";
        case Right::assign_document:
            return "assign_document";
    }
    throw std::logic_error("a right has no name");
}

std::string Actor::label() const {
    switch (kind) {
        case ActorKind::anonymous:
            return "anonymous";
        case ActorKind::officer:
            return "account:" + account.value;
        case ActorKind::machine:
            return "machine:" + account.value;
        case ActorKind::citizen:
            return "citizen:" + (subject.empty() ? account.value : subject.value);
        case ActorKind::system:
            return "system:" + name;
    }
    throw std::logic_error("an actor kind has no label");
}

Actor Actor::system(std::string_view part, std::shared_ptr<const directory::Directory> organisation) {
    Actor actor;
    actor.kind = ActorKind::system;
    actor.name = part;
    actor.organisation = std::move(organisation);
    return actor;
}

Result<void> require(const Actor& actor, Right right, const AgencyId& agency, Instant now) {
    if (actor.kind == ActorKind::system) return Nothing{};
    if (actor.kind == ActorKind::anonymous) return unauthenticated();
    const Date today = local_date(now);
    for (const auto& grant : actor.grants) {
        if (!holds(grant, today) || !gives(grant.role, right)) continue;
        if (grant.agency.empty() || grant.agency == agency) return Nothing{};
        if (actor.organisation && actor.organisation->within(agency, grant.agency, today)) return Nothing{};
    }
    return denied(right);
}

Result<void> require_anywhere(const Actor& actor, Right right, Instant now) {
    if (actor.kind == ActorKind::system) return Nothing{};
    if (actor.kind == ActorKind::anonymous) return unauthenticated();
    const Date today = local_date(now);
    for (const auto& grant : actor.grants)
        if (holds(grant, today) && gives(grant.role, right)) return Nothing{};
    return denied(right);
}

std::optional<std::vector<AgencyId>> readable_agencies(const Actor& actor, Instant now) {
    if (actor.kind == ActorKind::system) return std::nullopt;
    const Date today = local_date(now);
    std::set<AgencyId> found;
    for (const auto& grant : actor.grants) {
        if (!holds(grant, today) || !gives(grant.role, Right::read_dossier)) continue;
        if (grant.agency.empty()) return std::nullopt;
        found.insert(grant.agency);
        if (!actor.organisation) continue;
        for (const auto* agency : actor.organisation->agencies_at(today))
            if (actor.organisation->within(agency->id, grant.agency, today)) found.insert(agency->id);
    }
    return std::vector<AgencyId>(found.begin(), found.end());
}

namespace {
constexpr std::string_view insert_read =
    "INSERT INTO personal_read (actor, purpose, what, subject, request_id, at) VALUES (?, ?, ?, ?, ?, ?)";
}

void log_read(store::Transaction& tx, const PersonalRead& read) {
    tx.post(insert_read, {read.actor, read.purpose, read.what, read.subject, read.request_id, read.at});
}

}  // namespace hl::access
