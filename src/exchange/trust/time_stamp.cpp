// The asking side of time-stamps (RFC 3161).
#include <openssl/ts.h>

#include "base/crypto.h"
#include "exchange/trust/authority.h"
#include "exchange/trust/keys_openssl.h"

namespace hl::exchange {

namespace {

using namespace openssl;
using RequestHandle = Owned<TS_REQ, TS_REQ_free>;
using ResponseHandle = Owned<TS_RESP, TS_RESP_free>;
using TokenHandle = Owned<PKCS7, PKCS7_free>;
using InfoHandle = Owned<TS_TST_INFO, TS_TST_INFO_free>;

Error refused(ErrorKind kind, std::string vi, std::string en) {
    return {kind, "exchange.timestamp", std::move(vi), std::move(en)};
}

Error unreadable() {
    return refused(ErrorKind::malformed, "Dấu thời gian không đọc được. Kiểm tra địa chỉ dịch vụ dấu thời gian.",
                   "The time-stamp cannot be read. Check the address of the time-stamping service.");
}

std::string_view imprint_of(TS_MSG_IMPRINT* imprint) {
    ASN1_OCTET_STRING* bytes = TS_MSG_IMPRINT_get_msg(imprint);
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(bytes)),
            static_cast<size_t>(ASN1_STRING_length(bytes))};
}

/// Does the token answer this request: the same imprint, the same nonce?
bool answers(TS_TST_INFO* info, TS_REQ* request) {
    const ASN1_INTEGER* asked = TS_REQ_get_nonce(request);
    const ASN1_INTEGER* given = TS_TST_INFO_get_nonce(info);
    return imprint_of(TS_TST_INFO_get_msg_imprint(info)) == imprint_of(TS_REQ_get_msg_imprint(request)) &&
           (!asked || (given && ASN1_INTEGER_cmp(asked, given) == 0));
}

}  // namespace

Result<std::string> make_time_stamp_request(const Digest512& imprint, Random& random) {
    const RequestHandle request(TS_REQ_new());
    const Owned<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> message(TS_MSG_IMPRINT_new());
    const Owned<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
    std::string nonce_bytes = crypto::random_bytes(random, 8);
    nonce_bytes[0] = static_cast<char>((static_cast<unsigned char>(nonce_bytes[0]) & 0x3F) | 0x40);
    const NumberHandle number(BN_bin2bn(bytes_of(nonce_bytes), static_cast<int>(nonce_bytes.size()), nullptr));
    const Owned<ASN1_INTEGER, ASN1_INTEGER_free> nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
    const bool made = X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha512), V_ASN1_NULL, nullptr) == 1 &&
                      TS_MSG_IMPRINT_set_algo(message.get(), algorithm.get()) == 1 &&
                      TS_MSG_IMPRINT_set_msg(message.get(), const_cast<unsigned char*>(imprint.data()),
                                             static_cast<int>(imprint.size())) == 1 &&
                      TS_REQ_set_version(request.get(), 1) == 1 &&
                      TS_REQ_set_msg_imprint(request.get(), message.get()) == 1 &&
                      TS_REQ_set_nonce(request.get(), nonce.get()) == 1 && TS_REQ_set_cert_req(request.get(), 1) == 1;
    if (!made) return failed("Không tạo được yêu cầu dấu thời gian.", "The time-stamp request could not be made.");
    return to_der(i2d_TS_REQ, request.get());
}

