#include "exchange/gateway/identity_places.h"

#include <filesystem>

namespace hl::exchange::gateway {

namespace {

namespace json = boost::json;

Error wrong(std::string where, std::string_view vi, std::string_view en) {
    return Error{ErrorKind::invalid, "exchange.keys_file", fmt::format("keys.json{} sai: {}.", where, vi),
                 fmt::format("keys.json{} is wrong: {}.", where, en)}
        .pointing(std::move(where));
}

/// A name in the folder itself: nobody is led out of it by a settings file.
bool plain_name(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

Result<KeyPlace> read_place(const json::value& value, const std::string& where) {
    const auto* object = value.if_object();
    if (!object) return wrong(where, "phải là một đối tượng", "it must be an object");
    KeyPlace out;
    const std::array<std::pair<std::string_view, std::string*>, 5> fields{{{"key", &out.key},
                                                                           {"token", &out.token},
                                                                           {"module", &out.module},
                                                                           {"pin_file", &out.pin_file},
                                                                           {"certificate", &out.certificate}}};
    for (const auto& member : *object) {
        const std::string_view name = member.key();
        const auto& field = member.value();
        const auto known = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
        const auto place = fmt::format("{}/{}", where, name);
        if (known == fields.end()) return wrong(place, "trường không được biết đến", "the field is not known");
        if (!field.is_string()) return wrong(place, "phải là chuỗi", "it must be a string");
        *known->second = std::string(field.get_string());
    }
    if (out.key.empty() == out.token.empty())
        return wrong(where, "cần đúng một trong hai: key hoặc token", "it needs one of key and token, not both");
    if (!out.token.empty() && (out.module.empty() || !plain_name(out.pin_file)))
        return wrong(where, "khoá trong thiết bị cần module và pin_file (tên tệp trong cùng thư mục)",
                     "a key in a token needs module and pin_file (a file in the same folder)");
    if (out.certificate.empty() && !out.key.empty())
        out.certificate = std::filesystem::path(out.key).replace_extension(".pem").string();
    if (!plain_name(out.certificate) || (!out.key.empty() && !plain_name(out.key)))
        return wrong(where, "tên tệp phải nằm ngay trong thư mục khoá",
                     "names of files must be of the keys folder itself");
    return out;
}

Result<std::vector<KeyPlace>> read_list(const json::value& value, const std::string& where) {
    const auto* array = value.if_array();
    if (!array) return wrong(where, "phải là một danh sách", "it must be a list");
    std::vector<KeyPlace> out;
    for (size_t i = 0; i < array->size(); ++i) {
        TRY(auto place, read_place((*array)[i], fmt::format("{}/{}", where, i)));
        out.push_back(std::move(place));
    }
    return out;
}

json::array written(const std::vector<KeyPlace>& list) {
    json::array out;
    for (const auto& place : list) {
        json::object one;
        const auto add = [&](std::string_view name, const std::string& value) {
            if (!value.empty()) one[name] = value;
        };
        add("key", place.key);
        add("token", place.token);
        add("module", place.module);
        add("pin_file", place.pin_file);
        add("certificate", place.certificate);
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

Result<KeyPlaces> read_key_places(std::string_view text) {
    boost::system::error_code bad;
    const auto value = json::parse(text, bad);
    const auto* object = bad ? nullptr : value.if_object();
    if (!object) return wrong("", "không phải là JSON hợp lệ", "it is not valid JSON");
    KeyPlaces out;
    for (const auto& [name, field] : *object) {
        const auto where = fmt::format("/{}", std::string_view(name));
        if (name == "authentication") {
            TRY(out.authentication, read_list(field, where));
            continue;
        }
        const auto* members = name == "signing" ? field.if_object() : nullptr;
        if (!members)
            return wrong(where, "chỉ có authentication (danh sách) và signing (đối tượng theo thành viên)",
                         "there are authentication (a list) and signing (an object by member) only");
        for (const auto& [path, list] : *members) {
            const auto place = fmt::format("{}/{}", where, std::string_view(path));
            auto member = parse_client(path);
            if (!member.ok() || !member->subsystem.empty())
                return wrong(place, "phải là thành viên dạng INSTANCE/LỚP/MÃ",
                             "it must be a member as INSTANCE/CLASS/CODE");
            TRY(out.signing[*member], read_list(list, place));
        }
    }
    return out;
}

std::string write_key_places(const KeyPlaces& places) {
    json::object signing;
    for (const auto& [member, list] : places.signing) signing[to_path(member)] = written(list);
    return json::serialize(
        json::object{{"authentication", written(places.authentication)}, {"signing", std::move(signing)}});
}

}  // namespace hl::exchange::gateway
