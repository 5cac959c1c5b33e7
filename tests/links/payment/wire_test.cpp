// The platform's messages as bytes. The hashes were computed apart from this program.
#include <gtest/gtest.h>

#include <fstream>

#include "links/payment/wire.h"
#include "support/test_store.h"

namespace hl::payment {
namespace {

using hl::test::code_of;
using hl::test::ok;

constexpr const char* secret = "bi-mat-thu-nghiem";

Profile of_pack() {
    std::vector<Error> errors;
    const auto pack = connector::read_mappings(HL_SOURCE_DIR "/packs/quang-tri", errors, {{"payment", check_profile}});
    for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
    for (const auto& file : pack.files)
        if (file.connector == "payment") return *parse_profile(file);
    ADD_FAILURE() << "the pack has no mapping of the payment platform";
    return {};
}

json::object init() {
    return {{"LoaiBanTin", "INIT"},
            {"PhienBan", "1.0.6"},
            {"MaDoiTac", "QUANGTRI"},
            {"MaThamChieu", "H50T01"},
            {"SoTien", "50000"},
            {"LoaiHinhThanhToan", "PAY"},
            {"MaKenhThanhToan", "1"},
            {"MaThietBi", "1"},
            {"NgonNgu", "vi-VN"},
            {"MaTienTe", "VND"},
            {"MaNganHang", "PAYMENT"},
            {"ThongTinGiaoDich", "THANH TOAN HO SO H50-1"},
            {"ThoiGianGD", "20261116150405"},
            {"Ip", "10.0.0.7"}};
}
json::object confirm() {
    return {{"LoaiBanTin", "CONFIRM"},      {"MaLoi", "00"},       {"MaDoiTac", "QUANGTRI"},
            {"MaThamChieu", "H50T01"},      {"SoTien", 50000},     {"MaTienTe", "VND"},
            {"MaGiaoDich", "GD1"},          {"MaNganHang", "VCB"}, {"ThoiGianGD", "20261116150405"},
            {"ThongTinGiaoDich", "Nộp phí"}};
}

TEST(PaymentWire, HashOrdersAreThoseOfThePlatform) {
    const auto profile = of_pack();
    EXPECT_EQ(*signature_of(init(), profile.hash_init, secret),
              "d8412cfa2f9b858cff5dc26810b2c533d7c3804de38eb2dcb766588e6ea31941");
    EXPECT_EQ(*signature_of(confirm(), profile.hash_confirm, secret),
              "730fcc3112485c14242467ec8a29de1958515cc4e809fb8c8bd0d4aee9b45715");
    const auto question =
        make_question(profile, "query", "QUANGTRI", "H50T01",
                      at_local(Date{std::chrono::year{2026} / 11 / 16}, 15, 4) + std::chrono::seconds{5}, secret);
    EXPECT_EQ(question->at("MaXacThuc").as_string(),
              "582ee60ae9234473ebf85944dfa7fa92e0e21a1ade79ee6b42a9bb1efadf72d8");
}

TEST(PaymentWire, AFieldWithTheSeparatorIsNeverSigned) {
    const auto profile = of_pack();
    auto message = init();
    message["ThongTinGiaoDich"] = "a|b";
    EXPECT_EQ(code_of(signature_of(message, profile.hash_init, secret)), "payment.hash_field");
    message.erase("ThongTinGiaoDich");
    EXPECT_EQ(code_of(signature_of(message, profile.hash_init, secret)), "payment.hash_field");
}

TEST(PaymentWire, ASignatureFitsOneMessageAndOneSecret) {
    const auto profile = of_pack();
    auto message = confirm();
    ASSERT_TRUE(ok(sign(message, profile.hash_confirm, secret)));
    EXPECT_TRUE(ok(check_signature(message, profile.hash_confirm, secret)));
    EXPECT_EQ(code_of(check_signature(message, profile.hash_confirm, "khac")), "payment.signature");
    for (const auto& field : profile.hash_confirm) {
        auto other = message;
        other[field] = "khac";
        EXPECT_EQ(code_of(check_signature(other, profile.hash_confirm, secret)), "payment.signature") << field;
    }
    message.erase("MaXacThuc");
    EXPECT_EQ(code_of(check_signature(message, profile.hash_confirm, secret)), "payment.signature");
}

TEST(PaymentWire, TimesHaveTwentyFourHours) {
    const auto afternoon = at_local(Date{std::chrono::year{2026} / 11 / 29}, 15, 4) + std::chrono::seconds{5};
    EXPECT_EQ(compact_time(afternoon), "20261129150405");
    EXPECT_EQ(compact_time(at_local(Date{std::chrono::year{2026} / 1 / 2}, 0, 0)), "20260102000000");
    EXPECT_EQ(*parse_compact_time("20261129150405"), afternoon);
    for (const char* wrong :
         {"", "2026112915040", "20261129240405", "20261129156005", "20260230120000", "2026112915040x"})
        EXPECT_FALSE(parse_compact_time(wrong)) << wrong;
}

TEST(PaymentWire, AmountsAreWholeDong) {
    const auto with = [](const json::value& amount) {
        auto m = confirm();
        m["SoTien"] = amount;
        return parse_notice(json::serialize(m));
    };
    EXPECT_EQ(with(50000)->amount, 50'000);
    EXPECT_EQ(with("50000")->amount, 50'000);
    EXPECT_EQ(with("0")->amount, 0);
    for (const json::value& wrong :
         {json::value(50000.5), json::value("50000.0"), json::value("050000"), json::value("-1"), json::value(-1),
          json::value("99999999999999999"), json::value(true), json::value("5 0"), json::value("5e4")})
        EXPECT_EQ(code_of(with(wrong)), "payment.notice_malformed") << wrong;
}

TEST(PaymentWire, ANoticeIsReadWholeOrNotAtAll) {
    for (const char* field : {"MaLoi", "MaDoiTac", "MaThamChieu"}) {
        auto m = confirm();
        m.erase(field);
        EXPECT_EQ(code_of(parse_notice(json::serialize(m))), "payment.notice_malformed") << field;
        m[field] = json::array{};
        EXPECT_EQ(code_of(parse_notice(json::serialize(m))), "payment.notice_malformed") << field;
        m[field] = "a\nb";
        EXPECT_EQ(code_of(parse_notice(json::serialize(m))), "payment.notice_malformed") << field;
    }
    const auto whole = json::serialize(confirm());
    for (size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(parse_notice(whole.substr(0, n)).ok()) << n;
}

TEST(PaymentWire, TheSameThingSaidTwiceIsOneNotice) {
    auto later = confirm();
    later["ThoiGianGD"] = "20261117010203";
    EXPECT_EQ(parse_notice(json::serialize(confirm()))->digest(), parse_notice(json::serialize(later))->digest());
    later["MaGiaoDich"] = "GD2";
    EXPECT_NE(parse_notice(json::serialize(confirm()))->digest(), parse_notice(json::serialize(later))->digest());
}

TEST(PaymentWire, AnInitReplyGivesItsPage) {
    const auto profile = of_pack();
    const auto good =
        parse_init_reply(R"({"error_code":"0","message":"{\"UrlThanhToan\":\"https://pay.example/a\"}"})", profile);
    EXPECT_EQ(good->url, "https://pay.example/a");
    EXPECT_EQ(parse_init_reply(R"({"error_code":0,"message":{"UrlThanhToan":"https://pay.example/a"}})", profile)->url,
              "https://pay.example/a");
    EXPECT_EQ(parse_init_reply(R"({"error_code":"5","message":"tu choi"})", profile)->said, "tu choi");
    for (const char* wrong :
         {"", "[]", "{}", R"({"error_code":"0"})", R"({"error_code":"0","message":"{"})",
          R"({"error_code":"0","message":"{}"})", R"({"error_code":"0","message":"{\"UrlThanhToan\":1}"})"})
        EXPECT_EQ(code_of(parse_init_reply(wrong, profile)), "payment.reply_malformed") << wrong;
}

TEST(PaymentWire, PeopleAreSentToThePlatformOnly) {
    for (const char* good : {"https://pay.example/a?b=c", "https://a.pay.example/", "https://pay.example:8443/x"})
        EXPECT_TRUE(is_fit_url(good, "pay.example")) << good;
    for (const char* wrong :
         {"", "javascript:alert(1)", "http://pay.example/", "https://", "https://evil.example/",
          "https://pay.example@evil.example/", "https://evilpay.example/", "https://pay.example.evil/",
          "https://pay.example/a b", "https://pay.example/\"><script>", "https://pay.example\\@evil/"})
        EXPECT_FALSE(is_fit_url(wrong, "pay.example")) << wrong;
    EXPECT_TRUE(is_fit_url("http://127.0.0.1:18600/payment/pay/X", ""));
    EXPECT_FALSE(is_fit_url("http://127.0.0.1.evil/", ""));
}

TEST(PaymentWire, AMappingMustSignWhatANoticeIsBelievedFor) {
    connector::MappingFile file;
    file.file = "links/payment.yaml";
    std::ifstream in(HL_SOURCE_DIR "/packs/quang-tri/links/payment.yaml");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto with = [&](const std::string& from, const std::string& to) {
        auto changed = text;
        const auto at = changed.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        changed.replace(at, from.size(), to);
        file.root = YAML::Load(changed);
        return parse_profile(file);
    };
    EXPECT_TRUE(ok(with("VND", "VND")));
    EXPECT_EQ(code_of(with("MaThamChieu, SoTien, MaTienTe, MaGiaoDich", "MaThamChieu, MaTienTe, MaGiaoDich")),
              "link.mapping");
    EXPECT_EQ(code_of(with("pending: [\"01\"]", "pending: [\"00\"]")), "link.mapping");
    EXPECT_EQ(code_of(with("accepted: \"00\", ", "")), "link.mapping");
    EXPECT_EQ(code_of(with("ask_minutes: [2, 3", "ask_minutes: [0, 3")), "link.mapping");
    EXPECT_EQ(code_of(with("accounts: []", "accounts: [{agency: ubnd-19333, account: \"1\"}]")), "link.mapping");
}

}  // namespace
}  // namespace hl::payment
