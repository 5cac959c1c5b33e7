// Settings of an installation: a YAML file, overridden by the command line. No secret stands in it; secrets are named
// by file. Read once at start.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "access/accounts.h"
#include "access/sessions.h"
#include "app/pull_config.h"
#include "base/result.h"
#include "dossiers/files.h"
#include "http/server.h"
#include "ioc/child/settings.h"
#include "links/business_register.h"
#include "links/connector/settings.h"

namespace hl::app {

inline constexpr std::string_view program_version = "0.1.0";

struct Config {
    std::filesystem::path data_dir = "var";  // database, blobs and keys, unless named below
    std::string database;         // "sqlite:/path" or "postgresql://…"; default sqlite:<data_dir>/hienluong.db
    std::filesystem::path blobs;  // default <data_dir>/blobs
    std::filesystem::path keys;   // default <data_dir>/keys: keep its backup apart from the database's
    std::filesystem::path pack = "packs/quang-tri";
    std::filesystem::path web = "web/dist";                     // the built web application; not there = not served
    std::filesystem::path portal = "web/portal";                // templates and texts of the citizen's pages
    std::string national_portal = "https://dichvucong.gov.vn";  // where one files online
    std::filesystem::path api_document = "api/openapi.yaml";
    std::string origin = "hien-luong/quang-tri";  // names this ledger in its checkpoints
    std::string node = "node-1";
    int database_connections = 4;
    std::chrono::seconds checkpoint_interval{10};
    http::ServerOptions server;
    access::AccountPolicy accounts;
    std::vector<access::OidcProvider> oidc;
    dossiers::FileRules files;
    std::string clamd;  // "/run/clamav/clamd.ctl" or "host:port"; empty: files are stored unscanned and say so
    std::string exchange_instance = "QUANGTRI";  // names the data-sharing platform in its identifiers
    std::string exchange_url;  // "https://lgsp.example": where gateways reach this program; empty: its own address
    /// Certificates, OCSP and time-stamps of our own, for trial; not said: in a demonstration only.
    std::optional<bool> development_authority;
    bool own_gateway = true;  // a demonstration connects its made-up systems by itself
    std::string log_level = "info";
    connector::Settings links;  // partners that are connected, by connector
    std::vector<PullSettings> ioc_pull;                      // systems asked for indicators' values
    ioc::child::LineSettings child_ioc;                      // the line to a parent, and to children
    std::optional<links::BusinessSource> business_register;  // not said: businesses are not looked up
    /// Publishing a procedure takes a second person; not said: everywhere but in a demonstration.
    std::optional<bool> four_eyes;
};

/// Errors: config.unreadable, config.malformed, config.unknown_key (with line), config.value.
[[nodiscard]] Result<Config> load_config(const std::filesystem::path& file);
/// Made by `demo`: an array of {login, password, what}. Where it lies, the front page says that this is a demonstration
/// and names the accounts.
[[nodiscard]] std::filesystem::path demonstration_file(const Config& config);
[[nodiscard]] bool is_demonstration(const Config& config);
[[nodiscard]] bool needs_four_eyes(const Config& config);
/// Fills the defaults that depend on data_dir.
void complete(Config& config);

}  // namespace hl::app
