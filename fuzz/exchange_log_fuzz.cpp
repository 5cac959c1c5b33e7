// A segment file, an archive file or a record's payload from anybody: read without a crash, and never a record as right
// that the chain does not bind. The first byte says which.
#include <cstdlib>
#include <filesystem>

#include "base/files.h"
#include "exchange/log/archive.h"
#include "exchange/log/frame.h"
#include "exchange/log/records.h"
#include "exchange/log/segments.h"

using namespace hl;
using namespace hl::exchange;
using namespace hl::exchange::journal;

namespace {

void must(bool held) {
    if (!held) std::abort();
}

/// What can be decoded is what its encoding gives.
void payloads(std::string_view bytes) {
    if (const auto r = decode_message(bytes)) must(encode(*r) == bytes);
    if (const auto r = decode_private(bytes)) must(encode(*r) == bytes);
    if (const auto r = decode_batch(bytes)) must(encode(*r) == bytes);
    if (const auto r = decode_stamp(bytes)) must(encode(*r) == bytes);
    if (const auto r = decode_erasure(bytes)) must(encode(*r) == bytes);
    if (const auto r = decode_piece(bytes)) must(encode(*r) == bytes);
    (void)message_time(bytes);
}

/// Frames as they stand: each accepted one is checked by hand against the one before.
void frames(const std::string& bytes) {
    FrameReader reader([&](int64_t at, size_t n) { return std::optional{bytes.substr(static_cast<size_t>(at), n)}; },
                       static_cast<int64_t>(bytes.size()), 0, 0, {});
    Hash before{};
    Frame frame;
    int64_t number = 0;
    FrameReader::State state{};
    while ((state = reader.next(frame)) == FrameReader::State::frame) {
        must(frame.head.number == number++);
        before = chain_hash(before, own_hash(frame.head, frame.payload_digest()));
        must(before == frame.head.chain && frame.end <= static_cast<int64_t>(bytes.size()));
        payloads(frame.payload);
    }
    if (state == FrameReader::State::broken) (void)reader.was_on_disk();
}

/// Frames made right from the input, then one byte changed: the changed one and all after it are not accepted.
void changed(std::string_view bytes) {
    if (bytes.size() < 8) return;
    const size_t where = static_cast<uint8_t>(bytes[0]) | static_cast<size_t>(static_cast<uint8_t>(bytes[1])) << 8;
    const auto bit = static_cast<char>(1 << (bytes[2] & 7));
    const size_t step = static_cast<uint8_t>(bytes[3]) % 64 + 1;
    std::string all;
    std::vector<size_t> ends;
    Hash before{};
    for (size_t at = 4; at < bytes.size() && ends.size() < 20; at += step) {
        const auto payload = bytes.substr(at, step);
        FrameHead head;
        head.size = static_cast<uint32_t>(payload.size());
        head.kind = static_cast<Kind>(static_cast<uint8_t>(payload[0]) % 7 + 1);
        head.number = static_cast<int64_t>(ends.size());
        head.links.assign(static_cast<uint8_t>(payload[0]) % 3, 5);
        all += seal_frame(head, before, crypto::sha256(payload));
        all += payload;
        before = head.chain;
        ends.push_back(all.size());
    }
    const size_t place = where % all.size();
    all[place] = static_cast<char>(all[place] ^ bit);
    FrameReader reader([&](int64_t at, size_t n) { return std::optional{all.substr(static_cast<size_t>(at), n)}; },
                       static_cast<int64_t>(all.size()), 0, 0, {});
    Frame frame;
    size_t sound = 0;
    while (reader.next(frame) == FrameReader::State::frame) ++sound;
    const auto hit = static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), place) - ends.begin());
    must(sound == hit);
}

void files(std::string_view bytes, bool archive) {
    static const auto folder = [] {
        auto made = ScratchFolder::make("exchange-log-fuzz");
        must(made.ok());
        return std::move(*made);
    }();
    const auto path = folder.path() / (archive ? "0000000000000000.harc" : "0000000000000000.hlog");
    must(write_file(path, bytes).ok());
    const auto look = [](const Segment& segment) {
        const auto facts = segment.facts();
        (void)segment.each(facts.first, facts.first + facts.count, [](const Frame& f) -> Result<void> {
            payloads(f.payload);
            return Nothing{};
        });
        for (int64_t n = facts.first; n < std::min(facts.first + facts.count, facts.first + 3); ++n)
            (void)segment.read(n);
    };
    if (archive) {
        if (const auto opened = ArchivedSegment::open(path); opened.ok()) look(**opened);
    } else if (const auto opened = LiveSegment::scan(path, true); opened.ok()) {
        look(**opened);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string_view rest(reinterpret_cast<const char*>(data + 1), size - 1);
    switch (data[0] % 5) {
        case 0:
            payloads(rest);
            break;
        case 1:
            frames(std::string{rest});
            break;
        case 2:
            changed(rest);
            break;
        default:
            files(rest, data[0] % 5 == 4);
    }
    return 0;
}
