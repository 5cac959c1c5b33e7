// Figures from cells: what counts when and where, what is open at the end of a period, what restates the past, and that
// a follower stopped anywhere and resumed gives the same bytes.
#include "ledger.h"

namespace hl::ioc::test {
namespace {

using dossiers::Verdict;

class Cells : public IndicatorTest {};
HL_FOR_EVERY_ENGINE(Cells);

TEST_P(Cells, CountWhereAndWhenThingsHappened) {
    auto a = ledger->filed("a", day(11, 2), "so-y-te", "1.000001", dossiers::Channel::online);
    ledger->received(a, day(11, 3), day(11, 10));
    ledger->transferred(a, day(11, 3, 10));
    ledger->finished(a, day(11, 9), Verdict::on_time, 600);
    ledger->delivered(a, day(11, 12), true);
    auto b = ledger->filed("b", day(11, 4), "so-noi-vu", "1.000002");
    ledger->received(b, day(11, 4), day(11, 6), false);
    ledger->transferred(b, day(11, 4, 10));
    ledger->finished(b, day(11, 20), Verdict::late, 6000);
    auto c = ledger->filed("c", day(11, 5), "so-y-te", "1.000002");
    ledger->received(c, day(11, 5), std::nullopt);
    ledger->transferred(c, day(11, 5, 10));
    ledger->finished(c, day(11, 20, 10), Verdict::unknown, 0);
    catch_up();

    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-11").value, 3);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-11", of("so-y-te")).value, 2);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-11-03").value, 1);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-11-03T09").value, 1);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-W45").value, 3);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-Q4").value, 3);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-2030").value, 3);
    EXPECT_EQ(one("HCC.GIAI_QUYET", "2026-11").value, 3);
    EXPECT_EQ(one("HCC.DUNG_HAN", "2026-11").value, 1);
    EXPECT_EQ(one("HCC.QUA_HAN", "2026-11").value, 1);
    EXPECT_EQ(one("HCC.HAN_KHONG_RO", "2026-11").value, 1);
    const auto share = one("HCC.TY_LE_DUNG_HAN", "2026-11");
    EXPECT_EQ(share.value, 50);
    EXPECT_EQ(share.numerator, 1);
    EXPECT_EQ(share.denominator, 2);  // the unknown one stands outside
    EXPECT_EQ(share.level, "critical");
    EXPECT_EQ(one("HCC.TG_TRUNG_BINH", "2026-11").value, 2200);
    EXPECT_EQ(one("HCC.TG_TRUNG_VI", "2026-11").value, 600);
    EXPECT_EQ(one("HCC.TRUC_TUYEN", "2026-11").value, 33.33);
    EXPECT_EQ(one("HCC.SO_HOA", "2026-11").value, 66.67);
    EXPECT_EQ(one("HCC.KET_QUA_DIEN_TU", "2026-11").value, 100);
    EXPECT_EQ(by("HCC.TIEP_NHAN", "2026-11", Dimension::procedure),
              (std::map<std::string, double>{{"1.000001", 1}, {"1.000002", 2}}));
    EXPECT_EQ(by("HCC.TIEP_NHAN", "2026-11", Dimension::agency),
              (std::map<std::string, double>{{"so-noi-vu", 1}, {"so-y-te", 2}}));
    EXPECT_EQ(by("HCC.TIEP_NHAN", "2026-11-05", Dimension::channel, of("so-y-te")),
              (std::map<std::string, double>{{"desk", 1}}));
}

TEST_P(Cells, UnknownZeroAndProvisionalAreDifferentThings) {
    auto a = ledger->filed("a", day(9, 2));
    ledger->received(a, day(9, 2), day(9, 10));
    catch_up();
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-09").status, Status::known);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-10").status, Status::zero);          // the ledger says: nothing
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-08").status, Status::unknown);       // no ledger yet
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-11").status, Status::provisional);   // not over
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-12").status, Status::unknown);       // not begun
    EXPECT_EQ(one("HCC.TY_LE_DUNG_HAN", "2026-09").status, Status::unknown);  // of nothing
    EXPECT_FALSE(one("HCC.TY_LE_DUNG_HAN", "2026-09").value);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-09", of("so-noi-vu")).status, Status::unknown);  // never heard of
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-09", of("so-y-te")).status, Status::known);
    EXPECT_EQ(one("GT.TAI_NAN", "2026-11-01").status, Status::unknown);
    // A follower that does not come along makes figures stale, not wrong in silence.
    auto b = ledger->filed("b", day(11, 1));
    ledger->flush();
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-09").status, Status::stale);
}

