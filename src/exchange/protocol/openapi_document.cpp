#include "exchange/protocol/openapi_document.h"

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "exchange/protocol/descriptions.h"
#include "exchange/protocol/xml.h"

namespace hl::exchange {

namespace json = boost::json;

namespace {

constexpr int deepest = 100;
constexpr size_t most_values = 500'000;  // after aliases are followed: a small text can name the same list many times

Error unreadable(std::string_view why) {
    return {ErrorKind::malformed, "exchange.description",
            "Không đọc được mô tả dịch vụ. Kiểm tra cú pháp JSON hoặc YAML của OpenAPI.",
            fmt::format("The service description cannot be read: {}. Check it with an OpenAPI validator.", why)};
}

json::value scalar(const YAML::Node& node, Scalars scalars) {
    const auto& s = node.Scalar();
    if (scalars == Scalars::as_written || node.Tag() == "!") return json::value(s);  // "!": quoted
    if (s == "true" || s == "false") return s == "true";
    if (s == "null" || s == "~" || s.empty()) return nullptr;
    int64_t whole = 0;
    const auto* end = s.data() + s.size();
    if (const auto [at, problem] = std::from_chars(s.data(), end, whole); problem == std::errc{} && at == end)
        return whole;
    double number = 0;
    if (const auto [at, problem] = std::from_chars(s.data(), end, number);
        problem == std::errc{} && at == end && std::isfinite(number))
        return number;
    return json::value(s);
}

Result<json::value> to_json(const YAML::Node& node, Scalars scalars, int levels, size_t& budget) {
    if (levels < 0) return unreadable("too many levels");
    if (budget-- == 0) return unreadable("it is too large once its aliases are followed");
    if (node.IsMap()) {
        json::object out;
        for (const auto& pair : node) {
            if (!pair.first.IsScalar()) return unreadable("a key that is no text");
            TRY(out[pair.first.Scalar()], to_json(pair.second, scalars, levels - 1, budget));
        }
        return json::value(std::move(out));
    }
    if (node.IsSequence()) {
        json::array out;
        for (const auto& item : node) {
            TRY(auto value, to_json(item, scalars, levels - 1, budget));
            out.push_back(std::move(value));
        }
        return json::value(std::move(out));
    }
    return node.IsScalar() ? scalar(node, scalars) : json::value(nullptr);
}

}  // namespace

Result<OpenApiDocument> load_openapi(std::string_view document, Scalars scalars) {
    if (document.size() > largest_description)
        return Error{ErrorKind::too_large, "exchange.description_size",
                     "Mô tả dịch vụ lớn hơn 10 MB. Tách thành nhiều mô tả.",
                     "The service description is over 10 MB. Split it."};
    OpenApiDocument out;
    const auto text = xml::without_mark(document);
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return unreadable("it is empty");
    // yaml-cpp mends broken text silently; what it then says of places in the text would not be so.
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= ' ' || c == '\t' || c == '\n' || c == '\r';
    });
    if (!plain || !text::is_valid_utf8(text)) return unreadable("it is not UTF-8 text");
    boost::system::error_code error;
    if (text[first] == '{') {
        json::parse_options options;
        options.max_depth = deepest;
        out.value = json::parse(text, error, {}, options);
    }
    if (text[first] != '{' || error) {
        // A YAML flow mapping begins like JSON.
        try {
            out.root = YAML::Load(std::string(text));
        } catch (const YAML::Exception& e) {
            return unreadable(fmt::format("{} (line {})", e.msg, e.mark.line + 1));
        }
        out.yaml = true;
        size_t budget = most_values;
        TRY(out.value, to_json(out.root, scalars, deepest, budget));
    }
    auto* object = out.value.if_object();
    // Unquoted, "3.1" is a number to YAML; a version is a text all the same.
    if (object && out.yaml)
        if (const auto written = out.root["openapi"]; written.IsDefined() && written.IsScalar())
            (*object)["openapi"] = written.Scalar();
    const auto* version = object ? object->if_contains("openapi") : nullptr;
    const bool three = version && version->is_string() && version->as_string().starts_with("3.");
    if (!three)
        return Error{ErrorKind::unsupported, "exchange.description_version",
                     "Mô tả dịch vụ phải là OpenAPI 3.x. Chuyển Swagger 2.0 sang OpenAPI 3 rồi thử lại.",
                     "The service description must be OpenAPI 3.x. Convert Swagger 2.0 to OpenAPI 3 and try again."};
    return out;
}

}  // namespace hl::exchange
