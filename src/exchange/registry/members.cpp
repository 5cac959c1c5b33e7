#include "exchange/registry/members.h"

#include "base/text.h"
#include "exchange/registry/events.h"
#include "exchange/registry/issue.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

Result<void> existing_group(store::Reader& reader, std::string_view code) {
    if (reader.first("SELECT code FROM exchange_group WHERE code = ?", {code}, [](const store::Row&) { return true; }))
        return Nothing{};
    return Error{ErrorKind::not_found, "exchange.unknown_group", "Không có nhóm này. Hãy xem danh sách nhóm.",
                 "There is no such group. See the list of groups.", "/group"};
}

Error group_member(bool already) {
    return {ErrorKind::conflict, "exchange.group_member",
            already ? "Phân hệ đã ở trong nhóm." : "Phân hệ không ở trong nhóm.",
            already ? "The subsystem is in the group already." : "The subsystem is not in the group."};
}

}  // namespace

Result<ClientId> register_member(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                 const NewMember& member, Instant now) {
    TRY_VOID(judge_code(member.code, "code"));
    const auto& settings = registry.settings();
    if (!settings.classes.contains(member.member_class)) {
        std::string known;
        for (const auto& [code, title] : settings.classes) known += (known.empty() ? "" : ", ") + code;
        return Error{ErrorKind::invalid, "exchange.class", "Lớp thành viên là một trong: " + known + ".",
                     "The member class is one of: " + known + ".", "/class"};
    }
    const ClientId id{settings.instance, member.member_class, member.code, {}};
    const auto* agency =
        actor.organisation ? actor.organisation->agency_by_code(member.code, local_date(now)) : nullptr;
    const AgencyId agency_id = agency != nullptr ? agency->id : AgencyId{};
    TRY_VOID(require_registrar(actor, agency_id, now));
    std::string name = text::normalise(member.name);
    if (name.empty() && agency != nullptr)
        if (const auto* version = agency->at(local_date(now))) name = version->name;
    if (name.empty())
        return Error{ErrorKind::invalid, "exchange.name_required",
                     "Danh bạ cơ quan không có mã này. Hãy ghi tên thành viên.",
                     "The directory has no agency of this code. Give the member's name.", "/name"};
    if (exists(tx, id))
        return Error{ErrorKind::conflict, "exchange.member_exists", fmt::format("Đã có {}.", to_text(id)),
                     fmt::format("{} is registered already.", to_text(id)), "/code"};
    const auto path = to_path(id);
    tx.execute("INSERT INTO exchange_member (id, name, agency, valid_from, valid_to) VALUES (?, ?, ?, ?, NULL)",
               {path, name, agency_id, member.from});
    append(tx, events::member_registered, path, actor, now,
           {{"member", path}, {"agency", agency_id.value}, {"from", to_iso(member.from)}});
    TRY_VOID(issue(tx, registry, now));
    return id;
}

Result<void> make_group(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                        std::string_view code, std::string_view title, Instant now) {
    TRY_VOID(require_registrar(actor, AgencyId{}, now));
    TRY_VOID(judge_code(code, "code"));
    if (existing_group(tx, code).ok())
        return Error{ErrorKind::conflict, "exchange.group_exists", "Đã có nhóm mã này.",
                     "There is a group of this code already.", "/code"};
    tx.execute("INSERT INTO exchange_group (code, title) VALUES (?, ?)", {code, title});
    append(tx, events::group_made, fmt::format("exchange-group:{}", code), actor, now, {{"group", code}});
    TRY_VOID(issue(tx, registry, now));
    return Nothing{};
}

Result<void> add_to_group(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                          std::string_view code, const ClientId& subsystem, Date from, Instant now) {
    TRY_VOID(require_registrar(actor, AgencyId{}, now));
    TRY_VOID(existing_group(tx, code));
    if (!exists(tx, subsystem)) return no_such_client(subsystem);
    const auto path = to_path(subsystem);
    const auto open = tx.first(
        "SELECT code FROM exchange_group_member WHERE code = ? AND subsystem = ? AND (valid_to IS NULL OR valid_to > "
        "?)",
        {code, path, from}, [](const store::Row&) { return true; });
    if (open) return group_member(true);
    // Taken out and put back on one day: the row of that day goes on.
    tx.execute(
        "INSERT INTO exchange_group_member (code, subsystem, valid_from, valid_to) VALUES (?, ?, ?, NULL) "
        "ON CONFLICT (code, subsystem, valid_from) DO UPDATE SET valid_to = NULL",
        {code, path, from});
    append(tx, events::group_changed, fmt::format("exchange-group:{}", code), actor, now,
           {{"group", code}, {"subsystem", path}, {"member", true}, {"from", to_iso(from)}});
    TRY_VOID(issue(tx, registry, now));
    return Nothing{};
}

Result<void> take_from_group(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                             std::string_view code, const ClientId& subsystem, Instant now) {
    TRY_VOID(require_registrar(actor, AgencyId{}, now));
    TRY_VOID(existing_group(tx, code));
    const Date today = local_date(now);
    const auto path = to_path(subsystem);
    const auto changed = tx.execute(
        "UPDATE exchange_group_member SET valid_to = ? WHERE code = ? AND subsystem = ? AND (valid_to IS NULL OR "
        "valid_to > ?)",
        {today, code, path, today});
    if (changed == 0) return group_member(false);
    append(tx, events::group_changed, fmt::format("exchange-group:{}", code), actor, now,
           {{"group", code}, {"subsystem", path}, {"member", false}, {"from", to_iso(today)}});
    TRY_VOID(issue(tx, registry, now));
    return Nothing{};
}

}  // namespace hl::exchange
