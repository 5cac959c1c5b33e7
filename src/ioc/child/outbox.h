// The child's end of the line: the chain of batches it made, what the parent has of it, and what came down. A batch and
// the memory of what it told are one transaction. Plain functions over a transaction; any thread.
#pragma once
#include "access/access.h"
#include "ioc/child/code.h"
#include "ioc/child/content.h"
#include "ioc/child/settings.h"

namespace hl::ioc::child {

enum class LineState {
    running,
    behind,  // the parent has batches that this database never made: it was restored from a backup
    forked,  // the parent has another batch under a number of ours
};
[[nodiscard]] std::string_view to_string(LineState state);

struct Line {
    ChildId child;
    std::string parent, url;
    std::string parent_key;  // raw
    std::string own_key;     // fingerprint
    LineState state = LineState::running;
    Mark last;            // made here
    int64_t covered = 0;  // the first ledger position that the next batch covers
    int64_t acknowledged = 0;
    Mark parent_last;   // as the parent said when it was last heard
    bool whole = true;  // the next batch tells everything
    std::string series;
    Mark down;
    std::optional<Instant> made_at, looked_at, contact_at, tried_at;
    int64_t failures = 0;
    std::string problem, problem_vi, problem_en;  // a code and its words; empty when well
    int64_t skew_ms = 0;                          // this clock minus the parent's
};
[[nodiscard]] std::optional<Line> line_of(store::Reader& reader);
/// By the parent's answer to the enrolment. A line to the same parent goes on with its new key. Errors: child.line_open
/// (somebody else's child already).
[[nodiscard]] Result<void> open_line(store::Transaction& tx, const EnrolCode& code, const std::string& parent,
                                     const std::string& parent_key, const std::string& own_key, const Mark& parent_last,
                                     Instant now);

/// Puts a message into the next batch; one with an id that waits already is passed over. Without a line nothing waits.
void tell_up(store::Transaction& tx, const Message& message);

/// What is new since the last batch, found on a snapshot.
struct News {
    std::vector<Message> messages;
    struct Told {
        std::string indicator, period, hash;
        bool newest = false;
    };
    std::vector<Told> told;  // to be remembered
    int64_t from = 0, to = 0;
    Mark after;                    // the batch it follows
    std::vector<int64_t> waiting;  // keys of the waiting messages among them
};
/// Nothing: there is no line, it does not run, the cells are being made anew, or nothing changed. Errors: those of
/// figures(), child.too_much.
[[nodiscard]] Result<std::optional<News>> news(store::Reader& reader, const Book& book, const Telling& telling,
                                               Instant now);
/// Makes the next batch of it. False: somebody made one meanwhile; ask again.
[[nodiscard]] Result<bool> make_batch(store::Transaction& tx, const crypto::SigningKey& key, const News& news,
                                      Instant now);
/// Nothing is new: what the parent has is current as of now.
void mark_looked(store::Transaction& tx, Instant now);

/// The batches after `number`, oldest first.
[[nodiscard]] std::vector<std::pair<Mark, Sealed>> batches_after(store::Reader& reader, int64_t number, int64_t limit);
[[nodiscard]] std::optional<std::string> hash_of_batch(store::Reader& reader, int64_t number);
/// Errors: child.receipt (not for this batch).
[[nodiscard]] Result<void> keep_receipt(store::Transaction& tx, const Line& line, const Mark& batch,
                                        const Sealed& receipt, Instant now);

/// The parent's word about where it stands, held against the own chain; what parts them is written down.
/// `acknowledged`: as it was when the parent was asked; another thread may have sent since.
[[nodiscard]] Result<LineState> compare(store::Transaction& tx, const Mark& parent_last, int64_t acknowledged,
                                        Instant now);
/// How an attempt ended; empty: well.
void mark_contact(store::Transaction& tx, int64_t skew_ms, Instant now);
void mark_failure(store::Transaction& tx, const Error& error, Instant now);

/// Takes in a message that came down; runs in the transaction that keeps it.
using TakeDown = std::function<Result<void>(store::Transaction& tx, const Message& message, Instant now)>;
/// A batch that came down, in turn. One that was there already is passed over. Errors: child.signature, child.content,
/// child.down_order, those of takers.
[[nodiscard]] Result<bool> take_down(store::Transaction& tx, const Sealed& sealed,
                                     const std::map<std::string, TakeDown>& takers, Instant now);

/// Lets a parted line go on: batches after `common` that the parent never had are put aside, the parent's copies become
/// part of the chain, and the next batch tells everything and says why. Errors: child.no_line, child.not_parted,
/// child.reason, child.copies (they do not lead to what the parent has).
struct Resume {
    int64_t common = 0;
    std::vector<std::pair<Mark, Sealed>> copies;  // after `common`, up to the parent's last
    Mark parent_last;
    std::string reason, by;
};
[[nodiscard]] Result<ToldResume> resume(store::Transaction& tx, const Resume& wanted, Random& random, Instant now);

}  // namespace hl::ioc::child
