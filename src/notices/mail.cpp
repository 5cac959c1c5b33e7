#include "notices/mail.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"
#include "base/xml_text.h"

namespace hl::notices {

namespace {

std::string wrapped_base64(std::string_view bytes) {
    const auto all = crypto::to_base64(bytes);
    std::string out;
    for (size_t at = 0; at < all.size(); at += 76) out += all.substr(at, 76) + "\r\n";
    return out;
}

std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\r') continue;
        if (c == '\n') out += '\r';
        out += c;
    }
    return out;
}

std::string date_of(Instant at) {
    static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto l = to_local(at);
    const auto weekday = std::chrono::weekday{std::chrono::sys_days{l.date}}.c_encoding();
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0700", days[weekday], static_cast<unsigned>(l.date.day()),
                       months[static_cast<unsigned>(l.date.month()) - 1], static_cast<int>(l.date.year()),
                       l.minute_of_day / 60, l.minute_of_day % 60, l.second);
}

bool is_ascii_text(std::string_view s) {
    return std::all_of(s.begin(), s.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::string phrase(std::string_view name) {
    if (!is_ascii_text(name)) return encoded_words(name);
    std::string out = "\"";
    for (const char c : name)
        if (c != '"' && c != '\\') out += c;
    return out + '"';
}

std::string whole_text(const Mail& mail) {
    std::string out = mail.text + "\n";
    if (!mail.link.empty()) out += fmt::format("\n{}: {}\n", mail.link_words, mail.link);
    if (!mail.unsubscribe.empty()) out += fmt::format("\n--\n{}: {}\n", mail.unsubscribe_words, mail.unsubscribe);
    return out;
}

}  // namespace

std::string encoded_words(std::string_view utf8) {
    if (is_ascii_text(utf8)) return std::string{utf8};
    constexpr size_t most = 39;  // bytes: 52 characters of base64 and twelve around them, behind the header's name
    std::string out, piece;
    const auto close = [&] {
        if (piece.empty()) return;
        out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + crypto::to_base64(piece) + "?=";
        piece.clear();
    };
    for (size_t at = 0; at < utf8.size();) {
        size_t n = 1;
        while (at + n < utf8.size() && (static_cast<unsigned char>(utf8[at + n]) & 0xC0) == 0x80) ++n;
        if (piece.size() + n > most) close();
        // A control character in a header would begin another one.
        if (n > 1 || static_cast<unsigned char>(utf8[at]) >= ' ') piece += utf8.substr(at, n);
        at += n;
    }
    close();
    return out;
}

bool is_mail_address(std::string_view address) {
    if (address.size() < 3 || address.size() > 254) return false;
    const auto at = address.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || address.find('@') != at) return false;
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto local = address.substr(0, at), domain = address.substr(at + 1);
    for (const char c : local)
        if (!plain(c) && std::string_view{"!#$%&'*+-/=?^_`{|}~."}.find(c) == std::string_view::npos) return false;
    if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos) return false;
    for (const char c : domain)
        if (!plain(c) && c != '-' && c != '.') return false;
    return domain.find('.') != std::string_view::npos && domain.find("..") == std::string_view::npos &&
           plain(domain.front()) && plain(domain.back());
}

std::string html_of(const Mail& mail) {
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n"
        "<body style=\"font:16px/1.5 sans-serif;color:#1a1a1a;max-width:36em\">\n",
        xml_text(mail.language), xml_text(mail.subject));
    std::string paragraph;
    const auto close = [&] {
        if (!paragraph.empty()) out += "<p>" + paragraph + "</p>\n";
        paragraph.clear();
    };
    for (const auto& line : text::split(mail.text, '\n')) {
        if (line.empty()) {
            close();
            continue;
        }
        if (!paragraph.empty()) paragraph += "<br>\n";
        paragraph += xml_text(line);
    }
    close();
    if (!mail.link.empty())
        out += fmt::format("<p><a href=\"{}\">{}</a></p>\n", xml_text(mail.link), xml_text(mail.link_words));
    if (!mail.unsubscribe.empty())
        out += fmt::format("<p style=\"font-size:14px\"><a href=\"{}\">{}</a></p>\n", xml_text(mail.unsubscribe),
                           xml_text(mail.unsubscribe_words));
    return out + "</body></html>\n";
}

std::string to_mime(const Mail& mail) {
    const auto boundary = "=_" + crypto::to_hex(crypto::sha256(mail.id)).substr(0, 32);
    std::string out;
    const auto header = [&](std::string_view name, std::string_view value) {
        out += fmt::format("{}: {}\r\n", name, value);
    };
    header("From", fmt::format("{} <{}>", phrase(mail.from_name), mail.from));
    header("To", mail.to);
    header("Subject", encoded_words(mail.subject));
    header("Date", date_of(mail.at));
    header("Message-ID", fmt::format("<{}>", mail.id));
    header("MIME-Version", "1.0");
    header("Auto-Submitted", "auto-generated");
    header("Content-Language", mail.language);
    if (!mail.unsubscribe.empty()) {
        header("List-Unsubscribe", fmt::format("<{}>", mail.unsubscribe));
        header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
    header("Content-Type", fmt::format("multipart/alternative;\r\n boundary=\"{}\"", boundary));
    out += "\r\n";
    const auto part = [&](std::string_view type, const std::string& words) {
        out += fmt::format("--{}\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
                           boundary, type, wrapped_base64(with_crlf(words)));
    };
    part("text/plain", whole_text(mail));
    part("text/html", html_of(mail));
    return out + fmt::format("--{}--\r\n", boundary);
}

}  // namespace hl::notices
