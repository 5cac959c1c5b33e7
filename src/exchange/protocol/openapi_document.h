// An OpenAPI document as JSON values, whether it came as JSON or YAML, with limits on size, depth and what aliases may
// expand to. For .cpp files of this part only (it brings yaml-cpp). Any thread.
#pragma once
#include <yaml-cpp/yaml.h>

#include <boost/json.hpp>
#include <string_view>

#include "base/result.h"

namespace hl::exchange {

/// Are plain scalars numbers, booleans and null, or the text that was written ("1.0" stays "1.0")?
enum class Scalars { typed, as_written };

struct OpenApiDocument {
    boost::json::value value;
    bool yaml = false;
    YAML::Node root;  // of a YAML document: where things stand in its text
};
/// Checks that it is an object with "openapi: 3.…". Errors as read_openapi.
[[nodiscard]] Result<OpenApiDocument> load_openapi(std::string_view document, Scalars scalars);

inline constexpr std::string_view path_methods[] = {"get",     "put",  "post",  "delete",
                                                    "options", "head", "patch", "trace"};

}  // namespace hl::exchange
