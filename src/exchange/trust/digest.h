// SHA-512 and SHA-256 of bytes and streams through OpenSSL, and the names XML gives to algorithms. Any thread; a stream
// by one thread at a time.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hl::exchange {

using Digest512 = std::array<uint8_t, 64>;
[[nodiscard]] Digest512 sha512(std::string_view bytes);
[[nodiscard]] inline std::string_view view(const Digest512& d) {
    return {reinterpret_cast<const char*>(d.data()), d.size()};
}
class Sha512Stream {
  public:
    Sha512Stream();
    ~Sha512Stream();
    Sha512Stream(Sha512Stream&&) noexcept;
    Sha512Stream& operator=(Sha512Stream&&) noexcept;
    void update(std::string_view bytes);
    [[nodiscard]] Digest512 finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};
inline constexpr std::string_view sha512_uri = "http://www.w3.org/2001/04/xmlenc#sha512";

}  // namespace hl::exchange
