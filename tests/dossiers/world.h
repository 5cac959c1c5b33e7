// A small province for tests: the real pack's organisation and calendar, made-up procedures that use its flow
// templates, officers with every role, and a clock set by hand. One World per test and engine.
#pragma once
#include <gtest/gtest.h>

#include "access/access.h"
#include "directory/commands.h"
#include "dossiers/commands.h"
#include "dossiers/fold.h"
#include "dossiers/queries.h"
#include "dossiers/schema.h"
#include "dossiers/storage.h"
#include "procedures/publish.h"
#include "store/ledger.h"
#include "support/test_store.h"

namespace hl::dossiers::test {

using hl::test::ok;

inline const std::filesystem::path pack_folder = HL_SOURCE_DIR "/packs/quang-tri";
inline const UnitId ward{"vn-19333"};             // of the pack: today's phường
inline const AgencyId ward_office{"ubnd-19333"};  // its People's Committee
inline const AgencyId district{"ubnd-461"};       // ended on 2025-07-01
inline const AgencyId department{"so-xay-dung"};  // consulted

inline store::Migrations all_tables() {
    store::Migrations all;
    for (const auto* room : {&directory::migrations(), &access::migrations(), &procedures::migrations(), &migrations()})
        all.insert(all.end(), room->begin(), room->end());
    return all;
}

inline std::string sheet(const std::string& code, const std::string& flow, const std::string& time,
                         const std::string& level = "commune", const std::string& fees = "[]") {
    return fmt::format(R"(code: "{}"
name: {{vi: "Thủ tục thử {}", en: "Trial {}"}}
level: {}
sector: {{code: ho-tich, name: "Hộ tịch"}}
owner: "Ủy ban nhân dân"
subjects: [citizen]
decides: {{role: lanh-dao, level: {}}}
channels:
  - {{channel: desk{}}}
  - {{channel: online, level: full{}}}
fees: {}
components:
  - {{id: to-khai, name: "Tờ khai", originals: 1, copies: 0, required: true, show_only: false, when: "", reuse: none}}
results:
  - {{id: giay, name: "Giấy chứng nhận", signed: digital}}
basis:
  - {{act: "Luật thử", article: "Điều 1", from: 2016-01-01}}
valid: {{from: 2020-01-01, to: null}}
flow:
{}
form:
  - {{id: note, label: {{vi: "Ghi chú", en: "Note"}}, type: string, required: false}}
samples: []
sources: [{{what: "all", where: "made up for tests", read: "2026-11-23"}}]
unverified: []
notes: ""
)",
                       code, code, code, level, level, time, time, fees, flow);
}

inline const ProcedureCode simple{"9.000001"}, consulting{"9.000002"}, paying{"9.000003"}, of_district{"9.000004"},
    untimed{"9.000005"}, hourly{"9.000006"};

class World {
  public:
    /// `more`: tables of rooms above, for their tests.
    explicit World(store::Engine engine, Instant start = at_local(Date{std::chrono::year{2026} / 11 / 16}, 8),
                   const store::Migrations& more = {})
        : store_(std::make_unique<hl::test::TestStore>(engine, with_store_tables(more))) {
        clock().set(start);
        auto vault = store::Vault::open(keys_ / "master.key", random_, true);
        vault_ = std::move(vault.value());
        std::vector<Error> errors;
        publish(errors);
        reload();
    }

    store::Store& store() { return **store_; }
    ManualClock& clock() { return store_->clock; }
    Instant now() { return clock().now(); }
    Context context() { return {directory, calendars, catalogue, vault_.get(), &random_}; }
    store::Vault& vault() { return *vault_; }

    void reload() {
        auto done = store().read([&](store::Reader& r) -> Result<void> {
            directory = directory::Directory::load(r);
            TRY(calendars, directory::Calendars::load(r));
            TRY(catalogue, procedures::Catalogue::load(r));
            return Nothing{};
        });
        ASSERT_TRUE(ok(done));
    }

