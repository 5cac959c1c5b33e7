// The province's own pack: every sheet is read, judged and published against the province's own organisation.
#include "directory/commands.h"
#include "procedures/linter.h"
#include "procedures/publish.h"
#include "sheet.h"
#include "support/test_store.h"

namespace hl::procedures {
namespace {

using std::chrono::year;

class RealPack : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        auto migrations = directory::migrations();
        const auto own = procedures::migrations();
        migrations.insert(migrations.end(), own.begin(), own.end());
        store_ = hl::test::open_test_store(store::Engine::sqlite, migrations);
        const auto folder = std::filesystem::path{HL_SOURCE_DIR} / "packs/quang-tri";
        std::vector<Error> errors;
        const auto organisation = directory::read_organisation(folder, errors);
        pack_ = read_procedures(folder, errors);
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        const auto done = (*store_)->write([&](store::Transaction& tx) {
            return directory::apply_organisation(tx, organisation, "system:test", store_->clock.now());
        });
        ASSERT_TRUE(hl::test::ok(done));
        organisation_ = (*store_)
                            ->read([](store::Reader& r) -> Result<std::shared_ptr<const directory::Directory>> {
                                return directory::Directory::load(r);
                            })
                            .value();
    }
    static void TearDownTestSuite() {
        organisation_.reset();
        store_.reset();
    }
    static inline std::unique_ptr<hl::test::TestStore> store_;
    static inline ProcedurePack pack_;
    static inline std::shared_ptr<const directory::Directory> organisation_;
};

TEST_F(RealPack, HasFortyProceduresWithSources) {
    EXPECT_GE(pack_.drafts.size(), 40U);
    for (const auto& d : pack_.drafts) EXPECT_FALSE(d.card.sources.empty()) << d.file;
}

TEST_F(RealPack, EverySheetHasSampleDossiersThatTheLinterReplays) {
    for (const auto& d : pack_.drafts) {
        EXPECT_FALSE(d.samples.empty()) << d.file;
        for (const auto& s : d.samples)
            EXPECT_TRUE(s.components || s.charges || s.time) << s.place << ": expects nothing";
    }
}

TEST_F(RealPack, EverySheetPassesTheLinterInAll78Communes) {
    const Date today = year{2026} / 11 / 23;
    EXPECT_EQ(organisation_->units_at(today, directory::UnitLevel::commune).size(), 78U);
    for (const auto& d : pack_.drafts)
        for (const auto& f : lint(d, {organisation_.get(), today, nullptr}))
            if (f.severity == Severity::error) ADD_FAILURE() << f.place << ": " << f.code << " " << f.vi;
}

TEST_F(RealPack, IsPublishedOnceAndFoundAgain) {
    const auto now = store_->clock.now();
    const auto apply = [&] {
        return (*store_)->write(
            [&](store::Transaction& tx) { return apply_procedures(tx, pack_, {"system:test"}, now); });
    };
    const auto first = apply();
    ASSERT_TRUE(hl::test::ok(first));
    EXPECT_EQ(first->published.size(), pack_.drafts.size());
    EXPECT_EQ(apply()->unchanged, pack_.drafts.size());
    const auto catalogue = (*store_)->read([](store::Reader& r) { return Catalogue::load(r); }).value();
    EXPECT_EQ(catalogue->all_valid(now).size(), pack_.drafts.size());
    ASSERT_FALSE(catalogue->find("dang ky khai sinh", now).empty());
    EXPECT_EQ(catalogue->find("dang ky khai sinh", now)[0]->procedure.value, "1.001193");
    EXPECT_FALSE(catalogue->find("GKS", now).empty());
}

}  // namespace
}  // namespace hl::procedures
