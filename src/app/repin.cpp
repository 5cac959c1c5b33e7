#include "app/repin.h"

#include "app/gateway_node.h"
#include "base/json.h"
#include "exchange/gateway/gateway.h"
#include "exchange/gateway/settings.h"
#include "http/client.h"

namespace hl::app {

namespace fs = std::filesystem;
using namespace exchange;

namespace {

constexpr std::string_view document_path = "/configuration";

Result<std::string> read_fingerprint(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ' ' || c == ':') continue;
        out += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (out.size() == 64 && out.find_first_not_of("0123456789abcdef") == std::string::npos) return out;
    return Error{
        ErrorKind::invalid, "gateway.fingerprint",
        "Dấu vân tay khoá gồm 64 chữ số thập lục phân, như «hienluong exchange configuration-key show» in ra.",
        "A key's fingerprint is 64 hexadecimal digits, as 'hienluong exchange configuration-key show' prints it."};
}

Result<std::string> get(const std::string& url) {
    http::ClientRequest request;
    request.url = url;
    request.max_response = largest_configuration;
    TRY(auto response, http::send(request));
    if (response.status == 200) return std::move(response.body);
    return Error{ErrorKind::unavailable, "gateway.registry",
                 fmt::format("Nơi đăng ký trả {} cho {}. Kiểm tra địa chỉ rồi thử lại.", response.status, url),
                 fmt::format("{} answered {}. Check the registry's address and try again.", url, response.status)};
}

/// The public key that signs now, as the registry says it; its fingerprint is what is believed.
Result<std::string> key_at(const std::string& configuration_url) {
    const auto url = configuration_url.substr(0, configuration_url.size() - document_path.size()) + "/key";
    TRY(const auto body, get(url));
    const auto answer = parse_json(body);
    const auto* text = answer.ok() && answer->is_object() ? answer->get_object().if_contains("key") : nullptr;
    const auto key =
        text != nullptr && text->is_string() ? crypto::from_base64(std::string_view{text->get_string()}) : std::nullopt;
    if (key && key->size() == 32) return *key;
    return Error{ErrorKind::unavailable, "gateway.registry",
                 fmt::format("{} không trả khoá. Kiểm tra địa chỉ nơi đăng ký.", url),
                 fmt::format("{} gave no key. Check the registry's address.", url)};
}

}  // namespace

Result<Repinned> repin_gateway(const fs::path& folder, std::string_view fingerprint, const Clock& clock) {
    TRY(const auto wanted, read_fingerprint(fingerprint));
    TRY(const auto settings, joined_settings(folder));
    // What it pins leads to where the chain is, too.
    TRY(const auto chain_text, fetch_key_chain(settings.registry_url));
    KeptConfiguration kept(settings.folder / "configuration.jws", settings.registry_key);
    const auto loaded = kept.load();  // none, or one that a damaged pin hides: what is mended here
    if (loaded.ok() && key_fingerprint(kept.pinned().key) == wanted) return Repinned::already;
    TRY(const auto key, key_at(settings.registry_url));
    if (key_fingerprint(key) == wanted) {
        TRY(const auto document, get(settings.registry_url));
        TRY_VOID(kept.repin(key, document, clock.now()));
        return Repinned::now;
    }
    // Announced, and not signing yet: the last statement names it. Who vouches for it is the person, not the chain.
    TRY(const auto chain, read_key_chain(chain_text));
    if (!chain.statements.empty() && key_fingerprint(chain.statements.back().key) == wanted) {
        TRY_VOID(kept.pin_next(chain.statements.back().key, clock.now()));
        return Repinned::ahead;
    }
    return Error{
        ErrorKind::conflict, "gateway.other_key",
        fmt::format("Khoá của nơi đăng ký có dấu vân tay {}, không phải {}. Không ghim gì; hãy hỏi lại người quản "
                    "trị nơi đăng ký qua điện thoại hoặc văn bản.",
                    key_fingerprint(key), wanted),
        fmt::format("The registry's key has the fingerprint {}, not {}. Nothing was pinned; ask the registry's "
                    "administrator again, by telephone or on paper.",
                    key_fingerprint(key), wanted)};
}

Result<void> believe_by_chain(const std::string& configuration_url, const std::string& believed, std::string_view key,
                              Instant now) {
    TRY(const auto text, fetch_key_chain(configuration_url));
    TRY(const auto chain, read_key_chain(text));
    TRY(const auto followed, follow_keys(chain, {believed, std::nullopt}, key_fingerprint(key), now));
    if (followed.public_key == key) return Nothing{};
    return Error{ErrorKind::conflict, "gateway.registry_key", "Khóa của sổ đăng ký không khớp chuỗi khoá của nó.",
                 "The registry's key is not the one that its chain of keys leads to."};
}

}  // namespace hl::app
