// Attachments: what is taken and what is not, who may add and withdraw, what is on disk, in the rows and in the ledger.
#include "dossiers/files.h"

#include <rapidcheck.h>
#include <zip.h>

#include <fstream>
#include <thread>

#include "clamd_double.h"
#include "world.h"

namespace hl::dossiers::test {
namespace {

namespace fs = std::filesystem;

const std::string pdf = "%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const std::string png{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde", 33};
const std::string jpeg{"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9", 22};

/// A zip with these parts, stored.
std::string zip_of(const std::vector<std::pair<std::string, std::string>>& parts) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* whole = zip_source_buffer_create(nullptr, 0, 0, &error);
    zip_source_keep(whole);
    zip_t* zip = zip_open_from_source(whole, ZIP_TRUNCATE, &error);
    for (const auto& [name, body] : parts) {
        const auto at = zip_file_add(zip, name.c_str(), zip_source_buffer(zip, body.data(), body.size(), 0), 0);
        zip_set_file_compression(zip, static_cast<zip_uint64_t>(at), ZIP_CM_STORE, 0);
    }
    EXPECT_EQ(zip_close(zip), 0);
    zip_stat_t stat;
    zip_source_stat(whole, &stat);
    std::string out(stat.size, '\0');
    zip_source_open(whole);
    EXPECT_EQ(zip_source_read(whole, out.data(), out.size()), static_cast<zip_int64_t>(out.size()));
    zip_source_close(whole);
    zip_source_free(whole);
    return out;
}

class Attachments : public WorldTest {
  protected:
    void SetUp() override {
        WorldTest::SetUp();
        blobs.emplace(folder.path() / "blobs", world->vault().blob_key());
        files.emplace(world->store(), *blobs, nullptr, rules());
    }
    void TearDown() override {
        files.reset();
        WorldTest::TearDown();
    }
    static FileRules rules() {
        FileRules r;
        r.most_bytes = 4096;
        r.most_dossier_bytes = 10'000;
        r.most_files = 6;
        return r;
    }
    /// The world's random source serves one thread; this one any.
    Context context() {
        auto ctx = world->context();
        ctx.random = &random;
        return ctx;
    }
    /// A dossier that the citizen filed for himself.
    Dossier own() {
        auto f = world->filing();
        f.channel = Channel::online;
        auto d =
            world->run([&](auto& tx, auto& ctx, Instant t) { return dossiers::file(tx, ctx, world->citizen(), f, t); });
        EXPECT_TRUE(ok(d));
        return d.ok() ? *d : Dossier{};
    }
    Result<AddedFile> add(const access::Actor& who, const Dossier& d, const std::string& bytes,
                          const std::string& name = "Tờ khai.pdf", FileRole role = FileRole::paper,
                          const std::string& component = "to-khai") {
        return files->add(context(), who, d.code, {role, component, name}, bytes, world->now());
    }
    Result<FileContent> content(const access::Actor& who, const Dossier& d, const FileId& id) {
        return files->content(context(), who, d.code.value, id, world->now());
    }
    Result<Dossier> withdraw(const access::Actor& who, const Dossier& d, const FileId& id,
                             const std::string& reason = "gửi nhầm") {
        return world->run([&](auto& tx, auto& ctx, Instant t) {
            return withdraw_file(tx, ctx, who, {d.code, {}}, id, reason, t);
        });
    }
    std::vector<File> list(const access::Actor& who, const Dossier& d) {
        auto all = world->ask([&](store::Reader& r) { return list_files(r, world->context(), who, d); });
        EXPECT_TRUE(ok(all));
        return all.ok() ? *all : std::vector<File>{};
    }
    Dossier receive(const Dossier& d) {
        auto r = world->run([&](auto& tx, auto& ctx, Instant t) {
            return dossiers::receive(tx, ctx, world->clerk(), {d.code}, {}, t);
        });
        EXPECT_TRUE(ok(r));
        return r.ok() ? *r : d;
    }
    Dossier transfer(const Dossier& d) {
        auto r = world->run(
            [&](auto& tx, auto& ctx, Instant t) { return dossiers::transfer(tx, ctx, world->clerk(), {d.code}, t); });
        EXPECT_TRUE(ok(r));
        return r.ok() ? *r : d;
    }
    std::vector<fs::path> on_disk() {
        std::vector<fs::path> out;
        if (fs::exists(folder.path() / "blobs"))
            for (const auto& e : fs::recursive_directory_iterator(folder.path() / "blobs"))
                if (e.is_regular_file() && e.path().filename().string().size() == 64) out.push_back(e.path());
        return out;
    }
    int64_t sweep(Instant as_of) {
        // The ages of files are the machine's; a day and more has passed for all of them.
        const auto removed = blobs->sweep(
            [&](const FileHash& h) {
                return *world->ask(
                    [&](store::Reader& r) -> Result<bool> { return content_is_referenced(r, h, as_of); });
            },
            SystemClock{}.now() + std::chrono::hours{25});
        EXPECT_TRUE(ok(removed));
        return removed.ok() ? *removed : -1;
    }

