// X-Road's ASiC-E container: one message with its signature, hash chains and time-stamp, verifiable offline by this
// program, by xmlsec1 and openssl, and by X-Road's verifier. Values; any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "exchange/trust/signature.h"

namespace hl::exchange {

struct ContainerEntry {
    std::string name;
    std::string bytes;
};
/// What a container is made of; `time_stamp` parts are empty before the batch is stamped.
struct ContainerParts {
    std::string message;                   // message.xml: the SOAP message, or the head of a REST message
    std::vector<std::string> attachments;  // attachment1… (first = REST body)
    std::string signature, chain_result, chain;
    std::string stamp_chain_result, stamp_chain, stamp_token;
};
/// The ZIP: mimetype first and stored, then root and META-INF in X-Road's order.
[[nodiscard]] Result<std::string> write_container(const ContainerParts& parts, Instant now);
[[nodiscard]] Result<ContainerParts> read_container(std::string_view zip);

struct Verdict {
    SignatureVerifier::Signer signer;
    std::string signer_certificate;  // DER
    std::optional<Instant> stamped_at;
};
struct VerificationTrust {
    std::vector<std::string> authorities;    // DER
    std::vector<std::string> time_stampers;  // DER
    bool require_time_stamp = true;
};
/// Errors: exchange.container and those of signatures and time-stamps.
[[nodiscard]] Result<Verdict> verify_container(const ContainerParts& parts, const VerificationTrust& trust);

/// The hash chain over the inputs' digests: one result for all, one chain each (DER SingleDigest nodes, exchange.md
/// §1.5).
struct HashChain {
    std::string result;               // hash chain result document; `default_name` is what its DataRefs point to
    std::vector<std::string> chains;  // in the order of the inputs
};
/// Each input is the list of one message's parts. `result_uri` and `chain_uri` as the documents name them.
[[nodiscard]] HashChain build_hash_chain(const std::vector<std::vector<SignedPart>>& inputs,
                                         std::string_view result_uri, std::string_view chain_uri);
/// Errors: exchange.hash_chain, exchange.malformed_hash_chain.
[[nodiscard]] Result<void> verify_hash_chain(std::string_view result, std::string_view chain,
                                             const std::vector<SignedPart>& parts);

}  // namespace hl::exchange
