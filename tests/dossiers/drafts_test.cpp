// Drafts: kept for whoever began them, sealed, saved without overwriting, filed with their papers or gone in time.
#include "dossiers/drafts.h"

#include <thread>

#include "world.h"

namespace hl::dossiers::test {
namespace {

const std::string pdf = "%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const std::string token(40, 't');

class Drafts : public WorldTest {
  protected:
    void SetUp() override {
        WorldTest::SetUp();
        blobs.emplace(folder.path() / "blobs", world->vault().blob_key());
        FileRules rules;
        rules.most_bytes = 4096;
        rules.most_dossier_bytes = 6000;
        files.emplace(world->store(), *blobs, nullptr, rules);
    }
    void TearDown() override {
        files.reset();
        WorldTest::TearDown();
    }
    template <class F>
    auto write(F f) {
        return world->store().write([&](store::Transaction& tx) { return f(tx, world->context(), world->now()); });
    }
    Result<Draft> begin(const access::Actor& who, const std::string& with = "", json::object body = {{"a", 1}}) {
        return write([&](auto& tx, const auto& ctx, Instant t) {
            return create_draft(tx, ctx, {who, with}, simple, body, t);
        });
    }
    Result<Draft> save(const access::Actor& who, const DraftId& id, int64_t version, const json::object& body,
                       const std::string& with = "") {
        return write([&](auto& tx, const auto& ctx, Instant t) {
            return save_draft(tx, ctx, {who, with}, id, version, body, t);
        });
    }
    Result<Draft> load(const access::Actor& who, const DraftId& id, const std::string& with = "") {
        return world->ask([&](store::Reader& r) {
            return load_draft(r, world->context(), {who, with}, id, world->now());
        });
    }
    Result<std::pair<File, bool>> add(const access::Actor& who, const DraftId& id, const std::string& bytes,
                                      const std::string& component = "to-khai") {
        return add_draft_file(*files, world->context(), {who, ""}, id, {FileRole::paper, component, "Tờ khai.pdf"},
                              bytes, world->now());
    }
    Result<FileContent> content(const access::Actor& who, const DraftId& id, const FileId& file) {
        return draft_file_content(*files, world->context(), {who, ""}, id, file, world->now());
    }
    Filing online() {
        auto f = world->filing();
        f.channel = Channel::online;
        return f;
    }
    Result<Dossier> file_it(const access::Actor& who, const DraftId& id, const Filing& filing) {
        return write([&](auto& tx, const auto& ctx, Instant t) {
            return file_draft(tx, ctx, {who, ""}, id, filing, files->rules(), t);
        });
    }
    int64_t count(std::string_view sql) {
        return *world->ask([&](store::Reader& r) -> Result<int64_t> {
            return r.first(sql, {}, [](const store::Row& row) { return row.integer(0); }).value();
        });
    }

