#include "app/partners.h"

#include "app/program.h"
#include "links/portal/portal.h"
#include "notices/notices.h"

namespace hl::app {

namespace {

Result<void> add_notices(Program& program, connector::PartnerSettings partner) {
    // Short messages alone are a connection, too.
    if (!partner.connected()) partner.url = partner.extra("sms_url");
    if (!partner.connected()) partner.url = partner.extra("zalo_url");
    if (!partner.connected()) return Nothing{};
    TRY(auto settings, notices::settings_from(partner));
    auto connector = std::make_shared<notices::Notices>(
        std::move(settings), notices::Notices::Parts{program.store(), program.vault(), program.clock(),
                                                     program.random(), [&program] { return program.context(); }});
    program.links().add(std::move(connector), partner, program.followers());
    program.followers().add(std::make_shared<notices::DueFollower>());
    return Nothing{};
}

}  // namespace

Result<void> add_all_partners(Program& program) {
    const auto settings_of = [&](const std::string& name) {
        const auto& all = program.config().links;
        const auto it = all.find(name);
        return it == all.end() ? connector::PartnerSettings{} : it->second;
    };
    auto& hub = program.links();
    const auto portal = settings_of("portal");
    if (portal.connected())
        hub.add(std::make_shared<links::portal::PortalConnector>(
                    links::portal::Parts{[&program] { return program.context(); }, program.store(), program.clock()},
                    portal),
                portal, program.followers());
    TRY_VOID(add_notices(program, settings_of(std::string{notices::connector_name})));
    return Nothing{};
}

}  // namespace hl::app
