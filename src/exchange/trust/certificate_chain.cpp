#include "exchange/trust/certificate_chain.h"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "exchange/trust/keys_openssl.h"

namespace hl::exchange {

namespace {

using namespace openssl;
using StoreHandle = Owned<X509_STORE, X509_STORE_free>;
using StoreContext = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;

Error refused(std::string vi, std::string en) {
    return {ErrorKind::denied, "exchange.certificate", std::move(vi), std::move(en)};
}

X509Handle parsed(std::string_view der) {
    return openssl::from_der<X509Handle>(d2i_X509, der);
}

struct StackFree {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using CertificateStack = std::unique_ptr<STACK_OF(X509), StackFree>;

struct Reason {
    int code;
    std::string_view vi, en;
};
/// OpenSSL's verdicts that people can do something about; the rest is told in OpenSSL's own words.
constexpr std::array reasons{
    Reason{X509_V_ERR_CERT_HAS_EXPIRED, "đã hết hạn. Xin chứng thư mới cho khoá này",
           "has expired. Request a new certificate for its key"},
    Reason{X509_V_ERR_CERT_NOT_YET_VALID, "chưa có hiệu lực. Kiểm tra đồng hồ của máy chủ hoặc chờ đến ngày hiệu lực",
           "is not valid yet. Check the server's clock, or wait until it is"},
    Reason{
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
        "không do tổ chức chứng thực được tin cậy nào cấp. Nhập chứng thư của tổ chức đã cấp nó (và chứng thư trung "
        "gian) "
        "vào danh sách tin cậy",
        "is not under a trusted certification authority. Import the certificate of the authority that issued it (and "
        "those between) into the list of trusted ones"},
    Reason{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
           "thiếu chứng thư trung gian. Gửi kèm các chứng thư nằm giữa nó và tổ chức được tin cậy",
           "lacks a certificate between it and a trusted authority. Send those along"},
    Reason{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
           "tự ký, không do tổ chức chứng thực được tin cậy nào cấp. Xin chứng thư từ tổ chức được tin cậy",
           "is signed by itself and by no trusted authority. Request one from a trusted authority"},
    Reason{
        X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
        "thuộc một tổ chức chứng thực không nằm trong danh sách tin cậy. Nhập chứng thư gốc đó nếu tỉnh tin cậy nó",
        "belongs to an authority that is not in the list of trusted ones. Import its root if the province trusts it"},
    Reason{X509_V_ERR_CERT_SIGNATURE_FAILURE,
           "có chữ ký của tổ chức chứng thực không đúng. Nó đã bị sửa hoặc hỏng: lấy lại bản gốc",
           "has a wrong signature of its issuer. It was changed or damaged: get the original"},
    Reason{X509_V_ERR_INVALID_CA,
           "do một chứng thư không có quyền cấp chứng thư cấp ra. Dùng chứng thư do tổ chức chứng thực cấp",
           "was issued by a certificate that may not issue any. Use one that an authority issued"},
    Reason{X509_V_ERR_EE_KEY_TOO_SMALL, "có khoá quá yếu. Tạo khoá RSA từ 2048 bit hoặc P-256 rồi xin chứng thư mới",
           "has a key that is too weak. Make an RSA key of 2048 bits or more, or P-256, and request a new certificate"},
    Reason{X509_V_ERR_CA_KEY_TOO_SMALL, "do tổ chức có khoá quá yếu cấp. Xin chứng thư từ tổ chức có khoá mạnh hơn",
           "was issued with a key that is too weak. Request one from an authority with a stronger key"},
    Reason{X509_V_ERR_CA_MD_TOO_WEAK, "được ký bằng hàm băm quá yếu. Xin chứng thư ký bằng SHA-256 trở lên",
           "is signed over a digest that is too weak. Request one signed with SHA-256 or better"},
};

Error verdict(const Certificate& leaf, X509_STORE_CTX* context) {
    const int code = X509_STORE_CTX_get_error(context);
    const int depth = X509_STORE_CTX_get_error_depth(context);
    const X509* where = X509_STORE_CTX_get_current_cert(context);
    const std::string subject = depth > 0 && where ? text_of(X509_get_subject_name(where)) : leaf.subject();
    ERR_clear_error();
    for (const auto& reason : reasons)
        if (reason.code == code)
            return refused(fmt::format("Chứng thư “{}” {}.", subject, reason.vi),
                           fmt::format("The certificate “{}” {}.", subject, reason.en));
    const char* words = X509_verify_cert_error_string(code);
    return refused(
        fmt::format("Chứng thư “{}” không được tin cậy ({}). Xin chứng thư mới từ tổ chức được tin cậy.", subject,
                    words),
        fmt::format("The certificate “{}” is not to be believed ({}). Request a new one from a trusted authority.",
                    subject, words));
}

/// One of these bits of key usage suffices; so does the extension's absence.
bool usable(X509* x509, uint32_t any_of) {
    const uint32_t usage = X509_get_key_usage(x509);
    return usage == UINT32_MAX || (usage & any_of) != 0;
}

bool extended(X509* x509, uint32_t any_of) {
    const uint32_t usage = X509_get_extended_key_usage(x509);
    return usage == UINT32_MAX || (usage & any_of) != 0;
}

bool may(X509* x509, CertificateUse use) {
    switch (use) {
        case CertificateUse::any:
            return true;
        case CertificateUse::signing:
            return usable(x509, KU_NON_REPUDIATION);
        case CertificateUse::authentication:
            return usable(x509, KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT | KU_KEY_ENCIPHERMENT) &&
                   extended(x509, XKU_SSL_CLIENT | XKU_SSL_SERVER);
        case CertificateUse::time_stamping:
            return usable(x509, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) &&
                   X509_get_extended_key_usage(x509) == XKU_TIMESTAMP;
        case CertificateUse::ocsp: {
            const uint32_t usage = X509_get_extended_key_usage(x509);
            return usage != UINT32_MAX && (usage & XKU_OCSP_SIGN) != 0;
        }
    }
    return false;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> uses{{
    {"mọi việc", "anything"},
    {"ký thông điệp", "signing messages"},
    {"xác thực kết nối", "authenticating connections"},
    {"cấp dấu thời gian", "stamping time"},
    {"trả lời OCSP", "answering OCSP"},
}};

Result<void> check_use(X509* x509, std::string_view subject, CertificateUse use) {
    if (may(x509, use)) return {};
    const auto& [vi, en] = uses.at(static_cast<size_t>(use));
    return refused(
        fmt::format("Chứng thư “{}” không được cấp để {}. Xin chứng thư có mục đích sử dụng đó.", subject, vi),
        fmt::format("The certificate “{}” was not issued for {}. Request one with that key usage.", subject, en));
}

}  // namespace

struct TrustAnchors::State {
    StoreHandle store{X509_STORE_new()};
};

TrustAnchors::TrustAnchors(std::unique_ptr<State> state) : state_(std::move(state)) {}
TrustAnchors::~TrustAnchors() = default;
TrustAnchors::TrustAnchors(TrustAnchors&&) noexcept = default;
TrustAnchors& TrustAnchors::operator=(TrustAnchors&&) noexcept = default;

Result<TrustAnchors> TrustAnchors::from_der(const std::vector<std::string>& authorities_der) {
    auto state = std::make_unique<State>();
    for (const auto& der : authorities_der) {
        const auto x509 = parsed(der);
        if (!x509)
            return refused("Một chứng thư trong danh sách tin cậy không đọc được. Nhập lại chứng thư đó.",
                           "A certificate in the list of trusted authorities cannot be read. Import it again.");
        X509_STORE_add_cert(state->store.get(), x509.get());
    }
    ERR_clear_error();
    return TrustAnchors(std::move(state));
}

Result<std::vector<std::string>> TrustAnchors::chain_of(const Certificate& leaf,
                                                        const std::vector<std::string>& intermediates_der, Instant at,
                                                        CertificateUse use) const {
    const auto x509 = parsed(leaf.der());
    if (!x509) return refused("Chứng thư không đọc được. Gửi lại.", "The certificate cannot be read. Send it again.");
    const CertificateStack between(sk_X509_new_null());
    for (const auto& der : intermediates_der)
        if (auto one = parsed(der); one && sk_X509_push(between.get(), one.get()) > 0) one.release();
    const StoreContext context(X509_STORE_CTX_new());
    if (!context || X509_STORE_CTX_init(context.get(), state_->store.get(), x509.get(), between.get()) != 1)
        return failed("Không kiểm tra được chứng thư.", "The certificate could not be checked.");
    X509_VERIFY_PARAM* terms = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(terms, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
    X509_VERIFY_PARAM_set_flags(terms, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_auth_level(terms, 2);  // 112 bits: RSA from 2048, no SHA-1
    if (X509_verify_cert(context.get()) != 1) return verdict(leaf, context.get());
    TRY_VOID(check_use(x509.get(), leaf.subject(), use));
    std::vector<std::string> out;
    const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
    for (int i = 0; i < sk_X509_num(chain); ++i) out.push_back(to_der(i2d_X509, sk_X509_value(chain, i)));
    return out;
}

Result<std::vector<std::string>> check_certificate(const Certificate& leaf,
                                                   const std::vector<std::string>& intermediates_der,
                                                   const std::vector<std::string>& anchors_der, Instant at,
                                                   CertificateUse use) {
    TRY(const TrustAnchors anchors, TrustAnchors::from_der(anchors_der));
    return anchors.chain_of(leaf, intermediates_der, at, use);
}

Result<std::vector<Certificate>> read_certificates(std::string_view bytes) {
    std::vector<Certificate> out;
    if (bytes.find("-----BEGIN") == std::string_view::npos) {
        TRY(auto one, Certificate::from_der(bytes));
        out.push_back(std::move(one));
        return out;
    }
    const BioHandle in = reader(bytes);
    while (const X509Handle x509{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)}) {
        TRY(auto one, Certificate::from_der(to_der(i2d_X509, x509.get())));
        out.push_back(std::move(one));
    }
    const unsigned long why = ERR_peek_last_error();
    ERR_clear_error();
    // The end of the file is reported as "no start line"; anything else is a damaged block.
    if (out.empty() || ERR_GET_REASON(why) != PEM_R_NO_START_LINE)
        return Error{
            ErrorKind::invalid, "exchange.certificate",
            "Tệp PEM không chứa chứng thư nào đọc được, hoặc có một khối bị hỏng. Lấy lại tệp từ tổ chức chứng thực.",
            "The PEM file holds no readable certificate, or one of its blocks is damaged. Get the file again from "
            "the certification authority."};
    return out;
}

Result<Certificate> import_authority(std::string_view bytes, Instant now) {
    TRY(const auto all, read_certificates(bytes));
    if (all.size() != 1)
        return refused("Tệp chứa nhiều chứng thư. Nhập từng chứng thư của tổ chức chứng thực một.",
                       "The file holds several certificates. Import the authorities' certificates one by one.");
    const Certificate& authority = all.front();
    const auto x509 = parsed(authority.der());
    if (X509_check_ca(x509.get()) != 1 || !usable(x509.get(), KU_KEY_CERT_SIGN))
        return refused(
            fmt::format("“{}” không phải là chứng thư của tổ chức chứng thực. Nhập chứng thư của tổ chức đã cấp nó.",
                        authority.subject()),
            fmt::format("“{}” is not a certification authority's certificate. Import the one of its issuer.",
                        authority.subject()));
    // Trusted as it is: its own time, key and, when it signed itself, its signature are what remains to be checked.
    TRY_VOID(check_certificate(authority, {}, {authority.der()}, now, CertificateUse::any));
    if (authority.subject() == authority.issuer() && X509_verify(x509.get(), X509_get0_pubkey(x509.get())) != 1) {
        ERR_clear_error();
        return refused("Chữ ký trên chứng thư gốc không đúng: tệp bị sửa hoặc hỏng. Lấy lại bản gốc.",
                       "The signature on the root certificate is wrong: it was changed or damaged. Get the original.");
    }
    return authority;
}

Result<void> check_use(const Certificate& certificate, CertificateUse use) {
    const auto x509 = parsed(certificate.der());
    return check_use(x509.get(), certificate.subject(), use);
}

std::string ocsp_url_of(const Certificate& certificate) {
    struct Free {
        void operator()(STACK_OF(OPENSSL_STRING) * list) const { X509_email_free(list); }
    };
    const auto x509 = parsed(certificate.der());
    const std::unique_ptr<STACK_OF(OPENSSL_STRING), Free> list(X509_get1_ocsp(x509.get()));
    return list && sk_OPENSSL_STRING_num(list.get()) > 0 ? sk_OPENSSL_STRING_value(list.get(), 0) : std::string();
}

}  // namespace hl::exchange
