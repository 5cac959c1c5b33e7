#include "links/payment/partner.h"

#include <algorithm>

#include "links/payment/events.h"

namespace hl::payment {

using connector::Built;
using connector::Held;
using connector::Reply;
using connector::Verdict;

namespace {

constexpr int asked_at_once = 200;

Reply later(const Error& e) {
    return {Verdict::again, e.code, "", {e.vi, e.en}, true};
}

http::ClientRequest post(const connector::PartnerSettings& settings, const std::string& path, std::string body) {
    http::ClientRequest r;
    r.method = "POST";
    r.url = settings.url + path;
    r.headers = {{"Content-Type", "application/json; charset=utf-8"}, {"Accept", "application/json"}};
    r.body = std::move(body);
    r.timeout = settings.pace.timeout;
    r.max_response = 8u << 20;
    r.ca_file = settings.ca_file.string();
    return r;
}

/// An answer that is none: the platform serves nobody just now, or will not have the message.
std::optional<Reply> no_answer(const Result<http::Response>& answer) {
    if (!answer.ok()) return later(answer.error());
    if (answer->status == 200) return std::nullopt;
    const auto code = fmt::format("http.{}", answer->status);
    if (answer->status == 400 || answer->status == 422)
        return Reply{Verdict::refused,
                     code,
                     "",
                     {"Nền tảng thanh toán không nhận bản tin.", "The payment platform refuses the message."},
                     false};
    return Reply{Verdict::again,
                 code,
                 "",
                 {"Nền tảng thanh toán chưa phục vụ được.", "The payment platform does not serve just now."},
                 true};
}

bool among(const std::vector<std::string>& codes, const std::string& code) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

Result<void> Partner::wants(store::Reader&, const store::StoredEvent& event, std::vector<connector::Wanted>& out) {
    if (event.type != events::opened && event.type != events::confirmed) return Nothing{};
    const auto* reference = event.data.if_contains("reference");
    if (!reference || !reference->is_string())
        return Error{ErrorKind::internal, "event.damaged", "Sự kiện thanh toán không đọc được.",
                     "The payment's event cannot be read."};
    connector::Wanted w;
    w.key = std::string{reference->get_string()};
    w.kind = event.type == events::opened ? "init" : "receipt";
    w.stream = event.stream;
    w.snapshot = false;
    out.push_back(std::move(w));
    return Nothing{};
}

Result<connector::Building> Partner::build(store::Reader& reader, const connector::Message& message, Instant now) {
    const auto p = rows::find(reader, message.key);
    if (!p) return connector::Building{connector::Unneeded{}};
    TRY(const auto profile, this->profile(reader, now));
    const auto key = secret();
    if (!key.ok()) return connector::Building{Held{key.error().code, "MaXacThuc", {key.error().vi, key.error().en}}};
    if (message.kind == "init") {
        if (!is_waiting(*p) || p->expires_at <= now) return connector::Building{connector::Unneeded{}};
        return build_init(reader, *p, *profile, *key, now);
    }
    if (p->state != PaymentState::paid) return connector::Building{connector::Unneeded{}};
    TRY(auto question, make_question(*profile, "bill", parts_.settings.extra("partner"), p->reference, now, *key));
    Built built;
    built.bytes = json::serialize(question);
    built.subject = p->subject;
    built.facts = {{"MaGiaoDich", p->transaction}, {"SoTien", p->amount}, {"MaTienTe", profile->currency}};
    built.mapping = profile->hash;
    return connector::Building{std::move(built)};
}

Reply Partner::send(connector::Line& line, const connector::Message& message, std::string_view bytes) {
    const auto profile = this->profile(parts_.clock.now());
    if (!profile.ok()) return later(profile.error());
    return message.kind == "init" ? send_init(line, message, bytes, **profile)
                                  : take_receipt(line, message, bytes, **profile);
}

Reply Partner::send_init(connector::Line& line, const connector::Message& message, std::string_view bytes,
                         const Profile& profile) {
    const auto answer = line.send(post(parts_.settings, profile.path("init"), std::string{bytes}), "INIT");
    if (auto none = no_answer(answer)) return *none;
    const auto reply = parse_init_reply(answer->body, profile);
    if (!reply.ok()) return later(reply.error());
    if (among(profile.exists, reply->code))
        return {Verdict::refused,
                "payment.reference_used",
                "MaThamChieu",
                {"Nền tảng báo mã tham chiếu đã dùng mà không cho trang thanh toán. Hãy mở thanh toán mới.",
                 "The platform says that the reference is used and gives no page. Begin another payment."},
                false};
    if (!among(profile.good, reply->code))
        return {Verdict::refused,
                reply->code,
                "",
                {"Nền tảng từ chối: " + reply->said, "The platform refuses: " + reply->said},
                false};
    if (!is_fit_url(reply->url, parts_.settings.extra("pay_host")))
        return {Verdict::again,
                "payment.url_wrong",
                "UrlThanhToan",
                {"Địa chỉ trang thanh toán nền tảng trả về không dùng được.",
                 "The address of the page that the platform gave cannot be used."},
                true};
    const auto kept = parts_.store.write(
        [&](store::Transaction& tx) { return offer(tx, profile, message.key, reply->url, parts_.clock.now()); });
    if (!kept.ok()) return {Verdict::again, kept.error().code, "", {kept.error().vi, kept.error().en}, false};
    return {Verdict::accepted, reply->code, "", {}, false};
}

Reply Partner::take_receipt(connector::Line& line, const connector::Message& message, std::string_view bytes,
                            const Profile& profile) {
    const auto answer = line.send(post(parts_.settings, profile.path("bill"), std::string{bytes}), "GET_BILL");
    if (auto none = no_answer(answer)) return *none;
    if (!answer->body.starts_with("%PDF-"))
        return {Verdict::again,
                "payment.no_receipt",
                "",
                {"Nền tảng chưa có biên lai.", "The platform has no receipt yet."},
                false};
    const auto kept = parts_.store.write([&](store::Transaction& tx) -> Result<void> {
        const auto p = rows::find(tx, message.key);
        if (!p) return unknown_reference();
        if (p->has_receipt) return Nothing{};
        TRY(const auto sealed, parts_.context().vault->seal(tx, p->subject, "payment.receipt", answer->body));
        rows::keep_receipt(tx, p->reference, sealed, parts_.clock.now());
        tx.append(
            {std::string{events::receipt}, 1, events::stream_of(p->reference), "system:payment", parts_.clock.now(),
             json::object{
                 {"reference", p->reference},
                 {"digest", crypto::to_hex(crypto::hmac_sha256(parts_.context().vault->blob_key(), answer->body))}}});
        return Nothing{};
    });
    if (!kept.ok()) return {Verdict::again, kept.error().code, "", {kept.error().vi, kept.error().en}, false};
    return {Verdict::accepted, "", "", {}, false};
}

std::string Partner::page_of(const std::string& key) const {
    const auto p = parts_.store.read(
        [&](store::Reader& reader) -> Result<std::optional<Payment>> { return rows::find(reader, key); });
    return p.ok() && *p ? "/desk/dossiers/" + (*p)->code.value : std::string{};
}

// --- Asking
// -----------------------------------------------------------------------------------------------------------

Result<std::optional<Notice>> Partner::ask(connector::Line& line, const std::string& reference) {
    const Instant now = parts_.clock.now();
    TRY(const auto profile, this->profile(now));
    TRY(const auto key, secret());
    TRY(const auto question, make_question(*profile, "query", parts_.settings.extra("partner"), reference, now, key));
    auto answer = line.send(post(parts_.settings, profile->path("query"), json::serialize(question)), "QUERY");
    if (auto none = no_answer(answer)) return Error{ErrorKind::unavailable, none->code, none->why.vi, none->why.en};
    TRY(auto notice, parse_notice(answer->body));
    if (notice.reference != reference || notice.partner != parts_.settings.extra("partner"))
        return Error{ErrorKind::unavailable, "payment.other_reference", "Nền tảng trả lời về một mã tham chiếu khác.",
                     "The platform answered about another reference."};
    if (among(profile->unknown, notice.code)) return std::optional<Notice>{};
    if (!among(profile->pending, notice.code)) TRY_VOID(check_signature(notice.message, profile->hash_confirm, key));
    return std::optional{std::move(notice)};
}

Result<std::optional<json::object>> Partner::look_up(connector::Line& line, const std::string& reference) {
    TRY(const auto notice, ask(line, reference));
    if (!notice) return std::optional<json::object>{};
    const Instant now = parts_.clock.now();
    TRY(const auto profile, this->profile(now));
    const auto ctx = parts_.context();
    TRY(const auto settled,
        parts_.store.write([&](store::Transaction& tx) { return settle(tx, ctx, *profile, *notice, "query", now); }));
    (void)settled;
    json::object facts;
    if (!notice->amount_text.empty()) facts["SoTien"] = notice->amount;
    if (!notice->currency.empty()) facts["MaTienTe"] = notice->currency;
    if (!notice->transaction.empty()) facts["MaGiaoDich"] = notice->transaction;
    return std::optional{std::move(facts)};
}

Result<json::object> Partner::ask_due(connector::Line& line, Instant now) {
    TRY(const auto due, parts_.store.read([&](store::Reader& reader) -> Result<std::vector<Payment>> {
        return rows::to_ask(reader, now, asked_at_once);
    }));
    TRY(const auto profile, this->profile(now));
    const auto ctx = parts_.context();
    std::map<std::string, int64_t> counts;
    std::optional<Error> problem;
    for (const auto& p : due) {
        const auto notice = ask(line, p.reference);
        if (!notice.ok()) {
            // The next one would wait as long: it is asked in the next round.
            problem = notice.error();
            break;
        }
        TRY(const auto outcome, parts_.store.write([&](store::Transaction& tx) -> Result<Outcome> {
            if (*notice) {
                TRY(const auto settled, settle(tx, ctx, *profile, **notice, "query", now));
                return settled.outcome;
            }
            TRY_VOID(still_waiting(tx, *profile, p.reference, now));
            return Outcome::unknown;
        }));
        ++counts[std::string{to_string(outcome)}];
    }
    if (problem && counts.empty()) return *problem;
    json::object report{{"due", due.size()}};
    for (const auto& [word, n] : counts) report[word] = n;
    if (problem) report["problem"] = problem->code;
    return report;
}

std::vector<connector::Task> Partner::tasks() {
    connector::Task query;
    query.name = "query";
    query.title = {"Hỏi lại các khoản chưa có xác nhận", "Ask about payments without a confirmation"};
    query.every = std::chrono::seconds{60};
    query.run = [this](connector::Line& line, Instant now) { return ask_due(line, now); };
    return {query};
}

}  // namespace hl::payment
