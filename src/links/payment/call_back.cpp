// The platform's call-back. Whoever calls is known by the signature alone; what is unsigned changes nothing and is not
// kept. The answer leaves after the commit: a platform that did not hear it says it again and is answered alike.
#include "base/log.h"
#include "links/connector/journal.h"
#include "links/payment/partner.h"

namespace hl::payment {

namespace {

constexpr size_t longest_body = 64u << 10;

}  // namespace

Partner::Answered Partner::call_back(std::string_view body, Instant now) {
    const auto partner = parts_.settings.extra("partner");
    const auto profile = this->profile(now);
    const auto key = secret();
    if (!profile.ok() || !key.ok()) {
        log::error("payment", "a call-back cannot be checked",
                   {{"code", profile.ok() ? key.error().code : profile.error().code}});
        return {503, {}, {}};
    }
    const auto answer = [&](int status, const char* code, std::string_view words, std::optional<Settled> settled) {
        return Answered{status, make_answer(**profile, code, words, partner, now, *key), std::move(settled)};
    };
    if (body.size() > longest_body) return answer(413, "malformed", "Ban tin qua dai", {});
    const auto notice = parse_notice(body);
    if (!notice.ok()) return answer(400, "malformed", "Ban tin sai o " + notice.error().at, {});
    if (const auto good = check_signature(notice->message, (*profile)->hash_confirm, *key);
        !good.ok() || notice->partner != partner) {
        log::warning("payment", "a call-back was not signed by the platform", {{"reference", notice->reference}});
        return answer(403, "signature", "Ma xac thuc khong dung", {});
    }
    const auto ctx = parts_.context();
    const auto settled = parts_.store.write([&](store::Transaction& tx) -> Result<Settled> {
        TRY(auto done, settle(tx, ctx, **profile, *notice, "callback", now));
        connector::JournalEntry entry;
        entry.key = notice->reference;
        if (done.payment) entry.subject = done.payment->subject;
        entry.verdict = std::string{to_string(done.outcome)};
        entry.code = notice->code;
        entry.exchange.operation = (*profile)->message("confirm");
        entry.exchange.url = "(call-back)";
        entry.exchange.at = now;
        entry.exchange.status = 200;
        entry.exchange.request = std::string{body};
        TRY_VOID(connector::write_journal(tx, *ctx.vault, "payment", entry));
        return done;
    });
    if (!settled.ok()) {
        log::error("payment", "a call-back could not be written down",
                   {{"reference", notice->reference}, {"code", settled.error().code}});
        return answer(503, "later", "Thu lai sau", {});
    }
    switch (settled->outcome) {
        case Outcome::unknown:
            return answer(200, "unknown", "Khong co ma tham chieu nay", *settled);
        case Outcome::held:
            return answer(200, "held", "Da ghi nhan, cho doi chieu", *settled);
        default:
            return answer(200, "accepted", "Thanh cong", *settled);
    }
}

}  // namespace hl::payment
