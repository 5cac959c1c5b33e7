// How a file travels in edXML: alone in a ZIP, that as base64. Unpacking is bounded, so that a small message cannot
// fill the memory. Pure functions; any thread.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace hl::documents {

struct Limits {
    size_t message = 96u << 20;  // bytes of one edXML file
    size_t file = 48u << 20;     // bytes of one file, unpacked
    size_t files_together = 64u << 20;
    size_t files = 50;
};

/// Deterministic: the same file gives the same bytes.
[[nodiscard]] Result<std::string> pack_file(std::string_view name, std::string_view bytes);
/// Errors: edxml.attachment_not_zip (also more than one file in it), edxml.attachment_too_large.
[[nodiscard]] Result<std::string> unpack_file(std::string_view zip, size_t limit);
[[nodiscard]] std::string encode_base64_lines(std::string_view bytes);

}  // namespace hl::documents
