#include "exchange/registry/pinned_key.h"

#include "base/files.h"
#include "base/json.h"

namespace hl::exchange {

namespace {

Error damaged(const std::filesystem::path& file) {
    return {
        ErrorKind::unavailable, "exchange.pinned_key",
        fmt::format("Tệp khoá đã ghim {} bị hỏng. Hãy ghim lại: «hienluong gateway repin DẤU-VÂN-TAY».", file.string()),
        fmt::format("The file of the pinned key, {}, is damaged. Pin the key anew: 'hienluong gateway repin "
                    "FINGERPRINT'.",
                    file.string())};
}

json::value key_or_null(const std::string& key) {
    return key.empty() ? json::value() : json::value(crypto::to_base64(key));
}

}  // namespace

std::filesystem::path pinned_key_file(const std::filesystem::path& folder) {
    return folder / "configuration-key.json";
}

std::optional<PinnedKey> pinned_key_from_json(std::string_view text) {
    const auto value = parse_json(text);
    if (!value.ok()) return std::nullopt;
    JsonReader in(*value);
    PinnedKey out;
    bool right = true;
    const auto key = [&](std::string_view name) -> std::string {
        const auto found = in.optional_text(name, 100);
        if (!found) return {};
        const auto bytes = crypto::from_base64(*found);
        right = right && bytes && bytes->size() == 32;
        return bytes.value_or("");
    };
    out.root = in.text("root", 64);
    out.key = key("key");
    out.previous = key("previous");
    out.next = key("next");
    out.number = in.optional_integer("statement", 0, static_cast<int64_t>(most_key_statements));
    out.by_person = in.boolean("by_person", false);
    out.since = in.instant("since");
    if (!in.finish().ok() || out.key.empty() || !right) return std::nullopt;
    return out;
}

std::string pinned_key_json(const PinnedKey& pin) {
    return canonical_json(json::object{{"root", pin.root},
                                       {"key", crypto::to_base64(pin.key)},
                                       {"previous", key_or_null(pin.previous)},
                                       {"next", key_or_null(pin.next)},
                                       {"statement", pin.number ? json::value(*pin.number) : json::value()},
                                       {"by_person", pin.by_person},
                                       {"since", to_rfc3339(pin.since)}}) +
           "\n";
}

Result<PinnedKey> load_pinned_key(const std::filesystem::path& folder, std::string_view root_key) {
    PinnedKey root;
    root.root = key_fingerprint(root_key);
    root.key = root_key;
    const auto file = pinned_key_file(folder);
    std::error_code ec;
    if (!std::filesystem::exists(file, ec)) return root;
    TRY(const auto text, read_file(file, 4096));
    auto out = pinned_key_from_json(text);
    if (!out) return damaged(file);
    if (out->root != root.root) return root;
    return *std::move(out);
}

Result<void> store_pinned_key(const std::filesystem::path& folder, const PinnedKey& pin) {
    return write_file_durably(pinned_key_file(folder), pinned_key_json(pin), 0640);
}

}  // namespace hl::exchange
