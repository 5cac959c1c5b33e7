// Bytes from outside as a CAP message: read or refused, never anything else; what was read and written again is the
// same.
#include <cstdint>
#include <cstdlib>

#include "ioc/warnings/cap.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto first = hl::warnings::parse({reinterpret_cast<const char*>(data), size});
    if (!first.ok()) {
        if (first.error().vi.empty() || first.error().en.empty()) std::abort();
        return 0;
    }
    const auto text = hl::warnings::write(*first);
    if (text.size() > hl::warnings::most_bytes) return 0;
    const auto second = hl::warnings::parse(text);
    if (!second.ok() || !(*second == *first)) std::abort();
    return 0;
}
