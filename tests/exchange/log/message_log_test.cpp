// What the message log promises about records: whole, in order, there after a restart, shared parts once.
#include "log_fixture.h"

namespace hl::exchange {
namespace {

using namespace fixture;

class Log : public LogTest {};

LogEntry::Body body_of(std::string handle, std::string_view text) {
    return {sha512(text), static_cast<int64_t>(text.size()), std::move(handle)};
}

TEST_F(Log, GivesBackWhatItWasGivenAlsoAfterARestart) {
    open();
    auto given = entry(1);
    given.side = Side::provider;
    given.service.version = "v1";
    given.represented_party = "COM/123";
    given.rest = false;
    given.succeeded = false;
    given.fault_code = "server.serverproxy.access_denied";
    given.bodies.push_back(body_of(log->whole_body("thân nhỏ"), "thân nhỏ"));
    given.bodies.push_back(body_of("", "chỉ có giá trị băm"));
    const auto number = append(given);
    ASSERT_TRUE(ok(number));
    for (int round = 0; round < 2; ++round) {
        const auto e = log->entry(*number);
        ASSERT_TRUE(ok(e));
        EXPECT_EQ(e->at, given.at);
        EXPECT_EQ(e->side, Side::provider);
        EXPECT_EQ(e->direction, Direction::response);
        EXPECT_EQ(e->message_id, given.message_id);
        EXPECT_EQ(e->request_id, given.request_id);
        EXPECT_EQ(e->client, given.client);
        EXPECT_EQ(e->service, given.service);
        EXPECT_EQ(e->user_id, given.user_id);
        EXPECT_EQ(e->issue, given.issue);
        EXPECT_EQ(e->represented_party, given.represented_party);
        EXPECT_EQ(e->message, given.message);
        EXPECT_EQ(*e->signature.xml, *given.signature.xml);
        EXPECT_EQ(*e->signature.chain_result, *given.signature.chain_result);
        EXPECT_EQ(e->signature.chain, given.signature.chain);
        EXPECT_EQ(e->signer_sha256, given.signer_sha256);
        EXPECT_EQ(e->status, 200);
        EXPECT_FALSE(e->rest);
        EXPECT_FALSE(e->succeeded);
        EXPECT_EQ(e->fault_code, given.fault_code);
        ASSERT_EQ(e->bodies.size(), 2U);
        EXPECT_EQ(*body_text(e->bodies[0]), "thân nhỏ");
        EXPECT_EQ(e->bodies[0].digest, sha512("thân nhỏ"));
        EXPECT_TRUE(e->bodies[1].handle.empty());
        EXPECT_EQ(code_of(body_text(e->bodies[1])), "exchange.body_missing");
        open();
    }
}

TEST_F(Log, ASignatureWithoutABatchComesBackWithoutAChain) {
    open();
    const auto number = append(entry(1, signature("alone", false)));
    const auto e = log->entry(*number);
    ASSERT_TRUE(ok(e));
    EXPECT_EQ(e->signature.chain_result, nullptr);
    EXPECT_TRUE(e->signature.chain.empty());
}

TEST_F(Log, NothingThatIsSaidOrWhoSaidItStandsInTheFiles) {
    open();
    auto e = entry(1);
    e.message = "lời nói riêng tư";
    e.bodies.push_back(body_of(log->whole_body("thân thể bí mật"), "thân thể bí mật"));
    ASSERT_TRUE(ok(append(std::move(e))));
    log.reset();
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path())) {
        if (!file.is_regular_file()) continue;
        const auto bytes = read_file(file.path());
        ASSERT_TRUE(ok(bytes));
        for (const auto* secret : {"riêng tư", "bí mật", "VN045188000123", "H50.12-261123-0001"})
            EXPECT_EQ(bytes->find(secret), std::string::npos) << file.path() << secret;
    }
}

TEST_F(Log, TheSignatureOfABatchIsStoredOnceForItsMessages) {
    open();
    constexpr int count = 256;
    const auto shared = signature("batch");
    std::vector<std::future<Result<RecordNumber>>> answers;
    for (int i = 0; i < count; ++i) {
        auto e = entry(i, shared);
        e.bodies.push_back(body_of(log->whole_body(std::string(2000, 'b')), std::string(2000, 'b')));
        answers.push_back(start(std::move(e)));
    }
    for (auto& a : answers) ASSERT_TRUE(ok(a.get()));
    // The same text from another gateway, at another address, is the same batch.
    auto copy = shared;
    copy.xml = std::make_shared<const std::string>(*shared.xml);
    ASSERT_TRUE(ok(append(entry(count, copy))));
    const auto health = log->health();
    EXPECT_EQ(log->size(), count + 1 + 1);
    const auto per_exchange = 2 * health.bytes / health.messages;
    std::cout << "bytes per exchange (request and response of 2 kB each, 256 messages a signature): " << per_exchange
              << "\n";
    EXPECT_LT(per_exchange, 6000);
}

