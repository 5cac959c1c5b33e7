#include "ioc/forecast/follower.h"

namespace hl::forecast {

namespace {

constexpr std::string_view select_open = "SELECT facts FROM ioc_forecast_dossier WHERE dossier = ?";
constexpr std::string_view put_open =
    "INSERT INTO ioc_forecast_dossier (dossier, code, agency, facts) VALUES (?, ?, ?, ?) ON CONFLICT (dossier) DO "
    "UPDATE SET code = excluded.code, agency = excluded.agency, facts = excluded.facts";
constexpr std::string_view drop_open = "DELETE FROM ioc_forecast_dossier WHERE dossier = ?";
constexpr std::string_view select_cells =
    "SELECT step, agency, pace, load, level, year, durations FROM ioc_forecast_cell WHERE procedure = ?";
constexpr std::string_view put_cell =
    "INSERT INTO ioc_forecast_cell (procedure, step, agency, pace, load, level, year, durations) VALUES (?, ?, ?, ?, "
    "?, ?, ?, ?) ON CONFLICT (procedure, step, agency, pace, load, level, year) DO UPDATE SET durations = "
    "excluded.durations";
constexpr std::string_view select_business = "SELECT agency, open, sum, times FROM ioc_forecast_business";
constexpr std::string_view put_business =
    "INSERT INTO ioc_forecast_business (agency, open, sum, times) VALUES (?, ?, ?, ?) ON CONFLICT (agency) DO UPDATE "
    "SET open = excluded.open, sum = excluded.sum, times = excluded.times";
constexpr std::string_view select_calibration = "SELECT part, weight, late, said FROM ioc_forecast_calibration";
constexpr std::string_view put_calibration =
    "INSERT INTO ioc_forecast_calibration (part, weight, late, said) VALUES (?, ?, ?, ?) ON CONFLICT (part) DO UPDATE "
    "SET weight = excluded.weight, late = excluded.late, said = excluded.said";

/// Memory of durations is let go beyond this; what is needed is fetched again.
constexpr size_t most_cells = 300'000;

}  // namespace

Learned::Fetch fetch_from(store::Reader*& reader) {
    return [&reader](const std::string& procedure, Learned& into) -> Result<void> {
        bool good = true;
        reader->query(select_cells, {procedure}, [&](const store::Row& r) {
            auto durations = Durations::read(r.text(6));
            good = good && durations;
            if (!durations) return;
            into.put({procedure, r.string(0), r.string(1), static_cast<int>(r.integer(2)),
                      static_cast<int>(r.integer(3)), static_cast<int>(r.integer(4))},
                     static_cast<int>(r.integer(5)), std::move(*durations));
        });
        return good ? Result<void>{} : damaged();
    };
}

Result<void> load_common(store::Reader& reader, Learned& into) {
    reader.query(select_business, {}, [&](const store::Row& r) {
        into.business[r.string(0)] = {r.integer(1), r.integer(2), r.integer(3)};
    });
    reader.query(select_calibration, {}, [&](const store::Row& r) {
        const auto part = r.integer(0);
        if (part < 0) {
            into.calibration.dossiers = r.integer(1);
            into.calibration.late_dossiers = r.integer(2);
        } else if (part < Calibration::parts) {
            into.calibration.bins_[static_cast<size_t>(part)] = {r.integer(1), r.integer(2), r.integer(3)};
        }
    });
    return Nothing{};
}

void ForecastFollower::reset(store::Transaction& tx) {
    for (const auto* sql : {"DELETE FROM ioc_forecast_dossier", "DELETE FROM ioc_forecast_cell",
                            "DELETE FROM ioc_forecast_business", "DELETE FROM ioc_forecast_calibration"})
        tx.execute(sql);
    next_.reset();
    lore_.reset();
}

void ForecastFollower::committed(std::span<const store::StoredEvent> events) {
    if (!events.empty()) next_ = events.back().position + 1;
}

Result<void> ForecastFollower::apply(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    const bool goes_on = learned_ && next_ && !events.empty() && events.front().position == *next_;
    next_.reset();
    reader_ = &tx;
    if (!goes_on || learned_->size() > most_cells) {
        learned_ = std::make_unique<Learned>(fetch_from(reader_));
        TRY_VOID(load_common(tx, *learned_));
    }
    const auto done = follow(tx, events);
    reader_ = nullptr;
    return done;
}

Result<void> ForecastFollower::follow(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    Machine machine(*learned_, [&](const std::string& dossier) -> Result<std::optional<Open>> {
        const auto text = tx.first(select_open, {dossier}, [](const store::Row& r) { return r.string(0); });
        if (!text) return std::optional<Open>{};
        TRY(const auto value, parse_json(*text));
        TRY(auto open, open_from_json(value));
        return std::optional{std::move(open)};
    });
    const Calibration before = learned_->calibration;
    bool read_again = false;  // what this batch names and the database does not have will not be there the next time
    for (const auto& event : events) {
        if (!event.type.starts_with("dossier.")) continue;
        const auto named = [&](std::string_view what) {
            const auto* v = event.data.if_contains(what);
            return v && v->is_string() ? std::string{v->get_string()} : std::string{};
        };
        if (!lore_ || (!read_again && !lore_->knows(ReleaseId{named("release")}, named("calendar")))) {
            TRY(lore_, Lore::load(tx));
            read_again = true;
        }
        TRY_VOID(machine.take(event, *lore_));
    }
    for (const auto& [dossier, open] : machine.dossiers()) {
        if (!open) {
            tx.execute(drop_open, {dossier});
            continue;
        }
        const auto facts = json::serialize(to_json(*open));
        tx.execute(put_open, {dossier, open->code, open->agency, facts});
    }
    for (const auto& [key, year] : learned_->take_dirty()) {
        std::string bytes;
        learned_->at(key, year).write(bytes);
        tx.execute(put_cell,
                   {key.procedure, key.step, key.agency, key.pace, key.load, key.level, year, store::Blob{bytes}});
    }
    for (const auto& agency : machine.busy()) {
        const auto& b = learned_->business[agency];
        tx.execute(put_business, {agency, b.open, b.sum, b.times});
    }
    const auto& c = learned_->calibration;
    if (c == before) return Nothing{};
    tx.execute(put_calibration, {-1, c.dossiers, c.late_dossiers, 0});
    for (int part = 0; part < Calibration::parts; ++part) {
        const auto& b = c.bins_[static_cast<size_t>(part)];
        if (b != before.bins_[static_cast<size_t>(part)]) tx.execute(put_calibration, {part, b.weight, b.late, b.said});
    }
    return Nothing{};
}

}  // namespace hl::forecast
