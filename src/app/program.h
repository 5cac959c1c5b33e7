// One running installation, put together from the rooms: database, vault, ledger keys, snapshots, followers. The
// command line opens it for one command; `serve` adds the HTTP server and the housekeeping thread.
#pragma once
#include <memory>
#include <mutex>

#include "access/sessions.h"
#include "app/config.h"
#include "app/partners.h"
#include "app/snapshots.h"
#include "dossiers/context.h"
#include "dossiers/files.h"
#include "dossiers/throttle.h"
#include "exchange/registry/registry.h"
#include "ioc/index766/rules.h"
#include "documents/axis.h"
#include "links/connector/hub.h"
#include "links/documents/node.h"
#include "links/routes.h"
#include "notices/pack.h"
#include "store/blobs.h"
#include "store/followers.h"
#include "store/ledger.h"
#include "store/sealing.h"

namespace hl::ioc {
class Rollup;
}

namespace hl::app {

class ChildService;
class GatewayNode;
class TopicService;

class Program {
  public:
    /// Opens (and with `create` makes) everything an installation has on disk. The clock outlives the program.
    [[nodiscard]] static Result<std::unique_ptr<Program>> open(Config config, const Clock& clock, bool create);
    ~Program();

    [[nodiscard]] const Config& config() const { return config_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] store::Store& store() { return *store_; }
    [[nodiscard]] store::Vault& vault() { return *vault_; }
    [[nodiscard]] store::LedgerKeys& ledger_keys() { return *ledger_keys_; }
    [[nodiscard]] store::Blobs& blobs() { return *blobs_; }
    [[nodiscard]] std::shared_ptr<const dossiers::Files> files() { return files_; }
    [[nodiscard]] dossiers::PhoneGuesses& guesses() { return guesses_; }
    [[nodiscard]] store::Followers& followers() { return *followers_; }
    [[nodiscard]] Snapshots& snapshots() { return *snapshots_; }
    [[nodiscard]] exchange::Registry& registry() { return *registry_; }
    [[nodiscard]] links::BusinessRegister& business_register() { return business_register_; }
    /// The connectors to partners.
    [[nodiscard]] connector::Hub& links() { return *links_; }
    [[nodiscard]] Partners& partners() { return partners_; }
    [[nodiscard]] notices::Books& notice_books() { return notice_books_; }
    /// Documents between agencies; null where the pack has no folder for them.
    [[nodiscard]] documents::Axis* documents() { return documents_.get(); }
    [[nodiscard]] links::vxp::Node* vxp_node() { return vxp_node_.get(); }  // for documents of other systems; or null
    [[nodiscard]] TopicService& topics() { return *topics_; }
    /// The line between operations centres.
    [[nodiscard]] ChildService& children() { return *children_; }
    /// The gateway inside this server while it runs, null otherwise. Whoever asks keeps it alive until he has done.
    [[nodiscard]] std::shared_ptr<GatewayNode> own_gateway() const {
        std::scoped_lock lock(own_gateway_mutex_);
        return own_gateway_;
    }
    void set_own_gateway(std::shared_ptr<GatewayNode> node) {
        std::scoped_lock lock(own_gateway_mutex_);
        own_gateway_.swap(node);
    }
    [[nodiscard]] index766::StoredRules& index_rules() { return index_rules_; }
    /// The follower that keeps the indicators' cells.
    [[nodiscard]] const std::shared_ptr<ioc::Rollup>& rollup() const { return rollup_; }
    /// What dossier commands work with, on the present snapshots.
    [[nodiscard]] dossiers::Context context();

  private:
    Program(Config config, const Clock& clock);
    Config config_;
    const Clock& clock_;
    SystemRandom random_;
    dossiers::PhoneGuesses guesses_;
    links::BusinessRegister business_register_;
    index766::StoredRules index_rules_;
    notices::Books notice_books_;  // for pages about the texts
    std::shared_ptr<ioc::Rollup> rollup_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<store::Vault> vault_;
    std::unique_ptr<store::LedgerKeys> ledger_keys_;
    std::unique_ptr<store::Blobs> blobs_;
    std::unique_ptr<dossiers::VirusScanner> scanner_;
    std::shared_ptr<const dossiers::Files> files_;
    std::unique_ptr<exchange::Registry> registry_;
    std::unique_ptr<Snapshots> snapshots_;
    std::unique_ptr<documents::Axis> documents_;
    std::unique_ptr<links::vxp::Node> vxp_node_;  // of documents
    Partners partners_;
    std::unique_ptr<connector::Hub> links_;  // before the followers, which call it
    std::unique_ptr<store::Followers> followers_;
    mutable std::mutex own_gateway_mutex_;
    std::shared_ptr<GatewayNode> own_gateway_;
    std::unique_ptr<TopicService> topics_;
    std::unique_ptr<ChildService> children_;
};

/// All rooms' migrations in floor order.
[[nodiscard]] store::Migrations all_migrations();

}  // namespace hl::app
