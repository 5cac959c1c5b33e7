// Two departments and an office of the real pack with their calendars, officers, and an axis with signing keys: made up
// to write to each other.
#pragma once
#include "base/files.h"
#include "directory/commands.h"
#include "documents/axis.h"
#include "documents/pki.h"
#include "documents/queries.h"
#include "documents/rows.h"
#include "documents/samples.h"
#include "documents/schema.h"
#include "store/ledger.h"
#include "support/test_store.h"

namespace hl::documents::test {

inline const AgencyId office{"van-phong-ubnd-tinh"}, department{"so-noi-vu"}, other_department{"so-tu-phap"};
inline constexpr const char* office_code = "H50.01";
inline constexpr const char* department_code = "H50.02";

inline const directory::OrganisationPack& small_pack() {
    static const auto read = [] {
        std::vector<Error> errors;
        auto pack = directory::read_organisation(HL_SOURCE_DIR "/packs/quang-tri", errors);
        const std::set<std::string> keep{"ubnd-tinh", office.str(), department.str(), other_department.str()};
        std::erase_if(pack.agencies, [&](const auto& a) { return !keep.contains(a.id.str()); });
        std::erase_if(pack.departments, [&](const auto& d) { return !keep.contains(d.agency.str()); });
        std::erase_if(pack.positions, [&](const auto& p) { return !keep.contains(p.agency.str()); });
        std::erase_if(pack.units, [](const auto& u) { return u.id.str() != "vn-44" && u.id.str() != "vn-45"; });
        pack.successions.clear();
        for (const auto& id : {office, department, other_department})
            pack.positions.push_back({PositionId{"vt-" + id.str()},
                                      id,
                                      {},
                                      "Chuyên viên thử",
                                      {"thu"},
                                      {Date{std::chrono::year{2025} / 7 / 1}, {}}});
        return pack;
    }();
    return read;
}

class World {
  public:
    /// `known`: whoever the other tests hear from signs with ec_signer, and is bound to it.
    explicit World(store::Engine engine, AxisSettings settings = {}, const store::Migrations& more = {},
                   bool known = true)
        : store_(std::make_unique<hl::test::TestStore>(engine, tables(more))),
          blobs_(folder_.path() / "blobs", std::string(32, 'k')) {
        auto done = store().write([&](store::Transaction& tx) -> Result<void> {
            TRY_VOID(directory::apply_organisation(tx, small_pack(), "system:test", now()));
            for (const auto& id : {office, department, other_department}) {
                TRY(const auto officer,
                    directory::add_officer(tx, OfficerId{"cb-" + id.str()}, "Cán Bộ Thử", "system:test", now()));
                TRY_VOID(directory::assign_officer(tx, officer, PositionId{"vt-" + id.str()},
                                                   {Date{std::chrono::year{2025} / 7 / 1}, {}}, "system:test", now()));
            }
            return Nothing{};
        });
        EXPECT_TRUE(hl::test::ok(done));
        done = store().read([&](store::Reader& r) -> Result<void> {
            organisation = directory::Directory::load(r);
            TRY(calendars, directory::Calendars::load(r));
            return Nothing{};
        });
        EXPECT_TRUE(hl::test::ok(done));
        settings.data = HL_SOURCE_DIR "/packs/quang-tri/documents";
        settings.signing_keys = folder_.path() / "signing";
        settings.trust = folder_.path() / "trust";
        settings.lists = folder_.path() / "revocation";
        settings.stampers = folder_.path() / "time-stampers";
        std::filesystem::create_directories(settings.lists);
        std::filesystem::create_directories(settings.stampers);
        std::filesystem::create_directories(settings.signing_keys);
        std::filesystem::create_directories(settings.trust);
        std::filesystem::create_directories(folder_.path() / "blobs");
        EXPECT_TRUE(hl::test::ok(write_file(settings.trust / "root.pem", root().certificate_pem())));
        EXPECT_TRUE(hl::test::ok(write_file(settings.signing_keys / "default.key", ec_signer().key_pem())));
        EXPECT_TRUE(hl::test::ok(write_file(settings.signing_keys / "default.crt", ec_signer().certificate_pem())));
        auto opened = Axis::open(
            {store(), blobs_, random_, [this] { return organisation; }, [this] { return calendars; }}, settings);
        EXPECT_TRUE(hl::test::ok(opened));
        axis_ = std::move(*opened);
        if (!known) return;
        EXPECT_TRUE(hl::test::ok(write_file(settings.lists / "root.crl", revoked_by(root(), {}))));
        for (const auto* organ :
             {"G01", "G22", "H50.01", "H50.02", "H50.03", "H50.10.01", "H50.11.05", "000.00.02.H50"})
            bind(organ, ec_signer());
        EXPECT_TRUE(hl::test::ok(axis_->refresh_lists(now())));
    }

