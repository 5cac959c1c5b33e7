// The asking side of OCSP (RFC 6960): is a certificate still good, and how fresh is that news?
#include <openssl/ocsp.h>

#include "exchange/trust/authority.h"
#include "exchange/trust/keys_openssl.h"

namespace hl::exchange {

namespace {

using namespace openssl;
using BasicHandle = Owned<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using IdHandle = Owned<OCSP_CERTID, OCSP_CERTID_free>;

/// Clocks of responders may run ahead by as much.
constexpr std::chrono::minutes skew{5};

Error refused(ErrorKind kind, std::string vi, std::string en) {
    return {kind, "exchange.ocsp", std::move(vi), std::move(en)};
}

Error unreadable() {
    return refused(ErrorKind::unavailable,
                   "Câu trả lời OCSP không đọc được. Kiểm tra địa chỉ dịch vụ OCSP của tổ chức chứng thực.",
                   "The OCSP answer cannot be read. Check the address of the authority's OCSP service.");
}

struct StackFree {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};

/// Those named beforehand that are valid now.
std::unique_ptr<STACK_OF(X509), StackFree> named(const std::vector<std::string>& responders_der, Instant now) {
    std::unique_ptr<STACK_OF(X509), StackFree> out(sk_X509_new_null());
    for (const auto& der : responders_der) {
        auto one = from_der<X509Handle>(d2i_X509, der);
        const auto until = one ? instant_of(X509_get0_notAfter(one.get())) : std::nullopt;
        if (until && now <= *until && sk_X509_push(out.get(), one.get()) > 0) one.release();
    }
    return out;
}

Result<void> check_signature(OCSP_BASICRESP* basic, X509* issuer, const std::vector<std::string>& responders_der,
                             Instant now) {
    const Owned<X509_STORE, X509_STORE_free> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), issuer);
    X509_VERIFY_PARAM* terms = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_time(terms, std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    X509_VERIFY_PARAM_set_flags(terms, X509_V_FLAG_PARTIAL_CHAIN);
    // Signed by the issuer itself, by one to whom the issuer gave the right to answer in its place, or by one named
    // beforehand.
    const auto others = named(responders_der, now);
    if (OCSP_basic_verify(basic, others.get(), store.get(), OCSP_TRUSTOTHER) == 1) return {};
    const std::string why = reason();
    return refused(
        ErrorKind::denied,
        fmt::format("Câu trả lời OCSP không do tổ chức đã cấp chứng thư ký ({}). Kiểm tra địa chỉ OCSP và chứng "
                    "thư của tổ chức đó.",
                    why),
        fmt::format("The OCSP answer is not signed by the authority that issued the certificate ({}). Check the "
                    "OCSP address and that authority's certificate.",
                    why));
}

/// The part of the answer that is about this certificate, whichever digest the responder names it with.
OCSP_SINGLERESP* about(OCSP_BASICRESP* basic, const X509* subject, const X509* issuer) {
    for (int i = 0; i < OCSP_resp_count(basic); ++i) {
        OCSP_SINGLERESP* single = OCSP_resp_get0(basic, i);
        auto* id = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(single));
        ASN1_OBJECT* algorithm = nullptr;
        OCSP_id_get0_info(nullptr, &algorithm, nullptr, nullptr, id);
        const EVP_MD* digest = EVP_get_digestbyobj(algorithm);
        const IdHandle wanted(digest ? OCSP_cert_to_id(digest, subject, issuer) : nullptr);
        if (wanted && OCSP_id_cmp(wanted.get(), id) == 0) return single;
    }
    return nullptr;
}

}  // namespace

Result<std::string> make_ocsp_request(const Certificate& subject, const Certificate& issuer) {
    const auto one = from_der<X509Handle>(d2i_X509, subject.der());
    const auto above = from_der<X509Handle>(d2i_X509, issuer.der());
    const Owned<OCSP_REQUEST, OCSP_REQUEST_free> request(OCSP_REQUEST_new());
    // SHA-1 only names the certificate here; responders must know it, and many know nothing else.
    IdHandle id(OCSP_cert_to_id(EVP_sha1(), one.get(), above.get()));
    if (!id || !OCSP_request_add0_id(request.get(), id.get()))
        return failed("Không tạo được câu hỏi OCSP.", "The OCSP question could not be made.");
    id.release();
    return to_der(i2d_OCSP_REQUEST, request.get());
}

