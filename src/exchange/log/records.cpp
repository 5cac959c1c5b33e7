#include "exchange/log/records.h"

#include "exchange/log/bytes.h"

namespace hl::exchange::journal {

namespace {

constexpr uint8_t version = 1;

void put(ByteWriter& w, const Slot& slot) {
    w.number(slot.epoch);
    w.number(slot.index);
}
Slot slot_of(ByteReader& r) {
    Slot slot;
    slot.epoch = r.number<uint32_t>();
    slot.index = r.number<uint32_t>();
    return slot;
}

void put(ByteWriter& w, const ClientId& id) {
    w.text(id.instance);
    w.text(id.member_class);
    w.text(id.member_code);
    w.text(id.subsystem);
}
ClientId client_of(ByteReader& r) {
    ClientId id;
    id.instance = r.string();
    id.member_class = r.string();
    id.member_code = r.string();
    id.subsystem = r.string();
    return id;
}

template <size_t N>
std::string_view bytes_of(const std::array<uint8_t, N>& a) {
    return {reinterpret_cast<const char*>(a.data()), a.size()};
}

bool flag_of(ByteReader& r) {
    const auto value = r.number<uint8_t>();
    if (value > 1) r.spoil();
    return value == 1;
}

void put_body(ByteWriter& w, const StoredBody& body) {
    w.raw(bytes_of(body.digest));
    w.number(body.size);
    w.number(static_cast<uint8_t>(body.where));
    if (body.where == StoredBody::Where::nowhere) return;
    put(w, body.slot);
    if (body.where == StoredBody::Where::inside)
        w.text(body.sealed);
    else
        w.number(body.piece_count);
}

StoredBody body_of(ByteReader& r) {
    StoredBody body;
    r.array(body.digest);
    body.size = r.number<int64_t>();
    const auto where = r.number<uint8_t>();
    if (where > 2 || body.size < 0) r.spoil();
    body.where = static_cast<StoredBody::Where>(where);
    if (body.where == StoredBody::Where::nowhere) return body;
    body.slot = slot_of(r);
    if (body.where == StoredBody::Where::inside) {
        body.sealed = r.string();
        if (body.sealed.size() != static_cast<uint64_t>(body.size) + seal_size) r.spoil();
    } else {
        body.piece_count = r.number<int64_t>();
        if (body.piece_count < 1) r.spoil();
    }
    return body;
}

}  // namespace

std::string encode(const MessageRecord& record) {
    const auto& e = record.entry;
    ByteWriter w;
    size_t size = 700 + record.sealed.size() + e.signature.chain.size();
    for (const auto& body : record.bodies) size += 120 + body.sealed.size();
    w.out.reserve(size);
    w.number(version);
    w.number(to_ms(e.at));
    w.number(static_cast<uint8_t>(e.side));
    w.number(static_cast<uint8_t>(e.direction));
    w.number(static_cast<uint8_t>(e.rest));
    w.number(static_cast<uint8_t>(e.succeeded));
    w.number(static_cast<int32_t>(e.status));
    w.text(e.message_id);
    w.text(e.request_id);
    put(w, e.client);
    put(w, e.service.provider);
    w.text(e.service.code);
    w.text(e.service.version);
    w.text(e.signer_sha256);
    w.text(e.fault_code);
    w.raw(bytes_of(record.batch));
    w.text(e.signature.chain);
    put(w, record.slot);
    w.text(record.sealed);
    w.number(static_cast<uint16_t>(record.bodies.size()));
    for (const auto& body : record.bodies) put_body(w, body);
    return std::move(w.out);
}

std::optional<MessageRecord> decode_message(std::string_view payload) {
    ByteReader r(payload);
    if (r.number<uint8_t>() != version) return std::nullopt;
    MessageRecord record;
    auto& e = record.entry;
    e.at = from_ms(r.number<int64_t>());
    e.side = flag_of(r) ? Side::provider : Side::client;
    e.direction = flag_of(r) ? Direction::response : Direction::request;
    e.rest = flag_of(r);
    e.succeeded = flag_of(r);
    e.status = r.number<int32_t>();
    e.message_id = r.string();
    e.request_id = r.string();
    e.client = client_of(r);
    e.service.provider = client_of(r);
    e.service.code = r.string();
    e.service.version = r.string();
    e.signer_sha256 = r.string();
    e.fault_code = r.string();
    r.array(record.batch);
    e.signature.chain = r.string();
    record.slot = slot_of(r);
    record.sealed = r.string();
    const auto bodies = r.number<uint16_t>();
    for (size_t i = 0; i < bodies && !r.bad(); ++i) record.bodies.push_back(body_of(r));
    if (!r.complete()) return std::nullopt;
    return record;
}

std::optional<int64_t> message_time(std::string_view payload) {
    ByteReader r(payload);
    if (r.number<uint8_t>() != version) return std::nullopt;
    const auto at = r.number<int64_t>();
    return r.bad() ? std::nullopt : std::optional{at};
}

std::string encode(const Private& record) {
    ByteWriter w;
    w.out.reserve(16 + record.message.size() + record.user_id.size() + record.issue.size() +
                  record.represented_party.size());
    for (const auto* text : {&record.message, &record.user_id, &record.issue, &record.represented_party}) w.text(*text);
    return std::move(w.out);
}

std::optional<Private> decode_private(std::string_view plain) {
    ByteReader r(plain);
    Private record;
    for (auto* text : {&record.message, &record.user_id, &record.issue, &record.represented_party}) *text = r.string();
    if (!r.complete()) return std::nullopt;
    return record;
}

std::string encode(const BatchRecord& record) {
    ByteWriter w;
    w.out.reserve(80 + record.xml.size() + record.chain_result.size());
    w.raw(bytes_of(record.signature));
    w.number(static_cast<uint8_t>(record.chained));
    w.text(record.xml);
    w.text(record.chain_result);
    return std::move(w.out);
}

std::optional<BatchRecord> decode_batch(std::string_view payload) {
    ByteReader r(payload);
    BatchRecord record;
    r.array(record.signature);
    record.chained = flag_of(r);
    record.xml = r.string();
    record.chain_result = r.string();
    if (!r.complete()) return std::nullopt;
    return record;
}

std::string encode(const StampRecord& record) {
    ByteWriter w;
    w.number(version);
    w.number(record.done_below);
    w.text(record.chain_result);
    w.text(record.token);
    w.number(static_cast<uint32_t>(record.chains.size()));
    for (const auto& chain : record.chains) w.text(chain);
    w.number(static_cast<uint32_t>(record.records.size()));
    for (size_t i = 0; i < record.records.size(); ++i) {
        w.number(record.records[i]);
        w.number(record.chain_of[i]);
    }
    return std::move(w.out);
}

std::optional<StampRecord> decode_stamp(std::string_view payload) {
    ByteReader r(payload);
    if (r.number<uint8_t>() != version) return std::nullopt;
    StampRecord record;
    record.done_below = r.number<int64_t>();
    record.chain_result = r.string();
    record.token = r.string();
    const auto chains = r.number<uint32_t>();
    for (size_t i = 0; i < chains && !r.bad(); ++i) record.chains.push_back(r.string());
    const auto records = r.number<uint32_t>();
    if (records > r.left() / 12) return std::nullopt;
    for (size_t i = 0; i < records && !r.bad(); ++i) {
        const auto number = r.number<int64_t>();
        const auto chain = r.number<uint32_t>();
        if (number < 0 || chain >= record.chains.size() || (!record.records.empty() && number <= record.records.back()))
            return std::nullopt;
        record.records.push_back(number);
        record.chain_of.push_back(chain);
    }
    if (!r.complete()) return std::nullopt;
    return record;
}

std::string encode(const ErasureRecord& record) {
    ByteWriter w;
    w.number(version);
    w.number(record.number);
    w.number(record.at_ms);
    w.number(static_cast<uint8_t>(record.message));
    w.text(record.reason);
    w.text(record.actor);
    w.number(static_cast<uint32_t>(record.slots.size()));
    for (const auto& slot : record.slots) put(w, slot);
    return std::move(w.out);
}

std::optional<ErasureRecord> decode_erasure(std::string_view payload) {
    ByteReader r(payload);
    if (r.number<uint8_t>() != version) return std::nullopt;
    ErasureRecord record;
    record.number = r.number<int64_t>();
    record.at_ms = r.number<int64_t>();
    record.message = flag_of(r);
    record.reason = r.string();
    record.actor = r.string();
    const auto slots = r.number<uint32_t>();
    for (size_t i = 0; i < slots && !r.bad(); ++i) record.slots.push_back(slot_of(r));
    if (!r.complete()) return std::nullopt;
    return record;
}

std::string encode(const PieceRecord& record) {
    ByteWriter w;
    w.out.reserve(24 + record.sealed.size());
    put(w, record.slot);
    w.number(record.index);
    w.number(static_cast<uint8_t>(record.last));
    w.raw(record.sealed);
    return std::move(w.out);
}

std::optional<PieceRecord> decode_piece(std::string_view payload) {
    ByteReader r(payload);
    PieceRecord record;
    record.slot = slot_of(r);
    record.index = r.number<int64_t>();
    record.last = flag_of(r);
    if (r.bad() || record.index < 0) return std::nullopt;
    record.sealed = r.raw(r.left());
    return record;
}

}  // namespace hl::exchange::journal
