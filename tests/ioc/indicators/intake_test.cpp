// Workbooks and fetching: every row is explained, what has no value stays unknown, the same again changes nothing.
#include "http/client.h"
#include "http/server.h"
#include "ioc/indicators/supplied_pull.h"
#include "ledger.h"
#include "procedures/workbook.h"

namespace hl::ioc::test {
namespace {

using procedures::Cell;
using procedures::Sheet;
using procedures::text_cell;

access::Actor supplier() {
    access::Actor a;
    a.kind = access::ActorKind::machine;
    a.account = AccountId{"he-thong"};
    a.grants = {{access::Role::integrator, AgencyId{"so-tai-chinh"}, Date{std::chrono::year{2020} / 1 / 1}, {}}};
    return a;
}
std::string workbook(std::vector<std::vector<Cell>> rows) {
    return *procedures::write_workbook({{"Bia", {{text_cell("Báo cáo")}}}, {"Số", std::move(rows)}});
}
std::vector<Cell> texts(std::initializer_list<std::string> list) {
    std::vector<Cell> out;
    for (const auto& t : list) out.push_back(text_cell(t));
    return out;
}

class Intakes : public IndicatorTest {
  protected:
    Intake check(const Batch& batch) {
        return *store().read([&](store::Reader& r) -> Result<Intake> {
            return check_batch(r, *book, supplier(), batch, clock().now());
        });
    }
    Result<Intake> put(const Batch& batch) {
        return store().write(
            [&](store::Transaction& tx) { return store_batch(tx, *book, supplier(), batch, clock().now()); });
    }
};
HL_FOR_EVERY_ENGINE(Intakes);

TEST_P(Intakes, AWorkbookIsCheckedRowByRowAndStoredWhenAllAreRight) {
    auto rows = std::vector{texts({"Mã chỉ tiêu", "Tên chỉ tiêu", "Kỳ", "Loại", "Giá trị"}),
                            texts({"KTXH.THU_NS", "Thu ngân sách", "2026-09", "thực hiện", ""}),
                            texts({"KTXH.THU_NS", "", "2026-10", "thực hiện", "900.25"}),
                            texts({"", "", "", "", ""}),
                            texts({"KHONG.CO", "", "2026-10", "thực hiện", "1"}),
                            texts({"KTXH.THU_NS", "", "2026-08", "đoán", "1"})};
    rows.push_back(texts({"KTXH.THU_NS", "", "2026-07", "3"}));
    rows.back().push_back(Cell{"812", true});
    const auto read = read_xlsx_batch(workbook(rows), "ktxh", "1");
    ASSERT_TRUE(ok(read));
    const auto found = check(*read);
    EXPECT_EQ(found.blank, 1);  // without a value: passed over, not zero
    EXPECT_EQ(found.wrong, 2);
    EXPECT_EQ(found.stored, 2);
    std::map<std::string, std::string> by_place;
    for (const auto& row : found.rows) by_place[row.at] = row.code;
    EXPECT_EQ(by_place.at("Số!5"), "value.unknown_indicator");
    EXPECT_EQ(by_place.at("Số!6"), "value.kind");
    EXPECT_EQ(by_place.at("Số!3"), "");
    EXPECT_EQ(hl::test::code_of(put(*read)), "ioc.batch_wrong");
    EXPECT_EQ(one("KTXH.THU_NS", "2026-10").status, Status::unknown);  // nothing of it
    rows.erase(rows.begin() + 4, rows.begin() + 6);
    ASSERT_TRUE(ok(put(*read_xlsx_batch(workbook(rows), "ktxh", "2"))));
    EXPECT_EQ(one("KTXH.THU_NS", "2026-10").value, 900.25);
    EXPECT_EQ(one("KTXH.THU_NS", "2026-07").value, 812);
    EXPECT_EQ(one("KTXH.THU_NS", "2026-09").status, Status::unknown);
}

TEST_P(Intakes, TheTemplateComesBackFilledIn) {
    const auto made = write_template(*book, supplier(), *parse_period("2026-10"), ValueKind::performed, clock().now());
    ASSERT_TRUE(ok(made));
    auto sheets = procedures::read_workbook(*made);
    ASSERT_TRUE(ok(sheets));
    ASSERT_EQ(sheets->size(), 3u);
    bool filled = false;
    for (auto& row : sheets->front().rows)
        if (!row.empty() && row[0].text == "KTXH.THU_NS") {
            row.resize(6);
            row[5] = text_cell("77.5");
            filled = true;
        }
    ASSERT_TRUE(filled);
    const auto read = read_xlsx_batch(*procedures::write_workbook(*sheets), "ktxh", "1");
    ASSERT_TRUE(ok(read));
    EXPECT_TRUE(read->errors.empty());
    EXPECT_EQ(read->values.size(), 1u);
    EXPECT_GT(read->blank, 0);
    ASSERT_TRUE(ok(put(*read)));
    EXPECT_EQ(one("KTXH.THU_NS", "2026-10").value, 77.5);
    access::Actor nobody;
    EXPECT_EQ(
        hl::test::code_of(write_template(*book, nobody, *parse_period("2026-10"), ValueKind::plan, clock().now())),
        "value.none");
}

TEST_P(Intakes, WhatIsNoWorkbookOrHasNoSuchSheetIsSaid) {
    EXPECT_EQ(hl::test::code_of(read_xlsx_batch("PK not a zip", "a", "1")), "xlsx.malformed");
    EXPECT_EQ(hl::test::code_of(read_xlsx_batch(workbook({texts({"a", "b"})}), "a", "1")), "value.no_sheet");
}

TEST(PulledAnswers, AreReadAsTheyAreAndNeverGuessed) {
    PullSource s;
    PullItem item;
    item.theirs = "BPC_A";
    item.unit = "Tỷ đồng";
    const auto read = [&](std::string_view body) { return read_pulled(body, s, item); };
    const auto value = [&](std::string_view body) {
        const auto r = read(body);
        return r.ok() ? r->value_or("nothing") : r.error().code;
    };
    EXPECT_EQ(value(R"({"data":{"indicatorCode":"BPC_A","unit":"tỷ đồng","value":812.5},"error":null,"total":1})"),
              "812.5");
    EXPECT_EQ(value(R"({"data":{"indicatorCode":"BPC_A","unit":"Tỷ đồng","value":"7"},"error":{"code":0}})"), "7");
    EXPECT_EQ(value(R"({"data":{"indicatorCode":"BPC_A","unit":"Tỷ đồng","value":0}})"), "0");
    EXPECT_EQ(value(R"({"data":null,"error":{"code":"200"}})"), "nothing");
    EXPECT_EQ(value(R"({"data":{"indicatorCode":"BPC_A","value":null}})"), "nothing");
    EXPECT_EQ(value(R"({"data":{"indicatorCode":"BPC_A","value":""}})"), "nothing");
    EXPECT_EQ(value(R"({"data":{"indicatorCode":"BPC_B","value":1}})"), "pull.answer");
    EXPECT_EQ(value(R"({"data":{"indicatorCode":"BPC_A","unit":"%","value":1}})"), "pull.unit");
    EXPECT_EQ(value(R"({"data":{"indicatorCode":"BPC_A","unit":"","value":1}})"), "pull.unit");
    EXPECT_EQ(value(R"({"data":{"indicatorCode":"BPC_A","unit":"Tỷ đồng","value":[1]}})"), "pull.answer");
    EXPECT_EQ(value(R"({"error":{"code":500,"userMessage":"Quá tải"}})"), "pull.refused");
    EXPECT_EQ(value("<html>"), "pull.answer");
}

/// The other system: a real server that answers in its shape.
class Fetching : public IndicatorTest {
  protected:
    void SetUp() override {
        IndicatorTest::SetUp();
        source.name = "ktxh-tinh";
        source.office = "000.00.00.H50";
        source.items = {{"BPC_THU", "KTXH.THU_NS", "", {ValueKind::performed, ValueKind::plan}, Grain::month, 2}};
        http::Router router;
        router.get("/api/indicators", [this](const http::Request& request) {
            std::scoped_lock lock(mutex);
            asked.push_back(request.target);
            const auto key =
                request.query_value("dataTypeId").value_or("") + "/" + request.query_value("periodId").value_or("");
            const auto it = values.find(key);
            if (it == values.end()) return http::Response::json(json::object{{"data", nullptr}, {"total", 0}});
            return http::Response::json(
                json::object{{"data", {{"indicatorCode", "BPC_THU"}, {"unit", "Tỷ"}, {"value", it->second}}},
                             {"error", {{"code", 0}}},
                             {"total", 1}});
        });
        http::ServerOptions options;
        options.port = 0;
        options.io_threads = 1;
        options.access_log = false;
        server = std::make_unique<http::Server>(options, std::move(router), clock(), test_store().random, metrics);
        ASSERT_TRUE(ok(server->start()));
        source.url = fmt::format("http://127.0.0.1:{}/api", server->port());
    }
    void TearDown() override {
        if (server) server->stop();
        server.reset();
        IndicatorTest::TearDown();
    }
    Result<Pulled> fetch() {
        return pull(
            store(), *book, nullptr, source,
            [](const std::string& url) -> Result<std::string> {
                http::ClientRequest request;
                request.url = url;
                TRY(const auto answer, http::send(request));
                return answer.body;
            },
            clock().now());
    }
    PullState state() {
        return store().read([](store::Reader& r) -> Result<PullState> { return pull_states(r).at(0); }).value();
    }
    PullSource source;
    http::Metrics metrics;
    std::unique_ptr<http::Server> server;
    std::mutex mutex;
    std::vector<std::string> asked;
    std::map<std::string, json::value> values;
};
HL_FOR_EVERY_ENGINE(Fetching);

TEST_P(Fetching, TakesWhatIsThereOnceAndLeavesTheRestUnknown) {
    values["3/10"] = 812.25;  // performed, October
    const auto first = fetch();
    ASSERT_TRUE(ok(first));
    EXPECT_EQ(first->asked, 4);
    EXPECT_EQ(first->stored, 1);
    EXPECT_EQ(first->missing, 3);
    EXPECT_TRUE(first->problems.empty()) << first->problems.front().en;
    EXPECT_EQ(asked.front(),
              "/api/indicators?officeCode=000.00.00.H50&indicatorCode=BPC_THU&dataTypeId=3&periodId=11&dataYear=2026");
    EXPECT_EQ(one("KTXH.THU_NS", "2026-10").value, 812.25);
    EXPECT_EQ(one("KTXH.THU_NS", "2026-11").status, Status::unknown);
    clock().advance(std::chrono::hours{1});
    const auto again = fetch();
    ASSERT_TRUE(ok(again));
    EXPECT_EQ(again->stored, 0);
    EXPECT_EQ(again->same, 1);
    const auto all = store().read(
        [](store::Reader& r) -> Result<std::vector<StoredValue>> { return values_of(r, "KTXH.THU_NS", {}, 10); });
    EXPECT_EQ(all->size(), 1u);
    EXPECT_EQ(all->front().supplier, "system:pull:ktxh-tinh");
    // Back to a value it had before: that, too, is a change.
    values["3/10"] = 900;
    ASSERT_TRUE(ok(fetch()));
    values["3/10"] = 812.25;
    clock().advance(std::chrono::hours{1});
    ASSERT_TRUE(ok(fetch()));
    EXPECT_EQ(one("KTXH.THU_NS", "2026-10").value, 812.25);
}

TEST_P(Fetching, WhatCannotBeTakenIsToldAndHindersNothingElse) {
    values["3/10"] = 812.25;
    values["3/11"] = "nhiều";
    source.items.push_back({"BPC_THU", "KHONG.CO", "", {ValueKind::performed}, Grain::month, 2});
    const auto done = fetch();
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->stored, 1);
    EXPECT_EQ(done->problems.size(), 3u);  // a word for a number; an indicator that is not there, or the word again
    EXPECT_EQ(state().problems, 3);
    EXPECT_FALSE(state().good_at.has_value());
    EXPECT_FALSE(state().vi.empty());
    EXPECT_EQ(one("KTXH.THU_NS", "2026-10").value, 812.25);
}

TEST_P(Fetching, ASystemThatDoesNotAnswerIsAskedOnceAndShown) {
    ASSERT_TRUE(ok(fetch()));
    EXPECT_TRUE(state().good_at.has_value());
    server->stop();
    clock().advance(std::chrono::hours{1});
    const auto done = fetch();
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->asked, 1);
    EXPECT_EQ(state().problem, "http.unreachable");
    EXPECT_LT(*state().good_at, state().tried_at);  // the last good time is kept
}

}  // namespace
}  // namespace hl::ioc::test
