#include "base/ids.h"

#include <sodium.h>

namespace hl {

uint64_t Random::number() {
    std::array<uint8_t, 8> bytes{};
    fill(bytes);
    uint64_t n = 0;
    for (const uint8_t b : bytes) n = n << 8 | b;
    return n;
}

uint64_t Random::below(uint64_t bound) {
    if (bound <= 1) return 0;
    // Numbers under the largest multiple of bound are uniform; the few above are drawn again.
    const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    for (;;) {
        const uint64_t n = number();
        if (n < limit) return n % bound;
    }
}

void SystemRandom::fill(std::span<uint8_t> bytes) { randombytes_buf(bytes.data(), bytes.size()); }

void SeededRandom::fill(std::span<uint8_t> bytes) {
    for (size_t i = 0; i < bytes.size();) {
        state_ += 0x9E3779B97F4A7C15ull;
        uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
        z ^= z >> 31;
        for (int k = 0; k < 8 && i < bytes.size(); ++k, ++i) bytes[i] = static_cast<uint8_t>(z >> (8 * k));
    }
}

std::string make_uuid7(Instant now, Random& random) {
    std::array<uint8_t, 16> b{};
    random.fill(b);
    const auto ms = static_cast<uint64_t>(to_ms(now));
    for (int i = 0; i < 6; ++i) b[static_cast<size_t>(i)] = static_cast<uint8_t>(ms >> (40 - 8 * i));
    b[6] = static_cast<uint8_t>((b[6] & 0x0F) | 0x70);
    b[8] = static_cast<uint8_t>((b[8] & 0x3F) | 0x80);
    static constexpr char hex[] = "0123456789abcdef";
    std::string out;
    out.reserve(36);
    for (size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += hex[b[i] >> 4];
        out += hex[b[i] & 15];
    }
    return out;
}

}  // namespace hl
