// Handing a made message to its way out, and what the answer means.
#include "notices/notices.h"

namespace hl::notices {

namespace {

using connector::Reply;
using connector::Verdict;
using connector::Words;

Reply refused(std::string code, std::string datum, Words why) {
    Reply r;
    r.verdict = Verdict::refused;
    r.code = std::move(code);
    r.datum = std::move(datum);
    r.why = std::move(why);
    r.trouble = false;
    return r;
}

Reply accepted(std::string code = {}) {
    Reply r;
    r.verdict = Verdict::accepted;
    r.code = std::move(code);
    r.trouble = false;
    return r;
}

/// About this message, not the server: tried again at the bones' pace.
Reply again(std::string code, Words why) {
    Reply r;
    r.code = std::move(code);
    r.why = std::move(why);
    r.trouble = false;
    return r;
}

Words refused_by(std::string_view who_vi, std::string_view who_en, int code, std::string_view answer) {
    return {
        fmt::format("{} từ chối: {} {}. Hãy xem lại địa chỉ, rồi gửi lại để đi đường khác.", who_vi, code, answer),
        fmt::format("{} refuses: {} {}. Look at the address, then retry: it goes another way.", who_en, code, answer)};
}

/// A message must not repeat the address it was refused for: reasons are shown and not sealed.
std::string without(std::string text, const std::string& address) {
    for (size_t at = 0; !address.empty() && (at = text.find(address, at)) != std::string::npos; at += 3)
        text.replace(at, address.size(), "•••");
    return text.substr(0, 160);
}

}  // namespace

Reply Notices::resting(Way way, std::string code, Words why) {
    auto& breaker = breakers_.at(way);
    const Instant now = parts_.clock.now();
    breaker.bad(now);
    auto r = again(std::move(code), std::move(why));
    r.not_before = std::max(breaker.open_until(), now + settings_.pace.first_retry);
    return r;
}

void Notices::refuse_address(Way way, const std::string& address, const std::string& code) {
    // When this write fails the next message to the address is refused once more, and it is tried again.
    (void)parts_.store.write([&](store::Transaction& tx) -> Result<void> {
        mark_refused(tx, parts_.vault, way, address, code, parts_.clock.now());
        return Nothing{};
    });
}

Reply Notices::send(connector::Line& line, const connector::Message& message, std::string_view bytes) {
    const auto ready = ready_from(bytes);
    if (!ready)
        return refused("notices.damaged", "",
                       {"Tin đã lưu không đọc được. Hãy gửi lại để làm tin mới.",
                        "The stored message cannot be read. Retry: it is made anew."});
    const auto at = breakers_.find(ready->way);
    if (at == breakers_.end())
        return refused("notices.way_gone", "",
                       {"Kênh này không còn được khai. Hãy gửi lại để đi đường khác.",
                        "This way out is not configured any more. Retry: it goes another way."});
    const Instant now = parts_.clock.now();
    const auto book = parts_.store.read([&](store::Reader& reader) { return books_.present(reader); });
    if (!book.ok()) return again(book.error().code, {book.error().vi, book.error().en});
    if (const auto* rules = (*book)->rules_at(local_date(now)))
        if (const auto until = quiet_until(*rules, ready->way, now)) {
            auto r = again("notices.quiet", {"Đang giờ yên tĩnh; tin đi vào buổi sáng.",
                                             "These are quiet hours; it goes out in the morning."});
            r.not_before = *until;
            return r;
        }
    if (!at->second.admit(now)) {
        auto r = again("notices.way_rests", {"Kênh này đang lỗi, chờ thử lại.", "This way out is down and rests."});
        r.not_before = std::max(at->second.open_until(), now + std::chrono::seconds{1});
        return r;
    }
    if (ready->way == Way::mail) return by_mail(line, *ready);
    const auto* shape = (*book)->gateway(ready->way, local_date(now));
    if (!shape) {
        at->second.neither();
        return again("notices.no_gateway", {"Gói dữ liệu chưa mô tả cổng tin nhắn này (gateways).",
                                            "The pack does not describe this gateway (gateways)."});
    }
    return by_gateway(line, *shape, *ready, message.key);
}

Reply Notices::by_mail(connector::Line& line, const Ready& ready) {
    auto server = *settings_.mail;
    auto& breaker = breakers_.at(Way::mail);
    if (!server.user.empty()) {
        auto secret = connector::read_secret(settings_.mail_secret);
        if (!secret.ok()) return resting(Way::mail, secret.error().code, {secret.error().vi, secret.error().en});
        server.password = std::move(*secret);
        line.hide(server.password);
    }
    connector::Exchange e;
    e.operation = "SMTP";
    e.url = server.url;
    e.at = parts_.clock.now();
    const auto delivery = deliver(server, settings_.from, ready.to, ready.mime);
    e.took_ms = to_ms(parts_.clock.now()) - to_ms(e.at);
    e.status = delivery.code;
    e.problem = delivery.problem;
    e.request = ready.mime;
    e.response = delivery.transcript;
    line.note(std::move(e));

    if (delivery.stage == Stage::done) {
        breaker.good();
        return accepted(fmt::format("{}", delivery.code));
    }
    const auto code = fmt::format("smtp.{}", delivery.code);
    if (!delivery.problem.empty())
        return resting(Way::mail, delivery.problem,
                       {"Không nói chuyện được với máy chủ thư; sẽ thử lại.",
                        "The mail server cannot be talked to; it is tried again."});
    const auto words = refused_by("Máy chủ thư", "The mail server", delivery.code, without(delivery.answer, ready.to));
    const bool about_message = delivery.stage == Stage::recipient || delivery.stage == Stage::content;
    // Greeting, TLS, login or our own address: the server will not serve us at all.
    if (!about_message) return resting(Way::mail, code, words);
    breaker.good();
    if (delivery.code < 500) return again(code, words);
    if (delivery.stage == Stage::recipient) refuse_address(Way::mail, ready.to, code);
    return refused(code, delivery.stage == Stage::recipient ? "address" : "content", words);
}

Reply Notices::by_gateway(connector::Line& line, const GatewayShape& shape, const Ready& ready, const std::string& id) {
    auto place = settings_.gateways.at(ready.way);
    auto& breaker = breakers_.at(ready.way);
    if (const auto file = settings_.gateway_secrets.find(ready.way); file != settings_.gateway_secrets.end()) {
        auto secret = connector::read_secret(file->second);
        if (!secret.ok()) return resting(ready.way, secret.error().code, {secret.error().vi, secret.error().en});
        place.secret = std::move(*secret);
        line.hide(place.secret);
    }
    const auto answer = line.send(request_of(shape, place, {ready.to, ready.text, id}), to_string(ready.way));
    if (!answer.ok()) return resting(ready.way, answer.error().code, {answer.error().vi, answer.error().en});
    const auto understood = understand(shape, answer->status, answer->body);
    const auto told = without(understood.message, ready.to);
    switch (understood.meaning) {
        case Meaning::accepted:
        case Meaning::duplicate:  // the same id went through before: it has it
            breaker.good();
            return accepted(understood.code);
        case Meaning::bad_address:
            breaker.good();
            refuse_address(ready.way, ready.to, understood.code);
            return refused(understood.code, "address",
                           refused_by("Cổng tin nhắn", "The gateway", answer->status, told));
        case Meaning::refused:
            breaker.good();
            return refused(understood.code, "content",
                           refused_by("Cổng tin nhắn", "The gateway", answer->status, told));
        case Meaning::unclear:
            break;
    }
    if (answer->status >= 500 || answer->status == 401 || answer->status == 403 || answer->status == 429)
        return resting(ready.way, understood.code,
                       {fmt::format("Cổng tin nhắn đang không phục vụ (HTTP {}).", answer->status),
                        fmt::format("The gateway does not serve now (HTTP {}).", answer->status)});
    breaker.neither();
    return again(understood.code,
                 {"Cổng tin nhắn trả lời không theo mô tả; không coi là đã gửi.",
                  "The gateway's answer is not one that the pack knows; it is not taken for success."});
}

}  // namespace hl::notices
