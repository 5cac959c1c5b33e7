#include "documents/time_stamp.h"

#include <openssl/err.h>
#include <openssl/ts.h>

#include "documents/certificate_parts.h"

namespace hl::documents {

namespace {

using namespace openssl;
using Token = Owned<PKCS7, PKCS7_free>;
using Info = Owned<TS_TST_INFO, TS_TST_INFO_free>;

/// Is the stamp's imprint the digest of these bytes, by a digest that is safe?
bool is_of(TS_TST_INFO* info, std::string_view bytes) {
    auto* imprint = TS_TST_INFO_get_msg_imprint(info);
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
    const int nid = OBJ_obj2nid(object);
    if (nid != NID_sha256 && nid != NID_sha384 && nid != NID_sha512) return false;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_get_digestbynid(nid), nullptr) != 1)
        return false;
    const auto* said = TS_MSG_IMPRINT_get_msg(imprint);
    return ASN1_STRING_length(said) == static_cast<int>(size) &&
           std::equal(digest.begin(), digest.begin() + size, ASN1_STRING_get0_data(said));
}

/// The store and the certificates go over to the context. A stamp is judged at its own time: it outlives the
/// certificate of who made it.
bool believed(PKCS7* token, const std::vector<std::string>& stampers_pem, Instant at) {
    const Owned<TS_VERIFY_CTX, TS_VERIFY_CTX_free> context(TS_VERIFY_CTX_new());
    auto store = store_of(stampers_pem);
    if (!context || !store) return false;
    TS_VERIFY_CTX_set_certs(context.get(), stack_of(stampers_pem).release());
    auto* terms = X509_STORE_get0_param(store.get());
    X509_VERIFY_PARAM_set_time(terms, seconds_of(at));
    X509_VERIFY_PARAM_set_flags(terms, X509_V_FLAG_PARTIAL_CHAIN);
    TS_VERIFY_CTX_set_store(context.get(), store.release());
    TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_SIGNATURE | TS_VFY_VERSION);
    return TS_RESP_verify_token(context.get(), token) == 1;
}

}  // namespace

std::optional<Instant> time_of_stamp(const SignatureProfile::Stamp& stamp,
                                     const std::vector<std::string>& stampers_pem) {
    const auto* at = reinterpret_cast<const unsigned char*>(stamp.token.data());
    const Token token(d2i_PKCS7(nullptr, &at, static_cast<long>(stamp.token.size())));
    if (!token || stampers_pem.empty() || !PKCS7_type_is_signed(token.get())) return std::nullopt;
    const Info info(PKCS7_to_TS_TST_INFO(token.get()));
    const auto time = info ? instant_of(TS_TST_INFO_get_time(info.get())) : std::nullopt;
    const bool good = time && is_of(info.get(), stamp.stamped) && believed(token.get(), stampers_pem, *time);
    ERR_clear_error();
    return good ? time : std::nullopt;
}

}  // namespace hl::documents
