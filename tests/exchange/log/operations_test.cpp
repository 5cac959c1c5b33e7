// What operational records promise: X-Road's fields, absent when unknown, pages that meet, usage that outlives them.
#include "exchange/log/operations.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "exchange/log/log_schema.h"
#include "log_fixture.h"

namespace hl::exchange {
namespace {

using namespace fixture;

OperationRecord record(int second, std::string id) {
    OperationRecord r;
    r.monitored_at = from_ms(test::start_ms + second * 1000);
    r.client = client();
    r.service = service();
    r.message_id = std::move(id);
    return r;
}

class OperationsOn : public test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override { return log_migrations(); }
    std::vector<std::string> ids(const OperationPage& page) {
        std::vector<std::string> out;
        const auto value = parse_json(page.json);
        EXPECT_TRUE(ok(value));
        for (const auto& r : value->at("records").as_array()) out.emplace_back(r.at("messageId").as_string());
        return out;
    }
    using Ids = std::vector<std::string>;
    static constexpr int64_t start = test::start_ms / 1000;
};
HL_FOR_EVERY_ENGINE(OperationsOn);

TEST(OperationRecords, HaveXRoadsFieldsAndNoOthers) {
    OperationRecord r = record(0, "id");
    r.side = Side::provider;
    const auto few = to_json(r);
    EXPECT_EQ(few.at("securityServerType").as_string(), "Producer");
    EXPECT_EQ(few.at("monitoringDataTs").as_int64(), test::start_ms / 1000);
    for (const auto* absent :
         {"requestInTs", "requestSize", "faultCode", "serviceVersion", "statusCode", "messageUserId"})
        EXPECT_FALSE(few.contains(absent)) << absent << " is unknown, not zero";
    r.response_size = 0;
    EXPECT_EQ(to_json(r).at("responseSize").as_int64(), 0) << "zero that is known";
    r.request_in = from_ms(5);
    EXPECT_EQ(to_json(r).at("requestInTs").as_int64(), 5) << "milliseconds";
}

TEST_P(OperationsOn, AreFoundByTimeAndByBothParties) {
    Operations operations(store(), {});
    operations.add(record(0, "a"));
    auto other = record(1, "b");
    other.client = client("THUE");
    operations.add(other);
    auto unknown = record(2, "c");
    unknown.client.reset();
    unknown.service.reset();
    operations.add(unknown);
    ASSERT_TRUE(ok(operations.flush()));
    EXPECT_EQ(operations.counts().written, 3U);
    EXPECT_EQ(ids(*operations.query({.from = start, .to = start + 10})), (Ids{"a", "b", "c"}));
    EXPECT_EQ(ids(*operations.query({.from = start + 1, .to = start + 1})), Ids{"b"});
    EXPECT_EQ(ids(*operations.query({.from = start, .to = start + 10, .client = client("THUE")})), Ids{"b"});
    EXPECT_EQ(ids(*operations.query({.from = start, .to = start + 10, .client = service().provider})), (Ids{"a", "b"}));
    const auto few = operations.query({.from = start, .to = start, .fields = {"messageId", "succeeded"}});
    ASSERT_TRUE(ok(few));
    EXPECT_EQ(few->json, R"({"records":[{"messageId":"a","succeeded":true}]})");
    EXPECT_EQ(code_of(operations.query({.from = 2, .to = 1})), "exchange.operations");
    EXPECT_EQ(code_of(operations.query({.from = 1, .to = 2, .fields = {"noSuchField"}})), "exchange.operations");
    EXPECT_EQ(operations.query({.from = 0, .to = 1})->json, R"({"records":[]})");
}

TEST_P(OperationsOn, PagesGiveWholeSecondsAndMeet) {
    Operations operations(store(), {});
    int n = 0;
    for (const int second : {0, 0, 1, 1, 1, 1, 1, 2, 4, 4}) operations.add(record(second, std::to_string(n++)));
    ASSERT_TRUE(ok(operations.flush()));
    Ids all;
    int64_t from = start;
    int pages = 0;
    for (;;) {
        const auto page = operations.query({.from = from, .to = start + 10, .limit = 3});
        ASSERT_TRUE(ok(page));
        const auto these = ids(*page);
        EXPECT_EQ(page->count, static_cast<int64_t>(these.size()));
        all.insert(all.end(), these.begin(), these.end());
        ++pages;
        if (!page->next_from) break;
        ASSERT_GT(*page->next_from, from);
        from = *page->next_from;
    }
    EXPECT_EQ(all, (Ids{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
    EXPECT_EQ(pages, 3);
}

TEST_P(OperationsOn, UsageIsSummedByHourAndOutlivesTheRecords) {
    {
        Operations operations(store(), {.node = "node-1", .batch = 2});
        for (int i = 0; i < 5; ++i) {
            auto r = record(i, std::to_string(i));
            r.request_in = from_ms(1000);
            r.response_out = from_ms(1000 + 100 * (i + 1));
            r.request_size = 10;
            r.succeeded = i != 4;
            operations.add(r);
        }
        operations.add(record(3600, "later"));
    }  // what waits is written at the end
    Operations operations(store(), {.node = "node-2"});
    operations.add(record(6, "on another node"));
    ASSERT_TRUE(ok(operations.flush()));
    EXPECT_EQ(*operations.expire(from_ms(test::start_ms + 3'600'000), from_ms(0)), 6);
    const auto rows = operations.usage({.from = from_ms(0), .to = from_ms(test::start_ms * 2)});
    ASSERT_TRUE(ok(rows));
    ASSERT_EQ(rows->size(), 2U);
    const auto& first = rows->at(0);
    EXPECT_EQ(first.messages, 6);
    EXPECT_EQ(first.failed, 1);
    EXPECT_EQ(first.request_bytes, 50);
    EXPECT_EQ(first.timed, 5);
    EXPECT_GE(*first.p50_ms, 300);
    EXPECT_LE(*first.p50_ms, 330);
    EXPECT_GE(*first.p99_ms, 500);
    EXPECT_LE(*first.p99_ms, 550);
    EXPECT_EQ(first.client, to_text(client()));
    EXPECT_FALSE(rows->at(1).p50_ms) << "nothing timed is nothing, not zero";
    EXPECT_EQ(operations.usage({.from = first.hour, .to = from_ms(to_ms(first.hour) + 3'600'000)})->size(), 1U);
    EXPECT_TRUE(
        operations.usage({.from = from_ms(0), .to = from_ms(test::start_ms * 2), .client = client("KHAC")})->empty());
    EXPECT_TRUE(ok(operations.expire(from_ms(test::start_ms * 2), from_ms(test::start_ms * 2))));
    EXPECT_TRUE(operations.usage({.from = from_ms(0), .to = from_ms(test::start_ms * 2)})->empty());
}

TEST_P(OperationsOn, MoreThanMemoryAllowsIsCountedAsLost) {
    Operations operations(store(), {.most_waiting = 3});
    for (int i = 0; i < 5; ++i) operations.add(record(i, std::to_string(i)));
    EXPECT_EQ(operations.counts().dropped, 2U);
    EXPECT_EQ(operations.counts().waiting, 3U);
    ASSERT_TRUE(ok(operations.flush()));
    EXPECT_EQ(operations.counts().waiting, 0U);
}

TEST_P(OperationsOn, AreWrittenInTheBackground) {
    Operations operations(store(), {.batch = 1});
    operations.start(std::chrono::milliseconds{1});
    operations.add(record(0, "a"));
    while (operations.counts().written == 0) std::this_thread::yield();
    operations.stop();
    EXPECT_EQ(ids(*operations.query({.from = start, .to = start})), Ids{"a"});
}

RC_GTEST_PROP(Durations, AQuantileIsNeverTooLowAndAtMostATenthTooHigh, ()) {
    auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(0, 1'000'000)));
    DurationHistogram all;
    for (const auto v : values) all.add(v);
    const auto back = DurationHistogram::from_text(all.text());
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->text() == all.text());
    std::sort(values.begin(), values.end());
    for (const double q : {0.5, 0.95, 0.99}) {
        const auto exact =
            values[static_cast<size_t>(std::max(1.0, std::ceil(q * static_cast<double>(values.size())))) - 1];
        const auto told = *back->quantile(q);
        RC_ASSERT(told >= exact);
        RC_ASSERT(static_cast<double>(told) <= static_cast<double>(exact) * 1.1 + 1);
    }
}

}  // namespace
}  // namespace hl::exchange
