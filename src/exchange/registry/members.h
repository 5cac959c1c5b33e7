// Commands on members and global groups. Each runs in the caller's transaction, appends its event and issues the
// configuration anew.
#pragma once
#include "exchange/registry/registry.h"

namespace hl::exchange {

struct NewMember {
    std::string member_class, code;
    std::string name;  // empty: as the directory names the agency of this code
    Date from;
};
/// Linked to the directory's agency of the same code where there is one. Errors: access.denied, exchange.code,
/// exchange.class, exchange.member_exists, exchange.name_required.
[[nodiscard]] Result<ClientId> register_member(store::Transaction& tx, const Registry& registry,
                                               const access::Actor& actor, const NewMember& member, Instant now);

/// Errors: access.denied (installation-wide registrars), exchange.code, exchange.group_exists.
[[nodiscard]] Result<void> make_group(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                      std::string_view code, std::string_view title, Instant now);
/// From `from` on, until it is taken out. Errors: exchange.unknown_group, exchange.unknown_member,
/// exchange.group_member.
[[nodiscard]] Result<void> add_to_group(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                        std::string_view code, const ClientId& subsystem, Date from, Instant now);
[[nodiscard]] Result<void> take_from_group(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                           std::string_view code, const ClientId& subsystem, Instant now);

}  // namespace hl::exchange
