// The platform's messages as bytes: signing and checking, times, what its answers say. Pure; any thread. What comes
// from outside is read strictly: an amount is whole digits, a text holds no separator, and nothing is believed before
// its signature fits.
#pragma once
#include "base/json.h"
#include "links/payment/profile.h"

namespace hl::payment {

/// "20261129150405": 24 hours, the province's time.
[[nodiscard]] std::string compact_time(Instant t);
[[nodiscard]] std::optional<Instant> parse_compact_time(std::string_view text);

/// MaXacThuc: lower-case hex SHA-256 of the fields in `order`, joined by "|", the secret last. A field that is missing
/// or holds the separator is refused: two messages must not have one signature. Errors: payment.hash_field.
[[nodiscard]] Result<std::string> signature_of(const json::object& message, const std::vector<std::string>& order,
                                               std::string_view secret);
/// Adds MaXacThuc.
[[nodiscard]] Result<void> sign(json::object& message, const std::vector<std::string>& order, std::string_view secret);
/// In constant time. Errors: payment.signature, payment.hash_field.
[[nodiscard]] Result<void> check_signature(const json::object& message, const std::vector<std::string>& order,
                                           std::string_view secret);

/// What the platform says of one reference: by its call-back, or when asked.
struct Notice {
    std::string type, code, partner, reference, amount_text, currency, transaction, bank, time, info;
    int64_t amount = 0;
    json::object message;  // as it came, for the signature
    /// Names it among notices of its reference: the same thing said twice is one.
    [[nodiscard]] std::string digest() const;
};
/// Errors: payment.notice_malformed (at the field).
[[nodiscard]] Result<Notice> parse_notice(std::string_view bytes);

/// An INIT reply: {error_code, message}, where message is a JSON text.
struct InitReply {
    std::string code;
    std::string url;   // of a good one
    std::string said;  // of another
};
/// Errors: payment.reply_malformed, payment.url_wrong.
[[nodiscard]] Result<InitReply> parse_init_reply(std::string_view bytes, const Profile& profile);
/// https, or http on this machine for demonstrations; and of `host` or below it when one is set.
[[nodiscard]] bool is_fit_url(std::string_view url, std::string_view host);

/// QUERY and GET_BILL.
[[nodiscard]] Result<json::object> make_question(const Profile& profile, const std::string& message,
                                                 std::string_view partner, std::string_view reference, Instant now,
                                                 std::string_view secret);
/// {MaLoi, MoTaLoi, MaDoiTac, ThoiGianGD, MaXacThuc}
[[nodiscard]] json::object make_answer(const Profile& profile, const std::string& answer, std::string_view words,
                                       std::string_view partner, Instant now, std::string_view secret);

}  // namespace hl::payment
