#include "notices/gateway.h"

#include <algorithm>

#include "base/text.h"

namespace hl::notices {

namespace {

json::value filled(const json::value& value, const Values& values) {
    if (value.is_string()) return json::string(fill(std::string{value.as_string()}, values));
    if (value.is_object()) {
        json::object out;
        for (const auto& member : value.as_object()) out[member.key()] = filled(member.value(), values);
        return out;
    }
    if (value.is_array()) {
        json::array out;
        for (const auto& item : value.as_array()) out.push_back(filled(item, values));
        return out;
    }
    return value;
}

std::string percent(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        const auto u = static_cast<unsigned char>(c);
        const bool plain = (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9') || u == '-' ||
                           u == '_' || u == '.' || u == '~';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", u);
    }
    return out;
}

std::optional<std::string> text_at(const json::value& answer, const std::string& pointer) {
    boost::system::error_code ec;
    const auto* found = answer.find_pointer(pointer, ec);
    if (ec || !found) return std::nullopt;
    if (found->is_string()) return std::string{found->as_string()};
    if (found->is_int64() || found->is_uint64() || found->is_bool()) return json::serialize(*found);
    return std::nullopt;
}

bool holds(const Condition& c, int status, const json::value& answer) {
    if (!c.statuses.empty() && std::find(c.statuses.begin(), c.statuses.end(), status) == c.statuses.end())
        return false;
    if (c.at.empty()) return true;
    const auto value = text_at(answer, c.at);
    return value && std::find(c.is.begin(), c.is.end(), *value) != c.is.end();
}

bool any(const std::vector<Condition>& list, int status, const json::value& answer) {
    return std::any_of(list.begin(), list.end(), [&](const Condition& c) { return holds(c, status, answer); });
}

std::string own_code(const GatewayShape& shape, int status, const json::value& answer) {
    for (const auto* list : {&shape.accepted, &shape.duplicate, &shape.bad_address, &shape.refused})
        for (const auto& c : *list)
            if (!c.at.empty())
                if (auto value = text_at(answer, c.at)) return value->substr(0, 40);
    return fmt::format("http.{}", status);
}

}  // namespace

std::string phone_for(const GatewayShape& shape, std::string_view e164) {
    if (shape.phone == "international") return std::string{e164.substr(e164.starts_with('+') ? 1 : 0)};
    if (shape.phone == "national" && e164.starts_with("+84")) return "0" + std::string{e164.substr(3)};
    return std::string{e164};
}

bool takes_briefs(std::string_view e164) {
    if (!e164.starts_with('+') || e164.size() < 8 || e164.size() > 16) return false;
    if (!std::all_of(e164.begin() + 1, e164.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
    if (!e164.starts_with("+84")) return true;
    // Mobile numbers begin with 3, 5, 7, 8 or 9 and have nine digits; 2 is a line in a wall.
    return e164.size() == 12 && std::string_view{"35789"}.find(e164[3]) != std::string_view::npos;
}

std::string plain_letters(std::string_view utf8) {
    // Letter by letter, so that capitals stay capitals: fold() gives lower case.
    std::string out;
    for (size_t at = 0; at < utf8.size();) {
        size_t n = 1;
        while (at + n < utf8.size() && (static_cast<unsigned char>(utf8[at + n]) & 0xC0) == 0x80) ++n;
        const auto letter = utf8.substr(at, n);
        at += n;
        if (n == 1) {
            out += letter;
            continue;
        }
        const auto folded = text::fold(letter);
        const bool ascii =
            std::all_of(folded.begin(), folded.end(), [](char c) { return static_cast<signed char>(c) > 0; });
        if (folded.empty() || !ascii) {
            if (letter == "–" || letter == "—") out += '-';
            continue;
        }
        const bool capital = text::lower(letter) != letter;
        for (const char c : folded) out += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    return out;
}

http::ClientRequest request_of(const GatewayShape& shape, const GatewayPlace& place, const Brief& brief) {
    const Values values = {{"phone", phone_for(shape, brief.phone)},
                           {"text", brief.text},
                           {"id", brief.id},
                           {"brand", place.brand},
                           {"secret", place.secret}};
    http::ClientRequest request;
    request.method = shape.method;
    request.url = place.url + shape.path;
    request.timeout = place.timeout;
    request.ca_file = place.ca_file;
    request.max_response = 256u << 10;
    request.headers = {{"Content-Type", shape.content_type}, {"Accept", "application/json"}};
    for (const auto& [name, value] : shape.headers) request.headers.push_back({name, fill(value, values)});
    const auto body = filled(shape.body, values);
    if (shape.content_type == "application/json") {
        request.body = json::serialize(body);
        return request;
    }
    for (const auto& member : body.as_object()) {
        const auto value =
            member.value().is_string() ? std::string{member.value().as_string()} : json::serialize(member.value());
        request.body += (request.body.empty() ? "" : "&") + percent(member.key()) + "=" + percent(value);
    }
    return request;
}

Understood understand(const GatewayShape& shape, int status, std::string_view body) {
    Understood out;
    auto parsed = parse_json(body);
    const json::value answer = parsed.ok() ? std::move(*parsed) : json::value{};
    out.code = own_code(shape, status, answer);
    if (!shape.message_at.empty())
        if (auto message = text_at(answer, shape.message_at)) out.message = text::normalise(*message).substr(0, 200);
    if (!text::is_valid_utf8(out.message)) out.message.clear();  // cut within a letter
    // The bad news first: an answer that says both is no success.
    if (any(shape.bad_address, status, answer))
        out.meaning = Meaning::bad_address;
    else if (any(shape.refused, status, answer))
        out.meaning = Meaning::refused;
    else if (any(shape.duplicate, status, answer))
        out.meaning = Meaning::duplicate;
    else if (any(shape.accepted, status, answer))
        out.meaning = Meaning::accepted;
    return out;
}

}  // namespace hl::notices
