// In which form an answer comes.
#include <gtest/gtest.h>

#include "dossiers/routes_support.h"

namespace hl::dossiers {
namespace {

constexpr const char* workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

Result<Format> asked(std::string accept, std::optional<std::string> format = {}) {
    http::Request request;
    if (!accept.empty()) request.headers.push_back({"Accept", std::move(accept)});
    if (format) request.query.emplace_back("format", *format);
    return wanted_format(request, {Format::json, Format::xlsx});
}

TEST(WantedFormat, TheQuerySaysItBeforeTheHeaderAndJsonIsUsual) {
    EXPECT_EQ(*asked(""), Format::json);
    EXPECT_EQ(*asked("*/*"), Format::json);
    EXPECT_EQ(*asked("text/html,application/xhtml+xml,*/*;q=0.8"), Format::json);
    EXPECT_EQ(*asked(workbook), Format::xlsx);
    EXPECT_EQ(*asked("application/json", "xlsx"), Format::xlsx);
    EXPECT_EQ(*asked(workbook, "json"), Format::json);
}

TEST(WantedFormat, OfSeveralTheFirstNamedCounts) {
    EXPECT_EQ(*asked(std::string{"application/json, "} + workbook), Format::json);
    EXPECT_EQ(*asked(std::string{workbook} + ", application/json;q=0.5"), Format::xlsx);
}

TEST(WantedFormat, WhatIsNotOfferedIsRefusedWithWhatIs) {
    const auto pdf = asked("", "pdf");
    ASSERT_FALSE(pdf.ok());
    EXPECT_EQ(pdf.error().code, "query.format");
    EXPECT_NE(pdf.error().vi.find("json, xlsx"), std::string::npos);
    EXPECT_EQ(*asked("application/pdf"), Format::json);
}

}  // namespace
}  // namespace hl::dossiers
