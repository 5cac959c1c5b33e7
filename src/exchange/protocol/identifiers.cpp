#include "exchange/protocol/identifiers.h"

#include "exchange/protocol/percent.h"

namespace hl::exchange {

namespace {

// Codes are kept in columns of 255 characters by X-Road; a longer part names nothing that exists.
constexpr size_t longest_part = 255;

Error bad_identifier(std::string_view text, std::string_view why) {
    return {ErrorKind::malformed, "exchange.identifier",
            fmt::format("Mã định danh \"{}\" không hợp lệ. Viết từng phần theo UTF-8, mã hoá phần trăm từng phần, "
                        "ngăn bằng dấu \"/\".",
                        text.substr(0, 300)),
            fmt::format("Identifier '{}' is not valid ({}). Write each part in UTF-8, percent-encode each part on its "
                        "own, separate the parts with '/'.",
                        text.substr(0, 300), why)};
}

Result<std::vector<std::string>> parts_of(std::string_view text, size_t least, size_t most) {
    std::vector<std::string> out;
    out.reserve(most);
    for (std::string_view rest = text;;) {
        if (out.size() == most) return bad_identifier(text, "too many parts");
        const auto slash = rest.find('/');
        auto part = percent_decoded(rest.substr(0, slash));
        if (!part) return bad_identifier(text, "a malformed percent escape or bytes that are not UTF-8");
        if (part->empty()) return bad_identifier(text, "an empty part");
        if (part->size() > longest_part) return bad_identifier(text.substr(0, 60), "a part is too long");
        if (has_control_characters(*part)) return bad_identifier("", "control characters");
        out.push_back(std::move(*part));
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    if (out.size() < least) return bad_identifier(text, "too few parts");
    return out;
}

template <class... Parts>
std::string path_of(const Parts&... parts) {
    std::string out;
    out.reserve((parts.size() + ...) + sizeof...(parts));
    const auto add = [&out](const std::string& part) {
        if (part.empty()) return;  // only the last parts may be missing: subsystem, version
        if (!out.empty()) out += '/';
        append_percent_encoded(out, part);
    };
    (add(parts), ...);
    return out;
}

// X-Road prints codes as they are. Here "/" and "%" inside a code are escaped: the text is a key, so two identifiers
// must never have the same one.
template <class... Parts>
std::string text_of(std::string_view kind, const Parts&... parts) {
    std::string out(kind);
    bool first = true;
    const auto add = [&](const std::string& part) {
        if (part.empty()) return;
        out += first ? ':' : '/';
        first = false;
        for (const char c : part) {
            if (c == '/')
                out += "%2F";
            else if (c == '%')
                out += "%25";
            else
                out += c;
        }
    };
    (add(parts), ...);
    return out;
}

Error bad_target(std::string_view why) {
    return {ErrorKind::malformed, "exchange.bad_request",
            "Địa chỉ gọi dịch vụ không hợp lệ. Viết /r1/thể hiện/lớp/mã thành viên/phân hệ/dịch vụ[/đường dẫn].",
            fmt::format("The request path is not valid ({}). Write /r1/instance/class/member/subsystem/service[/path].",
                        why)};
}

Error bad_path(std::string_view why) {
    return {
        ErrorKind::malformed, "exchange.path",
        "Đường dẫn của dịch vụ không hợp lệ. Bỏ các đoạn \"..\" và mã hoá phần trăm cho đúng.",
        fmt::format("The service path is not valid ({}). Remove '..' segments and encode the path correctly.", why)};
}

/// Would some provider take `segment` for "." or ".."? Servlet containers drop ";parameters" before they resolve.
bool is_dots(std::string_view segment) {
    segment = segment.substr(0, segment.find(';'));
    return segment == "." || segment == "..";
}

/// Dots that only a provider with other rules than ours would resolve ("..\", "..;x"): let none of them through,
/// since the rights were checked on a path that it would not serve.
bool has_hidden_dots(std::string_view decoded) {
    bool after_backslash = false;
    for (size_t from = 0; from <= decoded.size();) {
        const auto end = std::min(decoded.find_first_of("/\\", from), decoded.size());
        const auto segment = decoded.substr(from, end - from);
        const bool before_backslash = end < decoded.size() && decoded[end] == '\\';
        const bool plain = segment.find(';') == std::string_view::npos && !after_backslash && !before_backslash;
        if (is_dots(segment) && !plain) return true;
        after_backslash = before_backslash;
        from = end + 1;
    }
    return false;
}

}  // namespace

Result<ClientId> parse_client(std::string_view text) {
    TRY(auto p, parts_of(text, 3, 4));
    return ClientId{std::move(p[0]), std::move(p[1]), std::move(p[2]), p.size() == 4 ? std::move(p[3]) : ""};
}

Result<ServerId> parse_server(std::string_view text) {
    TRY(auto p, parts_of(text, 4, 4));
    return ServerId{std::move(p[0]), std::move(p[1]), std::move(p[2]), std::move(p[3])};
}

Result<ServiceId> parse_service(std::string_view text) {
    TRY(auto p, parts_of(text, 5, 6));
    return ServiceId{{std::move(p[0]), std::move(p[1]), std::move(p[2]), std::move(p[3])},
                     std::move(p[4]),
                     p.size() == 6 ? std::move(p[5]) : ""};
}

std::string to_path(const ClientId& id) {
    return path_of(id.instance, id.member_class, id.member_code, id.subsystem);
}
std::string to_path(const ServiceId& id) {
    const auto& p = id.provider;
    return path_of(p.instance, p.member_class, p.member_code, p.subsystem, id.code, id.version);
}
std::string to_path(const ServerId& id) {
    return path_of(id.instance, id.member_class, id.member_code, id.server_code);
}

std::string to_text(const ClientId& id) {
    return text_of(id.subsystem.empty() ? "MEMBER" : "SUBSYSTEM", id.instance, id.member_class, id.member_code,
                   id.subsystem);
}
std::string to_text(const ServiceId& id) {
    const auto& p = id.provider;
    return text_of("SERVICE", p.instance, p.member_class, p.member_code, p.subsystem, id.code, id.version);
}
std::string to_text(const ServerId& id) {
    return text_of("SERVER", id.instance, id.member_class, id.member_code, id.server_code);
}

Result<ClientId> client_from_text(std::string_view text) {
    constexpr std::string_view member = "MEMBER:", subsystem = "SUBSYSTEM:";
    const bool is_member = text.starts_with(member);
    if (!is_member && !text.starts_with(subsystem))
        return bad_identifier(text, "it must begin with MEMBER: or SUBSYSTEM:");
    const size_t count = is_member ? 3 : 4;
    TRY(auto p, parts_of(text.substr((is_member ? member : subsystem).size()), count, count));
    return ClientId{std::move(p[0]), std::move(p[1]), std::move(p[2]), is_member ? "" : std::move(p[3])};
}

Result<RestTarget> parse_rest_target(std::string_view target) {
    constexpr std::string_view version = "/r1/";
    if (!target.starts_with(version)) return bad_target("it must begin with /r1/");
    // A request line with white space or control bytes in its target means two things to two readers.
    if (std::any_of(target.begin(), target.end(), [](char c) { return (c >= 0 && c <= ' ') || c == 0x7F || c == '#'; }))
        return bad_target("white space, control characters or a fragment");
    RestTarget out;
    const auto mark = target.find('?');
    if (mark != std::string_view::npos) out.query = target.substr(mark + 1);
    const std::string_view rest = target.substr(version.size(), mark - version.size());
    size_t end = 0;
    for (int slashes = 0; end < rest.size(); ++end)
        if (rest[end] == '/' && ++slashes == 5) break;
    // X-Road reads five parts: a service belongs to a subsystem, though PR-REST 4.1 makes the subsystem optional.
    auto service = rest.substr(0, end);
    TRY(auto p, parts_of(service, 5, 5));
    out.service = {{std::move(p[0]), std::move(p[1]), std::move(p[2]), std::move(p[3])}, std::move(p[4]), {}};
    out.path = rest.substr(end);
    return out;
}

Result<std::string> normalised_path(std::string_view raw) {
    const auto decoded = percent_decoded(raw);
    if (!decoded) return bad_path("a malformed percent escape or bytes that are not UTF-8");
    if (has_control_characters(*decoded)) return bad_path("control characters");
    if (has_hidden_dots(*decoded)) return bad_path("dot segments in disguise");
    std::string out;
    out.reserve(decoded->size() + 1);
    std::string_view rest = *decoded;
    bool open = true;  // the path ends with a slash
    while (!rest.empty()) {
        const auto slash = rest.find('/');
        const auto segment = rest.substr(0, slash);
        rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
        if (segment.empty() || segment == ".") {
            open = true;
        } else if (segment == "..") {
            if (out.empty()) return bad_path("it climbs above its root");
            out.resize(out.rfind('/'));
            open = true;
        } else {
            out += '/';
            out += segment;
            open = slash != std::string_view::npos;
        }
    }
    if (open) out += '/';
    return out;
}

bool glob_matches(std::string_view glob, std::string_view path) {
    if (glob.find_first_of("*\\") == std::string_view::npos) return glob == path;
    // All prefixes of `path` that the glob's beginning can match, as a set: time is glob × path whatever they hold.
    std::vector<char> reached(path.size() + 1, 0);
    reached[0] = 1;
    for (size_t i = 0; i < glob.size(); ++i) {
        if (glob[i] == '*') {
            bool any = false;
            for (; i + 1 < glob.size() && glob[i + 1] == '*'; ++i) any = true;
            for (size_t at = 1; at <= path.size(); ++at)
                if (reached[at - 1] && (any || path[at - 1] != '/')) reached[at] = 1;
            continue;
        }
        // PathGlob.java: a backslash escapes "*" and "\", before anything else it is itself.
        if (glob[i] == '\\' && i + 1 < glob.size() && (glob[i + 1] == '*' || glob[i + 1] == '\\')) ++i;
        bool alive = false;
        for (size_t at = path.size(); at > 0; --at) {
            reached[at] = reached[at - 1] && path[at - 1] == glob[i];
            alive = alive || reached[at];
        }
        reached[0] = 0;
        if (!alive) return false;
    }
    return reached[path.size()] != 0;
}

}  // namespace hl::exchange
