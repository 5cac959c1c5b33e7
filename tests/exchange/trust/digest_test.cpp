#include "exchange/trust/digest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/crypto.h"
#include "exchange/trust/xades_text.h"

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

RC_GTEST_PROP(Base64, IsReadAsItWasWritten, (const std::string& bytes)) {
    RC_PRE(!bytes.empty());
    RC_ASSERT(from_base64(base64(bytes)) == bytes);
}

/// Two readers must not see two things: whatever is not the one spelling is nothing.
RC_GTEST_PROP(Base64, AnythingElseIsNone, (const std::string& bytes, uint8_t place, char wrong)) {
    auto text = base64(bytes + "x");
    text[place % text.size()] = wrong;
    if (const auto read = from_base64(text)) RC_ASSERT(base64(*read) == text);
    RC_ASSERT(from_base64(text) == crypto::from_base64(text));
}

TEST(Base64, BitsLeftOverPaddingInsideAndMissingAreRefused) {
    EXPECT_EQ(from_base64("QQ=="), "A");
    for (const auto* text :
         {"", "QR==", "QUF=", "QQ=", "QQ", "Q===", "====", "QQ==QQ==", "Q=Q=", " QQ=", "QQ=\n", "QQ-_"})
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace hl::exchange
