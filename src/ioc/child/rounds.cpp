#include "ioc/child/rounds.h"

#include "base/log.h"
#include "ioc/child/asking.h"
#include "ioc/child/refusals.h"
#include "store/ledger.h"

namespace hl::ioc::child {

namespace {

constexpr int64_t batches_at_once = 20;
constexpr int64_t most_stretched = 60;

Result<std::optional<Line>> line_now(const ChildEnd& end) {
    return end.store.read([](store::Reader& r) -> Result<std::optional<Line>> { return line_of(r); });
}
bool stopping(const ChildEnd& end) {
    return end.stopping && end.stopping();
}

/// While nothing can be sent, what is new is gathered for longer: a long break does not make a batch a minute.
bool is_due(const ChildEnd& end, const Line& line, Instant now) {
    if (!line.made_at) return true;
    const auto unsent = std::clamp<int64_t>(line.last.number - line.acknowledged, 0, most_stretched - 1);
    return now - *line.made_at >= end.interval * (1 + unsent);
}

Result<int64_t> make_new(const ChildEnd& end, Instant now) {
    const auto book = end.book();
    TRY(const auto found, end.store.read([&](store::Reader& r) { return news(r, *book, end.telling, now); }));
    TRY(const auto made, end.store.write([&](store::Transaction& tx) -> Result<bool> {
        if (found) return make_batch(tx, end.key, *found, now);
        mark_looked(tx, now);
        return false;
    }));
    return int64_t{made};
}

struct Word {
    Mark last;
    Instant now;
    std::string held;
    std::vector<Sealed> down;
    bool more = false;
};
Result<Word> poll(const ChildEnd& end, const Line& line, Instant now) {
    TRY(const auto head, end.store.read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); }));
    json::object question{{"type", "poll"},
                          {"sent_at", to_rfc3339(now)},
                          {"last", to_json(line.last)},
                          {"down", {{"series", line.series}, {"number", line.down.number}, {"hash", line.down.hash}}},
                          {"head", head},
                          {"waiting", std::max<int64_t>(0, line.last.number - line.acknowledged)}};
    if (line.looked_at && line.state == LineState::running) question["current_at"] = to_rfc3339(*line.looked_at);
    TRY(const auto answer, ask(end, line, poll_path, std::move(question), "word"));
    JsonReader in(answer);
    Word out;
    for (const auto* known : {"type", "child", "nonce"}) (void)in.secret(known);
    out.now = in.instant("now");
    out.last = read_mark(in, "last");
    out.held = in.optional_text("held", 1000).value_or("");
    (void)in.integer("silent_after", 0, 1'000'000'000);
    out.more = in.boolean("more", false);
    for (const auto& [value, at] : in.array("down")) {
        TRY(auto sealed, read_sealed(*value));
        out.down.push_back(std::move(sealed));
    }
    if (!in.finish().ok()) return wrong_answer();
    return out;
}

Result<void> send_one(const ChildEnd& end, const Line& line, const Mark& mark, const Sealed& batch) {
    TRY(const auto reply, end.courier(line.url + std::string{batch_path}, json::serialize(to_json(batch))));
    if (reply.status != 200) return refusal_in(reply);
    TRY(const auto receipt, read_sealed(reply.body));
    return end.store.write(
        [&](store::Transaction& tx) { return keep_receipt(tx, line, mark, receipt, end.clock.now()); });
}

Result<void> work(const ChildEnd& end, bool now_due, Round& round) {
    Instant now = end.clock.now();
    TRY(auto line, line_now(end));
    if (line->state == LineState::running && (now_due || is_due(end, *line, now))) {
        TRY(round.made, make_new(end, now));
        TRY(line, line_now(end));
    }
    for (bool more = true; more && !stopping(end);) {
        now = end.clock.now();
        TRY(const auto word, poll(end, *line, now));
        TRY(round.state, end.store.write([&](store::Transaction& tx) -> Result<LineState> {
            mark_contact(tx, to_ms(now) - to_ms(word.now), end.clock.now());
            return compare(tx, word.last, line->acknowledged, end.clock.now());
        }));
        for (const auto& sealed : word.down) {
            TRY(const auto taken, end.store.write([&](store::Transaction& tx) {
                return take_down(tx, sealed, end.takers, end.clock.now());
            }));
            round.received += taken;
        }
        TRY(line, line_now(end));
        if (round.state != LineState::running || !word.held.empty()) {
            if (!word.held.empty()) return held_back(word.held);
            return forked(word.last.number);
        }
        // What came down is confirmed in the next poll, and there may be more of it.
        more = word.more && !word.down.empty();
    }
    for (bool more = true; more && !stopping(end);) {
        TRY(const auto batches, end.store.read([&](store::Reader& r) -> Result<std::vector<std::pair<Mark, Sealed>>> {
            return batches_after(r, line->acknowledged, batches_at_once);
        }));
        for (const auto& [mark, sealed] : batches) {
            TRY_VOID(send_one(end, *line, mark, sealed));
            ++round.sent;
            if (stopping(end)) return Nothing{};
        }
        TRY(line, line_now(end));
        more = static_cast<int64_t>(batches.size()) == batches_at_once;
    }
    return Nothing{};
}

}  // namespace

