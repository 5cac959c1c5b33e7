// Whose certificate is whose: a signature that is right but not the sender's is kept, marked and says why; a binding or
// a list that comes later lets it be looked at again; nothing of an unsure signer works by itself.
#include <gtest/gtest.h>

#include "documents/signer_commands.h"
#include "documents/world.h"

namespace hl::documents {
namespace {

using hl::test::code_of;
using hl::test::ok;
using namespace test;

class Signers : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override {
        world_ = std::make_unique<World>(GetParam(), AxisSettings{}, store::Migrations{}, false);
        ASSERT_TRUE(ok(w().bring("root.crl", revoked_by(root(), {}))));
    }
    void TearDown() override { world_.reset(); }
    World& w() { return *world_; }

    Document arrived(const BusinessMessage& m = letter(), const Certified& who = ec_signer()) {
        const auto out = w().come(m, who);
        EXPECT_TRUE(ok(out));
        return out.ok() && !out->documents.empty() ? *w().load(out->documents[0]) : Document{};
    }
    static std::string why(const Document& d) {
        std::string out;
        for (const auto& r : read_reasons(d.judged ? d.judged->reasons : "[]"))
            out += r.code + (r.detail.empty() ? "" : "(" + r.detail + ")") + " ";
        return out;
    }
    Result<Document> enroll_now(const DocumentKey& key, const std::string& despite = "") {
        return w().run(
            [&](auto& tx, const auto& ctx) { return enroll(tx, ctx, w().clerk(), key, w().now(), despite); });
    }
    access::Actor administrator(const std::string& name) {
        return w().actor(name, access::Role::administrator, AgencyId{});
    }
    SignerBinding binding(const std::string& organ, const Certified& who = ec_signer()) {
        SignerBinding b;
        b.organ = organ;
        b.sha256 = read_certificate(who.certificate_pem(), {})->sha256;
        b.from = day(2026, 1, 1);
        b.source = "Danh sách chứng thư của cơ quan (thử)";
        return b;
    }
    Result<SignerRow> propose(const SignerBinding& b, const std::string& by = "mot") {
        return w().run([&](auto& tx, const auto& ctx) {
            return propose_signer(tx, administrator(by), b, "CN=thu", *ctx.random, w().now());
        });
    }
    Result<SignerRow> approve(const std::string& id, const std::string& by = "hai", bool four_eyes = true) {
        return w().run(
            [&](auto& tx, const auto&) { return approve_signer(tx, administrator(by), id, four_eyes, w().now()); });
    }
    std::unique_ptr<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Engines, Signers, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(Signers, ALetterSignedByNobodysCertificateIsKeptMarkedAndNotTakenSilently) {
    const auto d = arrived();
    EXPECT_EQ(d.signature, "unbound");
    EXPECT_EQ(why(d), "signer.nobody ");
    EXPECT_EQ(w().codes_given(d.key), "");  // nobody is told: who sent it is not known
    EXPECT_EQ(code_of(enroll_now(d.key)), "document.signature_unsure");
    const auto done = enroll_now(d.key, "Đã gọi điện xác nhận");
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->judged->overruled_why, "Đã gọi điện xác nhận");
    const auto types = w().event_types();
    EXPECT_EQ(std::ranges::count(types, std::string{"document.signature_overruled"}), 1);
}

TEST_P(Signers, AnotherAgencysCertificateIsNamed) {
    w().bind("H50.03", rsa_signer());
    w().bind("G22", ec_signer());
    const auto d = arrived(letter(), rsa_signer());
    EXPECT_EQ(d.signature, "unbound");
    EXPECT_EQ(why(d), "signer.other_agency(H50.03) ");
    EXPECT_EQ(arrived(letter("2")).signature, "valid");
}

TEST_P(Signers, ABindingThatComesLaterLetsTheDocumentBeLookedAtAgain) {
    const auto d = arrived();
    const auto proposed = propose(binding("G22"));
    ASSERT_TRUE(ok(proposed));
    EXPECT_EQ(w().axis().look_again(w().now())->documents, 0);  // one person is not enough
    EXPECT_EQ(code_of(approve(proposed->binding.id, "mot")), "documents.same_person");
    ASSERT_TRUE(ok(approve(proposed->binding.id)));
    EXPECT_EQ(code_of(approve(proposed->binding.id)), "documents.signer_decided");
    const auto b = binding("G22");
    EXPECT_EQ(w().axis().look_again(w().now(), &b)->documents, 1);
    const auto now = w().load(d.key);
    EXPECT_EQ(now->signature, "valid");
    EXPECT_EQ(why(*now), "");
    EXPECT_EQ(now->judged->bound_by, proposed->binding.id);
    EXPECT_EQ(w().codes_given(d.key), "01 ");  // now its sender is known, and told
    EXPECT_EQ(w().axis().look_again(w().now(), &b)->documents, 0);
    ASSERT_TRUE(ok(enroll_now(d.key)));
}

TEST_P(Signers, ABindingCountsFromItsDayAndUntilItsDay) {
    const auto d = arrived();
    auto late = binding("G22");
    late.from = add_days(local_date(w().now()), 1);
    ASSERT_TRUE(ok(approve(propose(late)->binding.id)));
    EXPECT_EQ(w().axis().look_again(w().now(), &late)->documents, 0);
    EXPECT_EQ(w().load(d.key)->signature, "unbound");
    auto ended = binding("G22");
    ended.to = local_date(w().now());
    ASSERT_TRUE(ok(approve(propose(ended)->binding.id)));
    EXPECT_EQ(w().axis().look_again(w().now(), &ended)->documents, 0);
    w().clock().advance(std::chrono::hours{24});
    EXPECT_EQ(arrived(letter("2")).signature, "valid");
}

TEST_P(Signers, TrustThatIsWithdrawnIsWithdrawnFromWhatCameSince) {
    const auto row = propose(binding("G22"));
    ASSERT_TRUE(ok(approve(row->binding.id)));
    const auto before = arrived(letter("1"));
    w().clock().advance(std::chrono::hours{48});
    const auto after = arrived(letter("2"));
    EXPECT_EQ(after.signature, "valid");
    const auto end = [&](Date to, const std::string& reason) {
        return w().run([&](auto& tx, const auto&) {
            return end_signer(tx, administrator("mot"), row->binding.id, to, reason, w().now());
        });
    };
    EXPECT_EQ(code_of(end(local_date(w().now()), "")), "documents.signer_reason");
    EXPECT_EQ(code_of(end(day(2025, 1, 1), "Nhầm")), "documents.signer_dates");
    ASSERT_TRUE(ok(end(local_date(w().now()), "Mất thiết bị ký")));
    const auto b = binding("G22");
    EXPECT_EQ(w().axis().look_again(w().now(), &b)->documents, 1);
    EXPECT_EQ(w().load(before.key)->signature, "valid");
    EXPECT_EQ(w().load(after.key)->signature, "unbound");
}

TEST_P(Signers, BothSyntaxesOfACodeAreOneAgencyByTheTableOnly) {
    w().bind("000.00.00.H50", ec_signer());
    auto m = letter();
    m.from.organ_id = "H50";
    m.document_id = make_document_id("H50", *m.promulgated, m.code);
    EXPECT_EQ(arrived(m).signature, "valid");
    m.from.organ_id = "H49";
    m.document_id = make_document_id("H49", *m.promulgated, m.code);
    EXPECT_EQ(arrived(m).signature, "unbound");
    EXPECT_EQ(code_of(propose(binding("khong-phai-ma"))), "agency_code.invalid");
}

TEST_P(Signers, OurOwnKeysAreOurOwnAgencies) {
    auto m = letter();
    m.from.organ_id = office_code;
    m.document_id = make_document_id(office_code, *m.promulgated, m.code);
    const auto d = arrived(m);  // signed with this installation's default key
    EXPECT_EQ(d.signature, "valid");
    EXPECT_EQ(d.judged->bound_by, "own");
    m.code.number = "2";
    m.document_id = make_document_id(office_code, *m.promulgated, m.code);
    EXPECT_EQ(arrived(m, rsa_signer()).signature, "unbound");
}

TEST_P(Signers, AStatusOfAnUnsureSignerWaitsAndWorksOnceItIsKnown) {
    Issued i;
    i.agency = office;
    i.notation = "UBND-NC";
    i.kind = "cong-van";
    i.subject = "V/v thử";
    i.receivers = {{"G22", "Nơi khác", {}, "", {}}};
    const auto sent =
        w().run([&](auto& tx, const auto& ctx) { return issue(tx, ctx, w().clerk(office), i, w().now()); });
    ASSERT_TRUE(ok(sent));
    ASSERT_TRUE(ok(w().axis().send(w().clerk(office), sent->key, w().now())));
    auto s = status("03");
    s.from.organ_id = "G22";
    s.response_for = {office_code, {}, {}, sent->document_id};
    const auto out = w().come(s);
    ASSERT_TRUE(ok(out));
    EXPECT_EQ(out->kind, Outcome::Kind::held);
    EXPECT_EQ(out->held_reason, "signer.nobody");
    EXPECT_EQ(w().load(sent->key)->receivers[0].status, "");
    w().bind("G22", ec_signer());
    const auto b = binding("G22");
    EXPECT_EQ(w().axis().look_again(w().now(), &b)->released, 1);
    EXPECT_EQ(w().load(sent->key)->receivers[0].status, "03");
}

TEST_P(Signers, AForgedCopyNeverTakesThePlaceOfTheTrueOne) {
    w().bind("G22", ec_signer());
    auto forged = letter();
    forged.subject = "V/v chuyển tiền";
    const auto first = arrived(forged, rsa_signer());
    EXPECT_EQ(first.signature, "unbound");
    const auto true_one = arrived();
    EXPECT_NE(true_one.key, first.key);
    EXPECT_EQ(true_one.signature, "valid");
    EXPECT_EQ(true_one.subject, letter().subject);
    EXPECT_EQ(w().come(letter())->kind, Outcome::Kind::duplicate);
    EXPECT_EQ(w().come(forged, rsa_signer())->kind, Outcome::Kind::duplicate);
}

TEST_P(Signers, WithoutAListNothingIsGoodAndTheListThatComesSettlesIt) {
    World bare(GetParam(), AxisSettings{}, store::Migrations{}, false);
    bare.bind("G22", ec_signer());
    const auto key = bare.come(letter())->documents.at(0);
    EXPECT_EQ(bare.load(key)->signature, "unchecked");
    EXPECT_EQ(why(*bare.load(key)), "signer.unchecked(no_list) ");
    EXPECT_EQ(bare.bring("root.crl", revoked_by(root(), {}))->documents, 1);
    EXPECT_EQ(bare.load(key)->signature, "valid");
    EXPECT_TRUE(bare.load(key)->judged->as_of);
    EXPECT_EQ(bare.axis().refresh_lists(bare.now())->documents, 0);
    // One that has run out: what was good stays so, what comes is not known.
    bare.clock().set(at_local(day(2039, 6, 1), 9));
    EXPECT_EQ(bare.axis().refresh_lists(bare.now())->documents, 0);
    EXPECT_EQ(bare.load(key)->signature, "valid");
    EXPECT_EQ(why(*bare.load(bare.come(letter("2"))->documents.at(0))), "signer.unchecked(stale) ");
}

TEST_P(Signers, TheSettingsMayLetWorkGoOnAndItStaysMarked) {
    AxisSettings lenient;
    lenient.accept_unbound = lenient.accept_unchecked = true;
    World open(GetParam(), lenient, store::Migrations{}, false);
    const auto key = open.come(letter())->documents.at(0);
    EXPECT_EQ(open.load(key)->signature, "unbound");
    EXPECT_TRUE(
        ok(open.run([&](auto& tx, const auto& ctx) { return enroll(tx, ctx, open.clerk(), key, open.now()); })));
}

TEST_P(Signers, ARevocationCountsFromItsDayAndWhatWasHereBeforeStays) {
    w().bind("G22", ec_signer());
    const auto before = arrived(letter("1"));
    EXPECT_EQ(before.signature, "valid");
    w().clock().advance(std::chrono::hours{2});
    const auto revoked = std::chrono::floor<std::chrono::seconds>(w().now().time_since_epoch()).count();
    w().clock().advance(std::chrono::hours{2});
    const auto between = arrived(letter("2"));  // the list that tells is not here yet
    EXPECT_EQ(between.signature, "valid");
    const auto again = w().bring("root.crl", revoked_by(root(), {{&ec_signer(), revoked}}, revoked));
    ASSERT_TRUE(ok(again));
    EXPECT_EQ(w().load(before.key)->signature, "valid");
    EXPECT_EQ(why(*w().load(before.key)).substr(0, 20), "signer.revoked_later");
    EXPECT_EQ(w().load(between.key)->signature, "revoked");
    const auto after = arrived(letter("3"));
    EXPECT_EQ(after.signature, "revoked");
    EXPECT_EQ(code_of(enroll_now(after.key)), "document.signature_unsure");
    // What the message says of its own day proves nothing: it says 23 November 2026.
    EXPECT_EQ(w().codes_given(after.key), "");
}

TEST_P(Signers, DocumentsFromBeforeSignersWereJudgedAreJudgedAtTheirTime) {
    w().bind("G22", ec_signer());
    const auto d = arrived();
    ASSERT_TRUE(ok(w().store().write([&](store::Transaction& tx) -> Result<void> {
        tx.execute("DELETE FROM document_signature", {});
        tx.execute("DELETE FROM document_certificate", {});
        return Nothing{};
    })));
    EXPECT_EQ(w().axis().refresh_lists(w().now())->documents, 0);
    EXPECT_EQ(w().load(d.key)->judged->certificate, d.judged->certificate);
    EXPECT_EQ(w().load(d.key)->signature, "valid");
}

TEST_P(Signers, ALineOfThePackThatCameWithARestartCountsAndOneThatWentDoesNot) {
    const auto d = arrived();
    EXPECT_EQ(d.signature, "unbound");
    const hl::test::TempDir pack;
    std::filesystem::copy(HL_SOURCE_DIR "/packs/quang-tri/documents", pack.path(),
                          std::filesystem::copy_options::recursive);
    hl::test::SharedRandom random;
    const auto restarted = [&](const std::string& lines) {
        EXPECT_TRUE(ok(
            write_file(pack / "signers.csv", "organ,rule,sha256,issuer_key,serial,subject,from,to,source\n" + lines)));
        auto settings = w().axis().settings();
        settings.data = pack.path();
        auto axis = Axis::open(
            {w().store(), w().blobs(), random, [this] { return w().organisation; }, [this] { return w().calendars; }},
            settings);
        EXPECT_TRUE(ok(axis));
        EXPECT_TRUE(ok((*axis)->refresh_lists(w().now())));
        return w().load(d.key)->signature;
    };
    EXPECT_EQ(restarted(fmt::format("G22,certificate,{},,,,2026-01-01,,Danh sách thử\n", binding("G22").sha256)),
              "valid");
    EXPECT_EQ(w().load(d.key)->judged->bound_by, "pack");
    EXPECT_EQ(restarted(""), "unbound");
}

TEST_P(Signers, OnlyWhoConnectsPartnersMayBindAndNothingIsBoundTwice) {
    const auto denied = w().run([&](auto& tx, const auto& ctx) {
        return propose_signer(tx, w().clerk(), binding("G22"), "", *ctx.random, w().now());
    });
    EXPECT_EQ(code_of(denied), "access.denied");
    ASSERT_TRUE(ok(propose(binding("G22"))));
    EXPECT_EQ(code_of(propose(binding("G22"))), "documents.signer_exists");
    auto groundless = binding("H49");
    groundless.source = "  ";
    EXPECT_EQ(code_of(propose(groundless)), "documents.signer_source");
    auto backwards = binding("H49");
    backwards.to = backwards.from;
    EXPECT_EQ(code_of(propose(backwards)), "documents.signer_dates");
    const auto id = propose(binding("H49"))->binding.id;
    const auto turned = [&](const std::string& reason) {
        return w().run(
            [&](auto& tx, const auto&) { return turn_down_signer(tx, administrator("hai"), id, reason, w().now()); });
    };
    EXPECT_EQ(code_of(turned("")), "documents.signer_reason");
    EXPECT_EQ(turned("Không đúng cơ quan")->state, "turned_down");
    EXPECT_EQ(code_of(approve(id)), "documents.signer_decided");
    EXPECT_TRUE(ok(propose(binding("H49"))));
}

}  // namespace
}  // namespace hl::documents
