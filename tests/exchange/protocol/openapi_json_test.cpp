#include <gtest/gtest.h>

#include "exchange/protocol/descriptions.h"

namespace hl::exchange {
namespace {

TEST(OpenApiAsJson, WhatWasWrittenAsYamlComesAsTheSameJson) {
    const auto yaml = openapi_as_json(
        "openapi: 3.0.3\ninfo: {title: 'Tra cứu', version: '1'}\npaths:\n  /{code}:\n    get:\n      deprecated: false\n"
        "      responses: {'200': {description: x}}\n");
    const auto json = openapi_as_json(
        R"({"openapi":"3.0.3","info":{"title":"Tra cứu","version":"1"},"paths":{"/{code}":{"get":{"deprecated":false,)"
        R"("responses":{"200":{"description":"x"}}}}}})");
    ASSERT_TRUE(yaml.ok() && json.ok());
    EXPECT_EQ(*yaml, *json);
}

TEST(OpenApiAsJson, WhatIsNoOpenApiIsRefused) {
    EXPECT_EQ(openapi_as_json("swagger: '2.0'").error().code, "exchange.description_version");
    EXPECT_FALSE(openapi_as_json("\"a text\"").ok());
}

}  // namespace
}  // namespace hl::exchange
