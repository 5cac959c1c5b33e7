// What the index promises: everything is found, nothing personal stands in it or is shown unasked, it can be made
// again.
#include "exchange/log/log_index.h"

#include "exchange/log/fresh_rows.h"
#include "exchange/log/log_schema.h"
#include "log_fixture.h"

namespace hl::exchange {
namespace {

using namespace fixture;

class Index : public test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override { return log_migrations(); }
    void SetUp() override {
        EngineTest::SetUp();
        crypto::init();
        open();
    }
    void TearDown() override {
        index.reset();
        log.reset();
        EngineTest::TearDown();
    }
    void open() {
        index.reset();
        log.reset();
        MessageLogOptions o;
        o.folder = folder.path();
        o.master_key = std::string(32, 'k');
        o.min_free_bytes = 0;
        o.segment_bytes = 20'000;
        auto opened = MessageLog::open(o, clock(), random);
        ASSERT_TRUE(ok(opened));
        log = std::move(*opened);
        index = std::make_unique<LogIndex>(store(), *log, "gateway-1", std::string(32, 'k'));
    }
    Result<RecordNumber> append(LogEntry e) {
        std::promise<Result<RecordNumber>> promise;
        log->append(std::move(e), [&](Result<RecordNumber> r) { promise.set_value(std::move(r)); });
        return promise.get_future().get();
    }
    std::vector<std::string> found(const LogSearch& what) {
        const auto page = index->search(what);
        EXPECT_TRUE(ok(page));
        std::vector<std::string> out;
        if (page.ok())
            for (const auto& row : page->rows) out.push_back(row.message_id);
        return out;
    }
    using Ids = std::vector<std::string>;
    /// Every column of every row.
    Ids rows() {
        const auto all = store().read([](store::Reader& r) -> Result<Ids> {
            return r.all(
                "SELECT number, at, side, direction, message_id, request_id, client, provider, service, version, "
                "user_blind, rest, status, succeeded, fault_code, bodies, body_bytes FROM exchange_message ORDER BY "
                "number",
                {}, [](const auto& row) {
                    std::string out;
                    for (int i = 0; i < 17; ++i) out += row.string(i) + "|";
                    return out;
                });
        });
        EXPECT_TRUE(ok(all));
        return all.ok() ? *all : Ids{};
    }