    hl::test::TempDir folder;
    SystemRandom random;
    std::optional<store::Blobs> blobs;
    std::optional<Files> files;
};
INSTANTIATE_TEST_SUITE_P(Engines, Attachments, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(Attachments, AResultNamesAFileThatIsThere) {
    auto d = transfer(receive(own()));
    const auto head = world->head(), handler = world->handler();
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return complete(tx, ctx, head, {d.code}, Completion{}, t); })));
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return claim(tx, ctx, handler, {d.code}, std::nullopt, t); })));
    const auto paper = add(handler, d, png, "ghi chu.png", FileRole::working, "");
    const auto document = add(handler, d, jpeg, "giay.jpg", FileRole::result, "giay");
    ASSERT_TRUE(ok(paper));
    ASSERT_TRUE(ok(document));
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return complete(tx, ctx, handler, {d.code}, Completion{}, t); })));
    const auto sign = [&](const std::string& file) {
        ResultInput result;
        result.kind = "giay";
        result.signature = "digital";
        result.file = FileHash{file};
        return world->run(
            [&](auto& tx, auto& ctx, Instant t) { return record_result(tx, ctx, head, {d.code}, result, t); });
    };
    EXPECT_EQ(refused_with(sign("whatever")), "result.file");
    EXPECT_EQ(refused_with(sign(paper->file.hash)), "result.file");
    ASSERT_TRUE(ok(sign(document->file.hash)));
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Attachments, APaperIsSealedOnDiskAndNamelessInTheLedgerAndReadBackWhole) {
    const auto d = own();
    const auto added = add(world->citizen(), d, pdf, "Giấy khai sinh của Nguyễn Thử.pdf");
    ASSERT_TRUE(ok(added));
    EXPECT_TRUE(added->fresh);
    EXPECT_EQ(added->file.kind, "pdf");
    EXPECT_EQ(added->file.scan, "none");
    EXPECT_EQ(added->dossier.version, d.version + 1);
    EXPECT_TRUE(world->agrees(d.code));

    const auto back = content(world->citizen(), d, added->file.id);
    ASSERT_TRUE(ok(back));
    EXPECT_EQ(back->bytes, pdf);
    EXPECT_EQ(back->file.name, "Giấy khai sinh của Nguyễn Thử.pdf");
    EXPECT_EQ(back->subject, d.subject);

    ASSERT_EQ(on_disk().size(), 1u);
    std::ifstream in(on_disk().front(), std::ios::binary);
    const std::string stored{std::istreambuf_iterator<char>{in}, {}};
    EXPECT_EQ(stored.find("PDF"), std::string::npos);
    const auto row = *world->ask([&](store::Reader& r) -> Result<std::string> {
        return r.first("SELECT sealed FROM dossier_file", {}, [](const store::Row& x) { return x.string(0); }).value();
    });
    EXPECT_EQ(row.find("Giấy"), std::string::npos);

    const auto events = world->events(d);
    const auto& last = events.back();
    EXPECT_EQ(last.type, "dossier.file_added");
    const auto text = json::serialize(last.data);
    EXPECT_EQ(text.find("Giấy"), std::string::npos);
    EXPECT_EQ(text.find(crypto::to_hex(crypto::sha256(pdf))), std::string::npos) << "the plain hash would tell";
    const auto told = events::from_json<events::FileAdded>(last.data);
    ASSERT_TRUE(ok(told));
    EXPECT_EQ(told->file, added->file.id.value);
    EXPECT_EQ(told->hash, added->file.hash);
    EXPECT_EQ(told->bytes, static_cast<int64_t>(pdf.size()));
    EXPECT_EQ(told->role, "paper");
    const auto history = world->ask([&](store::Reader& r) { return history_of(r, world->context(), d); });
    ASSERT_TRUE(ok(history));
    EXPECT_EQ(history->back().type, "dossier.file_added");
}

