// Vietnamese text: one normal form on input, one fold for search, one order for lists. The fold is ours so that every
// database engine answers alike (đ does not decompose in Unicode). Pure functions, any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace hl::text {

/// NFC with combining marks put into the canonical Vietnamese order first; invisible characters dropped, runs of
/// spaces collapsed, ends trimmed. Invalid UTF-8 sequences become U+FFFD.
[[nodiscard]] std::string normalise(std::string_view utf8);
/// Lower case without diacritics, đ→d (and look-alike Ð U+00D0): "Đường Lệ Thuỷ" → "duong le thuy".
[[nodiscard]] std::string fold(std::string_view utf8);
/// Lower case with tone marks put on the vowel the modern spelling uses: "Thuỷ" and "Thủy" become equal.
[[nodiscard]] std::string canonical_tone(std::string_view utf8);
[[nodiscard]] std::string upper(std::string_view utf8);
[[nodiscard]] std::string lower(std::string_view utf8);
/// Words for the search index: letters and digits, lower case, canonical tone (`exact`) or folded.
[[nodiscard]] std::vector<std::string> words(std::string_view utf8);
[[nodiscard]] std::vector<std::string> folded_words(std::string_view utf8);
/// ICU collation for "vi": negative, zero, positive.
[[nodiscard]] int compare(std::string_view a, std::string_view b);
[[nodiscard]] bool is_valid_utf8(std::string_view bytes);
[[nodiscard]] size_t length(std::string_view utf8);  // code points
[[nodiscard]] std::string trim(std::string_view s);
[[nodiscard]] std::vector<std::string> split(std::string_view s, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// 1234567 → "1.234.567".
[[nodiscard]] std::string group_digits(long long n);
/// 1234567 → "một triệu hai trăm ba mươi bốn nghìn năm trăm sáu mươi bảy".
[[nodiscard]] std::string number_in_words(long long n);

}  // namespace hl::text