    /// In force, as if two persons had seen to it.
    void bind(const std::string& organ, const Certified& who, Date from = Date{std::chrono::year{2020} / 1 / 1}) {
        const auto sha256 = read_certificate(who.certificate_pem(), {})->sha256;
        EXPECT_TRUE(hl::test::ok(store().write([&](store::Transaction& tx) -> Result<void> {
            tx.execute(
                "INSERT INTO document_signer (id, organ, rule, sha256, issuer_key, serial, subject, valid_from, "
                "valid_to, source, certificate, state, proposed_by, proposed_at, decided_by, decided_at, reason) "
                "VALUES (?, ?, 'certificate', ?, '', '', '', ?, NULL, 'thử', '', 'in_force', '', 0, '', 0, '')",
                {organ + sha256, organ, sha256, from});
            return Nothing{};
        })));
    }
    /// A list of revoked certificates is brought, and counts.
    Result<LookedAgain> bring(const std::string& name, const std::string& list) {
        TRY_VOID(write_file(axis().settings().lists / name, list));
        return axis().refresh_lists(now());
    }

    static store::Migrations tables(const store::Migrations& more) {
        auto all = store::migrations();
        for (const auto* room : {&directory::migrations(), &access::migrations(), &migrations()})
            all.insert(all.end(), room->begin(), room->end());
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    store::Store& store() { return **store_; }
    ManualClock& clock() { return store_->clock; }
    Instant now() { return clock().now(); }
    Axis& axis() { return *axis_; }
    const store::Blobs& blobs() { return blobs_; }

    access::Actor actor(std::string name, access::Role role, AgencyId agency) {
        access::Actor a;
        a.kind = access::ActorKind::officer;
        a.account = AccountId{"acc-" + name};
        a.officer = OfficerId{name};
        a.name = name;
        a.grants = {{role, std::move(agency), Date{std::chrono::year{2020} / 1 / 1}, {}}};
        a.organisation = organisation;
        return a;
    }
    access::Actor clerk(const AgencyId& agency = department) {
        return actor("van-thu", access::Role::registrar, agency);
    }
    access::Actor handler(const AgencyId& agency = department) {
        return actor("cb-" + agency.str(), access::Role::handler, agency);
    }

    template <class F>
    auto run(F command) {
        const auto ctx = axis().context();
        return store().write([&](store::Transaction& tx) { return command(tx, ctx); });
    }
    Result<Document> load(const DocumentKey& key) {
        return store().read([&](store::Reader& r) { return load_document(r, key); });
    }
    /// Signed, as another node sends it.
    Result<Outcome> come(const Message& m, const Certified& who = ec_signer()) {
        TRY(const auto bytes, sign_edxml(written(m), who.identity()));
        return axis().take_in(bytes, now());
    }
    std::vector<std::string> event_types() {
        EXPECT_TRUE(hl::test::ok(store().settle()));
        std::vector<std::string> out;
        (void)store().read([&](store::Reader& r) -> Result<void> {
            for (const auto& e : store::read_events(r, 0, 1000))
                if (e.type.starts_with("document.")) out.push_back(e.type);
            return Nothing{};
        });
        return out;
    }
    std::string codes_given(const DocumentKey& key) {
        std::string out;
        const auto row = load(key);  // named: what a loop goes over must outlive it
        for (const auto& s : row->statuses)
            if (s.given) out += s.code + " ";
        return out;
    }

    std::shared_ptr<const directory::Directory> organisation;
    std::shared_ptr<const directory::Calendars> calendars;

  private:
    hl::test::TempDir folder_;
    std::unique_ptr<hl::test::TestStore> store_;
    store::Blobs blobs_;
    hl::test::SharedRandom random_;
    std::unique_ptr<Axis> axis_;
};

/// To the department, from somewhere else.
inline BusinessMessage letter(const std::string& number = "125", int priority = 0) {
    auto m = fresh();
    m.from.organ_id = "G22";
    m.to = {Organisation{department_code, "", "Sở Nội vụ", "", "", "", "", ""}};
    m.code.number = number;
    m.other.priority = priority;
    m.document_id = make_document_id("G22", *m.promulgated, m.code);
    m.due.reset();
    return m;
}

}  // namespace hl::documents::test
