// The node for other systems of the province: who asks is known by his signed headers, what he sends is taken once and
// reaches our in-boxes and other systems, what is for his agencies lies ready until he says that he has it.
#include <gtest/gtest.h>

#include "documents/world.h"
#include "links/documents/node.h"
#include "store/followers.h"

namespace hl::links::vxp {
namespace {

using hl::test::code_of;
using hl::test::ok;
using namespace documents::test;

const std::shared_ptr<const Shape>& shape() {
    static const auto read = Shape::read(HL_SOURCE_DIR "/packs/quang-tri/documents/vxp.yaml");
    if (!read.ok()) throw std::runtime_error(read.error().en);
    return *read;
}

std::string member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    return v && v->is_string() ? std::string{v->get_string()} : std::string{};
}

class NodeTest : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override {
        world_ = std::make_unique<World>(GetParam(), documents::AxisSettings{}, node_migrations());
        node_ = std::make_unique<Node>(w().axis(), shape(),
                                       std::vector<NodeSystem>{{"benh-vien", "bi mat mot", {"H50.11.05"}},
                                                               {"truong", "bi mat hai", {"H50.10.01", "G22"}}},
                                       w().clock());
        followers_.emplace(w().store());
        followers_->add(node_->follower());
    }
    void TearDown() override {
        followers_.reset();
        world_.reset();
    }
    World& w() { return *world_; }
    http::Request request(const std::string& operation, const std::string& system, std::string_view secret,
                          std::string body = "{}") {
        http::Request r;
        r.method = "POST";
        r.path = "/vxp" + shape()->operations.at(operation);
        r.headers = sign_headers(*shape(), system, secret, w().now());
        r.headers.push_back({"Content-Type", "application/json"});
        r.body = std::move(body);
        return r;
    }
    json::object ask(const std::string& operation, const json::object& body = {},
                     const std::string& system = "benh-vien", std::string_view secret = "bi mat mot") {
        const auto answer = node_->answer(request(operation, system, secret, json::serialize(body)));
        return parse_json(answer.body)->get_object();
    }
    json::object send(const documents::Message& m, const std::string& system, std::string_view secret,
                      const Certified& who = ec_signer()) {
        return send_bytes(*documents::sign_edxml(written(m), who.identity()), system, secret);
    }
    json::object send_bytes(const std::string& edxml, const std::string& system, std::string_view secret) {
        auto form = write_multipart(*shape(), edxml);
        auto r = request("send", system, secret, std::move(form.body));
        r.headers.back().value = form.type;
        return parse_json(node_->answer(r).body)->get_object();
    }
    json::array ready(const char* kind, const std::string& system = "benh-vien",
                      std::string_view secret = "bi mat mot") {
        return ask("received", {{"messagetype", kind}}, system, secret).at("data").get_array();
    }
    void follow() {
        ASSERT_TRUE(ok(w().store().settle()));
        ASSERT_TRUE(ok(followers_->catch_up()));
    }

