#include "exchange/log/segments.h"

#include <fcntl.h>

#include "exchange/log/log_errors.h"
#include "exchange/log/records.h"

namespace hl::exchange::journal {

namespace fs = std::filesystem;

namespace {
constexpr size_t kept_tables = 8;
}

void SegmentFacts::observe(const FrameHead& frame, std::string_view payload) {
    ++count;
    head = frame.chain;
    if (frame.kind == Kind::message) {
        if (const auto at = message_time(payload)) {
            from_ms = messages == 0 ? *at : std::min(from_ms, *at);
            to_ms = std::max(to_ms, *at);
        }
        ++messages;
    } else if (frame.kind == Kind::stamp && !frame.dropped) {
        if (const auto stamp = decode_stamp(payload); stamp && !stamp->records.empty()) {
            stamped_below = std::max(stamped_below, stamp->done_below);
            stamps.push_back({frame.number, stamp->records.front(), stamp->records.back()});
        }
    }
}

fs::path segment_path(const fs::path& folder, RecordNumber first) {
    return folder / fmt::format("{:016}.hlog", first);
}

fs::path table_path(const fs::path& segment) {
    auto path = segment;
    return path.replace_extension(".table");
}

std::vector<RecordNumber> numbered_files(const fs::path& folder, std::string_view extension) {
    std::vector<RecordNumber> out;
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(folder, ignored)) {
        const auto stem = file.path().stem().string();
        if (file.path().extension() != extension || stem.empty() || stem.size() > 18 ||
            stem.find_first_not_of("0123456789") != std::string::npos)
            continue;
        out.push_back(std::stoll(stem));
    }
    std::sort(out.begin(), out.end());
    return out;
}

Result<void> Segments::add(SegmentPtr segment, const std::shared_ptr<LiveSegment>& live) {
    const auto facts = segment->facts();
    if (!segments_.empty()) {
        const auto last = segments_.rbegin()->second->facts();
        if (facts.first != last.first + last.count)
            return log_damaged(segment->path().string(),
                               fmt::format("it begins with record {}, the one before ends at {}", facts.first,
                                           last.first + last.count));
        if (facts.before != last.head)
            return log_damaged(segment->path().string(), "it is not bound to the segment before");
    }
    if (active_) active_->forget_offsets();
    active_ = live;
    segments_[facts.first] = std::move(segment);
    return Nothing{};
}

Result<void> Segments::open(const fs::path& folder, const OpenArchive& open_archive) {
    std::unique_lock lock(mutex_);
    const auto archive_folder = folder / "archive";
    for (const auto first : numbered_files(archive_folder, ".harc")) {
        TRY(auto archive, open_archive(archive_folder / fmt::format("{:016}.harc", first)));
        TRY_VOID(add(std::move(archive), nullptr));
    }
    auto live = numbered_files(folder, ".hlog");
    // Archived, but the crash came before the live file was removed.
    while (!live.empty() && segments_.contains(live.front())) {
        std::error_code ignored;
        fs::remove(segment_path(folder, live.front()), ignored);
        fs::remove(table_path(segment_path(folder, live.front())), ignored);
        live.erase(live.begin());
    }
    // A file that has no whole head was begun and never written to.
    while (!live.empty()) {
        const auto path = segment_path(folder, live.back());
        std::error_code error;
        if (fs::file_size(path, error) > segment_head_size || error) break;
        TRY(auto file, File::open(path, O_RDONLY));
        const auto head = file.read_at(0, segment_head_size);
        if (!head || segment_head_of(*head)) break;
        fs::remove(path, error);
        live.pop_back();
    }
    for (size_t i = 0; i < live.size(); ++i) {
        const auto path = segment_path(folder, live[i]);
        TRY(auto segment, i + 1 == live.size() ? LiveSegment::scan(path, true) : LiveSegment::load(path));
        if (segment->facts().first != live[i]) return log_damaged(path.string(), "its name is not its first record");
        TRY_VOID(add(segment, segment));
    }
    return Nothing{};
}

RecordNumber Segments::size() const {
    std::shared_lock lock(mutex_);
    if (segments_.empty()) return 0;
    const auto facts = segments_.rbegin()->second->facts();
    return facts.first + facts.count;
}

SegmentPtr Segments::find(RecordNumber number) const {
    std::shared_lock lock(mutex_);
    auto after = segments_.upper_bound(number);
    if (after == segments_.begin()) return nullptr;
    return std::prev(after)->second;
}

void Segments::remember(const SegmentPtr& segment) const {
    const auto live = std::dynamic_pointer_cast<const LiveSegment>(segment);
    if (!live || live == active()) return;
    std::scoped_lock lock(lately_mutex_);
    if (std::find(lately_.begin(), lately_.end(), live) != lately_.end()) return;
    lately_.push_back(live);
    if (lately_.size() <= kept_tables) return;
    lately_.front()->forget_offsets();
    lately_.pop_front();
}

template <class F>
auto Segments::in_segment(RecordNumber number, F get) const -> decltype(get(std::declval<const Segment&>())) {
    if (number < 0) return record_missing(number);
    for (int attempt = 0;; ++attempt) {
        const auto segment = find(number);
        if (!segment) return record_missing(number);
        const auto facts = segment->facts();
        if (number >= facts.first + facts.count) return record_missing(number);
        remember(segment);
        auto found = get(*segment);
        // It may have gone into the archive between the two.
        if (found.ok() || attempt > 0 || find(number) == segment) return found;
    }
}

Result<Frame> Segments::read(RecordNumber number) const {
    return in_segment(number, [&](const Segment& segment) { return segment.read(number); });
}

Result<std::vector<int64_t>> Segments::links(RecordNumber number) const {
    return in_segment(number, [&](const Segment& segment) { return segment.links(number); });
}

Result<std::vector<int64_t>> Segment::links(RecordNumber number) const {
    TRY(auto frame, read(number));
    return std::move(frame.head.links);
}

Result<void> Segments::each(RecordNumber from, RecordNumber to, const FrameVisitor& visit) const {
    while (from < to) {
        const auto segment = find(from);
        if (!segment) return record_missing(from);
        const auto facts = segment->facts();
        const auto end = std::min(to, facts.first + facts.count);
        if (end <= from) return record_missing(from);
        remember(segment);
        TRY_VOID(segment->each(from, end, visit));
        from = end;
    }
    return Nothing{};
}

std::vector<SegmentPtr> Segments::list() const {
    std::shared_lock lock(mutex_);
    std::vector<SegmentPtr> out;
    for (const auto& [first, segment] : segments_) out.push_back(segment);
    return out;
}

std::shared_ptr<LiveSegment> Segments::active() const {
    std::shared_lock lock(mutex_);
    return active_;
}

void Segments::publish(const std::vector<LiveSegment::Added>& frames, int64_t bytes) {
    active()->publish(frames, bytes);
}

void Segments::begin(std::shared_ptr<LiveSegment> segment) {
    std::shared_ptr<LiveSegment> before;
    {
        std::unique_lock lock(mutex_);
        before = std::move(active_);
        active_ = segment;
        segments_[segment->facts().first] = segment;
    }
    if (!before || before->facts().count == 0) return;
    before->save_table();
    remember(before);
}

void Segments::replace(RecordNumber first, SegmentPtr archive) {
    std::unique_lock lock(mutex_);
    segments_[first] = std::move(archive);
}

}  // namespace hl::exchange::journal