TEST_P(Attachments, TheSameBytesForTheSameComponentAreTheSameFile) {
    const auto d = own();
    const auto first = add(world->citizen(), d, pdf);
    const auto again = add(world->citizen(), d, pdf, "tên khác.pdf");
    ASSERT_TRUE(ok(first));
    ASSERT_TRUE(ok(again));
    EXPECT_FALSE(again->fresh);
    EXPECT_EQ(again->file.id, first->file.id);
    EXPECT_EQ(again->file.name, first->file.name);
    EXPECT_EQ(again->dossier.version, first->dossier.version);
    EXPECT_EQ(on_disk().size(), 1u);
    const auto other = add(world->citizen(), d, pdf, "Tờ khai.pdf", FileRole::paper, "");
    ASSERT_TRUE(ok(other));
    EXPECT_NE(other->file.id, first->file.id);
    const auto elsewhere = add(world->citizen(), own(), pdf);
    ASSERT_TRUE(ok(elsewhere));
    EXPECT_NE(elsewhere->file.hash, first->file.hash) << "equal papers of two dossiers must not be linked";
    // Withdrawn and sent again, it is a new line.
    ASSERT_TRUE(ok(withdraw(world->citizen(), d, first->file.id)));
    const auto back = add(world->citizen(), d, pdf);
    ASSERT_TRUE(ok(back));
    EXPECT_TRUE(back->fresh);
    EXPECT_NE(back->file.id, first->file.id);
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Attachments, SentManyTimesAtOnceItIsStillOneFile) {
    const auto d = own();
    std::vector<Result<AddedFile>> answers(4, Error{});
    std::vector<std::thread> threads;
    for (auto& answer : answers) threads.emplace_back([&] { answer = add(world->citizen(), d, pdf); });
    for (auto& t : threads) t.join();
    int fresh = 0;
    for (const auto& answer : answers) {
        ASSERT_TRUE(ok(answer));
        fresh += answer->fresh ? 1 : 0;
        EXPECT_EQ(answer->file.id, answers.front()->file.id);
    }
    EXPECT_EQ(fresh, 1);
    EXPECT_EQ(list(world->citizen(), d).size(), 1u);
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Attachments, EmptyLargeAndMisnamedFilesAreRefusedAndLeaveNothing) {
    const auto d = own();
    const auto refused = [&](const std::string& bytes, const std::string& name, const std::string& component = "") {
        return refused_with(add(world->citizen(), d, bytes, name, FileRole::paper, component));
    };
    EXPECT_EQ(refused("", "a.pdf"), "file.empty");
    EXPECT_EQ(refused(pdf + std::string(4096, ' '), "a.pdf"), "file.too_large");
    EXPECT_EQ(refused(pdf, "a.png"), "file.ending");
    EXPECT_EQ(refused(pdf, "không đuôi"), "file.name");
    EXPECT_EQ(refused(pdf, ".pdf"), "file.name");
    EXPECT_EQ(refused(pdf, "\xff.pdf"), "file.name");
    EXPECT_EQ(refused("MZ" + std::string(200, '\0'), "a.pdf"), "file.type");
    EXPECT_EQ(refused("<html><script>alert(1)</script>", "a.txt"), "file.type");
    EXPECT_EQ(refused(pdf, "a.pdf", "giay-la"), "file.component");
    EXPECT_TRUE(on_disk().empty());
    EXPECT_TRUE(list(world->citizen(), d).empty());
    EXPECT_EQ(world->stored(d.code).version, d.version);
}