TEST_P(Cells, StocksAreRightAtTheEndOfEveryPeriodAndNow) {
    auto a = ledger->filed("a", day(9, 1));
    ledger->received(a, day(9, 1), day(10, 5, 17));
    ledger->transferred(a, day(9, 2));
    auto b = ledger->filed("b", day(9, 15));
    ledger->received(b, day(9, 15), day(9, 20, 17));
    ledger->transferred(b, day(9, 16));
    ledger->supplement(b, day(9, 18));
    ledger->answered(b, day(10, 2));
    ledger->extended(b, day(10, 2, 10), day(10, 8, 17));
    ledger->finished(b, day(10, 7), Verdict::on_time, 100);
    auto c = ledger->filed("c", day(11, 20));
    ledger->received(c, day(11, 20), day(11, 24, 17));
    catch_up();
    const auto open = [&](const std::string& p) { return one("HCC.DANG_MO", p).value; };
    EXPECT_EQ(open("2026-09-01"), 1);
    EXPECT_EQ(open("2026-09-15"), 2);
    EXPECT_EQ(open("2026-09"), 2);
    EXPECT_EQ(open("2026-10-06"), 2);
    EXPECT_EQ(open("2026-10-07"), 1);
    EXPECT_EQ(open("2026-10"), 1);
    EXPECT_EQ(open("2026-Q3"), 2);
    EXPECT_EQ(open("2026-11"), 2);  // now
    EXPECT_EQ(one("HCC.DANG_XU_LY", "2026-09-17").value, 2);
    EXPECT_EQ(one("HCC.DANG_XU_LY", "2026-09").value, 1);  // b waits for the applicant
    const auto overdue = [&](const std::string& p) { return one("HCC.DANG_QUA_HAN", p).value; };
    EXPECT_EQ(overdue("2026-09-19"), 0);
    EXPECT_EQ(overdue("2026-09-20"), 1);  // b
    EXPECT_EQ(overdue("2026-10-01"), 1);
    EXPECT_EQ(overdue("2026-10-02"), 0);  // b was given another day
    EXPECT_EQ(overdue("2026-10-05"), 1);  // a
    EXPECT_EQ(overdue("2026-10-08"), 1);  // b had ended before
    EXPECT_EQ(overdue("2026-10"), 1);
    const auto soon = [&](const std::string& p) { return one("HCC.SAP_DEN_HAN", p).value; };
    EXPECT_EQ(soon("2026-09-17"), 0);
    EXPECT_EQ(soon("2026-09-18"), 1);  // b, from 48 hours before
    EXPECT_EQ(soon("2026-09-20"), 0);
    EXPECT_EQ(soon("2026-10-04"), 1);  // a
    EXPECT_EQ(soon("2026-11-23"), 1);  // c, now
    EXPECT_EQ(overdue("2026-11-23"), 1);
    clock().set(day(11, 24, 18));
    EXPECT_EQ(soon("2026-11-24"), 0);
    EXPECT_EQ(overdue("2026-11-24"), 2);
    EXPECT_EQ(by("HCC.DANG_MO", "2026-11-24", Dimension::procedure), (std::map<std::string, double>{{"1.000001", 2}}));
    EXPECT_EQ(ask("HCC.DANG_MO", "2026-11-20", "2026-11-20", {}, Dimension::procedure).error().code, "ioc.dimension");
    EXPECT_EQ(by("HCC.DANG_MO", "2026-10", Dimension::procedure), (std::map<std::string, double>{{"1.000001", 1}}));
    // Of one agency its rows are read period by period: from where the cells begin, not from the beginning of time.
    EXPECT_EQ(by("HCC.DANG_MO", "2026-10", Dimension::procedure, of("so-y-te")),
              (std::map<std::string, double>{{"1.000001", 1}}));
}

