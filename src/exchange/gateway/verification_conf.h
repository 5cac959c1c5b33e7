// What X-Road's verifier of signed documents, and tools that read the members of an instance, take from a gateway: the
// configuration as shared-params.xml (PR-GCONF, version 5 of its schema) in a zip. Pure; any thread.
#pragma once
#include "exchange/registry/configuration.h"

namespace hl::exchange::gateway {

[[nodiscard]] std::string shared_parameters(const Configuration& configuration);
/// verificationconf/instance-identifier, verificationconf/INSTANCE/shared-params.xml and its metadata.
[[nodiscard]] Result<std::string> verification_conf(const Configuration& configuration, Instant now);

}  // namespace hl::exchange::gateway