TEST_P(Attachments, ADossierHoldsSoMuchAndSoMany) {
    const auto d = own();
    const auto sized = [](size_t n, char fill) { return pdf + std::string(n - pdf.size(), fill); };
    ASSERT_TRUE(ok(add(world->citizen(), d, sized(4096, 'a'))));
    const auto second = add(world->citizen(), d, sized(4096, 'b'));
    ASSERT_TRUE(ok(second));
    EXPECT_EQ(refused_with(add(world->citizen(), d, sized(4096, 'c'))), "file.dossier_full");
    ASSERT_TRUE(ok(withdraw(world->citizen(), d, second->file.id)));
    EXPECT_TRUE(ok(add(world->citizen(), d, sized(4096, 'c'))));
    for (char c = 'd'; c < 'g'; ++c) ASSERT_TRUE(ok(add(world->citizen(), d, sized(200, c))));
    EXPECT_EQ(refused_with(add(world->citizen(), d, sized(200, 'z'))), "file.dossier_full");
}

TEST_P(Attachments, EachRoleHasItsTimeAndItsPeople) {
    const auto stranger = world->officer("nguoi-la", access::Role::clerk, AgencyId{"ubnd-18880"});
    auto other = world->citizen();
    other.subject = SubjectId{"khac"};
    auto d = own();
    const auto refused = [&](const access::Actor& who, FileRole role) {
        return refused_with(add(who, d, png, "anh.png", role, ""));
    };
    EXPECT_EQ(refused(stranger, FileRole::paper), "access.denied");
    EXPECT_EQ(refused(other, FileRole::paper), "access.denied");
    EXPECT_EQ(refused(access::Actor{}, FileRole::paper), "access.unauthenticated");
    EXPECT_EQ(refused(world->citizen(), FileRole::working), "file.wrong_time");
    EXPECT_EQ(refused(world->citizen(), FileRole::result), "file.wrong_time");
    EXPECT_EQ(refused(world->citizen(), FileRole::supplement), "file.wrong_time");
    EXPECT_EQ(refused(world->clerk(), FileRole::paper), "");
    d = receive(d);
    EXPECT_EQ(refused_with(add(world->citizen(), d, pdf)), "access.denied") << "after reception papers are asked for";
    EXPECT_EQ(refused_with(add(world->clerk(), d, pdf)), "") << "the desk scans what it took in";
    d = transfer(d);
    EXPECT_EQ(refused(world->clerk(), FileRole::paper), "file.wrong_time");
    EXPECT_EQ(refused(world->citizen(), FileRole::working), "access.denied");
    EXPECT_EQ(refused(stranger, FileRole::working), "access.denied");
    ASSERT_TRUE(ok(add(world->handler(), d, png, "nháp.png", FileRole::working, "")));
    EXPECT_EQ(refused_with(add(world->handler(), d, png, "x.png", FileRole::result, "to-khai")), "file.component");
    ASSERT_TRUE(ok(add(world->handler(), d, jpeg, "du thao.jpg", FileRole::result, "giay")));
    // Officers' working papers are not the applicant's.
    EXPECT_EQ(list(world->handler(), d).size(), 4u);
    EXPECT_EQ(list(world->citizen(), d).size(), 3u);
    File working;
    for (const auto& f : list(world->handler(), d))
        if (f.role == FileRole::working) working = f;
    ASSERT_FALSE(working.id.empty());
    EXPECT_TRUE(ok(content(world->head(), d, working.id)));
    EXPECT_EQ(refused_with(content(world->citizen(), d, working.id)), "file.not_found");
    EXPECT_EQ(refused_with(content(stranger, d, working.id)), "access.denied");
    EXPECT_EQ(refused_with(content(other, d, working.id)), "access.denied");

    const auto asked = world->run([&](auto& tx, auto& ctx, Instant t) {
        return request_supplement(tx, ctx, world->handler(), {d.code, {}}, {{"Bản sao"}, "thiếu", ""}, t);
    });
    ASSERT_TRUE(ok(asked));
    EXPECT_EQ(refused_with(add(world->citizen(), d, png, "bo-sung.png", FileRole::supplement, "to-khai")), "");
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Attachments, AWithdrawnFileKeepsItsLineAndLosesItsContent) {
    auto d = own();
    const auto added = add(world->citizen(), d, pdf);
    ASSERT_TRUE(ok(added));
    EXPECT_EQ(refused_with(withdraw(world->citizen(), d, added->file.id, "  ")), "file.reason_required");
    EXPECT_EQ(refused_with(withdraw(world->citizen(), d, FileId{"khong-co"})), "file.not_found");
    EXPECT_EQ(refused_with(withdraw(access::Actor{}, d, added->file.id)), "access.unauthenticated");
    const auto done = withdraw(world->citizen(), d, added->file.id);
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->version, added->dossier.version + 1);
    EXPECT_EQ(refused_with(withdraw(world->citizen(), d, added->file.id)), "file.withdrawn");
    EXPECT_EQ(refused_with(content(world->clerk(), d, added->file.id)), "file.withdrawn");
    const auto all = list(world->citizen(), d);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].withdrawn_at, world->now());
    EXPECT_EQ(all[0].reason, "gửi nhầm");
    const auto events = world->events(d);
    EXPECT_EQ(events.back().type, "dossier.file_withdrawn");
    EXPECT_EQ(json::serialize(events.back().data).find("nhầm"), std::string::npos);
    EXPECT_TRUE(world->agrees(d.code));
    EXPECT_EQ(sweep(world->now() + std::chrono::hours{24 * 29}), 0);
    EXPECT_EQ(sweep(world->now() + std::chrono::hours{24 * 31}), 1);
    EXPECT_TRUE(on_disk().empty());
}

