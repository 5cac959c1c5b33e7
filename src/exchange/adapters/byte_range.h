// The parts of RFC 9110 that a file's answer needs: one byte range, and lists of entity tags. Pure; any thread.
#pragma once
#include <cstdint>
#include <string_view>

namespace hl::exchange::adapters {

struct ByteRange {
    int64_t from = 0, to = 0;  // [from, to)
};
struct AskedRange {
    enum class Kind { whole, part, beyond } kind = Kind::whole;
    ByteRange range{};
};
/// What cannot be read, other units and several ranges give the whole, as the standard allows; a range that begins
/// behind the end is `beyond` (416).
[[nodiscard]] AskedRange read_range(std::string_view header, int64_t size);
/// Does an If-None-Match name this tag (weak comparison), or "*"?
[[nodiscard]] bool etag_listed(std::string_view header, std::string_view etag);

}  // namespace hl::exchange::adapters
