#include "http/multipart.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hl::http {
namespace {

constexpr const char* type = "multipart/form-data; boundary=XX";

std::string field(const std::string& name, const std::string& value) {
    return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

TEST(Multipart, FieldsAndFilesComeAsTheyWereSent) {
    const std::string body =
        field("ghi_chu", "Đã bổ sung\r\nhai dòng") + field("trong", "") +
        "--XX\r\nContent-Disposition: form-data; name=\"tep\"; filename=\"giấy %22chứng%22 100%.pdf\"\r\n"
        "Content-Type: application/pdf\r\n\r\n%PDF-\r\n--X\r\n\r\n--XX--\r\n";
    const auto parts = parse_multipart(type, body);
    ASSERT_TRUE(parts.ok()) << parts.error().en;
    ASSERT_EQ(parts->size(), 3u);
    EXPECT_EQ((*parts)[0].name, "ghi_chu");
    EXPECT_EQ((*parts)[0].bytes, "Đã bổ sung\r\nhai dòng");
    EXPECT_FALSE((*parts)[0].file_name);
    EXPECT_EQ((*parts)[1].bytes, "");
    EXPECT_EQ(*(*parts)[2].file_name, "giấy \"chứng\" 100%.pdf");
    EXPECT_EQ((*parts)[2].content_type, "application/pdf");
    EXPECT_EQ((*parts)[2].bytes, "%PDF-\r\n--X\r\n");
}

TEST(Multipart, AFileControlWithoutAFileHasAnEmptyName) {
    const auto parts = parse_multipart("Multipart/Form-Data; charset=utf-8; boundary=\"a b\"",
                                       "--a b\r\ncontent-disposition: form-data; name=tep; "
                                       "filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--a b--");
    ASSERT_TRUE(parts.ok()) << parts.error().en;
    ASSERT_EQ(parts->size(), 1u);
    EXPECT_EQ((*parts)[0].name, "tep");
    EXPECT_EQ(*(*parts)[0].file_name, "");
    EXPECT_TRUE((*parts)[0].bytes.empty());
}

TEST(Multipart, WhatIsCutShortOrMeansTwoThingsIsRefused) {
    const auto code = [](const std::string& content_type, const std::string& body, MultipartLimits limits = {}) {
        const auto parts = parse_multipart(content_type, body, limits);
        return parts.ok() ? std::string{"ok"} : parts.error().code;
    };
    const std::string good = field("a", "1") + "--XX--\r\n";
    EXPECT_EQ(code(type, good), "ok");
    for (size_t cut = 0; cut < good.size() - 2; ++cut)
        EXPECT_EQ(code(type, good.substr(0, cut)), "form.malformed") << cut;
    EXPECT_EQ(code(type, good + "more"), "form.malformed");
    EXPECT_EQ(code(type, "\r\n" + good), "form.malformed");
    EXPECT_EQ(code(type, "--XX\r\nContent-Type: text/plain\r\n\r\n1\r\n--XX--"), "form.malformed");
    EXPECT_EQ(code(type, "--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--XX--"), "form.malformed");
    EXPECT_EQ(code(type, "--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--"), "form.malformed");
    EXPECT_EQ(code(type, field("\xff", "1") + "--XX--"), "form.malformed");
    EXPECT_EQ(code("multipart/form-data", good), "http.media_type");
    EXPECT_EQ(code("multipart/form-data; boundary=" + std::string(71, 'x'), good), "http.media_type");
    EXPECT_EQ(code("application/json", good), "http.media_type");
    EXPECT_EQ(code(type, field("a", "12345") + "--XX--", {.field = 4}), "form.too_large");
    EXPECT_EQ(code(type, field("aaaa", "1") + "--XX--", {.name = 3}), "form.too_large");
    EXPECT_EQ(code(type, field("a", "1") + field("b", "2") + "--XX--", {.parts = 1}), "form.too_large");
    EXPECT_EQ(code(type, "--XX\r\nX: " + std::string(5000, 'x') + "\r\n\r\n1\r\n--XX--"), "form.too_large");
}

RC_GTEST_PROP(Multipart, AnyBytesOfAFileComeBackUnlessTheyHoldTheBoundary, (const std::string& bytes)) {
    RC_PRE(("\r\n" + bytes).find("\r\n--XX") == std::string::npos);
    const std::string body =  // the parts are views of it
        "--XX\r\nContent-Disposition: form-data; name=\"t\"; filename=\"f\"\r\n\r\n" + bytes + "\r\n--XX--\r\n";
    const auto parts = parse_multipart(type, body);
    RC_ASSERT(parts.ok());
    RC_ASSERT(parts->size() == 1u);
    RC_ASSERT((*parts)[0].bytes == bytes);
}

}  // namespace
}  // namespace hl::http
