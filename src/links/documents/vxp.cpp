#include "links/documents/vxp.h"

#include <yaml-cpp/yaml.h>

#include "base/crypto.h"
#include "base/files.h"

namespace hl::links::vxp {

namespace {

struct Names {
    const char* section;
    std::map<std::string, std::string> Shape::*target;
    std::vector<const char*> required;
};
const std::vector<Names>& sections() {
    static const std::vector<Names> all{
        {"operations",
         &Shape::operations,
         {"agencies", "register", "received", "sent", "get", "send", "status", "count_documents", "count_statuses"}},
        {"headers", &Shape::headers, {"prefix", "system", "timestamp", "names", "signed", "hash", "version"}},
        {"request", &Shape::request, {"service", "message", "document", "from", "status", "reason"}},
        {"words", &Shape::words, {"service", "document", "status", "done", "failed", "processing"}},
        {"parts", &Shape::parts, {"file", "hash"}},
        {"answer", &Shape::answer, {"code", "ok", "exists", "message", "list", "id"}},
        {"agency", &Shape::agency, {"code", "old_code", "code102", "name"}}};
    return all;
}

Error wrong(const std::filesystem::path& file, std::string_view what) {
    return Error{ErrorKind::invalid, "link.mapping", fmt::format("Tệp {} sai: {}.", file.string(), what),
                 fmt::format("{}: {}.", file.string(), what)}
        .pointing(file.string());
}

std::string member(const json::object& o, const std::string& name) {
    const auto* v = o.if_contains(name);
    if (!v) return {};
    if (const auto* s = v->if_string()) return std::string{*s};
    if (v->is_int64()) return std::to_string(v->get_int64());
    return {};
}

Error bad_answer(std::string_view why) {
    return {ErrorKind::unavailable, "vxp.answer", "Trục văn bản trả lời không đọc được. Hệ thống sẽ thử lại.",
            fmt::format("The axis' answer cannot be read: {}. It will be tried again.", why)};
}

}  // namespace

Result<std::shared_ptr<const Shape>> Shape::read(const std::filesystem::path& file) {
    TRY(const auto bytes, read_file(file, 1u << 20));
    auto out = std::make_shared<Shape>();
    try {
        const auto root = YAML::Load(bytes);
        for (const auto& [section, target, required] : sections()) {
            const auto node = root[section];
            if (!node || !node.IsMap()) return wrong(file, fmt::format("'{}' is missing", section));
            for (const auto& entry : node)
                ((*out).*target)[entry.first.as<std::string>()] = entry.second.as<std::string>();
            for (const auto* name : required)
                if (!((*out).*target).contains(name))
                    return wrong(file, fmt::format("'{}.{}' is missing", section, name));
        }
        out->version = root["version"].as<std::string>();
        out->user_agent = root["user_agent"].as<std::string>();
        out->skew_seconds = root["skew_seconds"].as<int>();
    } catch (const YAML::Exception& e) {
        return wrong(file, fmt::format("line {}: {}", e.mark.line + 1, e.msg));
    }
    return std::shared_ptr<const Shape>(std::move(out));
}

std::string vxp_time(Instant t) {
    const auto local = to_local(t);
    return fmt::format("{:02}{:02}{:04}T{:02}{:02}{:02}+{:04}", static_cast<unsigned>(local.date.day()),
                       static_cast<unsigned>(local.date.month()), static_cast<int>(local.date.year()),
                       local.minute_of_day / 60, local.minute_of_day % 60, local.second, local.millisecond);
}

std::optional<Instant> from_vxp_time(std::string_view text) {
    if (text.size() != 20 || text[8] != 'T' || text[15] != '+') return std::nullopt;
    const auto number = [&](size_t at, size_t length) {
        int value = 0;
        for (size_t i = at; i < at + length; ++i) {
            if (text[i] < '0' || text[i] > '9') return -1;
            value = value * 10 + (text[i] - '0');
        }
        return value;
    };
    const int day = number(0, 2), month = number(2, 2), year = number(4, 4), hour = number(9, 2),
              minute = number(11, 2), second = number(13, 2), millisecond = number(16, 4);
    const Date date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                    std::chrono::day{static_cast<unsigned>(day)}};
    if (day < 0 || month < 0 || year < 0 || !date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 59 || millisecond < 0 || millisecond > 999)
        return std::nullopt;
    return to_instant({date, hour * 60 + minute, second, millisecond});
}

std::vector<http::Header> sign_headers(const Shape& shape, const std::string& system, std::string_view secret,
                                       Instant now, const std::vector<http::Header>& more) {
    std::vector<http::Header> named{{shape.headers.at("timestamp"), vxp_time(now)},
                                    {shape.headers.at("system"), system}};
    named.insert(named.end(), more.begin(), more.end());
    std::vector<http::Header> out;
    json::object object;
    std::string names;
    for (const auto& h : named) {
        const auto full = shape.headers.at("prefix") + h.name;
        object[full] = h.value;
        out.push_back({full, h.value});
        names += (names.empty() ? "" : ";") + h.name;
    }
    const auto text = json::serialize(object);
    out.push_back({shape.header("names"), names});
    out.push_back({shape.header("signed"), text});
    out.push_back({shape.header("hash"), crypto::to_hex(crypto::hmac_sha256(secret, text))});
    out.push_back({shape.header("version"), shape.version});
    out.push_back({"User-Agent", shape.user_agent});
    return out;
}

Result<Answer> read_answer(const Shape& shape, std::string_view body) {
    auto value = parse_json(body);
    if (!value.ok()) return bad_answer("it is no JSON");
    const auto* o = value->if_object();
    if (!o) return bad_answer("it is no object");
    Answer out;
    out.code = member(*o, shape.answer.at("code"));
    if (out.code.empty()) return bad_answer("it has no code");
    out.message = member(*o, shape.answer.at("message"));
    out.id = member(*o, shape.answer.at("id"));
    if (const auto* list = o->if_contains(shape.answer.at("list"))) {
        if (!list->is_array()) return bad_answer("its list is none");
        out.list = list->get_array();
    }
    return out;
}

Multipart write_multipart(const Shape& shape, std::string_view edxml) {
    const auto hash = crypto::to_hex(crypto::sha256(edxml));
    // A boundary from the file's own hash cannot stand in the file.
    const auto boundary = "edoc-" + hash.substr(0, 40);
    Multipart out;
    out.type = "multipart/form-data; boundary=" + boundary;
    out.body = fmt::format(
        "--{0}\r\nContent-Disposition: form-data; name=\"{1}\"\r\n\r\n{2}\r\n--{0}\r\nContent-Disposition: form-data; "
        "name=\"{3}\"; filename=\"edoc.edxml\"\r\nContent-Type: application/xml\r\n\r\n",
        boundary, shape.parts.at("hash"), hash, shape.parts.at("file"));
    out.body += edxml;
    out.body += fmt::format("\r\n--{}--\r\n", boundary);
    return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    // Lengths are no secret; a difference anywhere takes as long as none.
    unsigned char different = a.size() == b.size() ? 0 : 1;
    for (size_t i = 0; i < a.size(); ++i)
        different |= static_cast<unsigned char>(a[i] ^ (b.empty() ? '\0' : b[i % b.size()]));
    return different == 0;
}

}  // namespace hl::links::vxp
