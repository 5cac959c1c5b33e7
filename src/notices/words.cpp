// Keys, stored messages, and the words of a message.
#include <algorithm>
#include <charconv>

#include "base/crypto.h"
#include "base/text.h"
#include "notices/mail.h"
#include "notices/notices.h"

namespace hl::notices {

std::string key_of(const Key& key) {
    return fmt::format("{}/{}/{}", key.code, key.kind, key.position);
}

std::optional<Key> parse_key(std::string_view key) {
    const auto last = key.rfind('/');
    const auto first = last == std::string_view::npos || last == 0 ? last : key.rfind('/', last - 1);
    if (first == std::string_view::npos || last == std::string_view::npos || first == 0) return std::nullopt;
    Key out{std::string{key.substr(0, first)}, std::string{key.substr(first + 1, last - first - 1)}, 0};
    const auto digits = key.substr(last + 1);
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), out.position);
    if (wrong != std::errc{} || end != digits.data() + digits.size() || !is_kind(out.kind)) return std::nullopt;
    return out;
}

std::string message_id(std::string_view key, std::string_view from) {
    return text::lower(crypto::to_base32(key)) + std::string{from.substr(std::min(from.rfind('@'), from.size()))};
}

std::optional<std::string> key_in_message_id(std::string_view id) {
    const auto local = id.substr(0, id.find('@'));
    if (local.empty() || local.size() > 400) return std::nullopt;
    auto key = crypto::from_base32(text::upper(local));
    if (!key || !parse_key(*key)) return std::nullopt;
    return key;
}

std::string kind_of(const store::StoredEvent& event) {
    struct Told {
        std::string_view type, kind;
    };
    static constexpr Told table[] = {
        {"dossier.filed", "filed"},
        {"dossier.received", "received"},
        {"dossier.refused", "refused"},
        {"dossier.supplement_requested", "supplement"},
        {"dossier.charged", "payment"},
        {"dossier.extended", "extended"},
        {"dossier.result_recorded", "result_ready"},
        {"dossier.delivered", "returned"},
        {"dossier.withdrawn", "withdrawn"},
        {"dossier.stopped", "stopped"},
    };
    const auto member = [&](std::string_view name) -> std::string_view {
        const auto* v = event.data.if_contains(name);
        return v && v->is_string() ? std::string_view{v->as_string()} : std::string_view{};
    };
    for (const auto& row : table) {
        if (row.type != event.type) continue;
        // At the desk the slip is in his hand; a result of several is told of when the last is there.
        if (row.kind == "result_ready" && member("to") != "finished") return {};
        if (row.kind == "payment" && member("to") != "awaiting_payment") return {};
        if (row.kind == "filed") {
            const auto* d = event.data.if_contains("dossier");
            const auto* channel = d && d->is_object() ? d->as_object().if_contains("channel") : nullptr;
            if (!channel || !channel->is_string() || channel->as_string() != "online") return {};
        }
        return std::string{row.kind};
    }
    return {};
}

std::string to_bytes(const Ready& ready) {
    json::object out{{"way", to_string(ready.way)}, {"to", ready.to}};
    if (ready.way == Way::mail)
        out["mime"] = ready.mime;
    else
        out["text"] = ready.text;
    return canonical_json(out);
}

std::optional<Ready> ready_from(std::string_view bytes) {
    const auto parsed = parse_json(bytes);
    if (!parsed.ok() || !parsed->is_object()) return std::nullopt;
    const auto member = [&](std::string_view name) {
        const auto* v = parsed->as_object().if_contains(name);
        return v && v->is_string() ? std::string{v->as_string()} : std::string{};
    };
    const auto way = way_from(member("way"));
    if (!way) return std::nullopt;
    return Ready{*way, member("to"), member("mime"), member("text")};
}

Said say(const Texts& texts, const Rules& rules, const Values& values) {
    Said out{fill(texts.subject, values), fill(texts.mail, values), fill(texts.brief, values)};
    if (rules.brief_plain) out.brief = plain_letters(out.brief);
    return out;
}

Mail mail_of(const Said& said, std::string_view language, std::string link, std::string unsubscribe) {
    Mail mail;
    const bool vi = language == "vi";
    mail.language = language;
    mail.subject = said.subject;
    mail.text = said.mail;
    mail.link = std::move(link);
    mail.link_words = vi ? "Xem tình trạng hồ sơ" : "See where the dossier stands";
    mail.unsubscribe = std::move(unsubscribe);
    mail.unsubscribe_words = vi ? "Không nhận tin nữa" : "Stop these messages";
    return mail;
}

}  // namespace hl::notices
