#include "exchange/registry/configuration.h"

#include "base/files.h"
#include "base/json.h"

namespace hl::exchange {

namespace {

Error bad_configuration(std::string_view why) {
    return {ErrorKind::malformed, "exchange.configuration",
            "Cấu hình của nền tảng trao đổi không hợp lệ hoặc chữ ký không đúng. Hãy tải lại từ nơi đăng ký và kiểm "
            "tra khoá công khai đã ghim.",
            fmt::format("The exchange's configuration is not valid ({}). Fetch it again from the registry and check "
                        "the pinned public key.",
                        why)};
}

std::string protected_header(std::string_view public_key) {
    return fmt::format(R"({{"alg":"EdDSA","kid":"{}","typ":"hl-configuration"}})", key_fingerprint(public_key));
}

}  // namespace

std::string_view to_string(ServiceType type) {
    switch (type) {
        case ServiceType::rest:
            return "REST";
        case ServiceType::openapi3:
            return "OPENAPI3";
        case ServiceType::soap:
            return "SOAP";
    }
    throw std::logic_error("a service type has no word");
}

std::optional<ServiceType> service_type_from(std::string_view word) {
    for (const auto type : {ServiceType::rest, ServiceType::openapi3, ServiceType::soap})
        if (to_string(type) == word) return type;
    return std::nullopt;
}

std::vector<std::string> Configuration::authorities_for(KeyUse use) const {
    std::vector<std::string> out;
    for (const auto& a : authorities) {
        if (!(use == KeyUse::signing ? a.signing : a.authentication)) continue;
        out.push_back(a.certificate);
        out.insert(out.end(), a.intermediates.begin(), a.intermediates.end());
    }
    return out;
}

std::vector<std::string> Configuration::stamp_roots() const {
    std::vector<std::string> out;
    for (const auto& a : authorities) {
        out.push_back(a.certificate);
        out.insert(out.end(), a.intermediates.begin(), a.intermediates.end());
    }
    for (const auto& t : time_stampers) out.push_back(t.certificate);
    return out;
}

std::string key_fingerprint(std::string_view public_key) {
    return crypto::to_hex(crypto::sha256(public_key));
}

std::string sign_configuration(const Configuration& configuration, const crypto::SigningKey& key) {
    std::string out = crypto::to_base64url(protected_header(key.public_key));
    out += '.';
    out += crypto::to_base64url(configuration_json(configuration));
    const auto signature = crypto::sign(out, key);
    out += '.';
    out += crypto::to_base64url(signature);
    return out;
}

Result<Configuration> read_configuration(std::string_view document, std::string_view public_key) {
    if (document.size() > largest_configuration) return bad_configuration("it is larger than 64 MiB");
    const auto first = document.find('.'), last = document.rfind('.');
    if (first == std::string_view::npos || first == last) return bad_configuration("it is not a compact JWS");
    // One header is right for one key: no other algorithm or key can be talked into being used.
    if (document.substr(0, first) != crypto::to_base64url(protected_header(public_key)))
        return bad_configuration("it was signed with another key or algorithm");
    const auto signature = crypto::from_base64url(document.substr(last + 1));
    if (!signature || signature->size() != 64 || !crypto::verify(document.substr(0, last), *signature, public_key))
        return bad_configuration("its signature does not hold");
    const auto payload = crypto::from_base64url(document.substr(first + 1, last - first - 1));
    if (!payload) return bad_configuration("its payload is not base64url");
    return configuration_from_json(*payload);
}

KeptConfiguration::KeptConfiguration(std::filesystem::path file, std::string public_key)
    : file_(std::move(file)), public_key_(std::move(public_key)) {}

Result<void> KeptConfiguration::load() {
    std::scoped_lock taking(taking_);
    std::error_code ec;
    if (!std::filesystem::exists(file_, ec))
        return Error{ErrorKind::not_found, "exchange.configuration_missing",
                     fmt::format("Chưa có cấu hình ở {}. Hãy để cổng kết nối tải từ nơi đăng ký.", file_.string()),
                     fmt::format("There is no configuration at {}. Let the gateway fetch it from the registry.",
                                 file_.string())};
    TRY(auto document, read_file(file_, largest_configuration));
    TRY(auto configuration, read_configuration(document, public_key_));
    auto knowledge = std::make_shared<const Knowledge>(std::move(configuration));
    std::scoped_lock lock(mutex_);
    // What was taken meanwhile is never replaced by an older file.
    if (current_ && current_->configuration().number >= knowledge->configuration().number) return Nothing{};
    current_ = std::move(knowledge);
    document_ = std::move(document);
    return Nothing{};
}

Result<void> KeptConfiguration::take(std::string_view document, Instant now) {
    std::scoped_lock taking(taking_);
    TRY(auto offered, read_configuration(document, public_key_));
    if (const auto held = current()) {
        const auto& present = held->configuration();
        if (offered.instance != present.instance)
            return Error{ErrorKind::conflict, "exchange.configuration_instance",
                         fmt::format("Cấu hình này của nền tảng \"{}\", không phải \"{}\". Hãy kiểm tra địa chỉ nơi "
                                     "đăng ký.",
                                     offered.instance, present.instance),
                         fmt::format("This configuration belongs to instance '{}', not '{}'. Check the registry's "
                                     "address.",
                                     offered.instance, present.instance)};
        if (offered.number == present.number && document == document_) return Nothing{};
        if (offered.number <= present.number)
            return Error{ErrorKind::conflict, "exchange.configuration_older",
                         fmt::format("Cấu hình số {} không mới hơn số {} đang dùng; bản cũ không được thay bản mới. "
                                     "Hãy kiểm tra nơi đăng ký.",
                                     offered.number, present.number),
                         fmt::format("Configuration {} is not newer than {}, which is in use; it is not rolled back. "
                                     "Check the registry.",
                                     offered.number, present.number)};
    }
    if (now >= offered.expires)
        return Error{ErrorKind::conflict, "exchange.configuration_expired",
                     fmt::format("Cấu hình số {} đã hết hạn lúc {}. Hãy kiểm tra nơi đăng ký và đồng hồ máy này.",
                                 offered.number, to_vietnamese(offered.expires)),
                     fmt::format("Configuration {} expired at {}. Check the registry and this machine's clock.",
                                 offered.number, to_rfc3339(offered.expires))};
    TRY_VOID(write_file_durably(file_, document, 0640));
    auto knowledge = std::make_shared<const Knowledge>(std::move(offered));
    std::scoped_lock lock(mutex_);
    current_ = std::move(knowledge);
    document_ = document;
    return Nothing{};
}

std::shared_ptr<const Knowledge> KeptConfiguration::current() const {
    std::scoped_lock lock(mutex_);
    return current_;
}

bool KeptConfiguration::expired(Instant now) const {
    const auto held = current();
    return !held || now >= held->configuration().expires;
}

}  // namespace hl::exchange
