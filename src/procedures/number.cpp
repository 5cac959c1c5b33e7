#include "procedures/number.h"

#include <limits>
#include <numeric>

namespace hl::procedures::feel {

namespace {
__extension__ using Wide = __int128;

Wide gcd(Wide a, Wide b) {
    if (a < 0) a = -a;
    if (b < 0) b = -b;
    while (b != 0) {
        const Wide r = a % b;
        a = b;
        b = r;
    }
    return a;
}

std::optional<std::pair<int64_t, int64_t>> lowest(Wide n, Wide d) {
    if (d == 0) return std::nullopt;
    if (d < 0) {
        n = -n;
        d = -d;
    }
    const Wide g = n == 0 ? d : gcd(n, d);
    n /= g;
    d /= g;
    constexpr Wide most = std::numeric_limits<int64_t>::max();
    if (n > most || n < -most || d > most) return std::nullopt;
    return std::pair{static_cast<int64_t>(n), static_cast<int64_t>(d)};
}
}  // namespace

std::optional<Number> Number::fraction(int64_t numerator, int64_t denominator) {
    const auto parts = lowest(numerator, denominator);
    if (!parts) return std::nullopt;
    Number out;
    out.numerator_ = parts->first;
    out.denominator_ = parts->second;
    return out;
}

std::optional<Number> Number::parse(std::string_view text) {
    int64_t n = 0;
    int64_t d = 1;
    bool point = false;
    bool digit = false;
    for (const char c : text) {
        if (c == '.') {
            if (point || !digit) return std::nullopt;
            point = true;
            digit = false;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        digit = true;
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, c - '0', &n)) return std::nullopt;
        if (point && __builtin_mul_overflow(d, 10, &d)) return std::nullopt;
    }
    if (!digit) return std::nullopt;
    return fraction(n, d);
}

// Each product of two int64 is below 2^126, so the sum of two still fits the wide type.
std::optional<Number> Number::add(const Number& b) const {
    const auto p = lowest(Wide{numerator_} * b.denominator_ + Wide{b.numerator_} * denominator_,
                          Wide{denominator_} * b.denominator_);
    return p ? fraction(p->first, p->second) : std::nullopt;
}
std::optional<Number> Number::subtract(const Number& b) const {
    const auto negative = b.negate();
    return negative ? add(*negative) : std::nullopt;
}
std::optional<Number> Number::multiply(const Number& b) const {
    const auto p = lowest(Wide{numerator_} * b.numerator_, Wide{denominator_} * b.denominator_);
    return p ? fraction(p->first, p->second) : std::nullopt;
}
std::optional<Number> Number::divide(const Number& b) const {
    const auto p = lowest(Wide{numerator_} * b.denominator_, Wide{denominator_} * b.numerator_);
    return p ? fraction(p->first, p->second) : std::nullopt;
}
std::optional<Number> Number::negate() const {
    const auto p = lowest(-Wide{numerator_}, denominator_);
    return p ? fraction(p->first, p->second) : std::nullopt;
}

int64_t Number::floor() const {
    const int64_t q = numerator_ / denominator_;
    return numerator_ % denominator_ < 0 ? q - 1 : q;
}

std::strong_ordering Number::operator<=>(const Number& b) const {
    const Wide l = Wide{numerator_} * b.denominator_;
    const Wide r = Wide{b.numerator_} * denominator_;
    return l < r ? std::strong_ordering::less : l > r ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::string Number::text() const {
    if (is_integer()) return std::to_string(numerator_);
    int64_t rest = denominator_;
    while (rest % 2 == 0) rest /= 2;
    while (rest % 5 == 0) rest /= 5;
    if (rest != 1) return std::to_string(numerator_) + "/" + std::to_string(denominator_);
    std::string out = numerator_ < 0 ? "-" : "";
    Wide n = numerator_ < 0 ? -Wide{numerator_} : Wide{numerator_};
    out += std::to_string(static_cast<int64_t>(n / denominator_));
    out += '.';
    n %= denominator_;
    while (n != 0) {
        n *= 10;
        out += static_cast<char>('0' + static_cast<int>(n / denominator_));
        n %= denominator_;
    }
    return out;
}

}  // namespace hl::procedures::feel
