// Numbers as bytes in stored states: varints (zig-zag for signed ones) and doubles, read with bounds. Pure, any thread.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace hl::ioc {

inline void put_varint(std::string& out, uint64_t v) {
    for (; v >= 0x80; v >>= 7) out.push_back(static_cast<char>(v | 0x80));
    out.push_back(static_cast<char>(v));
}
inline void put_signed(std::string& out, int64_t v) {
    put_varint(out, (static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63));
}
inline void put_double(std::string& out, double v) {
    const auto bits = std::bit_cast<uint64_t>(v);
    for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(bits >> (8 * i)));
}

/// Reads what the functions above wrote. After anything wrong `good` is false and every further answer is zero.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
    bool good = true;
    [[nodiscard]] bool at_end() const { return bytes_.empty(); }
    [[nodiscard]] uint64_t varint() {
        uint64_t v = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (bytes_.empty()) return fail();
            const auto b = static_cast<uint8_t>(bytes_.front());
            bytes_.remove_prefix(1);
            v |= static_cast<uint64_t>(b & 0x7f) << shift;
            if (b < 0x80) return v;
        }
        return fail();
    }
    [[nodiscard]] int64_t signed_varint() {
        const uint64_t v = varint();
        return static_cast<int64_t>((v >> 1) ^ (~(v & 1) + 1));
    }
    [[nodiscard]] double real() {
        const auto b = take(8);
        if (!good) return 0;
        uint64_t bits = 0;
        for (size_t i = 0; i < 8; ++i) bits |= static_cast<uint64_t>(static_cast<uint8_t>(b[i])) << (8 * i);
        return std::bit_cast<double>(bits);
    }
    [[nodiscard]] std::string_view take(size_t n) {
        if (n > bytes_.size()) {
            (void)fail();
            return {};
        }
        const auto out = bytes_.substr(0, n);
        bytes_.remove_prefix(n);
        return out;
    }
    [[nodiscard]] size_t left() const { return bytes_.size(); }

  private:
    uint64_t fail() {
        good = false;
        bytes_ = {};
        return 0;
    }
    std::string_view bytes_;
};

}  // namespace hl::ioc
