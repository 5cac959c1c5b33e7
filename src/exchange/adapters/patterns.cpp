#include <unicode/regex.h>

#include "exchange/adapters/schema_check.h"

namespace hl::exchange::adapters {

namespace {
constexpr size_t longest_pattern = 2000;
constexpr size_t longest_text = 20'000;  // bytes
constexpr int32_t time_limit = 50;       // ICU's unit, about a millisecond of matching
constexpr int32_t stack_limit = 1 << 20;
}  // namespace

Result<void> Patterns::add(std::string_view pattern) {
    if (compiled_.contains(pattern)) return Nothing{};
    UErrorCode status = U_ZERO_ERROR;
    UParseError where{};
    std::unique_ptr<icu::RegexPattern> made;
    if (pattern.size() <= longest_pattern)
        made.reset(icu::RegexPattern::compile(
            icu::UnicodeString::fromUTF8({pattern.data(), static_cast<int32_t>(pattern.size())}), 0, where, status));
    if (!made || U_FAILURE(status))
        return Error{
            ErrorKind::invalid, "adapter.description",
            fmt::format("Biểu thức {} trong mô tả dịch vụ không đúng. Sửa pattern.", pattern.substr(0, 100)),
            fmt::format("The pattern {} in the description cannot be used. Correct it.", pattern.substr(0, 100))};
    compiled_.emplace(pattern, std::move(made));
    return Nothing{};
}

Patterns::Match Patterns::search(std::string_view pattern, std::string_view text) const {
    const auto found = compiled_.find(pattern);
    if (found == compiled_.end() || text.size() > longest_text) return Match::gave_up;
    UErrorCode status = U_ZERO_ERROR;
    const auto input = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
    const std::unique_ptr<icu::RegexMatcher> matcher(found->second->matcher(input, status));
    if (!matcher || U_FAILURE(status)) return Match::gave_up;
    matcher->setTimeLimit(time_limit, status);
    matcher->setStackLimit(stack_limit, status);
    const bool matched = matcher->find(status);
    if (U_FAILURE(status)) return Match::gave_up;
    return matched ? Match::yes : Match::no;
}

}  // namespace hl::exchange::adapters
