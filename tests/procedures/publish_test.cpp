#include "procedures/publish.h"

#include "procedures/difference.h"
#include "procedures/draft_sheet.h"
#include "procedures/events.h"
#include "procedures/linter.h"
#include "procedures/proposals.h"
#include "sheet.h"
#include "store/ledger.h"
#include "support/test_store.h"

namespace hl::procedures {
namespace {

using hl::test::code_of;
using hl::test::ok;
using std::chrono::year;
using test::draft_of;
using test::replaced;
using test::sheet;

class Publishing : public hl::test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override { return migrations(); }

    Result<ReleaseId> publish_from(const Draft& draft, Instant from, Publication by = {"account:an"}) {
        return store().write([&](store::Transaction& tx) { return publish(tx, draft, by, from, clock().now()); });
    }
    std::shared_ptr<const Catalogue> catalogue() {
        auto loaded = store().read([](store::Reader& r) { return Catalogue::load(r); });
        EXPECT_TRUE(ok(loaded));
        return loaded.value();
    }
    Result<Applied> apply(const ProcedurePack& pack) {
        return store().write(
            [&](store::Transaction& tx) { return apply_procedures(tx, pack, {"account:an"}, clock().now()); });
    }
    std::vector<std::string> changes(const ProcedurePack& pack) {
        return store()
            .read([&](store::Reader& r) -> Result<std::vector<std::string>> { return describe_changes(r, pack); })
            .value();
    }
    static Draft changed() {
        return draft_of(replaced(replaced(sheet, "value: 3, unit: working_days}}\n  - {channel: online",
                                          "value: 2, unit: working_days}}\n  - {channel: online"),
                                 "time: {value: 3, unit: working_days}}\n  - name",
                                 "time: {value: 2, unit: working_days}}\n  - name"));
    }
};
HL_FOR_EVERY_ENGINE(Publishing);

const Instant jan = at_local(year{2026} / 1 / 1, 0);
const Instant july = at_local(year{2026} / 7 / 1, 0);
const Instant next_year = at_local(year{2027} / 1 / 1, 0);

TEST_P(Publishing, ANewReleaseEndsTheOneBefore) {
    ASSERT_TRUE(ok(publish_from(draft_of(sheet), jan)));
    const auto second = publish_from(changed(), july);
    ASSERT_TRUE(ok(second));
    EXPECT_EQ(second->value, "9.000001@2");
    const auto c = catalogue();
    const ProcedureCode code{"9.000001"};
    EXPECT_EQ(c->valid(code, jan).value()->number, 1);
    EXPECT_EQ(c->valid(code, july - std::chrono::milliseconds{1}).value()->number, 1);
    EXPECT_EQ(c->valid(code, july).value()->number, 2);
    EXPECT_EQ(c->release(ReleaseId{"9.000001@1"}).value()->valid_to, july);
    EXPECT_EQ(code_of(c->valid(code, jan - std::chrono::milliseconds{1})), "procedure.not_valid");
    EXPECT_EQ(code_of(c->valid(ProcedureCode{"9.999999"}, jan)), "procedure.unknown");
    EXPECT_EQ(c->history(code).front()->number, 2);
    EXPECT_EQ(c->all_valid(july).size(), 1U);
}

TEST_P(Publishing, AFutureReleaseWaits) {
    ASSERT_TRUE(ok(publish_from(draft_of(sheet), jan)));
    ASSERT_TRUE(ok(publish_from(changed(), next_year)));
    const auto c = catalogue();
    EXPECT_EQ(c->valid(ProcedureCode{"9.000001"}, clock().now()).value()->number, 1);
    EXPECT_EQ(c->valid(ProcedureCode{"9.000001"}, next_year).value()->number, 2);
}

TEST_P(Publishing, OverlapAndRepetitionAreRefused) {
    ASSERT_TRUE(ok(publish_from(draft_of(sheet), july)));
    EXPECT_EQ(code_of(publish_from(changed(), july)), "procedure.overlap");
    EXPECT_EQ(code_of(publish_from(changed(), jan)), "procedure.overlap");
    EXPECT_EQ(code_of(publish_from(draft_of(sheet), next_year)), "procedure.unchanged");
    auto d = changed();
    d.valid_to = year{2026} / 12 / 31;
    EXPECT_EQ(code_of(publish_from(d, next_year)), "procedure.validity");
    // On one day, at different hours: exact instants keep them apart.
    EXPECT_TRUE(ok(publish_from(changed(), july + std::chrono::hours{1})));
}

TEST_P(Publishing, FourEyesAreTwoPeople) {
    EXPECT_EQ(code_of(publish_from(draft_of(sheet), jan, {"account:an", "", true})), "procedure.approver_missing");
    EXPECT_EQ(code_of(publish_from(draft_of(sheet), jan, {"account:an", "account:an", true})), "procedure.same_person");
    ASSERT_TRUE(ok(publish_from(draft_of(sheet), jan, {"account:an", "account:binh", true})));
    EXPECT_EQ(catalogue()->release(ReleaseId{"9.000001@1"}).value()->approved_by, "account:binh");
}

TEST_P(Publishing, AProposalIsPublishedOnceByAnother) {
    const auto draft = draft_of(sheet);
    auto p = store().write([&](store::Transaction& tx) -> Result<Proposal> {
        return propose(tx, draft, sheet, jan, "account:an", clock().now());
    });
    ASSERT_TRUE(ok(p));
    const auto approve = [&](std::string_view who) {
        return store().write([&](store::Transaction& tx) -> Result<ReleaseId> {
            const auto found = find_proposal(tx, p->id);
            if (!found) return Error{ErrorKind::not_found, "none", "", ""};
            return publish_proposal(tx, *found, draft_of(found->text), who, clock().now());
        });
    };
    EXPECT_EQ(code_of(approve("account:an")), "procedure.same_person");
    EXPECT_TRUE(ok(approve("account:binh")));
    EXPECT_EQ(code_of(approve("account:chi")), "procedure.proposal_closed");
    const auto open = store().read([](store::Reader& r) -> Result<size_t> { return open_proposals(r).size(); });
    EXPECT_EQ(open.value(), 0U);
}

TEST_P(Publishing, ApplyingAPackTwiceChangesNothing) {
    ProcedurePack pack{test::templates(), {draft_of(sheet)}};
    EXPECT_EQ(changes(pack), std::vector<std::string>{"công bố mới 9.000001 Đăng ký khai sinh thử, từ 01/07/2025"});
    const auto first = apply(pack);
    ASSERT_TRUE(ok(first));
    EXPECT_EQ(first->published.size(), 1U);
    EXPECT_TRUE(changes(pack).empty());
    const auto again = apply(pack);
    ASSERT_TRUE(ok(again));
    EXPECT_EQ(again->published.size(), 0U);
    EXPECT_EQ(again->unchanged, 1U);
    settle();
    const auto events = store().read(
        [](store::Reader& r) -> Result<size_t> { return store::read_stream(r, "procedure:9.000001").size(); });
    EXPECT_EQ(events.value(), 1U);
    std::vector<Error> errors;
    const auto templates =
        store().read([&](store::Reader& r) -> Result<Templates> { return load_templates(r, errors); });
    EXPECT_EQ(templates->by_id.size(), 13U);
    EXPECT_TRUE(errors.empty());
}

TEST_P(Publishing, AChangedSheetNeedsANewDate) {
    ASSERT_TRUE(ok(apply({test::templates(), {draft_of(sheet)}})));
    auto draft = changed();
    EXPECT_EQ(code_of(apply({test::templates(), {draft}})), "procedure.valid_from_kept");
    draft.valid_from = year{2027} / 1 / 1;
    const ProcedurePack pack{test::templates(), {draft}};
    EXPECT_EQ(changes(pack),
              std::vector<std::string>{"9.000001: thời hạn (trực tiếp) 3 → 2 ngày làm việc, từ 01/01/2027"});
    EXPECT_TRUE(ok(apply(pack)));
}

TEST_P(Publishing, AnEndMayBeSetMovedAndLiftedWhileItLiesAhead) {
    ASSERT_TRUE(ok(apply({test::templates(), {draft_of(sheet)}})));
    const auto ending = [](std::optional<Date> to) {
        auto draft = draft_of(sheet);
        draft.valid_to = to;
        return ProcedurePack{test::templates(), {draft}};
    };
    const auto today = local_date(clock().now());
    const Date soon{std::chrono::sys_days{today} + std::chrono::days{30}};
    const Date later{std::chrono::sys_days{today} + std::chrono::days{60}};
    const Date before{std::chrono::sys_days{today} - std::chrono::days{1}};
    const auto difference_of = [&](const ProcedurePack& pack) {
        return store().read([&](store::Reader& r) { return difference(r, pack.drafts.front()); }).value();
    };
    const auto shown = difference_of(ending(soon));
    ASSERT_TRUE(shown);
    ASSERT_EQ(shown->changes.size(), 1U);
    EXPECT_EQ(shown->changes[0].path, "valid.to");
    EXPECT_EQ(shown->changes[0].before, json::value{});
    EXPECT_EQ(shown->changes[0].after, json::value(to_iso(soon)));
    EXPECT_EQ(changes(ending(soon)), std::vector<std::string>{"9.000001: hết hiệu lực từ " + to_vietnamese(soon)});
    EXPECT_EQ(code_of(apply(ending(before))), "procedure.ended");
    const auto ended = apply(ending(soon));
    ASSERT_TRUE(ok(ended));
    EXPECT_EQ(ended->ended, std::vector<ReleaseId>{ReleaseId{"9.000001@1"}});
    EXPECT_TRUE(ended->published.empty());
    const auto end = [&] { return catalogue()->release(ReleaseId{"9.000001@1"}).value()->valid_to; };
    EXPECT_EQ(end(), at_local(soon, 0));
    EXPECT_FALSE(difference_of(ending(soon)));
    EXPECT_EQ(apply(ending(soon))->unchanged, 1U);
    ASSERT_TRUE(ok(apply(ending(later))));
    EXPECT_EQ(end(), at_local(later, 0));
    ASSERT_TRUE(ok(apply(ending({}))));
    EXPECT_FALSE(end());
    settle();
    const auto events = store().read([](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
        return store::read_stream(r, "procedure:9.000001");
    });
    EXPECT_EQ(std::ranges::count(*events, std::string{events::ended}, &store::StoredEvent::type), 3);
}

TEST_P(Publishing, SampleDossiersStayWithTheirRelease) {
    ASSERT_TRUE(ok(apply({test::templates(), {draft_of(sheet)}})));
    const auto kept = [&] {
        return store().read([](store::Reader& r) { return samples_of(r, ReleaseId{"9.000001@1"}); }).value();
    };
    ASSERT_EQ(kept().size(), 2U);
    EXPECT_EQ(kept()[0].name, "đúng hạn");
    EXPECT_EQ(kept()[1].charges->at(0).amount, 8000);
    // Back in the sheet that is edited, the linter replays them on what was changed.
    auto draft = procedures::draft_of(*catalogue()->release(ReleaseId{"9.000001@1"}).value(), test::templates());
    draft.samples = kept();
    draft.card.components.pop_back();
    EXPECT_TRUE(std::ranges::any_of(lint(draft, {nullptr, local_date(clock().now()), nullptr}),
                                    [](const Finding& f) { return f.code == "lint.sample"; }));
    // A pack may bring others for a release that stays.
    auto fewer = draft_of(sheet);
    fewer.samples.pop_back();
    const auto again = apply({test::templates(), {fewer}});
    ASSERT_TRUE(ok(again));
    EXPECT_EQ(again->unchanged, 1U);
    EXPECT_EQ(kept().size(), 1U);
}

TEST_P(Publishing, ATransitionNeedsItsBasis) {
    ASSERT_TRUE(ok(publish_from(draft_of(sheet), jan)));
    ASSERT_TRUE(ok(publish_from(changed(), july)));
    const ReleaseId one{"9.000001@1"}, two{"9.000001@2"};
    const auto move = [&](const ReleaseId& from, const ReleaseId& to, const Basis& basis) {
        return store().write([&](store::Transaction& tx) {
            return add_transition(tx, from, to, basis, july, "account:an", clock().now());
        });
    };
    EXPECT_EQ(code_of(move(one, two, {})), "procedure.basis_required");
    EXPECT_EQ(code_of(move(one, one, {"QĐ 1", "2", {}, {}})), "procedure.transition");
    EXPECT_EQ(code_of(move(one, ReleaseId{"9.000001@7"}, {"QĐ 1", "2", {}, {}})), "procedure.unknown");
    ASSERT_TRUE(ok(move(one, two, {"QĐ 1", "2", {}, {}})));
    const auto found = [&](Instant at) {
        return store()
            .read([&](store::Reader& r) -> Result<bool> { return find_transition(r, one, two, at).has_value(); })
            .value();
    };
    EXPECT_TRUE(found(july));
    EXPECT_FALSE(found(jan));
}

TEST_P(Publishing, ATamperedArtefactIsNotUsed) {
    ASSERT_TRUE(ok(publish_from(draft_of(sheet), jan)));
    (void)store().write([](store::Transaction& tx) -> Result<void> {
        tx.execute("UPDATE procedure_artefact SET body = ? WHERE kind = 'card'", {"{}"});
        return Nothing{};
    });
    EXPECT_EQ(code_of(store().read([](store::Reader& r) { return Catalogue::load(r); })), "procedure.artefact_changed");
}

TEST_P(Publishing, SearchFindsByWordsInitialsAndCode) {
    ASSERT_TRUE(ok(publish_from(draft_of(sheet), jan)));
    ASSERT_TRUE(ok(publish_from(
        draft_of(replaced(replaced(sheet, "9.000001", "9.000002"), "Đăng ký khai sinh thử", "Đăng ký khai tử")), jan)));
    const auto c = catalogue();
    const auto codes = [&](std::string_view words) {
        std::string out;
        for (const auto& r : c->find(words, july)) out += r->procedure.value + " ";
        return out;
    };
    EXPECT_EQ(codes("khai sinh"), "9.000001 9.000002 ");  // the second gives a birth certificate too
    EXPECT_EQ(codes("dang ky khai tu"), "9.000002 ");
    EXPECT_EQ(codes("Đăng ký khai tử"), "9.000002 ");
    EXPECT_EQ(codes("DKKT"), "9.000002 ");
    EXPECT_EQ(codes("GKS"), "9.000002 9.000001 ");
    EXPECT_EQ(codes("9.000001"), "9.000001 ");
    EXPECT_EQ(codes("000002"), "9.000002 ");
    EXPECT_EQ(codes("đất"), "");
    EXPECT_EQ(codes(""), "");
    EXPECT_TRUE(c->find("khai", jan - std::chrono::hours{1}).empty());
}

}  // namespace
}  // namespace hl::procedures
