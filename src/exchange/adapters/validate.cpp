#include "exchange/adapters/validate.h"

#include <charconv>

#include "base/json.h"
#include "exchange/adapters/schema_check.h"
#include "exchange/protocol/openapi_document.h"

namespace hl::exchange {

using adapters::Schemas;
using adapters::Way;

namespace {

constexpr size_t most_parameters = 200;
constexpr size_t most_errors = 50;

std::string lower(std::string_view s) {
    std::string out(s);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

Error wrong(std::string code, std::string at, std::string vi, std::string en) {
    return {ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), std::move(at)};
}

std::vector<std::string_view> split(std::string_view s, char by) {
    std::vector<std::string_view> out;
    for (;;) {
        const auto end = s.find(by);
        out.push_back(s.substr(0, end));
        if (end == std::string_view::npos) return out;
        s.remove_prefix(end + 1);
    }
}

std::string_view text_member(const json::object& o, std::string_view key) {
    const auto* m = o.if_contains(key);
    return m && m->is_string() ? std::string_view{m->get_string()} : std::string_view{};
}

const json::object* object_member(const Schemas& schemas, const json::object& o, std::string_view key) {
    const auto* m = o.if_contains(key);
    const auto* r = m ? schemas.resolved(*m) : nullptr;
    return r ? r->if_object() : nullptr;
}

bool is_json(std::string_view media) {
    return media == "application/json" || media.ends_with("+json") || media == "text/json";
}

}  // namespace

struct Validator::State {
    struct Path {
        std::vector<std::string> segments;  // "{ma}" for one parameter; a mix of text and parameters matches anything
        const json::object* item = nullptr;
    };
    Schemas schemas;
    std::vector<Path> paths;

    struct Found {
        const Path* path = nullptr;
        std::vector<std::string_view> segments;  // of the request
        const json::object* operation = nullptr;
    };

    static bool is_parameter(std::string_view segment) { return segment.find('{') != std::string_view::npos; }

    Found find(const AdapterRequest& request) const {
        Found out;
        out.segments = split(std::string_view{request.path}.substr(request.path.starts_with('/') ? 1 : 0), '/');
        std::string best;
        for (const auto& p : paths) {
            const bool matches = std::equal(p.segments.begin(), p.segments.end(), out.segments.begin(),
                                            out.segments.end(), [](const std::string& s, std::string_view given) {
                                                return is_parameter(s) ? !given.empty() : s == given;
                                            });
            if (!matches) continue;
            std::string rank = "1";  // more literal segments, earlier ones first
            for (const auto& s : p.segments) rank += is_parameter(s) ? '0' : '1';
            if (rank <= best) continue;
            best = rank;
            out.path = &p;
        }
        if (!out.path) return out;
        out.operation = object_member(schemas, *out.path->item, lower(request.method));
        if (!out.operation && request.method == "HEAD") out.operation = object_member(schemas, *out.path->item, "get");
        return out;
    }

    /// A parameter's text as the value that its schema means.
    json::value value_of(const json::value* schema, std::string_view text) const {
        const auto* r = schema ? schemas.resolved(*schema) : nullptr;
        const auto type = r && r->is_object() ? text_member(r->get_object(), "type") : std::string_view{};
        const auto* end = text.data() + text.size();
        if (type == "integer" || type == "number") {
            int64_t whole = 0;
            if (const auto [at, problem] = std::from_chars(text.data(), end, whole);
                problem == std::errc{} && at == end)
                return whole;
            double number = 0;
            if (const auto [at, problem] = std::from_chars(text.data(), end, number);
                problem == std::errc{} && at == end && number - number == 0)
                return number;
        }
        if (type == "boolean" && (text == "true" || text == "false")) return text == "true";
        return json::value(text);
    }

