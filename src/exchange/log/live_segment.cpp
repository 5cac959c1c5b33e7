#include <fcntl.h>

#include "base/files.h"
#include "exchange/log/bytes.h"
#include "exchange/log/log_errors.h"
#include "exchange/log/segments.h"

namespace hl::exchange::journal {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view table_magic = "HLXTAB1\n";

std::string encode_table(const SegmentFacts& facts, const std::vector<int64_t>& offsets) {
    ByteWriter w;
    w.out.reserve(256 + 8 * offsets.size());
    w.raw(table_magic);
    w.number(facts.first);
    w.number(facts.count);
    w.raw(crypto::view(facts.before));
    w.raw(crypto::view(facts.head));
    for (const auto n : {facts.bytes, facts.from_ms, facts.to_ms, facts.messages, facts.stamped_below}) w.number(n);
    w.number(static_cast<uint32_t>(facts.stamps.size()));
    for (const auto& span : facts.stamps)
        for (const auto n : {span.stamp, span.first, span.last}) w.number(n);
    for (const auto offset : offsets) w.number(offset);
    w.raw(crypto::view(crypto::sha256(w.out)));
    return std::move(w.out);
}

bool decode_table(std::string_view bytes, SegmentFacts& facts, std::vector<int64_t>& offsets) {
    if (bytes.size() < 32) return false;
    const auto body = bytes.substr(0, bytes.size() - 32);
    if (crypto::view(crypto::sha256(body)) != bytes.substr(body.size())) return false;
    ByteReader r(body);
    if (r.raw(table_magic.size()) != table_magic) return false;
    facts.first = r.number<int64_t>();
    facts.count = r.number<int64_t>();
    r.array(facts.before);
    r.array(facts.head);
    for (auto* n : {&facts.bytes, &facts.from_ms, &facts.to_ms, &facts.messages, &facts.stamped_below})
        *n = r.number<int64_t>();
    for (auto left = r.number<uint32_t>(); left > 0 && !r.bad(); --left) {
        StampSpan span;
        for (auto* n : {&span.stamp, &span.first, &span.last}) *n = r.number<int64_t>();
        facts.stamps.push_back(span);
    }
    if (r.bad() || facts.count < 0 || r.left() != static_cast<size_t>(facts.count) * 8) return false;
    for (int64_t i = 0; i < facts.count; ++i) {
        offsets.push_back(r.number<int64_t>());
        const auto least = i == 0 ? static_cast<int64_t>(segment_head_size) : offsets[offsets.size() - 2] + 1;
        if (offsets.back() < least || offsets.back() >= facts.bytes) return false;
    }
    return true;
}

ReadAt reader_of(const File& file) {
    return [&file](int64_t offset, size_t size) { return file.read_at(offset, size); };
}

}  // namespace

LiveSegment::LiveSegment(fs::path path, SegmentFacts facts, std::vector<int64_t> offsets)
    : path_(std::move(path)),
      facts_(std::move(facts)),
      offsets_(std::make_shared<std::vector<int64_t>>(std::move(offsets))) {}

Result<std::shared_ptr<LiveSegment>> LiveSegment::scan(const fs::path& path, bool cut_tail) {
    TRY(auto file, File::open(path, cut_tail ? O_RDWR : O_RDONLY));
    const auto head_bytes = file.read_at(0, segment_head_size);
    if (!head_bytes) return log_unavailable(path.string());
    const auto head = segment_head_of(*head_bytes);
    if (!head) return log_damaged(path.string(), "the segment's head cannot be read");
    SegmentFacts facts;
    facts.first = head->first;
    facts.before = facts.head = head->before;
    std::vector<int64_t> offsets;
    FrameReader reader(reader_of(file), file.size(), static_cast<int64_t>(segment_head_size), head->first,
                       head->before);
    Frame frame;
    for (;;) {
        const auto state = reader.next(frame);
        if (state == FrameReader::State::end) break;
        if (state == FrameReader::State::frame) {
            offsets.push_back(frame.offset);
            facts.observe(frame.head, frame.payload);
            continue;
        }
        const auto where =
            fmt::format("{}, record {}, byte {}", path.filename().string(), reader.number(), reader.offset());
        const auto why = reader.why();
        if (!cut_tail || reader.was_on_disk()) return log_damaged(where, why);
        if (reader.unreadable()) return log_unavailable(where);
        if (const int wrong = file.cut(reader.offset())) return disk_error(wrong, where);
        break;
    }
    if (reader.unreadable()) return log_unavailable(path.string());
    facts.bytes = reader.offset();
    if (cut_tail && file.size() > facts.bytes) {
        if (const int wrong = file.cut(facts.bytes)) return disk_error(wrong, path.string());
    } else if (cut_tail && file.flush() != 0) {
        return log_unavailable(path.string());
    }
    return std::make_shared<LiveSegment>(path, std::move(facts), std::move(offsets));
}

