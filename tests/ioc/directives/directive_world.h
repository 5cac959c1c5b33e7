// A province with leaders and agencies for directives: the real pack's organisation, calendars and indicators, officers
// of three levels, a clock set by hand.
#pragma once
#include "directory/commands.h"
#include "dossiers/schema.h"
#include "ioc/directives/evidence.h"
#include "ioc/directives/queries.h"
#include "ioc/directives/schema.h"
#include "ioc/indicators/ledger.h"
#include "ioc/indicators/recompute.h"
#include "procedures/catalogue.h"
#include "store/blobs.h"

namespace hl::directives::test {

using hl::test::code_of;
using hl::test::ok;

inline const AgencyId province{"ubnd-tinh"}, health{"so-y-te"}, home{"so-noi-vu"}, ward{"ubnd-19333"};

/// 2026-11-16 08:00 in the province, a Monday before a week without holidays.
inline Instant monday(int hour = 8, int days = 0) {
    return at_local(add_days(std::chrono::year{2026} / 11 / 16, days), hour);
}

class DirectiveTest : public hl::test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override {
        store::Migrations all;
        for (const auto* room : {&directory::migrations(), &access::migrations(), &procedures::migrations(),
                                 &dossiers::migrations(), &ioc::migrations(), &migrations()})
            all.insert(all.end(), room->begin(), room->end());
        return all;
    }
    void SetUp() override {
        EngineTest::SetUp();
        clock().set(monday());
        auto opened = store::Vault::open(keys_ / "master.key", random_, true);
        ASSERT_TRUE(ok(opened));
        vault_ = std::move(opened.value());
        organisation = pack().second;
        calendars = directory::Calendars::make(pack().first.calendars).value();
        blobs_ = std::make_unique<store::Blobs>(blobs_folder_.path(), vault_->blob_key());
        files = std::make_unique<dossiers::Files>(store(), *blobs_, nullptr, dossiers::FileRules{});
        followers = std::make_unique<store::Followers>(store());
        followers->add(std::make_shared<ioc::Rollup>([this] { return book; }));
    }
    void TearDown() override {
        followers.reset();
        files.reset();
        EngineTest::TearDown();
    }
    /// Read once: it is large.
    static const std::pair<directory::OrganisationPack, std::shared_ptr<const directory::Directory>>& pack() {
        static const auto read = [] {
            std::vector<Error> errors;
            auto out = directory::read_organisation(ioc::test::pack_folder, errors);
            EXPECT_TRUE(errors.empty());
            auto preview = directory::preview(out);
            return std::pair{std::move(out), std::move(preview)};
        }();
        return read;
    }
    /// With officers who hold positions; only then the organisation is in the store, which takes its time.
    void with_officers() {
        ASSERT_TRUE(ok(store().write([&](store::Transaction& tx) -> Result<void> {
            TRY_VOID(directory::apply_organisation(tx, pack().first, "test", now()));
            const auto positions = organisation->positions_of(health, local_date(now()));
            for (const std::string name : {"chuyen-vien", "chuyen-vien-khac"}) {
                TRY_VOID(directory::add_officer(tx, OfficerId{name}, name, "test", now()));
                TRY_VOID(directory::assign_officer(tx, OfficerId{name}, positions.at(0)->id,
                                                   {Date{std::chrono::year{2026} / 1 / 1}, {}}, "test", now()));
            }
            return Nothing{};
        })));
        reload();
    }
    void reload() {
        ASSERT_TRUE(ok(store().read([&](store::Reader& r) -> Result<void> {
            organisation = directory::Directory::load(r);
            TRY(calendars, directory::Calendars::load(r));
            return Nothing{};
        })));
    }
    Instant now() { return clock().now(); }
    Context context() { return {{organisation, calendars, nullptr, vault_.get(), &random_}, book}; }

