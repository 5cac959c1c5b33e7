// A made-up ledger of dossiers: events of the shapes that the one-stop writes, by a seed, without the one-stop. Used by
// tests of the cells, so that they see many histories quickly.
#pragma once
#include <gtest/gtest.h>

#include "dossiers/events.h"
#include "ioc/indicators/figures.h"
#include "ioc/indicators/rollup.h"
#include "ioc/indicators/schema.h"
#include "support/test_store.h"

namespace hl::ioc::test {

using hl::test::ok;
namespace on = dossiers::events;
using dossiers::State;

inline const std::filesystem::path pack_folder = HL_SOURCE_DIR "/packs/quang-tri";

inline std::shared_ptr<const Book> pack_book() {
    static const auto book = [] {
        std::vector<Error> errors;
        auto pack = read_indicators(pack_folder, nullptr, errors);
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        return std::make_shared<const Book>(std::move(pack.indicators));
    }();
    return book;
}

/// A day of 2026 in the province, at an hour.
inline Instant day(int month, int d, int hour = 9) {
    return at_local(std::chrono::year{2026} / month / d, hour);
}

class MadeUp {
  public:
    explicit MadeUp(store::Store& store) : store_(store) {}

    struct One {
        std::string id;
        std::string agency = "so-y-te", procedure = "1.000001", sector = "y-te";
        dossiers::Channel channel = dossiers::Channel::desk;
        State state = State::filed;
        std::optional<Instant> due;
        int64_t version = 0;
    };
    template <class E>
    void tell(One& d, E event, State to, Instant at) {
        event.code = DossierCode{"H50-" + d.id};
        event.from = d.state;
        event.to = to;
        event.agency = AgencyId{d.agency};
        event.due = d.due;
        event.version = ++d.version;
        d.state = to;
        events_.push_back({std::string{E::type}, E::shape, d.id, "test", at, on::to_json(event)});
    }
    on::Description about(const One& d) {
        on::Description out;
        out.procedure = ProcedureCode{d.procedure};
        out.sector = d.sector;
        out.channel = d.channel;
        out.lead = AgencyId{d.agency};
        out.area = UnitId{"vn-19333"};
        return out;
    }
    One filed(std::string id, Instant at, std::string agency = "so-y-te", std::string procedure = "1.000001",
              dossiers::Channel channel = dossiers::Channel::desk) {
        One d;
        d.id = std::move(id);
        d.agency = std::move(agency);
        d.procedure = std::move(procedure);
        d.channel = channel;
        on::Filed e;
        e.dossier = about(d);
        tell(d, e, State::filed, at);
        return d;
    }
    void received(One& d, Instant at, std::optional<Instant> due, bool digitised = true) {
        on::Received e;
        e.clock = {{at, dossiers::ClockAct::start, {}, {}}};
        e.components = {{"to-khai", digitised, false, false}};
        d.due = due;
        tell(d, e, State::received, at);
    }
    void transferred(One& d, Instant at) { tell(d, on::Transferred{}, State::processing, at); }
    void moved(One& d, const std::string& agency, Instant at) {
        on::HandedOver e;
        d.agency = agency;
        e.lead = AgencyId{agency};
        tell(d, e, d.state, at);
    }
    void supplement(One& d, Instant at) { tell(d, on::SupplementRequested{}, State::awaiting_supplement, at); }
    void answered(One& d, Instant at) { tell(d, on::SupplementAnswered{}, State::processing, at); }
    void extended(One& d, Instant at, Instant due) {
        d.due = due;
        tell(d, on::Extended{}, d.state, at);
    }
    void finished(One& d, Instant at, dossiers::Verdict verdict, int64_t minutes) {
        on::ResultRecorded e;
        e.closing = on::Closing{verdict, verdict, {}, minutes};
        tell(d, e, State::finished, at);
    }
    void delivered(One& d, Instant at, bool electronic = false) {
        on::Delivered e;
        e.electronic_result = electronic;
        tell(d, e, State::returned, at);
    }
    /// From another system: received and ended in the past.
    One imported(std::string id, Instant at, Instant start, std::optional<Instant> stop, dossiers::Verdict verdict,
                 std::string agency = "so-y-te") {
        One d;
        d.id = std::move(id);
        d.agency = std::move(agency);
        on::Imported e;
        e.dossier = about(d);
        e.filed_at = start;
        e.clock = {{start, dossiers::ClockAct::start, {}, {}}};
        if (stop) {
            e.clock.push_back({*stop, dossiers::ClockAct::stop, {}, {}});
            e.closing = on::Closing{verdict, verdict, {}, 480};
        }
        tell(d, e, stop ? State::returned : State::processing, at);
        return d;
    }
    /// Writes what was told so far.
    void flush() {
        const auto done = store_.write([&](store::Transaction& tx) -> Result<void> {
            for (auto& e : events_) tx.append(e);
            return Nothing{};
        });
        ASSERT_TRUE(ok(done));
        events_.clear();
        ASSERT_TRUE(ok(store_.settle()));
    }
    /// A busy place: `n` dossiers with lives of their own, by the seed; some late, some imported, some moved.
    void busy(int n, uint64_t seed) {
        SeededRandom random(seed);
        const auto below = [&](uint64_t m) { return static_cast<int>(random.below(m)); };
        struct Step {
            Instant at;
            int dossier, step;
        };
        std::vector<One> all(static_cast<size_t>(n));
        std::vector<Step> steps;
        for (int i = 0; i < n; ++i) {
            Instant t = day(6, 1, 8) + std::chrono::minutes{below(60 * 24 * 90)};
            for (int s = 0; s < 8; ++s) {
                steps.push_back({t, i, s});
                t += std::chrono::minutes{below(60 * 24 * 4) + 1};
            }
        }
        std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
        const std::vector<std::string> agencies{"so-y-te", "so-noi-vu", "ubnd-19333"};
        for (const auto& s : steps) {
            auto& d = all[static_cast<size_t>(s.dossier)];
            if (s.step == 0) {
                const auto agency = agencies[static_cast<size_t>(below(3))];
                const auto id = fmt::format("d{:05}", s.dossier);
                if (below(6) == 0)
                    d = imported(id, s.at, s.at - std::chrono::hours{24 * below(80)},
                                 below(2) ? std::optional{s.at - std::chrono::hours{1}} : std::nullopt,
                                 static_cast<dossiers::Verdict>(below(3)), agency);
                else
                    d = filed(id, s.at, agency, fmt::format("1.00000{}", below(4)),
                              static_cast<dossiers::Channel>(below(3)));
                continue;
            }
            if (!dossiers::is_open(d.state)) continue;
            const auto due = below(5) == 0 ? std::nullopt : std::optional{s.at + std::chrono::hours{below(200)}};
            switch (d.state) {
                case State::filed:
                    received(d, s.at, due, below(2) == 0);
                    break;
                case State::received:
                    transferred(d, s.at);
                    break;
                case State::processing:
                    if (const int what = below(6); what == 0)
                        supplement(d, s.at);
                    else if (what == 1)
                        moved(d, agencies[static_cast<size_t>(below(3))], s.at);
                    else if (what == 2 && due)
                        extended(d, s.at, *due);
                    else
                        finished(d, s.at, static_cast<dossiers::Verdict>(below(3)), below(5000));
                    break;
                case State::awaiting_supplement:
                    answered(d, s.at);
                    break;
                default:
                    delivered(d, s.at, below(2) == 0);
            }
        }
    }
    [[nodiscard]] const std::vector<store::Event>& events() const { return events_; }

