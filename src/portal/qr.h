// A QR code as one path of an SVG, drawn where it stands in a page. Pure; any thread.
#pragma once
#include <string>

namespace hl::portal {

struct QrPath {
    int size = 0;      // modules a side, the quiet zone of four included
    std::string path;  // of dark runs; empty when the text does not fit
};
[[nodiscard]] QrPath qr_path(const std::string& text);

}  // namespace hl::portal
