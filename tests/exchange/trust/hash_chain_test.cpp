#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/crypto.h"
#include "exchange/trust/container.h"
#include "exchange/trust/hash_chain_reader.h"

namespace hl::exchange {
namespace {

Digest512 digest_of(std::string_view text) {
    return sha512(text);
}

std::vector<SignedPart> message(int number, int attachments = 0) {
    std::vector<SignedPart> parts{{"/message.xml", digest_of(fmt::format("message {}", number))}};
    for (int i = 1; i <= attachments; ++i)
        parts.push_back({fmt::format("/attachment{}", i), digest_of(fmt::format("attachment {}.{}", number, i))});
    return parts;
}

HashChain build(const std::vector<std::vector<SignedPart>>& inputs) {
    return build_hash_chain(inputs, "/sig-hashchainresult.xml", "/sig-hashchain.xml");
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return text;
}

std::string base64(const Digest512& digest) {
    return crypto::to_base64(view(digest));
}

void expect_code(const Result<void>& result, std::string_view code) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, code) << result.error().en;
    EXPECT_FALSE(result.error().vi.empty());
}

constexpr std::string_view name_spaces =
    R"(xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ns2="http://cyber.ee/hashchain")";

std::string result_document(const Digest512& digest, std::string_view uri = "/sig-hashchain.xml#STEP0") {
    return fmt::format(
        R"(<ns2:HashChainResult URI="{}" {}><DigestMethod Algorithm="{}"/><DigestValue>{}</DigestValue></ns2:HashChainResult>)",
        uri, name_spaces, sha512_uri, base64(digest));
}
std::string chain_document(std::string_view steps) {
    return fmt::format(R"(<ns2:HashChain {}><ns2:DefaultDigestMethod Algorithm="{}"/>{}</ns2:HashChain>)", name_spaces,
                       sha512_uri, steps);
}
std::string hash_value(const Digest512& digest) {
    return fmt::format("<ns2:HashValue><DigestValue>{}</DigestValue></ns2:HashValue>", base64(digest));
}
std::string data_ref(const SignedPart& part) {
    return fmt::format(R"(<ns2:DataRef URI="{}"><DigestValue>{}</DigestValue></ns2:DataRef>)", part.name,
                       base64(part.digest));
}

TEST(HashChain, AStepIsTheDigestOfADerSequenceOfSingleDigests) {
    // Written out by hand: SEQUENCE { SEQUENCE { OCTET STRING, UTF8String, SEQUENCE {} } ×2 }.
    const auto a = digest_of("a"), b = digest_of("b");
    std::string der("\x30\x81\xde", 3);
    for (const auto& digest : {a, b}) {
        der += std::string("\x30\x6d\x04\x40", 4);
        der += view(digest);
        der += std::string("\x0c\x27", 2);
        der += "http://www.w3.org/2001/04/xmlenc#sha512";
        der += std::string("\x30\x00", 2);
    }
    EXPECT_EQ(digest_of_step({a, b}), sha512(der));
}

TEST(HashChain, TwoMessagesShareOneStepThatHoldsThemInOrder) {
    const auto chain = build({message(1), message(2)});
    const auto result = read_chain_result(chain.result);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->digest, digest_of_step({message(1)[0].digest, message(2)[0].digest}));
    EXPECT_EQ(result->document, "/sig-hashchain.xml");
    EXPECT_EQ(result->step, "STEP0");
}

TEST(HashChain, OwnFormAndTreeReadTheSame) {
    const auto chain = build({message(1, 2), message(2), message(3)});
    for (const auto& one : chain.chains) {
        const auto own = read_own_chain(one);
        const auto tree = read_chain_tree(one);
        ASSERT_TRUE(own && tree.ok());
        ASSERT_EQ(own->size(), tree->size());
        for (const auto& [name, step] : *own) {
            const auto& other = tree->at(name);
            ASSERT_EQ(step.size(), other.size());
            for (size_t i = 0; i < step.size(); ++i) {
                EXPECT_EQ(step[i].kind, other[i].kind);
                EXPECT_EQ(step[i].uri, other[i].uri);
                EXPECT_EQ(step[i].digest, other[i].digest);
            }
        }
        EXPECT_FALSE(read_own_chain(replaced(one, "<ns2:HashStep", "\n<ns2:HashStep")));
        // A value that breaks off is no end of its step.
        const auto digest = one.find("\"><DigestValue>"), end = one.find("</ns2:HashStep>", digest);
        EXPECT_FALSE(read_own_chain(one.substr(0, digest) + one.substr(end)));
    }
}

