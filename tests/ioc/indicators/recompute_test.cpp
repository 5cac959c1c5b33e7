// A figure as the first n events give it is the figure that was shown then.
#include "ioc/indicators/recompute.h"

#include "ledger.h"

namespace hl::ioc::test {
namespace {

class Recomputed : public IndicatorTest {};
HL_FOR_EVERY_ENGINE(Recomputed);

TEST_P(Recomputed, AFigureIsWhatItWasAtThatPosition) {
    ledger->busy(30, 21);
    catch_up();
    const auto codes = {"HCC.TIEP_NHAN", "HCC.TY_LE_DUNG_HAN", "HCC.TG_TRUNG_VI", "HCC.DANG_MO"};
    std::map<std::string, std::optional<double>> shown;
    for (const auto* code : codes) shown[code] = one(code, "2026-07").value;
    const auto position = ask("HCC.TIEP_NHAN", "2026-07", "2026-07")->position;
    ASSERT_TRUE(position);
    ledger->imported("late-1", day(11, 20), day(7, 3), day(7, 20), dossiers::Verdict::late);
    ledger->imported("late-2", day(11, 21), day(7, 4), {}, dossiers::Verdict::unknown);
    catch_up();
    EXPECT_NE(one("HCC.TIEP_NHAN", "2026-07").value, shown["HCC.TIEP_NHAN"]);
    for (const auto* code : codes) {
        Question q;
        q.first = q.last = *parse_period("2026-07");
        q.indicator = book->find(code, q.last.first_day());
        const auto then = figures_at(store(), book, q, *position);
        ASSERT_TRUE(ok(then));
        EXPECT_EQ(then->items.front().value, shown[code]) << code;
        EXPECT_EQ(then->position, position);
    }
    Question q;
    q.first = q.last = *parse_period("2026-07");
    q.indicator = book->find("HCC.TIEP_NHAN", q.last.first_day());
    EXPECT_EQ(figures_at(store(), book, q, *position + 100).error().code, "ioc.position");
}

}  // namespace
}  // namespace hl::ioc::test
