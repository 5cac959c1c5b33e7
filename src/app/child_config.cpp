#include "app/child_config.h"

#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>

namespace hl::app {

Result<ioc::child::LineSettings> read_child_settings(const std::filesystem::path& file, const YAML::Node& node) {
    ioc::child::LineSettings out;
    struct Number {
        long long least, most;
        std::function<void(long long)> put;
    };
    const std::map<std::string, Number> numbers = {
        {"interval_seconds", {1, 3600, [&](long long v) { out.interval = std::chrono::seconds{v}; }}},
        {"longest_wait_seconds", {1, 86'400, [&](long long v) { out.longest_wait = std::chrono::seconds{v}; }}},
        {"timeout_seconds", {1, 300, [&](long long v) { out.timeout = std::chrono::seconds{v}; }}},
        {"days", {1, 90, [&](long long v) { out.telling.days = static_cast<int>(v); }}},
        {"months", {1, 60, [&](long long v) { out.telling.months = static_cast<int>(v); }}},
        {"years", {1, 10, [&](long long v) { out.telling.years = static_cast<int>(v); }}},
        {"silent_seconds", {5, 604'800, [&](long long v) { out.parent.silent_after = std::chrono::seconds{v}; }}},
        {"batches_per_minute", {1, 100'000, [&](long long v) { out.parent.batches_per_minute = v; }}},
        {"mib_per_day", {1, 1'000'000, [&](long long v) { out.parent.bytes_per_day = v << 20; }}},
    };
    const std::map<std::string, std::string*> texts = {
        {"ca_file", &out.ca_file}, {"name", &out.parent.name}, {"url", &out.parent.url}};
    const auto wrong = [&](const YAML::Node& at, const std::string& key, const std::string& wanted) {
        return Error{ErrorKind::invalid, "config.value",
                     fmt::format("Giá trị của «child_ioc.{}» không đúng: cần {}.", key, wanted),
                     fmt::format("The value of 'child_ioc.{}' is wrong: {} is wanted.", key, wanted),
                     fmt::format("{}:{}", file.string(), at.Mark().line + 1)};
    };
    if (!node.IsMap()) return wrong(node, "", "a mapping");
    for (const auto& entry : node) {
        const auto key = entry.first.as<std::string>();
        if (const auto number = numbers.find(key); number != numbers.end()) {
            const auto& n = number->second;
            long long value = 0;
            if (!YAML::convert<long long>::decode(entry.second, value) || value < n.least || value > n.most)
                return wrong(entry.second, key, fmt::format("a whole number from {} to {}", n.least, n.most));
            n.put(value);
        } else if (const auto text = texts.find(key); text != texts.end()) {
            *text->second = entry.second.as<std::string>();
        } else {
            return wrong(entry.first, key, "a known key");
        }
    }
    return out;
}

}  // namespace hl::app
