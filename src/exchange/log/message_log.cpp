#include "exchange/log/message_log.h"

#include <fcntl.h>
#include <sys/file.h>

#include <future>

#include "base/files.h"
#include "exchange/log/archive.h"
#include "exchange/log/log_errors.h"
#include "exchange/log/log_state.h"

namespace hl::exchange {

using namespace journal;
namespace fs = std::filesystem;

namespace {

constexpr size_t largest_message = size_t{512} << 20;
constexpr size_t known_batches = 64;

Error too_large(size_t size) {
    return {ErrorKind::too_large, "exchange.message_too_large",
            fmt::format("Thông điệp {} byte quá lớn để ghi nhật ký; hãy gửi phần dữ liệu lớn ở tệp đính kèm.", size),
            fmt::format("A message of {} bytes is too large to be logged; send what is large as an attachment.", size)};
}

Error foreign_body() {
    return {ErrorKind::internal, "exchange.body_unknown",
            "Nội dung của thông điệp không thuộc nhật ký này; hãy gửi lại thông điệp.",
            "The message's body was not given to this log; send the message again."};
}

}  // namespace

std::shared_ptr<const SharedBatch> BatchCache::of(const MessageSignature& signature) {
    if (!signature.xml) return nullptr;
    {
        std::scoped_lock lock(mutex_);
        for (const auto& known : lately_)
            if (known.xml == signature.xml && known.chain_result == signature.chain_result) return known.batch;
    }
    BatchRecord record;
    record.xml = *signature.xml;
    record.signature = sha512(record.xml);
    record.chained = signature.chain_result != nullptr;
    if (record.chained) record.chain_result = *signature.chain_result;
    auto batch = std::make_shared<SharedBatch>();
    batch->payload = encode(record);
    batch->name = crypto::sha256(batch->payload);
    std::scoped_lock lock(mutex_);
    lately_.push_front({signature.xml, signature.chain_result, batch});
    if (lately_.size() > known_batches) lately_.pop_back();
    return batch;
}

journal::FreshRows::Row journal::indexed(MessageRecord record, std::string user_id) {
    auto out = std::make_shared<IndexedMessage>();
    out->bodies = static_cast<int64_t>(record.bodies.size());
    for (const auto& body : record.bodies) out->body_bytes += body.size;
    out->entry = std::move(record.entry);
    out->entry.signature = {};
    out->entry.user_id = std::move(user_id);
    return out;
}

MessageLog::MessageLog() = default;

MessageLog::~MessageLog() {
    if (state_) state_->writer.reset();  // writes what waits while everything is still there
}

Result<void> MessageLog::State::lock_folder() {
    std::error_code error;
    for (const auto& folder : {options.folder, options.folder / "keys", options.folder / "archive"}) {
        fs::create_directories(folder, error);
        if (error) return log_unavailable(fmt::format("{}: {}", folder.string(), error.message()));
    }
    fs::permissions(options.folder, fs::perms::owner_all, error);
    TRY(folder_lock, File::open(options.folder / "lock", O_RDWR | O_CREAT));
    if (::flock(folder_lock.fd(), LOCK_EX | LOCK_NB) != 0)
        return log_unavailable(fmt::format("another program has the log in {} open", options.folder.string()));
    return Nothing{};
}

Result<void> MessageLog::State::open() {
    TRY_VOID(lock_folder());
    keys = std::make_unique<KeyTable>(
        options.folder / "keys",
        std::string{crypto::view(crypto::hmac_sha256(options.master_key, "hien-luong/exchange-log/1"))}, random);
    TRY_VOID(segments.open(options.folder, [](const fs::path& path) -> Result<SegmentPtr> {
        TRY(auto archive, ArchivedSegment::open(path));
        return SegmentPtr(std::move(archive));
    }));
    TRY_VOID(find_unstamped());
    writer = std::make_unique<LogWriter>(
        WriterOptions{options.folder, options.segment_bytes, options.min_free_bytes, options.reserve_bytes}, segments,
        clock, [this](const auto& written) { observe(written); });
    TRY_VOID(writer->start());
    return finish_erasures();
}

Result<void> MessageLog::State::find_unstamped() {
    RecordNumber from = 0;
    for (const auto& segment : segments.list()) {
        const auto facts = segment->facts();
        if (segment->archived()) from = facts.first + facts.count;  // only stamped ones go there
        from = std::max(from, facts.stamped_below);
        for (const auto& span : facts.stamps) book.span(span);
    }
    return segments.each(from, segments.size(), [this](const Frame& frame) -> Result<void> {
        if (frame.head.kind == Kind::message && !frame.head.links.empty())
            book.message(frame.head.number, from_ms(message_time(frame.payload).value_or(0)), frame.head.links[0]);
        if (frame.head.kind == Kind::stamp)
            if (const auto stamp = decode_stamp(frame.payload)) book.stamped(*stamp);
        return Nothing{};
    });
}

void MessageLog::State::observe(const std::vector<Written>& written) {
    for (const auto& record : written) {
        fresh.put(record.head->number, record.head->kind, *record.row);
        if (record.head->kind == Kind::message) {
            book.message(record.head->number, from_ms(message_time(record.payload).value_or(0)), record.head->links[0]);
        } else if (record.head->kind == Kind::stamp) {
            const auto stamp = decode_stamp(record.payload);
            if (!stamp || stamp->records.empty()) continue;
            book.stamped(*stamp);
            book.span({record.head->number, stamp->records.front(), stamp->records.back()});
        }
    }
}

Result<RecordNumber> MessageLog::State::add_and_wait(Kind kind, std::string payload) {
    std::promise<Result<RecordNumber>> answer;
    WriteItem item;
    item.kind = kind;
    item.digest = crypto::sha256(payload);
    item.payload = std::move(payload);
    item.done = [&answer](Result<RecordNumber> result) { answer.set_value(std::move(result)); };
    writer->add(std::move(item));
    return answer.get_future().get();
}

Result<std::unique_ptr<MessageLog>> MessageLog::open(MessageLogOptions options, const Clock& clock, Random& random) {
    if (options.master_key.size() != crypto::key_size)
        return log_unavailable(fmt::format("its master key must have {} bytes", crypto::key_size));
    std::unique_ptr<MessageLog> log(new MessageLog);
    log->state_ = std::make_unique<State>(std::move(options), clock, random);
    TRY_VOID(log->state_->open());
    return log;
}

namespace {

/// The record of an entry and what the writer must link it to; takes the entry apart.
Result<void> prepare(MessageRecord& record, WriteItem& item, LogEntry& entry, KeyTable& keys, BatchCache& batches) {
    TRY(auto key, keys.fresh());
    record.slot = key.slot;
    record.sealed = seal_once(encode(Private{std::move(entry.message), std::move(entry.user_id), std::move(entry.issue),
                                             std::move(entry.represented_party)}),
                              key.key, 0, true);
    if (record.sealed.size() > largest_message) return too_large(record.sealed.size());
    for (auto& body : entry.bodies) {
        auto& stored = record.bodies.emplace_back();
        stored.digest = body.digest;
        stored.size = body.size;
        if (body.handle.empty()) continue;
        const auto place = place_of(body.handle);
        if (!place) return foreign_body();
        if (place->kind == BodyPlace::Kind::lost) return log_full("a key for the message's body could not be stored");
        if (place->kind == BodyPlace::Kind::inline_bytes) {
            TRY(auto own, keys.fresh());
            stored.where = StoredBody::Where::inside;
            stored.slot = own.slot;
            stored.size = static_cast<int64_t>(place->bytes.size());
            stored.sealed = seal_once(place->bytes, own.key, 0, true);
        } else if (place->kind == BodyPlace::Kind::streamed) {
            stored.where = StoredBody::Where::pieces;
            stored.slot = place->slot;
            stored.piece_count = place->pieces;
            item.bodies.push_back({place->slot, place->pieces});
        } else {
            return foreign_body();
        }
    }
    item.batch = batches.of(entry.signature);
    if (item.batch) record.batch = item.batch->name;
    entry.bodies.clear();
    record.entry = std::move(entry);
    return Nothing{};
}

}  // namespace

void MessageLog::append(LogEntry entry, Done done) {
    state_->append(std::move(entry), std::move(done), Press::now);
}

void MessageLog::append_soon(LogEntry entry, Done done) {
    state_->append(std::move(entry), std::move(done), Press::soon);
}

void MessageLog::append_until_hurry(LogEntry entry, Done done) {
    state_->append(std::move(entry), std::move(done), Press::when_told);
}

void MessageLog::hurry() {
    state_->writer->hurry();
}

void MessageLog::State::append(LogEntry entry, Done done, Press press) {
    WriteItem item;
    item.press = press;
    MessageRecord record;
    std::string user_id = entry.user_id;
    if (auto ready = prepare(record, item, entry, *keys, batches); !ready.ok()) {
        item.refused = std::move(ready).error();
    } else {
        item.payload = encode(record);
        item.digest = crypto::sha256(item.payload);
        if (item.payload.size() > max_payload) item.refused = too_large(item.payload.size());
        if (fresh.wanted()) item.row = indexed(std::move(record), std::move(user_id));
    }
    item.done = std::move(done);
    writer->add(std::move(item));
}

RecordNumber MessageLog::size() const {
    return state_->segments.size();
}

bool MessageLog::roomy() const {
    return state_->writer->roomy();
}

MessageLog::Health MessageLog::health() const {
    Health health;
    const auto status = state_->writer->status();
    health.writable = status.writable;
    health.problem = status.problem;
    health.waiting = status.waiting;
    health.free_bytes = free_bytes(state_->options.folder);
    for (const auto& segment : state_->segments.list()) {
        const auto facts = segment->facts();
        ++health.segments;
        health.bytes += facts.bytes;
        health.messages += facts.messages;
    }
    return health;
}

}  // namespace hl::exchange