// What nobody waits for yet goes with the next that somebody waits for; alone it is written soon, or when it is
// hurried.
TEST_F(Log, WhatDoesNotPressIsWrittenWithTheNextOrSoon) {
    open();
    std::promise<RecordNumber> first, second;
    std::atomic<bool> first_there = false;
    log->append_soon(entry(1), [&](const Result<RecordNumber>& n) {
        first_there = true;
        first.set_value(n.ok() ? *n : -1);
    });
    const auto pressing = append(entry(2));
    ASSERT_TRUE(ok(pressing));
    EXPECT_TRUE(first_there) << "one flush for both, answered in their order";
    const auto number = first.get_future().get();
    EXPECT_LT(number, *pressing);
    EXPECT_EQ(log->entry(number)->message_id, "id-1");
    log->append_soon(entry(3), [&](const Result<RecordNumber>& n) { second.set_value(n.ok() ? *n : -1); });
    EXPECT_EQ(log->entry(second.get_future().get())->message_id, "id-3") << "nothing came after it";
    for (int i = 4; i < 60; ++i) {
        std::promise<RecordNumber> done;
        log->append_soon(entry(i), [&](const Result<RecordNumber>& n) { done.set_value(n.ok() ? *n : -1); });
        if (i % 2 == 0) log->hurry();
        EXPECT_EQ(log->entry(done.get_future().get())->message_id, fmt::format("id-{}", i));
    }
    log->hurry();  // nothing waits
    log->append_soon(entry(70), [](const Result<RecordNumber>&) {});
    const auto there = log->size();
    log.reset();
    open();
    EXPECT_GT(log->size(), there) << "the end of the log leaves nothing behind";
    EXPECT_TRUE(verify_log(folder.path(), {})->problems.empty());
}

TEST_F(Log, AnUnknownRecordIsMissing) {
    open();
    EXPECT_EQ(code_of(log->entry(0)), "exchange.record_missing");
    EXPECT_EQ(code_of(log->entry(-1)), "exchange.record_missing");
    const auto n = append(entry(1));
    EXPECT_EQ(code_of(log->entry(*n + 1)), "exchange.record_missing");
    EXPECT_EQ(code_of(log->entry(*n - 1)), "exchange.record_missing") << "the batch is no message";
}

TEST_F(Log, OneProgramOnlyHasItOpen) {
    open();
    EXPECT_EQ(code_of(MessageLog::open(options(), clock, random)), "exchange.log_unavailable");
}

TEST_F(Log, WritersOfManyThreadsGetNumbersOfTheirOwn) {
    open();
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::set<RecordNumber> numbers;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                const auto n = append(entry(t * 1000 + i, signature(std::to_string(t))));
                ASSERT_TRUE(ok(n));
                EXPECT_EQ(log->entry(*n)->message_id, fmt::format("id-{}", t * 1000 + i));
                std::scoped_lock lock(mutex);
                numbers.insert(*n);
            }
        });
    for (auto& t : threads) t.join();
    EXPECT_EQ(numbers.size(), 200U);
}

class SmallSegments : public LogTest {
  protected:
    [[nodiscard]] MessageLogOptions options() const override {
        auto o = LogTest::options();
        o.segment_bytes = 20'000;
        return o;
    }
};

TEST_F(SmallSegments, AreOneLog) {
    open();
    std::vector<LogEntry> entries;
    for (int i = 0; i < 60; ++i) entries.push_back(entry(i, signature(std::to_string(i / 8))));
    (void)append_all(std::move(entries));
    EXPECT_GT(log->health().segments, 3);
    const auto size = log->size();
    std::vector<std::string> before;
    for (RecordNumber n = 0; n < size; ++n)
        if (const auto e = log->entry(n); e.ok()) before.push_back(e->message);
    EXPECT_EQ(before.size(), 60U);
    for (int round = 0; round < 2; ++round) {
        open();
        EXPECT_GE(log->size(), size);
        std::vector<std::string> after;
        for (RecordNumber n = 0; n < size; ++n)
            if (const auto e = log->entry(n); e.ok()) after.push_back(e->message);
        EXPECT_EQ(before, after);
        // Tables of offsets are a help only.
        log.reset();
        for (const auto& file : std::filesystem::directory_iterator(folder.path()))
            if (file.path().extension() == ".table") std::filesystem::remove(file.path());
    }
}

