// Codes, names and records of registers, exactly; the mirror of dossiers that central systems handle, counted apart.
#include "../../dossiers/world.h"
#include "base/files.h"
#include "links/connector/hub.h"
#include "links/connector/schema.h"
#include "links/registers/mirror.h"
#include "links/registers/register.h"
#include "links/registers/schema.h"

namespace hl::links::registers::test {
namespace {

using hl::test::code_of;
using hl::test::ok;
namespace dt = dossiers::test;

Profile profile_of(const std::string& name) {
    std::vector<Error> errors;
    const auto pack = connector::read_mappings(dt::pack_folder, errors);
    for (const auto& file : pack.files)
        if (file.connector == name) {
            auto p = read_profile(file);
            EXPECT_TRUE(ok(p));
            if (p.ok()) return *p;
        }
    ADD_FAILURE() << "no mapping of " << name;
    return {};
}

TEST(BudgetCodes, HaveSevenDigitsAndAKind) {
    EXPECT_EQ(budget_code("1 098765")->kind, BudgetKind::budget_unit);
    EXPECT_EQ(budget_code("2000001")->kind, BudgetKind::budget_unit);
    EXPECT_EQ(budget_code("3000001")->kind, BudgetKind::other_unit);
    EXPECT_EQ(budget_code("7.123456")->kind, BudgetKind::project);
    EXPECT_EQ(budget_code("8123456")->sequence, 123456);
    for (const auto* wrong : {"", "123456", "12345678", "4000001", "1000000", "12345a7", "１234567"})
        EXPECT_EQ(code_of(budget_code(wrong)), "budget.code") << wrong;
    EXPECT_TRUE(keeps_code(*budget_code("1000001"), *budget_code("1000001")));
    EXPECT_FALSE(keeps_code(*budget_code("1000001"), *budget_code("3000001")));
}

TEST(Names, AreTheSameExactlyOrNotAtAll) {
    const auto rules = profile_of("business").compare;
    EXPECT_TRUE(compare_names(rules, "CÔNG TY TNHH  Thuỷ Sản", "Công ty Trách nhiệm hữu hạn Thủy sản").same);
    EXPECT_TRUE(compare_names(rules, "Công ty (TNHH) \"Sông Hiếu\"", "công ty tnhh sông hiếu").same);
    // Composed or decomposed, it is one letter.
    EXPECT_TRUE(compare_names(rules, "Quảng", "Qua\xCC\x89ng").same);
    // One letter, one mark, one word: other names.
    EXPECT_FALSE(compare_names(rules, "Công ty Sông Hiếu", "Công ty Sông Hiến").same);
    EXPECT_FALSE(compare_names(rules, "Công ty Hòa", "Công ty Hoa").same);
    EXPECT_EQ(compare_names(rules, "Công ty Sông Hiếu", "Công ty Sông Hiếu Hai").differs_at, 4u);
    EXPECT_FALSE(compare_names(rules, "", "").same);
    EXPECT_FALSE(compare_names(rules, " . ", "-").same) << "nothing is not the name of anybody";
}

constexpr std::string_view enterprise =
    R"({"GetEntCert":[{"MaSoDoanhNghiep":"3200000001","TenTiengViet":"CÔNG TY TNHH MẪU","TinhTrangPhapLy":[{"TinhTrangPhapLy":"Đang hoạt động"}],"DaiDienPhapLuat":[{"ThongTinCaNhan":[{"HoVaTen":"Người Mẫu"}]}],"DiaChiTruSo":[{"DiaChi":[{"DiaChi":"1 Đường Mẫu"}]}]}]})";

TEST(Records, AreReadStrictly) {
    const auto p = profile_of("business");
    const auto& shape = p.shapes.at("enterprise");
    const auto record = read_record(shape, "3200000001", enterprise);
    ASSERT_TRUE(ok(record));
    EXPECT_EQ(record->fields.at("name"), "CÔNG TY TNHH MẪU");
    EXPECT_EQ(record->fields.at("representative"), "Người Mẫu");
    EXPECT_FALSE(record->fields.contains("foreign_name")) << "what was not said is not there";
    EXPECT_EQ(code_of(read_record(shape, "3200000002", enterprise)), "register.mismatch");
    EXPECT_EQ(code_of(read_record(shape, "3200000001", R"({"GetEntCert":[]})")), "register.not_found");
    EXPECT_EQ(code_of(read_record(shape, "3200000001", R"({"GetEntCert":[{"MaSoDoanhNghiep":"3200000001"}]})")),
              "register.incomplete");
    for (const auto* bad : {"", "{", "[]", "{\"GetEntCert\":7}", "<html>", "{\"GetEntCert\":[{}]}"})
        EXPECT_EQ(code_of(read_record(shape, "3200000001", bad)), "register.unreadable") << bad;
    EXPECT_EQ(code_of(code_for(shape, "3200000001&x=1")), "register.code") << "nothing else gets into the address";
    EXPECT_EQ(*code_for(shape, "3200 000 001"), "3200000001");
    const auto household = read_record(p.shapes.at("household"), "320000000001",
                                       R"({"HHCert":[{"MaSoHKD":"320000000001","TenHoKinhDoanh":"Hộ mẫu"}]})");
    EXPECT_TRUE(ok(household));
}

TEST(Mappings, EveryMistakeIsFound) {
    connector::MappingFile file;
    file.file = "links/x.yaml";
    file.root = YAML::Load(R"(
shapes:
  - {kind: a, path: "/x", pattern: "[", code_at: y, fields: {title: /t}, required: [name]}
mirror: {path: "/m", items: /i, fields: {code: /c, odd: /o}, statuses: {a: 11}}
)");
    std::vector<Error> errors;
    check_profile(file, errors);
    EXPECT_GE(errors.size(), 10u);
}

TEST(Times, AreReadAsTheProvinceHasThem) {
    EXPECT_EQ(time_from("20261117090500"), at_local(Date{std::chrono::year{2026} / 11 / 17}, 9, 5));
    EXPECT_EQ(time_from("17/11/2026"), at_local(Date{std::chrono::year{2026} / 11 / 17}, 0));
    for (const auto* wrong :
         {"", "20261317090500", "20260230", "31/02/2026", "2026111709050", "xx/yy/zzzz", "20261117250000"})
        EXPECT_FALSE(time_from(wrong)) << wrong;
}

/// A register that answers as it is told, and counts how often it was asked.
struct Central {
    std::map<std::string, std::string> answers;  // path → body
    std::deque<std::string> next;                // "timeout", "500", "401", "half"
    int asked = 0, tokens = 0;
    Result<http::Response> answer(const http::ClientRequest& request) {
        const auto act = next.empty() ? std::string{} : next.front();
        const auto path = request.url.substr(std::string_view{"https://dkkd.example"}.size());
        if (path == "/token") {
            ++tokens;
            return http::Response{200, {}, R"({"access_token":"ma-truy-cap","expires_in":3600})", nullptr};
        }
        ++asked;
        if (!next.empty()) next.pop_front();
        if (act == "timeout") return Error{ErrorKind::unavailable, "http.timeout", "chậm", "slow"};
        if (act == "500") return http::Response{500, {}, "", nullptr};
        if (act == "401") return http::Response{401, {}, "", nullptr};
        const auto it = answers.find(path);
        if (it == answers.end()) return http::Response{404, {}, "", nullptr};
        return http::Response{
            200, {}, act == "half" ? it->second.substr(0, it->second.size() / 2) : it->second, nullptr};
    }
};

class Registers : public dt::WorldTest {
  protected:
    void SetUp() override {
        WorldTest::SetUp();
        lay(connector::migrations());
        lay(migrations());
        std::vector<Error> errors;
        const auto pack = connector::read_mappings(dt::pack_folder, errors);
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        ASSERT_TRUE(ok(world->store().write(
            [&](store::Transaction& tx) { return connector::apply_mappings(tx, pack, "test", world->now()); })));
        secret_ = keys_ / "secret";
        ASSERT_TRUE(ok(write_file_durably(secret_, "bi-mat", 0600)));
        for (const auto* name : {"business", "budget"}) {
            connector::PartnerSettings s;
            s.url = "https://dkkd.example";
            s.user = "tinh";
            s.secret_file = secret_;
            registers[name] = std::make_shared<Register>(
                name, connector::Words{name, name}, s,
                Parts{world->store(), world->vault(), world->clock(), [this] { return world->context(); }});
        }
        central.answers["/apiDKKD/DoanhNghiep/chiTietDoanhNghiep?msdn=3200000001"] = std::string{enterprise};
    }
    Result<Found> ask(std::string_view code, bool fresh = false, const std::string& kind = "enterprise",
                      const std::string& name = "business") {
        connector::Line line(world->clock(), [this](const http::ClientRequest& r) { return central.answer(r); });
        return registers[name]->look_up(line, kind, code, fresh, "account:x");
    }
    Result<json::object> mirror() {
        connector::Line line(world->clock(), [this](const http::ClientRequest& r) { return central.answer(r); });
        return registers["business"]->mirror(line, world->now());
    }
    void lists(const std::string& items, int total = -1) {
        central.answers["/apiDKKD/HoSo/danhSach?trang=1&soDong=200"] =
            fmt::format("{{\"TongSo\":{},\"DanhSachHoSo\":[{}]}}",
                        total < 0 ? static_cast<int>(std::count(items.begin(), items.end(), '{')) : total, items);
    }
    static std::string item(const std::string& code, const std::string& status, const std::string& received,
                            const std::string& due = "", const std::string& finished = "") {
        return fmt::format(
            R"({{"MaHoSo":"{}","MaTTHC":"2.001610","MaDonVi":"H50.5","TrangThai":"{}","NgayTiepNhan":"{}","NgayHenTra":"{}","NgayKetThucXuLy":"{}"}})",
            code, status, received, due, finished);
    }
    MirrorCounts counts() {
        return *world->ask([&](store::Reader& r) -> Result<MirrorCounts> {
            return count_mirrored(r, "business", at_local(Date{std::chrono::year{2026} / 1 / 1}, 0),
                                  at_local(Date{std::chrono::year{2027} / 1 / 1}, 0), world->now());
        });
    }
    std::map<std::string, std::shared_ptr<Register>> registers;
    Central central;

