#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "access/api_keys.h"
#include "app/cli.h"
#include "base/files.h"
#include "base/text.h"

namespace hl::app {

namespace {

constexpr std::string_view actor = "system:command-line";

Result<access::Account> find(Program& program, const std::string& login) {
    return program.store().read([&](store::Reader& reader) -> Result<access::Account> {
        auto account = access::find_account(reader, login);
        if (!account)
            return Error{ErrorKind::not_found, "account.unknown", "Không có tài khoản này.",
                         "There is no account '" + login + "'."};
        return std::move(*account);
    });
}

/// A one-time password from standard input or made here; never from the command line, which others can read.
std::string one_time_password(Random& random) {
    return crypto::to_base64url(crypto::random_bytes(random, 15));
}

struct UserOptions {
    std::string login, name, kind = "officer", officer, role, agency, from, to, label,
                             reason = "closed by the administrator";
};

Result<void> add(const Cli& cli, const UserOptions& o) {
    TRY(auto program, cli.open());
    const bool machine = o.kind == "machine";
    const std::string secret = machine ? "" : one_time_password(program->random());
    TRY(auto id, program->store().write([&](store::Transaction& tx) {
        access::NewAccount account;
        account.login = o.login;
        account.name = o.name;
        account.kind = machine ? access::AccountKind::machine : access::AccountKind::officer;
        account.officer = OfficerId{o.officer};
        account.password = secret;
        return access::create_account(tx, account, program->config().accounts, actor, program->random(),
                                      cli.clock.now());
    }));
    std::cout << "account  " << id.value << "\n";
    if (!secret.empty()) std::cout << "one-time password (shown once)  " << secret << "\n";
    return Nothing{};
}

Result<void> grant(const Cli& cli, const UserOptions& o, bool give) {
    const auto role = access::role_from(o.role);
    if (!role)
        return Error{ErrorKind::invalid, "grant.role", "Không có vai trò này.", "There is no role '" + o.role + "'."};
    TRY(auto program, cli.open());
    TRY(auto account, find(*program, o.login));
    const Date today = local_date(cli.clock.now());
    Date from = today;
    if (!o.from.empty()) {
        TRY(from, parse_date(o.from));
    }
    std::optional<Date> to;
    if (!o.to.empty()) {
        TRY(to, parse_date(o.to));
    }
    if (!o.agency.empty() && !program->snapshots().organisation()->agency(AgencyId{o.agency}))
        return Error{ErrorKind::not_found, "agency.unknown", "Không có cơ quan này.",
                     "There is no agency '" + o.agency + "'."};
    return program->store().write([&](store::Transaction& tx) -> Result<void> {
        if (give)
            return access::grant_role(tx, account.id, {*role, AgencyId{o.agency}, from, to}, actor, cli.clock.now());
        return access::revoke_role(tx, account.id, *role, AgencyId{o.agency}, from, actor, cli.clock.now());
    });
}

Result<void> reset_password(const Cli& cli, const UserOptions& o) {
    TRY(auto program, cli.open());
    TRY(auto account, find(*program, o.login));
    const std::string secret = one_time_password(program->random());
    TRY(auto prepared, program->store().read([&](store::Reader& r) {
        return access::prepare_password(r, account.id, secret, program->config().accounts);
    }));
    TRY_VOID(program->store().write([&](store::Transaction& tx) {
        return access::store_password(tx, account.id, prepared, true, actor, cli.clock.now());
    }));
    std::cout << "one-time password (shown once)  " << secret << "\n";
    return Nothing{};
}

Result<void> list(const Cli& cli) {
    TRY(auto program, cli.open());
    std::string after;
    for (;;) {
        TRY(auto page, program->store().read([&](store::Reader& r) -> Result<std::vector<access::Account>> {
            return access::list_accounts(r, after, 200);
        }));
        if (page.empty()) return Nothing{};
        for (const auto& a : page) {
            std::vector<std::string> roles;
            for (const auto& g : a.grants)
                roles.push_back(std::string{to_string(g.role)} + (g.agency.empty() ? "" : "@" + g.agency.value));
            const char* state = a.state == access::AccountState::active   ? "active"
                                : a.state == access::AccountState::locked ? "locked"
                                                                          : "closed";
            std::cout << a.login << "\t" << state << "\t" << a.name << "\t" << text::join(roles, ",") << "\n";
        }
        after = page.back().login;
    }
}

}  // namespace

void add_user_commands(Cli& cli) {
    auto* user = cli.root.add_subcommand("user", "Accounts, roles and API keys");
    user->require_subcommand(1);
    auto o = std::make_shared<UserOptions>();
    const auto on = [&](CLI::App* command, std::function<Result<void>(const Cli&, const UserOptions&)> run) {
        command->callback([cli, o, run] { cli.action = [cli, o, run] { return run(cli, *o); }; });
    };
    const auto login = [&](CLI::App* command) { command->add_option("login", o->login, "Login")->required(); };

    auto* add_command = user->add_subcommand("add", "Create an account; prints a one-time password");
    login(add_command);
    add_command->add_option("--name", o->name, "Name to show")->required();
    add_command->add_option("--kind", o->kind, "officer or machine")->check(CLI::IsMember({"officer", "machine"}));
    add_command->add_option("--officer", o->officer, "Officer id in the directory");
    on(add_command, add);

    for (const bool give : {true, false}) {
        auto* command = user->add_subcommand(give ? "grant" : "revoke", give ? "Give a role" : "End a role");
        login(command);
        command->add_option("role", o->role, "clerk, handler, approver, head, administrator, auditor, integrator")
            ->required();
        command->add_option("--agency", o->agency, "Agency id; none = the whole installation");
        command->add_option("--from", o->from, "First day (default today)");
        if (give) command->add_option("--to", o->to, "First day without it");
        on(command, [give](const Cli& c, const UserOptions& options) { return grant(c, options, give); });
    }
    auto* password = user->add_subcommand("password", "Set a new one-time password");
    login(password);
    on(password, reset_password);

    auto* close = user->add_subcommand("close", "Close an account, its sessions and keys");
    login(close);
    close->add_option("--reason", o->reason, "Why");
    on(close, [](const Cli& c, const UserOptions& options) -> Result<void> {
        TRY(auto program, c.open());
        TRY(auto account, find(*program, options.login));
        return program->store().write([&](store::Transaction& tx) {
            return access::close_account(tx, account.id, actor, options.reason, c.clock.now());
        });
    });
    auto* reopen = user->add_subcommand("reopen", "Reopen a closed or locked account");
    login(reopen);
    on(reopen, [](const Cli& c, const UserOptions& options) -> Result<void> {
        TRY(auto program, c.open());
        TRY(auto account, find(*program, options.login));
        return program->store().write(
            [&](store::Transaction& tx) { return access::reopen_account(tx, account.id, actor, c.clock.now()); });
    });
    auto* key = user->add_subcommand("key", "Make an API key for a machine account; shown once");
    login(key);
    key->add_option("--label", o->label, "What it is for")->required();
    on(key, [](const Cli& c, const UserOptions& options) -> Result<void> {
        TRY(auto program, c.open());
        TRY(auto account, find(*program, options.login));
        TRY(auto secret, program->store().write([&](store::Transaction& tx) {
            return access::create_api_key(tx, account.id, options.label, std::nullopt, actor, program->random(),
                                          c.clock.now());
        }));
        std::cout << secret << "\n";
        return Nothing{};
    });
    on(user->add_subcommand("list", "All accounts, one a line"),
       [](const Cli& c, const UserOptions&) { return list(c); });
}

}  // namespace hl::app
