#include <fcntl.h>
#include <zlib.h>

#include "exchange/log/archive.h"
#include "exchange/log/bytes.h"
#include "exchange/log/log_errors.h"
#include "exchange/log/records.h"

namespace hl::exchange::journal {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view archive_magic = "HLXARC1\n";
constexpr int64_t most_records = int64_t{1} << 60;
constexpr size_t block_size = 1 << 20;
constexpr size_t end_size = 8 + 32;  // the trailer's size and hash stand last
constexpr size_t block_entry = 8 + 8 + 4 + 4 + 32;

std::string packed(std::string_view raw) {
    uLongf size = compressBound(raw.size());
    std::string out(size, '\0');
    compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(raw.data()), raw.size(), 6);
    out.resize(size);
    return out;
}

ReadAt reader_of(const std::string& bytes) {
    return [&bytes](int64_t offset, size_t size) {
        return std::optional{bytes.substr(static_cast<size_t>(offset), size)};
    };
}

}  // namespace

Error ArchivedSegment::damaged(std::string_view why) const {
    return log_damaged(path_.string(), why);
}

Result<std::shared_ptr<ArchivedSegment>> ArchivedSegment::open(const fs::path& path) {
    auto archive = std::make_shared<ArchivedSegment>();
    archive->path_ = path;
    TRY(auto file, File::open(path, O_RDONLY));
    const auto size = file.size();
    if (size < static_cast<int64_t>(archive_magic.size() + end_size)) return archive->damaged("it is too short");
    const auto magic = file.read_at(0, archive_magic.size());
    const auto end = file.read_at(size - static_cast<int64_t>(end_size), end_size);
    if (!magic || !end) return log_unavailable(path.string());
    if (*magic != archive_magic) return archive->damaged("it is no archive");
    ByteReader e(*end);
    const auto length = e.number<uint64_t>();
    if (length > static_cast<uint64_t>(size) - end_size) return archive->damaged("its end cannot be read");
    archive->trailer_at_ = size - static_cast<int64_t>(end_size) - static_cast<int64_t>(length);
    const auto trailer = file.read_at(archive->trailer_at_, length);
    if (!trailer) return log_unavailable(path.string());
    if (crypto::view(crypto::sha256(*trailer)) != e.raw(32)) return archive->damaged("its end was changed");
    ByteReader r(*trailer);
    auto& facts = archive->facts_;
    r.array(archive->previous_);
    r.array(facts.before);
    r.array(facts.head);
    for (auto* n : {&facts.first, &facts.count, &facts.from_ms, &facts.to_ms, &facts.messages, &facts.stamped_below})
        *n = r.number<int64_t>();
    for (auto left = r.number<uint32_t>(); left > 0 && !r.bad(); --left) {
        StampSpan span;
        for (auto* n : {&span.stamp, &span.first, &span.last}) *n = r.number<int64_t>();
        facts.stamps.push_back(span);
    }
    archive->block_count_ = r.number<uint32_t>();
    archive->blocks_at_ = archive->trailer_at_ + static_cast<int64_t>(length - r.left());
    if (r.bad() || r.left() != size_t{archive->block_count_} * block_entry || facts.first < 0 ||
        facts.first > most_records || facts.count < 0 || facts.count > most_records)
        return archive->damaged("its end cannot be read");
    facts.bytes = size;
    return archive;
}

Result<std::vector<ArchivedSegment::Block>> ArchivedSegment::blocks(const File& file) const {
    const auto bytes = file.read_at(blocks_at_, size_t{block_count_} * block_entry);
    if (!bytes) return log_unavailable(path_.string());
    ByteReader r(*bytes);
    std::vector<Block> out;
    for (uint32_t i = 0; i < block_count_; ++i) {
        Block block;
        block.first = r.number<int64_t>();
        block.offset = r.number<int64_t>();
        block.packed = r.number<uint32_t>();
        block.raw = r.number<uint32_t>();
        r.array(block.before);
        if (r.bad() || block.offset < 0 || block.offset > trailer_at_ || block.packed > trailer_at_ - block.offset ||
            (i > 0 && block.first <= out.back().first))
            return damaged("its table of blocks cannot be read");
        out.push_back(block);
    }
    return out;
}

Result<std::string> ArchivedSegment::unpack(const File& file, const Block& block) const {
    const auto bytes = file.read_at(block.offset, block.packed);
    if (!bytes) return log_unavailable(path_.string());
    // Compressed bytes give at most about a thousand times as many: a table that says more was changed.
    if (block.raw / 1100 > block.packed) return damaged("a block that cannot be read");
    std::string out(block.raw, '\0');
    uLongf size = out.size();
    if (uncompress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes->data()),
                   bytes->size()) != Z_OK ||
        size != out.size())
        return damaged("a block that cannot be read");
    return out;
}

