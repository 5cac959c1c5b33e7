// A table in a CSV as a REST service: GET / gives rows by pages and filters, GET /{key} one row.
#include "base/json.h"
#include "exchange/adapters/csv_table.h"
#include "exchange/adapters/kinds.h"
#include "exchange/adapters/openapi_writer.h"

namespace hl::exchange::adapters {

namespace {

struct CsvSettings {
    std::string title, version;
    int64_t page = 100, largest = 1000;
};

class CsvAdapter final : public Adapter {
  public:
    CsvAdapter(CsvSettings settings, std::unique_ptr<CsvFile> file)
        : settings_(std::move(settings)), file_(std::move(file)) {}

    AdapterResponse answer(const AdapterRequest& request) override {
        if (auto refused = refuse_unless_read(request)) return std::move(*refused);
        auto made = find(request);
        auto out = made.ok() ? std::move(*made) : problem_answer(made.error(), request);
        drop_body(request, out);
        return out;
    }

    json::object description() const override {
        auto out = openapi_frame(settings_.title, settings_.version);
        json::object properties;
        json::array required;
        std::vector<ParameterWords> parameters{limit_parameter(settings_.page, settings_.largest), after_parameter()};
        ParameterWords key{file_->key(), "path", true, {}, "Khóa của dòng"};
        for (const auto& c : file_->columns()) {
            auto schema = schema_of(c.type);
            if (c.filter) parameters.push_back({c.name, "query", false, schema, "Chỉ những dòng có giá trị này"});
            if (c.name == file_->key()) key.schema = schema;
            schema["nullable"] = !c.required;
            if (!c.title.empty()) schema["description"] = c.title;
            properties[c.name] = std::move(schema);
            required.emplace_back(c.name);
        }
        const json::object item{{"type", "object"}, {"required", required}, {"properties", properties}};
        add_get(out, "/", "rows", settings_.title, parameters, {{"application/json", page_schema(item)}});
        if (!file_->key().empty())
            add_get(out, "/{" + file_->key() + "}", "row", "Một dòng theo khóa", {key}, {{"application/json", item}});
        return out;
    }

    Result<void> check() override { return file_->problem(); }

  private:
    [[nodiscard]] json::object object_of(const std::vector<json::value>& cells) const {
        json::object out;
        for (size_t i = 0; i < cells.size(); ++i) out[file_->columns()[i].name] = cells[i];
        return out;
    }

    Result<AdapterResponse> find(const AdapterRequest& request) {
        QueryReader query(request);
        const std::string_view rest = std::string_view{request.path}.substr(std::min<size_t>(1, request.path.size()));
        if (!rest.empty()) {
            TRY_VOID(query.finish());
            return one(request, rest);
        }
        std::vector<std::pair<size_t, json::value>> filters;
        for (size_t i = 0; i < file_->columns().size(); ++i) {
            const auto& c = file_->columns()[i];
            const auto given = c.filter ? query.take(c.name) : std::nullopt;
            if (!given) continue;
            auto value = read_value(c.type, *given);
            if (!value)
                return Error{ErrorKind::invalid, "adapter.parameter",
                             fmt::format("Tham số {} phải là {}.", c.name, wanted(c.type).first),
                             fmt::format("The parameter {} must be {}.", c.name, wanted(c.type).second), c.name};
            filters.emplace_back(i, std::move(*value));
        }
        TRY(const auto limit, query.limit(settings_.page, settings_.largest));
        const auto cursor = query.take("after");
        TRY_VOID(query.finish());
        TRY(const auto rows, file_->rows());
        size_t at = 0;
        if (cursor) {
            TRY(const auto position, from_cursor(*cursor, 2));
            if (!position[0].is_string() || !position[1].is_int64() || position[1].get_int64() < 0)
                return from_cursor("", 1).error();
            if (position[0].get_string() != rows->version)
                return Error{ErrorKind::conflict, "page.changed",
                             "Dữ liệu đã thay đổi giữa hai trang. Hãy đọc lại từ trang đầu.",
                             "The data changed between two pages. Begin at the first page again.", "after"};
            at = static_cast<size_t>(position[1].get_int64());
        }
        json::object out;
        json::array items;
        for (; at < rows->rows.size(); ++at) {
            const auto& cells = rows->rows[at];
            if (!std::all_of(filters.begin(), filters.end(), [&](const auto& f) { return cells[f.first] == f.second; }))
                continue;
            if (std::ssize(items) == limit) {
                out["next"] = same_query_with(
                    request,
                    {{"after", to_cursor({json::value(rows->version), json::value(static_cast<int64_t>(at))})}});
                break;
            }
            items.push_back(object_of(cells));
        }
        out["items"] = std::move(items);
        return json_answer(out);
    }

