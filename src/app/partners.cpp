#include "app/partners.h"

#include "app/program.h"
#include "links/portal/portal.h"

namespace hl::app {

void add_all_partners(Program& program) {
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
}

}  // namespace hl::app