TEST(HashChain, AnOddMessageMovesUpUnchanged) {
    const auto chain = build({message(1), message(2), message(3)});
    const auto below = digest_of_step({message(1)[0].digest, message(2)[0].digest});
    EXPECT_EQ(read_chain_result(chain.result)->digest, digest_of_step({below, message(3)[0].digest}));
}

TEST(HashChain, AttachmentsHaveAStepOfTheirOwn) {
    const auto chain = build({message(1, 2), message(2)});
    const auto parts = message(1, 2);
    const auto own = digest_of_step({parts[0].digest, parts[1].digest, parts[2].digest});
    EXPECT_EQ(read_chain_result(chain.result)->digest, digest_of_step({own, message(2)[0].digest}));
    EXPECT_TRUE(verify_hash_chain(chain.result, chain.chains[0], parts).ok());
    EXPECT_TRUE(verify_hash_chain(chain.result, chain.chains[1], message(2)).ok());
}

RC_GTEST_PROP(HashChain, EveryMessageOfABatchVerifiesAloneAndNoOtherDoes, ()) {
    const int size = *rc::gen::inRange(1, 34);
    std::vector<std::vector<SignedPart>> inputs;
    for (int i = 0; i < size; ++i) inputs.push_back(message(i, *rc::gen::inRange(0, 3)));
    const auto chain = build(inputs);
    RC_ASSERT(chain.chains.size() == inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
        RC_ASSERT(verify_hash_chain(chain.result, chain.chains[i], inputs[i]).ok());
        RC_ASSERT(!verify_hash_chain(chain.result, chain.chains[i], message(1000)).ok());
        if (inputs.size() > 1)
            RC_ASSERT(!verify_hash_chain(chain.result, chain.chains[i], inputs[(i + 1) % inputs.size()]).ok());
    }
}

