#include "http/compress.h"

#include <zlib.h>

#include <stdexcept>

namespace hl::http {

std::string gzip(std::string_view bytes, int level) {
    z_stream z{};
    if (deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
    std::string out(deflateBound(&z, static_cast<uLong>(bytes.size())), '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    z.avail_in = static_cast<uInt>(bytes.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    const int code = deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    if (code != Z_STREAM_END) throw std::runtime_error("zlib did not finish");
    return out;
}

bool compressible(std::string_view type) {
    return type.starts_with("text/") || type.find("json") != std::string_view::npos ||
           type.find("xml") != std::string_view::npos || type.find("yaml") != std::string_view::npos ||
           type.find("javascript") != std::string_view::npos || type.find("openmetrics") != std::string_view::npos;
}

}  // namespace hl::http