Result<std::shared_ptr<LiveSegment>> LiveSegment::load(const fs::path& path) {
    if (const auto bytes = read_file(table_path(path), size_t{1} << 31); bytes.ok()) {
        SegmentFacts facts;
        std::vector<int64_t> offsets;
        std::error_code error;
        if (decode_table(*bytes, facts, offsets) && static_cast<int64_t>(fs::file_size(path, error)) == facts.bytes)
            return std::make_shared<LiveSegment>(path, std::move(facts), std::move(offsets));
    }
    TRY(auto segment, scan(path, false));
    segment->save_table();
    return segment;
}

SegmentFacts LiveSegment::facts() const {
    std::shared_lock lock(mutex_);
    return facts_;
}

Result<std::shared_ptr<const std::vector<int64_t>>> LiveSegment::offsets() const {
    {
        std::shared_lock lock(mutex_);
        if (offsets_) return std::shared_ptr<const std::vector<int64_t>>(offsets_);
    }
    TRY(auto again, load(path_));
    std::unique_lock lock(mutex_);
    if (again->facts_.count != facts_.count || again->facts_.head != facts_.head)
        return log_damaged(path_.string(), "it is not what it was when it was closed");
    offsets_ = again->offsets_;
    return std::shared_ptr<const std::vector<int64_t>>(offsets_);
}

void LiveSegment::forget_offsets() const {
    std::unique_lock lock(mutex_);
    offsets_.reset();
}

void LiveSegment::save_table() const {
    std::shared_lock lock(mutex_);
    if (offsets_) (void)write_file_durably(table_path(path_), encode_table(facts_, *offsets_), 0600);
}

void LiveSegment::publish(const std::vector<Added>& frames, int64_t bytes) {
    std::unique_lock lock(mutex_);
    for (const auto& frame : frames) {
        offsets_->push_back(frame.offset);
        facts_.observe(*frame.head, frame.payload);
    }
    facts_.bytes = bytes;
}

Result<LiveSegment::Place> LiveSegment::place(const File& file, RecordNumber number) const {
    TRY(auto table, offsets());
    Place place;
    RecordNumber first = 0;
    int64_t previous = -1;
    {
        // The active segment's table grows under this lock.
        std::shared_lock lock(mutex_);
        first = facts_.first;
        const auto at = static_cast<size_t>(number - first);
        if (number < first || at >= table->size()) return record_missing(number);
        place.offset = (*table)[at];
        place.end = at + 1 < table->size() ? (*table)[at + 1] : facts_.bytes;
        place.before = facts_.before;
        if (at > 0) previous = (*table)[at - 1];
    }
    if (previous < 0) return place;
    const auto head = file.read_at(previous, frame_head_size);
    if (!head) return log_unavailable(path_.string());
    if (head->size() < frame_head_size) return log_damaged(path_.string(), "it is shorter than it was");
    std::memcpy(place.before.data(), head->data() + frame_head_size - place.before.size(), place.before.size());
    return place;
}

Result<Frame> LiveSegment::read(RecordNumber number) const {
    TRY(auto file, File::open(path_, O_RDONLY));
    TRY(auto at, place(file, number));
    FrameReader reader(reader_of(file), at.end, at.offset, number, at.before);
    Frame frame;
    if (reader.next(frame) == FrameReader::State::frame) return frame;
    if (reader.unreadable()) return log_unavailable(path_.string());
    return log_damaged(fmt::format("{}, record {}", path_.filename().string(), number), reader.why());
}

Result<std::vector<int64_t>> LiveSegment::links(RecordNumber number) const {
    TRY(auto file, File::open(path_, O_RDONLY));
    TRY(auto at, place(file, number));
    const auto head = file.read_at(at.offset, frame_head_size + 8 * max_links);
    if (!head) return log_unavailable(path_.string());
    constexpr size_t count_at = 5;
    if (head->size() < frame_head_size) return log_damaged(path_.string(), "it is shorter than it was");
    ByteReader r(std::string_view{*head}.substr(frame_head_size));
    std::vector<int64_t> out(static_cast<uint8_t>((*head)[count_at]));
    for (auto& link : out) link = r.number<int64_t>();
    if (r.bad()) return log_damaged(path_.string(), "it is shorter than it was");
    return out;
}

Result<void> LiveSegment::each(RecordNumber from, RecordNumber to, const FrameVisitor& visit) const {
    if (from >= to) return Nothing{};
    TRY(auto file, File::open(path_, O_RDONLY));
    TRY(auto at, place(file, from));
    TRY(auto last, place(file, to - 1));
    FrameReader reader(reader_of(file), last.end, at.offset, from, at.before);
    Frame frame;
    for (auto number = from; number < to; ++number) {
        if (reader.next(frame) != FrameReader::State::frame) {
            if (reader.unreadable()) return log_unavailable(path_.string());
            return log_damaged(fmt::format("{}, record {}", path_.filename().string(), number), reader.why());
        }
        TRY_VOID(visit(frame));
    }
    return Nothing{};
}

}  // namespace hl::exchange::journal
