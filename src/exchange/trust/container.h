// X-Road's ASiC-E container: one message with its signature, hash chains and time-stamp, verifiable offline by this
// program, by xmlsec1 and openssl, and by X-Road's verifier. Values; any thread.
#pragma once
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/trust/signature.h"

namespace hl::exchange {

/// What a container is made of; `time_stamp` parts are empty before the batch is stamped.
struct ContainerParts {
    std::string message;                   // message.xml: the SOAP message, or the head of a REST message
    std::vector<std::string> attachments;  // attachment1… (first = REST body)
    std::string signature, chain_result, chain;
    std::string stamp_chain_result, stamp_chain, stamp_token;
};
/// The ZIP: mimetype first and stored, then root and META-INF in X-Road's order.
[[nodiscard]] Result<std::string> write_container(const ContainerParts& parts, Instant now);
/// For containers that fit into memory (256 MiB unpacked). Error exchange.container: not one, damaged, too large, or
/// with files in it that no signature could cover.
[[nodiscard]] Result<ContainerParts> read_container(std::string_view zip);

/// An attachment that is too large to be held: `read` fills the piece and says how much; 0 is the end.
struct AttachmentSource {
    uint64_t size = 0;
    std::function<Result<size_t>(std::span<char> piece)> read;
};
/// The same container as a file, its attachments (parts.attachments stays empty) passed through piece by piece; written
/// beside, synced, then renamed. Errors: exchange.container, file.*, or the source's.
[[nodiscard]] Result<void> write_container_file(const std::filesystem::path& path, const ContainerParts& parts,
                                                std::vector<AttachmentSource> attachments, Instant now);

struct Verdict {
    SignatureVerifier::Signer signer;
    std::string signer_certificate;  // DER
    std::optional<Instant> stamped_at;
};
struct VerificationTrust {
    std::vector<std::string> authorities;    // DER
    std::vector<std::string> time_stampers;  // DER
    bool require_time_stamp = true;
    bool require_ocsp = true;
    std::chrono::seconds ocsp_freshness{3600};
    /// How long after signing the time-stamp may have come: X-Road stops exchanging after 4 h without time-stamps.
    std::chrono::seconds time_stamp_delay{14'400};
};
/// Certificate and OCSP response are judged at the time of signing, which the time-stamp bounds from both sides.
/// Errors: exchange.container and those of signatures and time-stamps.
[[nodiscard]] Result<Verdict> verify_container(const ContainerParts& parts, const VerificationTrust& trust);

/// One check of a container on its way to a verdict, for people: what is checked, and if it failed, why.
struct ContainerCheck {
    enum class Outcome { passed, failed, skipped };
    std::string name;    // "container", "signature", "time_stamp", "signature_value", "content", "certificate", "ocsp"
    std::string vi, en;  // what is checked, or why it was not
    Outcome outcome = Outcome::passed;
    std::optional<Error> error;  // of a failed one
};
struct OfflineVerdict {
    bool valid = false;
    std::vector<ContainerCheck> checks;
    std::vector<SignedPart> contents;  // message and attachments with their digests, as they are in the container
    std::optional<Verdict> verdict;    // whatever could be read of it, also when a check failed
};
/// Verifies a container's file, hashing its entries as they are read: an attachment's size does not matter. An error is
/// returned only when the file cannot be opened; all else is in the verdict.
[[nodiscard]] Result<OfflineVerdict> verify_container_file(const std::filesystem::path& path,
                                                           const VerificationTrust& trust);

/// The hash chain over the inputs' digests: one result for all, one chain each (DER SingleDigest nodes, exchange.md
/// §1.5).
struct HashChain {
    std::string result;               // hash chain result document, shared
    std::vector<std::string> chains;  // in the order of the inputs
};
/// Each input is the list of one message's parts. `chain_uri` is how the result names the chain's document; X-Road's
/// documents do not name the result's own, `result_uri`.
[[nodiscard]] HashChain build_hash_chain(const std::vector<std::vector<SignedPart>>& inputs,
                                         std::string_view result_uri, std::string_view chain_uri);
/// Errors: exchange.hash_chain, exchange.malformed_hash_chain.
[[nodiscard]] Result<void> verify_hash_chain(std::string_view result, std::string_view chain,
                                             const std::vector<SignedPart>& parts);

}  // namespace hl::exchange
