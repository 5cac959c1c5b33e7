#include "app/config.h"

#include <yaml-cpp/yaml.h>

#include "app/links_config.h"
#include "app/child_config.h"
#include "base/files.h"
#include "base/text.h"

namespace hl::app {

namespace {

Error bad_value(const std::filesystem::path& file, const YAML::Node& node, std::string_view key,
                std::string_view wanted) {
    return {ErrorKind::invalid, "config.value", fmt::format("Giá trị của «{}» không đúng: cần {}.", key, wanted),
            fmt::format("The value of '{}' is wrong: {} is wanted.", key, wanted),
            fmt::format("{}:{}", file.string(), node.Mark().line + 1)};
}

std::string known_file_types() {
    std::string out = "a list of";
    for (const auto& type : dossiers::file_types()) out += fmt::format(" {}", type.word);
    return out;
}

using Setter = std::function<Result<void>(const YAML::Node&)>;

Result<std::string> secret_from(const std::filesystem::path& file) {
    TRY(auto bytes, read_file(file, 4096));
    return text::trim(bytes);
}

Result<std::vector<access::OidcProvider>> read_providers(const std::filesystem::path& file, const YAML::Node& list) {
    std::vector<access::OidcProvider> providers;
    for (const auto& node : list) {
        access::OidcProvider p;
        for (const auto& entry : node) {
            const auto key = entry.first.as<std::string>();
            const auto value = entry.second.as<std::string>();
            if (key == "name")
                p.name = value;
            else if (key == "issuer")
                p.issuer = value;
            else if (key == "client_id")
                p.client_id = value;
            else if (key == "client_secret_file") {
                TRY(p.client_secret, secret_from(value));
            } else if (key == "redirect_uri")
                p.redirect_uri = value;
            else if (key == "scope")
                p.scope = value;
            else if (key == "ca_file")
                p.ca_file = value;
            else
                return bad_value(file, entry.first, key, "a known key of oidc");
        }
        if (p.name.empty() || p.issuer.empty() || p.client_id.empty() || p.redirect_uri.empty())
            return bad_value(file, node, "oidc", "name, issuer, client_id and redirect_uri");
        providers.push_back(std::move(p));
    }
    return providers;
}

/// `business_register: {url, client, ca_file, timeout_seconds, fields: {code, name, status, address}}`.
Result<links::BusinessSource> read_business_register(const std::filesystem::path& file, const YAML::Node& node) {
    links::BusinessSource out;
    std::map<std::string, std::string*> texts = {{"url", &out.url}, {"client", &out.client}, {"ca_file", &out.ca_file}};
    std::map<std::string, std::string*> fields = {
        {"code", &out.code_at}, {"name", &out.name_at}, {"status", &out.status_at}, {"address", &out.address_at}};
    for (const auto& entry : node) {
        const auto key = entry.first.as<std::string>();
        if (key == "timeout_seconds") {
            out.timeout = std::chrono::seconds{entry.second.as<int>()};
        } else if (key == "fields") {
            for (const auto& field : entry.second) {
                const auto place = fields.find(field.first.as<std::string>());
                if (place == fields.end())
                    return bad_value(file, field.first, "fields", "JSON pointers of code, name, status and address");
                *place->second = field.second.as<std::string>();
            }
        } else if (const auto text = texts.find(key); text != texts.end()) {
            *text->second = entry.second.as<std::string>();
        } else {
            return bad_value(file, entry.first, key, "a known key of business_register");
        }
    }
    if (out.url.find("{code}") == std::string::npos || out.client.empty())
        return bad_value(file, node, "business_register", "a url with {code} in it and the client that asks");
    return out;
}

}  // namespace

Result<Config> load_config(const std::filesystem::path& file) {
    TRY(auto bytes, read_file(file, 1u << 20));
    Config config;
    YAML::Node root;
    try {
        root = YAML::Load(bytes);
    } catch (const YAML::Exception& e) {
        return Error{ErrorKind::malformed, "config.malformed", fmt::format("Tệp cấu hình sai cú pháp: {}", e.what()),
                     fmt::format("The configuration is not valid YAML: {}", e.what()),
                     fmt::format("{}:{}", file.string(), e.mark.line + 1)};
    }
    if (!root.IsMap() && !root.IsNull()) return bad_value(file, root, "(file)", "a mapping of settings");

    const auto text_setter = [](auto& target) -> Setter {
        return [&target](const YAML::Node& n) -> Result<void> {
            target = n.as<std::string>();
            return Nothing{};
        };
    };
    const auto whole_number = [&file](const YAML::Node& n, long long min, long long max, const std::string& key,
                                      std::string_view unit = "") -> Result<long long> {
        long long value = 0;
        if (!YAML::convert<long long>::decode(n, value) || value < min || value > max)
            return bad_value(file, n, key, fmt::format("a whole number{} from {} to {}", unit, min, max));
        return value;
    };
    const auto number_setter = [&](auto& target, long long min, long long max, std::string key) -> Setter {
        return [&target, min, max, key, whole_number](const YAML::Node& n) -> Result<void> {
            TRY(const auto value, whole_number(n, min, max, key));
            using T = std::remove_reference_t<decltype(target)>;
            target = T(static_cast<int>(value));
            return Nothing{};
        };
    };
    const auto megabytes_setter = [&](int64_t& target, long long min, long long max, std::string key) -> Setter {
        return [&target, min, max, key, whole_number](const YAML::Node& n) -> Result<void> {
            TRY(const auto value, whole_number(n, min, max, key, " of MiB"));
            target = value << 20;
            return Nothing{};
        };
    };
    const std::map<std::string, Setter> setters = {
        {"data_dir", text_setter(config.data_dir)},
        {"database", text_setter(config.database)},
        {"blobs", text_setter(config.blobs)},
        {"keys", text_setter(config.keys)},
        {"pack", text_setter(config.pack)},
        {"web", text_setter(config.web)},
        {"portal", text_setter(config.portal)},
        {"national_portal", text_setter(config.national_portal)},
        {"api_document", text_setter(config.api_document)},
        {"origin", text_setter(config.origin)},
        {"node", text_setter(config.node)},
        {"exchange_instance", text_setter(config.exchange_instance)},
        {"exchange_url", text_setter(config.exchange_url)},
        {"development_authority",
         [&](const YAML::Node& n) -> Result<void> {
             bool value = false;
             if (!YAML::convert<bool>::decode(n, value))
                 return bad_value(file, n, "development_authority", "true or false");
             config.development_authority = value;
             return Nothing{};
         }},
        {"own_gateway",
         [&](const YAML::Node& n) -> Result<void> {
             if (!YAML::convert<bool>::decode(n, config.own_gateway))
                 return bad_value(file, n, "own_gateway", "true or false");
             return Nothing{};
         }},
        {"log_level", text_setter(config.log_level)},
        {"address", text_setter(config.server.address)},
        {"tls_certificate", text_setter(config.server.tls_certificate)},
        {"tls_key", text_setter(config.server.tls_key)},
        {"port", number_setter(config.server.port, 0, 65535, "port")},
        {"io_threads", number_setter(config.server.io_threads, 0, 256, "io_threads")},
        {"workers", number_setter(config.server.workers, 1, 256, "workers")},
        {"max_connections", number_setter(config.server.max_connections, 1, 1'000'000, "max_connections")},
        {"database_connections", number_setter(config.database_connections, 1, 256, "database_connections")},
        {"checkpoint_seconds", number_setter(config.checkpoint_interval, 1, 86'400, "checkpoint_seconds")},
        {"lockout_failures", number_setter(config.accounts.lockout_failures, 1, 100, "lockout_failures")},
        {"lockout_minutes", number_setter(config.accounts.lockout_time, 1, 10'000, "lockout_minutes")},
        {"idle_days", number_setter(config.accounts.idle_days, 1, 3650, "idle_days")},
        {"session_lock_minutes", number_setter(config.accounts.session_lock, 1, 10'000, "session_lock_minutes")},
        {"session_lock_admin_minutes",
         number_setter(config.accounts.session_lock_admin, 1, 10'000, "session_lock_admin_minutes")},
        {"session_hours", number_setter(config.accounts.session_life, 1, 1000, "session_hours")},
        {"file_mib", megabytes_setter(config.files.most_bytes, 1, 200, "file_mib")},
        {"dossier_files_mib", megabytes_setter(config.files.most_dossier_bytes, 1, 10'000, "dossier_files_mib")},
        {"dossier_files", number_setter(config.files.most_files, 1, 10'000, "dossier_files")},
        {"file_types",
         [&](const YAML::Node& n) -> Result<void> {
             config.files.types = n.as<std::vector<std::string>>();
             for (const auto& word : config.files.types)
                 if (!dossiers::file_type(word)) return bad_value(file, n, "file_types", known_file_types());
             return Nothing{};
         }},
        {"clamd",
         [&](const YAML::Node& n) -> Result<void> {
             config.clamd = n.as<std::string>();
             if (!config.clamd.empty() && !dossiers::make_clamd({config.clamd}).ok())
                 return bad_value(file, n, "clamd", "a path that begins with / or host:port");
             return Nothing{};
         }},
        {"four_eyes",
         [&](const YAML::Node& n) -> Result<void> {
             bool value = false;
             if (!YAML::convert<bool>::decode(n, value)) return bad_value(file, n, "four_eyes", "true or false");
             config.four_eyes = value;
             return Nothing{};
         }},
        {"trusted_proxies",
         [&](const YAML::Node& n) -> Result<void> {
             config.server.trusted_proxies = n.as<std::vector<std::string>>();
             return Nothing{};
         }},
        {"business_register",
         [&](const YAML::Node& n) -> Result<void> {
             TRY(config.business_register, read_business_register(file, n));
             return Nothing{};
         }},
        {"links",
         [&](const YAML::Node& n) -> Result<void> {
             TRY(config.links, read_links(file, n));
             return Nothing{};
         }},
        {"ioc_pull",
         [&](const YAML::Node& n) -> Result<void> {
             TRY(config.ioc_pull, read_pull_settings(file, n));
             return Nothing{};
         }},
        {"child_ioc",
         [&](const YAML::Node& n) -> Result<void> {
             TRY(config.child_ioc, read_child_settings(file, n));
             return Nothing{};
         }},
        {"oidc",
         [&](const YAML::Node& n) -> Result<void> {
             TRY(config.oidc, read_providers(file, n));
             return Nothing{};
         }},
    };
    for (const auto& entry : root) {
        const auto key = entry.first.as<std::string>();
        const auto setter = setters.find(key);
        if (setter == setters.end()) {
            return Error{ErrorKind::invalid, "config.unknown_key", fmt::format("Không có thiết lập «{}».", key),
                         fmt::format("There is no setting '{}'.", key),
                         fmt::format("{}:{}", file.string(), entry.first.Mark().line + 1)};
        }
        try {
            TRY_VOID(setter->second(entry.second));
        } catch (const YAML::Exception&) {
            return bad_value(file, entry.second, key, "text or a list of texts");
        }
    }
    return config;
}

namespace {

/// What comes with the program lies in the working folder of a source tree, else beside an installed program
/// (PREFIX/bin/hienluong, PREFIX/share/hienluong/…).
void find_installed(std::filesystem::path& wanted) {
    std::error_code ec;
    if (wanted.empty() || wanted.is_absolute() || std::filesystem::exists(wanted, ec)) return;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ec);
    if (ec) return;
    const auto installed = program.parent_path().parent_path() / "share" / "hienluong" / wanted;
    if (std::filesystem::exists(installed, ec)) wanted = installed;
}

}  // namespace

std::filesystem::path demonstration_file(const Config& config) {
    return config.data_dir / "demonstration.json";
}
bool is_demonstration(const Config& config) {
    std::error_code ec;
    return std::filesystem::exists(demonstration_file(config), ec);
}
bool needs_four_eyes(const Config& config) {
    return config.four_eyes.value_or(!is_demonstration(config));
}

void complete(Config& config) {
    for (auto* shipped : {&config.pack, &config.portal, &config.web, &config.api_document}) find_installed(*shipped);
    if (config.database.empty()) config.database = "sqlite:" + (config.data_dir / "hienluong.db").string();
    if (config.blobs.empty()) config.blobs = config.data_dir / "blobs";
    if (config.keys.empty()) config.keys = config.data_dir / "keys";
}

}  // namespace hl::app
