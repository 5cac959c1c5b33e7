// An agency's signing identity under the development authority, what it signs, and a verifier that trusts the root.
#pragma once
#include <future>

#include "exchange/trust/authority_fixture.h"
#include "exchange/trust/container.h"
#include "exchange/trust/signature.h"

namespace hl::exchange::test {

inline std::vector<SignedPart> parts_of(std::string_view message, const std::vector<std::string>& attachments = {}) {
    std::vector<SignedPart> out{{"/message.xml", sha512(message)}};
    for (size_t i = 0; i < attachments.size(); ++i)
        out.push_back({fmt::format("/attachment{}", i + 1), sha512(attachments[i])});
    return out;
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return text;
}

template <class T>
void expect_code(const Result<T>& result, std::string_view code) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, code) << result.error().en;
    EXPECT_FALSE(result.error().vi.empty());
}

class SigningTest : public AuthorityTest {
  protected:
    SigningTest() { become(KeyKind::p256); }

    void become(KeyKind kind) {
        key_ = new_key(kind);
        certificate_ = issued(*key_);
        identity_ = {key_, certificate_.der(), {}, ocsp()};
    }
    [[nodiscard]] std::string ocsp() const {
        return authority_->answer_ocsp(make_ocsp_request(certificate_, authority_->root()).value());
    }
    /// One batch of all the messages given, signed now.
    std::vector<MessageSignature> sign(const std::vector<std::vector<SignedPart>>& messages) {
        std::promise<void> gate;
        const auto open = gate.get_future().share();
        std::vector<std::future<Result<MessageSignature>>> waiting;
        bool first = true;
        {
            // The first message keeps the signer until the others wait: so they share one batch.
            BatchSigner signer(
                [&, open]() -> Result<BatchSigner::Identity> {
                    if (std::exchange(first, false)) open.wait();
                    return identity_;
                },
                clock_);
            if (messages.size() > 1) signer.sign(parts_of("first"), [](const Result<MessageSignature>&) {});
            for (const auto& message : messages) {
                auto promise = std::make_shared<std::promise<Result<MessageSignature>>>();
                waiting.push_back(promise->get_future());
                signer.sign(message, [promise](Result<MessageSignature> r) { promise->set_value(std::move(r)); });
            }
            gate.set_value();
        }
        std::vector<MessageSignature> out;
        for (auto& one : waiting) {
            auto result = one.get();
            if (!result.ok()) throw std::runtime_error(result.error().en);
            out.push_back(std::move(result).value());
        }
        return out;
    }
    MessageSignature sign_one(const std::vector<SignedPart>& parts) { return sign({parts})[0]; }

    [[nodiscard]] std::shared_ptr<SignatureVerifier::Anchors> anchors() const {
        auto out = std::make_shared<SignatureVerifier::Anchors>();
        out->authorities = {authority_->root().der()};
        return out;
    }
    [[nodiscard]] Result<SignatureVerifier::Signer> verify(const MessageSignature& signature,
                                                           const std::vector<SignedPart>& parts) {
        return verify(*signature.xml, signature, parts);
    }
    [[nodiscard]] Result<SignatureVerifier::Signer> verify(std::string_view xml, const MessageSignature& signature,
                                                           const std::vector<SignedPart>& parts) {
        return verifier_.verify(xml, signature.chain_result ? *signature.chain_result : "", signature.chain, parts,
                                clock_.now());
    }

    KeyPtr key_;
    Certificate certificate_;
    BatchSigner::Identity identity_;
    std::shared_ptr<const SignatureVerifier::Anchors> trusted_ = anchors();
    SignatureVerifier verifier_{[this] { return trusted_; }};
};

}  // namespace hl::exchange::test
