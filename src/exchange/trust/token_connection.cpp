#include "exchange/trust/token_connection.h"

#include "exchange/trust/keys_openssl.h"
#include "exchange/trust/token_objects.h"

namespace hl::exchange {

namespace {

constexpr int most_sessions = 32;

std::string_view text_of(const unsigned char* field, size_t size) {
    std::string_view out(reinterpret_cast<const char*>(field), size);
    const auto end = out.find_last_not_of(std::string_view(" \0", 2));
    return out.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

bool matches(const std::optional<std::string>& wanted, std::string_view found) {
    return !wanted || *wanted == found;
}

std::string code_of(CK_RV rv) {
    return fmt::format("PKCS#11 0x{:x}", rv);
}

}  // namespace

Error token_not_available(std::string_view token, std::string_view why) {
    return {
        ErrorKind::unavailable, "exchange.token_not_available",
        fmt::format("Thiết bị chứa khoá “{}” không sẵn sàng ({}). Cắm lại hoặc nối lại thiết bị; việc ký tự chạy tiếp "
                    "khi có thiết bị.",
                    token, why),
        fmt::format("The token “{}” with the key is not available ({}). Plug it in or connect it again; signing goes "
                    "on by itself when it is back.",
                    token, why)};
}

Result<std::shared_ptr<TokenConnection>> TokenConnection::open(std::shared_ptr<TokenModule> module, const TokenUri& uri,
                                                               const std::string& pin) {
    std::shared_ptr<TokenConnection> out(new TokenConnection(module, pin));
    out->token_ = uri.token.value_or(uri.serial.value_or("?"));
    const TokenModule::Visit visit(*module);
    out->generation_ = visit.generation();
    TRY_VOID(out->find_slot(uri, visit));
    if (const CK_RV rv =
            visit.functions().C_OpenSession(out->slot_, CKF_SERIAL_SESSION, nullptr, nullptr, &out->first_);
        rv != CKR_OK)
        return token_not_available(out->token_, code_of(rv));
    Result<void> ready = out->log_in(visit);
    if (ready.ok()) ready = out->find_key(uri, visit);
    if (ready.ok()) ready = out->read_public_key(visit);
    if (!ready.ok()) {
        // Closed here, under the visit that is going on; the destructor would ask for another.
        visit.functions().C_CloseSession(std::exchange(out->first_, CK_INVALID_HANDLE));
        return std::move(ready).error();
    }
    module->count_user(1);
    out->counted_ = true;
    return out;
}

TokenConnection::~TokenConnection() {
    if (first_ == CK_INVALID_HANDLE) return;
    retire();
    const TokenModule::Visit visit(*module_);
    if (visit.generation() != generation_) return;  // they went with the module's last life
    for (const auto session : idle_) visit.functions().C_CloseSession(session);
    visit.functions().C_CloseSession(first_);
}

void TokenConnection::retire() {
    if (counted_.exchange(false)) module_->count_user(-1);
}

Result<void> TokenConnection::find_slot(const TokenUri& uri, const TokenModule::Visit& visit) {
    for (const auto slot : visit.slots()) {
        CK_TOKEN_INFO info{};
        if (visit.functions().C_GetTokenInfo(slot, &info) != CKR_OK || !(info.flags & CKF_TOKEN_INITIALIZED)) continue;
        if (!matches(uri.token, text_of(info.label, sizeof info.label)) ||
            !matches(uri.serial, text_of(info.serialNumber, sizeof info.serialNumber)) ||
            !matches(uri.manufacturer, text_of(info.manufacturerID, sizeof info.manufacturerID)) ||
            !matches(uri.model, text_of(info.model, sizeof info.model)))
            continue;
        slot_ = slot;
        token_ = text_of(info.label, sizeof info.label);
        return {};
    }
    return token_not_available(token_, "no such token in any slot");
}

Result<void> TokenConnection::log_in(const TokenModule::Visit& visit) {
    const CK_RV rv =
        visit.functions().C_Login(first_, CKU_USER, reinterpret_cast<unsigned char*>(pin_.data()), pin_.size());
    if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN) return {};
    if (rv == CKR_PIN_INCORRECT || rv == CKR_PIN_LOCKED || rv == CKR_PIN_LEN_RANGE || rv == CKR_PIN_INVALID ||
        rv == CKR_PIN_EXPIRED)
        return Error{
            ErrorKind::denied, "exchange.pin_incorrect",
            fmt::format("Thiết bị “{}” không nhận mã PIN ({}). Kiểm tra mã PIN trong cấu hình; nhập sai nhiều lần "
                        "sẽ khoá thiết bị nên máy chủ không tự thử lại.",
                        token_, code_of(rv)),
            fmt::format("The token “{}” does not accept the PIN ({}). Check the PIN in the settings; it is not "
                        "tried again by itself, since the token locks after a few wrong ones.",
                        token_, code_of(rv))};
    return token_not_available(token_, code_of(rv));
}

Result<void> TokenConnection::find_key(const TokenUri& uri, const TokenModule::Visit& visit) {
    const TokenObjects objects{visit.functions(), first_};
    std::vector<CK_OBJECT_HANDLE> found;
    if (const CK_RV rv = objects.find(CKO_PRIVATE_KEY, uri.object, uri.id, found); rv != CKR_OK)
        return token_not_available(token_, code_of(rv));
    if (found.empty())
        return Error{
            ErrorKind::not_found, "exchange.key_not_found",
            fmt::format("Thiết bị “{}” không có khoá bí mật nào khớp. Kiểm tra object và id trong địa chỉ khoá.",
                        token_),
            fmt::format("The token “{}” has no private key that matches. Check object and id in the key's address.",
                        token_)};
    if (found.size() > 1)
        return Error{ErrorKind::invalid, "exchange.token_uri",
                     fmt::format("Nhiều khoá trong thiết bị “{}” cùng khớp. Thêm id vào địa chỉ khoá.", token_),
                     fmt::format("Several keys in the token “{}” match. Add the id to the key's address.", token_)};
    key_ = found.front();
    const auto always = objects.attribute(key_, CKA_ALWAYS_AUTHENTICATE);
    each_time_ = always && *always == std::string_view("\x01");
    return {};
}

Result<void> TokenConnection::read_public_key(const TokenModule::Visit& visit) {
    public_key_ = TokenObjects{visit.functions(), first_}.public_key_of(key_);
    const auto key = openssl::from_der<openssl::KeyHandle>(d2i_PUBKEY, public_key_);
    const auto kind = key ? openssl::kind_of(key.get()) : std::nullopt;
    if (!kind)
        return Error{
            ErrorKind::unsupported, "exchange.key_kind",
            fmt::format("Khoá trong thiết bị “{}” không dùng được: cần RSA 2048, RSA 3072 hoặc P-256, và nửa công "
                        "khai phải nằm cùng thiết bị.",
                        token_),
            fmt::format("The key in the token “{}” cannot be used: it must be RSA 2048, RSA 3072 or P-256, and its "
                        "public half must be in the token too.",
                        token_)};
    kind_ = *kind;
    return {};
}

CK_RV TokenConnection::take_session(const TokenModule::Visit& visit, CK_SESSION_HANDLE& session) {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (!idle_.empty()) {
            session = idle_.back();
            idle_.pop_back();
            return CKR_OK;
        }
        if (open_ < most_sessions && !full_) {
            ++open_;
            lock.unlock();
            const CK_RV rv = visit.functions().C_OpenSession(slot_, CKF_SERIAL_SESSION, nullptr, nullptr, &session);
            if (rv == CKR_OK) return rv;
            lock.lock();
            --open_;
            if (rv != CKR_SESSION_COUNT || open_ == 0) return rv;
            full_ = true;  // wait for one of those that there are
            continue;
        }
        if (open_ == 0) return CKR_SESSION_COUNT;
        returned_.wait(lock);
    }
}

