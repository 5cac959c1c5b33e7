#include "store/blobs.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <set>
#include <thread>

namespace hl::store {
namespace {

namespace fs = std::filesystem;

class BlobsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "hl-blobs-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { fs::remove_all(directory_); }

    fs::path path(const FileHash& hash) const {
        return directory_ / "blobs" / hash.str().substr(0, 2) / hash.str().substr(2, 2) / hash.str();
    }
    /// The instant after which the sweeper may take what was just written. File times are the machine's, so is this.
    static Instant two_days_on() {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
               std::chrono::hours{48};
    }
    void alter(const FileHash& hash, size_t at) const {
        std::fstream file(path(hash), std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(at));
        const char c = static_cast<char>(file.get() ^ 1);
        file.seekp(static_cast<std::streamoff>(at));
        file.put(c);
    }

    fs::path directory_;
    SystemRandom random_;
    Blobs make() const { return Blobs(directory_ / "blobs", std::string(32, 'k')); }
};

TEST_F(BlobsTest, GivesBackWhatWasPut) {
    const auto blobs = make();
    for (const std::string& bytes : {std::string{}, std::string("một tệp"), std::string(300'000, '\0')}) {
        const auto hash = blobs.put(bytes, random_);
        ASSERT_TRUE(hash.ok());
        EXPECT_TRUE(blobs.has(*hash));
        const auto got = blobs.get(*hash);
        ASSERT_TRUE(got.ok());
        EXPECT_EQ(*got, bytes);
    }
}

TEST_F(BlobsTest, NeitherNameNorContentTellsWhatIsInside) {
    const auto blobs = make();
    const std::string bytes = "Giấy khai sinh, bản sao, nội dung thử nghiệm";
    const auto hash = blobs.put(bytes, random_);
    ASSERT_TRUE(hash.ok());
    EXPECT_NE(hash->str(), crypto::to_hex(crypto::sha256(bytes)));
    std::ifstream file(path(*hash), std::ios::binary);
    const std::string stored((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(stored.find("khai sinh"), std::string::npos);
    struct stat info {};
    ASSERT_EQ(::stat(path(*hash).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 077, 0u);
}

TEST_F(BlobsTest, TheSameBytesAreStoredOnce) {
    const auto blobs = make();
    const auto first = blobs.put("hai lần", random_);
    const auto second = blobs.put("hai lần", random_);
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_EQ(*first, *second);
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(directory_ / "blobs"))
        if (entry.is_regular_file() && entry.path().filename() != ".lock") ++files;
    EXPECT_EQ(files, 1);
}

TEST_F(BlobsTest, AnotherKeyCannotReadIt) {
    const auto hash = make().put("bí mật", random_);
    ASSERT_TRUE(hash.ok());
    const auto got = Blobs(directory_ / "blobs", std::string(32, 'j')).get(*hash);
    ASSERT_FALSE(got.ok());
    EXPECT_EQ(got.error().code, "blob.damaged");
}

TEST_F(BlobsTest, EveryFlippedByteIsNoticed) {
    const auto blobs = make();
    const auto hash = blobs.put("ngắn", random_);
    ASSERT_TRUE(hash.ok());
    const auto size = fs::file_size(path(*hash));
    for (size_t at = 0; at < size; ++at) {
        alter(*hash, at);
        const auto got = blobs.get(*hash);
        ASSERT_FALSE(got.ok()) << at;
        EXPECT_EQ(got.error().code, "blob.damaged");
        alter(*hash, at);
    }
    EXPECT_TRUE(blobs.get(*hash).ok());
}

TEST_F(BlobsTest, ATruncatedFileIsDamagedAndHealedByPuttingItAgain) {
    const auto blobs = make();
    const auto hash = blobs.put("sẽ bị cắt", random_);
    ASSERT_TRUE(hash.ok());
    fs::resize_file(path(*hash), 10);
    EXPECT_EQ(blobs.get(*hash).error().code, "blob.damaged");
    ASSERT_TRUE(blobs.put("sẽ bị cắt", random_).ok());
    EXPECT_TRUE(blobs.get(*hash).ok());
}

TEST_F(BlobsTest, NamesThatAreNoHashesReachNoFile) {
    const auto blobs = make();
    std::ofstream(directory_ / "secret") << "x";
    for (const char* name : {"", "..", "../secret", "aa/bb", "AABB", "zz"}) {
        EXPECT_FALSE(blobs.has(FileHash{name})) << name;
        const auto got = blobs.get(FileHash{name});
        ASSERT_FALSE(got.ok());
        EXPECT_EQ(got.error().code, "blob.missing");
        EXPECT_EQ(got.error().kind, ErrorKind::not_found);
    }
    EXPECT_EQ(blobs.get(FileHash{std::string(64, 'a')}).error().code, "blob.missing");
}

TEST_F(BlobsTest, SweepTakesOldUnreferencedFilesOnly) {
    const auto blobs = make();
    const auto kept = blobs.put("có tham chiếu", random_);
    const auto lost = blobs.put("không ai cần", random_);
    ASSERT_TRUE(kept.ok() && lost.ok());
    const auto referenced = [&](const FileHash& hash) { return hash == *kept; };
    const auto young = blobs.sweep(referenced, two_days_on() - std::chrono::hours{30});
    ASSERT_TRUE(young.ok());
    EXPECT_EQ(*young, 0);
    std::ofstream(path(*lost).string() + ".tmpabc") << "left by a crash";
    const auto swept = blobs.sweep(referenced, two_days_on());
    ASSERT_TRUE(swept.ok());
    EXPECT_EQ(*swept, 1);
    EXPECT_TRUE(blobs.has(*kept));
    EXPECT_FALSE(blobs.has(*lost));
    for (const auto& entry : fs::recursive_directory_iterator(directory_ / "blobs"))
        EXPECT_EQ(entry.path().string().find(".tmpabc"), std::string::npos);
}

TEST_F(BlobsTest, PuttingAgainMakesAnOldFileYoung) {
    const auto blobs = make();
    const auto hash = blobs.put("cũ", random_);
    ASSERT_TRUE(hash.ok());
    fs::last_write_time(path(*hash), fs::file_time_type::clock::now() - std::chrono::hours{72});
    ASSERT_TRUE(blobs.put("cũ", random_).ok());
    const auto swept = blobs.sweep([](const FileHash&) { return false; }, two_days_on() - std::chrono::hours{47});
    ASSERT_TRUE(swept.ok());
    EXPECT_EQ(*swept, 0);
    EXPECT_TRUE(blobs.has(*hash));
}

TEST_F(BlobsTest, ADirectoryThatCannotBeWrittenIsAnErrorThatSaysSo) {
    std::ofstream(directory_ / "blobs") << "a file where the directory should be";
    const auto put = make().put("x", random_);
    ASSERT_FALSE(put.ok());
    EXPECT_FALSE(put.error().vi.empty());
    EXPECT_FALSE(put.error().en.empty());
}

TEST_F(BlobsTest, ManyThreadsMayPutTheSameAndOtherBytes) {
    const auto blobs = make();
    std::atomic<int> failed = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 20; ++i) {
                const auto common = blobs.put("chung " + std::to_string(i), random_);
                const auto own = blobs.put(fmt::format("riêng {} {}", t, i), random_);
                if (!common.ok() || !own.ok() || !blobs.get(*common).ok() || !blobs.get(*own).ok()) ++failed;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace hl::store
