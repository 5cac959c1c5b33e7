// The connector to the axis: what is sent arrives once whatever goes wrong, in the order of each document; what comes
// is taken once, and the axis is told what became of it; headers are signed, files are hashed.
#include <gtest/gtest.h>

#include <deque>

#include "base/text.h"
#include "documents/world.h"
#include "http/multipart.h"
#include "links/connector/hub.h"
#include "links/connector/schema.h"
#include "links/documents/axis_connector.h"

namespace hl::links::vxp {
namespace {

using documents::Direction;
using documents::DocumentKey;
using documents::Outcome;
using documents::State;
using hl::test::code_of;
using hl::test::ok;
using namespace documents::test;

const Shape& shape() {
    static const auto read = Shape::read(HL_SOURCE_DIR "/packs/quang-tri/documents/vxp.yaml");
    if (!read.ok()) throw std::runtime_error(read.error().en);
    return **read;
}

constexpr const char* secret = "bi mat thu";

std::string header_of(const http::ClientRequest& r, std::string_view name) {
    for (const auto& h : r.headers)
        if (text::lower(h.name) == text::lower(name)) return h.value;
    return {};
}
std::string member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    return v && v->is_string() ? std::string{v->get_string()} : std::string{};
}

/// The axis of the tests.
struct FakeAxis {
    std::map<std::string, std::string> holds;  // hash → edXML
    std::vector<std::string> order;            // "edoc", "status 03"…, as they were first taken
    std::map<std::string, std::string> inbox;  // id → edXML
    std::map<std::string, std::string> kinds, told;
    std::deque<std::string> next;  // timeout, 500, half, lost, refuse, wrong_hash
    int sent = 0;

    Result<http::Response> answer(const http::ClientRequest& request) {
        const auto act = next.empty() ? std::string{} : next.front();
        if (!next.empty()) next.pop_front();
        if (act == "timeout") return Error{ErrorKind::unavailable, "http.timeout", "chậm", "slow"};
        if (act == "500") return http::Response{500, {}, "", nullptr};
        if (act == "refuse") return say("12", "not as the schema says");
        auto out = serve(request, act);
        if (act == "lost") return Error{ErrorKind::unavailable, "http.timeout", "mất", "lost"};
        if (act == "half") out.body = out.body.substr(0, out.body.size() / 2);
        return out;
    }

