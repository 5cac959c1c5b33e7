// A gateway believes the key that its registry signs configurations with. When that key was changed because it may have
// been stolen, nothing that is signed proves the new one: a person brings its fingerprint another way (by telephone, on
// paper) and pins it here, while the gateway runs or not. Blocking.
#pragma once
#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "exchange/registry/key_statement.h"

namespace hl::app {

enum class Repinned {
    already,  // it is the pinned one
    now,      // the registry signs with it: its configuration was taken
    ahead     // the registry will sign with it from an announced day: until then the old key counts
};

/// `fingerprint`: 64 hexadecimal digits; spaces, colons and capitals do not matter. Errors: gateway.not_joined,
/// gateway.fingerprint (not one), gateway.other_key (the registry has no such key), gateway.registry, exchange.*.
[[nodiscard]] Result<Repinned> repin_gateway(const std::filesystem::path& folder, std::string_view fingerprint,
                                             const Clock& clock);

/// The key that a registry answered with, believed from the fingerprint `believed` of an older one by its statements.
/// Errors: those of the chain; exchange.registry.
[[nodiscard]] Result<void> believe_by_chain(const std::string& configuration_url, const std::string& believed,
                                            std::string_view key, Instant now);

}  // namespace hl::app
