#include <atomic>
#include <set>
#include <thread>

#include "exchange/trust/signing_fixture.h"

namespace hl::exchange {
namespace {

using namespace test;

class Batches : public SigningTest {};

/// A key whose operation waits until it is let go, so that a test decides what waits meanwhile.
class HeldKey final : public PrivateKey {
  public:
    explicit HeldKey(KeyPtr key) : key_(std::move(key)) {}
    [[nodiscard]] KeyKind kind() const override { return key_->kind(); }
    [[nodiscard]] Result<std::string> sign(const Digest512& digest) const override {
        started.count_down_once();
        open.wait();
        return key_->sign(digest);
    }
    [[nodiscard]] std::string public_key_der() const override { return key_->public_key_der(); }
    [[nodiscard]] std::shared_ptr<void> handle() const override { return key_->handle(); }

    struct Once {
        std::promise<void> promise;
        std::atomic<bool> done{false};
        void count_down_once() {
            if (!done.exchange(true)) promise.set_value();
        }
    };
    mutable Once started;
    std::promise<void> gate;
    std::shared_future<void> open = gate.get_future().share();

  private:
    KeyPtr key_;
};

TEST_F(Batches, WhatWaitsWhileASignatureIsMadeSharesTheNext) {
    const auto held = std::make_shared<HeldKey>(key_);
    identity_.key = held;
    std::vector<MessageSignature> out(9);
    BatchSigner::Counts counts;
    {
        BatchSigner signer([&]() -> Result<BatchSigner::Identity> { return identity_; }, clock_);
        const auto ask = [&](size_t i) {
            signer.sign(parts_of(fmt::format("{}", i)), [&, i](Result<MessageSignature> r) { out[i] = r.value(); });
        };
        ask(0);
        held->started.promise.get_future().wait();
        for (size_t i = 1; i < out.size(); ++i) ask(i);
        held->gate.set_value();
        while (signer.counts().messages < out.size()) std::this_thread::yield();
        counts = signer.counts();
    }
    EXPECT_EQ(counts.batches, 2U);
    EXPECT_EQ(counts.failures, 0U);
    EXPECT_FALSE(out[0].chain_result);
    for (size_t i = 1; i < out.size(); ++i) {
        EXPECT_EQ(out[i].xml, out[1].xml);
        EXPECT_TRUE(verify(out[i], parts_of(fmt::format("{}", i))).ok());
    }
}

TEST_F(Batches, NoBatchIsLargerThanItsLimit) {
    const auto held = std::make_shared<HeldKey>(key_);
    identity_.key = held;
    std::vector<MessageSignature> out(11);
    {
        BatchSigner signer([&]() -> Result<BatchSigner::Identity> { return identity_; }, clock_, 4);
        const auto ask = [&](size_t i) {
            signer.sign(parts_of(fmt::format("{}", i)), [&, i](Result<MessageSignature> r) { out[i] = r.value(); });
        };
        ask(0);
        held->started.promise.get_future().wait();
        for (size_t i = 1; i < out.size(); ++i) ask(i);
        held->gate.set_value();
    }
    std::map<const std::string*, int> sizes;
    for (const auto& one : out) ++sizes[one.xml.get()];
    std::multiset<int> found;
    for (const auto& [xml, size] : sizes) found.insert(size);
    EXPECT_EQ(found, (std::multiset<int>{1, 2, 4, 4}));
}

TEST_F(Batches, ClosingWaitsForWhatWasGiven) {
    std::atomic<int> done{0};
    {
        BatchSigner signer([&]() -> Result<BatchSigner::Identity> { return identity_; }, clock_, 3, 2);
        for (int i = 0; i < 40; ++i)
            signer.sign(parts_of(fmt::format("{}", i)), [&](const Result<MessageSignature>& r) {
                if (r.ok()) ++done;
            });
    }
    EXPECT_EQ(done, 40);
}

TEST_F(Batches, ManyThreadsSignAtOnceAndEachGetsItsOwn) {
    std::atomic<int> good{0};
    BatchSigner signer([&]() -> Result<BatchSigner::Identity> { return identity_; }, clock_, 16, 3);
    std::vector<std::thread> clients;
    for (int t = 0; t < 4; ++t)
        clients.emplace_back([&, t] {
            for (int i = 0; i < 25; ++i) {
                const auto parts = parts_of(fmt::format("{}.{}", t, i),
                                            i % 3 ? std::vector<std::string>{"x"} : std::vector<std::string>{});
                std::promise<Result<MessageSignature>> promise;
                signer.sign(parts, [&](Result<MessageSignature> r) { promise.set_value(std::move(r)); });
                const auto signature = promise.get_future().get();
                if (signature.ok() && verify(*signature, parts).ok()) ++good;
            }
        });
    for (auto& client : clients) client.join();
    EXPECT_EQ(good, 100);
}

TEST_F(Batches, AnIdentityThatIsNotThereFailsItsBatchAndTheNextSucceeds) {
    bool broken = true;
    BatchSigner signer(
        [&]() -> Result<BatchSigner::Identity> {
            if (broken) return Error{ErrorKind::unavailable, "exchange.token_not_available", "Rút thẻ.", "Gone."};
            return identity_;
        },
        clock_);
    const auto ask = [&] {
        std::promise<Result<MessageSignature>> promise;
        signer.sign(parts_of("một"), [&](Result<MessageSignature> r) { promise.set_value(std::move(r)); });
        return promise.get_future().get();
    };
    expect_code(ask(), "exchange.token_not_available");
    broken = false;
    EXPECT_TRUE(ask().ok());
    EXPECT_EQ(signer.counts().failures, 1U);
    EXPECT_EQ(signer.counts().messages, 1U);
}

TEST_F(Batches, ANewCertificateAndOcspResponseAreUsedFromTheNextBatchOn) {
    BatchSigner signer([&]() -> Result<BatchSigner::Identity> { return identity_; }, clock_);
    const auto ask = [&] {
        std::promise<Result<MessageSignature>> promise;
        signer.sign(parts_of("một"), [&](Result<MessageSignature> r) { promise.set_value(std::move(r)); });
        return promise.get_future().get();
    };
    EXPECT_EQ(verify(ask().value(), parts_of("một"))->certificate_sha256, certificate_.sha256_hex());
    become(KeyKind::rsa2048);
    EXPECT_EQ(verify(ask().value(), parts_of("một"))->certificate_sha256, certificate_.sha256_hex());
}

TEST_F(Batches, ACertificateOfAnotherKeyAndAMessageWithoutPartsAreRefused) {
    const auto other = issued(*new_key());
    identity_.certificate = other.der();
    BatchSigner signer([&]() -> Result<BatchSigner::Identity> { return identity_; }, clock_);
    const auto ask = [&](std::vector<SignedPart> parts) {
        std::promise<Result<MessageSignature>> promise;
        signer.sign(std::move(parts), [&](Result<MessageSignature> r) { promise.set_value(std::move(r)); });
        return promise.get_future().get();
    };
    expect_code(ask(parts_of("một")), "exchange.certificate");
    expect_code(ask({}), "exchange.cannot_sign");
    expect_code(ask({{"/attachment1", sha512("x")}}), "exchange.cannot_sign");
}

TEST_F(Batches, ABatchVerifiedFromManyThreadsIsVerified) {
    std::vector<std::vector<SignedPart>> messages;
    for (int i = 0; i < 32; ++i) messages.push_back(parts_of(fmt::format("{}", i)));
    const auto signatures = sign(messages);
    std::atomic<int> good{0};
    std::vector<std::thread> readers;
    for (size_t t = 0; t < 4; ++t)
        readers.emplace_back([&, t] {
            for (size_t i = t; i < messages.size(); i += 4)
                if (verify(signatures[i], messages[i]).ok()) ++good;
        });
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(good, 32);
}

TEST_F(Batches, CompanyIsWaitedForOnlyWhenMuchIsUnderWay) {
    Load load;
    std::vector<std::unique_ptr<Load::Guard>> under_way;
    const auto begin = [&] { under_way.push_back(std::make_unique<Load::Guard>(&load)); };
    for (int i = 0; i < 15; ++i) begin();
    EXPECT_EQ(load.company(), 1U);
    for (int i = 15; i < 60; ++i) begin();
    EXPECT_EQ(load.company(), 20U);
    EXPECT_GT(load.patience(), std::chrono::microseconds{0});
    // One that stays alone is signed all the same.
    std::promise<Result<MessageSignature>> alone;
    BatchSigner signer([&]() -> Result<BatchSigner::Identity> { return identity_; }, clock_, 256, 1, &load);
    signer.sign(parts_of("alone"), [&](Result<MessageSignature> r) { alone.set_value(std::move(r)); });
    EXPECT_TRUE(alone.get_future().get().ok());
    under_way.clear();
    EXPECT_EQ(load.company(), 1U);
}

TEST_F(Batches, WhatMessagesShareIsOneObjectAfterTheyWereVerified) {
    auto out = sign({parts_of("0"), parts_of("1"), parts_of("2")});
    out.push_back(sign_one(parts_of("3")));
    ASSERT_TRUE(out[0].chain_result);
    // As they come from the wire: each with bytes of its own.
    for (auto& one : out) {
        one.xml = std::make_shared<const std::string>(*one.xml);
        if (one.chain_result) one.chain_result = std::make_shared<const std::string>(*one.chain_result);
    }
    for (size_t i = 0; i < out.size(); ++i)
        ASSERT_TRUE(verifier_.verify(out[i], parts_of(fmt::format("{}", i)), clock_.now()).ok()) << i;
    EXPECT_EQ(out[0].xml, out[2].xml);
    EXPECT_EQ(out[0].chain_result, out[1].chain_result);
    EXPECT_NE(out[0].xml, out[3].xml);
    // A changed text is nobody's: what was remembered does not help it.
    auto changed = out[2];
    auto text = *changed.xml;
    text[text.size() / 2] = text[text.size() / 2] == 'A' ? 'B' : 'A';
    changed.xml = std::make_shared<const std::string>(text);
    EXPECT_FALSE(verifier_.verify(changed, parts_of("2"), clock_.now()).ok());
    EXPECT_FALSE(verifier_.verify(out[2], parts_of("1"), clock_.now()).ok());
}

}  // namespace
}  // namespace hl::exchange
