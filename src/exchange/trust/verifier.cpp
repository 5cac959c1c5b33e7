#include "exchange/trust/hash_chain_reader.h"
#include "exchange/trust/verifier_cache.h"
#include "exchange/trust/verifier_steps.h"
#include "exchange/trust/xades_form.h"

#include <array>
#include <functional>

namespace hl::exchange {

namespace {

using Anchors = SignatureVerifier::Anchors;

/// What was found out about a batch, and while it holds without being looked at again.
struct Verified {
    std::shared_ptr<const Anchors> under;
    SignatureVerifier::Signer signer;
    std::optional<ChainResult> chain;  // of a batch
    DigestClaim data;                  // of a single message
    Instant holds_from, holds_until;

    [[nodiscard]] bool holds(const std::shared_ptr<const Anchors>& source, Instant now) const {
        return under == source && now >= holds_from && now <= holds_until;
    }
};

/// The batches whose messages are coming in just now, compared byte by byte: cheaper than a digest for each message.
class LatelySeen {
  public:
    struct Batch {
        std::shared_ptr<const std::string> xml, chain_result;
        std::shared_ptr<const Verified> verified;
    };
    [[nodiscard]] std::optional<Batch> find(std::string_view xml, std::string_view chain_result) {
        const std::scoped_lock lock(mutex_);
        const auto& batch = place(chain_result);
        if (!batch.verified || *batch.xml != xml || *batch.chain_result != chain_result) return std::nullopt;
        return batch;
    }
    void put(Batch batch) {
        const std::scoped_lock lock(mutex_);
        auto& here = place(*batch.chain_result);
        here = std::move(batch);
    }

  private:
    /// By the chain's result: it is short and names the batch, while most of the signature's text is the same for all
    /// of one signer. Whoever shares a place with another one is only slower.
    Batch& place(std::string_view chain_result) {
        return batches_[std::hash<std::string_view>{}(chain_result) % batches_.size()];
    }
    std::mutex mutex_;
    std::array<Batch, 256> batches_{};
};

/// The anchors with what was made of them; another object in the configuration means another list.
struct Parsed {
    std::shared_ptr<const Anchors> source;
    TrustAnchors anchors;
};

/// A certificate's path, or an OCSP response, that was checked under certain anchors.
struct CheckedPath {
    std::shared_ptr<const Anchors> under;
    CertificatePath path;
    PublicKey key;
};
struct CheckedOcsp {
    OcspStatus status;
    Instant checked_at;
};

/// Threads that ask at once read the clock in another order than they come: what was verified a moment later holds.
constexpr std::chrono::minutes slack{1};

Error no_anchors() {
    return {ErrorKind::unavailable, "exchange.certificate",
            "Chưa có danh sách tổ chức chứng thực được tin cậy. Nhập chứng thư của họ vào cấu hình trao đổi.",
            "There is no list of trusted certification authorities yet. Import their certificates into the exchange's "
            "configuration."};
}

Digest512 key_of(std::initializer_list<std::string_view> pieces) {
    Sha512Stream stream;
    for (const auto piece : pieces) {
        const uint64_t size = piece.size();
        stream.update({reinterpret_cast<const char*>(&size), sizeof size});
        stream.update(piece);
    }
    return stream.finish();
}

}  // namespace

struct SignatureVerifier::State {
    std::function<std::shared_ptr<const Anchors>()> anchors;
    LatelySeen lately;
    VerifierCache<Verified> batches;
    VerifierCache<CheckedPath> paths;
    VerifierCache<CheckedOcsp> responses;
    std::mutex mutex;
    std::shared_ptr<const Parsed> parsed;

    State(std::function<std::shared_ptr<const Anchors>()> a, size_t remembered)
        : anchors(std::move(a)), batches(remembered), paths(1024), responses(1024) {}

    Result<std::shared_ptr<const Parsed>> parse(const std::shared_ptr<const Anchors>& source) {
        const std::scoped_lock lock(mutex);
        if (!parsed || parsed->source != source) {
            TRY(auto anchors_now, TrustAnchors::from_der(source->authorities));
            parsed = std::make_shared<const Parsed>(Parsed{source, std::move(anchors_now)});
        }
        return parsed;
    }

    Result<std::shared_ptr<const CheckedPath>> path_of(const SignatureParts& signature,
                                                       const std::shared_ptr<const Anchors>& source, Instant now) {
        Digest512 key = sha512(signature.certificate);
        for (const auto& issuer : signature.issuers) key = key_of({view(key), issuer});
        const auto usable = [&](const CheckedPath& known) {
            return known.under == source && now >= known.path.valid_from && now <= known.path.valid_until;
        };
        return paths.find_or_make(key, usable, [&]() -> Result<CheckedPath> {
            TRY(const auto trusted, parse(source));
            TRY(auto path, check_path(signature, trusted->anchors, now));
            TRY(auto public_key, public_key_of(signature));
            return CheckedPath{source, std::move(path), std::move(public_key)};
        });
    }

