// The OpenAPI document of an adapter, put together from its settings. Private to this part.
#pragma once
#include "exchange/adapters/answers.h"

namespace hl::exchange::adapters {

struct ParameterWords {
    std::string name;
    std::string_view in = "query";
    bool required = false;
    json::object schema;
    std::string description;
};

/// The frame: openapi, info, servers, an empty `paths`, and the schema of problem documents.
[[nodiscard]] json::object openapi_frame(std::string_view title, std::string_view version);
/// One GET. `content` is the media type → schema of 200.
void add_get(json::object& document, const std::string& path, std::string_view id, std::string_view title,
             const std::vector<ParameterWords>& parameters, const json::object& content);
/// {items: [item], next?: text}
[[nodiscard]] json::object page_schema(json::object item);
[[nodiscard]] ParameterWords limit_parameter(int64_t otherwise, int64_t largest);
[[nodiscard]] ParameterWords after_parameter();

}  // namespace hl::exchange::adapters
