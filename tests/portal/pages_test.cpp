#include "portal/pages.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_dir.h"

namespace hl::portal {
namespace {

namespace fs = std::filesystem;

const fs::path shipped = fs::path{HL_SOURCE_DIR} / "web/portal";

http::Request request(std::string path, std::vector<std::pair<std::string, std::string>> query = {},
                      std::string cookie = "") {
    http::Request r;
    r.method = "GET";
    r.path = std::move(path);
    r.query = std::move(query);
    r.request_id = "test-request";
    if (!cookie.empty()) r.headers.push_back({"Cookie", std::move(cookie)});
    return r;
}

TEST(Pages, NumbersAreWrittenAsVietnameseReadThemAndNeverRoundedUp) {
    EXPECT_EQ(number_text(0), "0");
    EXPECT_EQ(number_text(999), "999");
    EXPECT_EQ(number_text(1'234'567), "1.234.567");
    EXPECT_EQ(number_text(-12'000), "-12.000");
    EXPECT_EQ(percent_text(1, 3), "33,3 %");
    EXPECT_EQ(percent_text(9'999, 10'000), "99,9 %");
    EXPECT_EQ(percent_text(10, 10), "100,0 %");
    EXPECT_EQ(percent_text(0, 0), "");  // unknown is not zero
    EXPECT_EQ(money_text(50'000), "50.000 ₫");
}

TEST(Pages, WhatIsShippedLoadsAndEscapesWhatItIsGiven) {
    const auto pages = Pages::load(shipped);
    ASSERT_TRUE(pages.ok()) << pages.error().en;
    Data data;
    data.set("message", "x");
    data.set("code", R"("><script>alert('1')</script>&)");
    const auto answer = (*pages)->page(request("/tra-cuu", {{"ma", "a&b=\"c"}}), "tracking", "<b>", data);
    EXPECT_EQ(answer.body.find("<script>"), std::string::npos);
    EXPECT_NE(answer.body.find("&lt;script&gt;"), std::string::npos);
    EXPECT_NE(answer.body.find("<title>&lt;b&gt;"), std::string::npos);
    EXPECT_NE(answer.body.find("ma=a%26b%3D%22c&amp;lang=en"), std::string::npos);  // the switch keeps the question
    EXPECT_EQ(answer.body.find("class=\"demo\""), std::string::npos);
}

TEST(Pages, TheLanguageIsTheAddressesThenTheChosenOneThenVietnamese) {
    EXPECT_EQ(Pages::language(request("/")), "vi");
    EXPECT_EQ(Pages::language(request("/", {}, "lang=en")), "en");
    EXPECT_EQ(Pages::language(request("/", {{"lang", "vi"}}, "lang=en")), "vi");
    EXPECT_EQ(Pages::language(request("/", {{"lang", "../../x"}})), "vi");
    const auto pages = Pages::load(shipped);
    ASSERT_TRUE(pages.ok());
    const auto answer = (*pages)->problem(request("/x", {{"lang", "en"}}),
                                          {ErrorKind::not_found, "test.gone", "Không có.", "It is gone."});
    EXPECT_EQ(answer.status, 404);
    EXPECT_NE(answer.body.find("It is gone."), std::string::npos);
    EXPECT_NE(answer.body.find("lang=\"en\""), std::string::npos);
    EXPECT_NE(answer.body.find("test-request"), std::string::npos);
}

TEST(Pages, ADamagedFolderSaysWhatIsWrong) {
    const auto code_with = [](const std::string& file, const std::string& content) {
        test::TempDir folder;
        fs::copy(shipped, folder.path(), fs::copy_options::recursive);
        std::ofstream(folder.path() / file) << content;
        const auto pages = Pages::load(folder.path());
        return pages.ok() ? std::string{"loaded"} : pages.error().code;
    };
    EXPECT_EQ(code_with("home.html", "{{#open}}never closed"), "portal.template");
    EXPECT_EQ(code_with("vi.yaml", "brand: [1"), "portal.texts");
    EXPECT_EQ(code_with("en.yaml", "brand: Only this"), "portal.texts");  // what the other language has is missing
    EXPECT_EQ(code_with("note.txt", "nothing to it"), "loaded");
    EXPECT_EQ(Pages::load("/nonexistent").error().code, "portal.template");
}

}  // namespace
}  // namespace hl::portal
