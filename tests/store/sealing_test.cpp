#include "store/sealing.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "support/engine_test.h"

namespace hl::store {
namespace {

namespace fs = std::filesystem;

class SealingTest : public EngineTest {
  protected:
    void SetUp() override {
        EngineTest::SetUp();
        std::string name = (fs::temp_directory_path() / "hl-vault-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        directory_ = name;
        auto vault = Vault::open(directory_ / "master.key", random_, true);
        ASSERT_TRUE(vault.ok()) << vault.error().en;
        vault_ = std::move(*vault);
    }
    void TearDown() override {
        fs::remove_all(directory_);
        EngineTest::TearDown();
    }
    SubjectId make_subject() {
        auto made =
            store().write([&](Transaction& tx) -> Result<SubjectId> { return vault_->create_subject(tx, from_ms(1)); });
        EXPECT_TRUE(made.ok());
        return made.ok() ? *made : SubjectId{};
    }
    Result<std::string> seal(const SubjectId& subject, std::string_view column, std::string_view plain) {
        return store().read([&](Reader& reader) { return vault_->seal(reader, subject, column, plain); });
    }
    Result<std::string> unseal(Vault& vault, const SubjectId& subject, std::string_view column,
                               std::string_view sealed) {
        return store().read([&](Reader& reader) { return vault.unseal(reader, subject, column, sealed); });
    }

    SystemRandom random_;
    fs::path directory_;
    std::unique_ptr<Vault> vault_;
};

HL_FOR_EVERY_ENGINE(SealingTest);

TEST_P(SealingTest, OpensWhatItSealedAndNeverTwiceTheSame) {
    const auto subject = make_subject();
    const auto a = seal(subject, "person.name", "Tên thử nghiệm");
    const auto b = seal(subject, "person.name", "Tên thử nghiệm");
    ASSERT_TRUE(a.ok() && b.ok());
    EXPECT_NE(*a, *b);
    EXPECT_EQ(a->find("nghi"), std::string::npos);
    EXPECT_EQ(*unseal(*vault_, subject, "person.name", *a), "Tên thử nghiệm");
    const auto empty = seal(subject, "person.name", "");
    ASSERT_TRUE(empty.ok());
    EXPECT_EQ(*unseal(*vault_, subject, "person.name", *empty), "");
}

TEST_P(SealingTest, ASealedFieldOpensInItsOwnPlaceOnly) {
    const auto subject = make_subject(), other = make_subject();
    const auto sealed = seal(subject, "person.name", "x");
    ASSERT_TRUE(sealed.ok());
    EXPECT_EQ(unseal(*vault_, subject, "person.phone", *sealed).error().code, "vault.damaged");
    EXPECT_EQ(unseal(*vault_, other, "person.name", *sealed).error().code, "vault.damaged");
    EXPECT_EQ(unseal(*vault_, subject, "person.name", "").error().code, "vault.damaged");
    std::string altered = *sealed;
    altered.back() = static_cast<char>(altered.back() ^ 1);
    EXPECT_EQ(unseal(*vault_, subject, "person.name", altered).error().code, "vault.damaged");
}

TEST_P(SealingTest, AfterARestartTheSameKeyFileOpensEverything) {
    const auto subject = make_subject();
    const auto sealed = seal(subject, "c", "còn đây");
    ASSERT_TRUE(sealed.ok());
    auto again = Vault::open(directory_ / "master.key", random_, false);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(*unseal(**again, subject, "c", *sealed), "còn đây");
    EXPECT_EQ((*again)->blind("p", "v"), vault_->blind("p", "v"));
    EXPECT_EQ((*again)->blob_key(), vault_->blob_key());
}

TEST_P(SealingTest, AnotherMasterKeyOpensNothingAndSaysWhy) {
    const auto subject = make_subject();
    const auto sealed = seal(subject, "c", "x");
    ASSERT_TRUE(sealed.ok());
    auto other = Vault::open(directory_ / "other.key", random_, true);
    ASSERT_TRUE(other.ok());
    EXPECT_EQ(unseal(**other, subject, "c", *sealed).error().code, "vault.wrong_key");
    EXPECT_NE((*other)->blind("p", "v"), vault_->blind("p", "v"));
}

TEST_P(SealingTest, ErasingASubjectErasesThePersonForGoodAndNobodyElse) {
    const auto subject = make_subject(), other = make_subject();
    const auto sealed = seal(subject, "c", "sẽ mất"), kept = seal(other, "c", "ở lại");
    ASSERT_TRUE(sealed.ok() && kept.ok());
    ASSERT_EQ(*unseal(*vault_, subject, "c", *sealed), "sẽ mất");
    const auto erase = [&] {
        return store().write(
            [&](Transaction& tx) -> Result<void> { return vault_->erase_subject(tx, subject, from_ms(5)); });
    };
    ASSERT_TRUE(erase().ok());
    const auto gone = unseal(*vault_, subject, "c", *sealed);
    ASSERT_FALSE(gone.ok());
    EXPECT_EQ(gone.error().code, "subject.erased");
    EXPECT_EQ(gone.error().kind, ErrorKind::not_found);
    EXPECT_EQ(seal(subject, "c", "x").error().code, "subject.erased");
    EXPECT_EQ(*unseal(*vault_, other, "c", *kept), "ở lại");
    EXPECT_TRUE(erase().ok()) << "erasing twice is no error";
    const auto left = store().read([&](Reader& reader) -> Result<std::string> {
        return *reader.first("SELECT wrapped FROM subject_key WHERE subject = ?", {subject},
                             [](const Row& row) { return row.string(0); });
    });
    EXPECT_EQ(*left, "");
}

TEST_P(SealingTest, AnErasureThatIsRolledBackErasedNothing) {
    const auto subject = make_subject();
    const auto sealed = seal(subject, "c", "x");
    const auto failed = store().write([&](Transaction& tx) -> Result<void> {
        TRY_VOID(vault_->erase_subject(tx, subject, from_ms(5)));
        return Error{ErrorKind::conflict, "test.refused", "không", "no"};
    });
    EXPECT_FALSE(failed.ok());
    EXPECT_EQ(*unseal(*vault_, subject, "c", *sealed), "x");
}

TEST_P(SealingTest, UnknownSubjectsAreNotFound) {
    const SubjectId nobody{"nobody"};
    EXPECT_EQ(seal(nobody, "c", "x").error().code, "subject.not_found");
    const auto erased =
        store().write([&](Transaction& tx) -> Result<void> { return vault_->erase_subject(tx, nobody, from_ms(5)); });
    EXPECT_EQ(erased.error().code, "subject.not_found");
}

TEST_P(SealingTest, TheMasterKeyIsKeptFromOthersAndNeverReplaced) {
    const auto file = directory_ / "master.key";
    struct stat info {};
    ASSERT_EQ(::stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    EXPECT_EQ(info.st_size, 32);
    const auto code = [&](bool create) {
        const auto opened = Vault::open(file, random_, create);
        return opened.ok() ? "opened" : opened.error().code;
    };
    EXPECT_EQ(code(true), "opened");
    ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
    EXPECT_EQ(code(true), "vault.key_mode");
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
    fs::resize_file(file, 31);
    EXPECT_EQ(code(true), "vault.key_damaged");
    fs::remove(file);
    EXPECT_EQ(code(false), "vault.key_missing");
    EXPECT_FALSE(fs::exists(file));
}

TEST_P(SealingTest, BlindIndexesAreStableSeparateAndShort) {
    EXPECT_EQ(vault_->blind("id_number", "1"), vault_->blind("id_number", "1"));
    EXPECT_NE(vault_->blind("id_number", "1"), vault_->blind("id_number", "2"));
    EXPECT_NE(vault_->blind("id_number", "1"), vault_->blind("phone", "1"));
    EXPECT_EQ(vault_->blind("id_number", "1").size(), 16u);
}

TEST_P(SealingTest, BlindWordsMatchAcrossSpellings) {
    const auto stored = vault_->blind_words("Nguyễn Ân");
    EXPECT_EQ(stored.size(), 4u);
    const auto common = [&](std::string_view typed) {
        int n = 0;
        for (const auto& token : vault_->blind_words(typed)) n += std::count(stored.begin(), stored.end(), token) > 0;
        return n;
    };
    EXPECT_EQ(common("nguyen"), 1);  // the folded word
    EXPECT_EQ(common("Nguyễn"), 2);  // the spelling as well
    EXPECT_EQ(common("Nguyện"), 1);
    EXPECT_EQ(common("Trần"), 0);
    EXPECT_EQ(vault_->blind_words("an an AN").size(), 1u);
}

}  // namespace
}  // namespace hl::store
