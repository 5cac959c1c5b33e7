// Read-only SQL as a REST service. A request's parameters are bound, never spliced; the columns that a consumer may not
// see are not even fetched.
#include "exchange/adapters/kinds.h"
#include "exchange/adapters/openapi_writer.h"
#include "exchange/adapters/sql_connection.h"

namespace hl::exchange::adapters {

namespace {

constexpr size_t largest_answer = 32u << 20;  // bytes of cells; pages are for what is larger

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> out;
    path.remove_prefix(std::min<size_t>(1, path.size()));
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        out.push_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return out;
}

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{');
}

json::value cell_value(const SqlColumn& column, std::string_view text) {
    switch (column.type) {
        case ValueType::boolean:
            return text == "t";
        case ValueType::date_time: {  // "2026-11-23 08:00:00.5+00", UTC as the session is set
            std::string out(text);
            std::replace(out.begin(), out.end(), ' ', 'T');
            if (out.ends_with("+00")) out.replace(out.size() - 3, 3, "Z");
            return json::value(out);
        }
        case ValueType::integer:
        case ValueType::number:
            if (auto value = read_value(column.type, text)) return std::move(*value);
            return nullptr;  // NaN and the infinities, which JSON has no words for
        default:
            return json::value(text);
    }
}

class SqlAdapter final : public Adapter {
  public:
    explicit SqlAdapter(SqlSettings settings)
        : settings_(std::move(settings)), sessions_(settings_.connection_file, settings_.connections) {}

    AdapterResponse answer(const AdapterRequest& request) override {
        if (auto refused = refuse_unless_read(request)) return std::move(*refused);
        auto made = find(request);
        auto out = made.ok() ? std::move(*made) : problem_answer(made.error(), request);
        drop_body(request, out);
        return out;
    }

    json::object description() const override;

    /// Every statement is prepared by the server, with all its columns.
    Result<void> check() override {
        return sessions_.with([&](SqlSession& session) -> Result<void> {
            for (size_t i = 0; i < settings_.resources.size(); ++i) {
                const auto& r = settings_.resources[i];
                std::vector<const SqlColumn*> columns;
                for (const auto& c : r.columns) columns.push_back(&c);
                std::vector<SqlValue> values;
                for (const auto& name : r.statement.names) values.push_back({sql_type_of(parameter(r, name).type), {}});
                values.push_back({sql_type_of(ValueType::integer), {}});
                if (r.paging == Paging::offset) values.push_back(values.back());
                auto done = session.check(wrapped(r.statement, wrap(r, columns)), values, columns);
                if (!done.ok()) {
                    auto error = std::move(done).error();
                    if (error.at.empty()) error.at = fmt::format("/resources/{}", i);
                    return error;
                }
            }
            return Nothing{};
        });
    }

  private:
    static const SqlParameter& parameter(const SqlResource& r, std::string_view name) {
        return *std::find_if(r.parameters.begin(), r.parameters.end(), [&](const auto& p) { return p.name == name; });
    }
    static Wrap wrap(const SqlResource& r, const std::vector<const SqlColumn*>& columns) {
        Wrap out{{}, r.order, r.paging, false};
        for (const auto* c : columns) out.columns.push_back(c->name);
        return out;
    }

    /// A literal segment counts for more than a parameter.
    [[nodiscard]] const SqlResource* resource_at(const std::vector<std::string_view>& path) const {
        const SqlResource* best = nullptr;
        const auto literals = [](const SqlResource& r) {
            std::string out;
            for (const auto& s : r.segments) out += is_parameter(s) ? '0' : '1';
            return out;
        };
        for (const auto& r : settings_.resources) {
            const bool matches = std::equal(
                r.segments.begin(), r.segments.end(), path.begin(), path.end(),
                [](const std::string& s, std::string_view p) { return is_parameter(s) ? !p.empty() : s == p; });
            if (matches && (!best || literals(r) > literals(*best))) best = &r;
        }
        return best;
    }

