// getOpenAPI: the description as its owner wrote it, with the addresses of the systems behind the gateway taken out.
#include "exchange/protocol/metaservices.h"
#include "exchange/protocol/openapi_document.h"
#include "exchange/protocol/xml.h"

namespace hl::exchange {

namespace json = boost::json;

namespace {

/// "https://host:8080/api/v1?x" → "/api/v1"; what has no host stays, without query and fragment.
std::string path_of_url(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    const auto scheme = url.find("://");
    std::string_view authority_and_path;
    if (scheme != std::string_view::npos && url.find('/') > scheme)
        authority_and_path = url.substr(scheme + 3);
    else if (url.starts_with("//"))
        authority_and_path = url.substr(2);
    else
        return url.empty() ? "/" : std::string(url);
    const auto slash = authority_and_path.find('/');
    return slash == std::string_view::npos ? "/" : std::string(authority_and_path.substr(slash));
}

/// Calls `servers` for each list of servers: of the document, of path items, of operations and their callbacks.
template <class Value, class Lookup, class Members, class Visit>
class ServerWalk {
  public:
    ServerWalk(Lookup lookup, Members members, Visit visit) : lookup_(lookup), members_(members), visit_(visit) {}
    void document(Value root) {
        servers_of(root);
        for (const auto* key : {"paths", "webhooks"}) items(lookup_(root, key), 0);
        items(lookup_(lookup_(root, "components"), "pathItems"), 0);
    }

  private:
    void servers_of(Value owner) { visit_(lookup_(owner, "servers")); }
    void items(Value list, int depth) {
        if (depth > 4) return;
        members_(list, [&](Value item) {
            servers_of(item);
            for (const auto method : path_methods) {
                Value operation = lookup_(item, std::string(method).c_str());
                servers_of(operation);
                members_(lookup_(operation, "callbacks"), [&](Value callback) { items(callback, depth + 1); });
            }
        });
    }
    Lookup lookup_;
    Members members_;
    Visit visit_;
};

void rewrite(json::value& root) {
    const auto lookup = [](json::value* owner, const char* key) -> json::value* {
        auto* object = owner ? owner->if_object() : nullptr;
        return object ? object->if_contains(key) : nullptr;
    };
    const auto members = [](json::value* owner, const std::function<void(json::value*)>& each) {
        if (auto* object = owner ? owner->if_object() : nullptr)
            for (auto& member : *object) each(&member.value());
    };
    const auto visit = [](json::value* list) {
        auto* servers = list ? list->if_array() : nullptr;
        if (!servers) return;
        for (auto& server : *servers) {
            auto* object = server.if_object();
            auto* url = object ? object->if_contains("url") : nullptr;
            if (!url || !url->is_string()) continue;
            const auto path = path_of_url(url->as_string());
            *url = path;
            // Variables of the host name it as well as the URL did.
            auto* variables = object->if_contains("variables");
            if (!variables || !variables->is_object()) continue;
            auto& named = variables->as_object();
            for (auto it = named.begin(); it != named.end();)
                it = path.find(fmt::format("{{{}}}", std::string_view(it->key()))) == std::string::npos
                         ? named.erase(it)
                         : it + 1;
            if (named.empty()) object->erase("variables");
        }
    };
    ServerWalk<json::value*, decltype(lookup), decltype(members), decltype(visit)>(lookup, members, visit)
        .document(&root);
}

/// The YAML text with the URLs replaced where they stand; nothing when one stands in a form that is not replaced here
/// (escapes, folded texts, variables).
std::optional<std::string> rewritten_in_place(std::string_view text, const YAML::Node& root) {
    using Node = YAML::Node;
    std::map<size_t, std::pair<size_t, std::string>> changes;  // begin → end, new text
    bool possible = true;
    const auto lookup = [](Node owner, const char* key) -> Node {
        if (!owner.IsDefined() || !owner.IsMap()) return Node(YAML::NodeType::Undefined);
        const Node& readable = owner;
        return readable[key];
    };
    const auto members = [](Node owner, const std::function<void(Node)>& each) {
        if (owner.IsDefined() && owner.IsMap())
            for (const auto& pair : owner) each(pair.second);
    };
    const auto visit = [&](Node list) {
        if (!list.IsDefined() || !list.IsSequence()) return;
        for (const auto& server : list) {
            if (!server.IsMap()) continue;
            if (server["variables"].IsDefined()) possible = false;
            const auto url = server["url"];
            if (!url.IsDefined() || !url.IsScalar()) continue;
            const auto& scalar = url.Scalar();
            const auto at = static_cast<size_t>(std::max(url.Mark().pos, 0));
            const bool quoted = at < text.size() && (text[at] == '"' || text[at] == '\'');
            const auto end = at + scalar.size() + (quoted ? 2 : 0);
            if (end > text.size() || text.substr(at + quoted, scalar.size()) != scalar ||
                (quoted && text[end - 1] != text[at]) || scalar.find_first_of("\"'\\\n") != std::string::npos) {
                possible = false;
                continue;
            }
            changes[at] = {end, json::serialize(json::value(path_of_url(scalar)))};
        }
    };
    ServerWalk<Node, decltype(lookup), decltype(members), decltype(visit)>(lookup, members, visit).document(root);
    if (!possible) return std::nullopt;
    std::string out;
    size_t from = 0;
    for (const auto& [begin, change] : changes) {
        out.append(text.substr(from, begin - from)).append(change.second);
        from = change.first;
    }
    out.append(text.substr(from));
    return out;
}

}  // namespace

Result<Answer> openapi_answer(std::string_view document) {
    TRY(auto loaded, load_openapi(document, Scalars::typed));
    rewrite(loaded.value);
    if (!loaded.yaml) return Answer{"application/json", json::serialize(loaded.value)};
    constexpr std::string_view yaml = "text/yaml";
    // The owner's comments and order are worth keeping, if the result says what it should.
    if (auto text = rewritten_in_place(xml::without_mark(document), loaded.root))
        if (const auto again = load_openapi(*text, Scalars::typed); again.ok() && again->value == loaded.value)
            return Answer{std::string(yaml), std::move(*text)};
    return Answer{std::string(yaml), json::serialize(loaded.value)};  // JSON is YAML too
}

}  // namespace hl::exchange