TEST_P(Attachments, AfterReceptionOnlyWhoAddedItWithdrawsItAndOnlyInThatStep) {
    auto d = own();
    const auto mine = add(world->citizen(), d, pdf);
    ASSERT_TRUE(ok(mine));
    d = receive(d);
    EXPECT_EQ(refused_with(withdraw(world->citizen(), d, mine->file.id)), "file.step_passed");
    EXPECT_EQ(refused_with(withdraw(world->clerk(), d, mine->file.id)), "file.not_yours");
    const auto scanned = add(world->clerk(), d, png, "scan.png");
    ASSERT_TRUE(ok(scanned));
    ASSERT_TRUE(ok(withdraw(world->clerk(), d, scanned->file.id)));
    const auto kept = add(world->clerk(), d, jpeg, "scan.jpg");
    ASSERT_TRUE(ok(kept));
    d = transfer(d);
    EXPECT_EQ(refused_with(withdraw(world->clerk(), d, kept->file.id)), "file.step_passed");
    const auto closed = world->run([&](auto& tx, auto& ctx, Instant t) {
        return stop(tx, ctx, world->system(), {d.code, {}}, "lý do", "căn cứ", t);
    });
    ASSERT_TRUE(ok(closed));
    EXPECT_EQ(refused_with(withdraw(world->clerk(), d, kept->file.id)), "dossier.wrong_state");
}

TEST_P(Attachments, ErasingTheSubjectErasesTheFile) {
    const auto d = own();
    const auto added = add(world->citizen(), d, pdf);
    ASSERT_TRUE(ok(added));
    ASSERT_TRUE(ok(world->store().write(
        [&](store::Transaction& tx) { return world->vault().erase_subject(tx, d.subject, world->now()); })));
    EXPECT_EQ(refused_with(content(world->clerk(), d, added->file.id)), "subject.erased");
    const auto all = list(world->clerk(), d);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_FALSE(all[0].name);
    EXPECT_EQ(refused_with(add(world->clerk(), d, png, "a.png")), "subject.erased");
}

