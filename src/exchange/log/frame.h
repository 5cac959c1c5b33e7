// How a record lies in a segment file: a head (size, kind, number, how far the disk had everything when it was
// written), links to earlier records, the payload. `own` is the hash of all of that; the chain's next hash binds it to
// everything before. A payload stands in its hash by its digest, so that it can be left behind without breaking the
// chain. Values; any thread.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"

namespace hl::exchange::journal {

using crypto::Hash;

enum class Kind : uint8_t {
    message = 1,
    batch = 2,      // the signature that many messages share
    piece = 3,      // of a body that is streamed in
    stamp = 4,      // time-stamp over many messages
    erasure = 5,    // keys destroyed: which, why, by whom
    mark = 6,       // closed in order: everything before is on disk
    archiving = 7,  // segments that went into the archive
};
[[nodiscard]] bool is_kind(uint8_t value);

struct FrameHead {
    uint32_t size = 0;  // of the payload
    Kind kind = Kind::mark;
    bool dropped = false;  // in archives: the payload was left behind, its digest stands here instead
    int64_t number = 0;
    int64_t synced = 0;  // records below were on disk when this one was written
    std::vector<int64_t> links;
    uint32_t check = 0;  // of this frame alone
    Hash chain{};
};

inline constexpr size_t frame_head_size = 60;  // links follow
inline constexpr size_t max_links = 255;
inline constexpr size_t max_payload = size_t{1} << 30;

/// Hash of this frame without what went before.
[[nodiscard]] Hash own_hash(const FrameHead& head, const Hash& payload_digest);
[[nodiscard]] Hash chain_hash(const Hash& before, const Hash& own);
/// Sets `check` and `chain`, gives head and links as bytes.
[[nodiscard]] std::string seal_frame(FrameHead& head, const Hash& before, const Hash& payload_digest);

/// Head and links of a frame that is sealed already.
[[nodiscard]] std::string head_bytes(const FrameHead& head);

struct Frame {
    FrameHead head;
    std::string payload;  // of a dropped one: its digest
    int64_t offset = 0;
    int64_t end = 0;
    Hash own{};  // own_hash() of what was read
    [[nodiscard]] Hash payload_digest() const;
};

/// Reads at an offset; fewer bytes only at the end. Nothing when the disk does not answer.
using ReadAt = std::function<std::optional<std::string>(int64_t offset, size_t size)>;

/// Frames one after another from `offset`; each is checked against the one before.
class FrameReader {
  public:
    FrameReader(ReadAt read, int64_t size, int64_t offset, int64_t number, const Hash& before);
    enum class State { frame, end, broken };
    /// `end` also where nothing but zeros follows: room that was reserved and not written to. After `broken`, `why()`
    /// says what was found at `offset()`.
    [[nodiscard]] State next(Frame& out);
    [[nodiscard]] int64_t offset() const { return offset_; }
    [[nodiscard]] int64_t number() const { return number_; }
    [[nodiscard]] const Hash& chain() const { return before_; }
    [[nodiscard]] const std::string& why() const { return why_; }
    /// After `broken`: does a sound frame further on say that the disk had the broken one already?
    [[nodiscard]] bool was_on_disk();
    /// The disk did not answer: nothing is known about what stands there.
    [[nodiscard]] bool unreadable() const { return unreadable_; }

  private:
    [[nodiscard]] std::string_view bytes(int64_t offset, size_t size);
    [[nodiscard]] State broken(std::string why);
    [[nodiscard]] bool parse(int64_t offset, Frame& out);
    [[nodiscard]] bool only_zeros();
    ReadAt read_;
    int64_t size_, offset_, number_;
    Hash before_;
    std::string why_, window_;
    int64_t window_at_ = 0;
    bool unreadable_ = false;
};

/// First bytes of a segment file: its first number and the chain's hash before it.
struct SegmentHead {
    int64_t first = 0;
    int64_t created_ms = 0;
    Hash before{};
};
inline constexpr size_t segment_head_size = 88;
[[nodiscard]] std::string to_bytes(const SegmentHead& head);
[[nodiscard]] std::optional<SegmentHead> segment_head_of(std::string_view bytes);

}  // namespace hl::exchange::journal
