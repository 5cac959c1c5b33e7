#include "app/program.h"

#include "access/access.h"
#include "access/accounts.h"
#include "app/child_service.h"
#include "app/documents.h"
#include "app/followers.h"
#include "app/partners.h"
#include "app/topic_service.h"
#include "base/log.h"
#include "directory/commands.h"
#include "documents/schema.h"
#include "dossiers/schema.h"
#include "exchange/topics/schema.h"
#include "ioc/child/schema.h"
#include "ioc/directives/schema.h"
#include "ioc/forecast/schema.h"
#include "ioc/index766/schema.h"
#include "ioc/indicators/rollup.h"
#include "ioc/indicators/schema.h"
#include "ioc/warnings/schema.h"
#include "links/connector/schema.h"
#include "links/payment/schema.h"
#include "links/portal/schema.h"
#include "links/post/schema.h"
#include "links/power/schema.h"
#include "links/registers/schema.h"
#include "notices/schema.h"
#include "procedures/catalogue.h"
#include "store/schema.h"

namespace hl::app {

store::Migrations all_migrations() {
    store::Migrations all;
    for (const auto* room : {&store::migrations(),
                             &directory::migrations(),
                             &access::migrations(),
                             &procedures::migrations(),
                             &dossiers::migrations(),
                             &index766::migrations(),
                             &ioc::migrations(),
                             &ioc::child::migrations(),
                             &forecast::migrations(),
                             &directives::migrations(),
                             &warnings::migrations(),
                             &exchange::registry_migrations(),
                             &exchange::topics::migrations(),
                             &documents::migrations(),
                             &links::vxp::node_migrations(),
                             &connector::migrations(),
                             &payment::migrations(),
                             &post::migrations(),
                             &notices::migrations(),
                             &links::registers::migrations(),
                             &power::migrations(),
                             &links::portal::migrations()})
        all.insert(all.end(), room->begin(), room->end());
    return all;
}

namespace {

/// The registry of the data-sharing platform. Its keys are sealed, and lie with the ledger's.
Result<std::unique_ptr<exchange::Registry>> open_registry(const Config& config, store::Vault& vault, const Clock& clock,
                                                          Random& random) {
    const std::string master{crypto::view(crypto::hmac_sha256(vault.blob_key(), "exchange.keys"))};
    exchange::RegistrySettings settings;
    settings.instance = config.exchange_instance;
    settings.url = config.exchange_url;
    std::shared_ptr<exchange::DevelopmentAuthority> authority;
    if (config.development_authority.value_or(is_demonstration(config))) {
        TRY(authority, exchange::DevelopmentAuthority::open(config.keys / "development-authority", master,
                                                            "Hiền Lương (thử nghiệm)", clock, random));
    }
    return exchange::Registry::open(std::move(settings), config.keys, master, std::move(authority), random);
}

}  // namespace

Program::Program(Config config, const Clock& clock) : config_(std::move(config)), clock_(clock) {}

Program::~Program() {
    if (snapshots_) snapshots_->stop();
    if (followers_) followers_->stop();
    if (links_) links_->stop();
}

Result<std::unique_ptr<Program>> Program::open(Config config, const Clock& clock, bool create) {
    std::unique_ptr<Program> program(new Program(std::move(config), clock));
    auto& c = program->config_;
    std::error_code ec;
    const bool sqlite = c.database.starts_with("sqlite:");
    const std::filesystem::path file = sqlite ? c.database.substr(std::string_view{"sqlite:"}.size()) : "";
    if (create) {
        for (const auto& folder :
             {c.data_dir, c.blobs, c.keys, sqlite ? std::filesystem::absolute(file).parent_path() : c.data_dir}) {
            std::filesystem::create_directories(folder, ec);
            if (ec)
                return Error{ErrorKind::unavailable, "config.folder",
                             fmt::format("Không tạo được thư mục {}.", folder.string()),
                             fmt::format("The folder {} cannot be made: {}.", folder.string(), ec.message())};
        }
        std::filesystem::permissions(c.keys, std::filesystem::perms::owner_all, ec);
    } else if (sqlite && !std::filesystem::exists(file, ec)) {
        return Error{
            ErrorKind::not_found, "config.no_database",
            fmt::format("Chưa có cơ sở dữ liệu {}. Hãy chạy «hienluong migrate».", file.string()),
            fmt::format("There is no database {}. Run 'hienluong migrate' or 'hienluong demo' first.", file.string())};
    }

    store::StoreOptions options;
    options.url = c.database;
    options.node = c.node;
    options.readers = c.database_connections;
    TRY(program->store_, store::Store::open(options, all_migrations(), clock, program->random_));
    TRY(const auto split, program->store_->read([](store::Reader& reader) -> Result<bool> {
        return reader.first("SELECT 1 FROM grant_to_split", {}, [](const store::Row&) { return true; }).has_value();
    }));
    if (split)
        TRY_VOID(program->store_->write([&](store::Transaction& tx) -> Result<void> {
            TRY(const auto given, access::give_clerks_their_documents(tx, clock.now()));
            log::info("app", "one-stop clerks were given the role for documents as well", {{"roles", given}});
            return Nothing{};
        }));
    TRY(program->vault_, store::Vault::open(c.keys / "master.key", program->random_, create));
    TRY(auto keys, store::LedgerKeys::open(c.keys, c.origin, program->random_));
    program->ledger_keys_ = std::make_unique<store::LedgerKeys>(std::move(keys));
    program->business_register_.set(c.business_register);
    TRY(program->registry_, open_registry(c, *program->vault_, clock, program->random_));
    program->blobs_ = std::make_unique<store::Blobs>(c.blobs, program->vault_->blob_key());
    if (!c.clamd.empty()) {
        TRY(program->scanner_, dossiers::make_clamd({c.clamd}));
    }
    program->files_ =
        std::make_shared<dossiers::Files>(*program->store_, *program->blobs_, program->scanner_.get(), c.files);
    TRY(program->snapshots_, Snapshots::open(*program->store_));
    program->followers_ = std::make_unique<store::Followers>(*program->store_);
    program->rollup_ = std::make_shared<ioc::Rollup>([p = program.get()] { return p->snapshots().book(); });
    add_all_followers(*program);
    TRY(program->documents_, open_documents(*program));
    TRY(program->vxp_node_, open_vxp_node(*program));  // documents
    program->links_ = std::make_unique<connector::Hub>(
        connector::Ground{*program->store_, *program->vault_, clock, program->random_, c.node});
    TRY_VOID(add_all_partners(*program));
    program->topics_ = std::make_unique<TopicService>(*program);
    program->children_ = std::make_unique<ChildService>(*program);
    return program;
}

dossiers::Context Program::context() {
    return {snapshots_->organisation(), snapshots_->calendars(), snapshots_->catalogue(), vault_.get(), &random_};
}

}  // namespace hl::app
