#include "documents/profile.h"

#include <yaml-cpp/yaml.h>

#include "base/files.h"

namespace hl::documents {

namespace {

struct Wrong {
    YAML::Mark mark;
    std::string what;
};

std::string text(const YAML::Node& node, const char* key, bool required = true) {
    const auto value = node[key];
    if (!value) {
        if (required) throw Wrong{node.Mark(), fmt::format("'{}' is missing", key)};
        return {};
    }
    if (!value.IsScalar()) throw Wrong{value.Mark(), fmt::format("'{}' must be a text", key)};
    return value.Scalar();
}

int number(const YAML::Node& node, const char* key, int from, int to) {
    const auto value = node[key];
    int out = 0;
    if (!value || !YAML::convert<int>::decode(value, out) || out < from || out > to)
        throw Wrong{value ? value.Mark() : node.Mark(), fmt::format("'{}' must be from {} to {}", key, from, to)};
    return out;
}

bool flag(const YAML::Node& node, const char* key, bool otherwise) {
    const auto value = node[key];
    bool out = otherwise;
    if (value && !YAML::convert<bool>::decode(value, out))
        throw Wrong{value.Mark(), fmt::format("'{}' must be true or false", key)};
    return out;
}

std::optional<Date> date(const YAML::Node& node, const char* key, bool required) {
    const auto raw = text(node, key, required);
    if (raw.empty()) return std::nullopt;
    const auto parsed = parse_date(raw);
    if (!parsed.ok()) throw Wrong{node[key].Mark(), fmt::format("'{}' must be a date like 2020-03-05", key)};
    return *parsed;
}

YAML::Node list(const YAML::Node& node, const char* key) {
    const auto value = node[key];
    if (!value || !value.IsSequence() || value.size() == 0)
        throw Wrong{value ? value.Mark() : node.Mark(), fmt::format("'{}' must be a list", key)};
    return value;
}

std::shared_ptr<const Profile> read_node(const YAML::Node& root) {
    auto out = std::make_shared<Profile>();
    out->source = text(root, "source");
    for (const auto& n : list(root, "status_codes")) {
        const bool known = flag(n, "known", true);
        out->status_codes.push_back({text(n, "code"), text(n, "vi", known), text(n, "en", known), known});
    }
    for (const auto& n : list(root, "priorities"))
        out->priorities.push_back({number(n, "code", 0, 99), text(n, "vi"), text(n, "en"), flag(n, "urgent", false)});
    for (const auto& n : list(root, "kinds"))
        out->kinds.push_back(
            {text(n, "id"), text(n, "vi"), *date(n, "from", true), date(n, "to", false), text(n, "wire", false)});
    const auto rule = root["registering"];
    if (!rule || !rule.IsMap()) throw Wrong{root.Mark(), "'registering' is missing"};
    out->registering = {text(rule, "source"), number(rule, "latest_working_days", 0, 30),
                        number(rule, "at_once_minutes", 0, 480)};
    return out;
}

}  // namespace

Result<StatusCode> Profile::status(std::string_view code) const {
    for (const auto& s : status_codes) {
        if (s.code != code) continue;
        if (s.known) return s;
        return Error{ErrorKind::invalid, "edxml.status_not_verified",
                     fmt::format("Mã trạng thái {} chưa được xác minh ý nghĩa trong QCVN 102 nên không được nhận. "
                                 "Khi có văn bản xác nhận, khai ý nghĩa trong tệp edxml.yaml.",
                                 code),
                     fmt::format("Status code {} is refused: its meaning in QCVN 102 is not verified. Once it is, say "
                                 "it in edxml.yaml.",
                                 code)};
    }
    std::string known;
    for (const auto& s : status_codes)
        if (s.known) known += (known.empty() ? "" : ", ") + s.code;
    return Error{ErrorKind::invalid, "edxml.status_unknown",
                 fmt::format("Mã trạng thái “{}” không có trong QCVN 102. Dùng một trong: {}.", code, known),
                 fmt::format("There is no status code \"{}\" in QCVN 102. Use one of {}.", code, known)};
}

const Priority* Profile::priority(int code) const {
    for (const auto& p : priorities)
        if (p.code == code) return &p;
    return nullptr;
}

const Kind* Profile::kind(std::string_view id, Date at) const {
    for (const auto& k : kinds)
        if (k.id == id && k.from <= at && (!k.to || at < *k.to)) return &k;
    return nullptr;
}

Result<std::shared_ptr<const Profile>> Profile::read(const std::filesystem::path& file) {
    const auto fails = [&](int line, std::string_view what) {
        return Error{ErrorKind::invalid, "documents.profile",
                     fmt::format("Tệp mã của trục văn bản sai ở {}:{}: {}.", file.string(), line, what),
                     fmt::format("{}:{}: {}.", file.string(), line, what)}
            .pointing(fmt::format("{}:{}", file.string(), line));
    };
    TRY(const auto bytes, read_file(file, 1u << 20));
    try {
        return read_node(YAML::Load(bytes));
    } catch (const Wrong& wrong) {
        return fails(wrong.mark.line + 1, wrong.what);
    } catch (const YAML::Exception& e) {
        return fails(e.mark.line + 1, e.msg);
    }
}

}  // namespace hl::documents
