// The setting `ioc_pull`: systems that are asked for indicators' values.
#pragma once
#include <filesystem>
#include <vector>

#include "ioc/indicators/supplied_pull.h"

namespace YAML {
class Node;
}

namespace hl::app {

struct PullSettings {
    ioc::PullSource source;
    std::chrono::minutes interval{60};
    std::chrono::milliseconds timeout{15'000};
    std::string ca_file;             // another trust anchor
    std::string authorization_file;  // holds what is sent as Authorization
};
/// Errors: config.value with the line.
[[nodiscard]] Result<std::vector<PullSettings>> read_pull_settings(const std::filesystem::path& file,
                                                                   const YAML::Node& list);

}  // namespace hl::app
