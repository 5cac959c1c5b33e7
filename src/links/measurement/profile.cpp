#include "links/measurement/partner.h"

namespace hl::measurement {

namespace {

Error wrong(const connector::MappingFile& file, const YAML::Node& node, std::string_view what) {
    return {ErrorKind::invalid, "link.mapping", fmt::format("Bảng ánh xạ đo lường: cần {}.", what),
            fmt::format("The mapping of the measurement: {} is wanted.", what),
            fmt::format("{}:{}", file.file, node.IsDefined() ? node.Mark().line + 1 : 1)};
}

std::map<std::string, int> numbers(const YAML::Node& node) {
    return node ? node.as<std::map<std::string, int>>() : std::map<std::string, int>{};
}

Result<Profile> read(const connector::MappingFile& file) {
    const auto& root = file.root;
    Profile p;
    p.hash = file.hash;
    p.path = root["path"].as<std::string>("");
    p.reply_field = root["reply"]["field"].as<std::string>("");
    for (const auto& code : root["reply"]["good"]) p.good.push_back(code.as<std::string>());
    p.location = root["location"].as<std::string>("");
    for (const auto& entry : root["states"]) {
        const auto word = entry.first.as<std::string>();
        if (!dossiers::state_from(word)) return wrong(file, entry.first, "states: a dossier's state");
        p.states[word] = {entry.second["status"].as<int>(), entry.second["mark"].as<bool>(false)};
    }
    p.reception = numbers(root["reception"]);
    p.post_service = numbers(root["post_service"]);
    p.payments = numbers(root["payments"]);
    p.levels = numbers(root["levels"]);
    p.user_types = numbers(root["user_types"]);
    p.offline_level = root["offline_level"].as<int>(0);
    if (p.path.empty() || p.states.empty() || p.location.empty()) return wrong(file, root, "path, states, location");
    for (const char* word : {"none", "online", "direct"})
        if (!p.payments.contains(word)) return wrong(file, root["payments"], "payments: none, online, direct");
    return p;
}

}  // namespace

Result<Profile> parse_profile(const connector::MappingFile& file) {
    try {
        return read(file);
    } catch (const YAML::Exception& e) {
        return Error{ErrorKind::invalid, "link.mapping", fmt::format("Bảng ánh xạ đo lường: {}.", e.what()),
                     fmt::format("The mapping of the measurement: {}.", e.what()),
                     fmt::format("{}:{}", file.file, e.mark.line + 1)};
    }
}

Result<std::string> parse_reply(std::string_view bytes, const Profile& profile) {
    const auto value = parse_json(bytes);
    const auto* object = value.ok() ? value->if_object() : nullptr;
    const auto* code = object ? object->if_contains(profile.reply_field) : nullptr;
    if (!code)
        return Error{ErrorKind::unavailable, "measurement.reply_malformed",
                     "Trả lời của hệ thống đo lường không đọc được.", "The measurement's reply cannot be read."};
    return code->is_string() ? std::string{code->get_string()} : json::serialize(*code);
}

void check_profile(const connector::MappingFile& file, std::vector<Error>& errors) {
    if (auto profile = parse_profile(file); !profile.ok()) errors.push_back(std::move(profile).error());
}

}  // namespace hl::measurement
