// Which segments go into the archive, and what becomes of their pieces.
#include "exchange/log/archive.h"

#include "exchange/log/bytes.h"
#include "exchange/log/log_errors.h"
#include "exchange/log/log_state.h"

namespace hl::exchange {

using namespace journal;
namespace fs = std::filesystem;

namespace {

/// Bodies that have pieces in a segment, that no message of it or after it has, and that cannot come any more.
Result<std::set<Slot>> dead_bodies(const Segments& segments, const SegmentFacts& facts, uint32_t current_epoch) {
    std::set<Slot> dead;
    const auto end = facts.first + facts.count;
    const FrameVisitor look = [&](const Frame& frame) -> Result<void> {
        if (frame.head.kind == Kind::piece && frame.head.number < end) {
            const auto piece = decode_piece(frame.payload);
            if (piece && piece->slot.epoch != current_epoch) dead.insert(piece->slot);
        } else if (frame.head.kind == Kind::message && !dead.empty()) {
            const auto message = decode_message(frame.payload);
            if (!message) return Nothing{};
            for (const auto& body : message->bodies)
                if (body.where == StoredBody::Where::pieces) dead.erase(body.slot);
        }
        return Nothing{};
    };
    TRY_VOID(segments.each(facts.first, end, look));
    if (!dead.empty()) TRY_VOID(segments.each(end, segments.size(), look));
    return dead;
}

}  // namespace

Result<MessageLog::Archived> MessageLog::archive(Instant before) {
    auto& s = *state_;
    std::scoped_lock lock(s.housekeeping);
    Archived out;
    const auto folder = s.options.folder / "archive";
    const auto stamped = s.book.done_below({}, s.segments.size());
    std::optional<fs::path> last;
    for (const auto& segment : s.segments.list()) {
        const auto facts = segment->facts();
        if (segment->archived()) {
            last = segment->path();
            out.below = facts.first + facts.count;
            continue;
        }
        if (segment == s.segments.active()) break;
        out.waits_for = facts.messages > 0 && to_ms(before) <= facts.to_ms ? "age"
                        : facts.first + facts.count > stamped              ? "time-stamps"
                                                                           : "";
        if (!out.waits_for.empty()) break;
        Hash previous{};
        if (last) {
            TRY(previous, file_hash(*last, [](int64_t) {}));
        }
        TRY(const auto dead, dead_bodies(s.segments, facts, s.keys->current_epoch()));
        const auto path = folder / fmt::format("{:016}.harc", facts.first);
        TRY_VOID(write_archive(path, *segment, dead, previous));
        TRY(auto archived, ArchivedSegment::open(path));
        out.bytes_after += archived->facts().bytes;
        out.bytes_before += facts.bytes;
        ++out.segments;
        out.below = facts.first + facts.count;
        s.segments.replace(facts.first, std::move(archived));
        std::error_code ignored;
        fs::remove(segment->path(), ignored);
        fs::remove(table_path(segment->path()), ignored);
        last = path;
    }
    if (out.segments == 0) return out;
    ByteWriter note;
    note.number(out.below);
    TRY_VOID(s.add_and_wait(Kind::archiving, std::move(note.out)));
    return out;
}

}  // namespace hl::exchange
