// Values handed in: who and when is kept, batches may be sent again, wrong rows are explained, and what is missing
// stays unknown.
#include "ioc/indicators/supplied.h"

#include "ledger.h"

namespace hl::ioc::test {
namespace {

class SuppliedValues : public IndicatorTest {
  protected:
    access::Actor supplier(std::string agency = "so-tai-chinh") {
        access::Actor a;
        a.kind = access::ActorKind::machine;
        a.account = AccountId{"he-thong"};
        a.grants = {{access::Role::integrator, AgencyId{std::move(agency)}, Date{std::chrono::year{2020} / 1 / 1}, {}}};
        return a;
    }
    Result<Intake> send(const std::string& batch, const std::string& values, const access::Actor& actor) {
        auto body = parse_json(R"({"source":"ktxh","batch":")" + batch + R"(","values":)" + values + "}");
        EXPECT_TRUE(ok(body));
        const auto read = read_batch(*body);
        return store().write(
            [&](store::Transaction& tx) { return store_batch(tx, *book, actor, read, clock().now()); });
    }
    Result<Intake> send(const std::string& batch, const std::string& values) { return send(batch, values, supplier()); }
};
HL_FOR_EVERY_ENGINE(SuppliedValues);

TEST_P(SuppliedValues, ANewValueReplacesTheOldOneAndBothStay) {
    ASSERT_TRUE(
        ok(send("1", R"([{"indicator":"KTXH.THU_NS","period":"2026-09","kind":"performed","value":"812.50"}])")));
    EXPECT_EQ(one("KTXH.THU_NS", "2026-09").value, 812.5);
    EXPECT_EQ(one("KTXH.THU_NS", "2026-09").status, Status::known);
    const auto then = clock().now();
    clock().advance(std::chrono::hours{48});
    const auto again =
        send("2", R"([{"indicatorCode":"KTXH.THU_NS","dataYear":2026,"periodId":9,"dataTypeId":3,"value":820}])");
    ASSERT_TRUE(ok(again));
    EXPECT_EQ(again->rows.front().before, "812.5");
    EXPECT_EQ(one("KTXH.THU_NS", "2026-09").value, 820);
    EXPECT_EQ(one("KTXH.THU_NS", "2026-09", {}, local_date(then)).value, 812.5);  // as it was known
    const auto list = store().read(
        [](store::Reader& r) -> Result<std::vector<StoredValue>> { return values_of(r, "KTXH.THU_NS", {}, 10); });
    ASSERT_EQ(list->size(), 2u);
    EXPECT_EQ((*list)[0].value, "820");
    EXPECT_EQ((*list)[0].replaced, (*list)[1].key);
    EXPECT_EQ((*list)[0].supplier, "machine:he-thong");
    EXPECT_TRUE((*list)[0].newest);
    EXPECT_FALSE((*list)[1].newest);
    settle();
    const auto event = store().read([&](store::Reader& r) -> Result<std::optional<store::StoredEvent>> {
        return store::find_event(r, (*list)[0].event);
    });
    ASSERT_TRUE(event->has_value());
    EXPECT_EQ((*event)->type, "ioc.values_supplied");
}

TEST_P(SuppliedValues, ABatchSentAgainChangesNothingAndItsNumberIsNotReused) {
    const std::string values = R"([{"indicator":"KTXH.THU_NS","period":"2026-09","kind":"performed","value":"1"}])";
    ASSERT_TRUE(ok(send("1", values)));
    const auto again = send("1", values);
    ASSERT_TRUE(ok(again));
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->stored, 0);
    const auto other = send("1", R"([{"indicator":"KTXH.THU_NS","period":"2026-09","kind":"performed","value":"2"}])");
    EXPECT_EQ(other.error().code, "ioc.batch_reused");
    EXPECT_EQ(one("KTXH.THU_NS", "2026-09").value, 1);
    settle();
    const auto size = store().read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
    EXPECT_EQ(*size, 1);
}

TEST_P(SuppliedValues, OneWrongRowStoresNothingAndEveryRowIsExplained) {
    const auto table = read_csv_batch(
        "ma chi tieu,ky,loai,gia tri\nKTXH.THU_NS,2026-09,thực hiện,10\nKTXH.THU_NS,2026-10,thực hiện,mười\n"
        "KHONG.CO,2026-09,3,1\nHCC.TIEP_NHAN,2026-09,3,1\nKTXH.THU_NS,2026-12,3,1\nKTXH.THU_NS,2026-12,1,1\n"
        "KTXH.HO_NGHEO,2026,4,101\nYT.GIUONG,2026-11-01,3,50\nKTXH.THU_NS,2026-09,3,1.234\nKTXH.THU_NS,2026-09,3,11\n",
        "so", "1");
    ASSERT_TRUE(ok(table));
    const auto found = store().read(
        [&](store::Reader& r) -> Result<Intake> { return check_batch(r, *book, supplier(), *table, clock().now()); });
    ASSERT_TRUE(ok(found));
    std::map<std::string, std::string> by_line;
    for (const auto& v : found->rows) {
        by_line[v.at] = v.code;
        EXPECT_FALSE(v.vi.empty());
    }
    EXPECT_EQ(by_line["csv:2"], "");
    EXPECT_EQ(by_line["csv:3"], "value.number");
    EXPECT_EQ(by_line["csv:4"], "value.unknown_indicator");
    EXPECT_EQ(by_line["csv:5"], "value.computed");
    EXPECT_EQ(by_line["csv:6"], "value.future");
    EXPECT_EQ(by_line["csv:7"], "");  // a plan may be of the future
    EXPECT_EQ(by_line["csv:8"], "value.range");
    EXPECT_EQ(by_line["csv:9"], "access.denied");  // another owner's
    EXPECT_EQ(by_line["csv:10"], "value.decimals");
    EXPECT_EQ(by_line["csv:11"], "value.twice");
    const auto stored = store().write(
        [&](store::Transaction& tx) { return store_batch(tx, *book, supplier(), *table, clock().now()); });
    EXPECT_EQ(stored.error().code, "ioc.batch_wrong");
    EXPECT_EQ(one("KTXH.THU_NS", "2026-09").status, Status::unknown);
}

TEST_P(SuppliedValues, LongerPeriodsAreSummedOnlyWhenEveryPartIsThere) {
    ASSERT_TRUE(ok(send("1", R"([{"indicator":"KTXH.THU_NS","period":"2026-07","kind":"performed","value":"10"},
        {"indicator":"KTXH.THU_NS","period":"2026-08","kind":"performed","value":"20"},
        {"indicator":"KTXH.THU_NS","period":"2026-Q3","kind":"plan","value":"75"}])")));
    EXPECT_EQ(one("KTXH.THU_NS", "2026-Q3").status, Status::unknown);  // September is missing, and it is over
    EXPECT_FALSE(one("KTXH.THU_NS", "2026-Q3").value);
    ASSERT_TRUE(ok(send("2", R"([{"indicator":"KTXH.THU_NS","period":"2026-09","kind":"estimate","value":"30"},
        {"indicator":"KTXH.THU_NS","period":"2026-10","kind":"performed","value":"5"}])")));
    const auto q3 = one("KTXH.THU_NS", "2026-Q3");
    EXPECT_EQ(q3.value, 60);
    EXPECT_EQ(q3.status, Status::provisional);  // a part is an estimate
    EXPECT_EQ(q3.target, 75);                   // the plan
    const auto q4 = one("KTXH.THU_NS", "2026-Q4");
    EXPECT_EQ(q4.value, 5);
    EXPECT_EQ(q4.status, Status::provisional);  // it runs
    EXPECT_EQ(q4.previous, 60);
    ASSERT_TRUE(ok(send("3", R"([{"indicator":"KTXH.THU_NS","period":"2026-Q3","kind":"official","value":"61.5"}])")));
    EXPECT_EQ(one("KTXH.THU_NS", "2026-Q3").value, 61.5);
    EXPECT_EQ(one("KTXH.THU_NS", "2026-Q3").status, Status::known);
    ASSERT_TRUE(ok(send("4", R"([{"indicator":"KTXH.GRDP","period":"2026-Q3","kind":"official","value":"0"}])")));
    EXPECT_EQ(one("KTXH.GRDP", "2026-Q3").status, Status::zero);
}

TEST(SuppliedNumbers, AreDecimalAndKeepTheirWriting) {
    EXPECT_EQ(decimal("1234.50")->first, "1234.5");
    EXPECT_EQ(decimal("+007")->first, "7");
    EXPECT_EQ(decimal("-0.0")->first, "0");
    EXPECT_EQ(decimal("-12.5")->second, -12.5);
    for (const auto* bad : {"", "1,5", "1.", ".5", "1e3", "0x1", "1 000", "--1", "NaN", "1234567890123456"})
        EXPECT_FALSE(decimal(bad)) << bad;
}

}  // namespace
}  // namespace hl::ioc::test