TEST_P(Attachments, AnAlteredOrExchangedContentIsNoticed) {
    const auto d = own();
    const auto one = add(world->citizen(), d, pdf), two = add(world->citizen(), d, png, "a.png");
    ASSERT_TRUE(ok(one));
    ASSERT_TRUE(ok(two));
    // Another file's bytes under this line: both are sound in themselves.
    ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
        tx.execute("UPDATE dossier_file SET content = ? WHERE id = ?", {two->file.content, one->file.id});
        return Nothing{};
    })));
    EXPECT_EQ(refused_with(content(world->citizen(), d, one->file.id)), "file.damaged");
    for (const auto& path : on_disk()) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(60);
        file.put('x');
    }
    EXPECT_EQ(refused_with(content(world->citizen(), d, two->file.id)), "blob.damaged");
    for (const auto& path : on_disk()) fs::remove(path);
    EXPECT_EQ(refused_with(content(world->citizen(), d, two->file.id)), "blob.missing");
}

TEST_P(Attachments, AFileThatACrashLeftWithoutALineIsSweptAfterADay) {
    const auto d = own();
    const auto added = add(world->citizen(), d, pdf);
    ASSERT_TRUE(ok(added));
    ASSERT_TRUE(ok(blobs->put("written, and then the power went", random)));
    ASSERT_EQ(on_disk().size(), 2u);
    EXPECT_EQ(sweep(world->now()), 1);
    EXPECT_TRUE(ok(content(world->citizen(), d, added->file.id)));
}

