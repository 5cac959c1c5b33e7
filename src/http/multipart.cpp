#include "http/multipart.h"

#include "base/text.h"
#include "http/parse.h"

namespace hl::http {

namespace {

constexpr std::string_view crlf = "\r\n";
constexpr size_t longest_boundary = 70;  // RFC 2046 5.1.1

Error malformed(std::string_view why) {
    return {ErrorKind::malformed, "form.malformed", "Không đọc được biểu mẫu. Hãy tải lại trang và gửi lại.",
            fmt::format("The form cannot be read ({}). Load the page again and resend.", why)};
}
Error too_large(std::string_view what) {
    return {ErrorKind::too_large, "form.too_large",
            "Biểu mẫu có quá nhiều mục hoặc một mục quá dài. Hãy gửi ít tệp hơn mỗi lần.",
            fmt::format("The form is too large ({}). Send fewer files at a time.", what)};
}

bool boundary_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"'()+_,-./:=? "}.find(c) != std::string_view::npos;
}

/// Parameters of a header: `form-data; name="a"; filename="b.pdf"`. A quoted value ends at the next quote: browsers
/// write %22 for a quote inside, as the HTML standard says; older ones a backslash before it.
struct Parameters {
    std::string_view kind;
    std::vector<std::pair<std::string_view, std::string>> list;
    [[nodiscard]] const std::string* find(std::string_view name) const {
        for (const auto& [key, value] : list)
            if (equal_ignoring_case(key, name)) return &value;
        return nullptr;
    }
};

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
    return s;
}

std::optional<Parameters> parameters_of(std::string_view header) {
    Parameters out;
    const auto first = header.find(';');
    out.kind = trimmed(header.substr(0, first));
    std::string_view rest = first == std::string_view::npos ? std::string_view{} : header.substr(first + 1);
    while (!(rest = trimmed(rest)).empty()) {
        const auto equals = rest.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto key = trimmed(rest.substr(0, equals));
        rest = trimmed(rest.substr(equals + 1));
        std::string value;
        if (rest.starts_with('"')) {
            size_t i = 1;
            for (; i < rest.size() && rest[i] != '"'; ++i) {
                if (rest[i] == '\\' && i + 1 < rest.size() && rest[i + 1] == '"') ++i;
                value += rest[i];
            }
            if (i >= rest.size()) return std::nullopt;
            rest = trimmed(rest.substr(i + 1));
            if (!rest.empty() && rest.front() != ';') return std::nullopt;
            if (!rest.empty()) rest.remove_prefix(1);
        } else {
            const auto end = rest.find(';');
            value = std::string{trimmed(rest.substr(0, end))};
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        }
        if (key.empty()) return std::nullopt;
        out.list.emplace_back(key, std::move(value));
    }
    return out;
}

/// The three escapes of the HTML standard's form encoding, and no others: a name may hold a percent sign.
std::string unescaped(std::string_view s) {
    std::string out;
    for (size_t i = 0; i < s.size(); ++i) {
        const auto three = s.substr(i, 3);
        const char c = three == "%22"                     ? '"'
                       : three == "%0D" || three == "%0d" ? '\r'
                       : three == "%0A" || three == "%0a" ? '\n'
                                                          : '\0';
        if (c) i += 2;
        out += c ? c : s[i];
    }
    return out;
}

Result<Part> part_of(std::string_view headers, const MultipartLimits& limits) {
    Part part;
    bool named = false;
    while (!headers.empty()) {
        const auto end = headers.find(crlf);
        const auto line = headers.substr(0, end);
        headers = end == std::string_view::npos ? std::string_view{} : headers.substr(end + 2);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return malformed("a part's header has no colon");
        const auto key = line.substr(0, colon);
        const auto value = trimmed(line.substr(colon + 1));
        if (equal_ignoring_case(key, "Content-Type")) part.content_type = std::string{value};
        if (!equal_ignoring_case(key, "Content-Disposition")) continue;
        const auto parameters = parameters_of(value);
        if (!parameters || !equal_ignoring_case(parameters->kind, "form-data") || named)
            return malformed("a part's disposition");
        const auto* name = parameters->find("name");
        if (!name) return malformed("a part without a name");
        named = true;
        part.name = unescaped(*name);
        if (const auto* file = parameters->find("filename")) part.file_name = unescaped(*file);
        if (part.name.size() > limits.name || (part.file_name && part.file_name->size() > limits.file_name))
            return too_large("a name");
        if (!text::is_valid_utf8(part.name) || (part.file_name && !text::is_valid_utf8(*part.file_name)))
            return malformed("a name is not UTF-8");
    }
    if (!named) return malformed("a part without a disposition");
    return part;
}

}  // namespace

bool is_multipart(std::string_view content_type) {
    return equal_ignoring_case(trimmed(content_type.substr(0, content_type.find(';'))), "multipart/form-data");
}

Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body,
                                          const MultipartLimits& limits) {
    const auto parameters = parameters_of(content_type);
    const auto* boundary = is_multipart(content_type) && parameters ? parameters->find("boundary") : nullptr;
    if (!boundary || boundary->empty() || boundary->size() > longest_boundary ||
        !std::all_of(boundary->begin(), boundary->end(), boundary_character) || boundary->back() == ' ')
        return Error{ErrorKind::unsupported, "http.media_type", "Hãy gửi biểu mẫu bằng nút trên trang.",
                     "Send the form with the button on the page."};
    const std::string first = "--" + *boundary;
    const std::string next = "\r\n" + first;
    if (!body.starts_with(first)) return malformed("it does not begin with its boundary");
    body.remove_prefix(first.size());
    std::vector<Part> parts;
    for (;;) {
        if (body.starts_with("--")) {
            body.remove_prefix(2);
            if (!body.empty() && body != crlf) return malformed("something follows the end");
            return parts;
        }
        if (!body.starts_with(crlf)) return malformed("a boundary without an end of line");
        body.remove_prefix(2);
        if (parts.size() >= limits.parts) return too_large("too many parts");
        const auto head = body.substr(0, limits.headers + 4).find("\r\n\r\n");
        if (head == std::string_view::npos)
            return body.size() > limits.headers ? too_large("a part's headers") : malformed("a part without content");
        TRY(auto part, part_of(body.substr(0, head), limits));
        // The content begins after the empty line; an empty content's boundary begins with that line's end.
        body.remove_prefix(head + 2);
        const auto end = body.find(next);
        if (end == std::string_view::npos) return malformed("it is cut short");
        part.bytes = end < 2 ? std::string_view{} : body.substr(2, end - 2);
        if (!part.file_name && part.bytes.size() > limits.field) return too_large("a field");
        body.remove_prefix(end + next.size());
        parts.push_back(std::move(part));
    }
}

}  // namespace hl::http
