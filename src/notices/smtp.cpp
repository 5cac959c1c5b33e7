#include "notices/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace hl::notices {

namespace {

struct Release {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Upload {
    std::string_view rest;
};

size_t read_upload(char* to, size_t size, size_t count, void* from) {
    auto& upload = *static_cast<Upload*>(from);
    const size_t n = std::min(size * count, upload.rest.size());
    std::memcpy(to, upload.rest.data(), n);
    upload.rest.remove_prefix(n);
    return n;
}

bool begins(std::string_view line, std::string_view word) {
    if (line.size() < word.size()) return false;
    return std::equal(word.begin(), word.end(), line.begin(),
                      [](char a, char b) { return a == (b >= 'a' && b <= 'z' ? b - 32 : b); });
}

/// Follows the talk: which command the last answer was about.
struct Talk {
    Delivery& delivery;
    bool secret = false;  // what is said while logging in stays unsaid
    bool over = false;    // QUIT was said: "221 bye" is no answer to what came before

    void said(std::string_view line) {
        auto& stage = delivery.stage;
        const bool known = begins(line, "EHLO") || begins(line, "HELO") || begins(line, "STARTTLS") ||
                           begins(line, "AUTH") || begins(line, "MAIL FROM") || begins(line, "RCPT TO") ||
                           begins(line, "DATA") || begins(line, "QUIT");
        if (begins(line, "EHLO") || begins(line, "HELO")) stage = Stage::greeting;
        if (begins(line, "STARTTLS")) stage = Stage::tls;
        if (begins(line, "AUTH")) stage = Stage::login;
        if (begins(line, "MAIL FROM")) stage = Stage::sender;
        if (begins(line, "RCPT TO")) stage = Stage::recipient;
        if (begins(line, "DATA")) stage = Stage::content;
        if (begins(line, "QUIT")) over = true;
        if (known) secret = begins(line, "AUTH");
        note("> ", secret ? (known ? std::string_view{"AUTH •••"} : std::string_view{"•••"}) : line);
    }
    void heard(std::string_view line) {
        note("< ", line);
        if (over) return;
        if (line.size() >= 3 &&
            std::all_of(line.begin(), line.begin() + 3, [](char c) { return c >= '0' && c <= '9'; })) {
            delivery.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
            delivery.answer = line.size() > 4 ? std::string{line.substr(4)} : std::string{};
        }
    }
    void note(std::string_view mark, std::string_view line) {
        if (delivery.transcript.size() < 16'384) delivery.transcript += std::string{mark} + std::string{line} + "\n";
    }
};

int follow(CURL*, curl_infotype type, char* data, size_t size, void* to) {
    if (type != CURLINFO_HEADER_OUT && type != CURLINFO_HEADER_IN) return 0;
    auto& talk = *static_cast<Talk*>(to);
    std::string_view rest{data, size};
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        auto line = rest.substr(0, end);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (!line.empty()) type == CURLINFO_HEADER_OUT ? talk.said(line) : talk.heard(line);
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    return 0;
}

std::string problem_of(CURLcode code) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return "http.timeout";
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_USE_SSL_FAILED:
            return "http.tls";
        default:
            return "http.unreachable";
    }
}

bool is_loopback(std::string_view url) {
    const auto at = url.find("://");
    auto host = at == std::string_view::npos ? url : url.substr(at + 3);
    if (host.starts_with("[::1]")) return true;
    host = host.substr(0, host.find_first_of(":/"));
    return host == "127.0.0.1" || host == "localhost";
}

}  // namespace

Result<void> check_server(const MailServer& server) {
    if (!server.url.starts_with("smtp://") && !server.url.starts_with("smtps://"))
        return Error{ErrorKind::invalid, "mail.url",
                     "Địa chỉ máy chủ thư phải bắt đầu bằng smtp:// hoặc smtps://. Hãy sửa tệp cấu hình.",
                     "The mail server's address must begin with smtp:// or smtps://. Correct the settings."};
    if (server.plain && !is_loopback(server.url))
        return Error{ErrorKind::invalid, "mail.plain",
                     "Chỉ được gửi thư không mã hoá tới chính máy này. Hãy bỏ tls: none.",
                     "Without TLS only this machine itself may be spoken to. Take 'tls: none' out of the settings."};
    return Nothing{};
}

Delivery deliver(const MailServer& server, const std::string& from, const std::string& to, const std::string& mime) {
    Delivery out;
    const std::unique_ptr<CURL, Release> curl(curl_easy_init());
    if (!curl) throw std::bad_alloc();
    auto* c = curl.get();
    const std::string sender = "<" + from + ">", recipient = "<" + to + ">";
    const std::unique_ptr<curl_slist, Release> recipients(curl_slist_append(nullptr, recipient.c_str()));
    Upload upload{mime};
    Talk talk{out};
    curl_easy_setopt(c, CURLOPT_URL, server.url.c_str());
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(server.timeout.count()));
    curl_easy_setopt(c, CURLOPT_USE_SSL, static_cast<long>(server.plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(c, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!server.ca_file.empty()) curl_easy_setopt(c, CURLOPT_CAINFO, server.ca_file.c_str());
    if (!server.user.empty()) {
        curl_easy_setopt(c, CURLOPT_USERNAME, server.user.c_str());
        curl_easy_setopt(c, CURLOPT_PASSWORD, server.password.c_str());
    }
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, read_upload);
    curl_easy_setopt(c, CURLOPT_READDATA, &upload);
    curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mime.size()));
    curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, follow);
    curl_easy_setopt(c, CURLOPT_DEBUGDATA, &talk);
    const CURLcode code = curl_easy_perform(c);
    if (code == CURLE_OK) {
        out.stage = Stage::done;
        return out;
    }
    // The server's "no" is an answer, whatever libcurl calls it.
    if (out.code < 400) out.problem = problem_of(code);
    return out;
}

}  // namespace hl::notices
