#include "exchange/log/log_writer.h"

#include <fcntl.h>

#include "base/log.h"
#include "exchange/log/log_errors.h"

namespace hl::exchange::journal {

namespace {
constexpr size_t batch_bytes = 16 << 20;
constexpr int64_t plenty = 4 * static_cast<int64_t>(batch_bytes);
constexpr std::chrono::milliseconds soon{10};  // what does not press is written in this time
constexpr int64_t blank_step = 256 << 10;      // zeros that are written at a time
}  // namespace

/// One group of records before the flush.
struct LogWriter::Staged {
    struct One {
        FrameHead head;
        std::string bytes;  // head and links
        std::string_view payload;
        int64_t offset = 0;
        FreshRows::Row row{};
    };
    std::deque<One> frames;
    RecordNumber next = 0;
    Hash chain{};
    int64_t end = 0;
    std::map<Hash, RecordNumber> batches;
    std::map<Slot, OpenBody> bodies;
    std::vector<Slot> gone;
};

LogWriter::LogWriter(WriterOptions options, Segments& segments, const Clock& clock, OnWritten written)
    : options_(std::move(options)), segments_(segments), clock_(clock), written_(std::move(written)) {}

LogWriter::~LogWriter() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Result<void> LogWriter::start() {
    next_ = segments_.size();
    if (const auto active = segments_.active()) {
        const auto facts = active->facts();
        chain_ = facts.head;
        end_ = reserved_ = blank_ = facts.bytes;
        TRY(file_, File::open(active->path(), O_WRONLY));
    } else if (const auto all = segments_.list(); !all.empty()) {
        chain_ = all.back()->facts().head;
    }
    if (const auto room = free_bytes(options_.folder); room >= 0) roomy_ = room - options_.min_free_bytes > plenty;
    thread_ = std::thread([this] { run(); });
    return Nothing{};
}

void LogWriter::add(WriteItem item) {
    waiting_.fetch_add(1, std::memory_order_relaxed);
    bool wake = false;
    {
        std::scoped_lock lock(mutex_);
        const auto press = item.press;
        queue_.push_back(std::move(item));
        if (press == Press::now) wake = ++pressing_ == 1;
        if (press == Press::soon) wake = asleep_;
    }
    if (wake) wake_.notify_one();
}

void LogWriter::hurry() {
    {
        std::scoped_lock lock(mutex_);
        if (queue_.empty() || pressing_ > 0) return;
        pressing_ = 1;
    }
    wake_.notify_one();
}

LogWriter::Status LogWriter::status() const {
    std::scoped_lock lock(mutex_);
    return {!problem_, problem_ ? problem_->en : "", waiting_.load(std::memory_order_relaxed)};
}

void LogWriter::note(const std::optional<Error>& problem) {
    std::scoped_lock lock(mutex_);
    if (problem && !problem_)
        log::error("exchange", "the message log cannot be written", {{"code", problem->code}, {"why", problem->en}});
    if (!problem && problem_) log::info("exchange", "the message log is written again");
    problem_ = problem;
    roomy_ = !problem && room_ > plenty;
}

/// Until something presses, or something has waited long enough. While records come, the writer looks by itself, and
/// what does not press wakes nobody.
void LogWriter::wait_for_work(std::unique_lock<std::mutex>& lock) {
    const auto pressed = [this] { return stopping_ || pressing_ > 0; };
    while (!wake_.wait_for(lock, soon, pressed) && queue_.empty()) {
        asleep_ = true;
        wake_.wait(lock, [&] { return pressed() || !queue_.empty(); });
        asleep_ = false;
    }
}

void LogWriter::run() {
    std::vector<WriteItem> items;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wait_for_work(lock);
            if (queue_.empty()) break;
            items.swap(queue_);
            pressing_ = 0;
        }
        for (size_t first = 0; first < items.size();) {
            // A group ends where the segment should, so that a burst does not make one of any size.
            const auto left = end_ < options_.segment_bytes ? options_.segment_bytes - end_ : options_.segment_bytes;
            const auto most = std::min(batch_bytes, static_cast<size_t>(std::max<int64_t>(1, left)));
            size_t last = first, bytes = 0;
            for (; last < items.size() && bytes < most; ++last) {
                bytes += items[last].payload.size() + 128;
                const auto& batch = items[last].batch;
                if (batch && (last == first || batch != items[last - 1].batch)) bytes += batch->payload.size();
            }
            write(items, first, last);
            waiting_.fetch_sub(static_cast<int64_t>(last - first), std::memory_order_relaxed);
            first = last;
        }
        items.clear();
    }
    if (mark_wanted_) {
        WriteItem mark;
        mark.kind = Kind::mark;
        mark.digest = crypto::sha256({});
        items.push_back(std::move(mark));
        write(items, 0, 1);
    }
    if (file_.is_open() && reserved_ > end_) (void)cut();  // otherwise the next start does
}

