// A dossier stays with the release it was received under; a signed transitional rule moves it, and then only where its
// open work has a place in the other flow.
#include "world.h"

namespace hl::dossiers::test {
namespace {

using hl::test::code_of;

class Released : public WorldTest {
  protected:
    Dossier in_work() {
        const auto d = world->file(world->filing(simple));
        EXPECT_TRUE(ok(d));
        EXPECT_TRUE(ok(world->run(
            [&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->clerk(), {d->code}, {}, t); })));
        const auto sent =
            world->run([&](auto& tx, auto& ctx, Instant t) { return transfer(tx, ctx, world->clerk(), {d->code}, t); });
        EXPECT_TRUE(ok(sent));
        return *sent;
    }
    /// A newer release of the procedure, with another flow.
    ReleaseId newer(const std::string& flow) {
        std::vector<Error> errors;
        const auto templates = procedures::read_templates(pack_folder, errors);
        const auto draft = procedures::parse_procedure(
            sheet("9.000001", flow, ", time: {value: 2, unit: working_days}"), "test.yaml", templates, errors);
        EXPECT_TRUE(errors.empty() && draft);
        const auto id = world->store().write([&](store::Transaction& tx) {
            return procedures::publish(tx, *draft, {"test", "", false}, world->now(), world->now());
        });
        EXPECT_TRUE(ok(id));
        world->reload();
        return *id;
    }
    auto move(const Dossier& d, const ReleaseId& to) {
        return world->run(
            [&](auto& tx, auto& ctx, Instant t) { return move_release(tx, ctx, world->head(), {d.code}, to, t); });
    }
    void rule(const ReleaseId& from, const ReleaseId& to) {
        procedures::Basis basis;
        basis.act = "Quyết định mẫu";
        EXPECT_TRUE(ok(world->store().write([&](store::Transaction& tx) {
            return procedures::add_transition(tx, from, to, basis, world->now(), "test", world->now());
        })));
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, Released, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

constexpr auto same_steps =
    "  template: one-agency\n  hours: {receive: 1, assign: 1, handle: 8, approve: 2, return: 0}\n";

TEST_P(Released, ADossierMovesByASignedRuleOnlyAndKeepsItsPromise) {
    const auto d = in_work();
    world->clock().advance(std::chrono::minutes{5});
    const auto to = newer(same_steps);
    EXPECT_EQ(code_of(move(d, to)), "release.no_rule");
    EXPECT_EQ(world->stored(d.code).release, d.release);  // a newer release alone changes nothing for it
    rule(d.release, to);
    EXPECT_EQ(code_of(move(d, d.release)), "release.other");
    const auto moved = move(d, to);
    ASSERT_TRUE(ok(moved));
    EXPECT_EQ(moved->release, to);
    EXPECT_EQ(moved->due, d.due);
    EXPECT_EQ(moved->clock, d.clock);
    EXPECT_TRUE(world->agrees(d.code));
    EXPECT_EQ(code_of(world->run([&](auto& tx, auto& ctx, Instant t) {
                  return move_release(tx, ctx, world->clerk(), {d.code}, d.release, t);
              })),
              "access.denied");
}

TEST_P(Released, OpenWorkMustHaveItsPlaceInTheOtherFlow) {
    const auto d = in_work();
    world->clock().advance(std::chrono::minutes{5});
    const auto to = newer("  template: immediate\n");
    rule(d.release, to);
    const auto refused = move(d, to);
    EXPECT_EQ(code_of(refused), "release.step_missing");
    EXPECT_TRUE(world->agrees(d.code));
}

}  // namespace
}  // namespace hl::dossiers::test