    void parameter(const json::object& p, const Found& found, const AdapterRequest& request,
                   std::vector<Error>& errors) const {
        const auto in = text_member(p, "in"), name = text_member(p, "name");
        const auto* required = p.if_contains("required");
        const bool must = required && required->is_bool() && required->get_bool();
        std::vector<std::string> given;
        if (in == "query") {
            for (const auto& [key, v] : request.query)
                if (key == name) given.push_back(v);
        } else if (in == "header") {
            for (const auto& h : request.headers)
                if (lower(h.name) == lower(name)) given.push_back(h.value);
        } else if (in == "path") {
            for (size_t i = 0; i < found.path->segments.size(); ++i)
                if (found.path->segments[i] == "{" + std::string{name} + "}") given.emplace_back(found.segments[i]);
            if (given.empty()) return;  // part of a segment: not taken apart
        } else {
            return;  // cookies do not pass the gateway
        }
        const auto at = fmt::format("/{}/{}", in, escape_pointer(name));
        if (given.empty()) {
            if (must)
                errors.push_back(wrong("validate.required", at, fmt::format("Thiếu tham số {}.", name),
                                       fmt::format("The parameter {} is missing.", name)));
            return;
        }
        if (const auto* content = object_member(schemas, p, "content")) {
            for (const auto& media : *content)
                if (media.value().is_object())
                    body_value(given[0], media.value().get_object(), Way::request, at, errors);
            return;
        }
        const auto* schema = p.if_contains("schema");
        if (!schema) return;
        const auto* r = schemas.resolved(*schema);
        const auto type = r && r->is_object() ? text_member(r->get_object(), "type") : std::string_view{};
        if (type == "object") return;  // deepObject and its kin: not taken apart
        if (type != "array") {
            if (given.size() > 1 && in == "query")
                errors.push_back(wrong("validate.twice", at, fmt::format("Tham số {} có nhiều lần.", name),
                                       fmt::format("The parameter {} stands more than once.", name)));
            schemas.check(*schema, value_of(schema, given[0]), Way::request, at, errors);
            return;
        }
        const auto* explode = p.if_contains("explode");
        const bool pieces = explode && explode->is_bool() ? explode->get_bool() : in == "query";
        const auto* items = r->get_object().if_contains("items");
        json::array list;
        for (const auto& one : given) {
            if (pieces)
                list.push_back(value_of(items, one));
            else
                for (const auto part : split(one, ',')) list.push_back(value_of(items, part));
        }
        schemas.check(*schema, list, Way::request, at, errors);
    }

    /// Of the operation and of its path; the operation's own come before.
    void parameters(const Found& found, const AdapterRequest& request, std::vector<Error>& errors) const {
        std::set<std::pair<std::string, std::string>> seen;
        for (const auto* owner : {found.operation, found.path->item}) {
            const auto* list = owner->if_contains("parameters");
            if (!list || !list->is_array()) continue;
            for (const auto& one : list->get_array()) {
                const auto* p = schemas.resolved(one);
                if (!p || !p->is_object() || seen.size() >= most_parameters) continue;
                const auto& o = p->get_object();
                if (seen.insert({std::string{text_member(o, "in")}, std::string{text_member(o, "name")}}).second)
                    parameter(o, found, request, errors);
            }
        }
    }

    void body_value(std::string_view body, const json::object& media, Way way, const std::string& at,
                    std::vector<Error>& errors) const {
        auto value = parse_json(body);
        if (!value.ok()) {
            errors.push_back(wrong("validate.json", at, "Không phải JSON đúng. Kiểm tra cú pháp.",
                                   "This is not correct JSON. Check its syntax."));
            return;
        }
        if (const auto* schema = media.if_contains("schema")) schemas.check(*schema, *value, way, at, errors);
    }

    /// A body by the `content` of its description.
    void body(std::string_view bytes, std::string_view content_type, const json::object& content, Way way,
              std::vector<Error>& errors) const {
        const auto semicolon = std::min(content_type.find(';'), content_type.size());
        auto type = lower(content_type.substr(0, semicolon));
        while (type.ends_with(' ')) type.pop_back();
        const json::object* media = nullptr;
        for (const auto& wanted : {type, type.substr(0, type.find('/')) + "/*", std::string{"*/*"}}) {
            for (const auto& m : content) {
                const std::string_view key = m.key();
                if (!media && lower(key.substr(0, key.find(';'))) == wanted) media = m.value().if_object();
            }
        }
        if (!media) {
            errors.push_back(wrong("validate.content_type", "/header/Content-Type",
                                   fmt::format("Mô tả của dịch vụ không có kiểu nội dung {}.", type),
                                   fmt::format("The service's description has no content of type {}.", type)));
            return;
        }
        if (is_json(type)) body_value(bytes, *media, way, "/body", errors);
    }

