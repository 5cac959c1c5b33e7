#include "exchange/trust/container_fixture.h"

namespace hl::exchange {
namespace {

using namespace test;

class Containers : public ContainerTest {
  protected:
    std::string zipped(const ContainerParts& parts) { return write_container(parts, clock_.now()).value(); }
    /// A ZIP that `python3` makes of entries, for those that the writer would not write.
    std::string made(const std::string& script) {
        const auto path = (folder_ / "made.zip").string();
        const auto ran = run("python3 -c '\nimport zipfile,sys\nz=zipfile.ZipFile(\"" + path +
                             "\",\"w\",zipfile.ZIP_DEFLATED)\n" + script + "\nz.close()'");
        EXPECT_EQ(ran.status, 0) << ran.output;
        return read_file(path).value();
    }
    static void expect_equal(const ContainerParts& a, const ContainerParts& b) {
        EXPECT_EQ(a.message, b.message);
        EXPECT_EQ(a.attachments, b.attachments);
        EXPECT_EQ(a.signature, b.signature);
        EXPECT_EQ(a.chain_result, b.chain_result);
        EXPECT_EQ(a.chain, b.chain);
        EXPECT_EQ(a.stamp_chain_result, b.stamp_chain_result);
        EXPECT_EQ(a.stamp_chain, b.stamp_chain);
        EXPECT_EQ(a.stamp_token, b.stamp_token);
    }
    void expect_refused(ContainerParts parts, std::string_view code) {
        expect_code(verify_container(parts, trust()), code);
    }
};

const std::string minimal =
    "z.writestr(\"mimetype\",\"application/vnd.etsi.asic-e+zip\")\n"
    "z.writestr(\"message.xml\",\"m\")\nz.writestr(\"META-INF/signatures.xml\",\"s\")\n";

TEST_F(Containers, OfEveryKindAreReadBackAndVerify) {
    const std::vector<std::function<ContainerParts()>> kinds{
        [&] { return rest_single(); }, [&] { return rest_batch(); }, [&] { return soap_with_attachments(); }};
    for (const auto& make : kinds) {
        const auto parts = make();
        const auto read = read_container(zipped(parts));
        ASSERT_TRUE(read.ok()) << read.error().en;
        expect_equal(*read, parts);
        const auto verdict = verify_container(*read, trust());
        ASSERT_TRUE(verdict.ok()) << verdict.error().en;
        EXPECT_EQ(verdict->signer.certificate_sha256, certificate_.sha256_hex());
        EXPECT_EQ(verdict->signer_certificate, certificate_.der());
        EXPECT_EQ(verdict->stamped_at, std::chrono::floor<std::chrono::seconds>(clock_.now()));
    }
}

TEST_F(Containers, HaveXRoadsEntriesInOrderTheMimetypeFirstAndStored) {
    const auto zip = zipped(soap_with_attachments());
    EXPECT_EQ(zip.substr(0, 4), "PK\x03\x04");
    EXPECT_EQ(zip.substr(8, 2), std::string(2, '\0'));   // stored
    EXPECT_EQ(zip.substr(28, 2), std::string(2, '\0'));  // no extra field
    EXPECT_EQ(zip.substr(30, 39), "mimetypeapplication/vnd.etsi.asic-e+zip");
    EXPECT_TRUE(zip.ends_with("mimetype=application/vnd.etsi.asic-e+zip"));
    file("c.asice", zip);
    EXPECT_EQ(run("cd " + folder_.path().string() + " && unzip -tq c.asice").status, 0);
    EXPECT_EQ(run("cd " + folder_.path().string() + " && unzip -Z1 c.asice").output,
              "mimetype\nmessage.xml\nattachment1\nattachment2\nsig-hashchain.xml\nsig-hashchainresult.xml\n"
              "ts-hashchain.xml\nts-hashchainresult.xml\nMETA-INF/manifest.xml\nMETA-INF/ASiCManifest.xml\n"
              "META-INF/signatures.xml\nMETA-INF/timestamp.tst\n");
    EXPECT_EQ(zip, zipped(read_container(zip).value()));  // the same bytes whenever it is exported
}

TEST_F(Containers, WhateverIsChangedIsFound) {
    const auto good = rest_batch();
    auto parts = good;
    parts.message[0] = '3';
    expect_refused(parts, "exchange.hash_chain");
    parts = good;
    parts.attachments[0] += ' ';
    expect_refused(parts, "exchange.hash_chain");
    parts = good;
    parts.attachments.clear();
    expect_refused(parts, "exchange.hash_chain");
    parts = good;
    parts.attachments.emplace_back("more");
    expect_refused(parts, "exchange.hash_chain");
    parts = good;
    parts.signature += ' ';
    expect_refused(parts, "exchange.hash_chain");  // the stamp's chain
    parts = good;
    parts.stamp_token[parts.stamp_token.size() - 8] ^= 1;  // of the stamp's own signature
    expect_refused(parts, "exchange.timestamp");
    parts = good;
    parts.stamp_chain_result += ' ';
    expect_refused(parts, "exchange.timestamp");
    auto single = rest_single();
    single.message += 'x';
    expect_refused(single, "exchange.invalid_signature");
    single = rest_single();
    single.attachments = {"smuggled in"};
    expect_refused(single, "exchange.invalid_signature");
}

TEST_F(Containers, WithoutATimeStampAreRefusedUnlessThatIsAllowed) {
    const auto parts = signed_parts("m", {});
    expect_refused(parts, "exchange.timestamp");
    auto lenient = trust();
    lenient.require_time_stamp = false;
    const auto verdict = verify_container(parts, lenient);
    ASSERT_TRUE(verdict.ok()) << verdict.error().en;
    EXPECT_FALSE(verdict->stamped_at);
}

TEST_F(Containers, AStampOverTheSignaturesValueAloneIsTaken) {
    // X-Road stamps so when its log stamps one message at a time.
    auto parts = signed_parts("m", {});
    const auto begin = parts.signature.find("signature-value\">") + 17;
    const auto value = parts.signature.substr(begin, parts.signature.find('<', begin) - begin);
    parts.stamp_token = token_over(crypto::from_base64(value).value());
    EXPECT_TRUE(verify_container(parts, trust()).ok());
    const auto read = read_container(zipped(parts));
    EXPECT_TRUE(verify_container(*read, trust()).ok());
    // Or within the signature itself.
    auto inside = parts;
    inside.stamp_token.clear();
    inside.signature =
        replaced(inside.signature, "<xades:RevocationValues>",
                 "<xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>" + crypto::to_base64(parts.stamp_token) +
                     "</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp><xades:RevocationValues>");
    const auto verdict = verify_container(inside, trust());
    EXPECT_TRUE(verdict.ok()) << verdict.error().en;
}

TEST_F(Containers, AStampThatCameTooLateOrBeforeSigningIsRefused) {
    auto late = signed_parts("m", {});
    clock_.advance(std::chrono::hours{5});
    stamp(late);
    expect_refused(late, "exchange.timestamp");
    auto patient = trust();
    patient.time_stamp_delay = std::chrono::hours{48};
    EXPECT_TRUE(verify_container(late, patient).ok());

    clock_.advance(std::chrono::hours{2});
    identity_.ocsp = ocsp();
    auto early = signed_parts("m", {});
    clock_.advance(-std::chrono::hours{1});
    stamp(early);
    expect_refused(early, "exchange.timestamp");
}

TEST_F(Containers, VerifyYearsLaterByTheTimeOfTheirStamp) {
    const auto parts = rest_batch();
    clock_.advance(std::chrono::hours{24 * 365 * 2});
    EXPECT_TRUE(verify_container(parts, trust()).ok());
}

TEST_F(Containers, OfOtherAuthoritiesAreRefused) {
    const auto parts = rest_single();
    auto other = trust();
    const auto elsewhere =
        DevelopmentAuthority::open(folder_ / "other", master_key, "Nơi khác", clock_, random_).value();
    other.authorities = {elsewhere->root().der()};
    expect_code(verify_container(parts, other), "exchange.certificate");
    other = trust();
    other.time_stampers = {elsewhere->root().der()};
    expect_code(verify_container(parts, other), "exchange.timestamp");
}

TEST_F(Containers, ThatAreNoneOrDamagedAreRefused) {
    const auto good = zipped(rest_single());
    auto damaged = good;
    damaged[good.find("message.xml") + 20] ^= 0x55;
    for (const auto& bytes : {std::string(), std::string("PK\x03\x04"), good.substr(0, good.size() / 2), damaged})
        expect_code(read_container(bytes), "exchange.container");
}

TEST_F(Containers, WithForeignDoubledOrMissingFilesAreRefused) {
    EXPECT_TRUE(read_container(made(minimal)).ok());
    for (const auto& extra :
         {R"(z.writestr("evil.html","x"))", R"(z.writestr("../message.xml","x"))", R"(z.writestr("Message.xml","x"))",
          R"(z.writestr("message.xml","x"))", R"(z.writestr("attachment2","x"))", R"(z.writestr("attachment01","x"))",
          R"(z.writestr("META-INF/signatures2.xml","x"))", R"(z.writestr("sig-hashchain.xml","x"))"})
        expect_code(read_container(made(minimal + extra)), "exchange.container");
    for (const auto& gone : {"mimetype", "message.xml", "META-INF/signatures.xml"})
        expect_code(read_container(made(replaced(minimal, gone, "META-INF/manifest.xml"))), "exchange.container");
    expect_code(read_container(made(replaced(minimal, "asic-e", "asic-s"))), "exchange.container");
}

TEST_F(Containers, ThatUnpackWithoutEndAreRefused) {
    // 80 MB of zeros as message: small in the ZIP, past the limit when unpacked.
    const auto bomb = made(
        "z.writestr(\"mimetype\",\"application/vnd.etsi.asic-e+zip\")\n"
        "z.writestr(\"META-INF/signatures.xml\",\"s\")\n"
        "z.writestr(\"message.xml\",bytes(80*1024*1024))");
    EXPECT_LT(bomb.size(), 200'000U);
    expect_code(read_container(bomb), "exchange.container");
    const auto many = made(minimal + "for i in range(1200): z.writestr(\"attachment%d\"%(i+1),\"x\")");
    expect_code(read_container(many), "exchange.container");
}

TEST_F(Containers, WrittenAsJavaStreamsThemAreRead) {
    // Entries whose sizes follow their data, everything deflated, another order.
    const auto parts = soap_with_attachments();
    file("c.asice", zipped(parts));
    const auto ran = run("cd " + folder_.path().string() +
                         " && python3 -c '\nimport zipfile,sys\n"
                         "class Pipe:\n"
                         "  def __init__(s,f): s.f=f\n"
                         "  def write(s,b): return s.f.write(b)\n"
                         "  def flush(s): s.f.flush()\n"
                         "a=zipfile.ZipFile(\"c.asice\")\n"
                         "z=zipfile.ZipFile(Pipe(open(\"j.asice\",\"wb\")),\"w\",zipfile.ZIP_DEFLATED)\n"
                         "for n in reversed(a.namelist()): z.writestr(n,a.read(n))\nz.close()'");
    ASSERT_EQ(ran.status, 0) << ran.output;
    const auto read = read_container(read_file(folder_ / "j.asice").value());
    ASSERT_TRUE(read.ok()) << read.error().en;
    expect_equal(*read, parts);
}

}  // namespace
}  // namespace hl::exchange
