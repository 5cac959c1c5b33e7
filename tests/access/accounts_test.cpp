// What an account promises: lock-out, idle closing, second factor, password rules, dated roles, keys.
#include "access/api_keys.h"
#include "access_fixture.h"

namespace hl::access {
namespace {

using namespace fixture;
using test::code_of;
using test::ok;

class Accounts : public AccessTest {};
HL_FOR_EVERY_ENGINE(Accounts);

TEST_P(Accounts, SignInGivesASessionThatKnowsItsRoles) {
    add("cuc", good, {{Role::clerk, AgencyId{"a"}, today(), {}}});
    auto in = sessions().sign_in("  CUC ", good, {}, "127.0.0.1");
    ASSERT_TRUE(ok(in));
    auto actor = sessions().actor_of(bearer(in->token));
    ASSERT_TRUE(ok(actor));
    EXPECT_EQ(actor->kind, ActorKind::officer);
    EXPECT_TRUE(require(*actor, Right::receive_dossier, AgencyId{"a"}, clock().now()).ok());
    EXPECT_EQ(code_of(require(*actor, Right::receive_dossier, AgencyId{"b"}, clock().now())), "access.denied");
    EXPECT_EQ(code_of(require(*actor, Right::approve_dossier, AgencyId{"a"}, clock().now())), "access.denied");
}

TEST_P(Accounts, UnknownAndWrongAreToldAlike) {
    add("cuc", good);
    const auto wrong = sessions().sign_in("cuc", "sai", {}, "");
    const auto unknown = sessions().sign_in("khong-co", "sai", {}, "");
    ASSERT_FALSE(wrong.ok());
    EXPECT_EQ(wrong.error().code, unknown.error().code);
    EXPECT_EQ(wrong.error().vi, unknown.error().vi);
}

TEST_P(Accounts, FiveFailuresLockOutForAWhile) {
    add("cuc", good);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(code_of(sessions().sign_in("cuc", "sai", {}, "")), "access.bad_credentials");
    EXPECT_EQ(code_of(sessions().sign_in("cuc", "sai", {}, "")), "access.locked");
    EXPECT_EQ(code_of(sessions().sign_in("cuc", good, {}, "")), "access.locked");
    clock().advance(policy.lockout_time + std::chrono::seconds{1});
    EXPECT_TRUE(ok(sessions().sign_in("cuc", good, {}, "")));
}

TEST_P(Accounts, ASuccessForgetsEarlierFailures) {
    add("cuc", good);
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4; ++i) (void)sessions().sign_in("cuc", "sai", {}, "");
        EXPECT_TRUE(ok(sessions().sign_in("cuc", good, {}, "")));
    }
}

TEST_P(Accounts, IdleOnesAreClosedAfter45DaysAndNotBefore) {
    const auto id = add("cuc", good);
    add("may", "", {}, AccountKind::machine);
    clock().advance(std::chrono::days{44});
    EXPECT_TRUE(write([&](auto& tx) { return close_idle_accounts(tx, policy, clock().now()); })->empty());
    clock().advance(std::chrono::days{2});
    auto closed = write([&](auto& tx) { return close_idle_accounts(tx, policy, clock().now()); });
    ASSERT_TRUE(ok(closed));
    EXPECT_EQ(*closed, std::vector<std::string>{"cuc"});
    EXPECT_EQ(code_of(sessions().sign_in("cuc", good, {}, "")), "access.closed");
    EXPECT_TRUE(ok(write([&](auto& tx) { return reopen_account(tx, id, "test", clock().now()); })));
    EXPECT_TRUE(ok(sessions().sign_in("cuc", good, {}, "")));
}

TEST_P(Accounts, SecondFactorIsAskedForAndACodeWorksOnce) {
    const auto id = add("cuc", good);
    auto uri = write([&](auto& tx) { return begin_factor(tx, id, "Thử", random, clock().now()); });
    ASSERT_TRUE(ok(uri));
    const auto at = uri->find("secret=") + 7;
    const auto secret = *crypto::from_base32(uri->substr(at, uri->find('&', at) - at));
    EXPECT_EQ(code_of(write([&](auto& tx) { return confirm_factor(tx, id, "000000", random, clock().now()); })),
              "factor.code");
    auto recovery = write(
        [&](auto& tx) { return confirm_factor(tx, id, crypto::totp(secret, clock().now()), random, clock().now()); });
    ASSERT_TRUE(ok(recovery));
    EXPECT_EQ(recovery->size(), 10u);

    clock().advance(std::chrono::minutes{2});
    EXPECT_EQ(code_of(sessions().sign_in("cuc", good, {}, "")), "access.code_needed");
    const auto code = crypto::totp(secret, clock().now());
    EXPECT_TRUE(ok(sessions().sign_in("cuc", good, code, "")));
    EXPECT_EQ(code_of(sessions().sign_in("cuc", good, code, "")), "access.bad_credentials");
    EXPECT_TRUE(ok(sessions().sign_in("cuc", good, recovery->front(), "")));
    EXPECT_EQ(code_of(sessions().sign_in("cuc", good, recovery->front(), "")), "access.bad_credentials");
}

