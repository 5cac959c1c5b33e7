#include "exchange/gateway/messages.h"

#include "base/crypto.h"
#include "exchange/gateway/loop.h"

namespace hl::exchange::gateway {

namespace {

std::string_view side_of(const LogEntry& entry) {
    return entry.side == Side::client ? client_proxy : server_proxy;
}

Error verification_failed(std::string_view side, std::string_view code, std::string text) {
    return carried(
        {fmt::format("{}.signature_verification.{}", side, code), std::move(text), {}, side == server_proxy});
}

void sign(BatchSigner& signer, std::vector<SignedPart> parts, BatchSigner::Done done) {
    if (auto* loop = Loop::here())
        loop->at_rest().sign(signer, std::move(parts), std::move(done));
    else
        signer.sign(std::move(parts), std::move(done));
}

/// On a loop's thread somebody waits for it together with all others of this turn.
void hurry(MessageLog& log) {
    if (auto* loop = Loop::here())
        loop->at_rest().hurry(log);
    else
        log.hurry();
}

std::shared_ptr<PendingRecord> append(MessageLog& log, LogEntry entry, bool somebody_waits) {
    auto pending = std::make_shared<PendingRecord>(somebody_waits ? nullptr : &log);
    const auto done = [pending](Result<RecordNumber> n) { pending->set(std::move(n)); };
    if (!somebody_waits) {
        log.append_soon(std::move(entry), done);
    } else {
        log.append_until_hurry(std::move(entry), done);
        hurry(log);
    }
    return pending;
}

Awaitable<Result<void>> wait_for(std::shared_ptr<PendingRecord>& record, std::string_view side) {
    if (!record) co_return Nothing{};
    const auto written = co_await record->written(side);
    record.reset();
    co_return written;
}

}  // namespace

void PendingRecord::set(Result<RecordNumber> number) {
    std::function<void(Result<RecordNumber>)> waits;
    {
        const std::scoped_lock lock(mutex_);
        result_ = number;
        waits.swap(waiting_);
    }
    if (waits) waits(std::move(number));
}

void PendingRecord::when(std::function<void(Result<RecordNumber>)> ready) {
    bool there = false;
    {
        const std::scoped_lock lock(mutex_);
        there = result_.has_value();
        if (!there) waiting_ = std::move(ready);
    }
    if (there)
        ready(*result_);
    else if (soon_ != nullptr)
        hurry(*soon_);
}

Awaitable<Result<void>> PendingRecord::written(std::string_view side) {
    const auto number = co_await called_back<Result<RecordNumber>>([this](auto done) { when(std::move(done)); });
    if (!number.ok()) co_return carried(fault_for(number.error(), side));
    co_return Nothing{};
}

OutgoingMessage::OutgoingMessage(Core& core, LogEntry entry, std::unique_ptr<PlainSource> body, BodyPolicy policy)
    : core_(core),
      entry_(std::move(entry)),
      body_(std::move(body)),
      record_(core.log, policy),
      message_digest_(sha512(entry_.message)) {}

Awaitable<Result<Piece>> OutgoingMessage::next() {
    if (ended_ || !body_) {
        if (!std::exchange(ended_, true)) entry_.bodies = record_.finish();
        co_return Piece{};
    }
    auto piece = co_await body_->next();
    if (!piece.ok()) {
        CO_TRY_VOID(co_await request_logged());
        co_return piece;
    }
    if (piece->kind == Piece::Kind::part) record_.begin_part();
    if (piece->kind == Piece::Kind::bytes) {
        const auto recorded = co_await record_.add(piece->bytes);
        if (!recorded.ok()) co_return recorded.error();
        if (before_ && static_cast<size_t>(record_.bytes()) > core_.settings.hold)
            CO_TRY_VOID(co_await request_logged());
    }
    if (piece->kind == Piece::Kind::end) {
        ended_ = true;
        entry_.bodies = record_.finish();
    }
    co_return piece;
}

Awaitable<Result<MessageSignature>> OutgoingMessage::signature() {
    auto made = co_await signed_and_logged();
    // Also when it could not be signed: the fault is an answer, too.
    CO_TRY_VOID(co_await request_logged());
    co_return made;
}

Awaitable<Result<MessageSignature>> OutgoingMessage::signed_and_logged() {
    const ClientId& speaker = entry_.direction == Direction::request ? entry_.client : entry_.service.provider;
    const auto signer = core_.signer_of(speaker.member());
    if (!signer.ok()) co_return carried(fault_for(signer.error(), side_of(entry_)));
    auto parts = record_.parts(message_digest_);
    auto made = co_await called_back<Result<MessageSignature>>(
        [&](auto done) { sign(*signer.value().signer, std::move(parts), std::move(done)); });
    if (!made.ok()) {
        auto fault = fault_for(made.error(), side_of(entry_));
        const bool named = fault.code.ends_with("token_not_available");
        if (!named) fault.code = fmt::format("{}.cannot_sign", side_of(entry_));
        co_return carried(std::move(fault));
    }
    entry_.at = core_.clock.now();
    entry_.signature = *made;
    entry_.signer_sha256 = signer.value().certificate_sha256;
    const auto side = side_of(entry_);
    // Nothing is answered yet: what waits for this record is the answer, not the message. A log that has trouble, or
    // soon may have, is asked first, so that nothing is carried out whose record cannot be written.
    const bool waits = entry_.side != Side::client || !core_.log.roomy();
    const bool rest = entry_.rest;  // the head of a SOAP answer goes before its end is looked for
    const auto record = append(core_.log, std::move(entry_), waits || !rest);
    if (waits)
        CO_TRY_VOID(co_await record->written(side));
    else
        appended_ = record;
    co_return made;
}

Awaitable<Result<void>> OutgoingMessage::logged() {
    co_return co_await wait_for(appended_, client_proxy);
}

Awaitable<Result<void>> OutgoingMessage::request_logged() {
    co_return co_await wait_for(before_, side_of(entry_));
}

IncomingMessage::IncomingMessage(Core& core, std::shared_ptr<const Knowledge> knowledge, LogEntry entry,
                                 SignedSource& source, Expected expected, BodyPolicy policy)
    : core_(core),
      knowledge_(std::move(knowledge)),
      entry_(std::move(entry)),
      source_(source),
      expected_(std::move(expected)),
      record_(core.log, policy),
      message_digest_(sha512(entry_.message)) {}

Awaitable<Result<Piece>> IncomingMessage::next() {
    if (ended_) co_return Piece{};
    auto piece = co_await source_.next();
    if (!piece.ok()) co_return piece;
    if (piece->kind == Piece::Kind::part) record_.begin_part();
    if (piece->kind == Piece::Kind::bytes) {
        const auto recorded = co_await record_.add(piece->bytes);
        if (!recorded.ok()) co_return recorded.error();
        if (before_ && static_cast<size_t>(record_.bytes()) > core_.settings.hold)
            CO_TRY_VOID(co_await request_logged());
    }
    if (piece->kind == Piece::Kind::end) {
        const auto verified = co_await verify_and_log();
        if (!verified.ok()) co_return verified.error();
        CO_TRY_VOID(co_await request_logged());
        ended_ = true;
    }
    co_return piece;
}

Awaitable<Result<void>> IncomingMessage::request_logged() {
    co_return co_await wait_for(before_, side_of(entry_));
}

Awaitable<Result<void>> IncomingMessage::verify_and_log() {
    const auto side = side_of(entry_);
    auto signature = co_await source_.signature();
    if (!signature.ok()) co_return carried(fault_for(signature.error(), side));
    entry_.bodies = record_.finish();
    const auto now = core_.clock.now();
    const auto text = [](const std::shared_ptr<const std::string>& s) {
        return s ? std::string_view(*s) : std::string_view{};
    };
    const auto signer = core_.verifier.verify(*signature, record_.parts(message_digest_), now);
    if (!signer.ok()) {
        auto fault = fault_for(signer.error(), side);
        // What looks stale or not yet good may be right, and the clock wrong.
        if (signer.error().code == "exchange.ocsp" || signer.error().code == "exchange.chain")
            fault.text += fmt::format(" This gateway's clock says {}; check both gateways' clocks.", to_rfc3339(now));
        co_return carried(std::move(fault));
    }
    if (!knowledge_->signs_for(signer.value().certificate_sha256, expected_.signer))
        co_return verification_failed(
            side, "incorrect_certificate",
            fmt::format(
                "The message of {} is signed with a certificate that is not registered for its member ({}). The "
                "member must register its signing certificate.",
                to_text(expected_.signer), signer.value().subject));
    if (expected_.request) {
        using Verdict = ReplayMemory::Verdict;
        // A SOAP message's request id is not signed: its signature itself is what must not come twice.
        std::string once = entry_.request_id;
        if (!entry_.rest)
            once =
                crypto::to_hex(crypto::sha256(text(signature->xml), text(signature->chain_result), signature->chain));
        const auto verdict = core_.replay.take(once, signer.value().certificate_sha256, signer.value().signed_at, now);
        if (verdict == Verdict::seen)
            co_return carried(
                {fmt::format("{}.invalid_request", side),
                 fmt::format("A request with the id '{}' was received before: it may have been recorded and "
                             "sent again. Send every request with an id of its own.",
                             entry_.request_id),
                 {},
                 side == server_proxy});
        if (verdict != Verdict::fresh)
            co_return verification_failed(
                side, "invalid_signature_value",
                fmt::format(
                    "The message was signed at {}, too far from this gateway's time {}. Check the clocks of both "
                    "gateways.",
                    to_rfc3339(signer.value().signed_at), to_rfc3339(now)));
    }
    entry_.at = now;
    entry_.signature = std::move(*signature);
    entry_.signer_sha256 = signer.value().certificate_sha256;
    // As with a client's message: what is carried out when its record cannot be written must be harmless, and a log
    // that has trouble is asked first.
    const bool waits = !expected_.safe || !core_.log.roomy();
    const auto record = append(core_.log, std::move(entry_), waits);
    if (waits)
        CO_TRY_VOID(co_await record->written(side));
    else
        pending_ = record;
    co_return Nothing{};
}

}  // namespace hl::exchange::gateway
