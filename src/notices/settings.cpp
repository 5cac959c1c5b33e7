#include "notices/mail.h"
#include "notices/notices.h"

namespace hl::notices {

namespace {

Error wrong(std::string_view name, std::string_view vi, std::string_view en) {
    return {ErrorKind::invalid, "notices.settings", fmt::format("links.notices.{}: {}", name, vi),
            fmt::format("links.notices.{}: {}", name, en), std::string{name}};
}

}  // namespace

std::vector<Way> Settings::ways() const {
    std::vector<Way> out;
    if (mail) out.push_back(Way::mail);
    for (const auto& [way, place] : gateways) out.push_back(way);
    return out;
}

Result<Settings> settings_from(const connector::PartnerSettings& partner) {
    Settings out;
    out.pace = partner.pace;
    out.public_url = partner.extra("public_url");
    if (!out.public_url.starts_with("https://") && !out.public_url.starts_with("http://"))
        return wrong("public_url", "cần địa chỉ của Cổng mà người dân mở được, bắt đầu bằng https://",
                     "wants the address of the portal that people can open, beginning with https://");
    while (out.public_url.ends_with('/')) out.public_url.pop_back();
    if (partner.url.starts_with("smtp")) {
        MailServer mail;
        mail.url = partner.url;
        mail.user = partner.user;
        mail.ca_file = partner.ca_file.string();
        mail.plain = partner.extra("tls") == "none";
        mail.timeout = partner.pace.timeout;
        TRY_VOID(check_server(mail));
        out.mail = std::move(mail);
        out.mail_secret = partner.secret_file;
        out.from = partner.extra("from");
        out.from_name = partner.extra("from_name");
        if (!is_mail_address(out.from))
            return wrong("from", "cần địa chỉ thư gửi đi", "wants the address that mails come from");
    }
    for (const auto way : {Way::sms, Way::zalo}) {
        const std::string word{to_string(way)};
        const auto url = partner.extra(word + "_url");
        if (url.empty()) continue;
        if (!url.starts_with("https://") && !url.starts_with("http://127.0.0.1") &&
            !url.starts_with("http://localhost"))
            return wrong(word + "_url", "phải bắt đầu bằng https://", "must begin with https://");
        out.gateways[way] = {url, partner.extra(word + "_brand"), "", partner.ca_file.string(), partner.pace.timeout};
        const auto secret = partner.secret_files.find(word);
        if (secret != partner.secret_files.end()) out.gateway_secrets[way] = secret->second;
    }
    if (out.ways().empty())
        return wrong("url", "cần máy chủ thư (smtp…) hoặc sms_url, zalo_url",
                     "wants a mail server, sms_url or zalo_url");
    return out;
}

}  // namespace hl::notices
