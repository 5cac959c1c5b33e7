#include "exchange/adapters/openapi_writer.h"

namespace hl::exchange::adapters {

json::object openapi_frame(std::string_view title, std::string_view version) {
    const json::object text{{"type", "string"}};
    return {{"openapi", "3.0.3"},
            {"info", {{"title", title}, {"version", version}}},
            {"servers", json::array{json::object{{"url", "/"}}}},
            {"paths", json::object{}},
            {"components",
             {{"schemas",
               {{"Problem",
                 {{"type", "object"},
                  {"required", {"type", "title", "status", "code"}},
                  {"properties",
                   {{"type", text},
                    {"title", text},
                    {"status", {{"type", "integer"}}},
                    {"code", text},
                    {"instance", text},
                    {"errors", {{"type", "array"}, {"items", {{"type", "object"}}}}}}}}}}}}}};
}

void add_get(json::object& document, const std::string& path, std::string_view id, std::string_view title,
             const std::vector<ParameterWords>& parameters, const json::object& content) {
    json::array list;
    for (const auto& p : parameters) {
        json::object one{{"name", p.name}, {"in", p.in}, {"required", p.required}, {"schema", p.schema}};
        if (!p.description.empty()) one["description"] = p.description;
        list.push_back(std::move(one));
    }
    json::object media;
    for (const auto& [type, schema] : content) media[type] = json::object{{"schema", schema}};
    const json::object problem{
        {"description", "Từ chối hoặc lỗi"},
        {"content", {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
    document["paths"].as_object()[path] = json::object{
        {"get",
         {{"operationId", id},
          {"summary", title},
          {"parameters", std::move(list)},
          {"responses",
           {{"200", {{"description", "Trả lời"}, {"content", std::move(media)}}}, {"default", problem}}}}}};
}

json::object page_schema(json::object item) {
    return {{"type", "object"},
            {"required", {"items"}},
            {"properties",
             {{"items", {{"type", "array"}, {"items", std::move(item)}}},
              {"next", {{"type", "string"}, {"description", "Địa chỉ tương đối của trang sau; vắng ở trang cuối"}}}}}};
}

ParameterWords limit_parameter(int64_t otherwise, int64_t largest) {
    return {"limit",
            "query",
            false,
            {{"type", "integer"}, {"minimum", 1}, {"maximum", largest}, {"default", otherwise}},
            "Số mục mỗi trang"};
}

ParameterWords after_parameter() {
    return {"after", "query", false, {{"type", "string"}}, "Con trỏ trong next của trang trước"};
}

}  // namespace hl::exchange::adapters
