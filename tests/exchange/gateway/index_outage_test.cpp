// The database of the log's index is locked or down while messages flow: nothing unlogged is answered, and the index
// catches up.
#include <future>

#include "exchange/gateway/gateway_fixture.h"
#include "exchange/log/log_index.h"
#include "exchange/log/log_schema.h"
#include "exchange/log/operations.h"
#include "store/schema.h"

namespace hl::exchange::test {

using namespace std::chrono_literals;

/// The client's gateway with an index and operational records in a database, as the program composes them.
class IndexOutage : public GatewayTest {
  protected:
    void SetUp() override {
        GatewayTest::SetUp();
        TearDown();
        store_ = open_store("one");
        index_ = std::make_unique<LogIndex>(*store_, *one_.log, "one", std::string(32, 'm'));
        operations_ = std::make_unique<Operations>(*store_, OperationsOptions{});
        open_all();
        index_->start(10ms);
        operations_->start(10ms);
    }
    void TearDown() override {
        GatewayTest::TearDown();
        if (index_) index_->stop();
        if (operations_) operations_->stop();
    }
    std::unique_ptr<store::Store> open_store(const std::string& node) {
        store::StoreOptions options;
        options.url = "sqlite:" + (folder_ / "index.db").string();
        options.readers = 1;
        options.cache_mib = 1;
        options.node = node;
        auto migrations = store::migrations();
        for (const auto& m : log_migrations()) migrations.push_back(m);
        return store::Store::open(options, migrations, clock_, random_).value();
    }
    void compose(Side& side, GatewayParts& parts) override {
        if (&side != &one_ || !index_) return;
        parts.observe = [this](const gateway::Exchanged& e) {
            OperationRecord record;
            record.monitored_at = e.ended;
            record.client = e.client;
            record.service = e.service;
            operations_->add(std::move(record));
        };
        parts.find_messages = [this](const ClientId&, const std::string& id) -> Result<std::vector<RecordNumber>> {
            if (database_down_)
                return Error{ErrorKind::unavailable, "store.unavailable", "Cơ sở dữ liệu không dùng được.",
                             "The database is not available."};
            LogSearch what;
            what.message_id = id;
            TRY(const auto page, index_->search(what));
            std::vector<RecordNumber> out;
            for (const auto& row : page.rows) out.push_back(row.number);
            return out;
        };
    }
    http::Response evidence(const std::string& id) {
        http::ClientRequest request;
        request.url = one_.url(
            "/asic?xRoadInstance=QUANGTRI&memberClass=GOV&memberCode=H50&subsystemCode=MOT-CUA&requestOnly&queryId=" +
            id);
        return http::send(request).value();
    }
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<LogIndex> index_;
    std::unique_ptr<Operations> operations_;
    std::atomic<bool> database_down_ = false;
};

TEST_F(IndexOutage, MessagesPassAndAreLoggedWhileTheDatabaseIsLockedAndTheIndexCatchesUp) {
    // Another program holds the database's one lock for writing.
    auto another = open_store("another");
    std::promise<void> locked, release;
    auto holder = std::async(std::launch::async, [&] {
        return another->write([&](store::Transaction& tx) -> Result<void> {
            tx.execute("INSERT INTO exchange_index_position (log, position) VALUES (?, ?)", {"another", 1});
            locked.set_value();
            release.get_future().wait();
            return Nothing{};
        });
    });
    locked.get_future().wait();
    for (int i = 0; i < 20; ++i) {
        const auto response = ask("POST", rest_path, {{"X-Road-Id", fmt::format("khoa-{}", i)}}, "thân");
        ASSERT_EQ(response.status, 200) << response.body;
        // What was answered is in the log, and is not in the index.
        EXPECT_EQ(entries(*one_.log).size(), 2u * static_cast<size_t>(i + 1));
    }
    EXPECT_EQ(index_->behind().value(), one_.log->size());
    EXPECT_EQ(operations_->counts().written, 0u);
    EXPECT_EQ(evidence("khoa-0").status, 404);
    release.set_value();
    ASSERT_TRUE(holder.get().ok());
    while (index_->behind().value() > 0 || operations_->counts().written < 20) std::this_thread::sleep_for(5ms);
    EXPECT_EQ(evidence("khoa-0").status, 200);
    LogSearch all;
    all.limit = 200;
    EXPECT_EQ(index_->search(all).value().rows.size(), 40u);
    EXPECT_EQ(operations_->counts().dropped, 0u);
}

TEST_F(IndexOutage, WithoutTheDatabaseMessagesPassAndWhoAsksForEvidenceIsToldWhy) {
    database_down_ = true;
    EXPECT_EQ(ask("POST", rest_path, {{"X-Road-Id", "mot"}}, "thân").status, 200);
    const auto refused = evidence("mot");
    EXPECT_EQ(refused.status, 500);
    EXPECT_TRUE(header(refused, "Content-Type").starts_with("text/plain"));
    EXPECT_NE(refused.body.find("database"), std::string::npos);
    database_down_ = false;
    while (index_->behind().value() > 0) std::this_thread::sleep_for(5ms);
    EXPECT_EQ(evidence("mot").status, 200);
}

}  // namespace hl::exchange::test
