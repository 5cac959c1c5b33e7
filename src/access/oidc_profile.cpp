#include "access/oidc_profile.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/files.h"
#include "base/text.h"

namespace hl::access {

namespace {

constexpr std::string_view known_claims[] = {"kind", "name", "number", "born", "phone", "email", "tax_code", "level"};
constexpr std::string_view known_keys[] = {"provider",   "valid",  "sources", "unverified", "endpoints",
                                           "parameters", "claims", "kinds",   "levels"};

struct Reading {
    const std::string& file;
    std::vector<Error>& errors;
    void wrong(const YAML::Node& node, std::string vi, std::string en) const {
        const int line = node.IsDefined() && !node.Mark().is_null() ? node.Mark().line + 1 : 1;
        errors.push_back(
            {ErrorKind::invalid, "oidc.profile", std::move(vi), std::move(en), fmt::format("{}:{}", file, line)});
    }
    std::map<std::string, std::string> words(const YAML::Node& node) const {
        std::map<std::string, std::string> out;
        if (!node) return out;
        if (!node.IsMap()) {
            wrong(node, "Cần nhóm khoá: giá trị.", "A mapping is wanted.");
            return out;
        }
        for (const auto& pair : node)
            if (pair.first.IsScalar() && pair.second.IsScalar()) out[pair.first.Scalar()] = pair.second.Scalar();
        return out;
    }
};

std::string claim(const boost::json::object& claims, const std::string& name) {
    const auto* v = name.empty() ? nullptr : claims.if_contains(name);
    if (!v) return {};
    if (v->is_string()) return text::normalise(v->as_string());
    if (v->is_int64()) return std::to_string(v->as_int64());
    return {};
}

}  // namespace

std::optional<OidcProfile> parse_oidc_profile(const std::string& text, const std::string& file,
                                              std::vector<Error>& errors) {
    const Reading r{file, errors};
    const size_t before = errors.size();
    OidcProfile p;
    try {
        const auto root = YAML::Load(text);
        if (!root.IsMap()) {
            r.wrong(root, "Cần nhóm khoá: giá trị.", "A mapping is wanted.");
            return std::nullopt;
        }
        for (const auto& pair : root)
            if (std::find(std::begin(known_keys), std::end(known_keys), pair.first.Scalar()) == std::end(known_keys))
                r.wrong(pair.first, fmt::format("Không có khoá «{}».", pair.first.Scalar()),
                        fmt::format("Unknown key '{}'.", pair.first.Scalar()));
        if (root["provider"] && root["provider"].IsScalar()) p.provider = root["provider"].Scalar();
        if (p.provider.empty()) r.wrong(root, "Thiếu «provider».", "'provider' is missing.");
        const auto valid = r.words(root["valid"]);
        const auto day = [&](const char* key) -> std::optional<Date> {
            const auto it = valid.find(key);
            if (it == valid.end() || it->second == "null" || it->second.empty()) return std::nullopt;
            const auto d = parse_date(it->second);
            if (d.ok()) return *d;
            r.wrong(root["valid"], "Ngày viết như 2026-07-01.", "A date is written like 2026-07-01.");
            return std::nullopt;
        };
        if (const auto from = day("from"))
            p.from = *from;
        else
            r.wrong(root, "Thiếu «valid: {from}».", "'valid: {from}' is missing.");
        p.to = day("to");
        const auto endpoints = r.words(root["endpoints"]);
        for (const auto& [name, address] : endpoints) {
            auto* place = name == "authorization" ? &p.authorization
                          : name == "token"       ? &p.token
                          : name == "jwks"        ? &p.jwks
                          : name == "userinfo"    ? &p.userinfo
                                                  : nullptr;
            if (!place || (address.front() != '/' && !address.starts_with("https://")))
                r.wrong(root["endpoints"], fmt::format("«{}» không đúng: cần đường dẫn hoặc https://.", name),
                        fmt::format("'{}' is wrong: a path or https:// is wanted.", name));
            else
                *place = address;
        }
        if (p.has_endpoints() && (p.token.empty() || p.jwks.empty()))
            r.wrong(root["endpoints"], "Cần đủ authorization, token, jwks.",
                    "authorization, token and jwks are wanted together.");
        for (const auto& [name, value] : r.words(root["parameters"])) {
            static const std::vector<std::string> ours = {
                "response_type", "client_id", "redirect_uri",   "scope",
                "state",         "nonce",     "code_challenge", "code_challenge_method"};
            if (std::find(ours.begin(), ours.end(), name) != ours.end())
                r.wrong(root["parameters"], fmt::format("«{}» do chương trình đặt.", name),
                        fmt::format("'{}' is the program's own.", name));
            p.parameters.emplace_back(name, value);
        }
        p.claims = r.words(root["claims"]);
        for (const auto& [ours, theirs] : p.claims)
            if (std::find(std::begin(known_claims), std::end(known_claims), ours) == std::end(known_claims))
                r.wrong(root["claims"], fmt::format("Không có mục «{}».", ours),
                        fmt::format("There is no '{}'.", ours));
        for (const auto* must : {"name", "number"})
            if (!p.claims.contains(must))
                r.wrong(root, fmt::format("claims thiếu «{}».", must), fmt::format("claims lacks '{}'.", must));
        p.kinds = r.words(root["kinds"]);
        for (const auto& [theirs, ours] : p.kinds)
            if (ours != "citizen" && ours != "organisation")
                r.wrong(root["kinds"], "Phải là citizen hoặc organisation.", "Must be citizen or organisation.");
        if (root["levels"])
            for (const auto& level : root["levels"]) p.levels.push_back(level.Scalar());
        if (!p.levels.empty() && !p.claims.contains("level"))
            r.wrong(root["levels"], "Có levels thì claims phải có level.", "With levels, claims must have level.");
    } catch (const YAML::Exception& e) {
        errors.push_back({ErrorKind::invalid, "oidc.profile", "Tệp không đọc được: " + e.msg,
                          "The file cannot be read: " + e.msg,
                          fmt::format("{}:{}", file, std::max(0, e.mark.line) + 1)});
    }
    if (errors.size() > before) return std::nullopt;
    return p;
}

std::vector<OidcProfile> read_oidc_profiles(const std::filesystem::path& pack, std::vector<Error>& errors) {
    std::vector<OidcProfile> out;
    std::error_code ec;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(pack / "sign-in", ec))
        if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
        const auto text = read_file(path, 256u << 10);
        if (!text.ok()) {
            errors.push_back(text.error());
            continue;
        }
        if (auto p = parse_oidc_profile(*text, "sign-in/" + path.filename().string(), errors))
            out.push_back(std::move(*p));
    }
    return out;
}

