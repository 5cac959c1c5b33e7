// Reading a container's files whole or, the attachments, as a stream to be hashed. Private to this folder.
#pragma once
#include "exchange/trust/container_zip.h"

namespace hl::exchange {

/// A container with the attachments as digests only.
struct HashedContainer {
    ContainerParts parts;  // without attachments
    std::vector<SignedPart> contents;
};
/// Error exchange.container.
[[nodiscard]] Result<HashedContainer> read_hashed(ZipReader& zip);

}  // namespace hl::exchange
