#include "exchange/gateway/yaml_section.h"

namespace hl::exchange::gateway {

Error YamlSection::wrong(const YAML::Node& node, std::string_view key, std::string_view wanted) const {
    return {ErrorKind::invalid,
            "config.value",
            fmt::format("Giá trị của «{}» không đúng: cần {}.", key, wanted),
            fmt::format("The value of '{}' is wrong: {} is wanted.", key, wanted),
            place(node),
            {}};
}

YamlSection& YamlSection::text(const std::string& name, std::string& target) {
    return key(name, [this, name, &target](const YAML::Node& n) -> Result<void> {
        if (!n.IsScalar()) return wrong(n, name, "text");
        target = n.Scalar();
        return {};
    });
}

YamlSection& YamlSection::file(const std::string& name, std::string& target) {
    return key(name, [this, name, &target](const YAML::Node& n) -> Result<void> {
        if (!n.IsScalar() || n.Scalar().empty()) return wrong(n, name, "the path of a file");
        const std::filesystem::path written{n.Scalar()};
        target = (written.is_absolute() ? written : folder_ / written).string();
        return {};
    });
}

YamlSection& YamlSection::place(const std::string& name, std::string& target) {
    return key(name, [this, name, &target](const YAML::Node& n) -> Result<void> {
        if (!n.IsScalar() || n.Scalar().empty()) return wrong(n, name, "a file or an http(s) address");
        const std::filesystem::path written{n.Scalar()};
        const bool as_it_is = n.Scalar().starts_with("http://") || n.Scalar().starts_with("https://");
        target = as_it_is || written.is_absolute() ? n.Scalar() : (folder_ / written).string();
        return {};
    });
}

YamlSection& YamlSection::flag(const std::string& name, bool& target) {
    return key(name, [this, name, &target](const YAML::Node& n) -> Result<void> {
        if (!YAML::convert<bool>::decode(n, target)) return wrong(n, name, "true or false");
        return {};
    });
}

YamlSection& YamlSection::seconds(const std::string& name, std::chrono::milliseconds& target, double from, double to) {
    return key(name, [this, name, &target, from, to](const YAML::Node& n) -> Result<void> {
        double value = 0;
        if (!YAML::convert<double>::decode(n, value) || value < from || value > to)
            return wrong(n, name, fmt::format("seconds from {} to {}", from, to));
        target = std::chrono::milliseconds{static_cast<int64_t>(value * 1000)};
        return {};
    });
}

YamlSection& YamlSection::seconds(const std::string& name, std::chrono::seconds& target, double from, double to) {
    return key(name, [this, name, &target, from, to](const YAML::Node& n) -> Result<void> {
        double value = 0;
        if (!YAML::convert<double>::decode(n, value) || value < from || value > to)
            return wrong(n, name, fmt::format("seconds from {} to {}", from, to));
        target = std::chrono::seconds{static_cast<int64_t>(value)};
        return {};
    });
}

YamlSection& YamlSection::list(const std::string& name, Setter each) {
    return key(name, [this, name, each = std::move(each)](const YAML::Node& n) -> Result<void> {
        if (!n.IsSequence()) return wrong(n, name, "a list");
        for (const auto& item : n) TRY_VOID(each(item));
        return {};
    });
}

Result<void> YamlSection::read(const YAML::Node& node, std::initializer_list<std::string_view> required) const {
    if (!node.IsMap()) return wrong(node, "(mapping)", "a mapping of settings");
    std::set<std::string> seen;
    for (const auto& entry : node) {
        const auto name = entry.first.IsScalar() ? entry.first.Scalar() : std::string{};
        const auto it = setters_.find(name);
        if (it == setters_.end()) {
            std::string known;
            for (const auto& [k, unused] : setters_) known += (known.empty() ? "" : ", ") + k;
            return Error{ErrorKind::invalid,
                         "config.unknown_key",
                         fmt::format("Không có mục «{}». Các mục: {}.", name, known),
                         fmt::format("There is no setting '{}'. The settings here are: {}.", name, known),
                         place(entry.first),
                         {}};
        }
        if (!seen.insert(name).second) return wrong(entry.first, name, "once only");
        TRY_VOID(it->second(entry.second));
    }
    for (const auto& name : required)
        if (!seen.contains(std::string(name))) return wrong(node, name, "a value (it is missing)");
    return {};
}

}  // namespace hl::exchange::gateway