    access::Actor officer(std::string name, access::Role role, AgencyId agency) {
        access::Actor a;
        a.kind = access::ActorKind::officer;
        a.account = AccountId{"acc-" + name};
        a.officer = OfficerId{name};
        a.name = name;
        a.grants = {{role, std::move(agency), Date{std::chrono::year{2020} / 1 / 1}, {}}};
        a.organisation = directory;
        return a;
    }
    access::Actor clerk() { return officer("can-bo-mot-cua", access::Role::clerk, ward_office); }
    access::Actor handler() { return officer("can-bo-thu-ly", access::Role::handler, ward_office); }
    access::Actor head() { return officer("lanh-dao", access::Role::head, ward_office); }
    access::Actor system() { return access::Actor::system("test", directory); }
    access::Actor citizen() {
        access::Actor a;
        a.kind = access::ActorKind::citizen;
        a.account = AccountId{"acc-citizen"};
        a.subject = subject_;
        a.grants = {{access::Role::citizen, {}, Date{std::chrono::year{2020} / 1 / 1}, {}}};
        a.organisation = directory;
        return a;
    }

    template <class F>
    Result<Dossier> run(F command) {
        const auto ctx = context();
        return store().write([&](store::Transaction& tx) -> Result<Dossier> { return command(tx, ctx, now()); });
    }
    template <class F>
    auto ask(F question) {
        return store().read([&](store::Reader& r) { return question(r); });
    }

