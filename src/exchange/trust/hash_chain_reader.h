// X-Road's hash chain documents from outside (namespace http://cyber.ee/hashchain), read strictly, and the arithmetic
// of their steps. Private to this folder; values, any thread.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/trust/signature.h"

namespace hl::exchange {

/// The digest of a step: SHA-512 of the DER SEQUENCE OF SEQUENCE { OCTET STRING, UTF8String algorithm, SEQUENCE {} }.
[[nodiscard]] Digest512 digest_of_step(const std::vector<Digest512>& values);

struct ChainResult {
    std::string document, step;  // URI "/sig-hashchain.xml#STEP0" in its two halves
    Digest512 digest{};
};
[[nodiscard]] Result<ChainResult> read_chain_result(std::string_view xml);

struct ChainValue {
    enum class Kind { hash, step, data } kind = Kind::hash;
    std::string uri;  // of a step or of data
    Digest512 digest{};
};
using ChainSteps = std::unordered_map<std::string, std::vector<ChainValue>>;
/// Any form, through a tree. Error exchange.malformed_hash_chain.
[[nodiscard]] Result<ChainSteps> read_chain_tree(std::string_view xml);
/// Nothing unless it is, byte for byte, of the form that build_hash_chain writes.
[[nodiscard]] std::optional<ChainSteps> read_own_chain(std::string_view xml);
// X-Road's own limits: a batch of 10 000 messages needs 14 levels.
inline constexpr size_t most_chain_steps = 1024, most_chain_values = 10'000, deepest_chain = 64;

/// Checks one message's chain against the result that its batch shares. Errors as verify_hash_chain.
[[nodiscard]] Result<void> verify_chain(const ChainResult& result, std::string_view chain,
                                        const std::vector<SignedPart>& parts);

}  // namespace hl::exchange