TEST(HashChain, ABatchOfTenThousandIsBuiltAndItsEndsVerify) {
    std::vector<std::vector<SignedPart>> inputs;
    inputs.reserve(10'000);
    for (int i = 0; i < 10'000; ++i) inputs.push_back(message(i));
    const auto chain = build(inputs);
    for (const size_t i : {size_t{0}, size_t{4'999}, size_t{8'191}, size_t{8'192}, size_t{9'998}, size_t{9'999}})
        EXPECT_TRUE(verify_hash_chain(chain.result, chain.chains[i], inputs[i]).ok()) << i;
}

TEST(HashChain, ALoneMessageHasAChainToo) {
    for (const int attachments : {0, 1, 5}) {
        const auto chain = build({message(1, attachments)});
        EXPECT_TRUE(verify_hash_chain(chain.result, chain.chains[0], message(1, attachments)).ok());
    }
}

TEST(HashChain, AChangedMessageOrAttachmentIsFound) {
    const auto chain = build({message(1, 1), message(2)});
    auto parts = message(1, 1);
    parts[0].digest = digest_of("forged");
    expect_code(verify_hash_chain(chain.result, chain.chains[0], parts), "exchange.hash_chain");
    parts = message(1, 1);
    parts[1].digest = digest_of("forged");
    expect_code(verify_hash_chain(chain.result, chain.chains[0], parts), "exchange.hash_chain");
}

TEST(HashChain, AnAttachmentMoreOrLessThanWasSignedIsFound) {
    const auto chain = build({message(1, 1), message(2)});
    expect_code(verify_hash_chain(chain.result, chain.chains[0], message(1, 0)), "exchange.hash_chain");
    expect_code(verify_hash_chain(chain.result, chain.chains[0], message(1, 2)), "exchange.hash_chain");
}

TEST(HashChain, AnotherBatchesResultIsFound) {
    const auto one = build({message(1), message(2)}), other = build({message(1), message(3)});
    expect_code(verify_hash_chain(other.result, one.chains[0], message(1)), "exchange.hash_chain");
}

TEST(HashChain, APartOutsideTheSignedStepsDoesNotCount) {
    // The message stands in a step that the top does not lead to.
    const auto other = digest_of("other");
    const auto part = message(1)[0];
    const auto chain = chain_document(
        fmt::format(R"(<ns2:HashStep id="STEP0">{}</ns2:HashStep><ns2:HashStep id="STEP1">{}</ns2:HashStep>)",
                    hash_value(other), data_ref(part)));
    expect_code(verify_hash_chain(result_document(digest_of_step({other})), chain, {part}), "exchange.hash_chain");
}

TEST(HashChain, StepsMayBeNamedWithTheirDocumentAndBeSharedButNotTurnInACircle) {
    const auto part = message(1)[0];
    const auto inner = digest_of_step({part.digest});
    const auto shared = chain_document(fmt::format(
        R"(<ns2:HashStep id="STEP0"><ns2:StepRef URI="#A"/><ns2:StepRef URI="/sig-hashchain.xml#A"/></ns2:HashStep><ns2:HashStep id="A">{}</ns2:HashStep>)",
        data_ref(part)));
    EXPECT_TRUE(verify_hash_chain(result_document(digest_of_step({inner, inner})), shared, {part}).ok());
    const auto circle = chain_document(
        R"(<ns2:HashStep id="STEP0"><ns2:StepRef URI="#A"/></ns2:HashStep><ns2:HashStep id="A"><ns2:StepRef URI="#STEP0"/></ns2:HashStep>)");
    expect_code(verify_hash_chain(result_document(inner), circle, {part}), "exchange.malformed_hash_chain");
    const auto elsewhere =
        chain_document(R"(<ns2:HashStep id="STEP0"><ns2:StepRef URI="/other.xml#A"/></ns2:HashStep>)");
    expect_code(verify_hash_chain(result_document(inner), elsewhere, {part}), "exchange.malformed_hash_chain");
}

TEST(HashChain, DeepAndWideChainsAreRefused) {
    std::string deep;
    for (int i = 0; i < 80; ++i)
        deep += fmt::format(R"(<ns2:HashStep id="STEP{}"><ns2:StepRef URI="#STEP{}"/></ns2:HashStep>)", i, i + 1);
    const auto any = result_document(digest_of("x"));
    expect_code(verify_hash_chain(any, chain_document(deep), message(1)), "exchange.malformed_hash_chain");
    std::string many;
    for (int i = 0; i < 1025; ++i) many += fmt::format(R"(<ns2:HashStep id="STEP{}"/>)", i);
    expect_code(verify_hash_chain(any, chain_document(many), message(1)), "exchange.malformed_hash_chain");
    std::string wide = R"(<ns2:HashStep id="STEP0">)";
    for (int i = 0; i < 10'001; ++i) wide += hash_value(digest_of("x"));
    wide += "</ns2:HashStep>";
    expect_code(verify_hash_chain(any, chain_document(wide), message(1)), "exchange.malformed_hash_chain");
}

TEST(HashChain, LineBreaksInsideBase64OfOlderFilesAreTaken) {
    const auto chain = build({message(1), message(2)});
    std::string broken;
    const auto text = base64(message(1)[0].digest);
    for (size_t i = 0; i < text.size(); i += 20) broken += text.substr(i, 20) + "&#13;\n";
    const auto old = replaced(chain.chains[0], text, broken);
    EXPECT_TRUE(verify_hash_chain(chain.result, old, message(1)).ok());
}

TEST(HashChain, HostileDocumentsAreRefused) {
    const auto good = build({message(1), message(2)});
    const auto& chain = good.chains[0];
    const std::vector<std::string> hostile{
        "",
        "<a",
        std::string("\xff\xfe<", 3),
        replaced(chain, "<ns2:HashChain ", "<!DOCTYPE x [<!ENTITY a \"b\">]><ns2:HashChain "),
        replaced(chain, "<ns2:HashStep", "<!-- --><ns2:HashStep"),
        replaced(chain, "<ns2:HashStep", "<?p i?><ns2:HashStep"),
        replaced(chain, "http://cyber.ee/hashchain", "http://cyber.ee/other"),
        replaced(chain, sha512_uri, "http://www.w3.org/2000/09/xmldsig#sha1"),
        replaced(chain, base64(message(1)[0].digest), "AAAA"),
        replaced(chain, R"(id="STEP0")", ""),
        replaced(chain, "</ns2:HashChain>", R"(<ns2:HashStep id="STEP0"/></ns2:HashChain>)"),
    };
    for (const auto& document : hostile)
        expect_code(verify_hash_chain(good.result, document, message(1)), "exchange.malformed_hash_chain");
    for (const auto& result :
         {std::string(), replaced(good.result, "#STEP0", ""), replaced(good.result, "DigestValue>", "Other>"),
          replaced(good.result, sha512_uri, "urn:x"), good.chains[0]})
        expect_code(verify_hash_chain(result, chain, message(1)), "exchange.malformed_hash_chain");
}

}  // namespace
}  // namespace hl::exchange