    Filing filing(ProcedureCode procedure = simple) {
        Filing f;
        f.procedure = std::move(procedure);
        f.place = ward;
        f.applicant.name = "Người Nộp Thử";
        f.applicant.id_kind = "personal_id";
        f.applicant.id_number = "000000000000";
        f.applicant.phone = "0912 000 000";
        f.components = {{"to-khai", 1, 0, true, false, false}};
        return f;
    }
    Result<Dossier> file(const Filing& f) {
        return run([&](auto& tx, auto& ctx, Instant t) { return dossiers::file(tx, ctx, system(), f, t); });
    }
    Dossier filed(ProcedureCode procedure = simple) {
        auto d = file(filing(std::move(procedure)));
        EXPECT_TRUE(ok(d));
        return d.ok() ? *d : Dossier{};
    }
    Dossier received(ProcedureCode procedure = simple) {
        auto f = filed(std::move(procedure));
        auto d = run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, system(), {f.code}, {}, t); });
        EXPECT_TRUE(ok(d));
        return d.ok() ? *d : f;
    }
    Dossier working(ProcedureCode procedure = simple) {
        auto r = received(std::move(procedure));
        auto d = run([&](auto& tx, auto& ctx, Instant t) { return transfer(tx, ctx, system(), {r.code}, t); });
        EXPECT_TRUE(ok(d));
        return d.ok() ? *d : r;
    }
    /// Completes the open step, signing with a result where it must.
    Result<Dossier> step(const DossierCode& code) {
        return run([&](auto& tx, auto& ctx, Instant t) -> Result<Dossier> {
            auto done = complete(tx, ctx, system(), {code}, {}, t);
            if (done.ok() || done.error().code != "step.use_result") return done;
            ResultInput r;
            r.kind = "giay";
            return record_result(tx, ctx, system(), {code}, r, t);
        });
    }
    Dossier signing(ProcedureCode procedure = simple) {
        auto d = working(std::move(procedure));
        for (int i = 0; i < 8 && d.state != State::signing; ++i) {
            auto next = step(d.code);
            EXPECT_TRUE(ok(next));
            if (!next.ok()) break;
            d = *next;
        }
        EXPECT_EQ(d.state, State::signing);
        return d;
    }
    Dossier finished(ProcedureCode procedure = simple) {
        auto d = signing(std::move(procedure));
        auto done = step(d.code);
        EXPECT_TRUE(ok(done));
        return done.ok() ? *done : d;
    }
    std::vector<Task> tasks(const Dossier& d) {
        return *ask([&](store::Reader& r) -> Result<std::vector<Task>> { return storage::open_tasks(r, d.key); });
    }
    Dossier stored(const DossierCode& code) {
        auto d = ask([&](store::Reader& r) { return storage::find(r, code.value); });
        EXPECT_TRUE(ok(d));
        return d.ok() ? *d : Dossier{};
    }
    std::vector<store::StoredEvent> events(const Dossier& d) {
        EXPECT_TRUE(ok(store().settle()));
        return *ask([&](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
            return store::read_stream(r, d.id.value);
        });
    }
    /// The ledger and the tables tell the same story.
    testing::AssertionResult agrees(const DossierCode& code) {
        const auto d = stored(code);
        const auto folded = fold(events(d));
        if (!folded.ok()) return testing::AssertionFailure() << folded.error().code << ": " << folded.error().en;
        const auto wrong = differences(*folded, d, tasks(d));
        if (wrong.empty()) return testing::AssertionSuccess();
        auto failure = testing::AssertionFailure() << "differs in:";
        for (const auto& w : wrong) failure << ' ' << w;
        return failure;
    }

    std::shared_ptr<const directory::Directory> directory;
    std::shared_ptr<const directory::Calendars> calendars;
    std::shared_ptr<const procedures::Catalogue> catalogue;

  private:
    static store::Migrations with_store_tables(const store::Migrations& more) {
        auto all = store::migrations();
        const auto below = all_tables();
        all.insert(all.end(), below.begin(), below.end());
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    void publish(std::vector<Error>& errors) {
        const auto organisation = directory::read_organisation(pack_folder, errors);
        const auto templates = procedures::read_templates(pack_folder, errors);
        const std::string hours = "  hours: {receive: 2, assign: 2, handle: 12, approve: 4, return: 0}\n";
        const std::string days = ", time: {value: 3, unit: working_days}";
        const std::vector<std::string> sheets{
            sheet("9.000001", "  template: one-agency\n" + hours, days),
            sheet("9.000002", "  template: with-consultation\n  hours: null\n  agencies: {consult: so-xay-dung}\n",
                  days),
            sheet("9.000003", "  template: with-financial-obligation\n  hours: null\n", days),
            sheet("9.000004", "  template: one-agency\n  department: ubnd-461\n" + hours, days, "province"),
            sheet("9.000005", "  template: one-agency\n  hours: null\n", "", "commune", "null"),
            sheet("9.000006", "  template: one-agency\n" + hours, ", time: {value: 8, unit: working_hours}"),
        };
        std::vector<procedures::Draft> drafts;
        for (const auto& s : sheets) {
            auto draft = procedures::parse_procedure(s, "test.yaml", templates, errors);
            if (draft) drafts.push_back(std::move(*draft));
        }
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.code << ": " << e.en;
        const Instant then = at_local(Date{std::chrono::year{2020} / 1 / 1}, 0);
        const auto done = store().write([&](store::Transaction& tx) -> Result<void> {
            TRY_VOID(directory::apply_organisation(tx, organisation, "test", then));
            for (const auto& draft : drafts) TRY_VOID(procedures::publish(tx, draft, {"test", "", false}, then, then));
            subject_ = vault_->create_subject(tx, then);
            return Nothing{};
        });
        EXPECT_TRUE(ok(done));
    }

    hl::test::TempDir keys_;
    SeededRandom random_{7};
    std::unique_ptr<hl::test::TestStore> store_;
    std::unique_ptr<store::Vault> vault_;
    SubjectId subject_;
};

class WorldTest : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override { world = std::make_unique<World>(GetParam(), start()); }
    void TearDown() override { world.reset(); }
    [[nodiscard]] virtual Instant start() const { return at_local(Date{std::chrono::year{2026} / 11 / 16}, 8); }
    std::unique_ptr<World> world;
};

/// The next call's error code, "" when it went well.
template <class T>
std::string refused_with(const Result<T>& r) {
    return r.ok() ? "" : r.error().code;
}

}  // namespace hl::dossiers::test
