// Exact numbers for rules about money and time: a fraction of two 64-bit integers in lowest terms. Overflow is an
// answer (nothing), never a wrong figure. Values; any thread.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hl::procedures::feel {

class Number {
  public:
    Number() = default;
    Number(int64_t n) : numerator_(n) {}  // NOLINT: integers are numbers
    [[nodiscard]] static std::optional<Number> fraction(int64_t numerator, int64_t denominator);
    /// "12", "0.5"; no sign, no exponent.
    [[nodiscard]] static std::optional<Number> parse(std::string_view text);

    [[nodiscard]] int64_t numerator() const { return numerator_; }
    [[nodiscard]] int64_t denominator() const { return denominator_; }
    [[nodiscard]] bool is_integer() const { return denominator_ == 1; }
    /// The integer, when it is one.
    [[nodiscard]] std::optional<int64_t> integer() const {
        return is_integer() ? std::optional{numerator_} : std::nullopt;
    }
    [[nodiscard]] std::optional<Number> add(const Number& b) const;
    [[nodiscard]] std::optional<Number> subtract(const Number& b) const;
    [[nodiscard]] std::optional<Number> multiply(const Number& b) const;
    [[nodiscard]] std::optional<Number> divide(const Number& b) const;  // nothing also for a zero divisor
    [[nodiscard]] std::optional<Number> negate() const;
    [[nodiscard]] int64_t floor() const;
    /// Decimal text when it ends ("0.125"), else "1/3".
    [[nodiscard]] std::string text() const;
    bool operator==(const Number&) const = default;
    std::strong_ordering operator<=>(const Number& b) const;

  private:
    int64_t numerator_ = 0;
    int64_t denominator_ = 1;  // > 0
};

}  // namespace hl::procedures::feel
