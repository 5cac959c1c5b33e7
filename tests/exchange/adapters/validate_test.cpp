// Requests and answers judged by the service's own description; hostile schemas and texts cost a bounded time.
#include "exchange/adapters/validate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/files.h"
#include "base/json.h"
#include "support/temp_dir.h"

namespace hl::exchange {
namespace {

std::shared_ptr<const Validator> validator(std::string_view document) {
    auto made = Validator::make(document);
    EXPECT_TRUE(made.ok()) << made.error().at << made.error().en;
    return made.ok() ? *made : nullptr;
}

/// One POST / whose body has this schema.
std::string wrong_with(std::string_view schema, std::string_view body, std::string_view components = "{}") {
    const auto v = validator(fmt::format(
        R"({{"openapi":"3.0.3","info":{{"title":"T","version":"1"}},"paths":{{"/":{{"post":{{"requestBody":{{"required":true,"content":{{"application/json":{{"schema":{}}}}}}},"responses":{{}}}}}}}},"components":{{"schemas":{}}}}})",
        schema, components));
    if (!v) return "no description";
    AdapterRequest r;
    r.method = "POST";
    r.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    r.body = body;
    std::string out;
    for (const auto& e : v->request(r)) out += (out.empty() ? "" : " ") + e.code.substr(9) + e.at.substr(5);
    return out;
}

TEST(Schemas, Types) {
    EXPECT_EQ(wrong_with(R"({"type":"integer"})", "1"), "");
    EXPECT_EQ(wrong_with(R"({"type":"integer"})", "1.0"), "");
    EXPECT_EQ(wrong_with(R"({"type":"integer"})", "1.5"), "type");
    EXPECT_EQ(wrong_with(R"({"type":"string"})", "1"), "type");
    EXPECT_EQ(wrong_with(R"({"type":"string"})", "null"), "type");
    EXPECT_EQ(wrong_with(R"({"type":"string","nullable":true})", "null"), "");
    EXPECT_EQ(wrong_with(R"({"type":["string","null"]})", "null"), "");
    EXPECT_EQ(wrong_with(R"({"type":"string"})", "{"), "json");
}
TEST(Schemas, Bounds) {
    EXPECT_EQ(wrong_with(R"({"minimum":2,"maximum":3})", "2"), "");
    EXPECT_EQ(wrong_with(R"({"minimum":2})", "1"), "range");
    EXPECT_EQ(wrong_with(R"({"minimum":2,"exclusiveMinimum":true})", "2"), "range");
    EXPECT_EQ(wrong_with(R"({"exclusiveMaximum":3})", "3"), "range");
    EXPECT_EQ(wrong_with(R"({"maximum":9223372036854775806})", "9223372036854775807"), "range");
    EXPECT_EQ(wrong_with(R"({"multipleOf":0.1})", "0.3"), "");
    EXPECT_EQ(wrong_with(R"({"multipleOf":2})", "3"), "range");
    EXPECT_EQ(wrong_with(R"({"format":"int32"})", "3000000000"), "range");
    EXPECT_EQ(wrong_with(R"({"minLength":3,"maxLength":3})", R"("Huế")"), "");  // counted in characters
    EXPECT_EQ(wrong_with(R"({"maxLength":2})", R"("Huế")"), "length");
    EXPECT_EQ(wrong_with(R"({"minItems":1})", "[]"), "length");
    EXPECT_EQ(wrong_with(R"({"uniqueItems":true})", R"([{"a":1,"b":2},{"b":2,"a":1}])"), "unique");
}
TEST(Schemas, ObjectsAndPlaces) {
    const auto* schema =
        R"({"type":"object","required":["ma","a/b"],"additionalProperties":false,"properties":{"ma":{"type":"string"},"a/b":{},"ds":{"type":"array","items":{"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}}}})";
    EXPECT_EQ(wrong_with(schema, R"({"ma":"1","a/b":1,"ds":[{"n":1}]})"), "");
    EXPECT_EQ(wrong_with(schema, R"({"ma":1,"ds":[{"n":1},{"n":"x"},{}],"la":1})"),
              "required/a~1b type/ma type/ds/1/n required/ds/2/n unknown/la");
    EXPECT_EQ(wrong_with(R"({"additionalProperties":{"type":"integer"}})", R"({"a":1,"b":"x"})"), "type/b");
}
TEST(Schemas, EnumsPatternsFormats) {
    EXPECT_EQ(wrong_with(R"({"enum":["a",1]})", "1.0"), "");
    EXPECT_EQ(wrong_with(R"({"enum":["a",1]})", R"("b")"), "enum");
    EXPECT_EQ(wrong_with(R"({"pattern":"^[0-9]{3}$"})", R"("123")"), "");
    EXPECT_EQ(wrong_with(R"({"pattern":"^[0-9]{3}$"})", R"("1234")"), "pattern");
    EXPECT_EQ(wrong_with(R"({"format":"date"})", R"("2026-02-30")"), "format");
    EXPECT_EQ(wrong_with(R"({"format":"date-time"})", R"("2026-02-28T10:00:00Z")"), "");
    EXPECT_EQ(wrong_with(R"({"format":"date-time"})", R"("2026-02-28")"), "format");
    EXPECT_EQ(wrong_with(R"({"format":"uuid"})", R"("0190a000-0000-7000-8000-00000000000g")"), "format");
}
TEST(Schemas, CombinationsAndReferences) {
    const auto* parts =
        R"({"A":{"type":"object","required":["a"]},"B":{"type":"object","required":["b"]},"C":{"$ref":"#/components/schemas/A"}})";
    const auto with = [&](std::string_view schema, std::string_view body) { return wrong_with(schema, body, parts); };
    EXPECT_EQ(with(R"({"$ref":"#/components/schemas/C"})", R"({"a":1})"), "");
    EXPECT_EQ(with(R"({"$ref":"#/components/schemas/C"})", R"({})"), "required/a");
    const auto* one = R"({"oneOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/B"}]})";
    EXPECT_EQ(with(one, R"({"a":1})"), "");
    EXPECT_EQ(with(one, R"({"a":1,"b":1})"), "one_of");
    EXPECT_EQ(with(one, R"({})"), "one_of");
    const auto* any = R"({"anyOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/B"}]})";
    EXPECT_EQ(with(any, R"({"a":1,"b":1})"), "");
    EXPECT_EQ(with(any, R"({})"), "any_of");
    EXPECT_EQ(with(R"({"allOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/B"}]})", R"({"a":1})"),
              "required/b");
    EXPECT_EQ(with(R"({"not":{"type":"object"}})", "{}"), "not");
}
TEST(Schemas, RecursionIsFollowedAsDeepAsTheValueGoes) {
    const auto* tree =
        R"({"Tree":{"type":"object","properties":{"v":{"type":"integer"},"kids":{"type":"array","items":{"$ref":"#/components/schemas/Tree"}}}}})";
    EXPECT_EQ(wrong_with(R"({"$ref":"#/components/schemas/Tree"})", R"({"kids":[{"kids":[{"v":"x"}]}]})", tree),
              "type/kids/0/kids/0/v");
}
TEST(Schemas, HostileOnesCostABoundedTime) {
    // Each level tries the next one twice: 2^n without a limit.
    EXPECT_NE(wrong_with(R"({"$ref":"#/components/schemas/A"})", "1",
                         R"({"A":{"oneOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/A"}]}})"),
              "");
    EXPECT_EQ(wrong_with(R"({"pattern":"^(a+)+$"})", "\"" + std::string(5000, 'a') + "b\""), "pattern");
    EXPECT_FALSE(
        Validator::make(R"({"openapi":"3.0.0","components":{"schemas":{"A":{"$ref":"#/components/schemas/A"}}}})")
            .ok());
    EXPECT_FALSE(Validator::make(R"({"openapi":"3.0.0","x":{"$ref":"http://elsewhere/#/a"}})").ok() &&
                 Validator::make(R"({"openapi":"3.0.0","paths":{"/":{"$ref":"other.yaml"}}})").ok());
    const auto bad = Validator::make(R"({"openapi":"3.0.0","components":{"schemas":{"A":{"pattern":"("}}}})");
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().at, "/components/schemas/A/pattern");
}

constexpr std::string_view service = R"(openapi: 3.0.3
info: {title: Doanh nghiệp, version: "1"}
paths:
  /dn:
    parameters:
      - {name: nam, in: query, required: true, schema: {type: integer, minimum: 2000}}
    get:
      parameters:
        - {name: loai, in: query, schema: {type: array, items: {type: string, enum: [CP, TNHH]}}}
        - {name: X-Muc-Dich, in: header, required: true, schema: {type: string, minLength: 3}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: array}}}}
        4XX: {description: no, content: {application/problem+json: {schema: {type: object, required: [code]}}}}
  /dn/{ma}:
    get:
      parameters: [{name: ma, in: path, required: true, schema: {type: string, pattern: "^[0-9]+$"}}]
      responses: {default: {description: any}}
  /dn/moi:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [id, ma], properties: {id: {readOnly: true}}}}}
      responses: {"201": {description: ok}}
)";