TEST_F(SmallSegments, EachHasTheSignaturesItsMessagesNeed) {
    open();
    const auto shared = signature("for all");
    (void)append_all(std::vector<LogEntry>(80, entry(1, shared)));
    const auto files = segment_files();
    ASSERT_GT(files.size(), 1U);
    for (const auto& file : files) EXPECT_NE(read_file(file)->find("<signatures>for all"), std::string::npos) << file;
}

TEST_F(SmallSegments, AStreamedBodyComesBackFromManySegments) {
    open();
    std::string text;
    for (int i = 0; text.size() < 1'000'000; ++i) text += fmt::format("dòng {}\n", i);
    auto writer = log->open_body();
    for (size_t at = 0; at < text.size(); at += 7001) {
        if (!writer.write(std::string_view{text}.substr(at, 7001))) {
            std::promise<void> ready;
            writer.when_ready([&] { ready.set_value(); });
            ready.get_future().get();
        }
        if (at % 70010 == 0) {
            ASSERT_TRUE(ok(append(entry(static_cast<int>(at)))));
        }
    }
    auto e = entry(5);
    e.bodies.push_back(body_of(writer.finish(), text));
    const auto number = append(std::move(e));
    ASSERT_TRUE(ok(number));
    open();
    const auto back = log->entry(*number);
    ASSERT_TRUE(ok(back));
    const auto all = body_text(back->bodies[0]);
    ASSERT_TRUE(ok(all));
    EXPECT_EQ(*all, text);
}

TEST_F(Log, AWriterThatIsBehindSaysSoAndWhenItIsReady) {
    open();
    auto writer = log->open_body();
    const std::string piece(512 << 10, 'x');
    int waits = 0;
    for (int i = 0; i < 16; ++i) {
        if (writer.write(piece)) continue;
        std::promise<void> ready;
        writer.when_ready([&] { ready.set_value(); });
        ready.get_future().get();
        ++waits;
    }
    auto e = entry(1);
    e.bodies.push_back({Digest512{}, 8 << 20, writer.finish()});
    const auto number = append(std::move(e));
    ASSERT_TRUE(ok(number));
    EXPECT_GT(waits, 0);
    int64_t size = 0;
    size_t largest = 0;
    ASSERT_TRUE(ok(log->read_body(log->entry(*number)->bodies[0], [&](std::string_view p) -> Result<void> {
        size += static_cast<int64_t>(p.size());
        largest = std::max(largest, p.size());
        return {};
    })));
    EXPECT_EQ(size, 8 << 20);
    EXPECT_LE(largest, 256U << 10) << "never the whole";
}

