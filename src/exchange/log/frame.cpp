#include "exchange/log/frame.h"

#include "exchange/log/bytes.h"

namespace hl::exchange::journal {

namespace {

constexpr uint16_t frame_magic = 0x4C48;
constexpr std::string_view segment_magic = "HLXLOG1\n";
constexpr uint8_t dropped_bit = 0x80;
constexpr size_t window_size = 1 << 20;

/// Head and links as the hash sees them: whether the payload was left behind is not part of it.
void put_head(ByteWriter& out, const FrameHead& head) {
    out.number(head.size);
    out.number(static_cast<uint8_t>(head.kind));
    out.number(static_cast<uint8_t>(head.links.size()));
    out.number(frame_magic);
    out.number(head.number);
    out.number(head.synced);
}

}  // namespace

bool is_kind(uint8_t value) {
    return value >= 1 && value <= static_cast<uint8_t>(Kind::archiving);
}

Hash own_hash(const FrameHead& head, const Hash& payload_digest) {
    ByteWriter w;
    w.out.reserve(64 + 8 * head.links.size());
    put_head(w, head);
    for (const auto link : head.links) w.number(link);
    w.raw(crypto::view(payload_digest));
    return crypto::sha256(w.out);
}

Hash chain_hash(const Hash& before, const Hash& own) {
    return crypto::sha256(crypto::view(before), crypto::view(own));
}

std::string seal_frame(FrameHead& head, const Hash& before, const Hash& payload_digest) {
    const Hash own = own_hash(head, payload_digest);
    head.chain = chain_hash(before, own);
    std::memcpy(&head.check, own.data(), sizeof head.check);
    return head_bytes(head);
}

std::string head_bytes(const FrameHead& head) {
    ByteWriter w;
    w.out.reserve(frame_head_size + 8 * head.links.size());
    put_head(w, head);
    if (head.dropped) w.out[4] = static_cast<char>(static_cast<uint8_t>(w.out[4]) | dropped_bit);
    w.raw({reinterpret_cast<const char*>(&head.check), sizeof head.check});
    w.raw(crypto::view(head.chain));
    for (const auto link : head.links) w.number(link);
    return std::move(w.out);
}

Hash Frame::payload_digest() const {
    if (!head.dropped) return crypto::sha256(payload);
    return crypto::to_hash(payload).value_or(Hash{});
}

FrameReader::FrameReader(ReadAt read, int64_t size, int64_t offset, int64_t number, const Hash& before)
    : read_(std::move(read)), size_(size), offset_(offset), number_(number), before_(before) {}

std::string_view FrameReader::bytes(int64_t offset, size_t size) {
    const auto inside = [&] {
        return offset >= window_at_ &&
               offset + static_cast<int64_t>(size) <= window_at_ + static_cast<int64_t>(window_.size());
    };
    if (!inside()) {
        const auto left = static_cast<size_t>(std::max<int64_t>(0, size_ - offset));
        auto more = read_(offset, std::min(std::max(size, window_size), left));
        if (!more) {
            unreadable_ = true;
            return {};
        }
        window_ = std::move(*more);
        window_at_ = offset;
        if (!inside()) return {};
    }
    return std::string_view{window_}.substr(static_cast<size_t>(offset - window_at_), size);
}

bool FrameReader::parse(int64_t offset, Frame& out) {
    if (size_ - offset < static_cast<int64_t>(frame_head_size)) return false;
    ByteReader r(bytes(offset, frame_head_size));
    out.head.size = r.number<uint32_t>();
    const auto kind = r.number<uint8_t>();
    const auto links = r.number<uint8_t>();
    const auto magic = r.number<uint16_t>();
    out.head.number = r.number<int64_t>();
    out.head.synced = r.number<int64_t>();
    const auto check = r.raw(sizeof out.head.check);
    if (check.size() == sizeof out.head.check) std::memcpy(&out.head.check, check.data(), check.size());
    r.array(out.head.chain);
    out.head.dropped = (kind & dropped_bit) != 0;
    const auto bare = static_cast<uint8_t>(kind & ~dropped_bit);
    if (!r.complete() || magic != frame_magic || !is_kind(bare) || out.head.size > max_payload || out.head.number < 0)
        return false;
    out.head.kind = static_cast<Kind>(bare);
    const size_t stored = out.head.dropped ? sizeof(Hash) : out.head.size;
    const auto whole = static_cast<int64_t>(frame_head_size + 8 * size_t{links} + stored);
    if (size_ - offset < whole) return false;
    ByteReader rest(
        bytes(offset + static_cast<int64_t>(frame_head_size), static_cast<size_t>(whole) - frame_head_size));
    out.head.links.clear();
    for (size_t i = 0; i < links; ++i) out.head.links.push_back(rest.number<int64_t>());
    out.payload = rest.raw(stored);
    if (!rest.complete()) return false;
    out.offset = offset;
    out.end = offset + whole;
    out.own = own_hash(out.head, out.payload_digest());
    return std::memcmp(out.own.data(), &out.head.check, sizeof out.head.check) == 0;
}

FrameReader::State FrameReader::broken(std::string why) {
    why_ = std::move(why);
    return State::broken;
}

FrameReader::State FrameReader::next(Frame& out) {
    if (offset_ >= size_) return State::end;
    if (!parse(offset_, out)) {
        const auto state = broken("a record that cannot be read");
        return only_zeros() ? State::end : state;
    }
    if (out.head.number != number_) return broken(fmt::format("record {} where {} belongs", out.head.number, number_));
    if (chain_hash(before_, out.own) != out.head.chain) return broken("a record that is not bound to the one before");
    before_ = out.head.chain;
    offset_ = out.end;
    ++number_;
    return State::frame;
}

/// Whether all that follows is zero.
bool FrameReader::only_zeros() {
    for (int64_t at = offset_; at < size_;) {
        const auto some = bytes(at, static_cast<size_t>(std::min<int64_t>(size_ - at, window_size)));
        if (some.empty() || some.find_first_not_of('\0') != std::string_view::npos) return false;
        at += static_cast<int64_t>(some.size());
    }
    return true;
}

bool FrameReader::was_on_disk() {
    Frame frame;
    for (int64_t at = offset_ + 1; at + static_cast<int64_t>(frame_head_size) <= size_;) {
        const auto head = bytes(at, frame_head_size);
        if (head.size() < frame_head_size) return false;
        // The magic number is looked for in the window, not byte by byte through the file.
        const auto from = static_cast<size_t>(at - window_at_);
        const auto found = std::string_view{window_}.find("HL", from + 6);
        if (found == std::string_view::npos) {
            at = window_at_ + static_cast<int64_t>(window_.size()) - 7;
            continue;
        }
        at = window_at_ + static_cast<int64_t>(found) - 6;
        if (parse(at, frame)) {
            if (frame.head.synced > number_) return true;
            at = frame.end;
        } else {
            ++at;
        }
    }
    return false;
}

std::string to_bytes(const SegmentHead& head) {
    ByteWriter w;
    w.raw(segment_magic);
    w.number(head.first);
    w.number(head.created_ms);
    w.raw(crypto::view(head.before));
    w.raw(crypto::view(crypto::sha256(w.out)));
    return std::move(w.out);
}

std::optional<SegmentHead> segment_head_of(std::string_view bytes) {
    if (bytes.size() < segment_head_size || !bytes.starts_with(segment_magic)) return std::nullopt;
    const auto claimed = bytes.substr(segment_head_size - 32, 32);
    if (crypto::view(crypto::sha256(bytes.substr(0, segment_head_size - 32))) != claimed) return std::nullopt;
    ByteReader r(bytes.substr(segment_magic.size()));
    SegmentHead head;
    head.first = r.number<int64_t>();
    head.created_ms = r.number<int64_t>();
    r.array(head.before);
    if (head.first < 0 || head.first > int64_t{1} << 60) return std::nullopt;
    return head;
}

}  // namespace hl::exchange::journal
