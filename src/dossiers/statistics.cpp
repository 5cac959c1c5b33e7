#include "dossiers/statistics.h"

namespace hl::dossiers {

namespace {

constexpr std::string_view select_open =
    "SELECT agency, procedure, sector, channel, received_at, due, state FROM dossier_stat_open WHERE dossier = ?";
constexpr std::string_view put_open =
    "INSERT INTO dossier_stat_open (dossier, agency, procedure, sector, channel, received_at, due, state) VALUES (?, "
    "?, "
    "?, ?, ?, ?, ?, ?) ON CONFLICT (dossier) DO UPDATE SET agency = excluded.agency, received_at = "
    "excluded.received_at, "
    "due = excluded.due, state = excluded.state";
constexpr std::string_view drop_open = "DELETE FROM dossier_stat_open WHERE dossier = ?";
constexpr std::string_view add_counts =
    "INSERT INTO dossier_stat (month, agency, procedure, sector, channel, received, refused, promise_on_time, "
    "promise_late, promise_unknown, index_on_time, index_late, index_unknown, withdrawn, stopped, returned, minutes, "
    "supplements, extensions, moved_in, moved_out) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?) "
    "ON CONFLICT (month, agency, procedure, channel) DO UPDATE SET received = dossier_stat.received + "
    "excluded.received, "
    "refused = dossier_stat.refused + excluded.refused, "
    "promise_on_time = dossier_stat.promise_on_time + excluded.promise_on_time, "
    "promise_late = dossier_stat.promise_late + excluded.promise_late, "
    "promise_unknown = dossier_stat.promise_unknown + excluded.promise_unknown, "
    "index_on_time = dossier_stat.index_on_time + excluded.index_on_time, "
    "index_late = dossier_stat.index_late + excluded.index_late, "
    "index_unknown = dossier_stat.index_unknown + excluded.index_unknown, "
    "withdrawn = dossier_stat.withdrawn + excluded.withdrawn, stopped = dossier_stat.stopped + excluded.stopped, "
    "returned = dossier_stat.returned + excluded.returned, minutes = dossier_stat.minutes + excluded.minutes, "
    "supplements = dossier_stat.supplements + excluded.supplements, "
    "extensions = dossier_stat.extensions + excluded.extensions, moved_in = dossier_stat.moved_in + excluded.moved_in, "
    "moved_out = dossier_stat.moved_out + excluded.moved_out";

struct OpenDossier {
    std::string agency, procedure, sector;
    int64_t channel = 0;
    std::optional<Instant> received_at, due;
    State state = State::filed;
    bool operator==(const OpenDossier&) const = default;
};

struct Counts {
    int64_t received = 0, refused = 0, withdrawn = 0, stopped = 0, returned = 0, minutes = 0, supplements = 0,
            extensions = 0, moved_in = 0, moved_out = 0;
    VerdictCounts promise, index;

    Counts& operator+=(const Counts& o) {
        received += o.received, refused += o.refused, withdrawn += o.withdrawn, stopped += o.stopped;
        returned += o.returned, minutes += o.minutes, supplements += o.supplements, extensions += o.extensions;
        moved_in += o.moved_in, moved_out += o.moved_out;
        promise.on_time += o.promise.on_time, promise.late += o.promise.late, promise.unknown += o.promise.unknown;
        index.on_time += o.index.on_time, index.late += o.index.late, index.unknown += o.index.unknown;
        return *this;
    }
};

void count(VerdictCounts& counts, Verdict verdict) {
    switch (verdict) {
        case Verdict::on_time:
            ++counts.on_time;
            return;
        case Verdict::late:
            ++counts.late;
            return;
        case Verdict::unknown:
            ++counts.unknown;
            return;
    }
}

using Key = std::tuple<int64_t, std::string, std::string, std::string, int64_t>;

/// One batch: rows of open dossiers and counters are gathered in memory and written once.
class Batch {
  public:
    explicit Batch(store::Transaction& tx) : tx_(tx) {}

    Result<void> take(const store::StoredEvent& event) {
        if (!event.type.starts_with("dossier.")) return Nothing{};
        TRY(const auto change, events::change_of(event));
        if (event.type == events::Filed::type || event.type == events::Imported::type) TRY_VOID(begin(event, change));
        auto* open = find(event.stream);
        if (!open) return Nothing{};
        if (!change.lead.empty()) move(event, *open, change.lead.value);
        if (event.type == events::Received::type) {
            open->received_at = event.at;
            ++counts(month_of(event.at), *open).received;
        } else if (event.type == events::SupplementRequested::type) {
            ++counts(month_of(event.at), *open).supplements;
        } else if (event.type == events::Extended::type) {
            ++counts(month_of(event.at), *open).extensions;
        } else if (event.type == events::Delivered::type) {
            ++counts(month_of(event.at), *open).returned;
        }
        open->due = change.due;
        open->state = change.to;
        if (change.closing) close(end_of(event, change), *open, change);
        if (!is_open(change.to)) dropped_.insert(event.stream);
        return Nothing{};
    }