Result<std::string> token_of_response(std::string_view response_der, std::string_view request_der) {
    const auto response = from_der<ResponseHandle>(d2i_TS_RESP, response_der);
    if (!response) return unreadable();
    const TS_STATUS_INFO* status = TS_RESP_get_status_info(response.get());
    const long code = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
    PKCS7* token = TS_RESP_get_token(response.get());
    if ((code != TS_STATUS_GRANTED && code != TS_STATUS_GRANTED_WITH_MODS) || !token)
        return refused(ErrorKind::unavailable,
                       fmt::format("Dịch vụ dấu thời gian từ chối (trạng thái {}). Hỏi nhà cung cấp dịch vụ.", code),
                       fmt::format("The time-stamping service refused (status {}). Ask its provider.", code));
    if (!request_der.empty()) {
        const auto request = from_der<RequestHandle>(d2i_TS_REQ, request_der);
        if (!request || !answers(TS_RESP_get_tst_info(response.get()), request.get()))
            return refused(
                ErrorKind::denied,
                "Dấu thời gian nhận được không phải cho yêu cầu này. Kiểm tra dịch vụ và máy trung gian trên đường tới "
                "đó.",
                "The time-stamp received does not answer this request. Check the service and proxies on the way "
                "to it.");
    }
    return to_der(i2d_PKCS7, token);
}

Result<TimeStamp> check_time_stamp(std::string_view token_der, const Digest512& imprint,
                                   const std::vector<std::string>& authorities_der) {
    const auto token = from_der<TokenHandle>(d2i_PKCS7, token_der);
    if (!token || !PKCS7_type_is_signed(token.get())) return unreadable();
    const InfoHandle info(PKCS7_to_TS_TST_INFO(token.get()));
    const auto at = info ? instant_of(TS_TST_INFO_get_time(info.get())) : std::nullopt;
    ERR_clear_error();
    if (!at) return unreadable();
    const X509_ALGOR* algorithm = TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(info.get()));
    const ASN1_OBJECT* digest = nullptr;
    X509_ALGOR_get0(&digest, nullptr, nullptr, algorithm);
    if (OBJ_obj2nid(digest) != NID_sha512 || imprint_of(TS_TST_INFO_get_msg_imprint(info.get())) != view(imprint))
        return refused(ErrorKind::denied,
                       "Dấu thời gian không phải của dữ liệu này. Dữ liệu hoặc dấu thời gian đã bị đổi.",
                       "The time-stamp is not of these data. The data or the stamp were changed.");

    // The store and the certificates go over to the context. Stamps are judged at their own time: they outlive the
    // certificate of whoever made them.
    const Owned<TS_VERIFY_CTX, TS_VERIFY_CTX_free> context(TS_VERIFY_CTX_new());
    Owned<X509_STORE, X509_STORE_free> store(X509_STORE_new());
    STACK_OF(X509)* known = sk_X509_new_null();
    TS_VERIFY_CTX_set_certs(context.get(), known);
    for (const auto& der : authorities_der) {
        auto authority = from_der<X509Handle>(d2i_X509, der);
        if (!authority) continue;
        X509_STORE_add_cert(store.get(), authority.get());
        if (sk_X509_push(known, authority.get()) > 0) authority.release();
    }
    X509_VERIFY_PARAM* terms = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_time(terms, std::chrono::floor<std::chrono::seconds>(*at).time_since_epoch().count());
    X509_VERIFY_PARAM_set_flags(terms, X509_V_FLAG_PARTIAL_CHAIN);
    TS_VERIFY_CTX_set_store(context.get(), store.release());
    TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_SIGNATURE | TS_VFY_VERSION);
    if (TS_RESP_verify_token(context.get(), token.get()) != 1) {
        const std::string why = reason();
        return refused(
            ErrorKind::denied,
            fmt::format("Dấu thời gian không do dịch vụ được tin cậy cấp ({}). Nhập chứng thư của dịch vụ dấu thời "
                        "gian vào danh sách tin cậy nếu tỉnh tin cậy nó.",
                        why),
            fmt::format("The time-stamp is not from a trusted service ({}). Import the time-stamping service's "
                        "certificate into the list of trusted ones if the province trusts it.",
                        why));
    }
    return TimeStamp{*at, hex_of(TS_TST_INFO_get_serial(info.get()))};
}

}  // namespace hl::exchange
