#include "documents/revocation.h"

#include "documents/certificate_parts.h"

namespace hl::documents {

namespace {

using namespace openssl;

Error wrong(std::string_view vi, std::string_view en) {
    return {ErrorKind::invalid, "documents.revocation_list",
            fmt::format("Danh sách chứng thư bị thu hồi không dùng được: {}. Kiểm tra địa chỉ hoặc tệp, hỏi tổ chức "
                        "chứng thực.",
                        vi),
            fmt::format("The list of revoked certificates cannot be used: {}. Check its address or file and ask the "
                        "authority.",
                        en)};
}

List list_of(std::string_view bytes) {
    if (bytes.find("-----BEGIN X509 CRL-----") == std::string_view::npos) return from_der<List>(d2i_X509_CRL, bytes);
    const auto in = reader(bytes);
    return List(in ? PEM_read_bio_X509_CRL(in.get(), nullptr, nullptr, nullptr) : nullptr);
}

/// May this authority sign lists, and did it sign this one?
bool made_by(X509_CRL* list, X509* authority) {
    if (X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(authority)) != 0) return false;
    const auto usage = X509_get_key_usage(authority);
    if (usage != UINT32_MAX && (usage & KU_CRL_SIGN) == 0) return false;
    return X509_CRL_verify(list, X509_get0_pubkey(authority)) == 1;
}

/// The day of revocation, or the earlier one since when the key is held to be in wrong hands.
std::optional<Instant> revoked_at(X509_REVOKED* entry) {
    auto at = instant_of(X509_REVOKED_get0_revocationDate(entry));
    auto* since =
        static_cast<ASN1_GENERALIZEDTIME*>(X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, nullptr, nullptr));
    if (const auto invalid = instant_of(since); invalid && (!at || *invalid < *at)) at = invalid;
    ASN1_GENERALIZEDTIME_free(since);
    return at;
}

/// What a verification says on its way.
struct Findings {
    bool revoked = false;
    std::optional<Instant> at;
    std::string unknown;
    int wrong_at = -1;  // depth of a certificate whose list is not its authority's
    void note(std::string_view why) {
        if (unknown.empty()) unknown = why;
    }
};

int finding_place() {
    static const int place = X509_STORE_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return place;
}

void note_revoked(X509_STORE_CTX* context, Findings& found) {
    X509_REVOKED* entry = nullptr;
    auto* list = X509_STORE_CTX_get0_current_crl(context);
    auto* certificate = X509_STORE_CTX_get_current_cert(context);
    std::optional<Instant> at;
    if (list && certificate && X509_CRL_get0_by_cert(list, &entry, certificate) > 0) at = revoked_at(entry);
    const auto since = at.value_or(Instant{});  // no day: since always
    found.at = found.revoked ? std::min(*found.at, since) : since;
    found.revoked = true;
}

/// Goes on whatever it meets: the findings are what counts.
int note_finding(int fine, X509_STORE_CTX* context) {
    if (fine == 1) return 1;
    auto& found = *static_cast<Findings*>(X509_STORE_CTX_get_ex_data(context, finding_place()));
    const int depth = X509_STORE_CTX_get_error_depth(context);
    // The anchor is trusted by us, and on nobody's list but its own.
    const auto* chain = X509_STORE_CTX_get0_chain(context);
    if (depth > 0 && chain && depth == sk_X509_num(chain) - 1) return 1;
    switch (X509_STORE_CTX_get_error(context)) {
        case X509_V_ERR_CERT_REVOKED:
            if (found.wrong_at != depth) note_revoked(context, found);
            return 1;
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return 1;  // judged when the message came
        case X509_V_ERR_UNABLE_TO_GET_CRL:
            found.note("no_list");
            return 1;
        case X509_V_ERR_CRL_HAS_EXPIRED:
            found.note("stale");
            return 1;
        case X509_V_ERR_CRL_NOT_YET_VALID:
            found.note("not_yet");
            return 1;
        default:
            found.wrong_at = depth;
            found.note("wrong");
            return 1;
    }
}

}  // namespace

