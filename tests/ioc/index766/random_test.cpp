// A thousand random histories by real commands: the follower's counts are those of the obvious implementation, whatever
// way the follower came to them.
#include <rapidcheck.h>

#include "obvious.h"

namespace hl::index766::test {
namespace {

using namespace dossiers;

class IndexRandom : public IndexTest {
  protected:
    [[nodiscard]] Instant start() const override { return at_local(Date{std::chrono::year{2026} / 8 / 3}, 8); }
};
INSTANTIATE_TEST_SUITE_P(Engines, IndexRandom, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

/// One command that may or may not be allowed now.
Result<Dossier> act(int which, store::Transaction& tx, const Context& c, const access::Actor& a, const Target& t,
                    const std::string& phone, Instant n) {
    const bool odd = which % 2 != 0;
    switch (which % 13) {
        case 0:
            return receive(tx, c, a, t, {}, n);
        case 1:
            return transfer(tx, c, a, t, n);
        case 2:
        case 3:
        case 4:
            return complete(tx, c, a, t, {}, n);
        case 5:
            return request_supplement(tx, c, a, t, {{"giấy"}, "thiếu", ""}, n);
        case 6:
            return answer_supplement(tx, c, a, t, {{"to-khai", 1, 0, odd, !odd, odd}}, "", n);
        case 7:
            return charge(tx, c, a, t, {{"thue", "thuế", "duty", odd ? 1000 : 0, "", {}, "", ""}}, n);
        case 8:
            return pay(tx, c, a, t, {{}, odd ? "online" : "cash", "1"}, n);
        case 9: {
            ResultInput r;
            r.kind = "giay";
            r.signature = which % 3 == 0 ? "ink" : "digital";
            return record_result(tx, c, a, t, r, n);
        }
        case 10:
            return deliver(tx, c, a, t, {}, n);
        case 11: {
            Rating r;
            r.phone = phone;
            if (odd)
                r.overall = 1 + which % 5;
            else
                r.scores = "012012012";
            return rate(tx, c, a, t, r, n);
        }
        default:
            if (which % 7 == 0) return withdraw(tx, c, a, t, "", n);
            if (which % 11 == 0) return refuse(tx, c, a, t, {"lý do"}, n);
            if (which % 17 == 0) return stop(tx, c, a, t, "dừng", "Điều 1", n);
            return extend(
                tx, c, a, t,
                c.calendars->for_agency(dossiers::test::ward_office)->next_workday(add_days(local_date(n), 9)), "chậm",
                n);
    }
}

TEST_P(IndexRandom, TheCountsOfAThousandHistoriesAreTheObviousOnes) {
    // A hundred scripts; each tells of some new dossiers, worked on beside those before.
    const int each = GetParam() == store::Engine::sqlite ? 10 : 1;
    const std::vector<ProcedureCode> procedures{dossiers::test::simple, dossiers::test::paying, dossiers::test::untimed,
                                                dossiers::test::hourly};
    std::vector<DossierCode> codes;
    const bool held = rc::check([&] {
        const auto script = *rc::gen::container<std::vector<uint32_t>>(static_cast<size_t>(each * 45),
                                                                       rc::gen::inRange<uint32_t>(0, 1u << 30));
        size_t at = 0;
        const auto below = [&](size_t n) { return static_cast<int>(script[at++ % script.size()] % n); };
        const auto ctx = world->context();
        const auto system = world->system();
        const auto one = [&](store::Transaction& tx, const DossierCode& code) {
            // First what is likely, then anything.
            const auto d = storage::find(tx, code.value);
            int which = below(10'000);
            if (d.ok() && below(3) != 0)
                which = d->state == State::filed                 ? 0
                        : d->state == State::received            ? 1 + 13 * below(50)
                        : d->state == State::awaiting_supplement ? 6 + 13 * below(50)
                        : d->state == State::awaiting_payment    ? 8 + 13 * below(50)
                        : d->state == State::signing             ? 9 + 13 * below(50)
                        : d->state == State::finished            ? 10
                        : d->state == State::returned            ? 11 + 13 * below(50)
                                                                 : 2;
            (void)act(which, tx, ctx, system, {code}, "0912000000", world->now());
            world->clock().advance(std::chrono::seconds{below(1500)});
        };
        const auto done = world->store().write([&](store::Transaction& tx) -> Result<void> {
            for (int i = 0; i < each; ++i) {
                auto f = world->filing(procedures[static_cast<size_t>(below(procedures.size()))]);
                f.channel = below(2) == 0 ? procedures::Channel::online : procedures::Channel::desk;
                f.components[0].digitised = below(3) != 0;
                TRY(const auto filed, file(tx, ctx, system, f, world->now()));
                codes.push_back(filed.code);
                world->clock().advance(std::chrono::seconds{below(4000)});
            }
            // The youngest are worked on most, as in an office.
            for (int i = 0; i < each * 12; ++i)
                one(tx, codes[codes.size() - 1 -
                              std::min(static_cast<size_t>(below(codes.size())), static_cast<size_t>(below(80)))]);
            return Nothing{};
        });
        RC_ASSERT(done.ok());
        world->clock().advance(std::chrono::hours{below(16)});
        // Some of it in small bites.
        follow(follower_, 7, 30);
        follow();
    });
    ASSERT_TRUE(held);

    std::map<std::pair<int64_t, std::string>, Counts> expected;  // of single months
    const auto first = dossiers::month_of(start()), last = month();
    const auto calendar = world->calendars->for_agency(dossiers::test::ward_office);
    const Obvious obvious(*calendar);
    const auto looked = world->store().read([&](store::Reader& r) -> Result<void> {
        for (const auto& code : codes) {
            TRY(const auto d, storage::find(r, code.value));
            const auto detail = storage::load_detail(r, d.key);
            const auto rating = r.first(
                "SELECT overall, scores FROM dossier_rating WHERE dossier = ?", {d.key}, [](const store::Row& row) {
                    int sum = 0;
                    for (const char c : row.text(1)) sum += c - '0';
                    return row.integer(0) > 0 ? static_cast<int>(row.integer(0)) : 1 + sum * 4 / 18;
                });
            for (int64_t m = first; m <= last; ++m) {
                const auto seen = obvious.in_month(d, detail, rating.value_or(0), m, now());
                for (size_t i = 0; i < fact_count; ++i)
                    if (seen[i] != no_outcome)
                        for (const auto& agency : {d.lead.value, std::string{}})
                            ++expected[{m, agency}].seen[{static_cast<Fact>(i), seen[i]}];
            }
        }
        return Nothing{};
    });
    ASSERT_TRUE(ok(looked));
    int64_t letters = 0;
    std::set<std::pair<Fact, char>> different;
    for (const auto& [key, want] : expected) {
        const auto got = counts(month_period(key.first), AgencyId{key.second});
        for (const auto& [outcome, n] : want.seen) {
            EXPECT_EQ(got.of(outcome.first, outcome.second), n)
                << dossiers::month_text(key.first) << " '" << key.second << "' "
                << outcome_of(outcome.first, outcome.second)->word;
            letters += n;
            different.insert(outcome);
        }
        for (const auto& [outcome, n] : got.seen)
            if (n != 0) {
                EXPECT_TRUE(want.seen.contains(outcome)) << dossiers::month_text(key.first) << " '" << key.second
                                                         << "' has " << outcome_of(outcome.first, outcome.second)->word;
            }
    }
    EXPECT_GE(std::ssize(codes), 100 * each);
    EXPECT_GT(letters, 300 * each);
    EXPECT_GE(different.size(), each == 10 ? 28u : 15u) << "the histories are as different as they should be";
    const auto by_hand = everything();
    store::Followers followers(world->store());
    followers.add(std::make_shared<Index766>());
    ASSERT_TRUE(ok(followers.catch_up()));
    EXPECT_EQ(by_hand, everything()) << "read from the beginning by the program's own follower";
    const auto report = world->store().read([](store::Reader& r) { return check(r); });
    ASSERT_TRUE(ok(report));
    EXPECT_EQ(report->dossiers, std::ssize(codes));
    EXPECT_EQ(report->problems, std::vector<std::string>{});
}

TEST_P(IndexRandom, AFollowerStoppedAnywhereAndResumedIsTheSame) {
    const auto sizes = std::vector<int64_t>{1, 3, 17, 500};
    std::vector<DossierCode> codes;
    SeededRandom random(3);
    const auto ctx = world->context();
    const auto system = world->system();
    ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
        for (int i = 0; i < 150; ++i) {
            if (i % 10 == 0) {
                TRY(const auto d, file(tx, ctx, system, world->filing(), world->now()));
                codes.push_back(d.code);
            }
            (void)act(static_cast<int>(random.below(10'000)), tx, ctx, system, {codes[random.below(codes.size())]},
                      "0912000000", world->now());
            (void)receive(tx, ctx, system, {codes[random.below(codes.size())]}, {}, world->now());
            world->clock().advance(std::chrono::hours{static_cast<int>(random.below(20))});
        }
        return Nothing{};
    })));
    std::optional<std::vector<std::string>> whole;
    for (const auto size : sizes) {
        position_ = 0;
        Index766 fresh;
        ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
            fresh.reset(tx);
            return Nothing{};
        })));
        // A new object at every stop: nothing is carried over but the tables.
        for (int i = 0; i < 5; ++i) {
            Index766 other;
            follow(other, size, 23);
        }
        Index766 last;
        follow(last, size);
        if (!whole)
            whole = everything();
        else
            EXPECT_EQ(*whole, everything()) << size;
    }
    EXPECT_GT(whole->size(), 30u);
}

}  // namespace
}  // namespace hl::index766::test
