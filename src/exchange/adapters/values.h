// The simple types of parameters and columns: how each is read from text, written as JSON and described as a schema.
// Pure; any thread. Private to this part.
#pragma once
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace hl::exchange::adapters {

namespace json = boost::json;

enum class ValueType {
    text,
    integer,  // 64 bits
    number,   // a double
    decimal,  // exact: digits as text
    boolean,
    date,      // 2026-11-23
    date_time  // RFC 3339 with its offset
};
/// The member `key` of a settings object, as "text", "integer", "number", "decimal", "boolean", "date", "date-time".
[[nodiscard]] ValueType read_type(JsonReader& in, std::string_view key);
[[nodiscard]] json::object schema_of(ValueType type);
/// Nothing when the text is no such value. "1.0" is no integer, "TRUE" no boolean, "" nothing but a text.
[[nodiscard]] std::optional<json::value> read_value(ValueType type, std::string_view text);
/// "một số nguyên, ví dụ 12"; "an integer, e.g. 12".
[[nodiscard]] std::pair<std::string_view, std::string_view> wanted(ValueType type);

}  // namespace hl::exchange::adapters
