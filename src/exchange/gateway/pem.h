// A certificate chain and key from PEM files, as administrators of web servers keep them. Any thread.
#pragma once
#include "exchange/gateway/tls.h"

namespace hl::exchange::gateway {

/// Error exchange.tls: a file that cannot be read, no certificate in it, a key that is none.
[[nodiscard]] Result<TlsIdentity> read_pem_identity(const std::filesystem::path& certificates,
                                                    const std::filesystem::path& key);

}  // namespace hl::exchange::gateway
