// Changes by request and approval: who may ask, who may decide, and that what was approved is issued at once.
#include "exchange/registry/events.h"
#include "exchange/registry/proposals.h"
#include "exchange/registry/registry_fixture.h"

namespace hl::exchange {
namespace {

using test::code_of;

class Requests : public fixture::RegistryTest {};
HL_FOR_EVERY_ENGINE(Requests);

TEST_P(Requests, MemberGetsNameAndAgencyFromTheDirectory) {
    add_member("H50.12");
    const auto c = configuration();
    ASSERT_EQ(c.members.size(), 1u);
    EXPECT_EQ(c.members[0].name, "Sở Tài chính");
}

TEST_P(Requests, MemberThatTheDirectoryDoesNotKnowNeedsAName) {
    const auto add = [&](std::string name) {
        return write([&](auto& tx) {
            return register_member(tx, *registry, admin, {"COM", "VNPT", name, today()}, now());
        });
    };
    EXPECT_EQ(code_of(add("")), "exchange.name_required");
    EXPECT_TRUE(test::ok(add("VNPT Quảng Trị")));
    EXPECT_EQ(code_of(add("VNPT Quảng Trị")), "exchange.member_exists");
}

TEST_P(Requests, IntegratorsMayNotRegisterMembers) {
    const auto made = write([&](auto& tx) {
        return register_member(tx, *registry, caller, {"GOV", "H50", "", today()}, now());
    });
    EXPECT_EQ(code_of(made), "access.denied");
}

TEST_P(Requests, NothingChangesBeforeTheApproval) {
    populate();
    const auto before = current().document;
    ASSERT_TRUE(test::ok(ask(caller, RequestKind::right, right_body())));
    EXPECT_EQ(current().document, before);
    EXPECT_FALSE(allowed());
}

TEST_P(Requests, ApprovedRightIsIssuedInTheSameMoment) {
    populate();
    const auto before = current().number;
    const auto asked = ask(caller, RequestKind::right, right_body());
    ASSERT_TRUE(test::ok(asked));
    ASSERT_TRUE(test::ok(approve(provider, asked->id)));
    EXPECT_GT(current().number, before);
    EXPECT_TRUE(allowed());
    EXPECT_FALSE(allowed("/other"));
    EXPECT_EQ(events(events::right_granted), 1);
}

TEST_P(Requests, WhoAskedDoesNotDecide) {
    populate();
    const auto asked = ask(admin, RequestKind::right, right_body());
    ASSERT_TRUE(test::ok(asked));
    EXPECT_EQ(code_of(approve(admin, asked->id)), "exchange.same_person");
    EXPECT_TRUE(test::ok(approve(other_admin, asked->id)));
}

TEST_P(Requests, TheCallersPeopleDoNotDecideOnTheProvidersData) {
    populate();
    const auto asked = ask(caller, RequestKind::right, right_body());
    const auto colleague = person("ubnd-it-2", access::Role::integrator, "ubnd");
    EXPECT_EQ(code_of(approve(colleague, asked->id)), "access.denied");
}

TEST_P(Requests, NobodyAsksForAnotherAgencysSystems) {
    populate();
    EXPECT_EQ(code_of(ask(provider, RequestKind::right, right_body())), "access.denied");
    EXPECT_EQ(code_of(ask(caller, RequestKind::service,
                          {{"provider", "QUANGTRI/GOV/H50.12/DKKD"}, {"type", "REST"}, {"code", "x"}})),
              "access.denied");
}

TEST_P(Requests, ClosedRequestsStayClosed) {
    populate();
    const auto asked = ask(caller, RequestKind::right, right_body());
    EXPECT_EQ(code_of(write([&](auto& tx) { return refuse_request(tx, provider, asked->id, "", now()); })),
              "exchange.reason_required");
    ASSERT_TRUE(
        test::ok(write([&](auto& tx) { return refuse_request(tx, provider, asked->id, "Chưa đủ căn cứ", now()); })));
    EXPECT_EQ(code_of(approve(provider, asked->id)), "exchange.request_closed");
    EXPECT_FALSE(allowed());
    const auto read = store().read([&](store::Reader& r) { return load_request(r, asked->id); });
    EXPECT_EQ(read->state, "refused");
    EXPECT_EQ(read->reason, "Chưa đủ căn cứ");
}

TEST_P(Requests, OnlyWhoAskedWithdraws) {
    populate();
    const auto asked = ask(caller, RequestKind::right, right_body());
    const auto withdraw = [&](const access::Actor& who) {
        return write([&](auto& tx) { return withdraw_request(tx, who, asked->id, now()); });
    };
    EXPECT_EQ(code_of(withdraw(admin)), "access.denied");
    EXPECT_TRUE(test::ok(withdraw(caller)));
}

TEST_P(Requests, AProposalIsJudgedAgainWhenItIsApproved) {
    populate();
    const auto first = ask(caller, RequestKind::right, right_body());
    const auto second = ask(caller, RequestKind::right, right_body());
    ASSERT_TRUE(test::ok(second));
    ASSERT_TRUE(test::ok(approve(admin, first->id)));
    EXPECT_EQ(code_of(approve(admin, second->id)), "exchange.right_exists");
}

TEST_P(Requests, ARightNeedsABasisAndAGlobThatCanMatch) {
    populate();
    auto body = right_body();
    body.erase("basis");
    EXPECT_EQ(code_of(ask(caller, RequestKind::right, body)), "field.required");
    for (const auto* path : {"firms", "/a//b", "/a/../b", "/a/.", ""}) {
        body = right_body();
        body["path"] = path;
        if (*path == '\0') continue;
        EXPECT_EQ(code_of(ask(caller, RequestKind::right, body)), "exchange.path") << path;
    }
    for (const auto* path : {"/", "/a/*/b", "/a/**", "**", "/hồ sơ/*"}) {
        body["path"] = path;
        EXPECT_TRUE(test::ok(ask(caller, RequestKind::right, body))) << path;
    }
}

TEST_P(Requests, RevokedRightEndsAtOnce) {
    populate();
    const auto asked = ask(caller, RequestKind::right, right_body());
    ASSERT_TRUE(test::ok(approve(admin, asked->id)));
    ASSERT_TRUE(allowed());
    const auto revoke = [&](const access::Actor& who) {
        return write([&](auto& tx) { return revoke_right(tx, *registry, who, asked->id, "Hết nhu cầu", now()); });
    };
    EXPECT_EQ(code_of(revoke(caller)), "access.denied");
    ASSERT_TRUE(test::ok(revoke(provider)));
    EXPECT_FALSE(allowed());
    EXPECT_EQ(code_of(revoke(provider)), "exchange.unknown_right");
}

TEST_P(Requests, OpenApiAndWsdlBringTheirEndpointsAndOperations) {
    populate();
    const char* openapi = R"({"openapi":"3.0.3","info":{"title":"Hộ kinh doanh","version":"1"},
        "paths":{"/households/{id}":{"get":{"responses":{}},"put":{"responses":{}}}}})";
    granted(provider, RequestKind::service,
            {{"provider", "QUANGTRI/GOV/H50.12/DKKD"}, {"type", "OPENAPI3"}, {"code", "hkd"}, {"document", openapi}});
    const auto c = configuration();
    const Knowledge k(c);
    const auto* service = k.find(ServiceId{register_of_firms, "hkd", {}});
    ASSERT_NE(service, nullptr);
    EXPECT_EQ(service->title, "Hộ kinh doanh");
    EXPECT_EQ(service->endpoints, (std::vector<Endpoint>{{"GET", "/households/*"}, {"PUT", "/households/*"}}));
    EXPECT_EQ(
        code_of(
            ask(provider, RequestKind::service,
                {{"provider", "QUANGTRI/GOV/H50.12/DKKD"}, {"type", "OPENAPI3"}, {"code", "y"}, {"document", "{}"}}))
            .substr(0, 20),
        "exchange.description");
}

