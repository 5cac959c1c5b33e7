#include "ioc/index766/check.h"

#include "dossiers/statistics.h"
#include "ioc/index766/follower.h"

namespace hl::index766 {

namespace {

constexpr std::string_view every_dossier = "SELECT id FROM dossier ORDER BY key";
constexpr std::string_view select_row =
    "SELECT code, agency, procedure, received_at, ended_at, seen, outlook, late_from, facts FROM ioc_766_dossier WHERE "
    "dossier = ?";
constexpr std::string_view select_months =
    "SELECT month, agency, outcomes FROM ioc_766_month WHERE dossier = ? ORDER BY month";
constexpr std::string_view count_rows = "SELECT COUNT(*) FROM ioc_766_dossier";
constexpr std::string_view select_counts =
    "SELECT agency, month, fact, letter, n FROM ioc_766_count WHERE n <> 0 ORDER BY agency, month, fact, letter";

using CountKey = std::tuple<std::string, int64_t, int64_t, std::string>;

class Check {
  public:
    Check(store::Reader& reader, Lore lore, int64_t position)
        : reader_(reader), lore_(std::move(lore)), position_(position) {}

    Result<void> one(const std::string& id) {
        Facts facts;
        bool any = false;
        for (const auto& event : store::read_stream(reader_, id)) {
            if (event.position >= position_ || !event.type.starts_with("dossier.")) continue;
            any = true;
            TRY_VOID(take(facts, event));
        }
        if (!any) return Nothing{};
        ++report.dossiers;
        hold_row(id, facts);
        hold_months(id, facts);
        return Nothing{};
    }

    void hold_counts() {
        std::map<CountKey, int64_t> stored;
        reader_.query(select_counts, {}, [&](const store::Row& r) {
            stored[{r.string(0), r.integer(1), r.integer(2), r.string(3)}] = r.integer(4);
        });
        report.counts = std::ssize(counts_);
        for (const auto& [key, n] : counts_) {
            const auto it = stored.find(key);
            if (it == stored.end() || it->second != n) wrong_count(key, n, it == stored.end() ? 0 : it->second);
        }
        for (const auto& [key, n] : stored)
            if (!counts_.contains(key)) wrong_count(key, 0, n);
        const auto rows = reader_.first(count_rows, {}, [](const store::Row& r) { return r.integer(0); });
        if (rows.value_or(0) != report.dossiers)
            problem(fmt::format("{} dossiers are stored, {} have events", rows.value_or(0), report.dossiers));
    }

    CheckReport report;

  private:
    void problem(std::string text) {
        if (report.problems.size() < 1000) report.problems.push_back(std::move(text));
    }

    void hold_row(const std::string& id, const Facts& f) {
        const auto next = outlook(f, lore_);
        const auto text = json::serialize(to_json(f));
        const auto same = reader_.first(select_row, {id}, [&](const store::Row& r) {
            return r.text(0) == f.code.value && r.text(1) == f.agency.value && r.text(2) == f.procedure.value &&
                   r.optional_instant(3) == f.received_at && r.optional_instant(4) == f.ended_at &&
                   r.integer(5) == f.seen && r.text(6) == std::string_view{&next.letter, 1} &&
                   r.optional_instant(7) == next.late_from && r.text(8) == text;
        });
        if (!same)
            problem(fmt::format("dossier {} is not stored", f.code.value));
        else if (!*same)
            problem(fmt::format("dossier {}: the stored facts are not those of its events", f.code.value));
    }

    void hold_months(const std::string& id, const Facts& f) {
        std::map<int64_t, std::pair<std::string, std::string>> stored;
        reader_.query(select_months, {id}, [&](const store::Row& r) {
            stored[r.integer(0)] = {r.string(1), r.string(2)};
        });
        for (const auto& [month, outcomes] : outcomes_by_month(f, lore_)) {
            ++report.months;
            const auto letters = to_text(outcomes);
            for (size_t i = 0; i < letters.size(); ++i) {
                if (letters[i] == no_outcome) continue;
                for (const auto& agency : {f.agency.value, std::string{}})
                    ++counts_[{agency, month, static_cast<int64_t>(i), std::string(1, letters[i])}];
            }
            const auto it = stored.find(month);
            if (it == stored.end() || it->second != std::pair{f.agency.value, letters})
                problem(fmt::format("dossier {}, month {}: {} was expected, {} is stored", f.code.value,
                                    dossiers::month_text(month), letters,
                                    it == stored.end() ? "nothing" : it->second.second));
            if (it != stored.end()) stored.erase(it);
        }
        for (const auto& [month, row] : stored)
            problem(fmt::format("dossier {}, month {}: nothing was expected, {} is stored", f.code.value,
                                dossiers::month_text(month), row.second));
    }

    void wrong_count(const CountKey& key, int64_t expected, int64_t stored) {
        const auto& [agency, month, fact, letter] = key;
        const auto* row = outcome_of(static_cast<Fact>(fact), letter.empty() ? no_outcome : letter.front());
        problem(fmt::format("{}, month {}, {} {}: {} counted, {} stored", agency.empty() ? "the province" : agency,
                            dossiers::month_text(month), row ? row_of(row->fact).word : "?", row ? row->word : "?",
                            expected, stored));
    }

    store::Reader& reader_;
    Lore lore_;
    int64_t position_;
    std::map<CountKey, int64_t> counts_;
};

}  // namespace

Result<CheckReport> check(store::Reader& reader, const std::function<void(int64_t, int64_t)>& progress) {
    const auto position = store::follower_position(reader, Index766{});
    if (!position)
        return Error{ErrorKind::unavailable, "index766.not_ready",
                     "Bộ chỉ số 766 chưa được tính lần nào. Hãy chờ chương trình đọc sổ cái, rồi thử lại.",
                     "The index 766 has not been computed yet. Wait until the ledger has been read, then try again."};
    TRY(auto lore, Lore::load(reader));
    Check run(reader, std::move(lore), *position);
    run.report.position = *position;
    const auto ids = reader.all(every_dossier, {}, [](const store::Row& r) { return r.string(0); });
    int64_t done = 0;
    for (const auto& id : ids) {
        TRY_VOID(run.one(id));
        if (progress) progress(++done, std::ssize(ids));
    }
    run.hold_counts();
    return std::move(run.report);
}

}  // namespace hl::index766
