#include "exchange/registry/configuration.h"

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

constexpr std::string_view document_type = "hl-configuration";

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

std::string sign_configuration(const Configuration& configuration, const crypto::SigningKey& key) {
    return sign_compact(document_type, configuration_json(configuration), key);
}

Result<Configuration> read_configuration(std::string_view document, std::string_view public_key) {
    if (document.size() > largest_configuration) return bad_configuration("it is larger than 64 MiB");
    const auto payload = open_compact(document, document_type, public_key);
    if (!payload.ok()) return bad_configuration(payload.error().en);
    return configuration_from_json(*payload);
}

std::optional<std::string> signer_of_configuration(std::string_view document) {
    return signer_of_compact(document, document_type);
}

}  // namespace hl::exchange
