// Handing one mail to the province's mail server (SMTP over libcurl). TLS is verified; without TLS only this machine's
// own loopback is spoken to, and only when the settings say so. Blocking; any thread.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace hl::notices {

struct MailServer {
    std::string url;  // "smtps://mail.example:465", "smtp://mail.example:587" (STARTTLS)
    std::string user, password, ca_file;
    bool plain = false;  // loopback only
    std::chrono::milliseconds timeout{20'000};
};
/// Errors: mail.url (not smtp/smtps), mail.plain (plain to another machine).
[[nodiscard]] Result<void> check_server(const MailServer& server);

/// How far the talk came: what the last answer was about.
enum class Stage { connect, greeting, tls, login, sender, recipient, content, done };
struct Delivery {
    Stage stage = Stage::connect;
    int code = 0;            // the server's last answer, 0: none
    std::string answer;      // its text
    std::string problem;     // http.timeout, http.tls, http.unreachable: nobody answered
    std::string transcript;  // both sides' lines without credentials and without the mail
};
[[nodiscard]] Delivery deliver(const MailServer& server, const std::string& from, const std::string& to,
                               const std::string& mime);

}  // namespace hl::notices