int LogWriter::cut() {
    if (const int wrong = file_.cut(end_)) return wrong;
    reserved_ = blank_ = end_;
    tail_dirty_ = false;
    return 0;
}

/// Room in the file for what is to be written up to `end`, and for some of what comes after it. Where it cannot be had
/// the file grows with each write.
void LogWriter::reserve(int64_t end) {
    if (!reserving_ || options_.reserve_bytes == 0) return;
    if (end > reserved_) {
        if (room_ <= plenty) return;
        const auto until = std::max(end, std::min(end_ + options_.reserve_bytes, options_.segment_bytes));
        reserving_ = file_.reserve(until) == 0;
        if (!reserving_) return;
        reserved_ = until;
    }
    // Room that was only promised costs the file system a transaction of its own at the first write into it; a little
    // is written with zeros beforehand, much would make one flush in many long. What is large itself can pay for it.
    if (end <= blank_ || end - end_ > blank_step / 2) return;
    const auto until = std::min(end + blank_step, reserved_);
    reserving_ = file_.blank(end, until) == 0;
    if (reserving_) blank_ = until;
}

std::optional<Error> LogWriter::begin_segment() {
    const auto path = segment_path(options_.folder, next_);
    const auto bytes = to_bytes({next_, to_ms(clock_.now()), chain_});
    const auto give_up = [&](Error error) {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        return std::optional{std::move(error)};
    };
    // A segment that is closed has nothing behind its last record.
    if (file_.is_open() && reserved_ > end_)
        if (const int wrong = cut()) return disk_error(wrong, options_.folder.string());
    auto file = File::open(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.ok()) return std::move(file).error();
    if (const int wrong = file->append(bytes)) return give_up(disk_error(wrong, path.string()));
    if (::fsync(file->fd()) != 0) return give_up(disk_error(errno, path.string()));
    if (const int wrong = flush_folder(options_.folder)) return give_up(disk_error(wrong, path.string()));
    file_ = std::move(*file);
    end_ = reserved_ = blank_ = static_cast<int64_t>(bytes.size());
    reserving_ = true;
    batches_.clear();
    begin_new_ = false;
    SegmentFacts facts;
    facts.first = next_;
    facts.before = facts.head = chain_;
    facts.bytes = end_;
    segments_.begin(std::make_shared<LiveSegment>(path, std::move(facts), std::vector<int64_t>{}));
    return std::nullopt;
}

std::optional<Error> LogWriter::make_ready(size_t bytes) {
    if (tail_dirty_)
        if (const int wrong = cut()) return disk_error(wrong, options_.folder.string());
    const auto room = free_bytes(options_.folder);
    room_ = room < 0 ? -1 : room + (reserved_ - end_) - options_.min_free_bytes;
    if (room >= 0 && room_ < static_cast<int64_t>(bytes))
        return log_full(fmt::format("{} bytes are free on the disk of {}, {} are kept free", room,
                                    options_.folder.string(), options_.min_free_bytes));
    if (!file_.is_open() || begin_new_ || end_ >= options_.segment_bytes) return begin_segment();
    return std::nullopt;
}

void LogWriter::stage_frame(Staged& staged, Kind kind, std::vector<int64_t> links, std::string_view payload,
                            const Hash& digest) {
    auto& one = staged.frames.emplace_back();
    one.head.size = static_cast<uint32_t>(payload.size());
    one.head.kind = kind;
    one.head.number = staged.next++;
    one.head.synced = next_;
    one.head.links = std::move(links);
    one.bytes = seal_frame(one.head, staged.chain, digest);
    one.payload = payload;
    one.offset = staged.end;
    staged.chain = one.head.chain;
    staged.end += static_cast<int64_t>(one.bytes.size() + payload.size());
}

