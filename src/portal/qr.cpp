#include "portal/qr.h"

#include <qrencode.h>

#include <memory>

namespace hl::portal {

QrPath qr_path(const std::string& text) {
    constexpr int quiet = 4;  // ISO/IEC 18004
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M),
                                                               &QRcode_free);
    QrPath out;
    if (!code) return out;
    out.size = code->width + 2 * quiet;
    for (int y = 0; y < code->width; ++y)
        for (int x = 0; x < code->width;) {
            const auto dark = [&](int at) { return (code->data[y * code->width + at] & 1) != 0; };
            int end = x;
            while (end < code->width && dark(end) == dark(x)) ++end;
            if (dark(x)) out.path += fmt::format("M{} {}h{}v1h-{}z", x + quiet, y + quiet, end - x, end - x);
            x = end;
        }
    return out;
}

}  // namespace hl::portal
