#include "base/text.h"

#include <unicode/coll.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <stdexcept>

namespace hl::text {

namespace {

constexpr UChar32 grave = 0x300, acute = 0x301, circumflex = 0x302, tilde = 0x303, breve = 0x306, hook = 0x309, horn = 0x31B, dot_below = 0x323;

bool is_tone(UChar32 c) { return c == grave || c == acute || c == tilde || c == hook || c == dot_below; }
bool is_shape(UChar32 c) { return c == circumflex || c == breve || c == horn; }
bool is_mark(UChar32 c) { return u_charType(c) == U_NON_SPACING_MARK; }

const icu::Normalizer2& nfc() {
    UErrorCode status = U_ZERO_ERROR;
    static const icu::Normalizer2* instance = icu::Normalizer2::getNFCInstance(status);
    if (instance == nullptr) throw std::runtime_error("ICU has no NFC data");
    return *instance;
}
const icu::Normalizer2& nfd() {
    UErrorCode status = U_ZERO_ERROR;
    static const icu::Normalizer2* instance = icu::Normalizer2::getNFDInstance(status);
    if (instance == nullptr) throw std::runtime_error("ICU has no NFD data");
    return *instance;
}

icu::UnicodeString decompose(std::string_view utf8) {
    UErrorCode status = U_ZERO_ERROR;
    return nfd().normalize(icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size()))), status);
}

std::string to_utf8(const icu::UnicodeString& s) {
    std::string out;
    s.toUTF8String(out);
    return out;
}

std::string compose(const icu::UnicodeString& s) {
    UErrorCode status = U_ZERO_ERROR;
    return to_utf8(nfc().normalize(s, status));
}

