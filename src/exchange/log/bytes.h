// Little-endian bytes of stored records: written without a check, read with every check. Values; any thread.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/crypto.h"

namespace hl::exchange::journal {

class ByteWriter {
  public:
    std::string out;
    template <class T>
    void number(T v) {
        std::array<char, sizeof(T)> bytes;
        for (size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<char>(static_cast<uint64_t>(v) >> (8 * i));
        out.append(bytes.data(), bytes.size());
    }
    void raw(std::string_view bytes) { out += bytes; }
    void text(std::string_view bytes) {
        number(static_cast<uint32_t>(bytes.size()));
        out += bytes;
    }
};

/// Reads what is there; past the end or over a limit it turns bad, gives neutral values and stays bad.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
    template <class T>
    [[nodiscard]] T number() {
        uint64_t v = 0;
        const auto bytes = raw(sizeof(T));
        for (size_t i = 0; i < bytes.size(); ++i) v |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
        return static_cast<T>(v);
    }
    [[nodiscard]] std::string_view raw(size_t n) {
        if (bad_ || n > rest_.size()) {
            bad_ = true;
            return {};
        }
        const auto bytes = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return bytes;
    }
    [[nodiscard]] std::string_view text() { return raw(number<uint32_t>()); }
    [[nodiscard]] std::string string() { return std::string{text()}; }
    template <size_t N>
    void array(std::array<uint8_t, N>& out) {
        if (const auto bytes = raw(N); bytes.size() == N) std::memcpy(out.data(), bytes.data(), N);
    }
    [[nodiscard]] size_t left() const { return rest_.size(); }
    [[nodiscard]] bool bad() const { return bad_; }
    void spoil() { bad_ = true; }
    /// All was read and nothing was missing.
    [[nodiscard]] bool complete() const { return !bad_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool bad_ = false;
};

}  // namespace hl::exchange::journal