  private:
    void lay(const store::Migrations& rooms) {
        ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
            for (const auto& m : rooms) {
                std::string sql = m.sql;
                const bool sqlite = GetParam() == store::Engine::sqlite;
                const std::string serial =
                    sqlite ? "INTEGER PRIMARY KEY" : "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
                for (size_t at; (at = sql.find("{{serial}}")) != std::string::npos;) sql.replace(at, 10, serial);
                for (size_t at; (at = sql.find("{{blob}}")) != std::string::npos;)
                    sql.replace(at, 8, sqlite ? "BLOB" : "BYTEA");
                size_t from = 0;
                for (size_t at; (at = sql.find(";\n", from)) != std::string::npos; from = at + 2)
                    tx.execute(sql.substr(from, at - from));
            }
            return Nothing{};
        })));
    }
    hl::test::TempDir keys_;
    std::filesystem::path secret_;
};
HL_FOR_EVERY_ENGINE(Registers);

TEST_P(Registers, ARecordIsKeptAndItsAgeShown) {
    const auto first = ask("3200000001");
    ASSERT_TRUE(ok(first));
    EXPECT_FALSE(first->from_cache);
    world->clock().advance(std::chrono::hours{5});
    const auto second = ask("3200 000001");
    ASSERT_TRUE(ok(second));
    EXPECT_TRUE(second->from_cache);
    EXPECT_EQ(second->fetched_at, first->fetched_at);
    EXPECT_EQ(central.asked, 1);
    ASSERT_TRUE(ok(ask("3200000001", true)));
    EXPECT_EQ(central.asked, 2) << "who wants it fresh gets it fresh";
    world->clock().advance(std::chrono::hours{25});
    ASSERT_TRUE(ok(ask("3200000001")));
    EXPECT_EQ(central.asked, 3) << "a day is as long as the mapping lets a record be";
}

