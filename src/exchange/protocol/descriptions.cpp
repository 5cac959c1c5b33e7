#include "exchange/protocol/descriptions.h"

#include "exchange/protocol/content_type.h"
#include "exchange/protocol/openapi_document.h"
#include "exchange/protocol/soap_names.h"
#include "exchange/protocol/xml.h"

namespace hl::exchange {

namespace json = boost::json;

namespace {

std::string text_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value && value->is_string() ? std::string(value->as_string()) : std::string{};
}
const json::object* object_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value ? value->if_object() : nullptr;
}

// document/literal WSDL 1.1 as PR-MESS 3.2 has it; the places that matter are three to five levels deep.
class WsdlReader final : public xml::Events {
  public:
    Result<void> start(std::string_view name_space, std::string_view name,
                       const std::vector<xml::Attribute>& attributes) override {
        const bool wsdl = name_space == ns::wsdl;
        path_.emplace_back(wsdl ? std::string(name) : fmt::format("{{{}}}{}", name_space, name));
        text_.clear();
        const auto attribute = [&](std::string_view key) {
            for (const auto& a : attributes)
                if (a.name == key && a.name_space.empty()) return std::string(a.value);
            return std::string{};
        };
        if (path_.size() == 1) is_wsdl = wsdl && name == "definitions";
        if (path_.size() == 2 && wsdl && name == "service" && out.title.empty()) out.title = attribute("name");
        if (path_.size() == 3 && wsdl && name == "operation") {
            operation_ = attribute("name");
            if (path_[1] == "binding") out.operations.push_back({operation_, "", ""});
        }
        if (path_.size() == 4 && path_[1] == "service" && path_[2] == "port" && name == "address")
            out.addresses.push_back(attribute("location"));
        return {};
    }
    void text(std::string_view piece) override { text_ += piece; }
    Result<void> end() override {
        static const std::string version = fmt::format("{{{}}}version", ns::xroad);
        static const std::string title = fmt::format("{{{}}}title", ns::xroad);
        if (path_.size() == 4 && path_[1] == "binding" && path_[2] == "operation" && path_[3] == version)
            out.operations.back().version = trimmed(text_);
        if (path_.size() == 5 && path_[1] == "portType" && path_[2] == "operation" && path_[4] == title)
            titles[operation_] = trimmed(text_);
        path_.pop_back();
        text_.clear();
        return {};
    }

    SoapDescription out;
    std::map<std::string, std::string> titles;
    bool is_wsdl = false;

  private:
    std::vector<std::string> path_;
    std::string operation_, text_;
};

}  // namespace

std::string glob_of_template(std::string_view path) {
    std::string out;
    for (;;) {
        const auto slash = std::min(path.find('/'), path.size());
        const auto segment = path.substr(0, slash);
        // X-Road turns each {parameter} into a star; within one segment one star says the same as several.
        for (size_t at = 0; at < segment.size();) {
            const auto close = segment[at] == '{' ? segment.find('}', at) : std::string_view::npos;
            if (close != std::string_view::npos) {
                if (!out.ends_with('*')) out += '*';
                at = close + 1;
                continue;
            }
            if (segment[at] == '*' || segment[at] == '\\') out += '\\';
            out += segment[at++];
        }
        if (slash == path.size()) return out;
        out += '/';
        path.remove_prefix(slash + 1);
    }
}

Result<RestDescription> read_openapi(std::string_view document) {
    TRY(const auto loaded, load_openapi(document, Scalars::as_written));
    const auto& root = loaded.value.as_object();
    RestDescription out;
    out.openapi = text_at(root, "openapi");
    if (const auto* info = object_at(root, "info")) {
        out.title = text_at(*info, "title");
        out.version = text_at(*info, "version");
    }
    if (const auto* servers = root.if_contains("servers"); servers && servers->is_array())
        for (const auto& server : servers->as_array())
            if (const auto* object = server.if_object()) out.servers.push_back(text_at(*object, "url"));
    if (const auto* paths = object_at(root, "paths")) {
        for (const auto& [path, item] : *paths) {
            const auto* object = item.if_object();
            if (!object || !path.starts_with('/')) continue;
            for (const auto& [method, operation] : *object) {
                if (!operation.is_object() ||
                    std::find(std::begin(path_methods), std::end(path_methods), method) == std::end(path_methods))
                    continue;
                Endpoint endpoint{std::string(method), glob_of_template(path)};
                for (char& c : endpoint.method) c = static_cast<char>(c - 32);
                if (std::find(out.endpoints.begin(), out.endpoints.end(), endpoint) == out.endpoints.end())
                    out.endpoints.push_back(std::move(endpoint));
            }
        }
    }
    return out;
}

Result<SoapDescription> read_wsdl(std::string_view document) {
    if (document.size() > largest_description)
        return Error{ErrorKind::too_large, "exchange.description_size", "WSDL lớn hơn 10 MB. Tách thành nhiều mô tả.",
                     "The WSDL is over 10 MB. Split it."};
    WsdlReader reader;
    TRY_VOID(xml::read(document, xml::declared_charset(document), reader));
    auto& operations = reader.out.operations;
    if (!reader.is_wsdl || operations.empty())
        return Error{ErrorKind::malformed, "exchange.description",
                     "Đây không phải WSDL 1.1 có binding với ít nhất một operation.",
                     "This is no WSDL 1.1 with a binding that has an operation. Give the WSDL of the service itself."};
    for (auto& o : operations)
        if (const auto found = reader.titles.find(o.code); found != reader.titles.end()) o.title = found->second;
    // Bindings for SOAP and for HTTP list the same operations.
    std::vector<Operation> unique;
    for (auto& o : operations)
        if (std::none_of(unique.begin(), unique.end(),
                         [&](const auto& u) { return u.code == o.code && u.version == o.version; }))
            unique.push_back(std::move(o));
    operations = std::move(unique);
    return std::move(reader.out);
}

}  // namespace hl::exchange