    static Result<std::vector<SqlValue>> bind(const SqlResource& r, const std::vector<std::string_view>& path,
                                              QueryReader& query) {
        std::vector<SqlValue> out;
        for (const auto& name : r.statement.names) {
            const auto& p = parameter(r, name);
            std::optional<std::string> given;
            if (p.in_path) {
                for (size_t i = 0; i < r.segments.size(); ++i)
                    if (r.segments[i] == "{" + name + "}") given = std::string{path[i]};
            } else {
                given = query.take(name);
            }
            if (!given) given = p.otherwise;
            if (!given && p.required)
                return Error{ErrorKind::invalid, "adapter.parameter_missing", fmt::format("Thiếu tham số {}.", name),
                             fmt::format("The parameter {} is missing.", name), name};
            if (given && !read_value(p.type, *given))
                return Error{ErrorKind::invalid, "adapter.parameter",
                             fmt::format("Tham số {} phải là {}.", name, wanted(p.type).first),
                             fmt::format("The parameter {} must be {}.", name, wanted(p.type).second), name};
            out.push_back({sql_type_of(p.type), std::move(given)});
        }
        return out;
    }

    Result<AdapterResponse> find(const AdapterRequest& request) {
        const auto path = segments_of(request.path);
        const auto* const r = resource_at(path);
        if (!r) return nothing_there(request.path);
        QueryReader query(request);
        TRY(auto values, bind(*r, path, query));
        std::vector<const SqlColumn*> columns;
        for (const auto& c : r->columns)
            if (c.visible_to(request.client)) columns.push_back(&c);
        if (columns.empty())
            return Error{ErrorKind::denied, "adapter.columns_denied",
                         "Hệ thống này không được xem cột nào ở đây. Hỏi cơ quan cung cấp.",
                         "This subsystem may see no column here. Ask the provider."};
        auto shape = wrap(*r, columns);
        int64_t limit = r->single ? 1 : r->rows;
        int64_t offset = 0;
        if (r->paging != Paging::none) {
            TRY(limit, query.limit(r->page, r->largest_page));
        }
        if (r->paging == Paging::keyset) {
            if (const auto cursor = query.take("after")) {
                TRY(const auto position, from_cursor(*cursor, r->order.size()));
                shape.continued = true;
                for (const auto& part : position) {
                    if (!part.is_string()) return from_cursor("", 1).error();
                    auto text = read_value(ValueType::text, part.get_string());
                    if (!text) return from_cursor("", 1).error();
                    values.push_back({0, std::string{part.get_string()}});
                }
            }
        }
        if (r->paging == Paging::offset) {
            TRY(offset, query.number("offset", 0, r->rows));
        }
        TRY_VOID(query.finish());
        const auto integer = sql_type_of(ValueType::integer);
        values.push_back({integer, std::to_string(limit + 1)});  // one more tells that there is more
        if (r->paging == Paging::offset) values.push_back({integer, std::to_string(offset)});
        return read(request, *r, shape, values, columns, limit, offset);
    }

