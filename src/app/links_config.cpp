#include "app/links_config.h"

#include "app/config.h"
#include "base/files.h"

namespace hl::app {

namespace {

Error bad(const std::filesystem::path& file, const YAML::Node& node, std::string_view key, std::string_view wanted) {
    return {ErrorKind::invalid, "config.value", fmt::format("Giá trị của «links: {}» không đúng: cần {}.", key, wanted),
            fmt::format("The value of 'links: {}' is wrong: {} is wanted.", key, wanted),
            fmt::format("{}:{}", file.string(), node.Mark().line + 1)};
}

class Reading {
  public:
    Reading(const std::filesystem::path& file, connector::PartnerSettings& out) : file_(file), out_(out) {}

    Result<void> take(const std::string& key, const YAML::Node& v) {
        auto& pace = out_.pace;
        if (key == "url") return text(v, out_.url);
        if (key == "user") return text(v, out_.user);
        if (key == "secret_file") return path(v, out_.secret_file);
        if (key == "ca_file") return path(v, out_.ca_file);
        if (key == "workers") return number(v, key, 1, 64, pace.workers);
        if (key == "batch") return number(v, key, 1, 1000, pace.batch);
        if (key == "give_up") return number(v, key, 1, 10'000, pace.give_up);
        if (key == "breaker_failures") return number(v, key, 1, 1000, pace.breaker_failures);
        if (key == "journal_days") return number(v, key, 1, 3650, pace.journal_days);
        if (key == "accepted_days") return number(v, key, 1, 3650, pace.accepted_days);
        if (key == "timeout_seconds") return seconds(v, key, pace.timeout);
        if (key == "first_retry_seconds") return seconds(v, key, pace.first_retry);
        if (key == "longest_retry_seconds") return seconds(v, key, pace.longest_retry);
        if (key == "breaker_rest_seconds") return seconds(v, key, pace.breaker_rest);
        if (key == "longest_rest_seconds") return seconds(v, key, pace.longest_rest);
        if (key == "per_second") {
            if (YAML::convert<double>::decode(v, pace.per_second) && pace.per_second >= 0 && pace.per_second < 1e6)
                return Nothing{};
            return bad(file_, v, key, "a number of exchanges a second (0: no limit)");
        }
        if (key == "more") {
            for (const auto& entry : v) out_.more[entry.first.as<std::string>()] = entry.second.as<std::string>();
            return Nothing{};
        }
        if (key == "secret_files") {
            for (const auto& entry : v)
                out_.secret_files[entry.first.as<std::string>()] = entry.second.as<std::string>();
            return Nothing{};
        }
        return bad(file_, v, key, "a known setting");
    }

  private:
    Result<void> text(const YAML::Node& v, std::string& out) {
        out = v.as<std::string>();
        while (out.ends_with('/')) out.pop_back();
        return Nothing{};
    }
    Result<void> path(const YAML::Node& v, std::filesystem::path& out) {
        out = v.as<std::string>();
        return Nothing{};
    }
    Result<void> number(const YAML::Node& v, std::string_view key, int min, int max, int& out) {
        if (YAML::convert<int>::decode(v, out) && out >= min && out <= max) return Nothing{};
        return bad(file_, v, key, fmt::format("a whole number from {} to {}", min, max));
    }
    Result<void> seconds(const YAML::Node& v, std::string_view key, std::chrono::milliseconds& out) {
        double n = 0;
        if (!YAML::convert<double>::decode(v, n) || n < 0.01 || n > 86'400)
            return bad(file_, v, key, "a number of seconds from 0.01 to 86400");
        out = std::chrono::milliseconds{static_cast<int64_t>(n * 1000)};
        return Nothing{};
    }
    const std::filesystem::path& file_;
    connector::PartnerSettings& out_;
};

/// What hienluong-sim has as its own defaults: made up, good for nothing else.
constexpr std::string_view simulated_password = "mat-khau-thu";

}  // namespace

Result<connector::Settings> read_links(const std::filesystem::path& file, const YAML::Node& node) {
    connector::Settings out;
    if (!node.IsMap()) return bad(file, node, "(links)", "a mapping of partners");
    for (const auto& partner : node) {
        const auto name = partner.first.as<std::string>();
        auto& settings = out[name];
        Reading reading(file, settings);
        for (const auto& entry : partner.second) TRY_VOID(reading.take(entry.first.as<std::string>(), entry.second));
    }
    return out;
}

Result<void> use_simulator(Config& config, const std::string& url) {
    if (url.empty() || !is_demonstration(config)) return Nothing{};
    const auto secret = config.keys / "simulator.password";
    std::error_code ec;
    if (!std::filesystem::exists(secret, ec)) TRY_VOID(write_file_durably(secret, simulated_password, 0600));
    // More partners of the simulator are added here, each under the name of its connector.
    if (auto& documents = config.links["documents"]; !documents.connected()) {
        documents.url = url + "/vxp";
        documents.user = "quangtri";
        documents.secret_file = secret;
        documents.simulated = true;
    }
    auto& portal = config.links["portal"];
    if (!portal.connected()) {
        portal.url = url + "/portal";
        portal.user = "quangtri";
        portal.secret_file = secret;
        portal.more = {{"unit", "H50"}, {"provider", "VN:GOV:H50"}};
        portal.simulated = true;
        // A year of dossiers goes over in minutes, and leaves the machine to who looks at it.
        portal.pace.per_second = 300;
        portal.pace.workers = 2;
    }
    auto& payment = config.links["payment"];
    if (!payment.connected()) {
        payment.url = url + "/payment";
        payment.secret_file = secret;
        payment.more = {{"partner", "QUANGTRI"},
                        {"account", "0000000000"},
                        {"bank", "NGANHANGMAU"},
                        {"account_name", "Tài khoản mẫu (không có thật)"}};
        payment.simulated = true;
    }
    auto& post = config.links["post"];
    if (!post.connected()) {
        post.url = url + "/post";
        post.user = "quangtri";
        post.secret_file = secret;
        post.more = {{"customer", "QT001"},
                     {"address", "Bộ phận một cửa (địa chỉ mẫu), Phường Đông Hà, Tỉnh Quảng Trị"},
                     {"phone", "0200000000"}};
        post.simulated = true;
    }
    for (const auto* name : {"business", "budget"}) {
        auto& reg = config.links[name];
        if (reg.connected()) continue;
        reg.url = url + "/" + name;
        reg.user = "quangtri";
        reg.secret_file = secret;
        reg.simulated = true;
    }
    auto& power = config.links["power"];
    if (!power.connected()) {
        power.url = url + "/evn";
        power.secret_file = secret;
        power.simulated = true;
    }
    auto& notices = config.links["notices"];
    if (!notices.connected() && notices.extra("sms_url").empty()) {
        // Mail goes to a port of its own there, which only a settings file can name: short messages show the way.
        notices.more = {{"public_url", "http://127.0.0.1:8080"},
                        {"sms_url", url + "/messages"},
                        {"sms_brand", "MOTCUA"},
                        {"zalo_url", url + "/messages"}};
        notices.secret_files = {{"sms", secret}, {"zalo", secret}};
        notices.simulated = true;
        notices.pace.per_second = 50;
    }
    return Nothing{};
}

}  // namespace hl::app