    Result<AdapterResponse> one(const AdapterRequest& request, std::string_view wanted_key) {
        if (file_->key().empty()) return nothing_there(request.path);
        TRY(const auto rows, file_->rows());
        for (size_t i = 0; i < file_->columns().size(); ++i) {
            if (file_->columns()[i].name != file_->key()) continue;
            const auto value = read_value(file_->columns()[i].type, wanted_key);
            for (const auto& cells : rows->rows)
                if (value && cells[i] == *value) return json_answer(object_of(cells));
        }
        return Error{ErrorKind::not_found, "adapter.no_such_record", "Không có bản ghi này. Kiểm tra lại mã.",
                     "There is no such record. Check the code."};
    }

    CsvSettings settings_;
    std::unique_ptr<CsvFile> file_;
};

CsvColumn read_column(JsonReader& in) {
    CsvColumn out;
    out.header = in.text("header", 200);
    out.name = in.text("name", 60);
    out.title = in.optional_text("title", 300).value_or("");
    out.type = read_type(in, "type");
    out.filter = in.boolean("filter", false);
    out.required = in.boolean("required", false);
    const bool taken = out.name == "limit" || out.name == "after";
    const bool plain = std::all_of(out.name.begin(), out.name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (taken || !plain)
        in.fail("name", "adapter.column_name", "Tên gồm chữ không dấu, số và _; limit, after đã dành riêng.",
                "A name has letters, digits and _; limit and after are taken.");
    return out;
}

}  // namespace

Made make_csv_adapter(const json::object& settings, const std::filesystem::path& folder) {
    const json::value value(settings);
    JsonReader in(value);
    CsvSettings out;
    (void)in.text("kind");
    out.title = in.text("title", 200);
    out.version = in.optional_text("version", 20).value_or("1");
    const auto file = resolved(folder, in.secret("file"));
    const auto key = in.optional_text("key", 60).value_or("");
    out.page = in.optional_integer("page", 1, 10'000).value_or(100);
    out.largest = in.optional_integer("largest_page", 1, 10'000).value_or(std::max<int64_t>(1000, out.page));
    if (out.page > out.largest)
        in.fail("page", "adapter.page", "page không được lớn hơn largest_page.",
                "page must not be larger than largest_page.");
    std::vector<CsvColumn> columns;
    for (const auto& [one, place] : in.array("columns", 300)) {
        JsonReader reader(*one, place);
        auto column = read_column(reader);
        if (std::any_of(columns.begin(), columns.end(), [&](const auto& c) { return c.name == column.name; }))
            reader.fail("name", "adapter.column_twice", "Tên cột bị trùng. Đặt tên khác.",
                        "Two columns have this name. Choose another.");
        in.absorb(std::move(reader));
        columns.push_back(std::move(column));
    }
    if (columns.empty())
        in.fail("columns", "adapter.columns", "Ghi các cột được phép trả về.",
                "List the columns that may be answered.");
    const auto keyed = std::find_if(columns.begin(), columns.end(), [&](const auto& c) { return c.name == key; });
    if (!key.empty() && (keyed == columns.end() || !keyed->required))
        in.fail("key", "adapter.key", "key phải là một cột trong columns có required: true.",
                "key must be one of the columns, with required: true.");
    TRY_VOID(in.finish());
    auto held = std::make_unique<CsvFile>(file, std::move(columns), key);
    TRY_VOID(held->rows());
    return std::unique_ptr<Adapter>(std::make_unique<CsvAdapter>(std::move(out), std::move(held)));
}

}  // namespace hl::exchange::adapters
