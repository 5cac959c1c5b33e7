#include "procedures/national.h"

#include <gtest/gtest.h>

namespace hl::procedures {
namespace {

const ProcedureCode code{"9.000001"};

/// Made up, in the shape that integrations have seen.
json::value record() {
    return json::parse(R"({
      "MATTHC": "9.000001", "TENTTHC": " Đăng ký  thử ",
      "LINHVUCTHUCHIEN": [{"MALINHVUC": "G15-HT", "TENLINHVUC": "Hộ tịch"}],
      "CACHTHUCTHUCHIEN": [
        {"KENH": "1", "THOIGIAN": [{"THOIGIANGIAIQUYET": "5", "DONVITINH": "Ngày làm việc", "PHILEPHI": [{"MOTA": "8.000 đồng"}]}]},
        {"KENH": 2, "THOIGIAN": [{"THOIGIANGIAIQUYET": 16, "DONVITINH": "Giờ", "PHILEPHI": []}]},
        {"KENH": 3, "THOIGIAN": [{"THOIGIANGIAIQUYET": "theo quy định", "DONVITINH": "Khác"}]}],
      "THANHPHANHOSO": [{"GIAYTO": [{"TENGIAYTO": "Tờ khai", "SOBANCHINH": "1", "SOBANSAO": 0}, {"TENGIAYTO": "Hộ chiếu"}]}],
      "COQUANTHUCHIEN": [{"MACOQUAN": "X", "TENCOQUAN": "Ủy ban nhân dân xã"}],
      "KETQUATHUCHIEN": "Giấy xác nhận",
      "CANCUPHAPLY": [{"TENVANBAN": "Luật thử 1/2026/QH16"}],
      "DOITUONGTHUCHIEN": ["Công dân Việt Nam", "Người khác"]})");
}
bool mentions(const NationalImport& i, std::string_view what) {
    return std::any_of(i.draft.card.unverified.begin(), i.draft.card.unverified.end(),
                       [&](const std::string& s) { return s.find(what) != std::string::npos; });
}

TEST(National, MapsWhatTheRecordSays) {
    const auto out = import_national(record(), code, Level::commune).value();
    for (const auto& e : out.errors) ADD_FAILURE() << e.at << e.en;
    const auto& card = out.draft.card;
    EXPECT_EQ(card.name, "Đăng ký thử");
    EXPECT_EQ(card.sector_national, "G15-HT");
    EXPECT_EQ(card.channel(Channel::desk)->time, (LegalTime{5, TimeUnit::working_days, false}));
    EXPECT_EQ(card.channel(Channel::online)->time, (LegalTime{16, TimeUnit::working_hours, false}));
    EXPECT_EQ(card.components.size(), 2U);
    EXPECT_EQ(card.components[0].originals, 1);
    EXPECT_EQ(card.owner, "Ủy ban nhân dân xã");
    EXPECT_EQ(card.results[0].name, "Giấy xác nhận");
    EXPECT_EQ(card.basis[0].act, "Luật thử 1/2026/QH16");
    EXPECT_EQ(card.subjects, std::vector<std::string>{"citizen"});
}

TEST(National, WhatCannotBeMappedIsSaidNotGuessed) {
    const auto out = import_national(record(), code, Level::commune).value();
    EXPECT_FALSE(out.draft.card.channel(Channel::post)->time);
    EXPECT_TRUE(mentions(out, "theo quy định"));
    EXPECT_FALSE(out.draft.card.fees);
    EXPECT_TRUE(mentions(out, "8.000 đồng"));
    EXPECT_TRUE(mentions(out, "Hộ chiếu"));
    EXPECT_TRUE(mentions(out, "Người khác"));
    EXPECT_FALSE(out.draft.valid_from);
}

TEST(National, ContradictionsAreErrors) {
    auto r = record();
    auto& o = r.as_object();
    o["MATTHC"] = "9.000009";
    o["TENTTHC"] = nullptr;
    o["CACHTHUCTHUCHIEN"].as_array()[1].as_object()["KENH"] = 1;
    o["CACHTHUCTHUCHIEN"].as_array()[2].as_object()["KENH"] = "9";
    const auto out = import_national(r, code, Level::commune).value();
    std::set<std::string> at;
    for (const auto& e : out.errors) at.insert(e.at);
    EXPECT_EQ(at,
              (std::set<std::string>{"/MATTHC", "/TENTTHC", "/CACHTHUCTHUCHIEN/1/KENH", "/CACHTHUCTHUCHIEN/2/KENH"}));
    EXPECT_EQ(import_national(json::array{}, code, Level::commune).error().code, "national.record");
    EXPECT_FALSE(import_national(json::object{}, code, Level::commune).value().errors.empty());
}

}  // namespace
}  // namespace hl::procedures
