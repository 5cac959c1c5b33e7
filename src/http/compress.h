// gzip of a response body. Pure; any thread.
#pragma once
#include <string>
#include <string_view>

namespace hl::http {
[[nodiscard]] std::string gzip(std::string_view bytes, int level = 5);
/// Is it worth compressing: text, JSON, XML, SVG, script; not images, PDF or archives.
[[nodiscard]] bool compressible(std::string_view content_type);
}  // namespace hl::http