TEST_P(Requests, MetaservicesCodesAreReserved) {
    populate();
    EXPECT_EQ(code_of(ask(provider, RequestKind::service,
                          {{"provider", "QUANGTRI/GOV/H50.12/DKKD"}, {"type", "REST"}, {"code", "listMethods"}})),
              "exchange.reserved_code");
}

TEST_P(Requests, ServiceSwitchedOffSaysWhyToCallers) {
    populate();
    const auto asked = ask(caller, RequestKind::right, right_body());
    ASSERT_TRUE(test::ok(approve(admin, asked->id)));
    ASSERT_TRUE(test::ok(write(
        [&](auto& tx) { return switch_service(tx, *registry, provider, firms, false, "Bảo trì tối nay", now()); })));
    const auto d = Knowledge(configuration()).decide(one_stop, firms, "GET", "/firms/1", now());
    EXPECT_EQ(d.fault, "service_disabled");
    EXPECT_EQ(d.notice, "Bảo trì tối nay");
    ASSERT_TRUE(
        test::ok(write([&](auto& tx) { return switch_service(tx, *registry, provider, firms, true, "", now()); })));
    EXPECT_TRUE(allowed());
}

TEST_P(Requests, GroupsRightsFollowTheGroup) {
    populate();
    ASSERT_TRUE(
        test::ok(write([&](auto& tx) { return make_group(tx, *registry, admin, "mot-cua", "Một cửa", now()); })));
    auto body = right_body();
    body.erase("subject");
    body["group"] = "mot-cua";
    granted(provider, RequestKind::right, body);
    EXPECT_FALSE(allowed());
    ASSERT_TRUE(test::ok(
        write([&](auto& tx) { return add_to_group(tx, *registry, admin, "mot-cua", one_stop, today(), now()); })));
    EXPECT_TRUE(allowed());
    ASSERT_TRUE(
        test::ok(write([&](auto& tx) { return take_from_group(tx, *registry, admin, "mot-cua", one_stop, now()); })));
    EXPECT_FALSE(allowed());
}

}  // namespace
}  // namespace hl::exchange