TEST_F(Log, ABodyGivenUpLeavesNothingBehindButDeadPieces) {
    open();
    {
        auto writer = log->open_body();
        (void)writer.write(std::string(500'000, 'x'));
    }
    ASSERT_TRUE(ok(append(entry(1))));
    open();
    EXPECT_TRUE(ok(append(entry(2))));
}

TEST_F(Log, ABodyOfAnotherLogIsRefused) {
    open();
    auto e = entry(1);
    e.bodies.push_back({Digest512{}, 5, "nothing of ours"});
    EXPECT_EQ(code_of(append(std::move(e))), "exchange.body_unknown");
    auto f = entry(2);
    f.bodies.push_back({Digest512{}, 5, "~1:77:3"});
    EXPECT_FALSE(append(std::move(f)).ok()) << "pieces that were never written";
}

TEST_F(Log, StampsCoverTheirRecordsAlsoAfterARestart) {
    open();
    std::vector<RecordNumber> numbers;
    for (int i = 0; i < 6; ++i) numbers.push_back(*append(entry(i, signature(std::to_string(i / 3)))));
    EXPECT_EQ(log->oldest_unstamped(), entry(0).at);
    auto waiting = log->unstamped(4);
    ASSERT_TRUE(ok(waiting));
    EXPECT_EQ(waiting->records, std::vector(numbers.begin(), numbers.begin() + 4));
    EXPECT_EQ(waiting->signatures[0], sha512(*signature("0").xml));
    EXPECT_EQ(waiting->signatures[3], sha512(*signature("1").xml));
    EXPECT_EQ(waiting->oldest, entry(0).at);
    EXPECT_FALSE(log->stamp(numbers[0])->has_value());
    ASSERT_TRUE(ok(stamp(waiting->records, "token 1")));
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(log->oldest_unstamped(), entry(4).at);
        waiting = log->unstamped(100);
        ASSERT_TRUE(ok(waiting));
        EXPECT_EQ(waiting->records, std::vector(numbers.begin() + 4, numbers.end()));
        const auto stamped = log->stamp(numbers[3]);
        ASSERT_TRUE(ok(stamped));
        ASSERT_TRUE(stamped->has_value());
        EXPECT_EQ((*stamped)->token, "token 1");
        EXPECT_EQ((*stamped)->chain_result, "result");
        EXPECT_EQ((*stamped)->chain, fmt::format("chain of {}", numbers[3]));
        EXPECT_FALSE(log->stamp(numbers[4])->has_value());
        open();
    }
    ASSERT_TRUE(ok(stamp({numbers[5], numbers[4]}, "token 2")));
    EXPECT_EQ((*log->stamp(numbers[5]))->chain, fmt::format("chain of {}", numbers[5]));
    EXPECT_FALSE(log->oldest_unstamped());
    open();
    EXPECT_FALSE(log->oldest_unstamped());
    EXPECT_TRUE(log->unstamped(10)->records.empty());
}

TEST_F(SmallSegments, StampsAreFoundOverSegments) {
    open();
    const auto some = [](int from, int to) {
        std::vector<LogEntry> out;
        for (int i = from; i < to; ++i) out.push_back(entry(i, signature(std::to_string(i))));
        return out;
    };
    auto numbers = append_all(some(0, 60));
    ASSERT_TRUE(ok(stamp({numbers.begin(), numbers.begin() + 50}, "token")));
    const auto more = append_all(some(60, 90));
    numbers.insert(numbers.end(), more.begin(), more.end());
    ASSERT_GT(log->health().segments, 3);
    open();
    EXPECT_EQ((*log->stamp(numbers[7]))->token, "token");
    EXPECT_EQ(log->unstamped(1000)->records, std::vector(numbers.begin() + 50, numbers.end()));
}

TEST_F(Log, AStampOfRecordsThatAreNotThereIsRefused) {
    open();
    EXPECT_EQ(code_of(stamp({5}, "token")), "exchange.stamp_records");
    EXPECT_EQ(code_of(stamp({}, "token")), "exchange.stamp_records");
}

TEST_F(Log, ErasingTakesTheBodiesAndLeavesTheProof) {
    open();
    auto e = entry(1);
    e.bodies.push_back(body_of(log->whole_body("nhỏ"), "nhỏ"));
    const std::string large(300'000, 'l');
    auto writer = log->open_body();
    (void)writer.write(large);
    e.bodies.push_back(body_of(writer.finish(), large));
    const auto number = append(std::move(e));
    const auto other = append([&] {
        auto f = entry(2);
        f.bodies.push_back(body_of(log->whole_body("ở lại"), "ở lại"));
        return f;
    }());
    ASSERT_TRUE(ok(number));
    const auto handles = log->entry(*number)->bodies;
    ASSERT_TRUE(ok(log->erase(*number, false, "hết thời hạn lưu", "an")));
    for (int round = 0; round < 2; ++round) {
        for (const auto& body : handles) EXPECT_EQ(code_of(body_text(body)), "exchange.erased");
        const auto back = log->entry(*number);
        ASSERT_TRUE(ok(back));
        EXPECT_EQ(back->bodies[1].digest, sha512(large));
        EXPECT_FALSE(back->message_erased);
        EXPECT_EQ(*body_text(log->entry(*other)->bodies[0]), "ở lại");
        open();
    }
    ASSERT_TRUE(ok(log->erase(*number, true, "theo yêu cầu", "an")));
    open();
    const auto back = log->entry(*number);
    ASSERT_TRUE(ok(back));
    EXPECT_TRUE(back->message_erased);
    EXPECT_TRUE(back->message.empty());
    EXPECT_TRUE(back->user_id.empty());
    EXPECT_EQ(*back->signature.xml, *signature("one").xml);
    EXPECT_EQ(log->entry(*other)->user_id, "VN045188000123");
}

}  // namespace
}  // namespace hl::exchange
