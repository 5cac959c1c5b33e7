// CAP 1.2: what is written is read to the same value; what the protocol does not allow is refused with its place.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "ioc/warnings/cap.h"
#include "ioc/warnings/cap_words.h"

namespace hl::warnings {
namespace {

std::string corpus(const std::string& name) {
    return *read_file(std::filesystem::path{HL_SOURCE_DIR} / "fuzz/corpus/cap_fuzz" / name, most_bytes);
}
std::string with(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}
std::string code_of(const std::string& xml) {
    const auto m = parse(xml);
    return m.ok() ? "" : m.error().code;
}

TEST(Cap, AWholeMessageIsReadMemberByMember) {
    const auto m = parse(corpus("storm.xml"));
    ASSERT_TRUE(m.ok()) << m.error().en;
    EXPECT_EQ(m->identifier, "vn-mau-1");
    EXPECT_EQ(m->sent, at_local(std::chrono::year{2026} / 10 / 1, 6));
    const auto& i = m->infos.at(0);
    EXPECT_EQ(i.headline, "Bão vào bờ & mưa lớn");
    EXPECT_EQ(i.responses, std::vector{Response::prepare});
    EXPECT_EQ(i.severity, Severity::severe);
    EXPECT_EQ(i.resources.at(0).bytes, 1000);
    const auto& a = i.areas.at(0);
    EXPECT_EQ(a.polygons.at(0).size(), 4u);
    EXPECT_EQ(a.circles.at(0).km, 25.5);
    EXPECT_EQ(a.geocodes.at(0).value, "19333");
    EXPECT_EQ(a.ceiling, 100);
}

TEST(Cap, PrefixesAndSignaturesAreRead) {
    const auto m = parse(corpus("private.xml"));
    ASSERT_TRUE(m.ok()) << m.error().en;
    EXPECT_EQ(m->type, MessageType::ack);
    EXPECT_EQ(m->addresses, "c@d");
    EXPECT_EQ(m->sent, at_local(std::chrono::year{2026} / 10 / 1, 16));
    EXPECT_EQ(parse(corpus("cancel.xml"))->references.at(0).identifier, "vn-mau-1");
}

TEST(Cap, WhatTheProtocolDoesNotAllowIsRefusedWithItsPlace) {
    const auto good = corpus("storm.xml");
    const std::vector<std::tuple<std::string, std::string, std::string>> wrong = {
        {"<status>Actual</status>", "<status>actual</status>", "cap.value"},
        {"<status>Actual</status>", "", "cap.structure"},
        {"<status>Actual</status>", "<status/>", "cap.structure"},
        {"<msgType>Alert</msgType><scope>Public</scope>", "<scope>Public</scope><msgType>Alert</msgType>",
         "cap.structure"},
        {"<scope>Public</scope>", "<scope>Restricted</scope>", "cap.structure"},
        {"<scope>Public</scope>", "<scope>Private</scope>", "cap.structure"},
        {"<msgType>Alert</msgType>", "<msgType>Update</msgType>", "cap.structure"},
        {"06:00:00+07:00</sent>", "06:00:00Z</sent>", "cap.value"},
        {"06:00:00+07:00</sent>", "06:00+07:00</sent>", "cap.value"},
        {"2026-10-01T06:00:00+07:00</sent>", "2026-13-01T06:00:00+07:00</sent>", "cap.value"},
        {"vn-mau-1", "vn mau,1", "cap.value"},
        {"<event>Bão</event>", "<event>Bão</event><event>Lũ</event>", "cap.structure"},
        {"<category>Met</category>", "", "cap.structure"},
        {"<mimeType>image/png</mimeType>", "", "cap.structure"},
        {"<size>1000</size>", "<size>-1</size>", "cap.value"},
        {"16.8,107.0 16.9", "96.8,107.0 16.9", "cap.value"},
        {"16.7,107.3 16.8,107.0", "16.7,107.3 16.8,107.5", "cap.value"},
        {"107.1 25.5", "107.1 -1", "cap.value"},
        {"107.1 25.5", "107.1 nan", "cap.value"},
        {"<altitude>0</altitude>", "", "cap.structure"},
        {"</info>", "</info><colour>red</colour>", "cap.structure"},
        {"cap:1.2", "cap:1.1", "cap.namespace"},
        {"<alert ", "<!DOCTYPE alert [<!ENTITY a \"aaaa\">]><alert ", "cap.invalid_xml"},
        {"</alert>", "", "cap.invalid_xml"},
        {"Bão vào", "B\xFF vào", "cap.invalid_xml"},
    };
    for (const auto& [from, to, code] : wrong) {
        const auto m = parse(with(good, from, to));
        ASSERT_FALSE(m.ok()) << from << " → " << to;
        EXPECT_EQ(m.error().code, code) << from << " → " << to << ": " << m.error().en;
        EXPECT_FALSE(m.error().vi.empty());
        const bool placed = code != "cap.invalid_xml";
        EXPECT_EQ(placed, !m.error().at.empty()) << from;
    }
    EXPECT_EQ(code_of(""), "cap.invalid_xml");
    EXPECT_EQ(code_of(std::string(most_bytes + 1, ' ')), "cap.too_large");
    std::string deep = "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">";
    for (int i = 0; i < 1000; ++i) deep += "<info>";
    EXPECT_EQ(code_of(deep), "cap.invalid_xml");
    EXPECT_EQ(code_of("<info xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"/>"), "cap.structure");
}

TEST(Cap, AWordOfAnOlderVersionIsReadAsTheStandardAsks) {
    const auto m = parse(with(corpus("storm.xml"), "<certainty>Likely<", "<certainty>Very Likely<"));
    ASSERT_TRUE(m.ok());
    EXPECT_EQ(m->infos.at(0).certainty, Certainty::likely);
}

template <class E>
E any() {
    return static_cast<E>(*rc::gen::inRange(size_t{0}, words::table<E>().size()));
}
std::string any_text() {
    static const std::vector<std::string> texts{"Bão", "a < b & c > \"d\"",     "Mưa\nlớn",
                                                "x",   "ngập \xF0\x9F\x8C\x8A", "]]>"};
    return *rc::gen::elementOf(texts);
}
Instant any_second() {
    return at_local(std::chrono::year{2026} / 1 / 1, 0) + std::chrono::seconds{*rc::gen::inRange(0, 86400 * 700)};
}
Point any_point() {
    return {*rc::gen::inRange(-9000000, 9000000) / 100000.0, *rc::gen::inRange(-18000000, 18000000) / 100000.0};
}

RC_GTEST_PROP(Cap, WhatIsWrittenIsReadToTheSameValue, ()) {
    Message m;
    m.identifier = "urn:uuid:1";
    m.sender = "a@b";
    m.sent = any_second();
    m.status = any<Status>();
    m.type = any<MessageType>();
    m.scope = any<Scope>();
    if (m.scope == Scope::restricted) m.restriction = any_text();
    if (m.scope == Scope::private_) m.addresses = "c@d \"e f\"";
    if (m.type != MessageType::alert || *rc::gen::arbitrary<bool>()) m.references = {{"a@b", "0", any_second()}};
    if (*rc::gen::arbitrary<bool>()) m.note = any_text();
    for (int n = *rc::gen::inRange(1, 3); n > 0; --n) {
        Info i;
        i.language = n == 1 ? "vi-VN" : "en";
        i.categories = {any<Category>(), any<Category>()};
        i.event = any_text();
        i.responses = {any<Response>()};
        i.urgency = any<Urgency>();
        i.severity = any<Severity>();
        i.certainty = any<Certainty>();
        i.expires = any_second();
        i.headline = any_text();
        i.description = any_text();
        i.parameters = {{any_text(), any_text()}};
        Area a;
        a.description = any_text();
        const auto p = any_point();
        a.polygons = {{p, any_point(), any_point(), p}};
        a.circles = {{any_point(), *rc::gen::inRange(0, 100000) / 7.0}};
        a.geocodes = {{"GSO-COMMUNE", "19333"}};
        i.areas = {a};
        m.infos.push_back(i);
    }
    const auto again = parse(write(m));
    RC_ASSERT(again.ok());
    RC_ASSERT(*again == m);
}

}  // namespace
}  // namespace hl::warnings
