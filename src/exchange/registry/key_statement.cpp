#include "exchange/registry/key_statement.h"

#include <set>
#include <span>

#include "base/json.h"

namespace hl::exchange {

namespace {

// Two types: what the old key signs can never be shown as what the new one signed, nor either as a configuration.
constexpr std::string_view statement_type = "hl-configuration-key", possession_type = "hl-configuration-key-possession";
constexpr size_t largest_statement = 4096, longest_instance = 255;

/// A statement that cannot be read, by its number where that is known.
Error statement_error(std::string code, std::string_view vi, std::string_view en) {
    return {ErrorKind::malformed, std::move(code), std::string{vi}, std::string{en}};
}

Error malformed(std::string_view why) {
    return statement_error(
        "exchange.key_statement",
        "Một văn bản đổi khoá cấu hình không đọc được. Hãy dùng cổng cùng phiên bản với nơi đăng ký, "
        "hoặc tải lại.",
        fmt::format("A statement on the configuration's key cannot be read ({}). Use a gateway of "
                    "the registry's version, or fetch it again.",
                    why));
}

std::string content_of(const KeyStatement& s) {
    return canonical_json(json::object{{"instance", s.instance},
                                       {"issued", to_rfc3339(s.issued)},
                                       {"key", crypto::to_base64(s.key)},
                                       {"key_id", key_fingerprint(s.key)},
                                       {"number", s.number},
                                       {"previous", crypto::to_base64(s.previous)},
                                       {"reason", to_string(s.reason)},
                                       {"valid_from", to_rfc3339(s.valid_from)}});
}

/// Read by what it must be when written again: whatever else stands in it makes another text.
std::optional<KeyStatement> content_from(std::string_view text) {
    const auto value = parse_json(text);
    if (!value.ok() || !value->is_object()) return std::nullopt;
    const auto& object = value->get_object();
    const auto word = [&](std::string_view name) -> std::string {
        const auto* found = object.if_contains(name);
        return found != nullptr && found->is_string() ? std::string{found->get_string()} : std::string{};
    };
    KeyStatement out;
    const auto* number = object.if_contains("number");
    const auto key = crypto::from_base64(word("key")), previous = crypto::from_base64(word("previous"));
    const auto issued = parse_rfc3339(word("issued")), valid_from = parse_rfc3339(word("valid_from"));
    const auto reason = key_reason_from(word("reason"));
    if (number == nullptr || !number->is_int64() || number->get_int64() < 1 || !key || key->size() != 32 || !previous ||
        previous->size() != 32 || !issued.ok() || !valid_from.ok() || !reason)
        return std::nullopt;
    out.number = number->get_int64();
    out.instance = word("instance");
    out.key = *key;
    out.previous = *previous;
    out.issued = *issued;
    out.valid_from = *valid_from;
    out.reason = *reason;
    if (out.instance.empty() || out.instance.size() > longest_instance || out.key == out.previous ||
        out.valid_from < out.issued || content_of(out) != text)
        return std::nullopt;
    return out;
}

Error chain_error(std::string code, std::string_view vi, std::string_view en) {
    return {
        ErrorKind::conflict, std::move(code),
        fmt::format("{} Cổng không theo khoá mới; hãy báo người quản trị nơi đăng ký, và chỉ ghim lại khoá («hienluong "
                    "gateway repin DẤU-VÂN-TAY») khi đã hỏi dấu vân tay qua kênh khác.",
                    vi),
        fmt::format("{} The new key is not followed. Tell the registry's administrator, and pin the key anew "
                    "('hienluong gateway repin FINGERPRINT') only with a fingerprint that came another way.",
                    en)};
}

Error fork_at(int64_t number) {
    return chain_error(
        "exchange.key_chain_fork",
        fmt::format("Chuỗi khoá cấu hình rẽ nhánh ở văn bản số {}: một khoá có hai khoá kế tiếp.", number),
        fmt::format("The chain of configuration keys forks at statement {}: one key has two successors.", number));
}

Error rolled_back(std::string_view vi, std::string_view en) {
    return chain_error("exchange.key_chain_rolled_back", vi, en);
}

/// The statement fits to those before it, which name `keys`.
Result<void> judge_link(const std::vector<KeyStatement>& before, const KeyStatement& next,
                        const std::set<std::string>& keys) {
    const auto wanted = std::ssize(before) + 1;
    if (!before.empty() && next.instance != before.front().instance)
        return chain_error("exchange.key_chain_instance",
                           fmt::format("Văn bản số {} là của nền tảng khác.", next.number),
                           fmt::format("Statement {} belongs to another instance.", next.number));
    // Every key before the last one has its successor already.
    if (!before.empty() && next.previous != before.back().key && keys.contains(next.previous))
        return fork_at(next.number);
    if (next.number != wanted || (!before.empty() && next.previous != before.back().key))
        return chain_error(
            "exchange.key_chain_gap",
            fmt::format("Chuỗi khoá cấu hình thiếu mắt xích: cần văn bản số {} nối vào khoá trước.", wanted),
            fmt::format("The chain of configuration keys has a gap: statement {}, which continues the key "
                        "before it, is wanted where {} stands.",
                        wanted, next.number));
    if (keys.contains(next.key))
        return rolled_back(fmt::format("Văn bản số {} quay lại khoá đã bỏ.", next.number),
                           fmt::format("Statement {} goes back to a key that was given up.", next.number));
    // After a theft nobody waits for the day of a key that is only announced.
    const bool waits = next.reason == KeyReason::planned;
    if (!before.empty() &&
        (next.issued < before.back().issued || (waits && next.valid_from < before.back().valid_from)))
        return rolled_back(fmt::format("Thời điểm trong văn bản số {} lùi so với văn bản trước.", next.number),
                           fmt::format("The dates of statement {} go back behind those before it.", next.number));
    return Nothing{};
}

/// Where a key stands: 0 before the first statement, n as the key that statement n names.
std::optional<int64_t> position_of(const KeyChain& chain, std::string_view fingerprint) {
    if (!chain.statements.empty() && key_fingerprint(chain.statements.front().previous) == fingerprint) return 0;
    for (const auto& s : chain.statements)
        if (key_fingerprint(s.key) == fingerprint) return s.number;
    return std::nullopt;
}

}  // namespace

std::string_view to_string(KeyReason reason) {
    return reason == KeyReason::planned ? "planned" : "compromise";
}

std::optional<KeyReason> key_reason_from(std::string_view word) {
    for (const auto reason : {KeyReason::planned, KeyReason::compromise})
        if (to_string(reason) == word) return reason;
    return std::nullopt;
}

std::string sign_key_statement(const KeyStatement& statement, const crypto::SigningKey& previous,
                               const crypto::SigningKey& key) {
    return sign_compact(statement_type, sign_compact(possession_type, content_of(statement), key), previous);
}

Result<KeyStatement> read_key_statement(std::string_view text) {
    if (text.size() > largest_statement) return malformed("it is larger than 4 kB");
    const auto inner = unverified_payload(text);
    if (!inner) return malformed("it is not a compact JWS");
    const auto bare = content_from(*inner);
    const auto content = bare ? *inner : unverified_payload(*inner).value_or("");
    const auto out = bare ? bare : content_from(content);
    if (!out) return malformed("its content breaks the rules");
    if (const auto by_previous = open_compact(text, statement_type, out->previous); !by_previous.ok())
        return statement_error(
            "exchange.key_statement_signature",
            fmt::format(
                "Văn bản đổi khoá số {} không mang chữ ký đúng của khoá trước. Cổng không theo; hãy tải lại hoặc "
                "báo người quản trị nơi đăng ký.",
                out->number),
            fmt::format(
                "Statement {} does not bear the signature of the key before it ({}). It is not followed; fetch it "
                "again or tell the registry's administrator.",
                out->number, by_previous.error().en));
    const auto by_key = bare ? Result<std::string>(Error{ErrorKind::malformed, "", "", "there is none"})
                             : open_compact(*inner, possession_type, out->key);
    if (!by_key.ok())
        return statement_error(
            "exchange.key_statement_countersignature",
            fmt::format(
                "Văn bản đổi khoá số {} thiếu chữ ký đúng của chính khoá mới. Cổng không theo; hãy báo người quản "
                "trị nơi đăng ký.",
                out->number),
            fmt::format("Statement {} lacks the new key's own signature ({}). It is not followed; tell the registry's "
                        "administrator.",
                        out->number, by_key.error().en));
    return *out;
}

std::string key_chain_json(std::string_view instance, const std::vector<std::string>& statements) {
    json::array texts;
    for (const auto& s : statements) texts.push_back(json::value(s));
    return canonical_json(json::object{{"instance", instance}, {"statements", std::move(texts)}});
}

Result<std::vector<std::string>> texts_of_key_chain(std::string_view json) {
    const auto wrong = [] {
        return Error{ErrorKind::malformed, "exchange.key_chain",
                     "Chuỗi khoá cấu hình không đọc được. Hãy kiểm tra địa chỉ nơi đăng ký và phiên bản của nó.",
                     "The chain of configuration keys cannot be read. Check the registry's address and its version."};
    };
    if (json.size() > largest_key_chain) return wrong();
    const auto value = parse_json(json);
    if (!value.ok() || !value->is_object()) return wrong();
    const auto* list = value->get_object().if_contains("statements");
    if (list == nullptr || !list->is_array() || list->get_array().size() > most_key_statements) return wrong();
    std::vector<std::string> out;
    for (const auto& item : list->get_array()) {
        if (!item.is_string()) return wrong();
        out.emplace_back(item.get_string());
    }
    return out;
}

Result<KeyChain> read_key_chain(std::string_view json) {
    TRY(const auto texts, texts_of_key_chain(json));
    KeyChain out;
    std::set<std::string> keys;
    for (const auto& text : texts) {
        TRY(auto next, read_key_statement(text));
        if (out.statements.empty()) {
            out.instance = next.instance;
            keys.insert(next.previous);
        }
        TRY_VOID(judge_link(out.statements, next, keys));
        keys.insert(next.key);
        out.statements.push_back(std::move(next));
    }
    return out;
}

Result<FollowedKey> follow_keys(const KeyChain& chain, const KeyPosition& from, std::string_view to, Instant now) {
    const auto length = std::ssize(chain.statements);
    const auto begin = position_of(chain, from.fingerprint);
    if (from.number && begin != from.number) {
        if (*from.number > length)
            return rolled_back(
                fmt::format("Nơi đăng ký chỉ có {} văn bản đổi khoá, cổng này đã theo đến văn bản số {}.", length,
                            *from.number),
                fmt::format("The registry has {} statement(s), this gateway has followed it to statement {}.", length,
                            *from.number));
        return fork_at(*from.number);
    }
    if (!begin)
        return chain_error(
            "exchange.key_chain_unknown",
            fmt::format("Chuỗi khoá của nơi đăng ký không đi qua khoá đã ghim {}.", from.fingerprint),
            fmt::format("The registry's chain of keys does not pass the pinned key {}.", from.fingerprint));
    const auto end = position_of(chain, to);
    if (!end)
        return chain_error("exchange.key_chain_short",
                           fmt::format("Chuỗi khoá không dẫn đến khoá {} đã ký cấu hình.", to),
                           fmt::format("The chain of keys does not lead to {}, which signed the configuration.", to));
    if (*end < *begin)
        return rolled_back(fmt::format("Cấu hình được ký bằng khoá {} đã bỏ.", to),
                           fmt::format("The configuration is signed with {}, a key that was given up.", to));
    const std::span<const KeyStatement> way(chain.statements.data() + *begin, static_cast<size_t>(*end - *begin));
    for (const auto& s : way)
        if (s.reason == KeyReason::compromise)
            return chain_error(
                "exchange.key_compromised",
                fmt::format(
                    "Khoá cấu hình bị thay ở văn bản số {} vì nghi bị lộ: chữ ký của khoá cũ không chứng minh được "
                    "gì.",
                    s.number),
                fmt::format(
                    "The configuration's key was replaced by statement {} because it may have been stolen: what "
                    "the old key signs proves nothing.",
                    s.number));
    for (const auto& s : way)
        if (s.issued > now + clock_tolerance || s.valid_from > now + clock_tolerance)
            return chain_error(
                "exchange.key_chain_future",
                fmt::format("Văn bản đổi khoá số {} có hiệu lực từ {}, sau giờ của máy này. Hãy kiểm tra đồng hồ.",
                            s.number, to_vietnamese(s.valid_from)),
                fmt::format("Statement {} is valid from {}, later than this machine's clock says. Check the clock.",
                            s.number, to_rfc3339(s.valid_from)));
    if (*end == 0) return FollowedKey{chain.statements.front().previous, 0};
    return FollowedKey{chain.statements[static_cast<size_t>(*end - 1)].key, *end};
}

}  // namespace hl::exchange
