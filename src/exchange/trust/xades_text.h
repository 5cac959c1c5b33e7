// Text of signature documents as it is written: base64 and escaping, appended without copies. Private to this folder;
// any thread.
#pragma once
#include <openssl/evp.h>

#include <optional>
#include <string>
#include <string_view>

#include "exchange/trust/digest.h"

namespace hl::exchange {

/// OpenSSL's encoder: what is written here is public, and this is the hot path of signing.
inline void append_base64(std::string& out, std::string_view bytes) {
    const size_t at = out.size();
    const size_t size = (bytes.size() + 2) / 3 * 4;
    out.resize(at + size + 1);  // the encoder ends its text with a zero
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + at),
                    reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(at + size);
}
inline void append_base64(std::string& out, const Digest512& digest) {
    append_base64(out, view(digest));
}
[[nodiscard]] inline std::string base64(std::string_view bytes) {
    std::string out;
    append_base64(out, bytes);
    return out;
}

/// Strict: groups of four, padding at the end only, no bits left over. Of what is public, as above.
[[nodiscard]] inline std::optional<std::string> from_base64(std::string_view text) {
    const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    if (text.empty() || text.size() % 4 != 0 || text.find('=') < text.size() - padding) return std::nullopt;
    std::string out(text.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size != static_cast<int>(out.size())) return std::nullopt;
    out.resize(out.size() - padding);
    if (padding > 0 && base64(std::string_view{out}.substr(out.size() - (3 - padding))) != text.substr(text.size() - 4))
        return std::nullopt;
    return out;
}

/// As canonical XML spells text. Control characters, which XML cannot hold, are left out.
inline void append_text(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (static_cast<unsigned char>(c) >= 0x20)
            out += c;
    }
}
/// The value of an attribute in double quotes.
inline void append_attribute(std::string& out, std::string_view value) {
    for (const char c : value) {
        if (c == '"')
            out += "&quot;";
        else
            append_text(out, {&c, 1});
    }
}

}  // namespace hl::exchange