Result<RevocationList> read_revocation_list(std::string_view bytes, const std::vector<std::string>& anchors_pem) {
    if (bytes.size() > largest_revocation_list) return wrong("tệp quá lớn", "it is too large");
    const auto list = list_of(bytes);
    if (!list) return wrong("tệp không phải danh sách X.509", "the file is no X.509 list");
    if (X509_CRL_get_ext_by_NID(list.get(), NID_delta_crl, -1) >= 0)
        return wrong("đây chỉ là phần bổ sung (delta)", "it is only an addition (a delta) to another");
    RevocationList out;
    out.issuer = text_of(X509_CRL_get_issuer(list.get()));
    const auto from = instant_of(X509_CRL_get0_lastUpdate(list.get()));
    const auto to = instant_of(X509_CRL_get0_nextUpdate(list.get()));
    if (!from || !to)
        return wrong("danh sách không ghi ngày lập hoặc ngày lập lần sau", "it does not say when the next one comes");
    out.this_update = *from;
    out.next_update = *to;
    const auto* entries = X509_CRL_get_REVOKED(list.get());
    out.entries = entries ? sk_X509_REVOKED_num(entries) : 0;
    bool known = false;
    for (const auto& pem : anchors_pem) {
        const auto authority = read_pem(pem);
        if (!authority) continue;
        known = known || X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_subject_name(authority.get())) == 0;
        out.verified = out.verified || made_by(list.get(), authority.get());
    }
    if (known && !out.verified)
        return wrong("chữ ký không phải của tổ chức chứng thực có tên trên danh sách",
                     "it is not signed by the authority that it names");
    out.der = to_der(i2d_X509_CRL, list.get());
    return out;
}

struct RevocationLists::State {
    std::vector<List> lists;
    STACK_OF(X509_CRL) * stack = sk_X509_CRL_new_null();  // of the same lists
    ~State() { sk_X509_CRL_free(stack); }
};

RevocationLists::RevocationLists(std::vector<RevocationList> lists) : state_(std::make_unique<State>()) {
    for (const auto& one : lists)
        if (auto list = list_of(one.der); list && sk_X509_CRL_push(state_->stack, list.get()) > 0)
            state_->lists.push_back(std::move(list));
}

RevocationLists::~RevocationLists() = default;

Revocation RevocationLists::judge(const Certificate& certificate, const std::vector<std::string>& anchors_pem,
                                  Instant now) const {
    Revocation out;
    const auto leaf = read_pem(certificate.pem);
    const auto untrusted = stack_of(certificate.issuers_pem);
    const auto store = store_of(anchors_pem);
    const StoreContext context(X509_STORE_CTX_new());
    if (!leaf || !store || !context ||
        X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), untrusted.get()) != 1) {
        out.why = "wrong";
        return out;
    }
    Findings found;
    X509_STORE_CTX_set_ex_data(context.get(), finding_place(), &found);
    X509_STORE_CTX_set_verify_cb(context.get(), &note_finding);
    X509_STORE_CTX_set0_crls(context.get(), state_->stack);
    auto* terms = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(terms, seconds_of(now));
    X509_VERIFY_PARAM_set_flags(terms, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    const int done = X509_verify_cert(context.get());
    for (const auto& list : state_->lists)
        if (X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_issuer_name(leaf.get())) == 0) {
            const auto at = instant_of(X509_CRL_get0_lastUpdate(list.get()));
            if (at && (!out.as_of || *at > *out.as_of)) out.as_of = at;
        }
    if (found.revoked) {
        out.state = Revocation::State::revoked;
        out.revoked_at = found.at;
    } else if (done != 1 || !found.unknown.empty()) {
        out.why = found.unknown.empty() ? "wrong" : found.unknown;
    } else {
        out.state = Revocation::State::good;
    }
    return out;
}

}  // namespace hl::documents