const OidcProfile* profile_of(const std::vector<OidcProfile>& profiles, std::string_view provider, Date on) {
    const OidcProfile* out = nullptr;
    for (const auto& p : profiles)
        if (p.provider == provider && p.from <= on && (!p.to || on < *p.to) && (!out || out->from < p.from)) out = &p;
    return out;
}

Result<ProvedPerson> proved_person(const OidcProfile& profile, const boost::json::object& claims) {
    const auto of = [&](const char* name) {
        const auto it = profile.claims.find(name);
        return it == profile.claims.end() ? std::string{} : claim(claims, it->second);
    };
    ProvedPerson out;
    out.level = of("level");
    if (!profile.levels.empty() &&
        std::find(profile.levels.begin(), profile.levels.end(), out.level) == profile.levels.end())
        return Error{
            ErrorKind::denied, "oidc.level",
            "Tài khoản định danh chưa đủ mức xác thực để làm thủ tục. Hãy nâng mức tài khoản rồi đăng nhập lại.",
            "The account's level of assurance is not enough for procedures. Raise it, then sign in again."};
    const auto kind = of("kind");
    out.kind = "citizen";
    if (!profile.kinds.empty()) {
        const auto it = profile.kinds.find(kind);
        if (it == profile.kinds.end())
            return Error{ErrorKind::denied, "oidc.kind", "Loại tài khoản này không dùng được ở đây.",
                         "An account of this sort cannot be used here."};
        out.kind = it->second;
    }
    out.name = of("name"), out.number = of("number"), out.born = of("born");
    out.phone = of("phone"), out.email = of("email"), out.tax_code = of("tax_code");
    // A person has his number, an organisation its tax code.
    const auto& proof = out.kind == "organisation" && !out.tax_code.empty() ? out.tax_code : out.number;
    if (out.name.empty() || proof.empty())
        return Error{ErrorKind::denied, "oidc.claims",
                     "Hệ thống định danh không cho biết họ tên hoặc số định danh. Không điền thay; hãy thử lại sau.",
                     "The provider did not say the name or the number. Nothing is filled in; try again later."};
    return out;
}

boost::json::object to_json(const ProvedPerson& p) {
    boost::json::object out{{"kind", p.kind}, {"name", p.name}};
    const auto add = [&](const char* name, const std::string& value) {
        out[name] = value.empty() ? boost::json::value() : boost::json::value(value);
    };
    add("number", p.number), add("born", p.born), add("phone", p.phone), add("email", p.email);
    add("tax_code", p.tax_code), add("level", p.level);
    return out;
}

}  // namespace hl::access