    access::Actor person(const std::string& name, access::Role role, const AgencyId& agency) {
        access::Actor a;
        a.kind = access::ActorKind::officer;
        a.account = AccountId{"acc-" + name};
        a.officer = OfficerId{name};
        a.name = name;
        a.grants = {{role, agency, Date{std::chrono::year{2020} / 1 / 1}, {}}};
        a.organisation = organisation;
        return a;
    }
    access::Actor leader() { return person("chu-tich", access::Role::head, province); }
    access::Actor head() { return person("giam-doc", access::Role::head, health); }
    access::Actor handler() { return person("chuyen-vien", access::Role::handler, health); }
    access::Actor colleague() { return person("chuyen-vien-khac", access::Role::handler, health); }
    access::Actor stranger() { return person("nguoi-la", access::Role::head, home); }

    static Issue task(AgencyId agency = health, int64_t hours = 16) {
        Issue i;
        i.agency = std::move(agency);
        i.title = "Rà soát hồ sơ quá hạn";
        i.text = "Rà soát từng hồ sơ quá hạn và báo cáo.";
        i.deadline.work_minutes = hours * 60;
        return i;
    }
    Result<Directive> issued(const access::Actor& by, const Issue& what) {
        const auto ctx = context();
        return store().write([&](store::Transaction& tx) { return issue(tx, ctx, by, what, now()); });
    }
    Directive given(const AgencyId& agency = health, int64_t hours = 16) {
        auto d = issued(leader(), task(agency, hours));
        EXPECT_TRUE(ok(d));
        return d.ok() ? *d : Directive{};
    }
    template <class F>
    Result<Directive> run(F command) {
        const auto ctx = context();
        return store().write([&](store::Transaction& tx) -> Result<Directive> { return command(tx, ctx, now()); });
    }
    using Simple = Result<Directive> (*)(store::Transaction&, const Context&, const access::Actor&, const Target&,
                                         const std::string&, Instant);
    Result<Directive> say(Simple command, const access::Actor& who, const std::string& code,
                          const std::string& words = "Đã làm.") {
        return run([&](auto& tx, auto& ctx, Instant t) { return command(tx, ctx, who, {code}, words, t); });
    }
    Result<Whole> seen(const access::Actor& who, const std::string& code) {
        const auto ctx = context();
        return store().read([&](store::Reader& r) { return whole(r, ctx, who, code, now()); });
    }
    std::vector<std::string> listed(const access::Actor& who, const Filter& filter = {}) {
        const auto ctx = context();
        const auto page = store().read([&](store::Reader& r) { return list(r, ctx, who, filter, {}, 100, now()); });
        EXPECT_TRUE(ok(page));
        std::vector<std::string> out;
        if (page.ok())
            for (const auto& one : page->items) out.push_back(one.directive.code);
        return out;
    }
    std::vector<store::StoredEvent> events(const std::string& code) {
        EXPECT_TRUE(ok(store().settle()));
        return *store().read([&](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
            return store::read_stream(r, std::string{ioc::directive::stream_prefix} + code);
        });
    }
    void catch_up() {
        ASSERT_TRUE(ok(store().settle()));
        ASSERT_TRUE(ok(followers->catch_up()));
    }
    ioc::Figure figure(std::string_view code, const std::string& period, const AgencyId& agency = {}) {
        ioc::Question q;
        q.first = q.last = *ioc::parse_period(period);
        q.indicator = book->find(code, q.last.first_day());
        if (!agency.empty()) q.where.agencies = std::vector{agency};
        q.now = now();
        const auto found = store().read([&](store::Reader& r) { return ioc::figures(r, *book, q); });
        EXPECT_TRUE(ok(found));
        return found.ok() && found->items.size() == 1 ? found->items.front() : ioc::Figure{};
    }

    std::shared_ptr<const directory::Directory> organisation;
    std::shared_ptr<const directory::Calendars> calendars;
    std::shared_ptr<const ioc::Book> book = ioc::test::pack_book();
    std::unique_ptr<store::Followers> followers;
    std::unique_ptr<dossiers::Files> files;

  private:
    hl::test::TempDir keys_, blobs_folder_;
    hl::test::SharedRandom random_;
    std::unique_ptr<store::Vault> vault_;
    std::unique_ptr<store::Blobs> blobs_;
};

}  // namespace hl::directives::test
