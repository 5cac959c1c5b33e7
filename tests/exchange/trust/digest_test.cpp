#include "exchange/trust/digest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/crypto.h"

namespace hl::exchange {
namespace {

TEST(Digest, IsSha512AsPublished) {
    EXPECT_EQ(crypto::to_hex(view(sha512("abc"))),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

RC_GTEST_PROP(Digest, AStreamInAnyPiecesGivesTheDigestOfTheWhole, (std::vector<std::string> pieces)) {
    Sha512Stream stream;
    std::string whole;
    for (const auto& piece : pieces) {
        stream.update(piece);
        whole += piece;
    }
    RC_ASSERT(stream.finish() == sha512(whole));
}

TEST(Digest, AStreamBeginsAnewAfterItsEndAndMayBeMoved) {
    Sha512Stream first;
    first.update("one");
    EXPECT_EQ(first.finish(), sha512("one"));
    Sha512Stream second = std::move(first);
    second.update("two");
    EXPECT_EQ(second.finish(), sha512("two"));
}

}  // namespace
}  // namespace hl::exchange