    /// Until when the response holds.
    Result<Instant> ocsp_of(const SignatureParts& signature, const CertificatePath& path, const Anchors& source,
                            Instant now) {
        if (signature.ocsp.empty() && !source.require_ocsp) return Instant::max();
        Digest512 key = key_of({path.certificate.der(), path.issuer.der()});
        for (const auto& response : signature.ocsp) key = key_of({view(key), response});
        const auto end = [&](const OcspStatus& status) {
            const auto fresh = std::min(status.produced_at, status.this_update) + source.ocsp_freshness;
            return std::min(fresh, status.next_update.value_or(fresh));
        };
        if (const auto known = responses.find(key);
            known && now >= known->checked_at - slack && now <= end(known->status))
            return end(known->status);
        TRY(const auto status, check_embedded_ocsp(signature, path, source.ocsp_freshness, now));
        responses.put(key, CheckedOcsp{status, now});
        return end(status);
    }

    Result<std::shared_ptr<const Verified>> batch(std::string_view xml, std::string_view chain_result,
                                                  const std::shared_ptr<const Anchors>& source, Instant now);

    Result<Verified> verify_batch(std::string_view xml, std::string_view chain_result,
                                  const std::shared_ptr<const Anchors>& source, Instant now) {
        TRY(const auto signature, read_signature(xml));
        Verified out;
        if (chain_result.empty()) {
            if (signature.data_uri != form::message_uri)
                return dom::malformed(dom::signature_document, "it does not refer to /message.xml");
            out.data = signature.data;
        } else {
            TRY_VOID(check_chain_result_reference(signature, chain_result));
            TRY(out.chain, read_chain_result(chain_result));
        }
        TRY(const auto checked, path_of(signature, source, now));
        const auto& path = checked->path;
        TRY_VOID(check_signature_value(signature, checked->key));
        TRY(const auto ocsp_until, ocsp_of(signature, path, *source, now));
        out.under = source;
        out.signer = {path.certificate.sha256_hex(), path.certificate.subject(), signature.signed_at};
        out.holds_from = std::max(path.valid_from, now - slack);
        out.holds_until = std::min(path.valid_until, ocsp_until);
        return out;
    }
};

SignatureVerifier::SignatureVerifier(std::function<std::shared_ptr<const Anchors>()> anchors, size_t remembered)
    : state_(std::make_unique<State>(std::move(anchors), remembered)) {}
SignatureVerifier::~SignatureVerifier() = default;

namespace {

Result<void> check_form(std::string_view chain_result, std::string_view chain, const std::vector<SignedPart>& parts) {
    if (parts.empty() || parts[0].name != form::message_uri)
        return invalid_signature("không có thông điệp để đối chiếu", "there is no message to compare it with");
    if (chain_result.empty() != chain.empty())
        return dom::malformed(dom::chain_document, "its result or its steps are missing");
    return {};
}

Result<SignatureVerifier::Signer> check_message(const Verified& verified, std::string_view chain,
                                                const std::vector<SignedPart>& parts) {
    if (verified.chain) {
        TRY_VOID(verify_chain(*verified.chain, chain, parts));
        return verified.signer;
    }
    SignatureParts single;
    single.data_uri = form::message_uri;
    single.data = verified.data;
    TRY_VOID(check_single(single, parts));
    return verified.signer;
}

std::string_view text(const std::shared_ptr<const std::string>& shared) {
    return shared ? std::string_view(*shared) : std::string_view{};
}

}  // namespace

Result<std::shared_ptr<const Verified>> SignatureVerifier::State::batch(std::string_view xml,
                                                                        std::string_view chain_result,
                                                                        const std::shared_ptr<const Anchors>& source,
                                                                        Instant now) {
    return batches.find_or_make(
        key_of({xml, chain_result}), [&](const Verified& v) { return v.holds(source, now); },
        [&]() -> Result<Verified> { return verify_batch(xml, chain_result, source, now); });
}

Result<SignatureVerifier::Signer> SignatureVerifier::verify(std::string_view signature_xml,
                                                            std::string_view chain_result, std::string_view chain,
                                                            const std::vector<SignedPart>& parts, Instant now) const {
    TRY_VOID(check_form(chain_result, chain, parts));
    const auto source = state_->anchors();
    if (!source) return no_anchors();
    TRY(const auto verified, state_->batch(signature_xml, chain_result, source, now));
    return check_message(*verified, chain, parts);
}

Result<SignatureVerifier::Signer> SignatureVerifier::verify(MessageSignature& signature,
                                                            const std::vector<SignedPart>& parts, Instant now) const {
    const auto xml = text(signature.xml), chain_result = text(signature.chain_result);
    TRY_VOID(check_form(chain_result, signature.chain, parts));
    const auto source = state_->anchors();
    if (!source) return no_anchors();
    // A message signed alone comes once: nothing is looked for.
    if (!signature.xml || !signature.chain_result) {
        TRY(const auto alone, state_->batch(xml, chain_result, source, now));
        return check_message(*alone, signature.chain, parts);
    }
    auto known = state_->lately.find(xml, chain_result);
    if (!known || !known->verified->holds(source, now)) {
        TRY(auto verified, state_->batch(xml, chain_result, source, now));
        known = LatelySeen::Batch{signature.xml, signature.chain_result, std::move(verified)};
        state_->lately.put(*known);
    }
    signature.xml = known->xml;
    signature.chain_result = known->chain_result;
    return check_message(*known->verified, signature.chain, parts);
}

}  // namespace hl::exchange
