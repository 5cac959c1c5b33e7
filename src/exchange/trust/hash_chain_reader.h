// X-Road's hash chain documents from outside (namespace http://cyber.ee/hashchain), read strictly, and the arithmetic
// of their steps. Private to this folder; values, any thread.
#pragma once
#include <string>
#include <string_view>
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

/// Checks one message's chain against the result that its batch shares. Errors as verify_hash_chain.
[[nodiscard]] Result<void> verify_chain(const ChainResult& result, std::string_view chain,
                                        const std::vector<SignedPart>& parts);

}  // namespace hl::exchange
