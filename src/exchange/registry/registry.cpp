#include "exchange/registry/registry.h"

#include "base/files.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

constexpr std::string_view key_context = "exchange.configuration-key";

Error key_trouble(const std::filesystem::path& file, std::string_view why) {
    return {ErrorKind::unavailable, "exchange.registry_key",
            fmt::format("Không dùng được khoá ký cấu hình {}. Hãy khôi phục tệp này cùng khoá chính từ bản sao lưu.",
                        file.string()),
            fmt::format("The key that signs configurations, {}, cannot be used: {} Restore it with the master key from "
                        "the backup of the keys.",
                        file.string(), why)};
}

}  // namespace

Result<std::unique_ptr<Registry>> Registry::open(RegistrySettings settings, const std::filesystem::path& folder,
                                                 std::string_view master_key,
                                                 std::shared_ptr<DevelopmentAuthority> authority, Random& random) {
    std::unique_ptr<Registry> out(new Registry);
    out->settings_ = std::move(settings);
    out->authority_ = std::move(authority);
    const auto file = folder / "exchange-configuration.key";
    std::error_code ec;
    if (!std::filesystem::exists(file, ec)) {
        out->key_ = crypto::make_signing_key(random);
        TRY_VOID(write_file_durably(file, crypto::seal(out->key_.secret_key, master_key, key_context, random), 0600));
        return out;
    }
    TRY(const auto sealed, read_file(file, 4096));
    auto secret = crypto::unseal(sealed, master_key, key_context);
    if (!secret.ok()) return key_trouble(file, secret.error().en);
    if (secret->size() != 64) return key_trouble(file, "It has the wrong length.");
    out->key_.secret_key = *std::move(secret);
    out->key_.public_key = out->key_.secret_key.substr(32);  // libsodium's secret key ends with the public one
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
