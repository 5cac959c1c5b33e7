#include "exchange/adapters/sql_settings.h"

#include "base/json.h"
#include "exchange/adapters/kinds.h"

namespace hl::exchange::adapters {

namespace {

bool good_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && name.size() <= 60 && letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// The parameter of "{ma}"; empty for a literal segment.
std::string_view parameter_of(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}') ? segment.substr(1, segment.size() - 2)
                                                              : std::string_view{};
}

SqlParameter read_parameter(JsonReader& in) {
    SqlParameter out;
    out.name = in.text("name", 60);
    out.title = in.optional_text("title", 300).value_or("");
    out.type = read_type(in, "type");
    out.required = in.boolean("required", false);
    if (const auto* value = in.raw("default")) {
        out.otherwise = value->is_string() ? std::string{value->get_string()} : json::serialize(*value);
        if (!read_value(out.type, *out.otherwise))
            in.fail("default", "adapter.default", fmt::format("Cần {}.", wanted(out.type).first),
                    fmt::format("This must be {}.", wanted(out.type).second));
    }
    if (!good_name(out.name) || out.name == "limit" || out.name == "after" || out.name == "offset")
        in.fail("name", "adapter.parameter_name", "Tên gồm chữ không dấu, số và _; limit, after, offset đã dành riêng.",
                "A name has letters, digits and _; limit, after and offset are taken.");
    if (out.required && out.otherwise)
        in.fail("default", "adapter.default", "Tham số bắt buộc không có giá trị mặc định. Bỏ một trong hai.",
                "A required parameter has no default. Leave one of the two out.");
    return out;
}

SqlColumn read_column(JsonReader& in, const std::string& at) {
    SqlColumn out;
    out.name = in.text("name", 63);
    out.title = in.optional_text("title", 300).value_or("");
    out.type = read_type(in, "type");
    const auto* listed = in.raw("consumers");
    for (const auto& [value, place] : in.array("consumers", 1000)) {
        const auto client =
            value->is_string() ? parse_client(std::string_view{value->get_string()}) : Result<ClientId>(Error{});
        if (client.ok())
            out.consumers.push_back(*client);
        else
            in.fail("consumers" + place.substr(std::min(place.size(), at.size() + 10)), "adapter.consumer",
                    "Ghi mã hệ thống dạng tỉnh/lớp/thành viên/hệ thống.",
                    "Write a subsystem as instance/class/member/subsystem.");
    }
    if (listed && out.consumers.empty())
        in.fail("consumers", "adapter.consumer", "Danh sách trống: bỏ mục này hoặc ghi ít nhất một hệ thống.",
                "The list is empty: leave it out or name at least one subsystem.");
    return out;
}

void check_names(JsonReader& in, SqlResource& out) {
    const auto find = [&](std::string_view name) {
        return std::find_if(out.parameters.begin(), out.parameters.end(),
                            [&](const auto& p) { return p.name == name; });
    };
    for (const auto& segment : out.segments) {
        const auto name = parameter_of(segment);
        if (name.empty()) continue;
        if (const auto p = find(name); p == out.parameters.end())
            in.fail("path", "adapter.path_parameter", fmt::format("Khai báo tham số {} trong parameters.", name),
                    fmt::format("Declare the parameter {} in parameters.", name));
        else
            p->in_path = p->required = true;
    }
    for (const auto& name : out.statement.names)
        if (find(name) == out.parameters.end())
            in.fail("statement", "adapter.statement",
                    fmt::format("Câu lệnh dùng :{}, chưa khai báo trong parameters.", name),
                    fmt::format("The statement uses :{}, which parameters does not declare.", name));
    for (const auto& p : out.parameters)
        if (std::find(out.statement.names.begin(), out.statement.names.end(), p.name) == out.statement.names.end())
            in.fail("parameters", "adapter.parameter_unused",
                    fmt::format("Câu lệnh không dùng :{}. Bỏ tham số này.", p.name),
                    fmt::format("The statement does not use :{}. Leave the parameter out.", p.name));
    for (const auto& name : out.order) {
        const auto c =
            std::find_if(out.columns.begin(), out.columns.end(), [&](const auto& x) { return x.name == name; });
        if (c == out.columns.end() || !c->consumers.empty())
            in.fail("order", "adapter.order", fmt::format("{} phải là một cột mà mọi bên gọi đều được xem.", name),
                    fmt::format("{} must be a column that every consumer may see.", name));
    }
    const bool paged = out.paging != Paging::none;
    if (paged && (out.order.empty() || out.single))
        in.fail("paging", "adapter.paging", "Phân trang cần order và không đi cùng single.",
                "Paging needs an order and does not go with single.");
    if (out.page > out.largest_page)
        in.fail("page", "adapter.page", "page không được lớn hơn largest_page.",
                "page must not be larger than largest_page.");
    if (out.columns.empty())
        in.fail("columns", "adapter.columns", "Ghi các cột được phép trả về.",
                "List the columns that may be answered.");
}

SqlResource read_resource(JsonReader& in, const std::string& at) {
    SqlResource out;
    out.path = in.text("path", 300);
    out.title = in.text("title", 300);
    for (size_t from = 1; from <= out.path.size();) {
        const auto end = std::min(out.path.find('/', from), out.path.size());
        out.segments.push_back(out.path.substr(from, end - from));
        from = end + 1;
    }
    if (out.path == "/") out.segments.clear();
    const bool whole = std::none_of(out.segments.begin(), out.segments.end(), [](const std::string& s) {
        return s.empty() || s.find_first_of("?#%*") != std::string::npos ||
               (s.find_first_of("{}") != std::string::npos && !good_name(parameter_of(s)));
    });
    if (!out.path.starts_with('/') || !whole)
        in.fail("path", "adapter.path", "Ghi đường dẫn như /doanh-nghiep/{ma}.",
                "Write a path such as /business/{code}.");
    const auto text = in.secret("statement");  // as written: spaces in a text must stay
    if (!text.empty()) {
        auto numbered = number_parameters(text);
        if (numbered.ok())
            out.statement = std::move(*numbered);
        else
            in.fail("statement", numbered.error().code, numbered.error().vi, numbered.error().en);
    }
    for (const auto& [value, place] : in.array("parameters", 50)) {
        JsonReader one(*value, place);
        out.parameters.push_back(read_parameter(one));
        in.absorb(std::move(one));
    }
    for (const auto& [value, place] : in.array("columns", 300)) {
        JsonReader one(*value, place);
        out.columns.push_back(read_column(one, place));
        in.absorb(std::move(one));
    }
    for (const auto& [value, place] : in.array("order", 8)) {
        if (value->is_string())
            out.order.emplace_back(value->get_string());
        else
            in.fail("order", "field.text", "Cần tên cột.", "A column's name is wanted.");
    }
    const auto paging = in.one_of("paging", {"none", "keyset", "offset"}, "none");
    out.paging = paging == "keyset" ? Paging::keyset : paging == "offset" ? Paging::offset : Paging::none;
    out.single = in.boolean("single", false);
    out.page = in.optional_integer("page", 1, 10'000).value_or(100);
    out.largest_page = in.optional_integer("largest_page", 1, 10'000).value_or(std::max<int64_t>(1000, out.page));
    out.rows = in.optional_integer("rows", 1, 1'000'000).value_or(10'000);
    out.timeout_ms = in.optional_integer("timeout_ms", 100, 120'000).value_or(5000);
    if (in.errors().empty()) check_names(in, out);
    (void)at;
    return out;
}

/// Two paths that a request could both mean: as long, and at every place equal or a parameter on both sides.
bool same_shape(const SqlResource& a, const SqlResource& b) {
    return std::equal(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
                      [](const std::string& x, const std::string& y) {
                          return x == y || (!parameter_of(x).empty() && !parameter_of(y).empty());
                      });
}

}  // namespace

bool SqlColumn::visible_to(const ClientId& client) const {
    return consumers.empty() || std::find(consumers.begin(), consumers.end(), client) != consumers.end();
}

Result<SqlSettings> read_sql_settings(const json::object& settings, const std::filesystem::path& folder) {
    const json::value value(settings);
    JsonReader in(value);
    SqlSettings out;
    (void)in.text("kind");
    out.title = in.text("title", 200);
    out.version = in.optional_text("version", 20).value_or("1");
    out.connection_file = resolved(folder, in.secret("connection_file"));
    out.connections = in.optional_integer("connections", 1, 100).value_or(4);
    for (const auto& [one, place] : in.array("resources", 200)) {
        JsonReader reader(*one, place);
        auto resource = read_resource(reader, place);
        if (std::any_of(out.resources.begin(), out.resources.end(),
                        [&](const auto& r) { return same_shape(r, resource); }))
            reader.fail("path", "adapter.path_twice", "Đường dẫn này trùng với tài nguyên trước. Đổi đường dẫn.",
                        "This path means the same as an earlier resource's. Change it.");
        in.absorb(std::move(reader));
        out.resources.push_back(std::move(resource));
    }
    if (out.resources.empty())
        in.fail("resources", "adapter.resources", "Ghi ít nhất một tài nguyên.", "Write at least one resource.");
    TRY_VOID(in.finish());
    return out;
}

}  // namespace hl::exchange::adapters
