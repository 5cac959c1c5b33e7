// Archive files: a segment compressed in blocks, so that one record can be read without the rest, bound to the archive
// file before by its SHA-256. Pieces of bodies that were given up are left behind: their digests keep the chain whole.
// Any thread.
#pragma once
#include <filesystem>
#include <set>

#include "exchange/log/key_table.h"
#include "exchange/log/segments.h"

namespace hl::exchange::journal {

class ArchivedSegment final : public Segment {
  public:
    [[nodiscard]] static Result<std::shared_ptr<ArchivedSegment>> open(const std::filesystem::path& path);
    [[nodiscard]] SegmentFacts facts() const override { return facts_; }
    [[nodiscard]] const std::filesystem::path& path() const override { return path_; }
    [[nodiscard]] bool archived() const override { return true; }
    [[nodiscard]] Result<Frame> read(RecordNumber number) const override;
    [[nodiscard]] Result<void> each(RecordNumber from, RecordNumber to, const FrameVisitor& visit) const override;
    /// SHA-256 of the archive file before; zeros for the first.
    [[nodiscard]] const Hash& previous() const { return previous_; }

  private:
    struct Block {
        RecordNumber first = 0;
        int64_t offset = 0;
        uint32_t packed = 0, raw = 0;
        Hash before{};
    };
    [[nodiscard]] Result<std::vector<Block>> blocks(const File& file) const;
    [[nodiscard]] Result<std::string> unpack(const File& file, const Block& block) const;
    [[nodiscard]] Error damaged(std::string_view why) const;
    std::filesystem::path path_;
    SegmentFacts facts_;
    Hash previous_{};
    int64_t trailer_at_ = 0, blocks_at_ = 0;
    uint32_t block_count_ = 0;
};

/// Writes the archive of a segment beside its place and renames it: on disk when it returns. Every record is checked on
/// the way. `dead`: bodies whose pieces are left behind.
[[nodiscard]] Result<void> write_archive(const std::filesystem::path& path, const Segment& segment,
                                         const std::set<Slot>& dead, const Hash& previous);
/// Of a whole file, read piece by piece. `seen` is told how many bytes.
[[nodiscard]] Result<Hash> file_hash(const std::filesystem::path& path, const std::function<void(int64_t)>& seen);

}  // namespace hl::exchange::journal