TEST_P(Registers, WhenItCannotBeAskedTheOldRecordIsShownAsOld) {
    ASSERT_TRUE(ok(ask("3200000001")));
    for (const auto* act : {"timeout", "500", "half"}) {
        world->clock().advance(std::chrono::hours{30});
        central.next = {act};
        const auto found = ask("3200000001");
        ASSERT_TRUE(ok(found));
        EXPECT_TRUE(found->stale) << act;
        EXPECT_FALSE(found->trouble.empty());
    }
    central.next = {"timeout"};
    EXPECT_EQ(code_of(ask("3200000009")), "http.timeout") << "nothing is made up for a code that was never seen";
}

TEST_P(Registers, AnEndedTokenIsRenewedOnce) {
    central.next = {"401"};
    ASSERT_TRUE(ok(ask("3200000001")));
    EXPECT_EQ(central.tokens, 2);
    central.next = {"401", "401"};
    EXPECT_TRUE(ask("3200000001", true)->stale);
}

TEST_P(Registers, TheCacheIsSealed) {
    ASSERT_TRUE(ok(ask("3200000001")));
    const auto stored = world->ask([&](store::Reader& r) -> Result<std::string> {
        return r.first("SELECT record FROM register_cache", {}, [](const store::Row& row) { return row.string(0); })
            .value_or("");
    });
    EXPECT_FALSE(stored->empty());
    EXPECT_EQ(stored->find("Người Mẫu"), std::string::npos);
}

