#include "ioc/indicators/rollup.h"

#include <set>
#include <unordered_map>

#include "ioc/indicators/events.h"
#include "ioc/indicators/roll.h"

namespace hl::ioc {

struct Rollup::State {
    std::unique_ptr<Roll> roll;
    Change change;
    std::mutex mutex;  // of `changed`
    Changed changed;
    /// Which indicators an event's type can move, as the book has them.
    std::shared_ptr<const Book> book;
    std::unordered_map<std::string, std::vector<std::string>> moved;
    const std::vector<std::string>& moved_by(const std::string& type);
};

namespace {

bool moves(const Indicator& i, std::string_view type) {
    if (!i.fold) return false;
    for (const auto& part : i.fold->parts) {
        // What is open changes with every event of its family.
        if (part.kind == PartKind::stock && type.starts_with(part.of_directives() ? "ioc.directive_" : "dossier."))
            return true;
        for (const auto& wanted : part.select.events)
            if (wanted == type || (wanted.ends_with(".*") && type.starts_with(wanted.substr(0, wanted.size() - 1))))
                return true;
    }
    return false;
}

/// Of values handed in the event names the indicators itself.
void add_supplied(const store::StoredEvent& event, std::set<std::string>& into) {
    const auto* values = event.data.if_contains("values");
    if (!values || !values->is_array()) return;
    for (const auto& v : values->get_array())
        if (const auto* o = v.if_object())
            if (const auto* code = o->if_contains("indicator"); code && code->is_string())
                into.emplace(code->get_string());
}

}  // namespace

const std::vector<std::string>& Rollup::State::moved_by(const std::string& type) {
    const auto [it, fresh] = moved.try_emplace(type);
    if (fresh)
        for (const auto& i : book->all())
            if (moves(i, type)) it->second.push_back(i.code);
    return it->second;
}

Rollup::Rollup(BookSource book) : book_(std::move(book)), state_(std::make_unique<State>()) {}
Rollup::~Rollup() = default;

void Rollup::reset(store::Transaction& tx) {
    Roll::empty(tx, Side::live);
    state_->roll = std::make_unique<Roll>(book_(), Side::live);
    state_->roll->begin_empty();
}

Result<void> Rollup::apply(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    auto book = book_();
    if (state_->book != book) state_->book = book, state_->moved.clear();
    if (!state_->roll || state_->roll->book() != book)
        state_->roll = std::make_unique<Roll>(std::move(book), Side::live);
    state_->change = {};
    TRY_VOID(state_->roll->apply(tx, events));
    std::set<std::string> moved;
    std::set<std::string_view> types;
    bool supplied = false;
    for (const auto& e : events) {
        if (e.type == events::values_supplied) add_supplied(e, moved), supplied = true;
        if (types.insert(e.type).second)
            for (const auto& code : state_->moved_by(e.type)) moved.insert(code);
    }
    state_->change.indicators.assign(moved.begin(), moved.end());
    if (!supplied)
        for (auto& id : state_->roll->changed_agencies()) state_->change.agencies.emplace_back(std::move(id));
    return Nothing{};
}

void Rollup::committed(std::span<const store::StoredEvent> events) {
    if (events.empty() || state_->change.indicators.empty()) return;
    state_->change.position = events.back().position + 1;
    std::scoped_lock lock(state_->mutex);
    if (state_->changed) state_->changed(state_->change);
}

void Rollup::on_change(Changed changed) {
    std::scoped_lock lock(state_->mutex);
    state_->changed = std::move(changed);
}

namespace {

constexpr int64_t check_batch = 8000;
constexpr size_t most_listed = 100;

/// One kind of row on both sides: the pieces it is compared by, and the columns, those of the key first.
struct Compared {
    std::string_view what;
    int keys, columns;
    std::string_view slices;  // two numbers each; empty: all at once
    std::string_view live, check;
};
constexpr Compared cells{
    "cell",
    7,
    8,
    "SELECT DISTINCT level, period FROM ioc_cell UNION SELECT DISTINCT level, period FROM ioc_check_cell",
    "SELECT level, period, agency, unit, procedure, sector, channel, states FROM ioc_cell WHERE level = ? AND period = "
    "?",
    "SELECT level, period, agency, unit, procedure, sector, channel, states FROM ioc_check_cell WHERE level = ? AND "
    "period = ?"};
constexpr Compared facts{
    "fact",
    2,
    9,
    "SELECT DISTINCT day, day FROM ioc_fact UNION SELECT DISTINCT day, day FROM ioc_check_fact",
    "SELECT day, position, agency, unit, procedure, sector, channel, stream, parts FROM ioc_fact WHERE day >= ? AND "
    "day "
    "<= ?",
    "SELECT day, position, agency, unit, procedure, sector, channel, stream, parts FROM ioc_check_fact WHERE day >= ? "
    "AND day <= ?"};
constexpr Compared restated{
    "restated",
    5,
    10,
    "SELECT DISTINCT level, period FROM ioc_restated UNION SELECT DISTINCT level, period FROM ioc_check_restated",
    "SELECT level, period, agency, unit, day, first_position, last_position, facts, parts, before FROM ioc_restated "
    "WHERE level = ? AND period = ?",
    "SELECT level, period, agency, unit, day, first_position, last_position, facts, parts, before FROM "
    "ioc_check_restated WHERE level = ? AND period = ?"};
constexpr Compared dossiers{
    "dossier",
    1,
    11,
    "",
    "SELECT dossier, agency, unit, procedure, sector, channel, state, due, received_at, supplements, digitised FROM "
    "ioc_dossier",
    "SELECT dossier, agency, unit, procedure, sector, channel, state, due, received_at, supplements, digitised FROM "
    "ioc_check_dossier"};
constexpr std::string_view cursor_of = "SELECT version, position FROM follower_cursor WHERE name = ?";

/// A piece at a time, so that the tables may be as large as they like.
void compare(store::Reader& reader, const Compared& c, CheckReport& report, int64_t& count) {
    const auto differs = [&](const std::string& key, std::string_view how) {
        ++report.different;
        if (report.differences.size() < most_listed)
            report.differences.push_back(fmt::format("{} {} {}", c.what, key, how));
    };
    const auto read = [&](const store::Row& row) {
        std::string key, rest;
        for (int i = 0; i < c.columns; ++i) {
            auto& into = i < c.keys ? key : rest;
            into += row.is_null(i) ? std::string{"∅"} : row.string(i);
            if (i + 1 != c.keys) into += '|';
        }
        return std::pair{std::move(key), std::move(rest)};
    };
    const auto piece = [&](std::span<const store::Param> params) {
        std::map<std::string, std::string> live;
        reader.query(c.live, params, [&](const store::Row& row) { live.insert(read(row)); });
        count += static_cast<int64_t>(live.size());
        reader.query(c.check, params, [&](const store::Row& row) {
            const auto [key, rest] = read(row);
            const auto it = live.find(key);
            if (it == live.end()) return differs(key, "is missing from the live tables");
            if (it->second != rest) differs(key, "is not what the events give");
            live.erase(it);
        });
        for (const auto& [key, rest] : live) differs(key, "is in the live tables only");
    };
    if (c.slices.empty()) return piece({});
    const auto slices = reader.all(c.slices, {}, [](const store::Row& r) {
        return std::pair{r.integer(0), r.integer(1)};
    });
    for (const auto& [first, second] : slices) {
        const store::Param params[] = {first, second};
        piece(params);
    }
}

}  // namespace

Result<CheckReport> recompute_check(store::Store& store, std::shared_ptr<const Book> book,
                                    const std::function<void(int64_t done, int64_t total)>& progress) {
    struct Live {
        int64_t version = 0, position = 0;
    };
    const auto live_of = [](store::Reader& reader) {
        return reader
            .first(cursor_of, {"ioc.indicators"},
                   [](const store::Row& r) {
                       return Live{r.integer(0), r.integer(1)};
                   })
            .value_or(Live{});
    };
    const Error not_followed{
        ErrorKind::conflict, "ioc.not_followed",
        "Số liệu đang được tính theo định nghĩa khác. Hãy chờ bộ đọc ioc.indicators bắt kịp rồi thử lại.",
        "The live figures are made for other definitions. Let the follower ioc.indicators catch up, then try again."};
    Roll roll(book, Side::check);
    TRY_VOID(store.write([&](store::Transaction& tx) -> Result<void> {
        Roll::empty(tx, Side::check);
        return Nothing{};
    }));
    roll.begin_empty();
    CheckReport report;
    for (int64_t done = 0;;) {
        struct Work {
            Live live;
            std::vector<store::StoredEvent> events;
        };
        TRY(const auto work, store.read([&](store::Reader& reader) -> Result<Work> {
            Work w{live_of(reader), {}};
            if (w.live.position > done)
                w.events = store::read_events(reader, done, std::min(check_batch, w.live.position - done));
            return w;
        }));
        if (work.live.version != book->version() || work.live.position < done) return not_followed;
        if (!work.events.empty()) {
            TRY_VOID(store.write([&](store::Transaction& tx) { return roll.apply(tx, work.events); }));
            done = work.events.back().position + 1;
            if (progress) progress(done, work.live.position);
            continue;
        }
        TRY(const bool compared, store.read([&](store::Reader& reader) -> Result<bool> {
            const auto live = live_of(reader);
            if (live.version != book->version()) return not_followed;
            if (live.position != done) return false;
            report.position = report.events = done;
            compare(reader, cells, report, report.cells);
            compare(reader, facts, report, report.facts);
            compare(reader, dossiers, report, report.dossiers);
            compare(reader, restated, report, report.restated);
            return true;
        }));
        if (compared) break;
    }
    TRY_VOID(store.write([&](store::Transaction& tx) -> Result<void> {
        Roll::empty(tx, Side::check);
        return Nothing{};
    }));
    return report;
}

}  // namespace hl::ioc
