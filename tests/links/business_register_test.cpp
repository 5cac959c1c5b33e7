#include "links/business_register.h"

#include <gtest/gtest.h>

#include "http/server.h"

namespace hl::links {

namespace {

/// A register on loopback that answers what the test says, and keeps what it was asked.
class Register {
  public:
    Register() {
        http::Router router;
        router.get("/r1/{*rest}", [this](const http::Request& request) {
            asked_target = request.target;
            asked_client = request.header("X-Road-Client");
            asked_user = request.header("X-Road-UserId");
            return answer;
        });
        http::ServerOptions options;
        options.port = 0;
        options.access_log = false;
        server_ = std::make_unique<http::Server>(options, std::move(router), clock_, random_, metrics_);
        if (!server_->start().ok()) throw std::runtime_error("no port");
    }
    ~Register() { server_->stop(); }
    [[nodiscard]] BusinessSource source() const {
        BusinessSource out;
        out.url = fmt::format("http://127.0.0.1:{}/r1/QUANGTRI/GOV/H50.5/DKKD/dn?msdn={{code}}", server_->port());
        out.client = "QUANGTRI/GOV/H50/MOTCUA";
        return out;
    }
    http::Response answer;
    std::string asked_target, asked_client, asked_user;

  private:
    SystemClock clock_;
    SystemRandom random_;
    http::Metrics metrics_;
    std::unique_ptr<http::Server> server_;
};

http::Response found(std::string_view code, std::string_view name) {
    return http::Response::json({{"GetEntCert",
                                  {{{"MaSoDoanhNghiep", code},
                                    {"TenTiengViet", name},
                                    {"TinhTrangPhapLy", {{{"TinhTrangPhapLy", "Đang hoạt động"}}}}}}}})
        .set("X-Road-Id", "QUANGTRI-1");
}

}  // namespace

TEST(BusinessRegister, CodesAreTenDigitsOrADependentUnits) {
    EXPECT_EQ(*business_code("0100 109 106"), "0100109106");
    EXPECT_EQ(*business_code("0100109106-001"), "0100109106-001");
    EXPECT_EQ(*business_code("0100109106001"), "0100109106-001");
    for (const auto* bad : {"", "123", "01001091066", "010010910a", "0100109106-0a1", "0100109106/../x"})
        EXPECT_EQ(business_code(bad).error().code, "business.code") << bad;
}

TEST(BusinessRegister, IsAskedThroughTheGatewayAndNamesTheMessage) {
    Register there;
    there.answer = found("0100109106", "Công ty (mẫu)");
    const auto got = look_up(there.source(), "0100109106", "account:1");
    ASSERT_TRUE(got.ok()) << got.error().en;
    EXPECT_EQ(there.asked_target, "/r1/QUANGTRI/GOV/H50.5/DKKD/dn?msdn=0100109106");
    EXPECT_EQ(there.asked_client, "QUANGTRI/GOV/H50/MOTCUA");
    EXPECT_EQ(there.asked_user, "account:1");
    EXPECT_EQ(got->name, "Công ty (mẫu)");
    EXPECT_EQ(got->status, "Đang hoạt động");
    EXPECT_FALSE(got->address) << "what the register did not say stays unknown";
    EXPECT_EQ(got->message_id, "QUANGTRI-1");
}

TEST(BusinessRegister, AnotherCodeThanAskedIsRefused) {
    Register there;
    there.answer = found("0100109107", "Công ty (mẫu)");
    EXPECT_EQ(look_up(there.source(), "0100109106", "").error().code, "business.mismatch");
}

TEST(BusinessRegister, RecordWithoutANameIsRefused) {
    Register there;
    there.answer = found("0100109106", "  ");
    EXPECT_EQ(look_up(there.source(), "0100109106", "").error().code, "business.incomplete");
}

TEST(BusinessRegister, NobodyByThatCodeIsNotAFailure) {
    Register there;
    there.answer = http::Response::json({{"GetEntCert", boost::json::array{}}});
    EXPECT_EQ(look_up(there.source(), "0100109106", "").error().code, "business.not_found");
    there.answer = http::Response::text("", "text/plain", 404);
    EXPECT_EQ(look_up(there.source(), "0100109106", "").error().code, "business.not_found");
}

TEST(BusinessRegister, AnswerOfAnotherFormIsNotTakenForNobody) {
    Register there;
    there.answer = http::Response::json({{"items", boost::json::array{}}});
    EXPECT_EQ(look_up(there.source(), "0100109106", "").error().code, "business.unreadable");
}

TEST(BusinessRegister, WhatTheGatewayRefusesIsToldWithItsReason) {
    Register there;
    there.answer =
        http::Response::json({{"type", "server.serverproxy.access_denied"}, {"message", "Request is not allowed"}}, 500)
            .set("X-Road-Error", "server.serverproxy.access_denied");
    const auto refused = look_up(there.source(), "0100109106", "");
    EXPECT_EQ(refused.error().code, "business.unavailable");
    EXPECT_NE(refused.error().en.find("Request is not allowed (server.serverproxy.access_denied)"), std::string::npos);
    there.answer = http::Response::text("<html>", "text/html");
    EXPECT_EQ(look_up(there.source(), "0100109106", "").error().code, "business.unreadable");
}

}  // namespace hl::links
