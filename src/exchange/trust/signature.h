// The signature of a message in X-Road's format: XAdES over one message, or over a batch through a hash chain, so that
// each message still verifies alone (exchange.md §1.5; ETSI TS 101 903; namespace http://cyber.ee/hashchain).
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "exchange/trust/keys.h"
#include "exchange/trust/load.h"

namespace hl::exchange {

/// What is signed: the digests of a message's parts in order: "/message.xml" first, then "/attachment1"…
struct SignedPart {
    std::string name;
    Digest512 digest;
};

/// As transported and stored. Without a chain the signature refers to /message.xml itself.
struct MessageSignature {
    std::shared_ptr<const std::string> xml;           // META-INF/signatures.xml; shared by the messages of one batch
    std::shared_ptr<const std::string> chain_result;  // sig-hashchainresult.xml; shared; null when single
    std::string chain;                                // sig-hashchain.xml of this message; empty when single
};

/// Signs from many threads at once: what waits while a signature is being made goes into the next batch, so that the
/// cost of a signature is shared and nobody waits for more than the one in progress and his own.
class BatchSigner {
  public:
    /// `ocsp`: DER response for the certificate, asked anew for each batch (embedded in the signature).
    struct Identity {
        KeyPtr key;
        std::string certificate;           // DER
        std::vector<std::string> issuers;  // DER, up to but without the anchor
        std::string ocsp;                  // DER; empty in trials without OCSP
    };
    /// `load`, which must outlive it, makes batches larger when much is under way.
    BatchSigner(std::function<Result<Identity>()> identity, const Clock& clock, size_t max_batch = 256, int threads = 1,
                const Load* load = nullptr);
    ~BatchSigner();  // waits for what was given
    using Done = std::function<void(Result<MessageSignature>)>;
    /// `done` is called on a signer's thread, must be quick and must not throw.
    void sign(std::vector<SignedPart> parts, Done done);
    struct Request {
        std::vector<SignedPart> parts;
        Done done;
    };
    /// Those that came together, with one signature: on the caller's thread, where `done` is called too, when the key
    /// is quick; otherwise as above.
    void sign(std::vector<Request> together);
    struct Counts {
        uint64_t messages = 0, batches = 0, failures = 0;
    };
    [[nodiscard]] Counts counts() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Checks signatures against trust anchors; remembers the batches it has verified. Any thread.
class SignatureVerifier {
  public:
    struct Anchors {
        std::vector<std::string> authorities;  // DER of certification authorities
        std::chrono::seconds ocsp_freshness{3600};
        bool require_ocsp = true;
    };
    /// `anchors` gives the same object as long as nothing in it changed: what was verified is remembered under it.
    explicit SignatureVerifier(std::function<std::shared_ptr<const Anchors>()> anchors, size_t remembered = 4096);
    ~SignatureVerifier();
    struct Signer {
        std::string certificate_sha256;  // hex; the registry says whose it is
        std::string subject;
        Instant signed_at;
    };
    /// Errors: exchange.invalid_signature, exchange.malformed_signature, exchange.hash_chain, exchange.certificate
    /// (not under an anchor, expired, not for signing), exchange.ocsp (missing, stale, revoked). A batch costs one
    /// public-key operation, whoever asks for its messages and on how many threads.
    [[nodiscard]] Result<Signer> verify(std::string_view signature_xml, std::string_view chain_result,
                                        std::string_view chain, const std::vector<SignedPart>& parts,
                                        Instant now) const;
    /// The same; what the messages of a batch share is afterwards one object for all of them.
    [[nodiscard]] Result<Signer> verify(MessageSignature& signature, const std::vector<SignedPart>& parts,
                                        Instant now) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hl::exchange
