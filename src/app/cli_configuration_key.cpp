#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "exchange/registry/configuration_keys.h"
#include "exchange/registry/issue.h"

namespace hl::app {

namespace {

namespace json = boost::json;
using exchange::KeyReason;
using exchange::KeyRecord;

struct Shown {
    exchange::KeyInForce now;
    std::vector<KeyRecord> records;
    bool here = false;                // the private part of the key in force
    std::vector<std::string> unused;  // private keys that no statement names
};

Result<Shown> look(Program& program) {
    TRY(auto out, program.store().read([&](store::Reader& reader) -> Result<Shown> {
        return Shown{
            exchange::key_of_the_last_issue(reader, program.registry()), exchange::key_records(reader), false, {}};
    }));
    out.here = program.registry().keys().find(out.now.fingerprint).ok();
    for (const auto& fingerprint : program.registry().keys().beside()) {
        const auto named = [&](const KeyRecord& r) { return r.fingerprint == fingerprint; };
        if (std::none_of(out.records.begin(), out.records.end(), named)) out.unused.push_back(fingerprint);
    }
    return out;
}

std::string_view state_of(const KeyRecord& record, const Shown& shown) {
    if (record.statement.number == shown.now.number) return "signs";
    return record.statement.number < shown.now.number ? "given up" : "announced";
}

json::value time_or_null(const std::optional<Instant>& at) {
    return at ? json::value(to_rfc3339(*at)) : json::value();
}

json::object as_json(const std::string& instance, const Shown& shown) {
    json::array statements;
    for (const auto& r : shown.records)
        statements.push_back(json::object{{"number", r.statement.number},
                                          {"fingerprint", r.fingerprint},
                                          {"previous", r.previous},
                                          {"state", state_of(r, shown)},
                                          {"announced", to_rfc3339(r.statement.issued)},
                                          {"announced_by", r.announced_by},
                                          {"valid_from", to_rfc3339(r.statement.valid_from)},
                                          {"reason", to_string(r.statement.reason)},
                                          {"in_force", time_or_null(r.in_force)},
                                          {"previous_destroyed", time_or_null(r.destroyed)}});
    json::array unused;
    for (const auto& fingerprint : shown.unused) unused.push_back(json::value(fingerprint));
    return {{"instance", instance},          {"unused_keys", std::move(unused)}, {"fingerprint", shown.now.fingerprint},
            {"statement", shown.now.number}, {"private_key_here", shown.here},   {"statements", std::move(statements)}};
}

Result<void> show(const Cli& cli) {
    TRY(auto program, cli.open());
    TRY(const auto shown, look(*program));
    const auto& instance = program->registry().settings().instance;
    if (cli.options.json) {
        std::cout << json::serialize(as_json(instance, shown)) << "\n";
        return Nothing{};
    }
    std::cout << "instance     " << instance << "\nfingerprint  " << shown.now.fingerprint << "\nprivate key  "
              << (shown.here ? "on this machine" : "NOT on this machine: copy it from where it was made") << "\n";
    if (shown.records.empty()) std::cout << "statements   none: it is the first key\n";
    for (const auto& r : shown.records) {
        std::cout << "statement " << r.statement.number << "  " << r.fingerprint << "  " << state_of(r, shown)
                  << "\n    " << to_string(r.statement.reason) << ", announced " << to_rfc3339(r.statement.issued)
                  << " by " << r.announced_by << ", valid from " << to_rfc3339(r.statement.valid_from)
                  << "\n    the key before it, " << r.previous.substr(0, 16) << "…, "
                  << (r.destroyed ? "destroyed " + to_rfc3339(*r.destroyed) : "not destroyed yet") << "\n";
    }
    for (const auto& fingerprint : shown.unused)
        std::cout << "unused       " << fingerprint << "\n    left by a change that was interrupted; remove exchange-"
                  << "configuration-" << fingerprint.substr(0, 8) << "….key unless you are restoring a database\n";
    return Nothing{};
}

struct RotateOptions {
    std::string reason = "planned";
    int overlap = -1;  // not said: a week when planned, none after a suspected theft
};

Result<void> rotate(const Cli& cli, const RotateOptions& o) {
    TRY(auto program, cli.open());
    exchange::NewKey wanted;
    wanted.reason = exchange::key_reason_from(o.reason).value_or(KeyReason::planned);
    const bool planned = wanted.reason == KeyReason::planned;
    if (o.overlap >= 0)
        wanted.overlap = std::chrono::days{o.overlap};
    else if (!planned)
        wanted.overlap = std::chrono::days{0};
    const auto actor = access::Actor::system("command-line", program->snapshots().organisation());
    const auto& registry = program->registry();
    TRY(const auto made,
        exchange::announce_key(program->store(), registry, actor, wanted, program->random(), cli.clock.now()));
    TRY_VOID(exchange::settle_keys(program->store(), registry, cli.clock.now()));
    TRY(const auto shown, look(*program));
    if (cli.options.json) {
        std::cout << json::serialize(as_json(registry.settings().instance, shown)) << "\n";
    } else {
        std::cout << "statement    " << made.statement.number << "\nfingerprint  " << made.fingerprint
                  << "\nvalid from   " << to_rfc3339(made.statement.valid_from)
                  << (made.in_force ? " (it signs now)" : "") << "\n";
    }
    if (planned) {
        std::cerr
            << "gateways follow by themselves, those that are away when they come back; back up the folder of the "
               "keys now\n";
        return Nothing{};
    }
    std::cerr << "THE CHAIN PROVES NOTHING after a theft: no gateway follows this statement. Each goes on with the "
                 "configuration\nthat it has until that expires ("
              << registry.settings().validity.count() / 60
              << " minutes), and then refuses. Give every gateway's administrator the fingerprint\nby telephone or on "
                 "paper, never over the line; on the gateway's machine:\n    hienluong gateway repin "
              << made.fingerprint << "\n";
    return Nothing{};
}

}  // namespace

void add_configuration_key_commands(Cli& cli) {
    auto* command =
        cli.root.get_subcommand("exchange")
            ->add_subcommand("configuration-key",
                             "The key that signs the configuration which gateways work by: look at it, change it");
    command->require_subcommand(1);

    auto* show_command = command->add_subcommand("show", "Which key signs, since when, and which ones were before it");
    show_command->callback([cli] { cli.action = [cli] { return show(cli); }; });

    auto* rotate_command = command->add_subcommand(
        "rotate", "Make a new key and announce it; the old one signs until its day and is destroyed then");
    auto o = std::make_shared<RotateOptions>();
    rotate_command
        ->add_option(
            "--reason", o->reason,
            "planned (default: gateways follow by themselves) or compromise (the old key may have been stolen: "
            "every gateway must be pinned anew by hand)")
        ->check(CLI::IsMember({"planned", "compromise"}));
    rotate_command
        ->add_option("--overlap", o->overlap,
                     "Days for which the old key goes on signing (default 7; 0 after a compromise)")
        ->check(CLI::Range(0, 90));
    rotate_command->callback([cli, o] { cli.action = [cli, o] { return rotate(cli, *o); }; });
}

}  // namespace hl::app