  private:
    static http::Response say(std::string_view code, std::string_view message, json::array list = {}) {
        return {200,
                {},
                json::serialize(json::object{{"ErrorCode", code}, {"ErrorDesc", message}, {"data", list}}),
                nullptr};
    }
    http::Response serve(const http::ClientRequest& r, const std::string& act) {
        const auto signed_text = header_of(r, "XroadVnpt-sign-header");
        EXPECT_EQ(header_of(r, "XroadVnpt-hash-header"), crypto::to_hex(crypto::hmac_sha256(secret, signed_text)));
        EXPECT_EQ(member(parse_json(signed_text)->get_object(), "XroadVnpt-systemid"), "quangtri");
        if (r.url.ends_with("/sendEdoc")) {
            const auto parts =
                http::parse_multipart(header_of(r, "Content-Type"), r.body, {100, 200, 1000, 4096, 1u << 20});
            EXPECT_TRUE(ok(parts));
            const std::string hash{parts->at(0).bytes}, file{parts->at(1).bytes};
            EXPECT_EQ(parts->at(1).name, "file_doc");
            EXPECT_EQ(hash, crypto::to_hex(crypto::sha256(file)));
            ++sent;
            if (holds.contains(hash)) return say("1", "known");
            holds[hash] = file;
            const auto message = documents::read_edxml(file, profile());
            EXPECT_TRUE(ok(message));
            const auto* status = std::get_if<documents::StatusMessage>(&*message);
            order.push_back(status ? "status " + status->code : "edoc");
            return say("0", "");
        }
        const auto body = parse_json(r.body.empty() ? "{}" : r.body)->get_object();
        const auto id = member(body, "docId");
        if (r.url.ends_with("/getReceivedEdocList")) {
            json::array list;
            for (const auto& [key, edxml] : inbox)
                if (!told.contains(key) && kinds[key] == member(body, "messagetype"))
                    list.push_back(json::object{{"docId", key}, {"from", "G22"}});
            return say("0", "", std::move(list));
        }
        if (r.url.ends_with("/getEdoc")) {
            const auto file = inbox.at(id);
            return {
                200, {{"hash-file", crypto::to_hex(crypto::sha256(act == "wrong_hash" ? "x" : file))}}, file, nullptr};
        }
        if (r.url.ends_with("/updateStatus")) {
            told[id] =
                member(body, "status") + (member(body, "description").empty() ? "" : " ") + member(body, "description");
            return say("0", "");
        }
        if (r.url.ends_with("/getSentEdocList")) return say("0", "", {json::object{{"documentId", id}}});
        if (r.url.ends_with("/getAgenciesListQD20"))
            return say("0", "",
                       {json::object{{"code", "G22"}, {"code102", "000.00.00.G22"}, {"name", "Cơ quan thử"}},
                        json::object{{"code", "không phải mã"}, {"name", "Sai"}}});
        return say("404", "no such operation");
    }
};

class AxisLine : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override {
        world_ = std::make_unique<World>(GetParam(), documents::AxisSettings{}, connector::migrations());
        auto vault = store::Vault::open(keys_ / "master.key", random_, true);
        ASSERT_TRUE(ok(vault));
        vault_ = std::move(*vault);
        ASSERT_TRUE(ok(write_file(keys_ / "secret", std::string{secret} + "\n", 0600)));
        connector::PartnerSettings settings;
        settings.url = "http://axis";
        settings.user = "quangtri";
        settings.secret_file = keys_ / "secret";
        connector_ =
            std::make_shared<AxisConnector>(w().axis(), std::make_shared<const Shape>(shape()), settings, w().clock());
        ground_.emplace(connector::Ground{w().store(), *vault_, w().clock(), random_, "node-1",
                                          [this](const http::ClientRequest& r) { return axis_.answer(r); }});
        followers_.emplace(w().store());
        followers_->add(std::make_shared<connector::OutboxFollower>(connector_, w().clock(), [] {}));
        restart();
    }
    void TearDown() override {
        followers_.reset();
        runner_.reset();
        world_.reset();
    }
    void restart() {
        runner_ = std::make_unique<connector::Runner>(*ground_, connector_, connector::Pace{});
        ASSERT_TRUE(ok(runner_->recover()));
    }
    void run() {
        ASSERT_TRUE(ok(w().store().settle()));
        ASSERT_TRUE(ok(followers_->catch_up()));
        for (int i = 0; i < 200; ++i) {
            ASSERT_TRUE(ok(runner_->drain()));
            if (open().queued == 0) return;
            w().clock().advance(std::chrono::minutes{3});
        }
        ADD_FAILURE() << "the outbox does not empty";
    }
    connector::Counts open() {
        return *w().store().read(
            [](store::Reader& r) -> Result<connector::Counts> { return connector::count_open(r, "documents"); });
    }
    void lay(const std::string& id, const documents::Message& m, const Certified& who = ec_signer()) {
        axis_.inbox[id] = *documents::sign_edxml(written(m), who.identity());
        axis_.kinds[id] = std::holds_alternative<documents::StatusMessage>(m) ? "status" : "edoc";
    }
    documents::Document sent_one() {
        documents::Issued i;
        i.agency = office;
        i.notation = "UBND-NC";
        i.kind = "cong-van";
        i.subject = "V/v rà soát";
        i.receivers = {{"G22", "Cơ quan thử", {}, "", {}}};
        const auto d = w().run(
            [&](auto& tx, const auto& ctx) { return documents::issue(tx, ctx, w().clerk(office), i, w().now()); });
        EXPECT_TRUE(ok(d));
        const auto sent = w().axis().send(w().clerk(office), d->key, w().now());
        EXPECT_TRUE(ok(sent));
        return *sent;
    }
    World& w() { return *world_; }

