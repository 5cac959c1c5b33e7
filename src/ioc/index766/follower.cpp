#include "ioc/index766/follower.h"

namespace hl::index766 {

namespace {

constexpr std::string_view select_facts = "SELECT facts FROM ioc_766_dossier WHERE dossier = ?";
constexpr std::string_view put_facts =
    "INSERT INTO ioc_766_dossier (dossier, code, agency, procedure, received_at, ended_at, seen, outlook, late_from, "
    "facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dossier) DO UPDATE SET code = excluded.code, agency = "
    "excluded.agency, procedure = excluded.procedure, received_at = excluded.received_at, ended_at = "
    "excluded.ended_at, seen = excluded.seen, outlook = excluded.outlook, late_from = excluded.late_from, facts = "
    "excluded.facts";
constexpr std::string_view select_months = "SELECT month, agency, outcomes FROM ioc_766_month WHERE dossier = ?";
constexpr std::string_view put_month =
    "INSERT INTO ioc_766_month (dossier, month, agency, outcomes) VALUES (?, ?, ?, ?) ON CONFLICT (dossier, month) DO "
    "UPDATE SET agency = excluded.agency, outcomes = excluded.outcomes";
constexpr std::string_view drop_month = "DELETE FROM ioc_766_month WHERE dossier = ? AND month = ?";
constexpr std::string_view add_count =
    "INSERT INTO ioc_766_count (agency, month, fact, letter, n) VALUES (?, ?, ?, ?, ?) ON CONFLICT (agency, month, "
    "fact, letter) DO UPDATE SET n = ioc_766_count.n + excluded.n";

Error damaged() {
    return {ErrorKind::internal, "index766.damaged",
            "Dữ liệu chỉ số bị hỏng. Hãy chạy «hienluong follower rebuild ioc.index766».",
            "The index's data is damaged. Run 'hienluong follower rebuild ioc.index766'."};
}

using MonthRow = std::pair<std::string, std::string>;  // agency, letters

/// One batch: each touched dossier is read once and written once, counts once each.
class Batch {
  public:
    Batch(store::Transaction& tx, std::optional<Lore>& lore) : tx_(tx), lore_(lore) {}

    Result<void> take_one(const store::StoredEvent& event) {
        auto it = touched_.find(event.stream);
        if (it == touched_.end()) {
            Facts facts;
            if (const auto text =
                    tx_.first(select_facts, {event.stream}, [](const store::Row& r) { return r.string(0); })) {
                TRY(const auto value, parse_json(*text));
                TRY(facts, facts_from_json(value));
            }
            it = touched_.emplace(event.stream, std::move(facts)).first;
        }
        return take(it->second, event);
    }

    Result<void> write() {
        for (const auto& [id, facts] : touched_) {
            TRY_VOID(know(facts));
            const auto next = outlook(facts, *lore_);
            const std::string letter(1, next.letter);
            const std::string text = json::serialize(to_json(facts));
            tx_.execute(put_facts, {id, facts.code, facts.agency, facts.procedure, facts.received_at, facts.ended_at,
                                    facts.seen, letter, next.late_from, text});
            TRY_VOID(write_months(id, facts));
        }
        for (const auto& [key, n] : counts_) {
            if (n == 0) continue;
            const auto& [agency, month, fact, letter] = key;
            tx_.execute(add_count, {agency, month, fact, std::string_view{&letter, 1}, n});
        }
        return Nothing{};
    }

  private:
    Result<void> know(const Facts& facts) {
        if (lore_ && (fresh_ || lore_->knows(facts.release, facts.calendar))) return Nothing{};
        TRY(lore_, Lore::load(tx_));
        fresh_ = true;  // what this batch names and the database does not have will not be there the next time either
        return Nothing{};
    }

    Result<void> write_months(const std::string& id, const Facts& facts) {
        std::map<int64_t, MonthRow> before, after;
        tx_.query(select_months, {id}, [&](const store::Row& r) { before[r.integer(0)] = {r.string(1), r.string(2)}; });
        for (const auto& [month, outcomes] : outcomes_by_month(facts, *lore_))
            after[month] = {facts.agency.value, to_text(outcomes)};
        for (const auto& [month, row] : before) {
            const auto it = after.find(month);
            if (it != after.end() && it->second == row) continue;
            count(month, row, -1);
            if (it == after.end()) tx_.execute(drop_month, {id, month});
        }
        for (const auto& [month, row] : after) {
            const auto it = before.find(month);
            if (it != before.end() && it->second == row) continue;
            count(month, row, 1);
            tx_.execute(put_month, {id, month, row.first, row.second});
        }
        return Nothing{};
    }

    void count(int64_t month, const MonthRow& row, int64_t n) {
        for (size_t fact = 0; fact < row.second.size(); ++fact) {
            const char letter = row.second[fact];
            if (letter == no_outcome) continue;
            counts_[{row.first, month, static_cast<int64_t>(fact), letter}] += n;
            counts_[{"", month, static_cast<int64_t>(fact), letter}] += n;
        }
    }

    store::Transaction& tx_;
    std::optional<Lore>& lore_;
    bool fresh_ = false;
    std::map<std::string, Facts> touched_;
    std::map<std::tuple<std::string, int64_t, int64_t, char>, int64_t> counts_;
};

}  // namespace

std::string to_text(const Outcomes& outcomes) {
    return {outcomes.begin(), outcomes.end()};
}

Result<Outcomes> outcomes_from(std::string_view text) {
    if (text.size() != fact_count) return damaged();
    Outcomes out;
    std::copy(text.begin(), text.end(), out.begin());
    for (size_t fact = 0; fact < fact_count; ++fact)
        if (out[fact] != no_outcome && !outcome_of(static_cast<Fact>(fact), out[fact])) return damaged();
    return out;
}

void Index766::reset(store::Transaction& tx) {
    tx.execute("DELETE FROM ioc_766_count");
    tx.execute("DELETE FROM ioc_766_month");
    tx.execute("DELETE FROM ioc_766_dossier");
    lore_.reset();
}

Result<void> Index766::apply(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    Batch batch(tx, lore_);
    for (const auto& event : events)
        if (event.type.starts_with("dossier.")) TRY_VOID(batch.take_one(event));
    return batch.write();
}

}  // namespace hl::index766