Result<void> ArchivedSegment::each(RecordNumber from, RecordNumber to, const FrameVisitor& visit) const {
    if (from >= to) return Nothing{};
    TRY(auto file, File::open(path_, O_RDONLY));
    TRY(auto table, blocks(file));
    auto block =
        std::upper_bound(table.begin(), table.end(), from, [](RecordNumber n, const Block& b) { return n < b.first; });
    if (block == table.begin()) return record_missing(from);
    for (--block; block != table.end() && block->first < to; ++block) {
        TRY(const auto bytes, unpack(file, *block));
        FrameReader reader(reader_of(bytes), static_cast<int64_t>(bytes.size()), 0, block->first, block->before);
        Frame frame;
        for (auto state = reader.next(frame); state != FrameReader::State::end; state = reader.next(frame)) {
            if (state == FrameReader::State::broken)
                return log_damaged(fmt::format("{}, record {}", path_.filename().string(), reader.number()),
                                   reader.why());
            if (frame.head.number >= to) return Nothing{};
            if (frame.head.number >= from) TRY_VOID(visit(frame));
        }
    }
    return Nothing{};
}

Result<Frame> ArchivedSegment::read(RecordNumber number) const {
    std::optional<Frame> out;
    TRY_VOID(each(number, number + 1, [&](const Frame& frame) -> Result<void> {
        out = frame;
        return Nothing{};
    }));
    if (!out) return record_missing(number);
    return std::move(*out);
}

Result<void> write_archive(const fs::path& path, const Segment& segment, const std::set<Slot>& dead,
                           const Hash& previous) {
    const auto partial = fs::path(path).replace_extension(".part");
    const auto facts = segment.facts();
    TRY(auto file, File::open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND));
    int64_t at = 0;
    const auto put = [&](std::string_view bytes) -> Result<void> {
        if (const int wrong = file.append(bytes)) return disk_error(wrong, partial.string());
        at += static_cast<int64_t>(bytes.size());
        return Nothing{};
    };
    ByteWriter table;
    uint32_t blocks = 0;
    std::string raw;
    RecordNumber first = facts.first;
    Hash before = facts.before, head = facts.before;
    const auto put_block = [&]() -> Result<void> {
        if (raw.empty()) return Nothing{};
        const auto bytes = packed(raw);
        table.number(first);
        table.number(at);
        table.number(static_cast<uint32_t>(bytes.size()));
        table.number(static_cast<uint32_t>(raw.size()));
        table.raw(crypto::view(before));
        ++blocks;
        raw.clear();
        return put(bytes);
    };
    TRY_VOID(put(archive_magic));
    TRY_VOID(segment.each(facts.first, facts.first + facts.count, [&](const Frame& frame) -> Result<void> {
        if (raw.size() >= block_size) {
            TRY_VOID(put_block());
            first = frame.head.number;
            before = head;
        }
        auto head_copy = frame.head;
        std::string payload = frame.payload;
        if (frame.head.kind == Kind::piece && !frame.head.dropped) {
            const auto piece = decode_piece(payload);
            if (piece && dead.contains(piece->slot)) {
                payload = crypto::view(frame.payload_digest());
                head_copy.dropped = true;
            }
        }
        raw += head_bytes(head_copy);
        raw += payload;
        head = frame.head.chain;
        return Nothing{};
    }));
    TRY_VOID(put_block());
    if (head != facts.head) return log_damaged(segment.path().string(), "it is not what it was when it was closed");
    ByteWriter trailer;
    trailer.raw(crypto::view(previous));
    trailer.raw(crypto::view(facts.before));
    trailer.raw(crypto::view(facts.head));
    for (const auto n : {facts.first, facts.count, facts.from_ms, facts.to_ms, facts.messages, facts.stamped_below})
        trailer.number(n);
    trailer.number(static_cast<uint32_t>(facts.stamps.size()));
    for (const auto& span : facts.stamps)
        for (const auto n : {span.stamp, span.first, span.last}) trailer.number(n);
    trailer.number(blocks);
    trailer.raw(table.out);
    ByteWriter end;
    end.number(static_cast<uint64_t>(trailer.out.size()));
    end.raw(crypto::view(crypto::sha256(trailer.out)));
    TRY_VOID(put(trailer.out));
    TRY_VOID(put(end.out));
    if (::fsync(file.fd()) != 0) return disk_error(errno, partial.string());
    std::error_code error;
    fs::rename(partial, path, error);
    if (error) return log_unavailable(fmt::format("{}: {}", path.string(), error.message()));
    if (const int wrong = flush_folder(path.parent_path())) return disk_error(wrong, path.string());
    return Nothing{};
}

Result<Hash> file_hash(const fs::path& path, const std::function<void(int64_t)>& seen) {
    TRY(auto file, File::open(path, O_RDONLY));
    crypto::Sha256Stream hash;
    const auto size = file.size();
    for (int64_t at = 0; at < size;) {
        const auto bytes = file.read_at(at, 1 << 20);
        if (!bytes) return log_unavailable(path.string());
        if (bytes->empty()) break;
        hash.update(*bytes);
        at += static_cast<int64_t>(bytes->size());
        seen(static_cast<int64_t>(bytes->size()));
    }
    return hash.finish();
}

}  // namespace hl::exchange::journal
