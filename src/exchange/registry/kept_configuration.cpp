#include "base/files.h"
#include "exchange/registry/configuration.h"

namespace hl::exchange {

namespace {

Error another_key(std::string_view signer, std::string_view pinned) {
    return {
        ErrorKind::conflict, "exchange.configuration_key",
        fmt::format("Cấu hình được ký bằng khoá {}, không phải khoá đã ghim {}. Hãy hỏi nơi đăng ký xem khoá có đổi "
                    "không; đổi có kế hoạch thì cổng tự theo, nếu không hãy ghim lại: «hienluong gateway repin "
                    "DẤU-VÂN-TAY».",
                    signer, pinned),
        fmt::format("The configuration is signed with the key {}, not with the pinned one {}. Ask the registry whether "
                    "it changed its key: a planned change is followed without help, after any other pin the key anew "
                    "('hienluong gateway repin FINGERPRINT').",
                    signer, pinned)};
}

/// What may be taken in place of what is held.
Result<void> judge(const Configuration& offered, const Configuration* held, bool numbers_count, Instant now) {
    if (held != nullptr && offered.instance != held->instance)
        return Error{ErrorKind::conflict, "exchange.configuration_instance",
                     fmt::format("Cấu hình này của nền tảng \"{}\", không phải \"{}\". Hãy kiểm tra địa chỉ nơi "
                                 "đăng ký.",
                                 offered.instance, held->instance),
                     fmt::format("This configuration belongs to instance '{}', not '{}'. Check the registry's "
                                 "address.",
                                 offered.instance, held->instance)};
    if (held != nullptr && numbers_count && offered.number <= held->number)
        return Error{ErrorKind::conflict, "exchange.configuration_older",
                     fmt::format("Cấu hình số {} không mới hơn số {} đang dùng; bản cũ không được thay bản mới. "
                                 "Hãy kiểm tra nơi đăng ký.",
                                 offered.number, held->number),
                     fmt::format("Configuration {} is not newer than {}, which is in use; it is not rolled back. "
                                 "Check the registry.",
                                 offered.number, held->number)};
    if (now >= offered.expires)
        return Error{ErrorKind::conflict, "exchange.configuration_expired",
                     fmt::format("Cấu hình số {} đã hết hạn lúc {}. Hãy kiểm tra nơi đăng ký và đồng hồ máy này.",
                                 offered.number, to_vietnamese(offered.expires)),
                     fmt::format("Configuration {} expired at {}. Check the registry and this machine's clock.",
                                 offered.number, to_rfc3339(offered.expires))};
    return Nothing{};
}

}  // namespace

KeptConfiguration::KeptConfiguration(std::filesystem::path file, std::string public_key)
    : file_(std::move(file)), root_key_(std::move(public_key)) {
    pin_.root = key_fingerprint(root_key_);
    pin_.key = root_key_;
}

Result<void> KeptConfiguration::read_pin() {
    TRY(auto pin, load_pinned_key(file_.parent_path(), root_key_));
    std::scoped_lock lock(mutex_);
    pin_ = std::move(pin);
    pin_read_ = true;
    return Nothing{};
}

Result<void> KeptConfiguration::set_pin(const PinnedKey& pin) {
    if (pin == pin_) return Nothing{};
    TRY_VOID(store_pinned_key(file_.parent_path(), pin));
    std::scoped_lock lock(mutex_);
    pin_ = pin;
    return Nothing{};
}

Result<void> KeptConfiguration::load() {
    std::scoped_lock taking(taking_);
    TRY_VOID(read_pin());
    std::error_code ec;
    if (!std::filesystem::exists(file_, ec))
        return Error{ErrorKind::not_found, "exchange.configuration_missing",
                     fmt::format("Chưa có cấu hình ở {}. Hãy để cổng kết nối tải từ nơi đăng ký.", file_.string()),
                     fmt::format("There is no configuration at {}. Let the gateway fetch it from the registry.",
                                 file_.string())};
    TRY(auto document, read_file(file_, largest_configuration));
    const auto signer = signer_of_configuration(document).value_or("");
    // Killed between the new pin and the first configuration under it: what is here was taken under the one before.
    const bool by_previous = !pin_.previous.empty() && signer == key_fingerprint(pin_.previous);
    TRY(auto configuration, read_configuration(document, by_previous ? pin_.previous : pin_.key));
    auto knowledge = std::make_shared<const Knowledge>(std::move(configuration));
    std::scoped_lock lock(mutex_);
    // What was taken meanwhile is never replaced by an older file.
    if (held_.knowledge && held_.knowledge->configuration().number >= knowledge->configuration().number)
        return Nothing{};
    held_ = {std::move(knowledge), std::move(document), signer};
    return Nothing{};
}

Result<void> KeptConfiguration::accept(std::string_view document, const PinnedKey& pin, Instant now) {
    TRY(auto offered, read_configuration(document, pin.key));
    if (held_.knowledge && document == held_.document && pin == pin_) return Nothing{};
    const auto signer = key_fingerprint(pin.key);
    TRY_VOID(judge(offered, held_.knowledge ? &held_.knowledge->configuration() : nullptr,
                   signer == held_.signer || !pin.by_person, now));
    TRY_VOID(set_pin(pin));
    TRY_VOID(write_file_durably(file_, document, 0640));
    auto knowledge = std::make_shared<const Knowledge>(std::move(offered));
    std::scoped_lock lock(mutex_);
    held_ = {std::move(knowledge), std::string{document}, signer};
    return Nothing{};
}

Result<void> KeptConfiguration::take(std::string_view document, Instant now) {
    std::scoped_lock taking(taking_);
    if (!pin_read_) TRY_VOID(read_pin());
    const auto signer = signer_of_configuration(document);
    const auto signed_by = [&](const std::string& key) { return !key.empty() && signer == key_fingerprint(key); };
    // A person may have pinned another key while we run.
    if (signer && !signed_by(pin_.key)) TRY_VOID(read_pin());
    if (!signer || signed_by(pin_.key)) return accept(document, pin_, now);
    if (!signed_by(pin_.next)) return another_key(*signer, key_fingerprint(pin_.key));
    return accept(document, {pin_.root, pin_.next, pin_.key, {}, std::nullopt, true, now}, now);
}

Result<FollowedKey> KeptConfiguration::follow(std::string_view chain, std::string_view document, Instant now) {
    std::scoped_lock taking(taking_);
    TRY_VOID(read_pin());
    TRY(const auto statements, read_key_chain(chain));
    const auto signer = signer_of_configuration(document).value_or("");
    TRY(auto followed, follow_keys(statements, pin_.position(), signer, now));
    TRY(const auto offered, read_configuration(document, followed.public_key));
    if (offered.instance != statements.instance)
        return Error{
            ErrorKind::conflict, "exchange.key_chain_instance",
            fmt::format("Chuỗi khoá là của nền tảng \"{}\", cấu hình là của \"{}\". Hãy kiểm tra địa chỉ nơi đăng "
                        "ký.",
                        statements.instance, offered.instance),
            fmt::format("The chain of keys belongs to instance '{}', the configuration to '{}'. Check the "
                        "registry's address.",
                        statements.instance, offered.instance)};
    PinnedKey pin{pin_.root, followed.public_key, pin_.key, pin_.next, followed.number, false, now};
    if (pin.next == pin.key) pin.next.clear();
    TRY_VOID(accept(document, pin, now));
    return followed;
}

Result<void> KeptConfiguration::repin(std::string_view public_key, std::string_view document, Instant now) {
    std::scoped_lock taking(taking_);
    TRY(auto offered, read_configuration(document, public_key));
    TRY_VOID(judge(offered, nullptr, false, now));
    // A damaged file is what this mends, too.
    const bool readable = read_pin().ok();
    auto pin = pin_;
    if (!readable || public_key != pin_.key) {
        pin = {key_fingerprint(root_key_), std::string{public_key}, {}, {}, std::nullopt, true, now};
        TRY_VOID(store_pinned_key(file_.parent_path(), pin));
    }
    TRY_VOID(write_file_durably(file_, document, 0640));
    auto knowledge = std::make_shared<const Knowledge>(std::move(offered));
    std::scoped_lock lock(mutex_);
    pin_ = std::move(pin);
    pin_read_ = true;
    held_ = {std::move(knowledge), std::string{document}, key_fingerprint(public_key)};
    return Nothing{};
}

Result<void> KeptConfiguration::pin_next(std::string_view public_key, Instant now) {
    std::scoped_lock taking(taking_);
    TRY_VOID(read_pin());
    auto pin = pin_;
    pin.next = public_key;
    pin.since = now;
    return set_pin(pin);
}

std::shared_ptr<const Knowledge> KeptConfiguration::current() const {
    std::scoped_lock lock(mutex_);
    return held_.knowledge;
}

bool KeptConfiguration::expired(Instant now) const {
    const auto held = current();
    return !held || now >= held->configuration().expires;
}

PinnedKey KeptConfiguration::pinned() const {
    std::scoped_lock lock(mutex_);
    return pin_;
}

}  // namespace hl::exchange
