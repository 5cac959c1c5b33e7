// Legal rules as files a lawyer could read: each YAML document of tests/<room>/rules/*.yaml is one case with at least
// `rule` and `source`. A room's driver test calls for_each_rule and says what its own keys mean. Tests only.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/time.h"

namespace hl::rules {

struct Rule {
    std::string place;  // "tests/directory/rules/days.yaml:12"
    YAML::Node node;
    [[nodiscard]] std::string text(const char* key) const {
        if (!node[key]) throw std::runtime_error(place + ": “" + key + "” is missing");
        return node[key].as<std::string>();
    }
    [[nodiscard]] bool has(const char* key) const { return static_cast<bool>(node[key]); }
};

/// "2026-11-20 15:01" in the province's zone.
inline Instant local_instant(const std::string& text, const std::string& place) {
    const auto date = parse_date(std::string_view{text}.substr(0, 10));
    if (!date.ok() || text.size() != 16 || text[10] != ' ' || text[13] != ':')
        throw std::runtime_error(place + ": “" + text + "” is not a time such as 2026-11-20 15:01");
    return at_local(date.value(), std::stoi(text.substr(11, 2)), std::stoi(text.substr(14, 2)));
}
inline Date local_day(const std::string& text, const std::string& place) {
    const auto date = parse_date(text);
    if (!date.ok()) throw std::runtime_error(place + ": “" + text + "” is not a date such as 2026-11-20");
    return date.value();
}
inline std::string show(Instant t) {
    const auto l = to_local(t);
    return fmt::format("{} {:02}:{:02}", to_iso(l.date), l.minute_of_day / 60, l.minute_of_day % 60);
}

/// Calls `check` for every document of every file; a document without rule or source fails. Returns how many ran.
inline int for_each_rule(const std::filesystem::path& folder, const std::function<void(const Rule&)>& check) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{folder})
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    int ran = 0;
    for (const auto& file : files) {
        for (const auto& node : YAML::LoadAllFromFile(file.string())) {
            const Rule rule{file.string() + ":" + std::to_string(node.Mark().line + 1), node};
            SCOPED_TRACE(rule.place);
            try {
                EXPECT_FALSE(rule.text("rule").empty());
                EXPECT_FALSE(rule.text("source").empty());
                check(rule);
            } catch (const std::exception& e) {
                ADD_FAILURE() << rule.place << ": " << e.what();
            }
            ++ran;
        }
    }
    return ran;
}

}  // namespace hl::rules
