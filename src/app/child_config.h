// The setting `child_ioc`: the line between operations centres, both ends.
#pragma once
#include <filesystem>

#include "base/result.h"
#include "ioc/child/settings.h"

namespace YAML {
class Node;
}

namespace hl::app {

/// Errors: config.value with the line.
[[nodiscard]] Result<ioc::child::LineSettings> read_child_settings(const std::filesystem::path& file,
                                                                   const YAML::Node& node);

}  // namespace hl::app