TEST_P(Cells, AStockMovesWithItsDossierToAnotherAgency) {
    auto a = ledger->filed("a", day(9, 1));
    ledger->received(a, day(9, 1), day(9, 30, 17));
    ledger->transferred(a, day(9, 2));
    ledger->moved(a, "so-noi-vu", day(9, 10));
    catch_up();
    EXPECT_EQ(one("HCC.DANG_MO", "2026-09-09", of("so-y-te")).value, 1);
    EXPECT_EQ(one("HCC.DANG_MO", "2026-09-10", of("so-y-te")).value, 0);
    EXPECT_EQ(one("HCC.DANG_MO", "2026-09-10", of("so-noi-vu")).value, 1);
    EXPECT_EQ(one("HCC.DANG_QUA_HAN", "2026-10", of("so-y-te")).value, 0);
    EXPECT_EQ(one("HCC.DANG_QUA_HAN", "2026-10", of("so-noi-vu")).value, 1);
    EXPECT_EQ(one("HCC.DANG_MO", "2026-10").value, 1);
}

TEST_P(Cells, LateEventsRestateThePastAndTheRestatementIsSeen) {
    auto a = ledger->filed("a", day(9, 1));
    ledger->received(a, day(9, 1), day(9, 30));
    ledger->transferred(a, day(9, 2));
    auto b = ledger->filed("b", day(11, 10));
    ledger->received(b, day(11, 10), {});
    catch_up();
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-09").value, 1);
    ledger->imported("old", day(11, 15), day(9, 5), day(9, 20), Verdict::late);
    ledger->imported("older", day(11, 16), day(9, 6), day(10, 20), Verdict::on_time, "so-noi-vu");
    catch_up();
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-09").value, 3);
    EXPECT_EQ(one("HCC.DANG_MO", "2026-09").value, 2);  // a and older
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-09", {}, Date{std::chrono::year{2026} / 11 / 14}).value, 1);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-09", {}, Date{std::chrono::year{2026} / 11 / 15}).value, 2);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-09", {}, Date{std::chrono::year{2026} / 11 / 16}).value, 3);
    EXPECT_EQ(one("HCC.DANG_MO", "2026-09", {}, Date{std::chrono::year{2026} / 11 / 14}).value, 1);
    EXPECT_EQ(one("HCC.TIEP_NHAN", "2026-11", {}, Date{std::chrono::year{2026} / 11 / 14}).status, Status::unknown);
    const auto list = store().read([&](store::Reader& r) {
        return restatements(r, *book, *book->find("HCC.TIEP_NHAN", {}), {}, Grain::month, 100);
    });
    ASSERT_TRUE(ok(list));
    ASSERT_EQ(list->size(), 2u);
    const auto &first = (*list)[0], &second = (*list)[1];
    EXPECT_EQ(first.period.text(), "2026-09");
    EXPECT_EQ(first.day, (Date{std::chrono::year{2026} / 11 / 15}));
    EXPECT_EQ(first.before, 1);
    EXPECT_EQ(first.after, 2);
    EXPECT_EQ(first.first_position, 5);
    EXPECT_EQ(second.before, 2);
    EXPECT_EQ(second.after, 3);
    EXPECT_EQ(second.first_position, 6);
}

/// Everything the follower wrote, as text.
std::string dump(store::Store& store) {
    std::string out;
    for (const auto* sql :
         {"SELECT level, period, agency, unit, procedure, sector, channel, states FROM ioc_cell ORDER BY 1, 2, 3, 4, "
          "5, "
          "6, 7",
          "SELECT day, position, agency, unit, procedure, sector, channel, parts FROM ioc_fact ORDER BY 1, 2",
          "SELECT level, period, agency, day, first_position, last_position, facts, before FROM ioc_restated ORDER BY "
          "1, 2, 3, 4, 5",
          "SELECT dossier, agency, state, procedure, sector, channel, supplements, digitised FROM ioc_dossier ORDER BY "
          "1"}) {
        const auto done = store.read([&](store::Reader& r) -> Result<void> {
            r.query(sql, {}, [&](const store::Row& row) {
                for (int i = 0; i < 8; ++i) out += row.string(i) + "|";
                out += "\n";
            });
            return Nothing{};
        });
        EXPECT_TRUE(ok(done));
    }
    return out;
}

