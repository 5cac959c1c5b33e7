// The files of a container: their names, in order, and where their bytes belong. Private to this folder.
#pragma once
#include <optional>
#include <string_view>

#include "exchange/trust/container.h"

namespace hl::exchange::entries {

inline constexpr std::string_view media_type = "application/vnd.etsi.asic-e+zip";
inline constexpr std::string_view mimetype = "mimetype", message = "message.xml", attachment = "attachment";
inline constexpr std::string_view manifest = "META-INF/manifest.xml", asic_manifest = "META-INF/ASiCManifest.xml";
inline constexpr std::string_view signature = "META-INF/signatures.xml", stamp_token = "META-INF/timestamp.tst";

struct Entry {
    std::string_view name;
    std::string ContainerParts::*bytes;
};
/// At the root, behind message and attachments.
inline constexpr std::array<Entry, 4> chains{{{"sig-hashchain.xml", &ContainerParts::chain},
                                              {"sig-hashchainresult.xml", &ContainerParts::chain_result},
                                              {"ts-hashchain.xml", &ContainerParts::stamp_chain},
                                              {"ts-hashchainresult.xml", &ContainerParts::stamp_chain_result}}};

inline constexpr size_t most_attachments = 1000;
/// What one file other than an attachment may unpack to: messages of X-Road are at most 20 MiB.
inline constexpr uint64_t file_limit = 64u << 20;

/// The number in "attachment7"; nothing for other names.
[[nodiscard]] std::optional<size_t> attachment_number(std::string_view name);

}  // namespace hl::exchange::entries
