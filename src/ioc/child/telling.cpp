// What is new at the child since its last batch: figures that say something else than they were told to say, with what
// the ledger restated behind them; alerts; definitions; and messages that other rooms left.
#include "ioc/child/outbox.h"

namespace hl::ioc::child {

namespace {

constexpr std::string_view select_position = "SELECT position FROM follower_cursor WHERE name = 'ioc.indicators'";
constexpr std::string_view select_told = "SELECT indicator, newest, period, hash FROM ioc_line_told";
constexpr std::string_view select_waiting = "SELECT key, message FROM ioc_line_waiting ORDER BY key LIMIT ?";
constexpr int64_t restatements_asked = 1000;
// Beside figures, this many messages of other rooms go into a batch.
constexpr int64_t waiting_at_once = static_cast<int64_t>(most_messages) - 10;
// Names of what is told as a whole, in the same memory as the figures.
constexpr std::string_view alerts_memory = "*alerts", indicators_memory = "*indicators";

using ToldKey = std::tuple<std::string, bool, std::string>;  // indicator, newest, period
using Memory = std::map<ToldKey, std::string>;
Memory memory_of(store::Reader& reader) {
    Memory out;
    reader.query(select_told, {}, [&](const store::Row& r) {
        out[{r.string(0), r.integer(1) == 1, r.string(2)}] = r.string(3);
    });
    return out;
}

struct Grains {
    Grain grain;
    int back;
};
/// Of each grain an indicator has, how many periods back figures are told.
std::vector<Grains> grains_of(const Indicator& i, const Telling& t) {
    std::vector<Grains> out;
    for (const Grains g : {Grains{Grain::day, t.days}, {Grain::month, t.months}, {Grain::year, t.years}})
        if (i.has(g.grain) && (i.fold || g.grain >= i.supplied->grain)) out.push_back(g);
    return out;
}

struct Looked {
    std::vector<ToldFigure> figures;
    bool computing = false;  // the cells are being made anew: nothing can be said
};
Result<void> look(store::Reader& reader, const Book& book, const Indicator& i, const Telling& t, Instant now,
                  Looked& out) {
    Question q;
    q.indicator = &i;
    q.now = now;
    for (const auto& g : grains_of(i, t)) {
        q.last = period_of(g.grain, now);
        q.first = q.last.next(1 - g.back);
        q.latest = false;
        TRY(auto found, figures(reader, book, q));
        if (i.fold && !found.position) out.computing = true;
        for (auto& f : found.items) out.figures.push_back({i.code, false, std::move(f)});
    }
    // The tile: as the own wall shows it.
    q.latest = true;
    const auto grain = i.has(Grain::month) ? Grain::month : *i.grains.begin();
    q.last = period_of(grain, now);
    q.first = q.last.next(-3);
    TRY(auto found, figures(reader, book, q));
    if (found.items.empty()) return Nothing{};
    Figure* best = &found.items.back();
    for (auto& f : found.items)
        if (f.value) best = &f;
    out.figures.push_back({i.code, true, std::move(*best)});
    return Nothing{};
}

/// What changed in months that were over, by events since `from`, of the indicators whose figures changed.
Result<std::vector<ToldRestatement>> restated(store::Reader& reader, const Book& book,
                                              const std::set<std::string>& codes, int64_t from, Instant now) {
    std::vector<ToldRestatement> out;
    for (const auto& code : codes) {
        const auto* i = book.find(code, local_date(now));
        if (!i || !i->fold) continue;
        TRY(const auto list, restatements(reader, book, *i, {}, Grain::month, restatements_asked));
        for (const auto& r : list)
            if (r.last_position >= from && out.size() < most_items)
                out.push_back({code, r.period, r.day, r.first_position, r.last_position, r.facts, r.before, r.after});
    }
    return out;
}

struct Draft {
    News news;
    const Memory& memory;
    /// Whether it differs from what was told; then it is to be remembered.
    bool differs(const std::string& indicator, bool newest, const std::string& period, const std::string& hash) {
        const auto it = memory.find({indicator, newest, period});
        if (it != memory.end() && it->second == hash) return false;
        news.told.push_back({indicator, period, hash, newest});
        return true;
    }
};

std::string batch_message_id(std::string_view type, int64_t number) {
    return fmt::format("{}:{}", type, number);
}

void tell_whole(Draft& draft, std::string_view memory, std::string_view type, json::object data, int64_t number) {
    if (draft.differs(std::string{memory}, false, "", hash_of(canonical_json(data))))
        draft.news.messages.push_back({batch_message_id(type, number), std::string{type}, 1, std::move(data)});
}

}  // namespace

Result<std::optional<News>> news(store::Reader& reader, const Book& book, const Telling& telling, Instant now) {
    const auto line = line_of(reader);
    if (!line || line->state != LineState::running) return std::optional<News>{};
    const auto position = reader.first(select_position, {}, [](const store::Row& r) { return r.integer(0); });
    // A follower that stands before what was told already is on its way through the ledger again.
    if (!position || *position < line->covered) return std::optional<News>{};
    const auto memory = memory_of(reader);
    Draft draft{{}, memory};
    auto& out = draft.news;
    out.after = line->last;
    out.from = line->covered, out.to = *position;
    const auto number = line->last.number + 1;

    Looked looked;
    json::array definitions;
    std::vector<ToldIndicator> indicators;
    for (const auto& i : book.all()) {
        if (!i.covers(local_date(now))) continue;
        TRY_VOID(look(reader, book, i, telling, now, looked));
        indicators.push_back(told(i));
    }
    if (looked.computing) return std::optional<News>{};

    reader.query(select_waiting, {waiting_at_once}, [&](const store::Row& r) {
        const auto value = parse_json(r.text(1));
        out.waiting.push_back(r.integer(0));
        if (!value.ok()) return;
        JsonReader in(*value);
        Message m;
        m.id = in.text("id", 200), m.type = in.text("type", 60);
        m.version = static_cast<int>(in.integer("version", 1, 1000));
        if (const auto* data = in.raw("data"); data && data->is_object()) m.data = data->get_object();
        if (in.finish().ok()) out.messages.push_back(std::move(m));
    });
    tell_whole(draft, indicators_memory, indicators_type, indicators_data(indicators), number);

    std::vector<ToldFigure> changed;
    std::set<std::string> codes;
    for (auto& f : looked.figures) {
        const auto period = f.newest ? std::string{} : f.figure.period.text();
        if (!draft.differs(f.indicator, f.newest, period, essence(f)) && !line->whole) continue;
        codes.insert(f.indicator);
        changed.push_back(std::move(f));
    }
    std::vector<ToldRestatement> restatements;
    if (!changed.empty()) {
        TRY(restatements, restated(reader, book, codes, line->last.number == 0 ? out.to : out.from, now));
    }
    // A month from before those that are told anyway.
    for (const auto& r : restatements) {
        if (r.period > period_of(Grain::month, now).next(-telling.months)) continue;
        Question q;
        q.indicator = book.find(r.indicator, local_date(now));
        q.first = q.last = r.period;
        q.now = now;
        TRY(auto found, figures(reader, book, q));
        for (auto& f : found.items) {
            ToldFigure told{r.indicator, false, std::move(f)};
            if (draft.differs(told.indicator, false, r.period.text(), essence(told)))
                changed.push_back(std::move(told));
        }
    }
    if (changed.size() > most_items)
        return Error{ErrorKind::too_large, "child.too_much",
                     "Quá nhiều số liệu trong một lô. Hãy giảm số kỳ gửi lên trong thiết lập child_ioc.",
                     "Too many figures for one batch. Tell fewer periods: setting child_ioc."};
    if (!restatements.empty())
        out.messages.push_back({batch_message_id(restatements_type, number), std::string{restatements_type}, 1,
                                restatements_data(restatements)});
    if (!changed.empty() || line->whole)
        out.messages.push_back({batch_message_id(figures_type, number), std::string{figures_type}, 1,
                                figures_data(changed, line->whole, *position)});
    std::vector<ToldAlert> alerts;
    for (const auto& a : standing_alerts(reader, book, {})) alerts.push_back(told(a));
    tell_whole(draft, alerts_memory, alerts_type, alerts_data(alerts), number);
    if (out.messages.empty()) return std::optional<News>{};
    return std::optional{std::move(out)};
}

}  // namespace hl::ioc::child
