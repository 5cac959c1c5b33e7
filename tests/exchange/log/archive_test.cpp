// What archiving promises: smaller, provable, readable and erasable as before.
#include "exchange/trust/container.h"
#include "log_fixture.h"

namespace hl::exchange {
namespace {

using namespace fixture;
namespace fs = std::filesystem;

class Archive : public LogTest {
  protected:
    [[nodiscard]] MessageLogOptions options() const override {
        auto o = LogTest::options();
        o.segment_bytes = 20'000;
        return o;
    }
    std::vector<RecordNumber> fill(int count, int from = 0) {
        std::vector<LogEntry> out;
        for (int i = from; i < from + count; ++i) {
            auto e = entry(i, signature(std::to_string(i / 8)));
            const auto text = fmt::format("thân {}", i);
            e.bodies.push_back({sha512(text), static_cast<int64_t>(text.size()), log->whole_body(text)});
            out.push_back(std::move(e));
        }
        return append_all(std::move(out));
    }
    void check(const std::vector<RecordNumber>& numbers) {
        for (size_t i = 0; i < numbers.size(); ++i) {
            const auto e = log->entry(numbers[i]);
            ASSERT_TRUE(ok(e));
            EXPECT_EQ(e->message_id, fmt::format("id-{}", i));
            EXPECT_EQ(*body_text(e->bodies[0]), fmt::format("thân {}", i));
            EXPECT_EQ(*e->signature.xml, *signature(std::to_string(i / 8)).xml);
        }
    }
};

TEST_F(Archive, OldStampedSegmentsGoAndStayReadableAndProvable) {
    open();
    const auto numbers = fill(60);
    ASSERT_TRUE(ok(stamp(numbers, "token")));
    const auto before = *verify_log(folder.path(), {});
    const auto done = log->archive(from_ms(test::start_ms + 1'000'000));
    ASSERT_TRUE(ok(done));
    EXPECT_GT(done->segments, 2);
    EXPECT_LT(done->bytes_after, done->bytes_before / 2);
    EXPECT_EQ(segment_files().size(), 1U) << "the active one stays";
    check(numbers);
    EXPECT_EQ((*log->stamp(numbers[0]))->token, "token");
    open();
    check(numbers);
    EXPECT_FALSE(log->oldest_unstamped());
    const auto more = fill(3, 60);
    log.reset();
    const auto after = verify_log(folder.path(), {});
    ASSERT_TRUE(ok(after));
    EXPECT_TRUE(after->problems.empty()) << after->problems[0];
    EXPECT_EQ(after->messages, before.messages + 3);
    EXPECT_EQ(after->archives, done->segments);
}

TEST_F(Archive, WhatIsYoungOrWithoutATimeStampStays) {
    open();
    const auto numbers = fill(40);
    auto done = log->archive(from_ms(test::start_ms + 1'000'000));
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->segments, 0);
    EXPECT_EQ(done->waits_for, "time-stamps");
    ASSERT_TRUE(ok(stamp(numbers, "token")));
    done = log->archive(from_ms(test::start_ms));
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->segments, 0);
    EXPECT_EQ(done->waits_for, "age");
}

TEST_F(Archive, AChangedArchiveIsNamed) {
    open();
    const auto numbers = fill(60);
    ASSERT_TRUE(ok(stamp(numbers, "token")));
    ASSERT_TRUE(ok(log->archive(from_ms(test::start_ms + 1'000'000))));
    log.reset();
    const auto file = folder / "archive/0000000000000000.harc";
    auto bytes = *read_file(file);
    bytes[200] ^= 1;
    ASSERT_TRUE(ok(write_file(file, bytes)));
    const auto verified = verify_log(folder.path(), {});
    ASSERT_TRUE(ok(verified));
    EXPECT_GE(verified->problems.size(), 2U) << "the file itself, and the next, which is bound to it";
    open();
    EXPECT_EQ(code_of(log->entry(numbers[0])), "exchange.log_damaged");
}