    Result<AdapterResponse> read(const AdapterRequest& request, const SqlResource& r, const Wrap& shape,
                                 const std::vector<SqlValue>& values, const std::vector<const SqlColumn*>& columns,
                                 int64_t limit, int64_t offset) {
        json::array items, position;
        bool more = false, too_large = false;
        TRY_VOID(sessions_.with([&](SqlSession& session) {
            items.clear();
            more = too_large = false;
            size_t bytes = 0;
            return session.query(wrapped(r.statement, shape), values, columns, r.timeout_ms, [&](const auto& cells) {
                if (std::ssize(items) == limit) {
                    more = true;
                    return true;
                }
                json::object item;
                position.clear();
                for (size_t i = 0; i < columns.size(); ++i) {
                    bytes += columns[i]->name.size() + (cells[i] ? cells[i]->size() : 4);
                    item[columns[i]->name] = cells[i] ? cell_value(*columns[i], *cells[i]) : json::value(nullptr);
                }
                for (const auto& name : r.order)
                    for (size_t i = 0; i < columns.size(); ++i)
                        if (columns[i]->name == name)
                            position.push_back(cells[i] ? json::value(*cells[i]) : json::value(nullptr));
                items.push_back(std::move(item));
                too_large = bytes > largest_answer;
                return !too_large;
            });
        }));
        if (too_large || (more && r.paging == Paging::none && !r.single))
            return Error{ErrorKind::too_large, "adapter.answer_size",
                         "Kết quả quá lớn. Hãy thu hẹp điều kiện hoặc xin trang nhỏ hơn.",
                         "The answer is too large. Narrow the query or ask for a smaller page."};
        if (r.single) {
            if (items.empty())
                return Error{ErrorKind::not_found, "adapter.no_such_record", "Không có bản ghi này. Kiểm tra lại mã.",
                             "There is no such record. Check the code."};
            if (more)
                return Error{ErrorKind::internal, "adapter.not_single",
                             "Có nhiều bản ghi cho một mã. Bên cung cấp cần sửa câu lệnh.",
                             "There are several records for one code. The provider must mend the statement."};
            return json_answer(items[0]);
        }
        json::object out{{"items", std::move(items)}};
        if (more && r.paging == Paging::keyset) {
            if (std::any_of(position.begin(), position.end(), [](const auto& p) { return p.is_null(); }))
                return Error{
                    ErrorKind::internal, "adapter.order_null",
                    "Cột sắp xếp có giá trị rỗng nên không lật trang được. Bên cung cấp cần chọn cột khác.",
                    "A column of the order holds NULL, so pages cannot go on. The provider must choose another."};
            out["next"] = same_query_with(request, {{"after", to_cursor(position)}});
        }
        if (more && r.paging == Paging::offset)
            out["next"] = same_query_with(request, {{"offset", std::to_string(offset + limit)}});
        return json_answer(out);
    }

    SqlSettings settings_;
    SqlSessions sessions_;
};

json::object SqlAdapter::description() const {
    auto out = openapi_frame(settings_.title, settings_.version);
    size_t number = 0;
    for (const auto& r : settings_.resources) {
        std::vector<ParameterWords> parameters;
        for (const auto& p : r.parameters) {
            auto schema = schema_of(p.type);
            if (p.otherwise) schema["default"] = *read_value(p.type, *p.otherwise);
            parameters.push_back({p.name, p.in_path ? "path" : "query", p.required, std::move(schema), p.title});
        }
        if (r.paging != Paging::none) parameters.push_back(limit_parameter(r.page, r.largest_page));
        if (r.paging == Paging::keyset) parameters.push_back(after_parameter());
        if (r.paging == Paging::offset)
            parameters.push_back({"offset",
                                  "query",
                                  false,
                                  {{"type", "integer"}, {"minimum", 0}, {"maximum", r.rows}, {"default", 0}},
                                  "Bỏ qua bấy nhiêu dòng đầu"});
        json::object properties;
        json::array required;
        for (const auto& c : r.columns) {
            auto schema = schema_of(c.type);
            schema["nullable"] = true;
            if (!c.title.empty()) schema["description"] = c.title;
            properties[c.name] = std::move(schema);
            if (c.consumers.empty()) required.emplace_back(c.name);
        }
        json::object item{{"type", "object"}, {"properties", std::move(properties)}};
        if (!required.empty()) item["required"] = std::move(required);
        const auto id = fmt::format("resource{}", ++number);
        add_get(out, r.path, id, r.title, parameters,
                {{"application/json", r.single ? std::move(item) : page_schema(std::move(item))}});
    }
    return out;
}

}  // namespace

Made make_sql_adapter(const json::object& settings, const std::filesystem::path& folder) {
    TRY(auto read, read_sql_settings(settings, folder));
    TRY_VOID(read_connection_file(read.connection_file));
    return std::unique_ptr<Adapter>(std::make_unique<SqlAdapter>(std::move(read)));
}

}  // namespace hl::exchange::adapters
