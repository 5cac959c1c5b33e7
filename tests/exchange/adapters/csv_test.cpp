// A CSV as a service: typed, filtered, by pages; a new file is taken whole or not at all.
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/json.h"
#include "exchange/adapters/adapter.h"
#include "exchange/protocol/descriptions.h"
#include "support/temp_dir.h"

namespace hl::exchange {
namespace {

class CsvService : public testing::Test {
  protected:
    void SetUp() override {
        write(
            "Mã,Tên,Dân số,Ngày,Ghi chú\n01,Đông Hà,100,2026-07-01,kín\n02,\"Gio, Linh\",,2026-07-01,kín\n03,Cam "
            "Lộ,50,,kín\n");
        auto made = make_adapter(settings(), dir_.path());
        ASSERT_TRUE(made.ok()) << made.error().at << made.error().en;
        adapter_ = std::move(*made);
    }
    static json::object settings() {
        return json::parse(R"({"kind":"csv","title":"Xã","file":"xa.csv","key":"ma","columns":[
            {"header":"Mã","name":"ma","type":"text","required":true,"filter":true},
            {"header":"Tên","name":"ten","type":"text"},
            {"header":"Dân số","name":"dan_so","type":"integer","filter":true},
            {"header":"Ngày","name":"ngay","type":"date","filter":true}]})")
            .as_object();
    }
    void write(std::string_view bytes) { ASSERT_TRUE(write_file_durably(dir_ / "xa.csv", bytes).ok()); }
    AdapterResponse get(std::string path, std::string_view query = "") {
        AdapterRequest r;
        r.method = "GET";
        r.path = std::move(path);
        r.query = *parse_query(query);
        return adapter_->answer(r);
    }
    std::string items(std::string_view query = "") {
        const auto r = get("/", query);
        return r.status == 200 ? json::serialize(json::parse(r.body).at("items")) : std::to_string(r.status);
    }
    test::TempDir dir_;
    std::unique_ptr<Adapter> adapter_;
};

TEST_F(CsvService, AnswersTypedRowsOfDeclaredColumnsAlone) {
    EXPECT_EQ(
        items("limit=2"),
        R"([{"ma":"01","ten":"Đông Hà","dan_so":100,"ngay":"2026-07-01"},{"ma":"02","ten":"Gio, Linh","dan_so":null,"ngay":"2026-07-01"}])");
    EXPECT_EQ(get("/03").body, R"({"ma":"03","ten":"Cam Lộ","dan_so":50,"ngay":null})");
    EXPECT_EQ(get("/04").status, 404);
}
TEST_F(CsvService, FiltersByTypedValue) {
    EXPECT_EQ(items("dan_so=50"), R"([{"ma":"03","ten":"Cam Lộ","dan_so":50,"ngay":null}])");
    EXPECT_EQ(items("dan_so=50&ngay=2026-07-01"), "[]");
    EXPECT_EQ(items("dan_so=nhieu"), "422");
    EXPECT_EQ(items("ten=x"), "422");  // no filter
}
TEST_F(CsvService, PagesGoOnUntilTheFileChanges) {
    const auto next = std::string{json::parse(get("/", "limit=2").body).at("next").as_string()}.substr(1);
    EXPECT_EQ(items(next), R"([{"ma":"03","ten":"Cam Lộ","dan_so":50,"ngay":null}])");
    write("Mã,Tên,Dân số,Ngày\n09,Mới,1,\n");
    EXPECT_EQ(items(next), "409");
    EXPECT_EQ(items(), R"([{"ma":"09","ten":"Mới","dan_so":1,"ngay":null}])");
}
TEST_F(CsvService, ABadNewFileLeavesTheOldOneAndIsReported) {
    const auto before = items();
    write("Mã,Tên,Dân số,Ngày\n01,A,nhiều,\n");
    EXPECT_EQ(items(), before);
    const auto problem = adapter_->check();
    ASSERT_FALSE(problem.ok());
    EXPECT_EQ(problem.error().at, "xa.csv:2");
    std::filesystem::remove(dir_ / "xa.csv");
    EXPECT_EQ(items(), before);
    EXPECT_EQ(adapter_->check().error().code, "adapter.csv_missing");
    write("Mã,Tên,Dân số,Ngày\n01,A,5,\n");
    EXPECT_TRUE(adapter_->check().ok());
    EXPECT_EQ(items(), R"([{"ma":"01","ten":"A","dan_so":5,"ngay":null}])");
}
TEST_F(CsvService, MistakesAreNamedByTheirPlace) {
    const auto where = [&](std::string_view bytes) {
        write(bytes);
        return make_adapter(settings(), dir_.path()).error().at;
    };
    EXPECT_EQ(where("Mã,Tên,Dân số\n"), "xa.csv:1");
    EXPECT_EQ(where("Mã,Tên,Dân số,Ngày\n01,A,,\n01,B,,\n"), "xa.csv:3");
    EXPECT_EQ(where("Mã,Tên,Dân số,Ngày\n,A,,\n"), "xa.csv:2");
    EXPECT_EQ(where("Mã,Tên,Dân số,Ngày\n01,A,,31/12/2026\n"), "xa.csv:2");
    auto wrong = settings();
    wrong["key"] = "ten";
    EXPECT_EQ(make_adapter(wrong, dir_.path()).error().at, "/key");
}
TEST_F(CsvService, DescribesItself) {
    const auto d = read_openapi(json::serialize(adapter_->description()));
    ASSERT_TRUE(d.ok()) << d.error().en;
    EXPECT_EQ(d->endpoints, (std::vector<Endpoint>{{"GET", "/"}, {"GET", "/*"}}));
}

}  // namespace
}  // namespace hl::exchange