Result<Line> enrol_at(const ChildEnd& end, const EnrolCode& code) {
    const auto now = end.clock.now();
    if (code.expires <= now)
        return Error{ErrorKind::conflict, "child.code_expired",
                     fmt::format("Mã ghép nối đã hết hạn lúc {}. Hãy xin mã mới.", to_vietnamese(code.expires)),
                     fmt::format("The code ended at {}. Ask for a new one.", to_rfc3339(code.expires))};
    TRY_VOID(check_address(code.url));
    const auto nonce = make_nonce(end.random);
    const auto request = seal(json::object{{"type", "enrol"},
                                           {"code", code.id},
                                           {"secret", code.secret},
                                           {"nonce", nonce},
                                           {"public_key", crypto::to_base64(end.key.public_key)},
                                           {"sent_at", to_rfc3339(now)}},
                              end.key);
    TRY(const auto reply, end.courier(code.url + std::string{enrol_path}, json::serialize(to_json(request))));
    if (reply.status != 200) return refusal_in(reply);
    TRY(const auto sealed, read_sealed(reply.body));
    TRY(const auto unverified, parse_json(sealed.text));
    JsonReader in(unverified);
    (void)in.one_of("type", {"enrolled"});
    const auto child = in.secret("child"), echoed = in.secret("nonce"), parent = in.text("parent", 200);
    const auto key = crypto::from_base64(in.secret("public_key"));
    const auto last = read_mark(in, "last");
    if (!in.finish().ok() || child != code.child.value || echoed != nonce) return wrong_answer();
    // The code names the key: whoever answers with another is somebody else.
    if (!key || fingerprint(*key) != code.fingerprint)
        return Error{ErrorKind::denied, "child.parent_key",
                     "Khóa của nơi trả lời không phải khóa ghi trong mã. Chưa ghép nối; hãy hỏi lại người cấp mã.",
                     "The key of whoever answered is not the one that the code names. Nothing was joined; ask whoever "
                     "gave you the code."};
    TRY_VOID(open_sealed(sealed, *key));
    TRY_VOID(end.store.write([&](store::Transaction& tx) {
        return open_line(tx, code, parent, *key, fingerprint(end.key.public_key), last, now);
    }));
    TRY(auto line, line_now(end));
    return *std::move(line);
}

Result<Round> run_round(const ChildEnd& end, bool now_due) {
    Round round;
    TRY(const auto line, line_now(end));
    if (!line) {
        round.no_line = true;
        return round;
    }
    const auto done = work(end, now_due, round);
    if (done.ok()) return round;
    TRY_VOID(end.store.write([&](store::Transaction& tx) -> Result<void> {
        mark_failure(tx, done.error(), end.clock.now());
        return Nothing{};
    }));
    return done.error();
}

std::chrono::milliseconds back_off(int64_t failures, std::chrono::milliseconds first, std::chrono::milliseconds longest,
                                   Random& random) {
    const auto steps = std::clamp<int64_t>(failures - 1, 0, 20);
    const auto whole = std::min<int64_t>(longest.count(), first.count() << steps);
    const auto half = std::max<int64_t>(1, whole / 2);
    return std::chrono::milliseconds{whole - half +
                                     static_cast<int64_t>(random.below(static_cast<uint64_t>(half) + 1))};
}

Sender::Sender(ChildEnd end, std::chrono::milliseconds longest_wait)
    : end_(std::move(end)), longest_wait_(longest_wait) {
    end_.stopping = [this] {
        std::scoped_lock lock(mutex_);
        return stopping_;
    };
}

void Sender::start() {
    thread_ = std::thread([this] { loop(); });
}
void Sender::stop() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    signal_.notify_all();
    if (thread_.joinable()) thread_.join();
}
void Sender::wake() {
    {
        std::scoped_lock lock(mutex_);
        woken_ = true;
    }
    signal_.notify_all();
}

void Sender::loop() {
    int64_t failures = 0;
    std::string last;
    bool due = false;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        const auto done = run_round(end_, due);
        std::chrono::milliseconds wait = end_.interval;
        if (done.ok()) {
            failures = 0;
            last.clear();
        } else {
            wait = back_off(++failures, std::min(end_.interval, std::chrono::milliseconds{1000}), longest_wait_,
                            end_.random);
            if (last != done.error().code)
                log::warning("ioc", "the parent's operations centre was not reached or refused",
                             {{"code", done.error().code}, {"detail", done.error().en}});
            last = done.error().code;
            // Its operator may decide any moment, on the command line.
            if (last == "child.forked") wait = std::min(wait, end_.interval);
        }
        lock.lock();
        signal_.wait_for(lock, wait, [&] { return stopping_ || woken_; });
        due = std::exchange(woken_, false);
    }
}

}  // namespace hl::ioc::child
