// The indicators as JSON. Pure; any thread. Private to the room.
#pragma once
#include "base/json.h"
#include "ioc/indicators/alerts.h"
#include "ioc/indicators/figures.h"
#include "ioc/indicators/supplied.h"

namespace hl::ioc {

[[nodiscard]] json::object view(const Indicator& indicator);
[[nodiscard]] json::object view(const Indicator& indicator, const Figure& figure);
[[nodiscard]] json::object view(const Restatement& restatement);
[[nodiscard]] json::object view(const StoredValue& value);
[[nodiscard]] json::object view(const Alert& alert);
[[nodiscard]] json::value or_null(const std::optional<double>& v);
[[nodiscard]] json::value or_null(const std::optional<int64_t>& v);
[[nodiscard]] json::value or_null(std::string_view s);

}  // namespace hl::ioc
