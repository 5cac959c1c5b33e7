// `links:` of the settings file: which partners are connected, where, and how hard they may be pressed.
#pragma once
#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "links/connector/settings.h"

namespace hl::app {

struct Config;

/// `links: {portal: {url, user, secret_file, ca_file, workers, batch, timeout_seconds, per_second, …, more: {…},
/// secret_files: {…}}}`. Errors: config.value with the line.
[[nodiscard]] Result<connector::Settings> read_links(const std::filesystem::path& file, const YAML::Node& node);

/// A demonstration's partners are played by hienluong-sim at `url`: those that are not set get its addresses, made-up
/// accounts and a gentle pace. Does nothing in an installation that is no demonstration.
[[nodiscard]] Result<void> use_simulator(Config& config, const std::string& url);

}  // namespace hl::app
