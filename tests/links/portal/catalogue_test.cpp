// The detail of a procedure beside ours, field by field; shown and never applied.
#include "office.h"

namespace hl::links::portal::test {

class Detail : public Office {
  protected:
    /// As the portal would say it when both agree.
    static json::object agreeing() {
        return {
            {"MATTHC", dossiers::test::simple.value},
            {"TENTTHC", "Thủ tục thử 9.000001"},
            {"LINHVUCTHUCHIEN", json::array{{{"TENLINHVUC", "Hộ tịch"}}}},
            {"COQUANTHUCHIEN", "Ủy ban nhân dân"},
            {"DOITUONGTHUCHIEN", json::array{"Công dân Việt Nam"}},
            {"CACHTHUCTHUCHIEN", json::array{channel("1"), channel("2")}},
            {"THANHPHANHOSO",
             json::array{{{"GIAYTO", json::array{{{"TENGIAYTO", "Tờ khai."}, {"SOBANCHINH", 1}, {"SOBANSAO", 0}}}}}}},
            {"KETQUATHUCHIEN", json::array{"Giấy chứng nhận"}},
            {"CANCUPHAPLY", json::array{"Luật thử"}}};
    }
    static json::object channel(const char* code, const char* days = "3", const char* fee = "Không") {
        return {{"KENH", code},
                {"THOIGIAN",
                 json::array{
                     {{"THOIGIANGIAIQUYET", days}, {"DONVITINH", "Ngày làm việc"}, {"PHILEPHI", json::array{fee}}}}}};
    }
    std::map<std::string, DetailDifference> compared(const json::object& record) {
        const auto release = world().catalogue->valid(dossiers::test::simple, world().now());
        const auto found = compare_detail(**release, record);
        EXPECT_TRUE(ok(found));
        std::map<std::string, DetailDifference> out;
        for (const auto& d : *found) out[d.field + " " + std::string{to_string(d.kind)}] = d;
        return out;
    }
};
HL_FOR_EVERY_ENGINE(Detail);

TEST_P(Detail, SidesThatAgreeDifferInNothing) {
    for (const auto& [field, d] : compared(agreeing())) ADD_FAILURE() << field << ": " << d.ours << " | " << d.theirs;
}

TEST_P(Detail, EachFieldIsComparedForItself) {
    auto record = agreeing();
    record["TENTTHC"] = "Tên khác";
    record["CACHTHUCTHUCHIEN"] = json::array{channel("1", "5", "50.000 đồng"), channel("3")};
    record["THANHPHANHOSO"] =
        json::array{{{"GIAYTO", json::array{{{"TENGIAYTO", "Tờ khai"}, {"SOBANCHINH", 2}, {"SOBANSAO", 1}},
                                            {{"TENGIAYTO", "Ảnh"}}}}}};
    record["CANCUPHAPLY"] = json::array{"Luật khác số 60/2014/QH13"};
    record["TRINHTUTHUCHIEN"] = "Bước 1: nộp hồ sơ.";
    const auto found = compared(record);
    EXPECT_EQ(found.at("name differs").theirs, "Tên khác");
    EXPECT_EQ(found.at("time.desk differs").theirs, "5 ngày làm việc");
    EXPECT_EQ(found.at("fees.desk differs").theirs, "50.000 đồng");
    EXPECT_TRUE(found.contains("channels only_here"));
    EXPECT_EQ(found.at("channels only_there").theirs, "post");
    EXPECT_EQ(found.at("components only_there").theirs, "Ảnh");
    EXPECT_EQ(found.at("components.copies differs").theirs, "Tờ khai: 2 + 1");
    EXPECT_EQ(found.at("basis only_here").ours, "Luật thử");
    EXPECT_TRUE(found.contains("basis only_there"));
    EXPECT_TRUE(found.contains("steps prose"));
    EXPECT_FALSE(is_difference(DetailKind::prose));
}

TEST_P(Detail, WhatThePortalDoesNotSayIsNoDifference) {
    auto record = agreeing();
    for (const auto* field :
         {"LINHVUCTHUCHIEN", "COQUANTHUCHIEN", "DOITUONGTHUCHIEN", "THANHPHANHOSO", "KETQUATHUCHIEN", "CANCUPHAPLY"})
        record.erase(field);
    EXPECT_TRUE(compared(record).empty());
    EXPECT_TRUE(compared({{"MATTHC", dossiers::test::simple.value}}).empty());
    EXPECT_TRUE(compared({{"MATTHC", "9.999999"}}).contains("record/MATTHC unreadable"));
    // Words with no one meaning are to be read, not counted.
    record["CACHTHUCTHUCHIEN"] = json::array{channel("1", "3", "Theo quy định"), channel("2", "khoảng 3")};
    const auto found = compared(record);
    EXPECT_TRUE(found.contains("fees.desk prose"));
    EXPECT_FALSE(found.contains("time.online differs"));
}

TEST_P(Detail, TheTaskKeepsWhatItFoundWithItsTimeAndAppliesNothing) {
    auto record = agreeing();
    record["TENTTHC"] = "Tên khác";
    bool away = false;
    portal_.procedures = {{{"MATTHC", dossiers::test::simple.value}, {"TENTTHC", "Tên khác"}}};
    portal_.more = [&](const std::string& service, const json::object& body) -> std::optional<http::Response> {
        if (service != "LayThuTuc") return std::nullopt;
        if (away) return http::Response{500, {}, "", nullptr};
        EXPECT_EQ(word(body, "maTTHC"), dossiers::test::simple.value);
        return FakePortal::say(0, "", record);
    };
    const auto first = runner_->run_task("catalogue");
    ASSERT_TRUE(ok(first));
    EXPECT_EQ(first->at("details_compared"), 1);
    EXPECT_EQ(first->at("field_differences"), 1);
    const auto at = world().now();
    const auto rows = [&] {
        return *world().ask([&](store::Reader& r) -> Result<std::vector<ComparedProcedure>> {
            return compared_procedures(r, "", false, 10);
        });
    };
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_EQ(rows()[0].lines.front().theirs, "Tên khác");
    EXPECT_EQ((*world().catalogue->valid(dossiers::test::simple, at))->card.name, "Thủ tục thử 9.000001");
    world().clock().advance(std::chrono::hours{24});
    away = true;
    EXPECT_EQ(runner_->run_task("catalogue")->at("details_failed"), 1);
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_EQ(rows()[0].compared_at, at);
    EXPECT_EQ(rows()[0].problem, "portal.http");
    away = false;
    record["TENTTHC"] = "Thủ tục thử 9.000001";
    EXPECT_EQ(runner_->run_task("catalogue")->at("field_differences"), 0);
    EXPECT_TRUE(rows().empty());
}

}  // namespace hl::links::portal::test
