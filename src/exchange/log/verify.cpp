// The whole log recomputed from its files, without keys and without the program that writes it: every record's hash,
// every link of the chain over segments and archives, and what records say of one another.
#include <fcntl.h>

#include "exchange/log/archive.h"
#include "exchange/log/log_errors.h"
#include "exchange/log/records.h"

namespace hl::exchange {

using namespace journal;
namespace fs = std::filesystem;

namespace {

constexpr size_t most_problems = 1000;

class Verifier {
  public:
    Verifier(const fs::path& folder, const std::function<void(int64_t, int64_t)>& progress)
        : folder_(folder), progress_(progress) {}

    Result<LogVerification> run() {
        const auto archives = numbered_files(folder_ / "archive", ".harc");
        std::vector<fs::path> live;
        for (const auto first : numbered_files(folder_, ".hlog"))
            if (!std::binary_search(archives.begin(), archives.end(), first))
                live.push_back(segment_path(folder_, first));
        std::error_code error;
        for (const auto first : archives) total_ += 2 * static_cast<int64_t>(fs::file_size(archive_path(first), error));
        for (const auto& path : live) total_ += static_cast<int64_t>(fs::file_size(path, error));
        for (const auto first : archives) TRY_VOID(archive(archive_path(first)));
        for (const auto& path : live) TRY_VOID(segment(path, &path == &live.back()));
        out_.head = crypto::to_hex(chain_);
        advance(0);
        return std::move(out_);
    }

  private:
    fs::path archive_path(RecordNumber first) const { return folder_ / "archive" / fmt::format("{:016}.harc", first); }
    void problem(std::string what) {
        if (out_.problems.size() < most_problems) out_.problems.push_back(std::move(what));
    }
    void advance(int64_t bytes) {
        done_ += bytes;
        if (progress_) progress_(std::min(done_, total_), total_);
    }

    /// A segment's beginning against the end of the one before.
    void begin(const std::string& name, RecordNumber first, const Hash& before) {
        batches_.clear();
        if (broken_) {
            broken_ = false;  // told already
        } else if (first != next_) {
            problem(fmt::format("{}: it begins with record {}, the one before ends at {}", name, first, next_));
        } else if (before != chain_) {
            problem(fmt::format("{}: it is not bound to the segment before", name));
        }
        next_ = first;
        chain_ = before;
    }

    void frame(const std::string& name, const Frame& f) {
        ++out_.records;
        next_ = f.head.number + 1;
        chain_ = f.head.chain;
        if (f.head.dropped) {
            ++out_.dropped;
            if (f.head.kind != Kind::piece)
                problem(fmt::format("{}, record {}: left behind, and no piece of a body", name, f.head.number));
            return;
        }
        if (f.head.kind == Kind::batch) batches_[f.head.number] = f.payload_digest();
        if (f.head.kind == Kind::message) {
            ++out_.messages;
            const auto record = decode_message(f.payload);
            if (!record || f.head.links.empty()) {
                problem(fmt::format("{}, record {}: a message that cannot be read", name, f.head.number));
            } else if (f.head.links[0] >= 0) {
                const auto batch = batches_.find(f.head.links[0]);
                if (batch == batches_.end() || batch->second != record->batch)
                    problem(fmt::format("{}, record {}: its signature is not where it says", name, f.head.number));
            }
        }
        if (f.head.kind == Kind::stamp) {
            ++out_.stamps;
            const auto stamp = decode_stamp(f.payload);
            if (!stamp || stamp->records.empty() || stamp->records.back() >= f.head.number)
                problem(fmt::format("{}, record {}: a time-stamp that cannot be read", name, f.head.number));
        }
    }

    Result<void> archive(const fs::path& path) {
        const auto name = path.filename().string();
        ++out_.archives;
        const Hash before = last_archive_;
        TRY(last_archive_, file_hash(path, [this](int64_t n) { advance(n); }));
        auto opened = ArchivedSegment::open(path);
        if (!opened.ok()) {
            if (opened.error().code != "exchange.log_damaged") return std::move(opened).error();
            problem(opened.error().en);
            broken_ = true;
            return Nothing{};
        }
        const auto& archive = **opened;
        const auto facts = archive.facts();
        if (archive.previous() != before) problem(fmt::format("{}: it is not bound to the archive file before", name));
        begin(name, facts.first, facts.before);
        const auto read = archive.each(facts.first, facts.first + facts.count, [&](const Frame& f) -> Result<void> {
            if (f.head.number != next_) return log_damaged(name, fmt::format("record {} is missing", next_));
            if (chain_hash(chain_, f.own) != f.head.chain)
                return log_damaged(name, fmt::format("record {} is not bound to the one before", next_));
            frame(name, f);
            return Nothing{};
        });
        if (!read.ok()) {
            problem(read.error().en);
            broken_ = true;
        } else if (next_ != facts.first + facts.count || chain_ != facts.head) {
            problem(fmt::format("{}: it does not end as it says", name));
        }
        advance(facts.bytes);
        return Nothing{};
    }

    Result<void> segment(const fs::path& path, bool last) {
        const auto name = path.filename().string();
        auto opened = File::open(path, O_RDONLY);
        if (!opened.ok()) {
            // It may have gone into the archive since the folder was read.
            const auto archived = folder_ / "archive" / path.filename().replace_extension(".harc");
            std::error_code error;
            if (fs::exists(archived, error)) return archive(archived);
            return std::move(opened).error();
        }
        const auto& file = *opened;
        ++out_.segments;
        const auto size = file.size();
        const auto bytes = file.read_at(0, segment_head_size);
        if (!bytes) return log_unavailable(path.string());
        const auto head = segment_head_of(*bytes);
        if (!head) {
            if (last && size <= static_cast<int64_t>(segment_head_size)) {
                out_.unfinished += size;
            } else {
                problem(fmt::format("{}: the segment's head cannot be read", name));
                broken_ = true;
            }
            advance(size);
            return Nothing{};
        }
        begin(name, head->first, head->before);
        FrameReader reader([&file](int64_t at, size_t n) { return file.read_at(at, n); }, size,
                           static_cast<int64_t>(segment_head_size), head->first, head->before);
        Frame f;
        int64_t told = 0;
        for (;;) {
            const auto state = reader.next(f);
            if (state == FrameReader::State::frame) {
                frame(name, f);
                if (reader.offset() - told > (4 << 20)) {
                    advance(reader.offset() - told);
                    told = reader.offset();
                }
                continue;
            }
            if (state == FrameReader::State::broken) {
                const auto why = reader.why();
                if (reader.unreadable()) return log_unavailable(path.string());
                if (last && !reader.was_on_disk()) {
                    out_.unfinished += size - reader.offset();
                } else {
                    problem(fmt::format("{}, record {}, byte {}: {}", name, reader.number(), reader.offset(), why));
                    broken_ = true;
                }
            }
            break;
        }
        advance(size - told);
        return Nothing{};
    }

    const fs::path& folder_;
    const std::function<void(int64_t, int64_t)>& progress_;
    LogVerification out_;
    int64_t done_ = 0, total_ = 0;
    RecordNumber next_ = 0;
    Hash chain_{};
    Hash last_archive_{};  // of its file
    bool broken_ = false;
    std::map<RecordNumber, Hash> batches_;  // of this segment
};

}  // namespace

Result<LogVerification> verify_log(const fs::path& folder, const std::function<void(int64_t, int64_t)>& progress) {
    return Verifier(folder, progress).run();
}

}  // namespace hl::exchange
