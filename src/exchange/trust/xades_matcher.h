// Matches a text against literals with slots between, from left to right: how documents of the program's own form are
// read without a tree. A slot's text has only the characters that it allows, so no markup hides in it. Private to this
// folder; one thread at a time.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "exchange/trust/xades_text.h"

namespace hl::exchange {

class Matcher {
  public:
    explicit Matcher(std::string_view text) : rest_(text) {}
    bool literal(std::string_view expected) {
        if (!rest_.starts_with(expected)) return false;
        rest_.remove_prefix(expected.size());
        return true;
    }
    /// Up to the next literal, which stays; nothing when a character stands there that is not allowed.
    template <class Allowed>
    std::optional<std::string_view> slot(Allowed allowed) {
        size_t n = 0;
        while (n < rest_.size() && allowed(rest_[n])) ++n;
        const auto found = rest_.substr(0, n);
        rest_.remove_prefix(n);
        if (n == 0) return std::nullopt;
        return found;
    }
    std::optional<std::string> base64() {
        const auto text = slot([](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
                   c == '=';
        });
        return text ? from_base64(*text) : std::nullopt;
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

}  // namespace hl::exchange