    test::TempDir folder;
    test::SharedRandom random;
    std::unique_ptr<MessageLog> log;
    std::unique_ptr<LogIndex> index;
};
HL_FOR_EVERY_ENGINE(Index);

TEST_P(Index, FindsByWhoWhatAndWhen) {
    for (int i = 0; i < 4; ++i) {
        auto e = entry(i);
        if (i == 1) e.client = client("THUE");
        if (i == 2) {
            e.user_id = "VN000000000777";
            e.succeeded = false;
            e.service.code = "khac";
        }
        if (i == 3) e.side = Side::provider;
        ASSERT_TRUE(ok(append(std::move(e))));
    }
    ASSERT_TRUE(ok(index->catch_up()));
    EXPECT_EQ(*index->behind(), 0);
    EXPECT_EQ(found({}), (Ids{"id-3", "id-2", "id-1", "id-0"}));
    EXPECT_EQ(found({.client = client("THUE")}), Ids{"id-1"});
    EXPECT_EQ(found({.provider = service().provider}).size(), 4U);
    EXPECT_EQ(found({.service = "khac"}), Ids{"id-2"});
    EXPECT_EQ(found({.message_id = "id-0"}), Ids{"id-0"});
    EXPECT_EQ(found({.request_id = "request-1"}), (Ids{"id-3", "id-2"}));
    EXPECT_EQ(found({.user_id = "VN000000000777"}), Ids{"id-2"});
    EXPECT_EQ(found({.user_id = "VN00000000077"}), Ids{}) << "exact only";
    EXPECT_EQ(found({.from = entry(1).at, .to = entry(3).at}), (Ids{"id-2", "id-1"}));
    EXPECT_EQ(found({.succeeded = false}), Ids{"id-2"});
    EXPECT_EQ(found({.side = Side::provider}), Ids{"id-3"});
    EXPECT_EQ(found({.direction = Direction::response}), (Ids{"id-3", "id-1"}));
    const auto row = index->search({.message_id = "id-1"})->rows.at(0);
    EXPECT_EQ(row.client, client("THUE"));
    EXPECT_EQ(row.service, service());
    EXPECT_EQ(row.status, 200);
}

TEST_P(Index, PagesMeetWithoutGapOrRepetitionAlsoWithinOneMillisecond) {
    for (int i = 0; i < 25; ++i) {
        auto e = entry(i);
        e.at = from_ms(test::start_ms + i / 10);
        ASSERT_TRUE(ok(append(std::move(e))));
    }
    ASSERT_TRUE(ok(index->catch_up()));
    std::set<std::string> seen;
    LogSearch what;
    what.limit = 7;
    int pages = 0;
    do {
        const auto page = index->search(what);
        ASSERT_TRUE(ok(page));
        for (const auto& row : page->rows) EXPECT_TRUE(seen.insert(row.message_id).second);
        what.cursor = page->next;
        ++pages;
    } while (!what.cursor.empty());
    EXPECT_EQ(seen.size(), 25U);
    EXPECT_EQ(pages, 4);
    what.cursor = "1_x";
    EXPECT_EQ(code_of(index->search(what)), "exchange.search");
    EXPECT_EQ(code_of(index->search({.limit = 0})), "exchange.search");
}

TEST_P(Index, PersonalDataIsMaskedUnlessAskedForAndStandsInNoTable) {
    ASSERT_TRUE(ok(append(entry(1))));
    ASSERT_TRUE(ok(index->catch_up()));
    auto row = index->search({})->rows.at(0);
    EXPECT_TRUE(row.masked);
    EXPECT_EQ(row.user_id, "***123");
    EXPECT_EQ(row.issue, "***001");
    row = index->search({.personal_data = true})->rows.at(0);
    EXPECT_FALSE(row.masked);
    EXPECT_EQ(row.user_id, "VN045188000123");
    const auto stored = store().read([](store::Reader& r) -> Result<std::vector<std::string>> {
        return r.all("SELECT user_blind FROM exchange_message", {}, [](const auto& one) { return one.string(0); });
    });
    ASSERT_EQ(stored->size(), 1U);
    EXPECT_EQ(stored->at(0).size(), 32U);
    EXPECT_EQ(stored->at(0).find("0451"), std::string::npos);
}

TEST_P(Index, GoesOnAfterARestartAndIsMadeAgainAlike) {
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(ok(append(entry(i, signature(std::to_string(i))))));
    ASSERT_TRUE(ok(index->catch_up()));
    open();
    ASSERT_TRUE(ok(append(entry(30))));
    EXPECT_GT(*index->catch_up(), 0);
    const auto before = found({.limit = 200});
    EXPECT_EQ(before.size(), 31U);
    ASSERT_TRUE(ok(index->rebuild()));
    EXPECT_EQ(found({.limit = 200}), before);
    EXPECT_EQ(*index->catch_up(), 0);
}

TEST_P(Index, WhatItGetsFromTheWriterIsWhatItWouldRead) {
    index->start(std::chrono::hours{1});
    std::vector<RecordNumber> numbers;
    for (int i = 0; i < 40; ++i) {
        auto e = entry(i, signature(std::to_string(i / 3), i % 3 != 0));
        if (i % 4 == 1) e.user_id.clear();
        if (i % 5 == 2) e.client = client("THUE");
        if (i % 7 == 3) {
            e.succeeded = false;
            e.fault_code = "server.serverproxy.access_denied";
        }
        if (i % 6 == 4) {
            const std::string text(static_cast<size_t>(i) * 1000, 'b');
            auto writer = log->open_body();
            (void)writer.write(text);
            e.bodies.push_back({sha512(text), static_cast<int64_t>(text.size()), writer.finish()});
            e.bodies.push_back({sha512("nhỏ"), 4, log->whole_body("nhỏ")});
        }
        numbers.push_back(*append(std::move(e)));
        if (i == 20) {
            ASSERT_TRUE(ok(log->erase(numbers[3], true, "theo yêu cầu", "an")));
        }
        if (i == 30) {
            ASSERT_TRUE(ok(index->catch_up()));
        }
    }
    ASSERT_TRUE(ok(log->erase(numbers[35], true, "theo yêu cầu", "an")));
    ASSERT_TRUE(ok(index->catch_up()));
    const auto given = rows();
    EXPECT_EQ(given.size(), 40U);
    ASSERT_TRUE(ok(index->rebuild()));
    EXPECT_EQ(rows(), given);
}

TEST(FreshRows, GivesWhatFollowsWithoutAGapAndLeavesTheRestToTheReader) {
    using namespace journal;
    const auto message = [](int64_t bodies) {
        return std::make_shared<const IndexedMessage>(IndexedMessage{{}, bodies, 0});
    };
    FreshRows fresh;
    fresh.put(0, Kind::message, message(0));
    EXPECT_TRUE(fresh.take(0, 10).empty()) << "nobody asked for any";
    fresh.keep(4);
    for (int i = 1; i <= 3; ++i) fresh.put(i, i == 2 ? Kind::batch : Kind::message, i == 2 ? nullptr : message(i));
    fresh.put(4, Kind::erasure, nullptr);
    fresh.put(5, Kind::message, message(5));
    EXPECT_TRUE(fresh.take(1, 10).empty()) << "dropped";
    const auto some = fresh.take(2, 10);
    ASSERT_EQ(some.size(), 2U);
    EXPECT_FALSE(some[0]);
    EXPECT_EQ(some[1]->bodies, 3);
    EXPECT_TRUE(fresh.take(4, 10).empty()) << "an erasure says something about another record";
    EXPECT_EQ(fresh.take(5, 10).size(), 1U);
    fresh.put(9, Kind::message, message(9));
    EXPECT_TRUE(fresh.take(6, 10).empty());
    EXPECT_EQ(fresh.take(9, 10).size(), 1U);
}

TEST_P(Index, ForgetsWhoWhenAMessageIsErased) {
    const auto number = append(entry(1));
    ASSERT_TRUE(ok(index->catch_up()));
    ASSERT_TRUE(ok(log->erase(*number, true, "theo yêu cầu", "an")));
    ASSERT_TRUE(ok(index->catch_up()));
    EXPECT_EQ(found({.user_id = "VN045188000123"}), Ids{});
    const auto row = index->search({.personal_data = true})->rows.at(0);
    EXPECT_TRUE(row.erased);
    EXPECT_TRUE(row.user_id.empty());
}

TEST_P(Index, ArchivedRecordsLeaveIt) {
    std::vector<RecordNumber> numbers;
    for (int i = 0; i < 30; ++i) numbers.push_back(*append(entry(i, signature(std::to_string(i)))));
    std::promise<Result<RecordNumber>> stamped;
    log->append_stamp(numbers, "r", std::vector<std::string>(numbers.size(), "c"), "t",
                      [&](Result<RecordNumber> r) { stamped.set_value(std::move(r)); });
    ASSERT_TRUE(ok(stamped.get_future().get()));
    ASSERT_TRUE(ok(index->catch_up()));
    const auto done = log->archive(from_ms(test::start_ms + 1'000'000));
    ASSERT_TRUE(ok(done));
    ASSERT_GT(done->below, 0);
    ASSERT_TRUE(ok(index->catch_up()));
    const auto rows = index->search({.limit = 200})->rows;
    EXPECT_LT(rows.size(), 30U);
    for (const auto& row : rows) EXPECT_GE(row.number, done->below);
    ASSERT_TRUE(ok(index->rebuild()));
    EXPECT_EQ(index->search({.limit = 200})->rows.size(), rows.size());
}

TEST_P(Index, SaysWhenItKnowsMoreThanTheLog) {
    ASSERT_TRUE(ok(append(entry(1))));
    ASSERT_TRUE(ok(index->catch_up()));
    index.reset();
    log.reset();
    for (const auto& file : std::filesystem::directory_iterator(folder.path())) std::filesystem::remove_all(file);
    open();
    EXPECT_EQ(code_of(index->catch_up()), "exchange.index_ahead");
    EXPECT_TRUE(ok(index->rebuild()));
}

}  // namespace
}  // namespace hl::exchange