TEST_P(Accounts, PasswordsAreLongNewAndNotTheLogin) {
    const auto id = add("cuc", good);
    const auto prepare = [&](std::string_view p) {
        return store().read([&](store::Reader& r) { return prepare_password(r, id, p, policy); });
    };
    EXPECT_EQ(code_of(prepare("ngan")), "password.short");
    EXPECT_EQ(code_of(prepare("toi-la-CUC-o-xa-nay")), "password.weak");
    EXPECT_EQ(code_of(prepare("aaaaaaaaaaaaaaaaaaaa")), "password.weak");
    EXPECT_EQ(code_of(prepare(good)), "password.reused");
    auto fresh = prepare("mot-mat-khau-khac-han");
    ASSERT_TRUE(ok(fresh));
    EXPECT_TRUE(ok(write([&](auto& tx) { return store_password(tx, id, *fresh, false, "test", clock().now()); })));
    EXPECT_TRUE(ok(sessions().sign_in("cuc", "mot-mat-khau-khac-han", {}, "")));
    EXPECT_FALSE(sessions().sign_in("cuc", good, {}, "").ok());
}

TEST_P(Accounts, RolesHoldFromTheirDayToTheirEnd) {
    add("cuc", good, {{Role::handler, AgencyId{"a"}, add_days(today(), 1), add_days(today(), 3)}});
    auto in = sessions().sign_in("cuc", good, {}, "");
    ASSERT_TRUE(ok(in));
    std::vector<bool> may;
    for (int day = 0; day < 4; ++day) {
        may.push_back(
            require(in->actor, Right::handle_dossier, AgencyId{"a"}, clock().now() + std::chrono::days{day}).ok());
    }
    EXPECT_EQ(may, (std::vector<bool>{false, true, true, false}));
}

TEST_P(Accounts, WhoHadAnAgencysDocumentsWithTheOneStopKeepsThem) {
    const auto now_and_later = add("mot-cua", good,
                                   {{Role::clerk, AgencyId{"a"}, add_days(today(), -5), {}},
                                    {Role::clerk, AgencyId{"b"}, add_days(today(), 3), add_days(today(), 9)}});
    const auto ended =
        add("cu-roi", good, {{Role::clerk, AgencyId{"a"}, add_days(today(), -9), add_days(today(), -1)}});
    const auto has =
        add("da-co", good, {{Role::clerk, AgencyId{"a"}, today(), {}}, {Role::registrar, AgencyId{"a"}, today(), {}}});
    // As the migration leaves it.
    ASSERT_TRUE(ok(write([&](auto& tx) -> Result<void> {
        tx.execute(
            "INSERT INTO grant_to_split (account, agency, valid_from, valid_to) SELECT account, agency, "
            "valid_from, valid_to FROM account_grant WHERE role = 'clerk'",
            {});
        return Nothing{};
    })));
    const auto given = write([&](auto& tx) { return give_clerks_their_documents(tx, clock().now()); });
    ASSERT_TRUE(ok(given));
    EXPECT_EQ(*given, 2);
    const auto roles = [&](const AccountId& id) {
        std::string out;
        const auto account =
            store().read([&](store::Reader& r) -> Result<std::optional<Account>> { return load_account(r, id); });
        for (const auto& g : (*account)->grants)
            if (g.role == Role::registrar)
                out += g.agency.value + " " + to_iso(g.from) + (g.to ? " " + to_iso(*g.to) : "") + ";";
        return out;
    };
    EXPECT_EQ(roles(now_and_later), fmt::format("a {};b {} {};", to_iso(add_days(today(), -5)),
                                                to_iso(add_days(today(), 3)), to_iso(add_days(today(), 9))));
    EXPECT_EQ(roles(ended), "");
    EXPECT_EQ(roles(has), fmt::format("a {};", to_iso(today())));
    auto in = sessions().sign_in("mot-cua", good, {}, "127.0.0.1");
    auto actor = sessions().actor_of(bearer(in->token));
    ASSERT_TRUE(ok(actor));
    for (const auto right : {Right::read_document, Right::register_document, Right::send_document})
        EXPECT_TRUE(require(*actor, right, AgencyId{"a"}, clock().now()).ok()) << to_string(right);
    EXPECT_EQ(code_of(require(*actor, Right::assign_document, AgencyId{"a"}, clock().now())), "access.denied");
    // Told in the ledger, once, however often the program starts.
    EXPECT_EQ(*write([&](auto& tx) { return give_clerks_their_documents(tx, clock().now()); }), 0);
}