Result<OcspStatus> read_ocsp(std::string_view response_der, const Certificate& subject, const Certificate& issuer,
                             std::chrono::seconds freshness, Instant now,
                             const std::vector<std::string>& responders_der) {
    const auto response = from_der<Owned<OCSP_RESPONSE, OCSP_RESPONSE_free>>(d2i_OCSP_RESPONSE, response_der);
    if (!response) return unreadable();
    if (const int status = OCSP_response_status(response.get()); status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return refused(
            ErrorKind::unavailable,
            fmt::format("Dịch vụ OCSP từ chối trả lời ({}). Thử lại sau; nếu còn lặp lại, báo tổ chức chứng thực.",
                        OCSP_response_status_str(status)),
            fmt::format("The OCSP service gave no answer ({}). Try again; if it goes on, tell the certification "
                        "authority.",
                        OCSP_response_status_str(status)));
    const BasicHandle basic(OCSP_response_get1_basic(response.get()));
    const auto one = from_der<X509Handle>(d2i_X509, subject.der());
    const auto above = from_der<X509Handle>(d2i_X509, issuer.der());
    ERR_clear_error();
    if (!basic || !one || !above) return unreadable();
    TRY_VOID(check_signature(basic.get(), above.get(), responders_der, now));
    OCSP_SINGLERESP* single = about(basic.get(), one.get(), above.get());
    if (!single)
        return refused(ErrorKind::denied,
                       fmt::format("Câu trả lời OCSP nói về chứng thư khác, không phải “{}”. Hỏi lại đúng chứng thư.",
                                   subject.subject()),
                       fmt::format("The OCSP answer is about another certificate than “{}”. Ask about the right one.",
                                   subject.subject()));
    ASN1_GENERALIZEDTIME *revoked = nullptr, *this_update = nullptr, *next_update = nullptr;
    const int status = OCSP_single_get0_status(single, nullptr, &revoked, &this_update, &next_update);
    const auto updated = instant_of(this_update), produced = instant_of(OCSP_resp_get0_produced_at(basic.get()));
    if (!updated || !produced) return unreadable();
    OcspStatus out{status == V_OCSP_CERTSTATUS_GOOD, std::nullopt, *produced, *updated, instant_of(next_update)};
    if (status == V_OCSP_CERTSTATUS_REVOKED) out.revoked = instant_of(revoked).value_or(out.this_update);
    if (out.this_update > now + skew)
        return refused(ErrorKind::denied,
                       "Câu trả lời OCSP ghi thời điểm ở tương lai. Kiểm tra đồng hồ của máy chủ và của dịch vụ OCSP.",
                       "The OCSP answer is dated in the future. Check this server's clock and the OCSP service's.");
    if (now - out.this_update > freshness || (out.next_update && now > *out.next_update))
        return refused(
            ErrorKind::denied,
            fmt::format("Câu trả lời OCSP đã cũ (lúc {}). Chờ máy chủ lấy câu trả lời mới, kiểm tra kết nối tới "
                        "dịch vụ OCSP.",
                        to_vietnamese(out.this_update)),
            fmt::format("The OCSP answer is stale (of {}). Wait until a new one is fetched; check the connection "
                        "to the OCSP service.",
                        to_rfc3339(out.this_update)));
    return out;
}

Result<OcspStatus> check_ocsp(std::string_view response_der, const Certificate& subject, const Certificate& issuer,
                              std::chrono::seconds freshness, Instant now,
                              const std::vector<std::string>& responders_der) {
    TRY(auto out, read_ocsp(response_der, subject, issuer, freshness, now, responders_der));
    if (out.revoked)
        return refused(ErrorKind::denied,
                       fmt::format("Chứng thư “{}” đã bị thu hồi từ {}. Tạo khoá mới và xin chứng thư mới.",
                                   subject.subject(), to_vietnamese(*out.revoked)),
                       fmt::format("The certificate “{}” was revoked on {}. Make a new key and request a certificate "
                                   "for it.",
                                   subject.subject(), to_rfc3339(*out.revoked)));
    if (!out.good)
        return refused(
            ErrorKind::denied,
            fmt::format("Tổ chức chứng thực không biết chứng thư “{}”. Xin chứng thư mới.", subject.subject()),
            fmt::format("The certification authority does not know the certificate “{}”. Request a new one.",
                        subject.subject()));
    return out;
}

}  // namespace hl::exchange