std::string judged(std::string method, std::string path, std::string_view query = "",
                   std::vector<http::Header> headers = {}, std::string body = "") {
    AdapterRequest r;
    r.method = std::move(method);
    r.path = std::move(path);
    r.query = *parse_query(query);
    r.headers = std::move(headers);
    r.body = std::move(body);
    std::string out;
    for (const auto& e : validator(service)->request(r)) out += (out.empty() ? "" : " ") + e.code.substr(9) + e.at;
    return out;
}

TEST(Requests, PathsMethodsAndParameters) {
    const std::vector<http::Header> purpose{{"x-muc-dich", "tra cứu"}};
    EXPECT_EQ(judged("GET", "/dn", "nam=2026&loai=CP&loai=TNHH", purpose), "");
    EXPECT_EQ(judged("HEAD", "/dn", "nam=2026", purpose), "");
    EXPECT_EQ(judged("GET", "/dn", "nam=1999&loai=XX"), "enum/query/loai/0 required/header/X-Muc-Dich range/query/nam");
    EXPECT_EQ(judged("GET", "/dn", "nam=hai", purpose), "type/query/nam");
    EXPECT_EQ(judged("GET", "/dn", "", purpose), "required/query/nam");
    EXPECT_EQ(judged("GET", "/dn/12"), "");
    EXPECT_EQ(judged("GET", "/dn/x"), "pattern/path/ma");
    EXPECT_EQ(judged("DELETE", "/dn/12"), "method/method");
    EXPECT_EQ(judged("GET", "/khac"), "path/path");
    EXPECT_EQ(judged("GET", "/dn/moi"), "method/method");  // the literal path counts for more
}
TEST(Requests, Bodies) {
    const std::vector<http::Header> type{{"Content-Type", "application/json"}};
    EXPECT_EQ(judged("POST", "/dn/moi", "", type, R"({"ma":"1"})"), "");  // a readOnly member is not asked for
    EXPECT_EQ(judged("POST", "/dn/moi", "", type, "{}"), "required/body/ma");
    EXPECT_EQ(judged("POST", "/dn/moi"), "required/body");
    EXPECT_EQ(judged("POST", "/dn/moi", "", {{"Content-Type", "text/xml"}}, "<a/>"),
              "content_type/header/Content-Type");
}
TEST(Responses, AreJudgedByTheirStatus) {
    AdapterRequest asked;
    asked.method = "GET";
    asked.path = "/dn";
    const auto codes = [&](int status, const char* type, const char* body) {
        AdapterResponse r;
        r.status = status;
        r.headers = {{"Content-Type", type}};
        r.body = body;
        std::string out;
        for (const auto& e : validator(service)->response(asked, r)) out += e.code + e.at;
        return out;
    };
    EXPECT_EQ(codes(200, "application/json", "[]"), "");
    EXPECT_EQ(codes(200, "application/json", "{}"), "validate.type/body");
    EXPECT_EQ(codes(404, "application/problem+json", R"({"code":"x"})"), "");
    EXPECT_EQ(codes(404, "application/problem+json", "{}"), "validate.required/body/code");
    EXPECT_EQ(codes(500, "application/json", "{}"), "validate.status/status");
}
/// What an adapter says of itself is what it does.
TEST(Responses, AnAdapterKeepsItsOwnDescription) {
    test::TempDir dir;
    ASSERT_TRUE(write_file(dir / "a.csv", "Mã,Số\n1,5\n2,\n").ok());
    auto adapter = make_adapter(json::parse(R"({"kind":"csv","title":"T","file":"a.csv","key":"ma","columns":[
        {"header":"Mã","name":"ma","type":"text","required":true},{"header":"Số","name":"so","type":"integer","filter":true}]})")
                                    .as_object(),
                                dir.path());
    ASSERT_TRUE(adapter.ok()) << adapter.error().en;
    const auto v = validator(json::serialize((*adapter)->description()));
    ASSERT_TRUE(v);
    for (const auto* query : {"", "limit=1", "so=5", "so=x", "limit=0", "nope=1"})
        for (const auto* path : {"/", "/1", "/9"}) {
            AdapterRequest r;
            r.method = "GET";
            r.path = path;
            r.query = *parse_query(query);
            const auto answer = (*adapter)->answer(r);
            for (const auto& e : v->response(r, answer)) ADD_FAILURE() << path << query << ": " << e.code << e.at;
            if (answer.status == 200) {
                EXPECT_TRUE(v->request(r).empty()) << path << query;
            }
        }
}
RC_GTEST_PROP(Schemas, AnyValueAgainstAnySchemaEnds, ()) {
    const auto pick = [](auto... words) { return *rc::gen::element<std::string>(words...); };
    std::function<std::string(int)> schema = [&](int depth) -> std::string {
        if (depth == 0)
            return pick("{}", "true", "false", R"({"type":"string"})", R"({"$ref":"#/components/schemas/R"})");
        return fmt::format(R"({{"{}":[{},{}],"type":"{}","properties":{{"a":{}}},"items":{}}})",
                           pick("oneOf", "anyOf", "allOf"), schema(depth - 1), schema(depth - 1),
                           pick("object", "array", "string", "integer"), schema(depth - 1), schema(depth - 1));
    };
    const auto s = schema(3);
    const std::string parts = R"({"R":{"type":"object","properties":{"a":{"$ref":"#/components/schemas/R"}}}})";
    for (const auto* value : {"{}", R"({"a":{"a":[1,"x"]}})", "[[],{}]", "1", "null"})
        (void)wrong_with(s, value, parts);
}

}  // namespace
}  // namespace hl::exchange