TEST_P(Attachments, WhatTheScannerSaysIsObeyed) {
    ClamdDouble clamd;
    ClamdOptions options{clamd.address()};
    options.connect_time = std::chrono::milliseconds{2'000};
    options.scan_time = std::chrono::milliseconds{20'000};
    const auto scanner = make_clamd(options);
    ASSERT_TRUE(ok(scanner));
    files.emplace(world->store(), *blobs, scanner->get(), rules());
    const auto d = own();
    const auto clean = add(world->citizen(), d, pdf);
    ASSERT_TRUE(ok(clean));
    EXPECT_EQ(clean->file.scan, "clean");
    EXPECT_EQ(clamd.last(), pdf);
    const auto infected = add(world->citizen(), d, pdf + "VIRUS", "b.pdf");
    ASSERT_EQ(refused_with(infected), "file.infected");
    EXPECT_NE(infected.error().vi.find("Thu.Nghiem.VIRUS"), std::string::npos);
    EXPECT_NE(infected.error().en.find("Thu.Nghiem.VIRUS"), std::string::npos);
    clamd.stop();
    const auto unasked = add(world->citizen(), d, png, "c.png");
    ASSERT_EQ(refused_with(unasked), "scan.unavailable");
    EXPECT_EQ(unasked.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(on_disk().size(), 1u);
    EXPECT_EQ(list(world->citizen(), d).size(), 1u);
}

TEST(Scanner, WholeStreamsOfEverySizeArrive) {
    ClamdDouble clamd;
    const auto scanner = make_clamd({clamd.address()});
    ASSERT_TRUE(ok(scanner));
    for (const size_t n : {size_t{0}, size_t{1}, size_t{65'535}, size_t{65'536}, size_t{65'537}, size_t{3'000'000}}) {
        const std::string bytes(n, 'x');
        const auto verdict = (*scanner)->scan(bytes);
        ASSERT_TRUE(ok(verdict)) << n;
        EXPECT_TRUE(verdict->clean());
        EXPECT_EQ(clamd.last(), bytes) << n;
    }
}

TEST(Scanner, AnythingButAClearAnswerIsARefusal) {
    using Mood = ClamdDouble::Mood;
    for (const auto mood : {Mood::hangs_up, Mood::nonsense, Mood::limit, Mood::silent, Mood::endless}) {
        ClamdDouble clamd(mood);
        ClamdOptions options{clamd.address()};
        options.scan_time = std::chrono::milliseconds{mood == Mood::silent ? 150 : 20'000};
        const auto scanner = make_clamd(options);
        ASSERT_TRUE(ok(scanner));
        EXPECT_EQ(hl::test::code_of((*scanner)->scan(std::string(500'000, 'x'))), "scan.unavailable")
            << static_cast<int>(mood);
    }
}

TEST(Scanner, OverAUnixSocket) {
    hl::test::TempDir folder;
    ClamdDouble clamd(ClamdDouble::Mood::honest, folder / "clamd.ctl");
    const auto scanner = make_clamd({clamd.address()});
    ASSERT_TRUE(ok(scanner));
    const auto verdict = (*scanner)->scan("some VIRUS here");
    ASSERT_TRUE(ok(verdict));
    EXPECT_EQ(verdict->signature, "Thu.Nghiem.VIRUS");
    const auto nobody = make_clamd({folder / "nobody.ctl"});
    ASSERT_TRUE(ok(nobody));
    EXPECT_EQ(hl::test::code_of((*nobody)->scan("x")), "scan.unavailable");
}

TEST(Scanner, AnswersAndAddresses) {
    EXPECT_TRUE(read_clamd_answer("stream: OK")->clean());
    EXPECT_EQ(read_clamd_answer("stream: Eicar-Test FOUND")->signature, "Eicar-Test");
    EXPECT_EQ(read_clamd_answer("stream: a\r\nb FOUND")->signature, "a??b");
    for (const auto* answer : {"", "OK", "stream: ", "stream:  FOUND", "stream: FOUND", "stream: OK FOUND?",
                               "stream: x ERROR", "INSTREAM size limit exceeded. ERROR"})
        EXPECT_EQ(hl::test::code_of(read_clamd_answer(answer)), "scan.unavailable") << answer;
    for (const auto* good : {"/run/clamav/clamd.ctl", "127.0.0.1:3310", "[::1]:3310", "scanner.local:1"})
        EXPECT_TRUE(ok(make_clamd({good}))) << good;
    for (const std::string& bad : {std::string{"localhost"}, std::string{":3310"}, std::string{"a:0"},
                                   std::string{"a:99999"}, std::string{"a:b"}, "/" + std::string(200, 'x')})
        EXPECT_EQ(hl::test::code_of(make_clamd({bad})), "scan.address") << bad;
}

TEST(FileType, TellsByTheBytesAndTheEndingMustAgree) {
    const std::string types =
        R"(<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>)";
    const auto odf = [](const std::string& kind) {
        return zip_of({{"mimetype", "application/vnd.oasis.opendocument." + kind}, {"content.xml", "<x/>"}});
    };
    auto words = default_file_types();
    const FileTypes taken(words);
    words.insert(words.end(), {"doc", "xls", "heic"});
    const FileTypes all(words);
    struct Case {
        std::string name, bytes, wanted;  // a type's word, or an error's code
    };
    const std::string ole{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + std::string(1016, '\0')};
    const std::vector<Case> cases{
        {"a.pdf", pdf, "pdf"},
        {"A.PDF", pdf, "pdf"},
        {"a.png", png, "png"},
        {"a.jpg", jpeg, "jpeg"},
        {"a.jpeg", jpeg, "jpeg"},
        {"a.tiff", std::string{"II*\0\x08\0\0\0\0\0\0\0\0\0", 14}, "tiff"},
        {"a.webp", std::string{"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\0\0\0\0\0\0\0\0\0", 34}, "webp"},
        {"a.docx", zip_of({{"[Content_Types].xml", types}, {"word/document.xml", "<x/>"}}), "docx"},
        {"a.docx", zip_of({{"word/document.xml", "<x/>"}, {"[Content_Types].xml", types}}), "docx"},
        {"a.xlsx", zip_of({{"[Content_Types].xml", types}, {"xl/workbook.xml", "<x/>"}}), "xlsx"},
        {"a.odt", odf("text"), "odt"},
        {"a.ods", odf("spreadsheet"), "ods"},
        {"a.asice", zip_of({{"mimetype", "application/vnd.etsi.asic-e+zip"}, {"META-INF/signatures0.xml", "<x/>"}}),
         "asice"},
        {"a.xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>x</a>", "xml"},
        {"a.txt", "Kính gửi Ủy ban nhân dân phường.\n", "txt"},
        {"a.txt", "a,b,c\n1,2,3\n4,5,6\n", "txt"},
        {"a.docx",
         zip_of({{"[Content_Types].xml", types}, {"word/document.xml", "<x/>"}, {"word/vbaProject.bin", "m"}}),
         "file.macros"},
        {"a.odt", zip_of({{"mimetype", "application/vnd.oasis.opendocument.text"}, {"Basic/Standard/M.xml", "m"}}),
         "file.macros"},
        {"a.docx", zip_of({{"x", "y"}}), "file.type"},
        {"a.zip", zip_of({{"x", "y"}}), "file.type"},
        {"a.docx", zip_of({{"[Content_Types].xml", types}, {"word/document.xml", "<x/>"}}).substr(0, 90),
         "file.damaged_container"},
        {"a.xlsx", zip_of({{"[Content_Types].xml", types}, {"word/document.xml", "<x/>"}}), "file.ending"},
        {"a.pdf", png, "file.ending"},
        {"a.pdf.exe", pdf, "file.ending"},
        {"a.svg", "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>", "file.type"},
        {"a.txt", "#!/bin/sh\nrm -rf /\n", "file.type"},
        {"a.doc", ole, "file.type"},
        {"a.heic",
         std::string{"\0\0\0\x18"
                     "ftypheic\0\0\0\0mif1heic",
                     24},
         "file.type"},
    };
    const auto said = [](const FileTypes& t, const Case& c) {
        const auto found = t.check(c.bytes, c.name);
        return found.ok() ? std::string{(*found)->word} : found.error().code;
    };
    for (const auto& c : cases) EXPECT_EQ(said(taken, c), c.wanted) << c.name;
    EXPECT_EQ(said(all, {"a.doc", ole, ""}), "doc");
    EXPECT_EQ(said(all, {"a.xls", ole, ""}), "xls");
    EXPECT_EQ(said(all, {"a.heic", cases.back().bytes, ""}), "heic");
    EXPECT_EQ(said(FileTypes{{"png"}}, {"a.pdf", pdf, ""}), "file.type");
}

TEST(FileName, OneFormWithoutFoldersOrHiddenMarks) {
    EXPECT_EQ(*check_file_name("C:\\Users\\x\\Tờ  khai.pdf"), "Tờ khai.pdf");
    EXPECT_EQ(*check_file_name("../../etc/đơn.pdf"), "đơn.pdf");
    EXPECT_EQ(*check_file_name("gpj\u202Efdp.exe.pdf"), "gpjfdp.exe.pdf") << "no letters written backwards";
    EXPECT_EQ(*check_file_name("a\r\nb.pdf"), "a b.pdf");
    for (const std::string& bad :
         {std::string{}, std::string{"pdf"}, std::string{".pdf"}, std::string{"a."}, std::string(201, 'a') + ".pdf"})
        EXPECT_EQ(hl::test::code_of(check_file_name(bad)), "file.name") << bad;
    EXPECT_EQ(percent_decoded("T%E1%BB%9D%20khai.pdf"), "Tờ khai.pdf");
    for (const auto* bad : {"%", "a%4", "%zz", "%-1"}) EXPECT_FALSE(percent_decoded(bad)) << bad;
    EXPECT_EQ(content_disposition("Tờ khai \"1\".pdf"),
              "attachment; filename=\"to khai _1_.pdf\"; filename*=UTF-8''T%E1%BB%9D%20khai%20%221%22.pdf");
}

TEST(FileName, AnyNameComesBackFromItsHeader) {
    EXPECT_TRUE(rc::check([](const std::string& raw) {
        const auto header = content_disposition(raw);
        for (const char c : header) RC_ASSERT(c >= ' ' && c < 0x7f);
        RC_ASSERT(percent_decoded(header.substr(header.find("UTF-8''") + 7)) == raw);
        const auto name = check_file_name(raw);
        if (!name.ok()) return;
        const auto again = check_file_name(*name);
        RC_ASSERT(again.ok());
        RC_ASSERT(*again == *name);
    }));
}

}  // namespace
}  // namespace hl::dossiers::test
