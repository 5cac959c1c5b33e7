// Messages, stamps and erasures read back and made.
#include "base/files.h"
#include "exchange/log/bytes.h"
#include "exchange/log/log_errors.h"
#include "exchange/log/log_state.h"

namespace hl::exchange {

using namespace journal;
namespace fs = std::filesystem;

Result<MessageRecord> MessageLog::State::message_record(RecordNumber number, FrameHead* head) const {
    TRY(auto frame, segments.read(number));
    if (frame.head.kind != Kind::message) return record_missing(number);
    auto record = decode_message(frame.payload);
    if (!record) return log_damaged(fmt::format("record {}", number), "a message that cannot be read");
    if (head) *head = std::move(frame.head);
    return std::move(*record);
}

Result<BatchRecord> MessageLog::State::batch(RecordNumber number, const Hash& name) const {
    TRY(auto frame, segments.read(number));
    auto record = frame.head.kind == Kind::batch && crypto::sha256(frame.payload) == name ? decode_batch(frame.payload)
                                                                                          : std::nullopt;
    if (!record) return log_damaged(fmt::format("record {}", number), "not the signature that a message names");
    return std::move(*record);
}

Result<LogEntry> MessageLog::entry(RecordNumber number) const {
    FrameHead head;
    TRY(auto record, state_->message_record(number, &head));
    const auto where = fmt::format("record {}", number);
    auto key = state_->keys->key(record.slot);
    if (key.ok()) {
        const auto plain = unseal_once(record.sealed, *key, 0, true);
        auto text = plain ? decode_private(*plain) : std::nullopt;
        if (!text) return log_damaged(where, "a message that does not open");
        record.entry.message = std::move(text->message);
        record.entry.user_id = std::move(text->user_id);
        record.entry.issue = std::move(text->issue);
        record.entry.represented_party = std::move(text->represented_party);
    } else if (key.error().code == "exchange.erased") {
        record.entry.message_erased = true;
    } else {
        return std::move(key).error();
    }
    if (head.links.empty()) return log_damaged(where, "a message without links");
    if (head.links[0] >= 0) {
        TRY(auto batch, state_->batch(head.links[0], record.batch));
        record.entry.signature.xml = std::make_shared<const std::string>(std::move(batch.xml));
        if (batch.chained)
            record.entry.signature.chain_result = std::make_shared<const std::string>(std::move(batch.chain_result));
    }
    size_t link = 1;
    for (size_t i = 0; i < record.bodies.size(); ++i) {
        const auto& stored = record.bodies[i];
        auto& body = record.entry.bodies.emplace_back(LogEntry::Body{stored.digest, stored.size, {}});
        if (stored.where == StoredBody::Where::inside) body.handle = record_handle(number, i);
        if (stored.where == StoredBody::Where::pieces) {
            if (link >= head.links.size()) return log_damaged(where, "a body without a link");
            body.handle = pieces_handle(head.links[link++], stored.slot, stored.piece_count);
        }
    }
    return std::move(record.entry);
}

Result<MessageLog::Unstamped> MessageLog::unstamped(size_t limit) {
    auto& s = *state_;
    auto waiting = s.book.waiting(limit);
    if (waiting.size() < limit) {
        std::scoped_lock lock(s.refill);
        if (const auto from = s.book.unread()) {
            s.book.reading_again();
            TRY_VOID(s.segments.each(*from, s.segments.size(), [&](const Frame& frame) -> Result<void> {
                if (frame.head.kind == Kind::message && !frame.head.links.empty())
                    s.book.message(frame.head.number, from_ms(message_time(frame.payload).value_or(0)),
                                   frame.head.links[0]);
                return Nothing{};
            }));
            waiting = s.book.waiting(limit);
        }
    }
    const auto readable = s.segments.size();
    Unstamped out;
    std::map<RecordNumber, Digest512> digests;
    for (const auto& one : waiting) {
        if (one.number >= readable) break;
        auto known = digests.find(one.batch);
        if (known == digests.end()) {
            TRY(auto frame, s.segments.read(one.batch));
            ByteReader r(frame.payload);
            Digest512 digest{};
            r.array(digest);
            known = digests.emplace(one.batch, digest).first;
        }
        out.records.push_back(one.number);
        out.signatures.push_back(known->second);
        if (!out.oldest) out.oldest = one.at;
    }
    return out;
}

std::optional<Instant> MessageLog::oldest_unstamped() const {
    return state_->book.oldest();
}

void MessageLog::append_stamp(std::vector<RecordNumber> records, std::string chain_result,
                              std::vector<std::string> chains, std::string token, Done done) {
    WriteItem item;
    item.kind = Kind::stamp;
    item.done = std::move(done);
    std::vector<std::pair<RecordNumber, size_t>> order;
    for (size_t i = 0; i < records.size(); ++i) order.emplace_back(records[i], i);
    std::sort(order.begin(), order.end());
    order.erase(
        std::unique(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
        order.end());
    if (records.empty() || chains.size() != records.size() || order.front().first < 0 || order.back().first >= size()) {
        item.refused = Error{
            ErrorKind::invalid, "exchange.stamp_records",
            "Dấu thời gian phải có một chuỗi băm cho mỗi bản ghi có trong nhật ký; hãy tạo lại dấu thời gian.",
            "A time-stamp needs one hash chain for each of its records, which must be in the log; make it again."};
        state_->writer->add(std::move(item));
        return;
    }
    StampRecord stamp;
    stamp.chain_result = std::move(chain_result);
    stamp.token = std::move(token);
    std::map<std::string, uint32_t> known;
    for (const auto& [number, i] : order) {
        const auto [at, fresh] = known.try_emplace(chains[i], static_cast<uint32_t>(stamp.chains.size()));
        if (fresh) stamp.chains.push_back(chains[i]);
        stamp.records.push_back(number);
        stamp.chain_of.push_back(at->second);
    }
    stamp.done_below = state_->book.done_below(stamp.records, size());
    item.payload = encode(stamp);
    item.digest = crypto::sha256(item.payload);
    state_->writer->add(std::move(item));
}

Result<std::optional<MessageLog::Stamp>> MessageLog::stamp(RecordNumber number) const {
    if (number < 0 || number >= size()) return record_missing(number);
    for (const auto candidate : state_->book.candidates(number)) {
        TRY(auto frame, state_->segments.read(candidate));
        const auto record = decode_stamp(frame.payload);
        if (frame.head.kind != Kind::stamp || !record)
            return log_damaged(fmt::format("record {}", candidate), "no time-stamp");
        const auto at = std::lower_bound(record->records.begin(), record->records.end(), number);
        if (at == record->records.end() || *at != number) continue;
        const auto chain = record->chain_of[static_cast<size_t>(at - record->records.begin())];
        return std::optional{Stamp{record->chain_result, record->chains[chain], record->token}};
    }
    return std::optional<Stamp>{};
}

Result<void> MessageLog::erase(RecordNumber number, bool message, std::string reason, std::string actor) {
    auto& s = *state_;
    std::scoped_lock lock(s.housekeeping);
    TRY_VOID(s.finish_erasures());
    TRY(auto record, s.message_record(number, nullptr));
    ErasureRecord erasure{number, to_ms(s.clock.now()), message, std::move(reason), std::move(actor), {}};
    if (message) erasure.slots.push_back(record.slot);
    for (const auto& body : record.bodies)
        if (body.where != StoredBody::Where::nowhere) erasure.slots.push_back(body.slot);
    auto payload = encode(erasure);
    // What is intended is on disk first: after a crash between the record and the keys, the keys are destroyed at the
    // next start.
    const auto intent = s.options.folder / "erasing";
    if (auto written = write_file_durably(intent, payload, 0600); !written.ok())
        return written.error().kind == ErrorKind::full ? log_full(written.error().en)
                                                       : log_unavailable(written.error().en);
    std::error_code ignored;
    if (auto added = s.add_and_wait(Kind::erasure, std::move(payload)); !added.ok()) {
        fs::remove(intent, ignored);
        return std::move(added).error();
    }
    for (const auto& slot : erasure.slots) TRY_VOID(s.keys->erase(slot));
    fs::remove(intent, ignored);
    return Nothing{};
}

Result<void> MessageLog::State::finish_erasures() {
    const auto intent = options.folder / "erasing";
    std::error_code ignored;
    if (!fs::exists(intent, ignored)) return Nothing{};
    TRY(auto payload, read_file(intent));
    const auto erasure = decode_erasure(payload);
    if (!erasure) return log_damaged(intent.string(), "an erasure that cannot be read");
    TRY_VOID(add_and_wait(Kind::erasure, payload));
    for (const auto& slot : erasure->slots) TRY_VOID(keys->erase(slot));
    fs::remove(intent, ignored);
    return Nothing{};
}

}  // namespace hl::exchange
