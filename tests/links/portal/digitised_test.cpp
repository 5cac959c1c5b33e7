// The national store of papers: asked exactly, read strictly, nothing kept.
#include "office.h"

namespace hl::links::portal::test {

class Digitised : public Office {
  protected:
    ResultsQuestion question() {
        ResultsQuestion q;
        q.owner = "045123456789";
        q.name = "Người Nộp Thử";
        q.procedure = dossiers::test::simple;
        return q;
    }
    Result<StoredResults> ask(const ResultsQuestion& q) {
        auto line = runner_->line();
        return connector_->find_results(line, q);
    }
};
HL_FOR_EVERY_ENGINE(Digitised);

TEST_P(Digitised, TheStoreIsAskedForOnePersonAndOneProcedureAndSaysWhatItHas) {
    json::object asked;
    portal_.more = [&](const std::string& service, const json::object& body) -> std::optional<http::Response> {
        if (service != "GetDanhSachKetQua") return std::nullopt;
        asked = body;
        return FakePortal::say(
            0, "",
            json::object{{"DanhSachGiayToKetQua",
                          json::array{json::object{{"MaKetQua", "KQ.01"},
                                                   {"TenGiayTo", "Giấy thử"},
                                                   {"SoKyHieu", "12/GT"},
                                                   {"CoQuanChuQuan", "UBND thử"},
                                                   {"DanhSachTepDinhKem",
                                                    json::array{json::object{{"TenTep", "a.pdf"}, {"DuongDan", "x"}}}}},
                                      json::object{{"MaKetQua", ""}}, "lạ"}}});
    };
    auto q = question();
    q.kinds = {{"KQ.01", "12/GT"}};
    const auto found = ask(q);
    ASSERT_TRUE(ok(found));
    ASSERT_EQ(found->items.size(), 1u);
    EXPECT_EQ(found->items[0].number, "12/GT");
    EXPECT_EQ(found->items[0].files, std::vector<std::string>{"a.pdf"});
    EXPECT_EQ(found->unreadable, 2);
    EXPECT_EQ(found->asked_at, world().now());
    EXPECT_EQ(word(asked, "SoDinhDanhChuSoHuu"), "045123456789");
    EXPECT_EQ(word(asked, "SoDinhDanhNguoiYeuCau"), "045123456789");
    EXPECT_EQ(word(asked, "KenhThucHien"), "1");
    EXPECT_EQ(word(asked, "MaThuTuc"), dossiers::test::simple.value);
    EXPECT_EQ(asked.at("DanhSachDanhMucKetQua").get_array().size(), 1u);
}

TEST_P(Digitised, AnAnswerWithoutItsListIsNoEmptyList) {
    for (const char* said : {R"({})", R"([])", R"(null)", R"({"DanhSachGiayToKetQua": null})", R"("")"}) {
        SCOPED_TRACE(said);
        portal_.more = [&](const std::string&, const json::object&) -> std::optional<http::Response> {
            return FakePortal::say(0, "", *parse_json(said));
        };
        const auto found = ask(question());
        ASSERT_FALSE(found.ok());
        EXPECT_EQ(found.error().code, "portal.answer");
    }
    portal_.more = [&](const std::string&, const json::object&) -> std::optional<http::Response> {
        return FakePortal::say(0, "", json::object{{"DanhSachGiayToKetQua", json::array{}}});
    };
    EXPECT_TRUE(ask(question())->items.empty());
}

TEST_P(Digitised, OnlyAnExactNumberIsAskedFor) {
    int calls = 0;
    portal_.more = [&](const std::string&, const json::object&) -> std::optional<http::Response> {
        ++calls;
        return std::nullopt;
    };
    for (const char* number : {"", "123", "0451234567890", "04512345678a", "000000000000", " 45123456789"}) {
        auto q = question();
        q.owner = number;
        EXPECT_EQ(ask(q).error().code, "results.number") << number;
    }
    auto q = question();
    q.name.clear();
    EXPECT_EQ(ask(q).error().code, "results.name");
    EXPECT_EQ(calls, 0);
}

/// Whatever goes wrong, the clerk gets an error that says to take the papers, never an empty list.
TEST_P(Digitised, FaultsAreErrorsAndAnEndedSessionIsRenewed) {
    portal_.more = [&](const std::string&, const json::object&) -> std::optional<http::Response> {
        return FakePortal::say(0, "", json::object{{"DanhSachGiayToKetQua", json::array{}}});
    };
    ASSERT_TRUE(ok(ask(question())));
    for (const auto* fault : {"timeout", "500", "half", "refuse"}) {
        portal_.next = {fault};
        EXPECT_FALSE(ask(question()).ok()) << fault;
    }
    portal_.next = {"expire"};
    EXPECT_TRUE(ok(ask(question())));
}

}  // namespace hl::links::portal::test