void TokenConnection::give_back(const TokenModule::Visit& visit, CK_SESSION_HANDLE session, bool sound) {
    if (!sound) visit.functions().C_CloseSession(session);
    {
        const std::scoped_lock lock(mutex_);
        if (sound)
            idle_.push_back(session);
        else
            --open_;
    }
    // Everybody: whoever waits when the last session is gone must learn that there is none.
    returned_.notify_all();
}

CK_RV TokenConnection::sign(CK_MECHANISM_TYPE mechanism, std::string_view input, std::string& output) {
    const TokenModule::Visit visit(*module_);
    if (visit.generation() != generation_) return CKR_SESSION_HANDLE_INVALID;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    if (const CK_RV rv = take_session(visit, session); rv != CKR_OK) return rv;
    const auto& functions = visit.functions();
    CK_MECHANISM how{mechanism, nullptr, 0};
    output.resize(512);
    CK_ULONG size = output.size();
    CK_RV rv = functions.C_SignInit(session, &how, key_);
    if (rv == CKR_OK && each_time_)
        rv = functions.C_Login(session, CKU_CONTEXT_SPECIFIC, reinterpret_cast<unsigned char*>(pin_.data()),
                               pin_.size());
    if (rv == CKR_OK)
        rv = functions.C_Sign(session, reinterpret_cast<unsigned char*>(const_cast<char*>(input.data())), input.size(),
                              reinterpret_cast<unsigned char*>(output.data()), &size);
    give_back(visit, session, rv == CKR_OK);
    output.resize(rv == CKR_OK ? size : 0);
    return rv;
}

}  // namespace hl::exchange