    std::vector<Error> judge(const AdapterRequest& request) const;

    std::optional<Error> missing(const Found& found, const AdapterRequest& request) const {
        if (!found.path)
            return wrong("validate.path", "/path",
                         fmt::format("Mô tả của dịch vụ không có đường dẫn {}.", request.path),
                         fmt::format("The service's description has no path {}.", request.path));
        if (!found.operation)
            return wrong("validate.method", "/method",
                         fmt::format("Mô tả của dịch vụ không có {} ở đường dẫn này.", request.method),
                         fmt::format("The service's description has no {} at this path.", request.method));
        return std::nullopt;
    }
};

Validator::Validator(std::unique_ptr<State> state) : state_(std::move(state)) {}
Validator::~Validator() = default;

Result<std::shared_ptr<const Validator>> Validator::make(std::string_view document) {
    TRY(auto loaded, load_openapi(document, Scalars::typed));
    TRY(auto schemas, Schemas::make(std::move(loaded.value)));
    auto state = std::make_unique<State>();
    state->schemas = std::move(schemas);
    const auto& root = state->schemas.document().get_object();
    if (const auto* paths = root.if_contains("paths"); paths && paths->is_object())
        for (const auto& m : paths->get_object()) {
            const auto* item = state->schemas.resolved(m.value());
            const std::string_view path = m.key();
            if (!item || !item->is_object() || !path.starts_with('/')) continue;
            State::Path one;
            for (const auto s : split(path.substr(1), '/')) one.segments.emplace_back(s);
            one.item = &item->get_object();
            state->paths.push_back(std::move(one));
        }
    return std::shared_ptr<const Validator>(new Validator(std::move(state)));
}

std::vector<Error> Validator::request(const AdapterRequest& request) const {
    auto errors = state_->judge(request);
    if (errors.size() > most_errors) errors.resize(most_errors);
    return errors;
}

std::vector<Error> Validator::State::judge(const AdapterRequest& request) const {
    std::vector<Error> errors;
    const auto found = find(request);
    if (auto none = missing(found, request)) return {std::move(*none)};
    parameters(found, request, errors);
    const auto* described = object_member(schemas, *found.operation, "requestBody");
    if (!described) return errors;
    const auto* required = described->if_contains("required");
    if (request.body.empty() && request.header("Content-Type").empty()) {
        if (required && required->is_bool() && required->get_bool())
            errors.push_back(
                wrong("validate.required", "/body", "Thiếu nội dung của yêu cầu.", "The request's body is missing."));
        return errors;
    }
    if (const auto* content = object_member(schemas, *described, "content"))
        body(request.body, request.header("Content-Type"), *content, Way::request, errors);
    return errors;
}

std::vector<Error> Validator::response(const AdapterRequest& asked, const AdapterResponse& response) const {
    const auto found = state_->find(asked);
    if (auto none = state_->missing(found, asked)) return {std::move(*none)};
    const auto* all = object_member(state_->schemas, *found.operation, "responses");
    if (!all) return {};
    const json::object* described = nullptr;
    for (const auto& key :
         {std::to_string(response.status), fmt::format("{}XX", response.status / 100), std::string{"default"}})
        if (!described) described = object_member(state_->schemas, *all, key);
    if (!described)
        return {wrong("validate.status", "/status",
                      fmt::format("Mô tả của dịch vụ không có mã trả lời {}.", response.status),
                      fmt::format("The service's description has no answer {}.", response.status))};
    std::vector<Error> errors;
    const auto* content = object_member(state_->schemas, *described, "content");
    const bool none = response.body.empty() || response.source || asked.method == "HEAD";
    if (content && !none) state_->body(response.body, response.header("Content-Type"), *content, Way::response, errors);
    return errors;
}

}  // namespace hl::exchange
