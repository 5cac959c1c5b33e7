#include "exchange/gateway/at_rest.h"

#include <future>

#include "exchange/gateway/loop.h"
#include "exchange/trust/signing_fixture.h"

namespace hl::exchange::gateway {
namespace {

class AtRestTest : public test::SigningTest {
  protected:
    void TearDown() override { loop_.stop(); }
    /// Runs on the loop's thread, as one piece of its work.
    void then(std::function<void()> work) { asio::post(loop_.context(), std::move(work)); }
    void ask(const std::string& text, std::promise<std::thread::id>& signed_on) {
        auto parts = test::parts_of(text);
        then([this, parts, &signed_on] {
            ASSERT_EQ(Loop::here(), &loop_);
            loop_.at_rest().sign(signer_, parts, [this, parts, &signed_on](const Result<MessageSignature>& r) {
                EXPECT_TRUE(r.ok() && verify(*r, parts).ok());
                signed_on.set_value(std::this_thread::get_id());
            });
        });
    }
    [[nodiscard]] std::thread::id loops_thread() {
        std::promise<std::thread::id> id;
        then([&] { id.set_value(std::this_thread::get_id()); });
        return id.get_future().get();
    }

    std::mutex mutex_;
    Loop loop_{random_, mutex_};
    BatchSigner signer_{[this]() -> Result<BatchSigner::Identity> { return identity_; }, clock_};
};

TEST_F(AtRestTest, WhatComesInOneTurnIsSignedTogetherAndALoneOneAtOnce) {
    std::array<std::promise<std::thread::id>, 10> signed_on;
    for (size_t i = 0; i + 1 < signed_on.size(); ++i) ask(fmt::format("{}", i), signed_on[i]);
    loop_.start();
    const auto own = loops_thread();
    for (size_t i = 0; i + 1 < signed_on.size(); ++i) EXPECT_EQ(signed_on[i].get_future().get(), own);
    EXPECT_EQ(signer_.counts().batches, 1U);
    ask("alone", signed_on.back());
    EXPECT_EQ(signed_on.back().get_future().get(), own);
    EXPECT_EQ(signer_.counts().batches, 2U);
    EXPECT_EQ(Loop::here(), nullptr) << "this is nobody's loop";
}

TEST_F(AtRestTest, AKeyThatTakesLongHoldsNoLoop) {
    become(KeyKind::rsa2048);
    std::array<std::promise<std::thread::id>, 3> signed_on;
    for (auto& one : signed_on) ask("rsa", one);
    loop_.start();
    const auto own = loops_thread();
    for (auto& one : signed_on) EXPECT_NE(one.get_future().get(), own);
}

/// A loop that never comes to rest still signs.
TEST_F(AtRestTest, WorkWithoutEndKeepsNobodyWaiting) {
    std::promise<std::thread::id> signed_on;
    std::atomic<bool> over = false;
    std::function<void()> again = [&] {
        if (!over) asio::post(loop_.context(), again);
    };
    then(again);
    ask("in between", signed_on);
    loop_.start();
    signed_on.get_future().get();
    over = true;
    // The piece that did not see it yet may post one more behind the first of these.
    (void)loops_thread();
    (void)loops_thread();
}

}  // namespace
}  // namespace hl::exchange::gateway
