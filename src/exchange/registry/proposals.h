// What can be asked of the registry: a subsystem, services (described by OpenAPI or WSDL, or by hand), a right. Read
// from a request's body, judged against the tables, and carried out once approved. Private to this part.
#pragma once
#include "base/json.h"
#include "exchange/registry/registry.h"

namespace hl::exchange {

/// Read while the database's one writer waits: smaller than what the protocols allow.
inline constexpr size_t largest_registered_description = 2u << 20;

struct SubsystemProposal {
    ClientId id;
    std::string name, description, contact;
    Date from;
};
struct ServicesProposal {
    ClientId provider;
    std::string description, document;
    std::vector<ServiceEntry> services;  // several from one WSDL
    Date from;
};

/// {member, code, name, description?, contact?, from?}
[[nodiscard]] Result<SubsystemProposal> read_subsystem(const json::value& body, Instant now);
/// {provider, type, code?, version?, title?, description?, document?, endpoints?, from?}. OPENAPI3 and SOAP need their
/// document; the codes of SOAP services are its operations.
[[nodiscard]] Result<ServicesProposal> read_services(const json::value& body, Instant now);
/// {subject | group, service, method?, path?, from?, to?, basis}. The id stays empty.
[[nodiscard]] Result<Right> read_right(const json::value& body, Instant now);

/// Would it be carried out now? Errors: exchange.unknown_member, exchange.unknown_service, exchange.unknown_group,
/// exchange.subsystem_exists, exchange.right_exists.
[[nodiscard]] Result<void> judge(store::Reader& reader, const SubsystemProposal& proposal);
[[nodiscard]] Result<void> judge(store::Reader& reader, const ServicesProposal& proposal);
[[nodiscard]] Result<void> judge(store::Reader& reader, const Right& proposal);

/// Judged and carried out; the caller issues the configuration.
[[nodiscard]] Result<void> carry_out(store::Transaction& tx, const SubsystemProposal& proposal,
                                     const access::Actor& actor, std::string_view request, Instant now);
[[nodiscard]] Result<void> carry_out(store::Transaction& tx, const ServicesProposal& proposal,
                                     const access::Actor& actor, std::string_view request, Instant now);
/// The right gets the request's id.
[[nodiscard]] Result<void> carry_out(store::Transaction& tx, const Right& proposal, const access::Actor& actor,
                                     std::string_view request, Instant now);

}  // namespace hl::exchange
