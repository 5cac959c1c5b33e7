#include "app/partners.h"

#include "app/documents.h"
#include "app/program.h"
#include "links/measurement/partner.h"
#include "links/payment/partner.h"
#include "links/portal/portal.h"
#include "links/post/partner.h"
#include "links/power/lanes.h"
#include "links/power/partner.h"
#include "links/registers/register.h"
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

/// The register of businesses as the data-sharing platform's gateway gives it: enterprises only.
links::registers::Elsewhere through_gateway(Program& program) {
    return {[&program](const std::string& kind, const std::string& code,
                       const std::string& user) -> Result<std::pair<links::registers::Record, std::string>> {
        const auto& source = program.business_register().source();
        if (!source || kind != "enterprise")
            return Error{ErrorKind::unavailable, "register.unavailable",
                         "Chưa nối với hệ thống đăng ký cho loại này. Hãy đối chiếu giấy tờ gốc.",
                         "No register of this kind is connected. Compare with the paper."};
        TRY(auto found, links::look_up(*source, code, user));
        links::registers::Record record{kind, found.code, {{"name", found.name}}};
        if (found.status) record.fields["status"] = *found.status;
        if (found.address) record.fields["address"] = *found.address;
        return std::pair{std::move(record), std::move(found.message_id)};
    }};
}

void add_registers(Program& program, const connector::PartnerSettings& business,
                   const connector::PartnerSettings& budget) {
    const links::registers::Parts parts{program.store(), program.vault(), program.clock(),
                                        [&program] { return program.context(); }};
    auto& partners = program.partners();
    partners.business = std::make_shared<links::registers::Register>(
        "business", connector::Words{"Đăng ký kinh doanh", "Register of businesses"}, business, parts,
        through_gateway(program));
    partners.budget = std::make_shared<links::registers::Register>(
        "budget", connector::Words{"Mã số đơn vị quan hệ ngân sách", "Budget-unit codes"}, budget, parts);
    if (business.connected()) program.links().add(partners.business, business, program.followers());
    if (budget.connected()) program.links().add(partners.budget, budget, program.followers());
}

void add_power(Program& program, const connector::PartnerSettings& settings) {
    if (!settings.connected()) return;
    auto partner = std::make_shared<power::Partner>(
        power::PartnerParts{program.store(), program.clock(), [&program] { return program.context(); }, settings});
    program.links().add(partner, settings, program.followers());
    program.followers().add(
        std::make_shared<power::LaneFollower>([partner](store::Reader& reader) { return partner->agency(reader); }));
}

}  // namespace

Result<void> add_all_partners(Program& program) {
    const auto settings_of = [&](const std::string& name) {
        const auto& all = program.config().links;
        const auto it = all.find(name);
        return it == all.end() ? connector::PartnerSettings{} : it->second;
    };
    auto& hub = program.links();
    add_documents_partner(program);
    const auto portal = settings_of("portal");
    if (portal.connected()) {
        program.partners().portal = std::make_shared<links::portal::PortalConnector>(
            links::portal::Parts{[&program] { return program.context(); }, program.store(), program.clock()}, portal);
        hub.add(program.partners().portal, portal, program.followers());
    }
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
    add_registers(program, settings_of("business"), settings_of("budget"));
    add_power(program, settings_of("power"));
    TRY_VOID(add_notices(program, settings_of(std::string{notices::connector_name})));
    return Nothing{};
}

}  // namespace hl::app