    hl::test::TempDir keys_;
    hl::test::SharedRandom random_;
    std::unique_ptr<World> world_;
    std::unique_ptr<store::Vault> vault_;
    FakeAxis axis_;
    std::shared_ptr<AxisConnector> connector_;
    std::optional<connector::Ground> ground_;
    std::optional<store::Followers> followers_;
    std::unique_ptr<connector::Runner> runner_;
};
INSTANTIATE_TEST_SUITE_P(Engines, AxisLine, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(AxisLine, WhateverGoesWrongADocumentArrivesOnceAndAsItWasSigned) {
    size_t n = 0;
    for (const std::string fault : {"timeout", "500", "half", "lost"})
        for (int before = 0; before < 2; ++before) {
            SCOPED_TRACE(fault + " after " + std::to_string(before));
            const auto d = sent_one();
            axis_.next.assign(static_cast<size_t>(before), "");
            axis_.next.push_back(fault);
            run();
            restart();
            run();
            EXPECT_EQ(axis_.holds.size(), ++n);
            const auto bytes = *w().axis().content(d.content);
            EXPECT_TRUE(axis_.holds.contains(crypto::to_hex(crypto::sha256(bytes))));
            axis_.next.clear();
        }
    EXPECT_EQ(open().dead + open().held, 0);
}

TEST_P(AxisLine, StatusesOfADocumentGoInTheirOrder) {
    lay("1", letter());
    ASSERT_TRUE(ok(runner_->run_task("receive")));
    EXPECT_EQ(axis_.told["1"], "done");
    const auto key = *w().store().read([&](store::Reader& r) -> Result<DocumentKey> {
        return *documents::find_by_document_id(r, department, Direction::in, letter().document_id);
    });
    const auto step = [&](auto command) { ASSERT_TRUE(ok(w().run(command))); };
    step([&](auto& tx, const auto& ctx) { return documents::enroll(tx, ctx, w().clerk(), key, w().now()); });
    step([&](auto& tx, const auto& ctx) {
        return documents::assign(tx, ctx, w().clerk(), key, w().handler().officer, {}, w().now());
    });
    step([&](auto& tx, const auto& ctx) { return documents::finish(tx, ctx, w().handler(), key, w().now()); });
    axis_.next = {"500", "", "lost", "timeout"};
    run();
    EXPECT_EQ(text::join(axis_.order, ", "), "status 01, status 03, status 04, status 06");
}

TEST_P(AxisLine, ARefusedMessageIsDeadAndSaysWhy) {
    (void)sent_one();
    axis_.next = {"refuse"};
    run();
    const auto dead = *w().store().read([&](store::Reader& r) -> Result<std::vector<connector::MessageRow>> {
        return connector::find_messages(r, {"documents", connector::MessageState::dead});
    });
    ASSERT_EQ(dead.size(), 1u);
    EXPECT_EQ(dead[0].reason_code, "12");
}

TEST_P(AxisLine, WhatComesIsTakenOnceWhateverGoesWrong) {
    int n = 0;
    for (const std::string fault : {"timeout", "500", "half", "wrong_hash", "lost"})
        for (int before = 0; before < 4; ++before) {
            SCOPED_TRACE(fault + " after " + std::to_string(before));
            const auto id = std::to_string(++n);
            lay(id, letter(id));
            axis_.next.assign(static_cast<size_t>(before), "");
            axis_.next.push_back(fault);
            (void)runner_->run_task("receive");
            axis_.next.clear();
            ASSERT_TRUE(ok(runner_->run_task("receive")));
            EXPECT_EQ(axis_.told[id], "done");
        }
    const auto all = w().store().read([&](store::Reader& r) -> Result<documents::Box> {
        return documents::find_documents(r, {department, Direction::in, {}, false, "", "", 200}, w().now());
    });
    EXPECT_EQ(all->items.size(), static_cast<size_t>(n));
}

TEST_P(AxisLine, ForgedMessagesAreRefusedWithTheReasonAndHinderNothing) {
    static const auto stranger_root = certify(make_key(false), "Goc la", nullptr, true);
    static const auto stranger = certify(make_key(false), "Nguoi la", &stranger_root, false);
    lay("1", letter("1"), stranger);
    lay("2", letter("2"));
    axis_.inbox["3"] = "<khong phai edxml>";
    axis_.kinds["3"] = "edoc";
    const auto report = runner_->run_task("receive");
    ASSERT_TRUE(ok(report));
    EXPECT_EQ(report->at("stored"), 1);
    EXPECT_EQ(report->at("refused"), 2);
    EXPECT_EQ(axis_.told["1"], "fail edxml.signature_untrusted");
    EXPECT_EQ(axis_.told["2"], "done");
    EXPECT_EQ(axis_.told["3"], "fail edxml.malformed");
}

TEST_P(AxisLine, TheAxisListOfAgenciesIsTakenOverAndWhatIsNoCodeIsCounted) {
    const auto report = runner_->run_task("agencies");
    ASSERT_TRUE(ok(report));
    EXPECT_EQ(report->at("agencies"), 1);
    EXPECT_EQ(report->at("unreadable"), 1);
    const auto found = w().store().read([&](store::Reader& r) -> Result<std::vector<documents::Correspondent>> {
        return documents::find_correspondents(r, "co quan thu", 10);
    });
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ(found->at(0).old_code, "000.00.00.G22");
}

TEST_P(AxisLine, TheSecretStandsInNoJournal) {
    (void)sent_one();
    run();
    for (const auto* sql : {"SELECT url || code || problem FROM link_exchange", "SELECT facts FROM link_message"}) {
        const auto texts = *w().store().read([&](store::Reader& r) -> Result<std::vector<std::string>> {
            return r.all(sql, {}, [](const store::Row& row) { return row.string(0); });
        });
        for (const auto& line : texts) EXPECT_EQ(line.find(secret), std::string::npos);
    }
}

TEST(Vxp, TimesHaveMillisecondsAndTwentyFourHours) {
    const auto at = at_local(day(2026, 11, 23), 15, 4) + std::chrono::milliseconds{5'067};
    EXPECT_EQ(vxp_time(at), "23112026T150405+0067");
    EXPECT_EQ(from_vxp_time(vxp_time(at)), at);
    for (const auto* wrong : {"23112026T250405+0067", "31022026T150405+0067", "23112026 150405+0067", ""})
        EXPECT_FALSE(from_vxp_time(wrong)) << wrong;
}

TEST(Vxp, AnswersAreReadStrictly) {
    EXPECT_TRUE(read_answer(shape(), R"({"ErrorCode":"0"})")->ok(shape()));
    EXPECT_TRUE(read_answer(shape(), R"({"ErrorCode":0})")->ok(shape()));
    EXPECT_EQ(code_of(read_answer(shape(), R"({"ErrorCode":"0","da)")), "vxp.answer");
    EXPECT_EQ(code_of(read_answer(shape(), "[]")), "vxp.answer");
    EXPECT_EQ(code_of(read_answer(shape(), "{}")), "vxp.answer");
    EXPECT_EQ(code_of(read_answer(shape(), R"({"ErrorCode":"0","data":7})")), "vxp.answer");
}

TEST(Vxp, SecretsAreComparedWhole) {
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
    EXPECT_FALSE(equal_in_constant_time("abc", ""));
}

}  // namespace
}  // namespace hl::links::vxp