    void write() {
        for (const auto& [id, open] : open_) {
            if (dropped_.contains(id))
                tx_.post(drop_open, {id});
            else if (open && loaded_[id] != open)  // most steps change nothing that is counted
                tx_.post(put_open, {id, open->agency, open->procedure, open->sector, open->channel, open->received_at,
                                    open->due, static_cast<int>(open->state)});
        }
        // Beside each counter its sums over agencies (agency '') and over procedures (procedure ''): a question about
        // the whole province reads some thousand rows instead of a hundred thousand.
        std::map<Key, Counts> rows = counts_;
        for (const auto& [key, c] : counts_) {
            const auto& [month, agency, procedure, sector, channel] = key;
            rows[{month, "", procedure, sector, channel}] += c;
            rows[{month, agency, "", "", channel}] += c;
        }
        for (const auto& [key, c] : rows) {
            const auto& [month, agency, procedure, sector, channel] = key;
            tx_.post(add_counts, {month,           agency,       procedure,         sector,         channel,
                                  c.received,      c.refused,    c.promise.on_time, c.promise.late, c.promise.unknown,
                                  c.index.on_time, c.index.late, c.index.unknown,   c.withdrawn,    c.stopped,
                                  c.returned,      c.minutes,    c.supplements,     c.extensions,   c.moved_in,
                                  c.moved_out});
        }
    }

  private:
    Result<void> begin(const store::StoredEvent& event, const events::Change& change) {
        events::Description about;
        if (event.type == events::Filed::type) {
            TRY(const auto e, events::from_json<events::Filed>(event.data));
            about = e.dossier;
        } else {
            TRY(const auto e, events::from_json<events::Imported>(event.data));
            about = e.dossier;
        }
        OpenDossier open{
            about.lead.value, about.procedure.value, about.sector, static_cast<int64_t>(about.channel), {}, change.due,
            change.to};
        for (const auto& act : change.clock)
            if (act.act == ClockAct::start) {
                open.received_at = act.at;
                ++counts(month_of(act.at), open).received;
            }
        if (event.type == events::Imported::type && change.to == State::returned)
            ++counts(month_of(end_of(event, change)), open).returned;
        open_[event.stream] = open;
        return Nothing{};
    }

    OpenDossier* find(const std::string& id) {
        auto it = open_.find(id);
        if (it == open_.end()) {
            auto row = tx_.first(select_open, {id}, [](const store::Row& r) {
                return OpenDossier{r.string(0),
                                   r.string(1),
                                   r.string(2),
                                   r.integer(3),
                                   r.optional_instant(4),
                                   r.optional_instant(5),
                                   static_cast<State>(r.integer(6))};
            });
            loaded_.emplace(id, row);
            it = open_.emplace(id, std::move(row)).first;
        }
        return it->second ? &*it->second : nullptr;
    }

    Counts& counts(int64_t month, const OpenDossier& open) {
        return counts_[Key{month, open.agency, open.procedure, open.sector, open.channel}];
    }

    void move(const store::StoredEvent& event, OpenDossier& open, const std::string& to) {
        if (open.agency == to) return;
        if (open.received_at && open.state != State::finished) {
            ++counts(month_of(event.at), open).moved_out;
            open.agency = to;
            ++counts(month_of(event.at), open).moved_in;
        }
        open.agency = to;
    }

    /// An imported dossier ended when its old system says so.
    static Instant end_of(const store::StoredEvent& event, const events::Change& change) {
        if (event.type == events::Imported::type)
            for (const auto& act : change.clock)
                if (act.act == ClockAct::stop) return act.at;
        return event.at;
    }

    void close(Instant at, const OpenDossier& open, const events::Change& change) {
        auto& c = counts(month_of(at), open);
        if (change.to == State::refused) {
            ++c.refused;
        } else if (change.to == State::withdrawn) {
            if (open.received_at) ++c.withdrawn;  // what was never received is in no balance
        } else if (change.to == State::stopped) {
            ++c.stopped;
        } else {
            count(c.promise, change.closing->promise);
            count(c.index, change.closing->index);
            c.minutes += change.closing->elapsed;
        }
    }

    store::Transaction& tx_;
    std::map<std::string, std::optional<OpenDossier>> open_, loaded_;  // as they are now, as they were stored
    std::set<std::string> dropped_;
    std::map<Key, Counts> counts_;
};

}  // namespace

void DossierStatistics::reset(store::Transaction& tx) {
    tx.execute("DELETE FROM dossier_stat");
    tx.execute("DELETE FROM dossier_stat_open");
}

Result<void> DossierStatistics::apply(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    Batch batch(tx);
    for (const auto& event : events) TRY_VOID(batch.take(event));
    batch.write();
    return Nothing{};
}

int64_t month_of(std::chrono::year_month ym) {
    return int64_t{static_cast<int>(ym.year())} * 12 + static_cast<unsigned>(ym.month()) - 1;
}

int64_t month_of(Instant t) {
    const Date d = local_date(t);
    return month_of(std::chrono::year_month{d.year(), d.month()});
}

std::string month_text(int64_t month) {
    return fmt::format("{:04}-{:02}", month / 12, month % 12 + 1);
}

}  // namespace hl::dossiers