  private:
    store::Store& store_;
    std::vector<store::Event> events_;
};

class IndicatorTest : public hl::test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override { return migrations(); }
    void SetUp() override {
        EngineTest::SetUp();
        ledger = std::make_unique<MadeUp>(store());
        clock().set(day(11, 23, 9));
        follow();
    }
    void TearDown() override {
        followers.reset();
        ledger.reset();
        EngineTest::TearDown();
    }
    /// Followers of a program that has just started.
    void follow() {
        followers = std::make_unique<store::Followers>(store());
        rollup = std::make_shared<Rollup>([this] { return book; });
        followers->add(rollup);
    }
    void catch_up() {
        ledger->flush();
        ASSERT_TRUE(ok(followers->catch_up()));
    }
    Result<Figures> ask(std::string_view code, const std::string& first, const std::string& last, Where where = {},
                        std::optional<Dimension> by = {}, std::optional<Date> known_on = {}) {
        Question q;
        q.first = *parse_period(first);
        q.last = *parse_period(last);
        q.indicator = book->find(code, q.last.first_day());
        q.where = std::move(where);
        q.by = by;
        q.known_on = known_on;
        q.now = clock().now();
        return store().read([&](store::Reader& r) { return figures(r, *book, q); });
    }
    Figure one(std::string_view code, const std::string& period, Where where = {}, std::optional<Date> known_on = {}) {
        auto f = ask(code, period, period, std::move(where), {}, known_on);
        EXPECT_TRUE(ok(f));
        if (!f.ok() || f->items.size() != 1) return {};
        return f->items.front();
    }
    std::map<std::string, double> by(std::string_view code, const std::string& period, Dimension d, Where where = {}) {
        auto f = ask(code, period, period, std::move(where), d);
        EXPECT_TRUE(ok(f));
        std::map<std::string, double> out;
        if (f.ok())
            for (const auto& i : f->items)
                if (i.value) out[i.key] = *i.value;
        return out;
    }
    static Where of(std::string agency) { return {std::vector{AgencyId{std::move(agency)}}, "", "", "", ""}; }

    std::shared_ptr<const Book> book = pack_book();
    std::unique_ptr<MadeUp> ledger;
    std::shared_ptr<Rollup> rollup;
    std::unique_ptr<store::Followers> followers;
};

}  // namespace hl::ioc::test