TEST_P(Registers, AClosedBudgetCodeDoesNotComeBackAsSomebodyElse) {
    auto& body = central.answers["/dvqhns/don-vi?ma=1000001"];
    body = R"({"don_vi":{"ma":"1000001","ten":"Trường A","da_dong":false}})";
    ASSERT_TRUE(ok(ask("1000001", true, "unit", "budget")));
    body = R"({"don_vi":{"ma":"1000001","ten":"Trường A đổi tên","da_dong":false}})";
    EXPECT_TRUE(ok(ask("1000001", true, "unit", "budget"))) << "a unit may change its name";
    body = R"({"don_vi":{"ma":"1000001","ten":"Trường A đổi tên","da_dong":true}})";
    ASSERT_TRUE(ok(ask("1000001", true, "unit", "budget")));
    body = R"({"don_vi":{"ma":"1000001","ten":"Trạm y tế B","da_dong":false}})";
    EXPECT_EQ(code_of(ask("1000001", true, "unit", "budget")), "budget.reused");
}

TEST_P(Registers, MirroredDossiersAreCountedByThemselves) {
    const auto own = world->received();
    lists(item("DKKD-1", "10", "20261102080000", "20261105170000", "20261104100000") + "," +
          item("DKKD-2", "9", "20261102080000", "20261105170000", "20261106100000") + "," +
          item("DKKD-3", "4", "20261102080000", "20261105170000") + "," + item("DKKD-4", "4", "20261116080000") + "," +
          item("DKKD-5", "77", "20261102080000") + "," + item("DKKD-6", "8", "20261102080000") + "," +
          item("DKKD-7", "9", "20261102080000") + "," + item(own.code.value, "4", "20261102080000"));
    const auto before = world->ask([](store::Reader& r) -> Result<int64_t> {
        return r.first("SELECT COUNT(*) FROM dossier", {}, [](const store::Row& row) { return row.integer(0); })
            .value();
    });
    const auto report = mirror();
    ASSERT_TRUE(ok(report));
    EXPECT_EQ(report->at("added").as_int64(), 8);
    EXPECT_TRUE(report->at("agrees").as_bool());
    const auto c = counts();
    EXPECT_EQ(c.received, 7) << "our own is not counted twice";
    EXPECT_EQ(c.ours, 1);
    EXPECT_EQ(c.in_time, 1);
    EXPECT_EQ(c.late, 1);
    EXPECT_EQ(c.open, 2);
    EXPECT_EQ(c.open_late, 1);
    EXPECT_EQ(c.ended, 1);
    EXPECT_EQ(c.unknown, 2) << "an unknown word, and a finish without a date: nobody can say";
    EXPECT_EQ(*before, *world->ask([](store::Reader& r) -> Result<int64_t> {
        return r.first("SELECT COUNT(*) FROM dossier", {}, [](const store::Row& row) { return row.integer(0); })
            .value();
    }));
    ASSERT_TRUE(ok(world->store().settle()));
    const auto events = world->ask([](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
        return store::read_stream(r, "mirror:business:DKKD-2");
    });
    ASSERT_EQ(events->size(), 1u);
    const auto again = mirror();
    EXPECT_EQ(again->at("same").as_int64(), 8) << "what did not change is no event";
}

TEST_P(Registers, WhatIsNoLongerListedIsGoneAndComesBackWhenListedAgain) {
    lists(item("A", "4", "20261102080000") + "," + item("B", "4", "20261102080000"));
    ASSERT_TRUE(ok(mirror()));
    world->clock().advance(std::chrono::hours{1});
    lists(item("A", "4", "20261102080000"));
    EXPECT_EQ(mirror()->at("gone").as_int64(), 1);
    EXPECT_EQ(counts().open, 1);
    EXPECT_EQ(counts().gone, 1);
    world->clock().advance(std::chrono::hours{1});
    lists(item("A", "4", "20261102080000") + "," + item("B", "4", "20261102080000"));
    ASSERT_TRUE(ok(mirror()));
    EXPECT_EQ(counts().gone, 0);
    EXPECT_EQ(counts().open, 2);
}

TEST_P(Registers, AnIncompleteListMarksNothingGone) {
    lists(item("A", "4", "20261102080000") + "," + item("B", "4", "20261102080000"));
    ASSERT_TRUE(ok(mirror()));
    world->clock().advance(std::chrono::hours{1});
    lists(item("A", "4", "20261102080000"), 2);  // says two, gives one
    auto report = mirror();
    EXPECT_FALSE(report->at("agrees").as_bool());
    EXPECT_EQ(counts().gone, 0);
    lists(item("A", "4", "20261102080000") + "," + item("B", "4", "hôm qua"));
    report = mirror();
    EXPECT_EQ(report->at("unreadable").as_int64(), 1);
    EXPECT_EQ(counts().gone, 0);
    for (const auto* act : {"timeout", "500", "half"}) {
        central.next = {act};
        EXPECT_FALSE(mirror().ok()) << act;
        EXPECT_EQ(counts().open, 2);
    }
}

}  // namespace
}  // namespace hl::links::registers::test
