#include "ioc/child/line.h"

namespace hl::ioc::child {

namespace {

// Another use of the same key signs other bytes.
constexpr std::string_view signed_as = "hienluong ioc line 1\n";
constexpr size_t longest_id = 60, longest_type = 60;

Error malformed() {
    return {ErrorKind::malformed, "child.malformed",
            "Nội dung không phải một văn bản ký: cần {\"key\", \"signature\", \"text\"}.",
            "The body is no sealed text: {\"key\", \"signature\", \"text\"} is wanted."};
}

bool is_hash(std::string_view s) {
    return s.size() == 64 && s.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string hash_in(JsonReader& in, std::string_view key) {
    auto out = in.secret(key);
    if (!is_hash(out))
        in.fail(key, "child.hash", "Cần mã băm SHA-256 viết bằng 64 chữ số hệ 16.",
                "A SHA-256 in 64 hexadecimal digits is wanted.");
    return out;
}

}  // namespace

bool is_child_id(std::string_view s) {
    if (s.empty() || s.size() > longest_id || s.front() == '-' || s.back() == '-') return false;
    if (s == "figures" || s == "codes") return false;  // addresses of their own beside children's
    return s.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

std::string fingerprint(std::string_view public_key) {
    return crypto::to_hex(crypto::sha256(public_key)).substr(0, 32);
}
std::string hash_of(std::string_view text) {
    return crypto::to_hex(crypto::sha256(text));
}

Sealed seal(const json::value& payload, const crypto::SigningKey& key) {
    auto text = canonical_json(payload);
    auto signature = crypto::sign(std::string{signed_as} + text, key);
    return {fingerprint(key.public_key), std::move(text), std::move(signature)};
}

json::object to_json(const Sealed& s) {
    return {{"key", s.key}, {"signature", crypto::to_base64(s.signature)}, {"text", s.text}};
}

Result<Sealed> read_sealed(const json::value& value) {
    const auto* o = value.if_object();
    if (!o || o->size() != 3) return malformed();
    const auto text_of = [&](std::string_view key) -> std::optional<std::string_view> {
        const auto* m = o->if_contains(key);
        if (!m || !m->is_string()) return std::nullopt;
        return std::string_view{m->get_string()};
    };
    const auto key = text_of("key"), signature = text_of("signature"), text = text_of("text");
    if (!key || !signature || !text || key->size() != 32 || signature->size() > 100) return malformed();
    auto bytes = crypto::from_base64(*signature);
    if (!bytes || bytes->size() != 64) return malformed();
    if (text->size() > largest_batch)
        return Error{ErrorKind::too_large, "child.too_large", fmt::format("Văn bản dài quá {} byte.", largest_batch),
                     fmt::format("The text is longer than {} bytes.", largest_batch)};
    return Sealed{std::string{*key}, std::string{*text}, *std::move(bytes)};
}

Result<Sealed> read_sealed(std::string_view body) {
    TRY(const auto value, parse_json(body));
    return read_sealed(value);
}

Result<json::value> open_sealed(const Sealed& s, std::string_view public_key) {
    if (!crypto::verify(std::string{signed_as} + s.text, s.signature, public_key))
        return Error{ErrorKind::denied, "child.signature",
                     "Chữ ký không đúng với khóa đã đăng ký. Nội dung có thể đã bị sửa trên đường truyền.",
                     "The signature does not hold with the key that is known. The text may have been changed on its "
                     "way."};
    TRY(auto value, parse_json(s.text));
    if (canonical_json(value) != s.text)
        return Error{ErrorKind::malformed, "child.not_canonical", "Văn bản không ở dạng JSON chuẩn tắc.",
                     "The text is not canonical JSON."};
    return value;
}

json::object to_json(const Message& m) {
    return {{"id", m.id}, {"type", m.type}, {"version", m.version}, {"data", m.data}};
}

json::object to_json(const Mark& m) {
    return {{"number", m.number}, {"hash", m.hash}};
}
Mark read_mark(JsonReader& in, std::string_view key) {
    auto inner = in.object(key);
    Mark out;
    out.number = inner.integer("number", 0, std::numeric_limits<int64_t>::max());
    out.hash = hash_in(inner, "hash");
    in.absorb(std::move(inner));
    return out;
}

json::object to_json(const Batch& b, std::string_view type) {
    json::array messages;
    for (const auto& m : b.messages) messages.push_back(to_json(m));
    json::object out{{"type", type},           {"child", b.child.value},           {"number", b.number},
                     {"previous", b.previous}, {"made_at", to_rfc3339(b.made_at)}, {"messages", std::move(messages)}};
    if (!b.series.empty()) out["series"] = b.series;
    if (b.series.empty()) out["from"] = b.from, out["to"] = b.to;
    return out;
}

Result<Batch> read_batch(const json::value& payload, std::string_view type) {
    JsonReader in(payload);
    Batch out;
    const bool down = type == "down";
    (void)in.one_of("type", {type});
    out.child = ChildId{in.secret("child")};
    if (!is_child_id(out.child.value))
        in.fail("child", "child.id", "Mã IOC con không đúng.", "The child's id is wrong.");
    constexpr auto most = std::numeric_limits<int64_t>::max();
    out.number = in.integer("number", 1, most - 1);
    out.previous = hash_in(in, "previous");
    if (down) {
        out.series = in.text("series", 60);
    } else {
        out.from = in.integer("from", 0, most);
        out.to = in.integer("to", 0, most);
        if (out.to < out.from)
            in.fail("to", "child.positions", "Vị trí cuối đứng trước vị trí đầu.", "It ends before it begins.");
    }
    out.made_at = in.instant("made_at");
    for (const auto& [value, at] : in.array("messages", most_messages)) {
        JsonReader one(*value, at);
        Message m;
        m.id = one.text("id", 200);
        m.type = one.text("type", longest_type);
        m.version = static_cast<int>(one.integer("version", 1, 1000));
        const auto* data = one.raw("data");
        if (data && data->is_object())
            m.data = data->get_object();
        else
            one.fail("data", "json.object", "Cần một đối tượng JSON ở đây.", "A JSON object is wanted here.");
        in.absorb(std::move(one));
        out.messages.push_back(std::move(m));
    }
    if (const auto done = in.finish(); !done.ok()) {
        auto e = done.error();
        return Error{ErrorKind::invalid, "child.content", "Nội dung lô không đọc được: " + e.vi,
                     "The batch's content cannot be read: " + e.en, e.at};
    }
    return out;
}

}  // namespace hl::ioc::child
