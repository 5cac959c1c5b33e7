// Bodies of type multipart/form-data (RFC 7578) as browsers send them: form fields and files in one request. The parts
// are views into the body, which must outlive them. Pure function on outside bytes; any thread; sizes are bytes.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl::http {

struct Part {
    std::string name;
    std::optional<std::string> file_name;  // of a file control; empty when nobody chose a file
    std::string content_type;              // as the sender says; believe the bytes instead
    std::string_view bytes;
};
struct MultipartLimits {
    size_t parts = 100;
    size_t name = 200;
    size_t file_name = 1000;
    size_t headers = 4096;     // of one part
    size_t field = 64 * 1024;  // of a part that is no file
};
[[nodiscard]] bool is_multipart(std::string_view content_type);
/// Everything or an error: a body cut short is refused. Errors: http.media_type, form.malformed, form.too_large.
[[nodiscard]] Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body,
                                                        const MultipartLimits& limits = {});

}  // namespace hl::http
