// edXML goes there and back unchanged in meaning, and what is not edXML is refused with every reason.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "documents/samples.h"
#include "documents/schema_check.h"
#include "documents/xml.h"
#include "support/test_store.h"

namespace hl::documents {
namespace {

using hl::test::code_of;
using hl::test::ok;
using namespace test;

const Schema& schema() {
    static const auto read = Schema::read(HL_SOURCE_DIR "/packs/quang-tri/documents/edxml.xsd");
    if (!read.ok()) throw std::runtime_error(read.error().en);
    return **read;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return text;
}

std::string canonical(std::string_view bytes) {
    auto tree = xml::parse(bytes, 1u << 26);
    return tree.ok() ? xml::canonical(tree->get()) : "";
}

TEST(Edxml, EverySampleGoesThereAndBackUnchangedInMeaning) {
    for (const auto& [name, message] : samples()) {
        const auto bytes = written(message);
        const auto back = read_edxml(bytes, profile());
        ASSERT_TRUE(ok(back)) << name;
        EXPECT_TRUE(*back == message) << name;
        EXPECT_EQ(canonical(written(*back)), canonical(bytes)) << name;
    }
}

TEST(Edxml, EverySampleKeepsToTheSchema) {
    for (const auto& [name, message] : samples()) {
        const auto wrong = schema().check(written(message), 1u << 26);
        EXPECT_TRUE(wrong.empty()) << name << ": " << (wrong.empty() ? "" : wrong.front().en);
    }
}

TEST(Edxml, TheSchemaSaysWhatIsWrongAndWhere) {
    const auto wrong =
        schema().check(replaced(written(fresh()), "2026/11/23</edXML:Prom", "23-11-2026</edXML:Prom"), 1u << 26);
    ASSERT_FALSE(wrong.empty());
    EXPECT_EQ(wrong.front().code, "edxml.schema");
    EXPECT_NE(wrong.front().en.find("PromulgationDate"), std::string::npos) << wrong.front().en;
}

TEST(Edxml, WordsOfTheStandardAreSpeltAsItSpellsThem) {
    const auto bytes = written(fresh());
    EXPECT_NE(bytes.find("<edXML:Bussiness><edXML:BussinessDocType>0<"), std::string::npos);
    EXPECT_NE(bytes.find("http://www.mic.gov.vn/TBT/QCVN_102_2016"), std::string::npos);
}

TEST(Edxml, CodesThatAreNotVerifiedAreRefusedWithTheReason) {
    for (const auto* code : {"07", "08", "09", "10", "11", "12", "14"}) {
        const auto bytes = replaced(written(status("03")), ">03<", fmt::format(">{}<", code));
        EXPECT_EQ(code_of(read_edxml(bytes, profile())), "edxml.status_not_verified") << code;
        EXPECT_EQ(code_of(write_edxml(status(code), profile())), "edxml.status_not_verified") << code;
    }
    EXPECT_EQ(code_of(read_edxml(replaced(written(status("03")), ">03<", ">99<"), profile())), "edxml.status_unknown");
}

TEST(Edxml, WhatLacksARequiredDatumIsNotWritten) {
    const auto without = [](auto change) {
        auto m = fresh();
        change(m);
        return objections(Message{m}, profile());
    };
    EXPECT_EQ(without([](auto& m) { m.to.clear(); }).size(), 1u);
    EXPECT_EQ(without([](auto& m) { m.subject.clear(); }).size(), 1u);
    EXPECT_EQ(without([](auto& m) { m.promulgated.reset(); }).size(), 1u);
    EXPECT_EQ(without([](auto& m) {
                  m.code = {};
                  m.document_id.clear();
              }).size(),
              2u);
    EXPECT_EQ(without([](auto& m) { m.from.organ_id = "Sở Tài chính"; }).size(), 1u);
    EXPECT_EQ(without([](auto& m) { m.other.priority = 7; }).size(), 1u);
    EXPECT_EQ(without([](auto& m) {
                  m.business = Business::recall;
                  m.reason = "";
              }).size(),
              2u);
    EXPECT_EQ(without([](auto& m) { m.business = Business::update; }).size(), 2u);
    EXPECT_EQ(without([](auto& m) { m.business = Business::replacement; }).size(), 1u);
}

TEST(Edxml, EveryMistakeIsNamedWithItsPlace) {
    auto bytes = written(fresh());
    bytes = replaced(bytes, "<edXML:Subject>", "<edXML:Extra>x</edXML:Extra><edXML:Subject>");
    bytes = replaced(bytes, "2026/12/01", "2026/13/01");
    bytes = replaced(bytes, "<edXML:SteeringType>2", "<edXML:SteeringType>two");
    const auto reading = check_edxml(bytes, profile());
    ASSERT_EQ(reading.mistakes.size(), 3u);
    EXPECT_EQ(reading.mistakes[0].at, "edXML/edXMLEnvelope/edXMLHeader/MessageHeader/DueDate");
    EXPECT_EQ(reading.mistakes[1].code, "edxml.number");
    EXPECT_EQ(reading.mistakes[2].code, "edxml.unknown_element");
    EXPECT_FALSE(reading.mistakes[2].vi.empty());
}

TEST(Edxml, DoubledElementsAreRefused) {
    const auto bytes =
        replaced(written(fresh()), "<edXML:Subject>", "<edXML:Subject>khác</edXML:Subject><edXML:Subject>");
    EXPECT_EQ(code_of(read_edxml(bytes, profile())), "edxml.doubled");
}

TEST(Edxml, NothingOutsideTheFileIsEverRead) {
    const auto bytes = written(fresh());
    const auto declared =
        replaced(bytes, "<edXML ", "<!DOCTYPE edXML [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><edXML ");
    EXPECT_EQ(code_of(read_edxml(declared, profile())), "edxml.malformed");
    EXPECT_EQ(code_of(read_edxml(replaced(bytes, "V/v", "&x;"), profile())), "edxml.malformed");
    EXPECT_EQ(code_of(read_edxml(replaced(bytes, "V/v", "V/<!-- -->v"), profile())), "edxml.malformed");
    EXPECT_EQ(code_of(read_edxml(replaced(bytes, "V/v", "<?php ?>"), profile())), "edxml.malformed");
    EXPECT_EQ(code_of(read_edxml("", profile())), "edxml.malformed");
    EXPECT_EQ(code_of(read_edxml("<edXML/>", profile())), "edxml.not_edxml");
    EXPECT_EQ(code_of(read_edxml(std::string_view(bytes).substr(0, bytes.size() / 2), profile())), "edxml.malformed");
}

TEST(Edxml, DepthAndSizeAreBounded) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "<a>";
    EXPECT_EQ(code_of(read_edxml(deep, profile())), "edxml.malformed");
    Limits small;
    small.message = 1000;
    EXPECT_EQ(code_of(read_edxml(written(fresh()), profile(), small)), "edxml.too_large");
}

TEST(Edxml, ASmallFileThatUnpacksToALargeOneIsRefused) {
    auto m = fresh();
    m.attachments.resize(1);
    m.attachments[0].bytes = std::string(2'000'000, 'a');
    const auto bytes = written(m);
    EXPECT_LT(bytes.size(), 20'000u);
    Limits limits;
    limits.file = 1'000'000;
    EXPECT_EQ(code_of(read_edxml(bytes, profile(), limits)), "edxml.attachment_too_large");
    EXPECT_TRUE(ok(read_edxml(bytes, profile())));
}

TEST(Edxml, ManifestAndFilesMustNameEachOther) {
    const auto bytes = written(fresh());
    EXPECT_EQ(code_of(read_edxml(replaced(bytes, "<ContentId>7c1e", "<ContentId>ffff"), profile())),
              "edxml.attachment_reference");
    EXPECT_EQ(code_of(read_edxml(replaced(bytes, "<ContentId>7c1e", "<ContentId>7c1d"), profile())),
              "edxml.attachment_reference");
    EXPECT_EQ(code_of(read_edxml(replaced(bytes, "<AttachmentName>Phụ lục", "<AttachmentName>Phụ chương"), profile())),
              "edxml.attachment_reference");
    const auto from = bytes.find("<AttachmentEncoded>"), to = bytes.find("</edXML>\n");
    EXPECT_EQ(code_of(read_edxml(bytes.substr(0, from) + bytes.substr(to), profile())), "edxml.attachment_missing");
}

TEST(Edxml, FilesMustBeAZipOfOneFile) {
    const auto bytes = written(fresh());
    const auto from = bytes.find("<ContentTransferEncoded>") + 24, to = bytes.find("</ContentTransferEncoded>");
    EXPECT_EQ(code_of(read_edxml(bytes.substr(0, from) + "bm8gemlw" + bytes.substr(to), profile())),
              "edxml.attachment_not_zip");
    EXPECT_EQ(code_of(read_edxml(bytes.substr(0, from) + "***" + bytes.substr(to), profile())), "edxml.base64");
}

TEST(Edxml, CodeIsReadAsTextAndAsElements) {
    const auto text = written(recall());
    const auto parts = replaced(text, "<edXML:Code>125/UBND-NC</edXML:Code>",
                                "<edXML:Code><edXML:CodeNumber>125</edXML:CodeNumber>"
                                "<edXML:CodeNotation>UBND-NC</edXML:CodeNotation></edXML:Code>");
    EXPECT_TRUE(*read_edxml(text, profile()) == *read_edxml(parts, profile()));
}

TEST(Edxml, ControlCharactersAreNotWritten) {
    auto m = fresh();
    m.subject = "a\x01z";
    EXPECT_EQ(code_of(write_edxml(m, profile())), "edxml.character");
}

TEST(Edxml, TimesAreReadAsWritten) {
    EXPECT_EQ(edxml_time(*parse_edxml_time("2026/11/28 00:05:09")), "2026/11/28 00:05:09");
    for (const auto* wrong : {"2026/11/28 24:00:00", "2026/11/28 12:5:09", "28/11/2026 12:05:09", "2026/02/30 12:05:09",
                              "2026/11/28T12:05:09", "2026/11/28 12:05:09 PM", "+026/11/28 12:05:09"})
        EXPECT_FALSE(parse_edxml_time(wrong)) << wrong;
}

RC_GTEST_PROP(EdxmlProperty, AnyTextSurvives, (std::string subject, std::string file)) {
    auto m = fresh();
    // What XML can hold, as a person's text: printable, without spaces at the ends.
    std::erase_if(subject, [](char c) { return c < '!' || c == 127; });
    m.subject = "x" + subject;
    m.attachments[0].bytes = file;
    m.attachments[0].name = "a.bin";
    const auto back = read_edxml(written(m), profile());
    RC_ASSERT(back.ok());
    RC_ASSERT(*back == Message{m});
}

}  // namespace
}  // namespace hl::documents
