#include "app/pull_config.h"

#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>

#include "ioc/child/code.h"

namespace hl::app {

namespace {

struct Place {
    const std::filesystem::path& file;
    [[nodiscard]] Error wrong(const YAML::Node& at, const std::string& key, const std::string& wanted) const {
        return {ErrorKind::invalid, "config.value",
                fmt::format("Giá trị của «ioc_pull.{}» không đúng: cần {}.", key, wanted),
                fmt::format("The value of 'ioc_pull.{}' is wrong: {} is wanted.", key, wanted),
                fmt::format("{}:{}", file.string(), at.Mark().line + 1)};
    }
};

Result<ioc::PullItem> read_item(const Place& place, const YAML::Node& node) {
    ioc::PullItem out;
    if (!node.IsMap()) return place.wrong(node, "indicators", "a list of {code, theirs, unit, kinds, grain, back}");
    for (const auto& entry : node) {
        const auto key = entry.first.as<std::string>();
        const auto& value = entry.second;
        if (key == "code") {
            out.indicator = value.as<std::string>();
        } else if (key == "theirs") {
            out.theirs = value.as<std::string>();
        } else if (key == "unit") {
            out.unit = value.as<std::string>();
        } else if (key == "grain") {
            const auto grain = ioc::grain_from(value.as<std::string>());
            if (!grain || *grain < ioc::Grain::month)
                return place.wrong(value, key, "month, quarter, half, year or five_years");
            out.grain = *grain;
        } else if (key == "back") {
            if (!YAML::convert<int>::decode(value, out.back) || out.back < 1 || out.back > 60)
                return place.wrong(value, key, "a whole number from 1 to 60");
        } else if (key == "kinds") {
            out.kinds.clear();
            for (const auto& word : value.as<std::vector<std::string>>()) {
                const auto kind = ioc::kind_from(word);
                if (!kind) return place.wrong(value, key, "a list of plan, estimate, performed, official");
                out.kinds.push_back(*kind);
            }
        } else {
            return place.wrong(entry.first, key, "a known key");
        }
    }
    if (out.indicator.empty() || out.theirs.empty() || out.kinds.empty())
        return place.wrong(node, "indicators", "code (ours) and theirs");
    return out;
}

}  // namespace

Result<std::vector<PullSettings>> read_pull_settings(const std::filesystem::path& file, const YAML::Node& list) {
    const Place place{file};
    std::vector<PullSettings> out;
    if (!list.IsSequence()) return place.wrong(list, "", "a list of systems");
    for (const auto& node : list) {
        PullSettings one;
        if (!node.IsMap()) return place.wrong(node, "", "name, url, office and indicators");
        const std::map<std::string, std::string*> texts = {{"name", &one.source.name},
                                                           {"url", &one.source.url},
                                                           {"office", &one.source.office},
                                                           {"ca_file", &one.ca_file},
                                                           {"authorization_file", &one.authorization_file}};
        for (const auto& entry : node) {
            const auto key = entry.first.as<std::string>();
            if (const auto text = texts.find(key); text != texts.end()) {
                *text->second = entry.second.as<std::string>();
            } else if (key == "minutes" || key == "timeout_seconds") {
                int value = 0;
                if (!YAML::convert<int>::decode(entry.second, value) || value < 1 || value > 100'000)
                    return place.wrong(entry.second, key, "a whole number from 1");
                if (key == "minutes")
                    one.interval = std::chrono::minutes{value};
                else
                    one.timeout = std::chrono::seconds{value};
            } else if (key == "good_codes") {
                one.source.good_codes = entry.second.as<std::vector<std::string>>();
            } else if (key == "indicators") {
                for (const auto& item : entry.second) {
                    TRY(auto read, read_item(place, item));
                    one.source.items.push_back(std::move(read));
                }
            } else {
                return place.wrong(entry.first, key, "a known key");
            }
        }
        while (one.source.url.ends_with('/')) one.source.url.pop_back();
        if (one.source.name.empty() || one.source.items.empty())
            return place.wrong(node, "", "name, url, office and indicators");
        // What they answer becomes the province's figures: nobody may change it on its way.
        if (!ioc::child::check_address(one.source.url).ok()) return place.wrong(node, "url", "an https:// address");
        for (const auto& other : out)
            if (other.source.name == one.source.name) return place.wrong(node, "name", "a name of its own");
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace hl::app