    hl::test::TempDir folder;
    std::optional<store::Blobs> blobs;
    std::optional<Files> files;
};
INSTANTIATE_TEST_SUITE_P(Engines, Drafts, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(Drafts, WhatWasTypedComesBackToItsOwnerAndToNobodyElse) {
    const auto d = begin(world->citizen(), "", {{"name", "Nguyễn Thị Mẫu"}});
    ASSERT_TRUE(ok(d));
    const auto back = load(world->citizen(), d->id);
    ASSERT_TRUE(ok(back));
    EXPECT_EQ(back->body.at("name").as_string(), "Nguyễn Thị Mẫu");
    EXPECT_EQ(back->subject, world->citizen().subject) << "erasing the citizen erases the draft";
    EXPECT_EQ(refused_with(load(world->clerk(), d->id)), "draft.not_found");
    EXPECT_EQ(refused_with(load(access::Actor{}, d->id)), "draft.not_found");
    EXPECT_EQ(refused_with(load(access::Actor{}, d->id, token)), "draft.not_found");
    const auto sealed = *world->ask([&](store::Reader& r) -> Result<std::string> {
        return r.first("SELECT sealed FROM draft", {}, [](const store::Row& row) { return row.string(0); }).value();
    });
    EXPECT_EQ(sealed.find("Nguy"), std::string::npos);
    ASSERT_TRUE(ok(begin(world->clerk())));
    const auto mine = *world->ask(
        [&](store::Reader& r) -> Result<std::vector<Draft>> { return list_drafts(r, world->citizen(), world->now()); });
    ASSERT_EQ(mine.size(), 1u);
    EXPECT_EQ(mine[0].id, d->id);
}

TEST_P(Drafts, WithoutAnAccountTheTokenIsTheKey) {
    const access::Actor nobody;
    EXPECT_EQ(refused_with(begin(nobody)), "draft.token");
    EXPECT_EQ(refused_with(begin(nobody, "ngan")), "draft.token");
    EXPECT_EQ(refused_with(begin(nobody, std::string(40, ' '))), "draft.token");
    const auto d = begin(nobody, token);
    ASSERT_TRUE(ok(d));
    EXPECT_TRUE(ok(load(nobody, d->id, token)));
    EXPECT_TRUE(ok(load(world->citizen(), d->id, token))) << "somebody who signed in meanwhile goes on";
    EXPECT_EQ(refused_with(load(nobody, d->id)), "draft.not_found");
    EXPECT_EQ(refused_with(load(nobody, d->id, std::string(40, 'x'))), "draft.not_found");
    EXPECT_EQ(count("SELECT COUNT(*) FROM draft WHERE token LIKE '%tttt%'"), 0) << "only its hash is kept";
    EXPECT_TRUE(
        world->ask([&](store::Reader& r) -> Result<std::vector<Draft>> { return list_drafts(r, nobody, world->now()); })
            ->empty());
}

TEST_P(Drafts, TwoDevicesDoNotOverwriteEachOther) {
    const auto d = begin(world->citizen());
    ASSERT_TRUE(ok(d));
    world->clock().advance(std::chrono::minutes{5});
    const auto phone = save(world->citizen(), d->id, 1, {{"a", 2}});
    ASSERT_TRUE(ok(phone));
    EXPECT_EQ(phone->version, 2);
    const auto laptop = save(world->citizen(), d->id, 1, {{"a", 3}});
    ASSERT_EQ(refused_with(laptop), "draft.changed");
    EXPECT_EQ(laptop.error().kind, ErrorKind::conflict);
    EXPECT_NE(laptop.error().vi.find("08:05"), std::string::npos) << "says when: " << laptop.error().vi;
    EXPECT_EQ(load(world->citizen(), d->id)->body.at("a").as_int64(), 2);
    EXPECT_TRUE(ok(save(world->citizen(), d->id, 2, {{"a", 3}})));
    EXPECT_EQ(refused_with(save(world->citizen(), d->id, 3, {{"a", std::string(300'000, 'x')}})), "draft.too_large");
    EXPECT_EQ(refused_with(save(world->clerk(), d->id, 3, {})), "draft.not_found");
}

TEST_P(Drafts, FilingGivesTheDossierThePapersAndEndsTheDraft) {
    const auto d = begin(world->citizen());
    ASSERT_TRUE(ok(d));
    const auto paper = add(world->citizen(), d->id, pdf);
    const auto second = add(world->citizen(), d->id, pdf + "2", "");
    ASSERT_TRUE(ok(paper));
    ASSERT_TRUE(ok(second));
    EXPECT_FALSE(add(world->citizen(), d->id, pdf)->second) << "the same bytes are the same file";
    EXPECT_EQ(load(world->citizen(), d->id)->files.size(), 2u);

    auto other = online();
    other.procedure = paying;
    EXPECT_EQ(refused_with(file_it(world->citizen(), d->id, other)), "draft.procedure");
    EXPECT_EQ(refused_with(file_it(world->clerk(), d->id, online())), "draft.not_found");
    auto incomplete = online();
    incomplete.applicant.name = "";
    EXPECT_FALSE(file_it(world->citizen(), d->id, incomplete).ok());
    EXPECT_TRUE(ok(load(world->citizen(), d->id))) << "a refused filing leaves the draft";

    const auto dossier = file_it(world->citizen(), d->id, online());
    ASSERT_TRUE(ok(dossier));
    EXPECT_EQ(dossier->version, 3);
    EXPECT_TRUE(world->agrees(dossier->code));
    const auto list =
        world->ask([&](store::Reader& r) { return list_files(r, world->context(), world->clerk(), *dossier); });
    ASSERT_TRUE(ok(list));
    ASSERT_EQ(list->size(), 2u);
    for (const auto& f : *list) {
        EXPECT_EQ(f.role, FileRole::paper);
        EXPECT_EQ(f.name, "Tờ khai.pdf");
        const auto back = files->content(world->context(), world->clerk(), dossier->code.value, f.id, world->now());
        ASSERT_TRUE(ok(back));
        EXPECT_EQ(back->bytes, f.component.empty() ? pdf + "2" : pdf);
    }
    EXPECT_EQ(refused_with(load(world->citizen(), d->id)), "draft.not_found");
    EXPECT_EQ(refused_with(file_it(world->citizen(), d->id, online())), "draft.not_found");
    EXPECT_EQ(count("SELECT COUNT(*) FROM draft_file"), 0);
}

TEST_P(Drafts, AtTheDeskThePapersChangeHandsFromTheDraftsKeyToTheApplicants) {
    const auto d = begin(world->clerk());
    ASSERT_TRUE(ok(d));
    const auto paper = add(world->clerk(), d->id, pdf);
    ASSERT_TRUE(ok(paper));
    const auto drafted = *world->ask([&](store::Reader& r) {
        return load_draft(r, world->context(), {world->clerk(), ""}, d->id, world->now());
    });
    const auto dossier = file_it(world->clerk(), d->id, world->filing());
    ASSERT_TRUE(ok(dossier));
    EXPECT_NE(dossier->subject, drafted.subject);
    const auto back =
        files->content(world->context(), world->clerk(), dossier->code.value, paper->first.id, world->now());
    ASSERT_TRUE(ok(back)) << "though the draft's own key is gone";
    EXPECT_EQ(back->bytes, pdf);
    EXPECT_NE(back->file.hash, paper->first.hash);
    EXPECT_EQ(
        refused_with(world->ask([&](store::Reader& r) { return world->vault().seal(r, drafted.subject, "x", "y"); })),
        "subject.erased");
}

TEST_P(Drafts, FilesOfADraftAreChecked) {
    const auto d = begin(world->citizen());
    ASSERT_TRUE(ok(d));
    EXPECT_EQ(refused_with(add(world->citizen(), d->id, "")), "file.empty");
    EXPECT_EQ(refused_with(add(world->citizen(), d->id, "MZ" + std::string(100, '\0'))), "file.type");
    EXPECT_EQ(refused_with(add(world->citizen(), d->id, pdf, "la")), "file.component");
    EXPECT_EQ(refused_with(add(world->clerk(), d->id, pdf)), "draft.not_found");
    const auto one = add(world->citizen(), d->id, pdf + std::string(4000 - pdf.size(), 'a'));
    ASSERT_TRUE(ok(one));
    EXPECT_EQ(refused_with(add(world->citizen(), d->id, pdf + std::string(4000 - pdf.size(), 'b'))),
              "file.dossier_full");
    EXPECT_EQ(refused_with(content(world->clerk(), d->id, one->first.id)), "draft.not_found");
    EXPECT_TRUE(ok(content(world->citizen(), d->id, one->first.id)));
    const auto remove = [&](const access::Actor& who) {
        return refused_with(write([&](auto& tx, const auto& ctx, Instant t) {
            return remove_draft_file(tx, ctx, {who, ""}, d->id, one->first.id, t);
        }));
    };
    EXPECT_EQ(remove(world->clerk()), "draft.not_found");
    EXPECT_EQ(remove(world->citizen()), "");
    EXPECT_EQ(remove(world->citizen()), "file.not_found");
    EXPECT_EQ(refused_with(content(world->citizen(), d->id, one->first.id)), "file.not_found");
    const auto needed = world->ask(
        [&](store::Reader& r) -> Result<bool> { return content_is_referenced(r, one->first.content, world->now()); });
    EXPECT_FALSE(*needed);
}

TEST_P(Drafts, UntouchedForThirtyDaysItGoesWithItsKey) {
    const auto old = begin(world->clerk()), kept = begin(world->clerk());
    ASSERT_TRUE(ok(old));
    ASSERT_TRUE(ok(kept));
    const auto paper = add(world->clerk(), old->id, pdf);
    ASSERT_TRUE(ok(paper));
    world->clock().advance(std::chrono::hours{24 * 20});
    ASSERT_TRUE(ok(save(world->clerk(), kept->id, 1, {{"a", 2}})));
    const auto expire = [&] {
        return *write([&](auto& tx, const auto&, Instant t) { return expire_drafts(tx, world->vault(), 100, t); });
    };
    EXPECT_EQ(expire(), 0);
    world->clock().advance(std::chrono::hours{24 * 10});
    EXPECT_EQ(refused_with(load(world->clerk(), old->id)), "draft.not_found") << "before the housekeeping came";
    EXPECT_EQ(expire(), 1);
    EXPECT_EQ(expire(), 0);
    EXPECT_TRUE(ok(load(world->clerk(), kept->id)));
    EXPECT_EQ(count("SELECT COUNT(*) FROM draft_file"), 0);
    EXPECT_EQ(
        refused_with(world->ask([&](store::Reader& r) { return world->vault().seal(r, old->subject, "x", "y"); })),
        "subject.erased");
    // Thrown away by hand, the same happens at once.
    const auto discard = [&](const access::Actor& who) {
        return refused_with(write([&](auto& tx, const auto& ctx, Instant t) {
            return discard_draft(tx, ctx, {who, ""}, kept->id, t);
        }));
    };
    EXPECT_EQ(discard(world->handler()), "draft.not_found");
    EXPECT_EQ(discard(world->clerk()), "");
    EXPECT_EQ(discard(world->clerk()), "draft.not_found");
}

TEST_P(Drafts, AnAccountHasSoMany) {
    for (int i = 0; i < most_drafts; ++i) ASSERT_TRUE(ok(begin(world->citizen())));
    EXPECT_EQ(refused_with(begin(world->citizen())), "draft.too_many");
    EXPECT_TRUE(ok(begin(world->clerk())));
}

}  // namespace
}  // namespace hl::dossiers::test
