// A form's body from outside: the first line is the Content-Type, the rest the body. Every part's bytes must lie within
// the body, in order, and together with the names within the limits.
#include <cstdlib>

#include "http/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto line = all.find('\n');
    if (line == std::string_view::npos) return 0;
    const auto body = all.substr(line + 1);
    const hl::http::MultipartLimits limits{.parts = 8, .name = 30, .file_name = 60, .headers = 300, .field = 500};
    const auto parts = hl::http::parse_multipart(all.substr(0, line), body, limits);
    if (!parts.ok()) return 0;
    if (parts->size() > limits.parts) std::abort();
    const char* at = body.data();
    for (const auto& p : *parts) {
        if (p.name.size() > limits.name || (p.file_name && p.file_name->size() > limits.file_name)) std::abort();
        if (!p.file_name && p.bytes.size() > limits.field) std::abort();
        if (p.bytes.empty()) continue;
        if (p.bytes.data() < at || p.bytes.data() + p.bytes.size() > body.data() + body.size()) std::abort();
        at = p.bytes.data() + p.bytes.size();
    }
    return 0;
}
