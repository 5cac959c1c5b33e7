#include "exchange/registry/registry.h"

#include "exchange/registry/rows.h"

namespace hl::exchange {

Result<std::unique_ptr<Registry>> Registry::open(RegistrySettings settings, const std::filesystem::path& folder,
                                                 std::string_view master_key,
                                                 std::shared_ptr<DevelopmentAuthority> authority, Random& random) {
    std::unique_ptr<Registry> out(new Registry);
    out->settings_ = std::move(settings);
    out->authority_ = std::move(authority);
    TRY(out->keys_, KeyFiles::open(folder, std::string{master_key}, random));
    return out;
}

Result<void> require_registrar(const access::Actor& actor, const AgencyId& agency, Instant now) {
    return access::require(actor, access::Right::manage_exchange, agency, now);
}

Result<void> require_connector(const access::Actor& actor, const AgencyId& agency, Instant now) {
    if (require_registrar(actor, agency, now).ok()) return Nothing{};
    return access::require(actor, access::Right::use_exchange, agency, now);
}

Result<void> require_connector_anywhere(const access::Actor& actor, Instant now) {
    if (access::require_anywhere(actor, access::Right::manage_exchange, now).ok()) return Nothing{};
    return access::require_anywhere(actor, access::Right::use_exchange, now);
}

Result<void> require_acting_for(store::Reader& reader, const access::Actor& actor, const ClientId& client,
                                Instant now) {
    if (!exists(reader, client)) return no_such_client(client);
    TRY(const auto agency, agency_of(reader, client));
    return require_connector(actor, agency, now);
}

}  // namespace hl::exchange
