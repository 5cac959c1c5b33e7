// A mail as bytes (RFC 5322, MIME): plain text and a small HTML made from the same words, UTF-8 in both languages.
// Pure: the same message gives the same bytes, which is what lets it be sent again.
#pragma once
#include <string>
#include <string_view>

#include "base/time.h"

namespace hl::notices {

struct Mail {
    std::string from_name, from, to, subject, text, id, language;
    std::string unsubscribe;  // address of the page; empty: none
    std::string unsubscribe_words, link, link_words;
    Instant at;
};
[[nodiscard]] std::string to_mime(const Mail& mail);
/// One ASCII address that can stand in a header and after RCPT TO without quoting.
[[nodiscard]] bool is_mail_address(std::string_view address);
/// "=?UTF-8?B?…?=" in pieces that are no longer than a header may be and never cut a character.
[[nodiscard]] std::string encoded_words(std::string_view utf8);
[[nodiscard]] std::string html_of(const Mail& mail);

}  // namespace hl::notices
