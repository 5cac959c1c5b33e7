#include "links/payment/wire.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace hl::payment {

namespace {

constexpr size_t longest_field = 500;
constexpr int64_t most_dong = 9'000'000'000'000'000;  // beyond any fee, below what JSON numbers lose

Error malformed(std::string_view field) {
    return {ErrorKind::malformed, "payment.notice_malformed",
            fmt::format("Bản tin của nền tảng thanh toán sai ở trường {}.", field),
            fmt::format("The platform's message is wrong at {}.", field), "/" + std::string{field}};
}

std::optional<std::string> text_of(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    if (!v) return std::nullopt;
    if (v->is_string()) return std::string{v->get_string()};
    if (v->is_int64()) return std::to_string(v->get_int64());
    if (v->is_uint64()) return std::to_string(v->get_uint64());
    return std::nullopt;
}

bool plain(std::string_view s) {
    return text::is_valid_utf8(s) &&
           std::none_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool digits(std::string_view s) {
    return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string compact_time(Instant t) {
    const auto l = to_local(t);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", static_cast<int>(l.date.year()),
                       static_cast<unsigned>(l.date.month()), static_cast<unsigned>(l.date.day()), l.minute_of_day / 60,
                       l.minute_of_day % 60, l.second);
}

std::optional<Instant> parse_compact_time(std::string_view s) {
    if (s.size() != 14 || !digits(s)) return std::nullopt;
    const auto number = [&](size_t at, size_t n) {
        int out = 0;
        for (const char c : s.substr(at, n)) out = out * 10 + (c - '0');
        return out;
    };
    const Date date{std::chrono::year{number(0, 4)}, std::chrono::month{static_cast<unsigned>(number(4, 2))},
                    std::chrono::day{static_cast<unsigned>(number(6, 2))}};
    const int hour = number(8, 2), minute = number(10, 2), second = number(12, 2);
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return to_instant({date, hour * 60 + minute, second, 0});
}

Result<std::string> signature_of(const json::object& message, const std::vector<std::string>& order,
                                 std::string_view secret) {
    std::string all;
    for (const auto& name : order) {
        const auto value = text_of(message, name);
        if (!value || value->find('|') != std::string::npos)
            return Error{ErrorKind::invalid, "payment.hash_field",
                         fmt::format("Không tính được mã xác thực: trường {} thiếu hoặc có dấu «|».", name),
                         fmt::format("No signature can be made: {} is missing or holds '|'.", name), "/" + name};
        all += *value;
        all += '|';
    }
    all += secret;
    return crypto::to_hex(crypto::sha256(all));
}

Result<void> sign(json::object& message, const std::vector<std::string>& order, std::string_view secret) {
    TRY(const auto signature, signature_of(message, order, secret));
    message["MaXacThuc"] = signature;
    return Nothing{};
}

Result<void> check_signature(const json::object& message, const std::vector<std::string>& order,
                             std::string_view secret) {
    TRY(const auto wanted, signature_of(message, order, secret));
    const auto given = text_of(message, "MaXacThuc").value_or("");
    if (crypto::equal_constant_time(wanted, given)) return Nothing{};
    return Error{ErrorKind::denied, "payment.signature", "Mã xác thực của bản tin không đúng.",
                 "The message's signature is wrong.", "/MaXacThuc"};
}

std::string Notice::digest() const {
    return crypto::to_hex(
        crypto::sha256(code + "|" + reference + "|" + amount_text + "|" + currency + "|" + transaction));
}

Result<Notice> parse_notice(std::string_view bytes) {
    TRY(auto value, parse_json(bytes));
    if (!value.is_object()) return malformed("(message)");
    Notice n;
    n.message = std::move(value.get_object());
    struct Field {
        const char* name;
        std::string* target;
        bool needed;
    };
    for (const auto& f : {Field{"LoaiBanTin", &n.type, false}, Field{"MaLoi", &n.code, true},
                          Field{"MaDoiTac", &n.partner, true}, Field{"MaThamChieu", &n.reference, true},
                          Field{"SoTien", &n.amount_text, false}, Field{"MaTienTe", &n.currency, false},
                          Field{"MaGiaoDich", &n.transaction, false}, Field{"MaNganHang", &n.bank, false},
                          Field{"ThoiGianGD", &n.time, false}, Field{"ThongTinGiaoDich", &n.info, false}}) {
        const auto* there = n.message.if_contains(f.name);
        if (!there || there->is_null()) {
            if (f.needed) return malformed(f.name);
            continue;
        }
        const auto text = text_of(n.message, f.name);
        if (!text || text->size() > longest_field || !plain(*text) || (f.needed && text->empty()))
            return malformed(f.name);
        *f.target = *text;
    }
    if (!n.amount_text.empty()) {
        // "050000" and "50000" are one amount and two texts: only one of them is taken.
        if (!digits(n.amount_text) || n.amount_text.size() > 16 ||
            (n.amount_text.size() > 1 && n.amount_text[0] == '0'))
            return malformed("SoTien");
        for (const char c : n.amount_text) n.amount = n.amount * 10 + (c - '0');
        if (n.amount > most_dong) return malformed("SoTien");
    }
    return n;
}

Result<InitReply> parse_init_reply(std::string_view bytes, const Profile& profile) {
    const Error unreadable{ErrorKind::unavailable, "payment.reply_malformed",
                           "Trả lời của nền tảng thanh toán không đọc được.", "The platform's reply cannot be read."};
    const auto value = parse_json(bytes);
    if (!value.ok() || !value->is_object()) return unreadable;
    const auto code = text_of(value->get_object(), "error_code");
    if (!code) return unreadable;
    InitReply reply{*code, "", ""};
    const auto* message = value->get_object().if_contains("message");
    if (std::find(profile.good.begin(), profile.good.end(), *code) == profile.good.end()) {
        if (message && message->is_string()) reply.said = std::string{message->get_string()}.substr(0, longest_field);
        return reply;
    }
    if (!message) return unreadable;
    json::value inner = *message;
    if (message->is_string()) {
        auto parsed = parse_json({message->get_string().data(), message->get_string().size()});
        if (!parsed.ok()) return unreadable;
        inner = std::move(*parsed);
    }
    if (!inner.is_object()) return unreadable;
    const auto* url = inner.get_object().if_contains("UrlThanhToan");
    if (!url || !url->is_string()) return unreadable;
    reply.url = std::string{url->get_string()};
    return reply;
}

bool is_fit_url(std::string_view url, std::string_view host) {
    if (url.size() > 2000) return false;
    for (const char c : url)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '"' || c == '<' || c == '>' || c == '\\')
            return false;
    const bool secure = url.starts_with("https://");
    if (!secure && !url.starts_with("http://")) return false;
    const auto rest = url.substr(secure ? 8 : 7);
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.empty() || authority.find('@') != std::string_view::npos) return false;
    const auto name = authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1)
                                                 : authority.substr(0, authority.find(':'));
    if (!secure && name != "127.0.0.1" && name != "localhost" && name != "[::1]") return false;
    if (host.empty()) return true;
    return name == host ||
           (name.size() > host.size() && name.ends_with(host) && name[name.size() - host.size() - 1] == '.');
}

Result<json::object> make_question(const Profile& profile, const std::string& message, std::string_view partner,
                                   std::string_view reference, Instant now, std::string_view secret) {
    json::object out{{"LoaiBanTin", profile.message(message)},
                     {"PhienBan", profile.version},
                     {"MaDoiTac", partner},
                     {"MaThamChieu", reference},
                     {"ThoiGianGD", compact_time(now)}};
    TRY_VOID(sign(out, profile.hash_query, secret));
    return out;
}

json::object make_answer(const Profile& profile, const std::string& answer, std::string_view words,
                         std::string_view partner, Instant now, std::string_view secret) {
    json::object out{{"MaLoi", profile.answer(answer)},
                     {"MoTaLoi", words},
                     {"MaDoiTac", partner},
                     {"ThoiGianGD", compact_time(now)}};
    // Its fields are ours and hold no separator; an order that names others leaves it unsigned.
    if (!secret.empty()) (void)sign(out, profile.hash_answer, secret);
    return out;
}

}  // namespace hl::payment
