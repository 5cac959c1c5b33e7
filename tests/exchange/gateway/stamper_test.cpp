#include "exchange/gateway/stamper.h"

#include <future>

#include "exchange/gateway/trust_services.h"
#include "exchange/trust/container.h"

namespace hl::exchange::gateway {
namespace {

using namespace std::chrono_literals;

class Stamping : public test::ServicesTest {
  protected:
    Stamping() {
        MessageLogOptions options;
        options.folder = folder_ / "log";
        options.master_key = test::master_key;
        options.min_free_bytes = 0;
        log_ = MessageLog::open(options, clock_, random_).value();
        terms_.services = {{"tỉnh", url("/tsa")}};
        terms_.roots = {authority_->root().der()};
        stamper_ = std::make_unique<Stamper>(
            *log_, [this] { return terms_; }, clock_, random_);
    }
    RecordNumber append(const std::string& batch) {
        LogEntry entry;
        entry.at = clock_.now();
        entry.message_id = "id";
        entry.client = {"QUANGTRI", "GOV", "H50.12", "DKKD"};
        entry.service = {{"QUANGTRI", "GOV", "H50.01", "DANCU"}, "tra-cuu", ""};
        entry.message = "GET\r\n/\r\n";
        entry.signature.xml = std::make_shared<const std::string>("<signatures>" + batch + "</signatures>");
        entry.signature.chain_result = std::make_shared<const std::string>("<result/>");
        entry.signature.chain = "<chain/>";
        std::promise<Result<RecordNumber>> written;
        log_->append(std::move(entry), [&](Result<RecordNumber> number) { written.set_value(std::move(number)); });
        return written.get_future().get().value();
    }
    /// As somebody does who has the container alone.
    [[nodiscard]] std::string verdict(RecordNumber number, const std::string& batch) const {
        const auto stamp = log_->stamp(number);
        if (!stamp.ok()) return stamp.error().en;
        if (!*stamp) return "not stamped";
        const auto chain =
            verify_hash_chain((*stamp)->chain_result, (*stamp)->chain,
                              {{"/META-INF/signatures.xml", sha512("<signatures>" + batch + "</signatures>")}});
        if (!chain.ok()) return chain.error().en;
        const auto token = check_time_stamp((*stamp)->token, sha512((*stamp)->chain_result), terms_.roots);
        return token.ok() ? "stamped" : token.error().en;
    }
    [[nodiscard]] std::string status() const { return std::string(stamper_->health().at("status").as_string()); }

    std::unique_ptr<MessageLog> log_;
    StampTerms terms_;
    std::unique_ptr<Stamper> stamper_;
};

TEST_F(Stamping, EveryMessageGetsAStampThatItCanShowAlone) {
    std::vector<std::pair<RecordNumber, std::string>> records;
    for (const std::string batch : {"a", "a", "a", "b", "b", "c", "d"}) records.emplace_back(append(batch), batch);
    EXPECT_EQ(stamper_->stamp().value(), 7U);
    EXPECT_EQ(asked_tsa_, 1);  // one stamp for all
    for (const auto& [number, batch] : records) EXPECT_EQ(verdict(number, batch), "stamped") << number;
    EXPECT_FALSE(log_->oldest_unstamped());
    EXPECT_EQ(stamper_->stamp().value(), 0U);
    EXPECT_EQ(asked_tsa_, 1);  // nothing waits, nobody is asked
    const auto next = append("later");
    EXPECT_EQ(stamper_->stamp().value(), 1U);
    EXPECT_EQ(verdict(next, "later"), "stamped");
}

TEST_F(Stamping, MoreThanABatchTakesSeveralStamps) {
    terms_.batch = 3;
    for (int i = 0; i < 7; ++i) append(std::to_string(i));
    EXPECT_EQ(stamper_->stamp().value(), 7U);
    EXPECT_EQ(asked_tsa_, 3);
    EXPECT_FALSE(log_->oldest_unstamped());
}

TEST_F(Stamping, TheNextServiceIsAskedWhenOneFailsAndStaysTheFirstThen) {
    terms_.services = {{"chết", "http://127.0.0.1:1/"}, {"sai", url("/nonsense")}, {"tỉnh", url("/tsa")}};
    append("one");
    EXPECT_EQ(stamper_->stamp().value(), 1U);
    append("two");
    EXPECT_EQ(stamper_->stamp().value(), 1U);
    EXPECT_EQ(asked_nonsense_, 1);
    EXPECT_EQ(asked_tsa_, 2);
}

TEST_F(Stamping, AStampThatNobodyWouldBelieveIsNotTaken) {
    append("one");
    const auto root = std::exchange(terms_.roots, {issued(*new_key()).der()});
    EXPECT_EQ(stamper_->stamp().error().code, "exchange.timestamp");
    EXPECT_TRUE(log_->oldest_unstamped());
    terms_.roots = root;
    EXPECT_EQ(stamper_->stamp().value(), 1U);
}

TEST_F(Stamping, FailuresAreTriedAgainEverMoreSeldomAndRecoverByThemselves) {
    const auto number = append("one");
    failing_ = true;
    const Instant began = clock_.now();
    EXPECT_EQ(stamper_->round(), 1s);
    EXPECT_EQ(stamper_->round(), 2s);
    EXPECT_EQ(stamper_->round(), 4s);
    for (int i = 0; i < 60; ++i) EXPECT_LE(stamper_->round(), 60s);
    EXPECT_EQ(stamper_->round(), 60s);
    EXPECT_EQ(status(), "warning");
    EXPECT_EQ(stamper_->health().at("failing_since").as_string(), to_rfc3339(began));
    failing_ = false;
    EXPECT_EQ(stamper_->round(), 60s);
    EXPECT_EQ(status(), "ok");
    EXPECT_EQ(verdict(number, "one"), "stamped");
    failing_ = true;
    append("two");
    EXPECT_EQ(stamper_->round(), 1s);  // a new outage begins with quick attempts
}

TEST_F(Stamping, WithoutAStampForTooLongTheGatewayStopsAndGoesOnWithTheFirst) {
    stop_services();
    clock_.advance(24h);
    EXPECT_TRUE(stamper_->may_exchange().ok());  // nothing waits
    append("one");
    stamper_->round();
    clock_.advance(4h);
    EXPECT_TRUE(stamper_->may_exchange().ok());
    clock_.advance(1ms);
    const auto refused = stamper_->may_exchange();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "exchange.timestamper_failed");
    EXPECT_EQ(status(), "failing");
    restart_services();
    stamper_->round();
    EXPECT_TRUE(stamper_->may_exchange().ok());
    EXPECT_EQ(status(), "ok");
}

TEST_F(Stamping, WithoutServicesNothingIsStampedAndNothingIsRefused) {
    terms_.services.clear();
    append("one");
    EXPECT_EQ(stamper_->stamp().value(), 0U);
    clock_.advance(24h);
    EXPECT_TRUE(stamper_->may_exchange().ok());
}

TEST_F(Stamping, RunsInTheBackgroundAndWhenItIsWoken) {
    append("one");
    stamper_->start();
    while (log_->oldest_unstamped()) std::this_thread::yield();
    append("two");
    stamper_->wake();
    while (log_->oldest_unstamped()) std::this_thread::yield();
    stamper_->stop();
    EXPECT_EQ(asked_tsa_, 2);
}

}  // namespace
}  // namespace hl::exchange::gateway