bool is_ascii(std::string_view s) {
    return std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_space(UChar32 c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || u_isUWhiteSpace(c) != 0; }
bool is_invisible(UChar32 c) {
    const auto type = u_charType(c);
    return (type == U_CONTROL_CHAR || type == U_FORMAT_CHAR) && !is_space(c);
}

/// Marks after one base letter: the letter's own shape first (circumflex, breve, horn), then the others by Unicode's
/// order. Canonical ordering alone cannot repair "e + acute + circumflex": both marks have the same class.
icu::UnicodeString shapes_before_tones(const icu::UnicodeString& decomposed) {
    icu::UnicodeString out;
    std::vector<UChar32> marks;
    const auto flush = [&] {
        std::stable_sort(marks.begin(), marks.end(), [](UChar32 a, UChar32 b) { return is_shape(a) && !is_shape(b); });
        for (const UChar32 m : marks) out.append(m);
        marks.clear();
    };
    for (int32_t i = 0; i < decomposed.length();) {
        const UChar32 c = decomposed.char32At(i);
        i += U16_LENGTH(c);
        if (is_mark(c)) {
            marks.push_back(c);
        } else {
            flush();
            out.append(c);
        }
    }
    flush();
    return out;
}

UChar32 folded_letter(UChar32 c) {
    if (c == 0x111 || c == 0x110 || c == 0xD0 || c == 0xF0) return 'd';
    return u_tolower(c);
}

template <class F>
void each_word(const icu::UnicodeString& s, F emit) {
    icu::UnicodeString word;
    for (int32_t i = 0; i < s.length();) {
        const UChar32 c = s.char32At(i);
        i += U16_LENGTH(c);
        if (u_isalnum(c) || is_mark(c)) {
            word.append(c);
        } else if (!word.isEmpty()) {
            emit(word);
            word.remove();
        }
    }
    if (!word.isEmpty()) emit(word);
}

icu::UnicodeString folded(std::string_view utf8) {
    icu::UnicodeString out;
    const auto d = decompose(utf8);
    for (int32_t i = 0; i < d.length();) {
        const UChar32 c = d.char32At(i);
        i += U16_LENGTH(c);
        if (!is_mark(c)) out.append(folded_letter(c));
    }
    return out;
}

bool is_vowel(UChar32 c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y'; }

/// One syllable in decomposed lower case: the tone is taken off and set where the modern spelling has it.
icu::UnicodeString retone(const icu::UnicodeString& syllable) {
    UChar32 tone = 0;
    std::vector<UChar32> letters;           // base letters
    std::vector<icu::UnicodeString> shape;  // shape marks after each
    for (int32_t i = 0; i < syllable.length();) {
        const UChar32 c = syllable.char32At(i);
        i += U16_LENGTH(c);
        if (is_tone(c) && !letters.empty()) {
            if (tone != 0) return syllable;  // not a Vietnamese syllable
            tone = c;
        } else if (is_mark(c) && !letters.empty()) {
            shape.back().append(c);
        } else {
            letters.push_back(c);
            shape.emplace_back();
        }
    }
    if (tone == 0) return syllable;
    size_t first = 0;
    while (first < letters.size() && !is_vowel(letters[first])) ++first;
    // "qu" and "gi" are consonants when another vowel follows.
    if (first > 0 && first + 1 < letters.size() && is_vowel(letters[first + 1]) &&
        ((letters[first - 1] == 'q' && letters[first] == 'u') || (letters[first - 1] == 'g' && letters[first] == 'i' && shape[first].isEmpty())))
        ++first;
    size_t last = first;
    while (last < letters.size() && is_vowel(letters[last])) ++last;
    const size_t count = last - first;
    const bool closed = last < letters.size();
    if (count == 0 || count > 3) return syllable;
    size_t target = first;
    bool shaped = false;
    for (size_t i = first; i < last; ++i)
        if (!shape[i].isEmpty()) {
            target = i;  // the last shaped vowel carries the tone: "ươ" → ơ
            shaped = true;
        }
    if (!shaped) {
        if (count == 3) target = first + 1;
        else if (count == 2 && closed) target = first + 1;
        else if (count == 2) {
            const bool glide = (letters[first] == 'o' && (letters[first + 1] == 'a' || letters[first + 1] == 'e')) || (letters[first] == 'u' && letters[first + 1] == 'y');
            target = glide ? first + 1 : first;
        }
    }
    icu::UnicodeString out;
    for (size_t i = 0; i < letters.size(); ++i) {
        out.append(letters[i]).append(shape[i]);
        if (i == target) out.append(tone);
    }
    return out;
}

icu::UnicodeString canonical(std::string_view utf8) {
    const auto d = shapes_before_tones(decompose(utf8));
    icu::UnicodeString lowered;
    for (int32_t i = 0; i < d.length();) {
        const UChar32 c = d.char32At(i);
        i += U16_LENGTH(c);
        lowered.append(c == 0xD0 || c == 0xF0 ? UChar32{0x111} : u_tolower(c));
    }
    icu::UnicodeString out, word;
    const auto flush = [&] {
        if (!word.isEmpty()) out.append(retone(word));
        word.remove();
    };
    for (int32_t i = 0; i < lowered.length();) {
        const UChar32 c = lowered.char32At(i);
        i += U16_LENGTH(c);
        if (u_isalpha(c) || is_mark(c)) {
            word.append(c);
        } else {
            flush();
            out.append(c);
        }
    }
    flush();
    return out;
}

std::string three_digits(int n, bool full) {
    static const std::array<std::string_view, 10> digit = {"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"};
    const int hundreds = n / 100, tens = n / 10 % 10, ones = n % 10;
    std::vector<std::string> parts;
    if (hundreds > 0 || full) parts.push_back(std::string{digit[hundreds]} + " trăm");
    if (tens == 0 && ones > 0 && !parts.empty()) parts.push_back("linh");
    if (tens == 1) parts.push_back("mười");
    if (tens > 1) parts.push_back(std::string{digit[tens]} + " mươi");
    if (ones == 1 && tens > 1) parts.push_back("mốt");
    else if (ones == 5 && tens > 0) parts.push_back("lăm");
    else if (ones > 0) parts.push_back(std::string{digit[ones]});
    return join(parts, " ");
}

}  // namespace

std::string normalise(std::string_view utf8) {
    const icu::UnicodeString source = decompose(utf8);
    icu::UnicodeString out;
    bool space = false;
    for (int32_t i = 0; i < source.length();) {
        const UChar32 c = source.char32At(i);
        i += U16_LENGTH(c);
        if (is_space(c)) {
            space = true;
        } else if (!is_invisible(c)) {
            if (space && !out.isEmpty()) out.append(UChar32{' '});
            space = false;
            out.append(c);
        }
    }
    // After the invisible ones are gone: one of them may have stood between two marks of a letter.
    return compose(shapes_before_tones(out));
}

std::string fold(std::string_view utf8) {
    if (is_ascii(utf8)) {
        std::string out{utf8};
        for (char& c : out)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        return out;
    }
    return to_utf8(folded(utf8));
}

std::string canonical_tone(std::string_view utf8) {
    if (is_ascii(utf8)) return fold(utf8);
    return compose(canonical(utf8));
}

std::string upper(std::string_view utf8) {
    auto s = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
    return to_utf8(s.toUpper(icu::Locale("vi")));
}

std::string lower(std::string_view utf8) {
    if (is_ascii(utf8)) return fold(utf8);
    auto s = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
    return to_utf8(s.toLower(icu::Locale("vi")));
}

std::vector<std::string> words(std::string_view utf8) {
    std::vector<std::string> out;
    each_word(canonical(utf8), [&](const icu::UnicodeString& w) { out.push_back(compose(w)); });
    return out;
}

std::vector<std::string> folded_words(std::string_view utf8) {
    std::vector<std::string> out;
    each_word(folded(utf8), [&](const icu::UnicodeString& w) { out.push_back(to_utf8(w)); });
    return out;
}

int compare(std::string_view a, std::string_view b) {
    // A collator may be used by one thread at a time.
    thread_local const std::unique_ptr<icu::Collator> collator = [] {
        UErrorCode status = U_ZERO_ERROR;
        return std::unique_ptr<icu::Collator>(icu::Collator::createInstance(icu::Locale("vi"), status));
    }();
    if (!collator) throw std::runtime_error("ICU has no Vietnamese collation");
    UErrorCode status = U_ZERO_ERROR;
    return collator->compareUTF8(icu::StringPiece(a.data(), static_cast<int32_t>(a.size())), icu::StringPiece(b.data(), static_cast<int32_t>(b.size())), status);
}

bool is_valid_utf8(std::string_view bytes) {
    const auto* s = reinterpret_cast<const uint8_t*>(bytes.data());
    const auto size = static_cast<int32_t>(bytes.size());
    for (int32_t i = 0; i < size;) {
        UChar32 c = 0;
        U8_NEXT(s, i, size, c);
        if (c < 0) return false;
    }
    return true;
}

size_t length(std::string_view utf8) {
    return static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string trim(std::string_view s) {
    const auto from = s.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return {};
    return std::string{s.substr(from, s.find_last_not_of(" \t\r\n") - from + 1)};
}

std::vector<std::string> split(std::string_view s, char separator) {
    std::vector<std::string> out;
    for (size_t from = 0;;) {
        const auto at = s.find(separator, from);
        out.emplace_back(s.substr(from, at == std::string_view::npos ? at : at - from));
        if (at == std::string_view::npos) return out;
        from = at + 1;
    }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += separator;
        out += parts[i];
    }
    return out;
}

std::string group_digits(long long n) {
    std::string digits = std::to_string(n);
    const size_t sign = n < 0 ? 1 : 0;
    for (size_t at = digits.size(); at > sign + 3;) {
        at -= 3;
        digits.insert(at, ".");
    }
    return digits;
}

std::string number_in_words(long long n) {
    if (n == 0) return "không";
    if (n < 0) {
        if (n == std::numeric_limits<long long>::min()) throw std::out_of_range("number_in_words");
        return "âm " + number_in_words(-n);
    }
    constexpr long long billion = 1'000'000'000;
    std::vector<std::string> parts;
    bool started = false;
    if (n >= billion) {
        parts.push_back(number_in_words(n / billion) + " tỷ");
        n %= billion;
        started = true;
    }
    static const std::array<std::pair<long long, std::string_view>, 3> groups = {{{1'000'000, " triệu"}, {1'000, " nghìn"}, {1, ""}}};
    for (const auto& [size, word] : groups) {
        const int group = static_cast<int>(n / size % 1000);
        if (group == 0) continue;
        parts.push_back(three_digits(group, started) + std::string{word});
        started = true;
    }
    return join(parts, " ");
}

}  // namespace hl::text