    std::unique_ptr<World> world_;
    std::unique_ptr<Node> node_;
    std::optional<store::Followers> followers_;
};
INSTANTIATE_TEST_SUITE_P(Engines, NodeTest, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(NodeTest, OnlySignedHeadersOfNowAndOfAKnownSystemAreLetIn) {
    EXPECT_TRUE(ok(node_->authenticate(request("received", "benh-vien", "bi mat mot"))));
    EXPECT_EQ(code_of(node_->authenticate(request("received", "benh-vien", "bi mat hai"))), "vxp.signature");
    EXPECT_EQ(code_of(node_->authenticate(request("received", "ai-do", "bi mat mot"))), "vxp.signature");
    auto changed = request("received", "benh-vien", "bi mat mot");
    for (auto& h : changed.headers)
        if (h.name == "XroadVnpt-systemid") h.value = "truong";
    EXPECT_EQ(code_of(node_->authenticate(changed)), "vxp.signature");
    auto old = request("received", "benh-vien", "bi mat mot");
    w().clock().advance(std::chrono::minutes{6});
    EXPECT_EQ(code_of(node_->authenticate(old)), "vxp.signature");
    EXPECT_EQ(node_->answer(old).status, 401);
    EXPECT_EQ(code_of(node_->authenticate(http::Request{})), "vxp.signature");
}

TEST_P(NodeTest, WhatASystemSendsReachesOurInBoxOnceAndStatusesLieReadyForIt) {
    EXPECT_EQ(member(send(letter(), "truong", "bi mat hai"), "ErrorCode"), "0");
    const auto key = w().store().read([&](store::Reader& r) -> Result<std::optional<documents::DocumentKey>> {
        return documents::find_by_document_id(r, department, documents::Direction::in, letter().document_id);
    });
    ASSERT_TRUE(key->has_value());
    ASSERT_TRUE(ok(
        w().run([&](auto& tx, const auto& ctx) { return documents::enroll(tx, ctx, w().clerk(), **key, w().now()); })));
    follow();
    const auto list = ready("status", "truong", "bi mat hai");
    ASSERT_EQ(list.size(), 2u);
    EXPECT_TRUE(ready("status").empty());  // nobody else's
    const json::object which{{"docId", member(list[1].get_object(), "docId")}};
    const auto file = node_->answer(request("get", "truong", "bi mat hai", json::serialize(which)));
    const auto status = documents::read_edxml(file.body, profile());
    ASSERT_TRUE(ok(status));
    EXPECT_EQ(std::get<documents::StatusMessage>(*status).code, "03");
    EXPECT_TRUE(ok(w().axis().verify(file.body, w().now())));
    // The same bytes whenever it is asked for, and nobody else's to ask for.
    EXPECT_EQ(node_->answer(request("get", "truong", "bi mat hai", json::serialize(which))).body, file.body);
    EXPECT_EQ(node_->answer(request("get", "benh-vien", "bi mat mot", json::serialize(which))).status, 404);
    auto done = which;
    done["status"] = "done";
    EXPECT_EQ(member(ask("status", done), "ErrorCode"), "vxp.message");
    EXPECT_EQ(member(ask("status", done, "truong", "bi mat hai"), "ErrorCode"), "0");
    EXPECT_EQ(ready("status", "truong", "bi mat hai").size(), 1u);
}

TEST_P(NodeTest, TheSameFileAgainIsKnownAndAnotherUnderItsNameIsRefused) {
    const auto edxml = *documents::sign_edxml(written(letter()), ec_signer().identity());
    EXPECT_EQ(member(send_bytes(edxml, "truong", "bi mat hai"), "ErrorCode"), "0");
    EXPECT_EQ(member(send_bytes(edxml, "truong", "bi mat hai"), "ErrorCode"), "1");
    EXPECT_EQ(member(send(letter(), "truong", "bi mat hai", rsa_signer()), "ErrorCode"), "vxp.changed");
    EXPECT_EQ(ask("sent", {{"docId", letter().document_id}}, "truong", "bi mat hai").at("data").get_array().size(), 1u);
}

TEST_P(NodeTest, FromOneSystemToAnother) {
    auto m = letter();
    m.to = {documents::Organisation{"H50.11.05.02", "", "Khoa thử", "", "", "", "", ""}};
    EXPECT_EQ(member(send(m, "truong", "bi mat hai"), "ErrorCode"), "0");
    const auto list = ready("edoc");
    ASSERT_EQ(list.size(), 1u);
    const auto file = node_->answer(
        request("get", "benh-vien", "bi mat mot", json::serialize(json::object{{"docId", list[0].at("docId")}})));
    EXPECT_TRUE(*documents::read_edxml(file.body, profile()) == documents::Message{m});
    EXPECT_EQ(ask("count_documents").at("count"), 1);
}

TEST_P(NodeTest, OurOwnDocumentsLieReadyForTheSystemsAgencies) {
    documents::Issued i;
    i.agency = office;
    i.notation = "UBND-NC";
    i.kind = "cong-van";
    i.subject = "V/v rà soát";
    i.receivers = {{"H50.11.05", "Bệnh viện thử", {}, "", {}}};
    const auto d =
        w().run([&](auto& tx, const auto& ctx) { return documents::issue(tx, ctx, w().clerk(office), i, w().now()); });
    ASSERT_TRUE(ok(d));
    const auto sent = w().axis().send(w().clerk(office), d->key, w().now());
    ASSERT_TRUE(ok(sent));
    follow();
    const auto list = ready("edoc");
    ASSERT_EQ(list.size(), 1u);
    const auto file = node_->answer(
        request("get", "benh-vien", "bi mat mot", json::serialize(json::object{{"docId", list[0].at("docId")}})));
    EXPECT_EQ(file.body, *w().axis().content(sent->content));
    const bool referenced =
        *w().store().read([&](store::Reader& r) -> Result<bool> { return content_is_referenced(r, sent->content); });
    EXPECT_TRUE(referenced);
}

TEST_P(NodeTest, NobodySpeaksForAnotherAndForgedFilesStayOut) {
    EXPECT_EQ(member(send(letter(), "benh-vien", "bi mat mot"), "ErrorCode"), "vxp.sender");
    static const auto stranger_root = certify(make_key(false), "Goc la", nullptr, true);
    static const auto stranger = certify(make_key(false), "Nguoi la", &stranger_root, false);
    EXPECT_EQ(member(send(letter(), "truong", "bi mat hai", stranger), "ErrorCode"), "edxml.signature_untrusted");
    EXPECT_EQ(member(send_bytes(written(letter()), "truong", "bi mat hai"), "ErrorCode"), "edxml.unsigned");
    auto nobody = letter();
    nobody.to[0].organ_id = "H49.01";
    EXPECT_EQ(member(send(nobody, "truong", "bi mat hai"), "ErrorCode"), "vxp.receiver");
    // Half a form.
    auto form = write_multipart(*shape(), *documents::sign_edxml(written(letter()), ec_signer().identity()));
    auto r = request("send", "truong", "bi mat hai", form.body.substr(0, form.body.size() / 2));
    r.headers.back().value = form.type;
    EXPECT_NE(member(parse_json(node_->answer(r).body)->get_object(), "ErrorCode"), "0");
    const auto events = w().event_types();
    EXPECT_TRUE(events.empty());
}

TEST(NodeSystems, AreReadWithTheirSecretsFromFiles) {
    const hl::test::TempDir folder;
    EXPECT_TRUE(read_systems(folder / "systems.csv")->empty());
    ASSERT_TRUE(ok(write_file(folder / "a.secret", "bi mat\n", 0600)));
    ASSERT_TRUE(
        ok(write_file(folder / "systems.csv", "system,organ,secret_file\na,H50.11,a.secret\na,H50.12,a.secret\n")));
    const auto read = read_systems(folder / "systems.csv");
    ASSERT_TRUE(ok(read));
    ASSERT_EQ(read->size(), 1u);
    EXPECT_TRUE(read->front().speaks_for("H50.12.01"));
    EXPECT_FALSE(read->front().speaks_for("H50.121"));
    ASSERT_TRUE(ok(write_file(folder / "systems.csv", "system,organ,secret_file\na,không phải mã,a.secret\n")));
    EXPECT_EQ(code_of(read_systems(folder / "systems.csv")), "link.mapping");
    ASSERT_TRUE(ok(write_file(folder / "b.secret", "bi mat\n", 0644)));
    ASSERT_TRUE(ok(write_file(folder / "systems.csv", "system,organ,secret_file\nb,H50.11,b.secret\n")));
    EXPECT_EQ(code_of(read_systems(folder / "systems.csv")), "link.secret_mode");
}

}  // namespace
}  // namespace hl::links::vxp
