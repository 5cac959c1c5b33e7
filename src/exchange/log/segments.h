// The segments of a log as readers see them: where each record lies, and the records themselves, checked against the
// chain each time. One segment is active and grows; closed ones keep their table of offsets in a file beside them,
// which is made anew when it is missing. Any thread; `publish` and `begin` by the writer alone.
#pragma once
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "exchange/log/disk.h"
#include "exchange/log/frame.h"
#include "exchange/log/message_log.h"

namespace hl::exchange::journal {

/// A stamp record and the first and last message it covers.
struct StampSpan {
    RecordNumber stamp = 0, first = 0, last = 0;
};

/// What is known of a segment without reading it.
struct SegmentFacts {
    RecordNumber first = 0;
    int64_t count = 0;
    Hash before{}, head{};
    int64_t bytes = 0;               // of the file
    int64_t from_ms = 0, to_ms = 0;  // of its messages
    int64_t messages = 0;
    RecordNumber stamped_below = 0;  // as its last stamp says; 0 without one
    std::vector<StampSpan> stamps;
    void observe(const FrameHead& head, std::string_view payload);
};

using FrameVisitor = std::function<Result<void>(const Frame&)>;

class Segment {
  public:
    virtual ~Segment() = default;
    [[nodiscard]] virtual SegmentFacts facts() const = 0;
    [[nodiscard]] virtual const std::filesystem::path& path() const = 0;
    [[nodiscard]] virtual bool archived() const = 0;
    /// The record's frame, checked. `number` is within the segment.
    [[nodiscard]] virtual Result<Frame> read(RecordNumber number) const = 0;
    /// Its links as they stand, for who checks the records they lead to.
    [[nodiscard]] virtual Result<std::vector<int64_t>> links(RecordNumber number) const;
    /// Every frame in [from, to), in order.
    [[nodiscard]] virtual Result<void> each(RecordNumber from, RecordNumber to, const FrameVisitor& visit) const = 0;
};
using SegmentPtr = std::shared_ptr<const Segment>;

/// A segment as it was written.
class LiveSegment final : public Segment {
  public:
    LiveSegment(std::filesystem::path path, SegmentFacts facts, std::vector<int64_t> offsets);
    /// Reads the whole file, each record checked. With `cut_tail`, what a crash left half-written is cut off.
    [[nodiscard]] static Result<std::shared_ptr<LiveSegment>> scan(const std::filesystem::path& path, bool cut_tail);
    /// From the table beside it, or by `scan` when that is missing or wrong.
    [[nodiscard]] static Result<std::shared_ptr<LiveSegment>> load(const std::filesystem::path& path);

    [[nodiscard]] SegmentFacts facts() const override;
    [[nodiscard]] const std::filesystem::path& path() const override { return path_; }
    [[nodiscard]] bool archived() const override { return false; }
    [[nodiscard]] Result<Frame> read(RecordNumber number) const override;
    [[nodiscard]] Result<std::vector<int64_t>> links(RecordNumber number) const override;
    [[nodiscard]] Result<void> each(RecordNumber from, RecordNumber to, const FrameVisitor& visit) const override;

    struct Added {
        const FrameHead* head;
        std::string_view payload;
        int64_t offset;
    };
    void publish(const std::vector<Added>& frames, int64_t bytes);
    void save_table() const;      // when it is closed; a failure costs a scan later
    void forget_offsets() const;  // until somebody reads again

  private:
    struct Place {
        int64_t offset = 0, end = 0;
        Hash before{};
    };
    [[nodiscard]] Result<Place> place(const File& file, RecordNumber number) const;
    [[nodiscard]] Result<std::shared_ptr<const std::vector<int64_t>>> offsets() const;
    const std::filesystem::path path_;
    mutable std::shared_mutex mutex_;
    SegmentFacts facts_;
    mutable std::shared_ptr<std::vector<int64_t>> offsets_;
};

[[nodiscard]] std::filesystem::path segment_path(const std::filesystem::path& folder, RecordNumber first);
[[nodiscard]] std::filesystem::path table_path(const std::filesystem::path& segment);
/// First numbers of the files in a folder that end in `extension`, in order.
[[nodiscard]] std::vector<RecordNumber> numbered_files(const std::filesystem::path& folder, std::string_view extension);

class Segments {
  public:
    /// Archived ones, live ones, the last of which is made ready for appending. `open_archive` reads an archive file.
    using OpenArchive = std::function<Result<SegmentPtr>(const std::filesystem::path&)>;
    [[nodiscard]] Result<void> open(const std::filesystem::path& folder, const OpenArchive& open_archive);

    [[nodiscard]] RecordNumber size() const;
    [[nodiscard]] Result<Frame> read(RecordNumber number) const;
    [[nodiscard]] Result<std::vector<int64_t>> links(RecordNumber number) const;
    [[nodiscard]] Result<void> each(RecordNumber from, RecordNumber to, const FrameVisitor& visit) const;
    [[nodiscard]] std::vector<SegmentPtr> list() const;
    /// Null before the first one.
    [[nodiscard]] std::shared_ptr<LiveSegment> active() const;
    void publish(const std::vector<LiveSegment::Added>& frames, int64_t bytes);
    void begin(std::shared_ptr<LiveSegment> segment);
    /// A live segment's place is taken by its archive.
    void replace(RecordNumber first, SegmentPtr archive);

  private:
    [[nodiscard]] SegmentPtr find(RecordNumber number) const;
    template <class F>
    [[nodiscard]] auto in_segment(RecordNumber number, F get) const -> decltype(get(std::declval<const Segment&>()));
    [[nodiscard]] Result<void> add(SegmentPtr segment, const std::shared_ptr<LiveSegment>& live);
    void remember(const SegmentPtr& segment) const;
    mutable std::shared_mutex mutex_;
    std::map<RecordNumber, SegmentPtr> segments_;
    std::shared_ptr<LiveSegment> active_;
    mutable std::mutex lately_mutex_;
    mutable std::deque<std::shared_ptr<const LiveSegment>> lately_;  // closed ones whose offsets are in memory
};

}  // namespace hl::exchange::journal
