#include "app/partners.h"

#include "app/program.h"
#include "links/measurement/partner.h"
#include "links/payment/partner.h"
#include "links/portal/portal.h"
#include "links/post/partner.h"
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
    const auto context = [&program] { return program.context(); };
    if (const auto s = settings_of("payment"); s.connected()) {
        program.partners().payment =
            std::make_shared<payment::Partner>(payment::PartnerParts{program.store(), program.clock(), context, s});
        hub.add(program.partners().payment, s, program.followers());
    }
    if (const auto s = settings_of("post"); s.connected()) {
        program.partners().post =
            std::make_shared<post::Partner>(post::PartnerParts{program.store(), program.clock(), context, s});
        hub.add(program.partners().post, s, program.followers());
    }
    if (const auto s = settings_of("measurement"); s.connected())
        hub.add(std::make_shared<measurement::Partner>(
                    measurement::PartnerParts{program.store(), program.clock(), context, s}),
                s, program.followers());
    TRY_VOID(add_notices(program, settings_of(std::string{notices::connector_name})));
    return Nothing{};
}

}  // namespace hl::app
