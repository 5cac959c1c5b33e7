// Text as XML 1.0 holds it, in elements and in attributes of double quotes: markup escaped, a carriage return kept (a bare
// one would come back as a line feed), and characters that XML has no way to say replaced by U+FFFD. The text is UTF-8
// already. Any thread.
#pragma once
#include <string>
#include <string_view>

namespace hl {

inline void append_xml_text(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\r':
                out += "&#13;";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
                    out += "\xEF\xBF\xBD";
                else
                    out += c;
        }
    }
}
[[nodiscard]] inline std::string xml_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    append_xml_text(out, text);
    return out;
}

}  // namespace hl