std::optional<Error> LogWriter::stage(Staged& staged, WriteItem& item) {
    if (item.refused) return item.refused;
    const auto body_of = [&](Slot slot) -> OpenBody& {
        const auto known = bodies_.find(slot);
        return staged.bodies.try_emplace(slot, known == bodies_.end() ? OpenBody{} : known->second).first->second;
    };
    std::vector<int64_t> links;
    if (item.kind == Kind::piece) {
        if (item.payload.empty()) {
            staged.gone.push_back(item.slot);
            return std::nullopt;
        }
        auto& body = body_of(item.slot);
        if (body.broken) return log_full("a piece of this body could not be written");
        stage_frame(staged, Kind::piece, {body.last}, item.payload, item.digest);
        body.last = staged.next - 1;
        ++body.pieces;
        return std::nullopt;
    }
    if (item.kind == Kind::message) {
        for (const auto& streamed : item.bodies) {
            const auto& body = body_of(streamed.slot);
            if (!body.broken && body.pieces == streamed.pieces) continue;
            for (const auto& lost : item.bodies) staged.gone.push_back(lost.slot);
            return log_full("a piece of the message's body could not be written");
        }
        int64_t batch = -1;
        if (item.batch) {
            const auto here = batches_.find(item.batch->name);
            if (here != batches_.end()) {
                batch = here->second;
            } else if (const auto now = staged.batches.find(item.batch->name); now != staged.batches.end()) {
                batch = now->second;
            } else {
                batch = staged.next;
                stage_frame(staged, Kind::batch, {}, item.batch->payload, item.batch->name);
                staged.batches[item.batch->name] = batch;
            }
        }
        links.push_back(batch);
        for (const auto& streamed : item.bodies) {
            links.push_back(body_of(streamed.slot).last);
            staged.gone.push_back(streamed.slot);
        }
    }
    stage_frame(staged, item.kind, std::move(links), item.payload, item.digest);
    staged.frames.back().row = std::move(item.row);
    return std::nullopt;
}

void LogWriter::commit(Staged& staged) {
    std::vector<LiveSegment::Added> added;
    std::vector<Written> written;
    added.reserve(staged.frames.size());
    written.reserve(staged.frames.size());
    for (const auto& one : staged.frames) {
        added.push_back({&one.head, one.payload, one.offset});
        written.push_back({&one.head, one.payload, &one.row});
        mark_wanted_ = one.head.kind != Kind::mark;
    }
    // Followers first: what can be read is known to them.
    written_(written);
    segments_.publish(added, staged.end);
    next_ = staged.next;
    chain_ = staged.chain;
    end_ = staged.end;
    reserved_ = std::max(reserved_, end_);
    batches_.merge(staged.batches);
    for (auto& [slot, body] : staged.bodies) bodies_[slot] = body;
    for (const auto& slot : staged.gone) bodies_.erase(slot);
}

void LogWriter::write(std::vector<WriteItem>& items, size_t first, size_t last) {
    size_t bytes = 0;
    for (size_t i = first; i < last; ++i) bytes += items[i].payload.size() + 128;
    auto failed = make_ready(bytes);
    std::vector<Result<RecordNumber>> answers(last - first, Result<RecordNumber>(RecordNumber{-1}));
    Staged staged;
    if (!failed) {
        staged.next = next_;
        staged.chain = chain_;
        staged.end = end_;
        for (size_t i = first; i < last; ++i) {
            if (auto refused = stage(staged, items[i]))
                answers[i - first] = std::move(*refused);
            else
                answers[i - first] = staged.next - 1;
        }
        std::vector<iovec> parts;
        parts.reserve(staged.frames.size() * 2);
        for (auto& one : staged.frames) {
            parts.push_back({one.bytes.data(), one.bytes.size()});
            if (!one.payload.empty()) parts.push_back({const_cast<char*>(one.payload.data()), one.payload.size()});
        }
        if (!parts.empty()) {
            tail_dirty_ = true;
            reserve(staged.end);
            if (const int wrong = file_.write_at(end_, parts)) {
                failed = disk_error(wrong, "write");
            } else if (const int not_flushed = file_.flush()) {
                // Nobody knows what the disk holds of these pages: they are left, and the log goes on in a new file.
                failed = disk_error(not_flushed, "flush");
                begin_new_ = true;
            } else {
                tail_dirty_ = false;
            }
            if (failed) (void)cut();
        }
    }
    if (failed) {
        for (size_t i = first; i < last; ++i) {
            if (items[i].kind == Kind::piece && !items[i].payload.empty()) bodies_[items[i].slot].broken = true;
            if (items[i].kind == Kind::piece && items[i].payload.empty()) bodies_.erase(items[i].slot);
            if (!items[i].refused) answers[i - first] = *failed;
        }
    } else {
        commit(staged);
    }
    note(failed);
    for (size_t i = first; i < last; ++i)
        if (items[i].done) items[i].done(std::move(answers[i - first]));
    let_flow(items, first, last);
}

void LogWriter::let_flow(std::vector<WriteItem>& items, size_t first, size_t last) {
    for (size_t i = first; i < last; ++i) {
        if (!items[i].flow) continue;
        std::function<void()> ready;
        {
            std::scoped_lock lock(items[i].flow->mutex);
            items[i].flow->queued -= static_cast<int64_t>(items[i].payload.size());
            if (items[i].flow->queued <= (256 << 10)) ready.swap(items[i].flow->ready);
        }
        if (ready) ready();
    }
}

}  // namespace hl::exchange::journal