TEST_F(Archive, BodiesAreErasedInTheArchiveTooAndTheProofStays) {
    open();
    const auto numbers = fill(40);
    ASSERT_TRUE(ok(stamp(numbers, "token")));
    ASSERT_TRUE(ok(log->archive(from_ms(test::start_ms + 1'000'000))));
    ASSERT_TRUE(ok(log->erase(numbers[0], true, "hết thời hạn lưu", "an")));
    open();
    const auto e = log->entry(numbers[0]);
    ASSERT_TRUE(ok(e));
    EXPECT_TRUE(e->message_erased);
    EXPECT_EQ(code_of(body_text(e->bodies[0])), "exchange.erased");
    EXPECT_EQ(code_of(export_container(*log, numbers[0])), "exchange.erased");
    log.reset();
    EXPECT_TRUE(verify_log(folder.path(), {})->problems.empty());
}

TEST_F(Archive, PiecesOfBodiesGivenUpAreLeftBehindAndThoseInUseAreNot) {
    open();
    const std::string text(300'000, 't');
    {
        auto given_up = log->open_body();
        (void)given_up.write(text);
    }
    auto writer = log->open_body();
    (void)writer.write(text);
    auto e = entry(0);
    e.bodies.push_back({sha512(text), static_cast<int64_t>(text.size()), writer.finish()});
    const auto kept = append(std::move(e));
    ASSERT_TRUE(ok(kept));
    open();  // no body can still be streaming in from before
    auto numbers = fill(20, 1);
    numbers.push_back(*kept);
    ASSERT_TRUE(ok(stamp(numbers, "token")));
    ASSERT_TRUE(ok(log->archive(from_ms(test::start_ms + 1'000'000))));
    EXPECT_EQ(*body_text(log->entry(*kept)->bodies[0]), text);
    log.reset();
    const auto verified = verify_log(folder.path(), {});
    EXPECT_TRUE(verified->problems.empty());
    EXPECT_EQ(verified->dropped, 2);
    EXPECT_EQ(verified->messages, 21);
}

TEST_F(Archive, AContainerComesFromTheLogAndFromTheArchiveAlike) {
    open();
    const auto numbers = fill(30);
    ASSERT_TRUE(ok(stamp(numbers, "token")));
    const auto live = export_container(*log, numbers[3]);
    ASSERT_TRUE(ok(live));
    ASSERT_TRUE(ok(log->archive(from_ms(test::start_ms + 1'000'000))));
    const auto archived = export_container(*log, numbers[3]);
    ASSERT_TRUE(ok(archived));
    EXPECT_EQ(*live, *archived);
    const auto parts = read_container(*archived);
    ASSERT_TRUE(ok(parts));
    EXPECT_EQ(parts->message, entry(3).message);
    EXPECT_EQ(parts->attachments, std::vector<std::string>{"thân 3"});
    EXPECT_EQ(parts->signature, *signature("0").xml);
    EXPECT_EQ(parts->chain, signature("0").chain);
    EXPECT_EQ(parts->stamp_token, "token");
    EXPECT_EQ(parts->stamp_chain, fmt::format("chain of {}", numbers[3]));
    ASSERT_TRUE(ok(export_container_file(*log, numbers[3], folder / "three.asice")));
    EXPECT_EQ(read_container(*read_file(folder / "three.asice"))->attachments, parts->attachments);
}

TEST_F(Archive, ASoapMessageWithAttachmentsBecomesAContainerBeforeItIsStamped) {
    open();
    auto e = entry(1);
    e.rest = false;
    e.message = "<soap:Envelope/>";
    const std::string large(400'000, 'a');
    for (const auto& text : {std::string("một"), large})
        e.bodies.push_back({sha512(text), static_cast<int64_t>(text.size()), log->whole_body(text)});
    const auto number = append(std::move(e));
    ASSERT_TRUE(ok(number));
    ASSERT_TRUE(ok(export_container_file(*log, *number, folder / "soap.asice")));
    const auto parts = read_container(*read_file(folder / "soap.asice"));
    ASSERT_TRUE(ok(parts));
    EXPECT_EQ(parts->message, "<soap:Envelope/>");
    EXPECT_EQ(parts->attachments, (std::vector<std::string>{"một", large}));
    EXPECT_TRUE(parts->stamp_token.empty());
}

TEST_F(Archive, ADigestAloneGivesNoContainer) {
    open();
    auto e = entry(1);
    e.bodies.push_back({sha512("x"), 1, ""});
    EXPECT_EQ(code_of(export_container(*log, *append(std::move(e)))), "exchange.body_missing");
}

}  // namespace
}  // namespace hl::exchange
