// SMS and Zalo through somebody's HTTP gateway, whose request and answers are data (book.h). Pure but for the bytes
// that the caller sends.
#pragma once
#include "http/client.h"
#include "notices/book.h"

namespace hl::notices {

struct Brief {
    std::string phone, text, id;  // phone: E.164
};
struct GatewayPlace {
    std::string url, brand, secret, ca_file;
    std::chrono::milliseconds timeout{20'000};
};
[[nodiscard]] http::ClientRequest request_of(const GatewayShape& shape, const GatewayPlace& place, const Brief& brief);

enum class Meaning { accepted, duplicate, refused, bad_address, unclear };
struct Understood {
    Meaning meaning = Meaning::unclear;
    std::string code;     // HTTP status or the gateway's own word
    std::string message;  // in the gateway's words, short
};
/// What matches nothing is unclear: it is tried again, never taken for success.
[[nodiscard]] Understood understand(const GatewayShape& shape, int status, std::string_view body);

/// As the gateway wants it.
[[nodiscard]] std::string phone_for(const GatewayShape& shape, std::string_view e164);
/// Can a number of this form get a short message: a Vietnamese mobile, or a number abroad.
[[nodiscard]] bool takes_briefs(std::string_view e164);
/// Letters without their marks, "đ" as "d": what fits 160 characters into one message.
[[nodiscard]] std::string plain_letters(std::string_view utf8);

}  // namespace hl::notices
