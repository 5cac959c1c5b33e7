// Mails as bytes, templates and gateways as data, quiet hours: pure.
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/text.h"
#include "notices/bounce.h"
#include "notices/notices.h"
#include "smtp_double.h"

namespace hl::notices {
namespace {

Instant at(int day, int hour, int minute = 0) {
    return at_local(Date{std::chrono::year{2026} / 11 / static_cast<unsigned>(day)}, hour, minute);
}

Mail example() {
    Mail m;
    m.from_name = "Bộ phận một cửa";
    m.from = "mot-cua@tinh.example";
    m.to = "a@thu.example";
    m.subject = "Hồ sơ H50.12-261117-0001 đã được tiếp nhận tại Bộ phận một cửa của Ủy ban nhân dân phường Đông Hà";
    m.text = "Dòng một <b>.\n\nDòng hai & ba.";
    m.id = "abc@tinh.example";
    m.language = "vi";
    m.unsubscribe = "https://dvc.example/x?token=1";
    m.unsubscribe_words = "Không nhận tin nữa";
    m.at = at(17, 9, 5);
    return m;
}

TEST(Mail, IsTheSameBytesEveryTimeAndOnlyAscii) {
    const auto bytes = to_mime(example());
    EXPECT_EQ(bytes, to_mime(example()));
    for (const char c : bytes) ASSERT_GE(static_cast<signed char>(c), 0);
    size_t from = 0;
    for (size_t end; (end = bytes.find("\r\n", from)) != std::string::npos; from = end + 2) ASSERT_LE(end - from, 78u);
    EXPECT_NE(bytes.find("Date: Tue, 17 Nov 2026 09:05:00 +0700\r\n"), std::string::npos);
    EXPECT_NE(bytes.find("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), std::string::npos);
}

TEST(Mail, AHeaderIsCutBetweenLettersOnly) {
    const auto words = encoded_words(example().subject);
    std::string back;
    for (const auto& piece : text::split(words, '\n')) {
        const auto open = piece.find("?B?"), close = piece.rfind("?=");
        ASSERT_NE(open, std::string::npos);
        const auto bytes = crypto::from_base64(piece.substr(open + 3, close - open - 3));
        ASSERT_TRUE(bytes && text::is_valid_utf8(*bytes));
        back += *bytes;
    }
    EXPECT_EQ(back, example().subject);
}

TEST(Mail, NoTextBecomesAHeaderOrAnElement) {
    auto m = example();
    m.subject = "a\r\nBcc: x@y.example";
    EXPECT_EQ(to_mime(m).find("\nBcc:"), std::string::npos);
    EXPECT_EQ(html_of(example()).find("<b>"), std::string::npos);
    EXPECT_NE(html_of(example()).find("&lt;b&gt;"), std::string::npos);
    EXPECT_FALSE(is_mail_address("a@b.example\r\nRCPT TO:<c@d.example>"));
    EXPECT_FALSE(is_mail_address("<a@b.example>"));
    EXPECT_FALSE(is_mail_address("a b@c.example"));
    EXPECT_FALSE(is_mail_address("a@@c.example"));
    EXPECT_TRUE(is_mail_address("nguyen.van+tag@thu.example"));
}

TEST(Quiet, HoursOverMidnightEndInTheMorning) {
    Rules r;
    r.quiet_ways = {Way::sms};
    EXPECT_FALSE(quiet_until(r, Way::sms, at(17, 20, 59)));
    EXPECT_EQ(quiet_until(r, Way::sms, at(17, 21)), at(18, 7));
    EXPECT_EQ(quiet_until(r, Way::sms, at(18, 6, 59)), at(18, 7));
    EXPECT_FALSE(quiet_until(r, Way::sms, at(18, 7)));
    EXPECT_FALSE(quiet_until(r, Way::mail, at(18, 3)));
}

TEST(Keys, GoIntoAMessageIdAndBack) {
    const auto key = key_of({"000.00.12.H50-261117-0001", "received", 42});
    const auto id = message_id(key, "mot-cua@tinh.example");
    EXPECT_TRUE(id.ends_with("@tinh.example"));
    EXPECT_EQ(key_in_message_id(id), key);
    EXPECT_FALSE(key_in_message_id("abc@tinh.example"));
    EXPECT_FALSE(parse_key("a/received/x"));
    EXPECT_FALSE(parse_key("a/unknown/1"));
    EXPECT_FALSE(parse_key("/received/1"));
}

TEST(Briefs, LettersLoseTheirMarksAndNothingElse) {
    EXPECT_EQ(plain_letters("Hồ sơ ĐÃ được – xong, 100%"), "Ho so DA duoc - xong, 100%");
    EXPECT_TRUE(takes_briefs("+84912345678"));
    EXPECT_FALSE(takes_briefs("+842333851234"));
    EXPECT_FALSE(takes_briefs("0912345678"));
    GatewayShape g;
    g.phone = "national";
    EXPECT_EQ(phone_for(g, "+84912345678"), "0912345678");
}

std::vector<Error> mistakes(const std::string& text) {
    Book book;
    std::vector<Error> errors;
    read_book_file(text, "t.yaml", book, errors);
    check_book(book, errors);
    return errors;
}
bool has(const std::vector<Error>& errors, std::string_view code, std::string_view place) {
    for (const auto& e : errors)
        if (e.code == code && e.at == place) return true;
    return false;
}

TEST(PackCheck, AShortMessageMayNotNameTheMatter) {
    const auto errors = mistakes(R"(templates:
  - kind: received
    valid: {from: 2026-01-01}
    vi: {subject: "x {code}", mail: "{code} {procedure}", brief: "{code} {procedure}"}
    en: {subject: "x {procedure}", mail: "{code}", brief: "{code}"}
)");
    EXPECT_TRUE(has(errors, "notices.name", "t.yaml:4"));
    EXPECT_TRUE(has(errors, "notices.name", "t.yaml:5"));
    EXPECT_TRUE(has(errors, "notices.no_rules", "t.yaml"));
}

TEST(PackCheck, EveryMistakeHasItsLine) {
    const auto errors = mistakes(R"(rules:
  - id: a
    valid: {from: 2026-02-01, to: 2026-01-01}
    quiet: {from: "25:00", to: "7", ways: [pigeon]}
    order: []
gateways:
  - way: mail
    valid: {from: 2026-01-01}
    body: {to: "{name}"}
    answer: {accepted: []}
)");
    EXPECT_TRUE(has(errors, "notices.valid", "t.yaml:3"));
    EXPECT_TRUE(has(errors, "notices.time", "t.yaml:4"));
    EXPECT_TRUE(has(errors, "notices.way", "t.yaml:4"));
    EXPECT_TRUE(has(errors, "notices.way", "t.yaml:7"));
    EXPECT_TRUE(has(errors, "notices.name", "t.yaml:9"));
    EXPECT_TRUE(has(errors, "notices.answer", "t.yaml:10"));
}

TEST(Gateway, TextIsNeverMoreThanText) {
    GatewayShape g;
    g.body = json::object{{"to", "{phone}"}, {"text", "{text}"}};
    const Brief brief{"+84912345678", "a\",\"to\":\"x {phone}", "id"};
    const auto request = request_of(g, {"https://g.example", "", "", "", {}}, brief);
    const auto body = parse_json(request.body);
    ASSERT_TRUE(body.ok());
    EXPECT_EQ(body->at("text").as_string(), brief.text);
    g.content_type = "application/x-www-form-urlencoded";
    EXPECT_EQ(request_of(g, {"https://g.example", "", "", "", {}}, {"+84912345678", "a&b=c d", "id"}).body,
              "to=%2B84912345678&text=a%26b%3Dc%20d");
}

TEST(Smtp, IsNotSpokenToWithoutTls) {
    test::SmtpDouble server;
    MailServer s;
    s.url = server.url();
    s.timeout = std::chrono::milliseconds{500};
    const auto d = deliver(s, "a@b.example", "c@d.example", "x");
    EXPECT_NE(d.stage, Stage::done);
    EXPECT_EQ(d.problem, "http.tls");
    EXPECT_TRUE(server.taken().empty());
    EXPECT_EQ(server.said().find("MAIL"), std::string::npos) << "no address leaves in the clear";
    s.plain = true;
    EXPECT_TRUE(check_server(s).ok());
    s.url = "smtp://mail.example";
    EXPECT_FALSE(check_server(s).ok());
}

TEST(Smtp, APasswordIsNeverTakenDown) {
    test::SmtpDouble server;
    server.login = true;
    MailServer s;
    s.url = server.url();
    s.plain = true;
    s.user = "nguoi-gui";
    s.password = "mat-khau-bi-mat";
    const auto d = deliver(s, "a@b.example", "c@d.example", "Subject: x\r\n\r\nx\r\n");
    EXPECT_EQ(d.stage, Stage::done) << d.transcript;
    EXPECT_EQ(d.transcript.find(crypto::to_base64(std::string("\0nguoi-gui\0mat-khau-bi-mat", 26))), std::string::npos);
    EXPECT_NE(d.transcript.find("AUTH •••"), std::string::npos) << d.transcript;
}

TEST(Reports, OnlyAFailureAboutOurOwnMailIsOne) {
    EXPECT_FALSE(parse_report("").ok());
    EXPECT_FALSE(parse_report("Action: failed\nStatus: 5.1.1\nMessage-ID: <a@b>\n").ok());
    const auto id = message_id("H50-261117-0001/received/1", "m@t.example");
    EXPECT_FALSE(parse_report("Action: delayed\nStatus: 4.4.1\nMessage-ID: <" + id + ">\n").ok());
    EXPECT_TRUE(parse_report("Action: failed\nStatus: 4.4.7\nMessage-ID: <" + id + ">\n").ok());
}

}  // namespace
}  // namespace hl::notices