TEST_P(Accounts, TheOneStopsRoleGivesNoDocumentsAndTheRegistrarsNoDossiers) {
    add("mot-cua", good, {{Role::clerk, AgencyId{"a"}, today(), {}}});
    add("van-thu", good, {{Role::registrar, AgencyId{"a"}, today(), {}}});
    const auto may = [&](const std::string& login, Right right) {
        auto in = sessions().sign_in(login, good, {}, "127.0.0.1");
        return require(*sessions().actor_of(bearer(in->token)), right, AgencyId{"a"}, clock().now()).ok();
    };
    EXPECT_FALSE(may("mot-cua", Right::register_document));
    EXPECT_FALSE(may("mot-cua", Right::read_document));
    EXPECT_FALSE(may("van-thu", Right::receive_dossier));
    EXPECT_FALSE(may("van-thu", Right::read_dossier));
    EXPECT_TRUE(may("van-thu", Right::send_document));
}

TEST_P(Accounts, ARevokedRoleEndsThatDayAndStaysOnRecord) {
    const auto id = add("cuc", good, {{Role::handler, AgencyId{"a"}, add_days(today(), -5), {}}});
    EXPECT_TRUE(ok(write(
        [&](auto& tx) { return revoke_role(tx, id, Role::handler, AgencyId{"a"}, today(), "test", clock().now()); })));
    auto account =
        store().read([&](store::Reader& r) -> Result<std::optional<Account>> { return load_account(r, id); });
    ASSERT_EQ((*account)->grants.size(), 1u);
    EXPECT_EQ((*account)->grants[0].to, today());
    EXPECT_EQ(code_of(write([&](auto& tx) {
                  return revoke_role(tx, id, Role::head, AgencyId{"a"}, today(), "test", clock().now());
              })),
              "grant.unknown");
}

TEST_P(Accounts, ApiKeysWorkUntilRevoked) {
    const auto machine = add("may", "", {{Role::integrator, AgencyId{}, today(), {}}}, AccountKind::machine);
    auto key = write([&](auto& tx) { return create_api_key(tx, machine, "thử", {}, "test", random, clock().now()); });
    ASSERT_TRUE(ok(key));
    auto actor = sessions().actor_of(bearer(*key));
    ASSERT_TRUE(ok(actor));
    EXPECT_EQ(actor->kind, ActorKind::machine);
    EXPECT_FALSE(sessions().actor_of(bearer(*key + "x")).ok());
    const auto id = key->substr(4, 12);
    EXPECT_TRUE(ok(write([&](auto& tx) { return revoke_api_key(tx, id, "test", clock().now()); })));
    sessions().forget_cache();
    EXPECT_FALSE(sessions().actor_of(bearer(*key)).ok());
    const auto person = add("cuc", good);
    EXPECT_EQ(
        code_of(write([&](auto& tx) { return create_api_key(tx, person, "x", {}, "test", random, clock().now()); })),
        "api_key.not_machine");
}

