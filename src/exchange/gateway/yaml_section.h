// A mapping of gateway.yaml read strictly: every key is known, every value of its kind, every mistake with file and
// line. Private to the settings' reader (it brings yaml-cpp). One thread.
#pragma once
#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "exchange/gateway/settings.h"

namespace hl::exchange::gateway {

class YamlSection {
  public:
    YamlSection(std::string file, std::filesystem::path folder) : file_(std::move(file)), folder_(std::move(folder)) {}
    using Setter = std::function<Result<void>(const YAML::Node& node)>;

    YamlSection& key(std::string name, Setter set) {
        setters_.emplace(std::move(name), std::move(set));
        return *this;
    }
    YamlSection& text(const std::string& name, std::string& target);
    YamlSection& file(const std::string& name, std::string& target);   // relative ones below the settings' folder
    YamlSection& place(const std::string& name, std::string& target);  // a file, or an http(s) address as it stands
    YamlSection& flag(const std::string& name, bool& target);
    template <class T>
    YamlSection& number(const std::string& name, T& target, double from, double to) {
        return key(name, [this, name, &target, from, to](const YAML::Node& n) -> Result<void> {
            double value = 0;
            if (!YAML::convert<double>::decode(n, value) || value < from || value > to)
                return wrong(n, name, fmt::format("a number from {} to {}", from, to));
            if constexpr (!std::is_floating_point_v<T>)
                if (value != static_cast<double>(static_cast<T>(value))) return wrong(n, name, "a whole number");
            target = static_cast<T>(value);
            return {};
        });
    }
    /// Seconds, fractions too.
    YamlSection& seconds(const std::string& name, std::chrono::milliseconds& target, double from, double to);
    YamlSection& seconds(const std::string& name, std::chrono::seconds& target, double from, double to);
    template <class T>
    YamlSection& word(const std::string& name, T& target, std::vector<std::pair<std::string_view, T>> words) {
        return key(name, [this, name, &target, words = std::move(words)](const YAML::Node& n) -> Result<void> {
            std::string known;
            for (const auto& [w, value] : words) {
                if (n.IsScalar() && n.Scalar() == w) {
                    target = value;
                    return {};
                }
                known += fmt::format("{}{}", known.empty() ? "" : ", ", w);
            }
            return wrong(n, name, fmt::format("one of {}", known));
        });
    }
    template <class T, class Parse>
    YamlSection& parsed(const std::string& name, T& target, Parse parse, std::string wanted) {
        return key(name, [this, name, &target, parse, wanted](const YAML::Node& n) -> Result<void> {
            auto value = parse(n.IsScalar() ? n.Scalar() : std::string{});
            if (!value.ok()) return wrong(n, name, wanted);
            target = std::move(value).value();
            return {};
        });
    }
    /// Each element of a list, each of them a mapping or a scalar as `each` reads it.
    YamlSection& list(const std::string& name, Setter each);

    [[nodiscard]] Result<void> read(const YAML::Node& node, std::initializer_list<std::string_view> required) const;
    [[nodiscard]] Error wrong(const YAML::Node& node, std::string_view key, std::string_view wanted) const;
    [[nodiscard]] YamlSection inner() const { return {file_, folder_}; }
    [[nodiscard]] std::string place(const YAML::Node& node) const {
        return fmt::format("{}:{}", file_, node.Mark().line + 1);
    }

  private:
    std::string file_;
    std::filesystem::path folder_;
    std::map<std::string, Setter> setters_;
};

}  // namespace hl::exchange::gateway