TEST_P(Cells, StoppedAnywhereAndResumedTheyAreTheSame) {
    ledger->busy(60, 7);
    const auto events = ledger->events();
    catch_up();
    const auto whole = dump(store());
    EXPECT_GT(whole.size(), 5'000u);
    // The same events in steps of every size, each by a program that has just started, or by one that goes on.
    SeededRandom random(11);
    for (const bool restarts : {true, false}) {
        hl::test::TestStore other(GetParam(), test_store().migrations);
        other.clock.set(clock().now());
        auto follower = std::make_shared<Rollup>([this] { return book; });
        auto run = std::make_unique<store::Followers>(*other);
        run->add(follower);
        for (size_t done = 0; done < events.size();) {
            const auto n = std::min<size_t>(events.size() - done, 1 + random.below(150));
            ASSERT_TRUE(ok(other->write([&](store::Transaction& tx) -> Result<void> {
                for (size_t i = 0; i < n; ++i) tx.append(events[done + i]);
                return Nothing{};
            })));
            done += n;
            ASSERT_TRUE(ok(run->catch_up()));
            if (!restarts) continue;
            run = std::make_unique<store::Followers>(*other);
            run->add(std::make_shared<Rollup>([this] { return book; }));
        }
        EXPECT_EQ(dump(*other), whole);
    }
    // And from the beginning again.
    ASSERT_TRUE(ok(followers->restart("ioc.indicators", "test")));
    ASSERT_TRUE(ok(followers->catch_up()));
    EXPECT_EQ(dump(store()), whole);
}

TEST_P(Cells, ACheckFindsNothingUntilSomebodyChangesACell) {
    ledger->busy(50, 3);
    catch_up();
    int64_t seen = 0;
    auto report = recompute_check(store(), book, [&](int64_t done, int64_t) { seen = done; });
    ASSERT_TRUE(ok(report));
    EXPECT_EQ(report->differences, std::vector<std::string>{});
    EXPECT_EQ(report->position, seen);
    EXPECT_GT(report->cells, 100);
    EXPECT_GT(report->facts, 100);
    ASSERT_TRUE(ok(store().write([](store::Transaction& tx) -> Result<void> {
        tx.execute(
            "DELETE FROM ioc_cell WHERE level = 6 AND period = (SELECT MIN(period) FROM ioc_cell WHERE level = 6)");
        tx.execute("UPDATE ioc_fact SET parts = parts + 1 WHERE position = (SELECT MIN(position) FROM ioc_fact)");
        return Nothing{};
    })));
    report = recompute_check(store(), book);
    ASSERT_TRUE(ok(report));
    EXPECT_EQ(report->different, 2);
}

TEST_P(Cells, TheEventsBehindAFigureAreAsManyAsItSays) {
    ledger->busy(100, 5);
    catch_up();
    for (const auto* code : {"HCC.TIEP_NHAN", "HCC.GIAI_QUYET", "HCC.QUA_HAN"})
        for (const auto& agency : {std::string{}, std::string{"so-y-te"}}) {
            Question q;
            q.first = q.last = *parse_period("2026-07");
            q.indicator = book->find(code, q.last.first_day());
            q.now = clock().now();
            if (!agency.empty()) q.where = of(agency);
            std::set<int64_t> positions;
            std::optional<std::pair<int64_t, int64_t>> after;
            do {
                const auto page =
                    store().read([&](store::Reader& r) -> Result<BehindPage> { return behind(r, *book, q, after, 7); });
                ASSERT_TRUE(ok(page));
                for (const auto& b : page->items) EXPECT_TRUE(positions.insert(b.position).second);
                after = page->next;
            } while (after);
            EXPECT_EQ(static_cast<double>(positions.size()), one(code, "2026-07", q.where).value) << code;
        }
}

}  // namespace
}  // namespace hl::ioc::test
