#include <sys/resource.h>

#include "exchange/trust/container_fixture.h"

namespace hl::exchange {
namespace {

using namespace test;
using Outcome = ContainerCheck::Outcome;

class ContainerFiles : public ContainerTest {
  protected:
    [[nodiscard]] std::filesystem::path path() const { return folder_ / "c.asice"; }
    OfflineVerdict verdict_of(const ContainerParts& parts) {
        file("c.asice", write_container(parts, clock_.now()).value());
        return verify_container_file(path(), trust()).value();
    }
    static std::map<std::string, Outcome> outcomes(const OfflineVerdict& verdict) {
        std::map<std::string, Outcome> out;
        for (const auto& check : verdict.checks) out[check.name] = check.outcome;
        return out;
    }
    /// `size` bytes that do not pack, from a counter.
    static AttachmentSource numbers(uint64_t size, uint64_t said) {
        const auto at = std::make_shared<uint64_t>(0);
        return {said, [at, size](std::span<char> piece) -> Result<size_t> {
                    const auto n = static_cast<size_t>(std::min<uint64_t>(piece.size(), size - *at));
                    for (size_t i = 0; i < n; ++i) piece[i] = letter(*at + i);
                    *at += n;
                    return n;
                }};
    }
    static char letter(uint64_t i) { return static_cast<char>((i * 2654435761U) >> 13); }
};

TEST_F(ContainerFiles, EveryCheckIsNamedAndPassed) {
    for (const auto& parts : {rest_single(), rest_batch(), soap_with_attachments()}) {
        const auto verdict = verdict_of(parts);
        EXPECT_TRUE(verdict.valid);
        EXPECT_EQ(verdict.checks.size(), 7U);
        for (const auto& check : verdict.checks) {
            EXPECT_EQ(check.outcome, Outcome::passed) << check.name;
            EXPECT_FALSE(check.vi.empty() || check.en.empty());
        }
        EXPECT_EQ(verdict.contents.size(), 1 + parts.attachments.size());
        EXPECT_EQ(verdict.contents[0].digest, sha512(parts.message));
        ASSERT_TRUE(verdict.verdict);
        EXPECT_EQ(verdict.verdict->signer.subject, certificate_.subject());
        EXPECT_TRUE(verdict.verdict->stamped_at);
    }
}

TEST_F(ContainerFiles, AFailedCheckIsTheOneThatIsWrong) {
    const auto good = rest_batch();
    auto parts = good;
    parts.attachments[0] += ' ';
    auto verdict = verdict_of(parts);
    EXPECT_FALSE(verdict.valid);
    auto found = outcomes(verdict);
    EXPECT_EQ(found["content"], Outcome::failed);
    EXPECT_EQ(std::ranges::count_if(found, [](const auto& c) { return c.second == Outcome::passed; }), 6);

    parts = good;
    parts.stamp_token = token_over("something else");
    found = outcomes(verdict_of(parts));
    EXPECT_EQ(found["time_stamp"], Outcome::failed);
    EXPECT_EQ(found["content"], Outcome::passed);

    parts = good;
    parts.signature = "<x/>";
    found = outcomes(verdict_of(parts));
    EXPECT_EQ(found["signature"], Outcome::failed);
    EXPECT_EQ(found["ocsp"], Outcome::skipped);
}

TEST_F(ContainerFiles, WhatIsNoContainerIsSaidSoAndAMissingFileIsAnError) {
    file("c.asice", "not a zip");
    const auto verdict = verify_container_file(path(), trust());
    ASSERT_TRUE(verdict.ok());
    EXPECT_FALSE(verdict->valid);
    EXPECT_EQ(outcomes(*verdict)["container"], Outcome::failed);
    EXPECT_EQ(outcomes(*verdict)["content"], Outcome::skipped);
    expect_code(verify_container_file(folder_ / "none", trust()), "file.not_found");
}

TEST_F(ContainerFiles, LargeAttachmentsPassThroughInPieces) {
    constexpr uint64_t size = 40u << 20;
    Sha512Stream digest;
    std::string piece(1u << 16, '\0');
    for (uint64_t at = 0; at < size; at += piece.size()) {
        for (size_t i = 0; i < piece.size(); ++i) piece[i] = letter(at + i);
        digest.update(piece);
    }
    std::vector<SignedPart> signed_list{{"/message.xml", sha512("m")}, {"/attachment1", digest.finish()}};
    const auto signature = sign_one(signed_list);
    ContainerParts parts;
    parts.message = "m";
    parts.signature = *signature.xml;
    parts.chain = signature.chain;
    parts.chain_result = *signature.chain_result;
    stamp(parts);

    rusage before{}, after{};
    getrusage(RUSAGE_SELF, &before);
    ASSERT_TRUE(write_container_file(path(), parts, {numbers(size, size)}, clock_.now()).ok());
    const auto verdict = verify_container_file(path(), trust());
    getrusage(RUSAGE_SELF, &after);
    ASSERT_TRUE(verdict.ok());
    EXPECT_TRUE(verdict->valid);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 16 * 1024);  // kilobytes: far less than the attachment
    EXPECT_FALSE(std::filesystem::exists(path().string() + ".part"));
}

TEST_F(ContainerFiles, ASourceThatFailsOrLiesLeavesNoFile) {
    const auto parts = rest_batch();
    auto bare = parts;
    bare.attachments.clear();
    for (const uint64_t said : {uint64_t{10}, uint64_t{5000}})
        expect_code(write_container_file(path(), bare, {numbers(1000, said)}, clock_.now()), "exchange.container");
    const AttachmentSource failing{1000, [](std::span<char>) -> Result<size_t> {
                                       return Error{ErrorKind::internal, "log.body", "Mất nội dung.", "Lost."};
                                   }};
    expect_code(write_container_file(path(), bare, {failing}, clock_.now()), "log.body");
    EXPECT_FALSE(std::filesystem::exists(path()));
    EXPECT_FALSE(std::filesystem::exists(path().string() + ".part"));
}

}  // namespace
}  // namespace hl::exchange
