#include "exchange/adapters/values.h"

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/time.h"

namespace hl::exchange::adapters {

namespace {

struct Kind {
    std::string_view word, vi, en;
};
constexpr Kind kinds[] = {{"text", "chữ, không có ký tự điều khiển", "text without control characters"},
                          {"integer", "một số nguyên, ví dụ 12", "an integer, e.g. 12"},
                          {"number", "một số, ví dụ 12.5", "a number, e.g. 12.5"},
                          {"decimal", "một số thập phân, ví dụ 1200.50", "a decimal number, e.g. 1200.50"},
                          {"boolean", "true hoặc false", "true or false"},
                          {"date", "ngày có thật dạng 2026-11-23", "a real date such as 2026-11-23"},
                          {"date-time", "thời điểm có múi giờ, ví dụ 2026-11-23T08:00:00+07:00",
                           "an instant with its offset, e.g. 2026-11-23T08:00:00+07:00"}};

template <class T>
std::optional<T> read_number(std::string_view text) {
    T out{};
    const auto* end = text.data() + text.size();
    const auto [at, problem] = std::from_chars(text.data(), end, out);
    if (problem != std::errc{} || at != end) return std::nullopt;
    return out;
}

bool is_decimal(std::string_view s) {
    if (s.starts_with('-')) s.remove_prefix(1);
    const auto dot = std::min(s.find('.'), s.size());
    const auto whole = s.substr(0, dot), rest = s.substr(std::min(dot + 1, s.size()));
    const auto digits = [](std::string_view d) {
        return !d.empty() && std::all_of(d.begin(), d.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    return s.size() <= 100 && digits(whole) && (dot == s.size() || digits(rest));
}

}  // namespace

ValueType read_type(JsonReader& in, std::string_view key) {
    const auto word = in.one_of(key, {"text", "integer", "number", "decimal", "boolean", "date", "date-time"});
    for (size_t i = 0; i < std::size(kinds); ++i)
        if (kinds[i].word == word) return static_cast<ValueType>(i);
    return ValueType::text;
}

std::pair<std::string_view, std::string_view> wanted(ValueType type) {
    const auto& kind = kinds[static_cast<size_t>(type)];
    return {kind.vi, kind.en};
}

json::object schema_of(ValueType type) {
    switch (type) {
        case ValueType::text:
            return {{"type", "string"}};
        case ValueType::integer:
            return {{"type", "integer"}, {"format", "int64"}};
        case ValueType::number:
            return {{"type", "number"}};
        case ValueType::decimal:
            return {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]+)?$"}};
        case ValueType::boolean:
            return {{"type", "boolean"}};
        case ValueType::date:
            return {{"type", "string"}, {"format", "date"}};
        case ValueType::date_time:
            return {{"type", "string"}, {"format", "date-time"}};
    }
    return {};
}

std::optional<json::value> read_value(ValueType type, std::string_view text) {
    switch (type) {
        case ValueType::text: {
            const bool plain = std::none_of(text.begin(), text.end(), [](char c) {
                return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t';
            });
            if (!plain || !text::is_valid_utf8(text)) return std::nullopt;
            return json::value(text);
        }
        case ValueType::integer:
            if (const auto n = read_number<int64_t>(text)) return json::value(*n);
            return std::nullopt;
        case ValueType::number:
            if (const auto n = read_number<double>(text); n && std::isfinite(*n)) return json::value(*n);
            return std::nullopt;
        case ValueType::decimal:
            if (is_decimal(text)) return json::value(text);
            return std::nullopt;
        case ValueType::boolean:
            if (text == "true" || text == "false") return json::value(text == "true");
            return std::nullopt;
        case ValueType::date:
            if (parse_date(text).ok()) return json::value(text);
            return std::nullopt;
        case ValueType::date_time:
            if (const auto t = parse_rfc3339(text); t.ok()) return json::value(to_rfc3339(*t));
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace hl::exchange::adapters
