// The citizen of the demonstration. One account is one person: it is tied to one subject, may file for itself, and sees
// its own dossiers alone.
#include "app/demo.h"
#include "base/crypto.h"
#include "dossiers/commands.h"

namespace hl::app {

namespace {

constexpr std::string_view actor = "system:demo";
const UnitId ward{"vn-19333"};

dossiers::Filing household_business(const std::string& name) {
    dossiers::Filing f;
    f.procedure = ProcedureCode{"1.001612"};
    f.channel = procedures::Channel::online;
    f.place = ward;
    f.applicant = {"citizen", "Công dân Mẫu", "personal_id", "999000000000", "0900000001", "", "Khu phố Mẫu", {}};
    f.summary = name;
    f.answers = {{"business_name", name},  {"address", "Khu phố Mẫu, phường Đông Hà"},
                 {"lines", "Bán lẻ"},      {"capital", 50'000'000},
                 {"founded_by", "person"}, {"authorised", false}};
    f.components = {{"giay-de-nghi", 0, 0, true, false, false}};
    return f;
}

}  // namespace

Result<DemoCitizen> add_demo_citizen(Program& program, Instant now) {
    DemoCitizen out{"mau-cong-dan", crypto::to_base64url(crypto::random_bytes(program.random(), 12)), "Công dân (mẫu)"};
    const auto ctx = program.context();
    access::Actor citizen;
    citizen.kind = access::ActorKind::citizen;
    citizen.name = out.name;
    citizen.organisation = ctx.directory;
    // Its dossiers are up to 65 minutes old: of yesterday in the first hour after midnight.
    citizen.grants = {{access::Role::citizen, AgencyId{}, local_date(now - std::chrono::hours{2}), {}}};
    TRY_VOID(program.store().write([&](store::Transaction& tx) -> Result<void> {
        access::NewAccount account;
        account.login = out.login;
        account.name = out.name;
        account.kind = access::AccountKind::citizen;
        account.subject = citizen.subject = program.vault().create_subject(tx, now);
        account.password = out.password;
        account.must_change_password = false;
        TRY(citizen.account,
            access::create_account(tx, account, program.config().accounts, actor, program.random(), now));
        return access::grant_role(tx, citizen.account, citizen.grants.front(), actor, now);
    }));
    const auto office = access::Actor::system("demo", ctx.directory);
    const auto file = [&](const std::string& name, Instant at,
                          const std::function<Result<void>(store::Transaction&, const dossiers::Target&)>& then) {
        return program.store().write([&](store::Transaction& tx) -> Result<void> {
            auto filed = dossiers::file(tx, ctx, citizen, household_business(name), at);
            // A province whose pack has no such procedure has a citizen without dossiers.
            if (!filed.ok() && filed.error().code == "procedure.unknown") return Nothing{};
            if (!filed.ok()) return std::move(filed).error();
            return then(tx, {filed->code, {}});
        });
    };
    using std::chrono::minutes;
    const auto received = [&](store::Transaction& tx, const dossiers::Target& target) -> Result<void> {
        TRY_VOID(dossiers::receive(tx, ctx, office, target, {}, now - minutes{50}));
        TRY_VOID(dossiers::transfer(tx, ctx, office, target, now - minutes{45}));
        return Nothing{};
    };
    TRY_VOID(file("Cửa hàng Mẫu Một", now - minutes{10}, [](auto&, auto&) -> Result<void> { return Nothing{}; }));
    TRY_VOID(file("Cửa hàng Mẫu Hai", now - minutes{60}, received));
    TRY_VOID(file("Cửa hàng Mẫu Ba", now - minutes{65}, [&](auto& tx, const auto& target) -> Result<void> {
        TRY_VOID(received(tx, target));
        TRY_VOID(dossiers::request_supplement(tx, ctx, office, target,
                                              {{"Bản chụp hợp đồng thuê địa điểm kinh doanh"},
                                               "Chưa có giấy tờ chứng minh địa điểm kinh doanh",
                                               "Bộ phận một cửa phường Đông Hà"},
                                              now - minutes{30}));
        return Nothing{};
    }));
    return out;
}

}  // namespace hl::app