TEST_P(Accounts, AKeysLastUseIsKnownToTheMinute) {
    const auto machine = add("may", "", {{Role::integrator, AgencyId{}, today(), {}}}, AccountKind::machine);
    auto key = write([&](auto& tx) { return create_api_key(tx, machine, "thử", {}, "test", random, clock().now()); });
    ASSERT_TRUE(ok(key));
    const auto last_use = [&] {
        auto page = store().read([&](store::Reader& r) { return list_api_keys(r, machine, "", 10); });
        EXPECT_TRUE(ok(page));
        return page->items.at(0).last_used;
    };
    // It is written beside the request that used the key; the limit only keeps a broken one from hanging the suite.
    const auto written = [&](Instant at) {
        for (int i = 0; i < 2000 && last_use() != at; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{5});
        return last_use() == at;
    };
    EXPECT_FALSE(last_use());
    const auto first = clock().now();
    ASSERT_TRUE(ok(sessions().actor_of(bearer(*key))));
    EXPECT_TRUE(written(first));
    clock().advance(std::chrono::seconds{30});
    ASSERT_TRUE(ok(sessions().actor_of(bearer(*key))));
    clock().advance(std::chrono::minutes{5});
    EXPECT_EQ(last_use(), first);  // not anew within the minute
    ASSERT_TRUE(ok(sessions().actor_of(bearer(*key))));
    EXPECT_TRUE(written(clock().now()));
    const auto account = store().read([&](store::Reader& r) -> Result<Account> { return *load_account(r, machine); });
    EXPECT_EQ(account->last_seen, clock().now());
}

TEST_P(Accounts, KeysAreListedPageByPageNewestFirst) {
    const auto one = add("may-mot", "", {}, AccountKind::machine), two = add("may-hai", "", {}, AccountKind::machine);
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(ok(write([&](auto& tx) {
            return create_api_key(tx, i % 2 ? two : one, fmt::format("k{}", i), {}, "test", random, clock().now());
        })));
        if (i != 2) clock().advance(std::chrono::seconds{1});  // two at the same instant
    }
    std::set<std::string> seen;
    std::string cursor;
    do {
        auto page = store().read([&](store::Reader& r) { return list_api_keys(r, {}, cursor, 2); });
        ASSERT_TRUE(ok(page));
        for (const auto& key : page->items) EXPECT_TRUE(seen.insert(key.label).second);
        cursor = page->next;
    } while (!cursor.empty());
    EXPECT_EQ(seen.size(), 5u);
    auto of_two = store().read([&](store::Reader& r) { return list_api_keys(r, two, "", 10); });
    ASSERT_EQ(of_two->items.size(), 2u);
    EXPECT_EQ(of_two->items[0].label, "k3");
    EXPECT_EQ(of_two->items[0].login, "may-hai");
    EXPECT_EQ(code_of(store().read([&](store::Reader& r) { return list_api_keys(r, {}, "x", 2); })), "page.cursor");
    EXPECT_EQ(code_of(write([&](auto& tx) {
                  return create_api_key(tx, one, "cũ", clock().now(), "test", random, clock().now());
              })),
              "api_key.expiry");
    EXPECT_TRUE(ok(write([&](auto& tx) { return close_account(tx, one, "test", "thử", clock().now()); })));
    EXPECT_EQ(code_of(write([&](auto& tx) { return create_api_key(tx, one, "k", {}, "test", random, clock().now()); })),
              "account.closed");
    auto closed = store().read([&](store::Reader& r) { return list_api_keys(r, one, "", 10); });
    for (const auto& key : closed->items) EXPECT_TRUE(key.revoked);
}

TEST_P(Accounts, TheFirstStartMakesOneAdministratorOnce) {
    auto secret = write([&](auto& tx) { return first_administrator(tx, policy, random, clock().now()); });
    ASSERT_TRUE(ok(secret));
    ASSERT_TRUE(secret->has_value());
    EXPECT_FALSE(write([&](auto& tx) { return first_administrator(tx, policy, random, clock().now()); })->has_value());
    auto in = sessions().sign_in("admin", **secret, {}, "");
    ASSERT_TRUE(ok(in));
    EXPECT_TRUE(in->must_change_password);
    EXPECT_TRUE(require_anywhere(in->actor, Right::manage_accounts, clock().now()).ok());
}

TEST_P(Accounts, PasswordsAndTokensAreNotInTheDatabase) {
    add("cuc", good);
    auto in = sessions().sign_in("cuc", good, {}, "");
    ASSERT_TRUE(ok(in));
    auto found = store().read([&](store::Reader& r) -> Result<int64_t> {
        int64_t n = 0;
        r.query("SELECT password FROM account", {}, [&](const store::Row& row) {
            EXPECT_TRUE(row.text(0).starts_with("$argon2id$"));
            ++n;
        });
        r.query("SELECT token, csrf FROM session", {},
                [&](const store::Row& row) { EXPECT_NE(row.text(0), in->token); });
        return n;
    });
    EXPECT_EQ(*found, 1);
}

class SessionLife : public AccessTest {};
HL_FOR_EVERY_ENGINE(SessionLife);

