// The answering side of the development authority: OCSP (RFC 6960) and time-stamps (RFC 3161).
#include <openssl/ocsp.h>
#include <openssl/ts.h>

#include "exchange/trust/authority_state.h"

namespace hl::exchange {

namespace {

using namespace openssl;
using RequestHandle = Owned<OCSP_REQUEST, OCSP_REQUEST_free>;
using ResponseHandle = Owned<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using BasicHandle = Owned<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using IdHandle = Owned<OCSP_CERTID, OCSP_CERTID_free>;
using TimeHandle = Owned<ASN1_TIME, ASN1_TIME_free>;

constexpr int most_questions = 100;
constexpr std::chrono::hours next_update{1};
/// Any policy will do in development; this arc is free for everyone's experiments.
constexpr const char* stamp_policy = "1.3.6.1.4.1.32473.1";

TimeHandle time_of(Instant at) {
    return TimeHandle(ASN1_TIME_set(nullptr, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()));
}

std::string without_answer(int status) {
    const ResponseHandle response(OCSP_response_create(status, nullptr));
    return to_der(i2d_OCSP_RESPONSE, response.get());
}

/// The serial asked about, when the question is about this issuer's certificates.
std::optional<std::string> serial_asked(OCSP_CERTID* id, const X509* issuer) {
    ASN1_OBJECT* algorithm = nullptr;
    ASN1_INTEGER* serial = nullptr;
    OCSP_id_get0_info(nullptr, &algorithm, nullptr, &serial, id);
    const EVP_MD* digest = EVP_get_digestbyobj(algorithm);
    const IdHandle own(digest ? OCSP_cert_to_id(digest, nullptr, issuer) : nullptr);
    if (!own || OCSP_id_issuer_cmp(own.get(), id) != 0) return std::nullopt;
    return hex_of(serial);
}

struct Stamping {
    const Clock& clock;
    std::mutex& mutex;
    Random& random;
};

int tell_time(TS_RESP_CTX*, void* data, long* seconds, long* microseconds) {
    const auto now = static_cast<Stamping*>(data)->clock.now();
    const auto whole = std::chrono::floor<std::chrono::seconds>(now);
    *seconds = whole.time_since_epoch().count();
    *microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now - whole).count();
    return 1;
}

ASN1_INTEGER* next_serial(TS_RESP_CTX*, void* data) {
    auto& stamping = *static_cast<Stamping*>(data);
    std::string bytes;
    {
        const std::scoped_lock lock(stamping.mutex);
        bytes = make_serial(stamping.random);
    }
    const NumberHandle number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
    return BN_to_ASN1_INTEGER(number.get(), nullptr);
}

}  // namespace

std::string DevelopmentAuthority::answer_ocsp(std::string_view request_der) const {
    const auto request = from_der<RequestHandle>(d2i_OCSP_REQUEST, request_der);
    const int questions = request ? OCSP_request_onereq_count(request.get()) : 0;
    if (questions < 1 || questions > most_questions) return without_answer(OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);

    const Instant now = state_->clock.now();
    const TimeHandle this_update = time_of(now), until = time_of(now + next_update);
    const BasicHandle basic(OCSP_BASICRESP_new());
    for (int i = 0; i < questions; ++i) {
        OCSP_CERTID* id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(request.get(), i));
        int status = V_OCSP_CERTSTATUS_UNKNOWN;
        TimeHandle revoked;
        if (const auto serial = serial_asked(id, state_->root.x509.get())) {
            const std::scoped_lock lock(state_->mutex);
            if (const auto* issued = state_->issued.find(*serial)) {
                status = issued->revoked ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD;
                if (issued->revoked) revoked = time_of(*issued->revoked);
            }
        }
        if (!OCSP_basic_add1_status(basic.get(), id, status,
                                    revoked ? OCSP_REVOKED_STATUS_UNSPECIFIED : OCSP_REVOKED_STATUS_NOSTATUS,
                                    revoked.get(), this_update.get(), until.get()))
            return without_answer(OCSP_RESPONSE_STATUS_INTERNALERROR);
    }
    OCSP_copy_nonce(basic.get(), request.get());
    // OpenSSL would ask the machine's clock; the field itself has no setter.
    auto* produced = const_cast<ASN1_GENERALIZEDTIME*>(OCSP_resp_get0_produced_at(basic.get()));
    ASN1_GENERALIZEDTIME_set(produced, std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    const auto key = state_->responder.key->handle();
    if (OCSP_basic_sign(basic.get(), state_->responder.x509.get(), pkey(key), EVP_sha256(), nullptr, OCSP_NOTIME) !=
        1) {
        ERR_clear_error();
        return without_answer(OCSP_RESPONSE_STATUS_INTERNALERROR);
    }
    const ResponseHandle response(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
    return to_der(i2d_OCSP_RESPONSE, response.get());
}

Result<std::string> DevelopmentAuthority::answer_time_stamp(std::string_view request_der) const {
    const Owned<TS_RESP_CTX, TS_RESP_CTX_free> context(TS_RESP_CTX_new());
    const Owned<ASN1_OBJECT, ASN1_OBJECT_free> policy(OBJ_txt2obj(stamp_policy, 1));
    const auto key = state_->stamper.key->handle();
    Stamping stamping{state_->clock, state_->mutex, state_->random};
    const bool ready =
        context && TS_RESP_CTX_set_signer_cert(context.get(), state_->stamper.x509.get()) == 1 &&
        TS_RESP_CTX_set_signer_key(context.get(), pkey(key)) == 1 &&
        TS_RESP_CTX_set_signer_digest(context.get(), EVP_sha512()) == 1 &&
        TS_RESP_CTX_set_ess_cert_id_digest(context.get(), EVP_sha256()) == 1 &&
        TS_RESP_CTX_set_def_policy(context.get(), policy.get()) == 1 &&
        TS_RESP_CTX_add_md(context.get(), EVP_sha512()) == 1 && TS_RESP_CTX_add_md(context.get(), EVP_sha384()) == 1 &&
        TS_RESP_CTX_add_md(context.get(), EVP_sha256()) == 1 && TS_RESP_CTX_set_accuracy(context.get(), 1, 0, 0) == 1;
    if (!ready) return failed("Không cấp được dấu thời gian.", "A time-stamp could not be made.");
    TS_RESP_CTX_set_time_cb(context.get(), tell_time, &stamping);
    TS_RESP_CTX_set_serial_cb(context.get(), next_serial, &stamping);
    const BioHandle request = reader(request_der);
    // A request that cannot be read, or asks for what is not offered, gets a rejection: that is an answer too.
    const Owned<TS_RESP, TS_RESP_free> response(TS_RESP_create_response(context.get(), request.get()));
    ERR_clear_error();
    if (!response) return failed("Không cấp được dấu thời gian.", "A time-stamp could not be made.");
    return to_der(i2d_TS_RESP, response.get());
}

}  // namespace hl::exchange