TEST_P(SessionLife, LocksAfterInactivityAndOpensWithThePassword) {
    add("cuc", good);
    auto in = sessions().sign_in("cuc", good, {}, "");
    ASSERT_TRUE(ok(in));
    clock().advance(std::chrono::minutes{14});
    EXPECT_TRUE(ok(sessions().actor_of(bearer(in->token))));
    clock().advance(std::chrono::minutes{14});
    EXPECT_TRUE(ok(sessions().actor_of(bearer(in->token))));
    clock().advance(std::chrono::minutes{16});
    EXPECT_EQ(code_of(sessions().actor_of(bearer(in->token))), "access.session_locked");
    EXPECT_FALSE(sessions().unlock(in->token, "sai").ok());
    EXPECT_TRUE(ok(sessions().unlock(in->token, good)));
    EXPECT_TRUE(ok(sessions().actor_of(bearer(in->token))));
}

TEST_P(SessionLife, APageLeftOpenDoesNotKeepItsSessionFromLocking) {
    add("cuc", good);
    const auto in = sessions().sign_in("cuc", good, {}, "");
    ASSERT_TRUE(ok(in));
    auto heartbeat = bearer(in->token);
    heartbeat.headers.push_back({"X-Background", "1"});
    auto feed = bearer(in->token);
    feed.path = "/api/v1/feed";
    for (int minute = 0; minute < 14; ++minute) {
        EXPECT_TRUE(ok(sessions().actor_of(minute % 2 ? heartbeat : feed)));
        clock().advance(std::chrono::minutes{1});
    }
    clock().advance(std::chrono::minutes{2});
    EXPECT_EQ(code_of(sessions().actor_of(heartbeat)), "access.session_locked");
    EXPECT_EQ(code_of(sessions().actor_of(feed)), "access.session_locked");
    // Nor is an account that only its open page uses in use: the day it was last seen is not written.
    const auto seen = [&] {
        return store()
            .read([&](store::Reader& r) -> Result<Instant> { return *load_account(r, in->actor.account)->last_seen; })
            .value();
    };
    EXPECT_EQ(seen(), clock().now() - std::chrono::minutes{16});
}

TEST_P(SessionLife, EndsAfterItsTimeAndOnSignOut) {
    policy.session_lock = std::chrono::hours{100};
    sessions_.emplace(
        store(), policy, [] { return std::shared_ptr<const directory::Directory>{}; }, clock(), random);
    add("cuc", good);
    auto one = sessions().sign_in("cuc", good, {}, ""), two = sessions().sign_in("cuc", good, {}, "");
    ASSERT_TRUE(one.ok() && two.ok());
    EXPECT_TRUE(ok(sessions().sign_out(one->token)));
    EXPECT_EQ(code_of(sessions().actor_of(bearer(one->token))), "access.session_expired");
    EXPECT_TRUE(ok(sessions().actor_of(bearer(two->token))));
    clock().advance(std::chrono::hours{13});
    EXPECT_EQ(code_of(sessions().actor_of(bearer(two->token))), "access.session_expired");
}

TEST_P(SessionLife, CookieNeedsTheCsrfTokenForUnsafeMethods) {
    add("cuc", good);
    auto in = sessions().sign_in("cuc", good, {}, "");
    ASSERT_TRUE(ok(in));
    http::Request r;
    r.method = "GET";
    r.headers.push_back({"Cookie", "a=b; session=" + in->token});
    EXPECT_TRUE(ok(sessions().actor_of(r)));
    r.method = "POST";
    EXPECT_EQ(code_of(sessions().actor_of(r)), "access.csrf");
    r.headers.push_back({"X-CSRF-Token", in->csrf});
    EXPECT_TRUE(ok(sessions().actor_of(r)));
    // Over TLS only the __Host- cookie counts.
    r.secure = true;
    EXPECT_EQ(sessions().actor_of(r)->kind, ActorKind::anonymous);
}

TEST_P(SessionLife, AClosedAccountIsOutWithinTwoSeconds) {
    const auto id = add("cuc", good);
    auto in = sessions().sign_in("cuc", good, {}, "");
    ASSERT_TRUE(ok(sessions().actor_of(bearer(in->token))));
    EXPECT_TRUE(ok(write([&](auto& tx) { return close_account(tx, id, "test", "thử", clock().now()); })));
    clock().advance(std::chrono::seconds{3});
    EXPECT_FALSE(sessions().actor_of(bearer(in->token)).ok());
}

}  // namespace
}  // namespace hl::access
