// hienluong links: connectors to partners on the command line.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "links/connector/commands.h"
#include "links/connector/routes.h"
#include "links/portal/questions.h"

namespace hl::app {

namespace {

struct Ask {
    std::string name, key, since, reason;
    bool all = false, unsent = false;
};

/// The command line is the machine's owner.
access::Actor owner(Program& program) {
    return access::Actor::system("command-line", program.snapshots().organisation());
}

Result<void> print_list(const Cli& cli) {
    TRY(auto program, cli.open());
    if (program->links().entries().empty() && !cli.options.json)
        std::cerr << "Chưa kết nối đối tác nào. Hãy khai url, user, secret_file của đối tác ở mục links: trong tệp cấu "
                     "hình (docs/links.md), rồi khởi động lại máy chủ.\n"
                     "no partner is connected: give a partner's url, user and secret_file under 'links:' in the "
                     "settings file (docs/links.md), then restart the server\n";
    return program->store().read([&](store::Reader& reader) -> Result<void> {
        for (const auto& entry : program->links().entries()) {
            const auto v = connector::view(reader, *entry, cli.clock.now());
            if (cli.options.json) {
                std::cout << boost::json::serialize(v) << "\n";
                continue;
            }
            const auto text = [&](const char* name) { return std::string_view{v.at(name).get_string()}; };
            const auto figure = [&](const char* name) { return v.at(name).to_number<int64_t>(); };
            std::cout << fmt::format("{}\t{}\t{}waiting {}\theld {}\tdead {}\tdifferences {}\taccepted {}\n",
                                     text("name"), text("url"), v.at("paused").is_null() ? "" : "paused\t",
                                     figure("waiting"), figure("held"), figure("dead"), figure("differences"),
                                     figure("accepted_keys"));
        }
        return Nothing{};
    });
}

Result<void> print_one(const Cli& cli, const Ask& ask) {
    TRY(auto program, cli.open());
    TRY(auto* entry, program->links().find(ask.name));
    return program->store().read([&](store::Reader& reader) -> Result<void> {
        std::cout << boost::json::serialize(connector::view(reader, *entry, cli.clock.now())) << "\n";
        return Nothing{};
    });
}

Result<void> change(const Cli& cli, const Ask& ask,
                    const std::function<Result<std::string>(store::Transaction&, const access::Actor&)>& act) {
    TRY(auto program, cli.open());
    TRY(auto* entry, program->links().find(ask.name));
    (void)entry;
    const auto who = owner(*program);
    TRY(const auto said, program->store().write([&](store::Transaction& tx) { return act(tx, who); }));
    std::cout << said << "\n";
    return Nothing{};
}

Result<void> compare(const Cli& cli, const Ask& ask) {
    TRY(auto program, cli.open());
    TRY(auto* entry, program->links().find(ask.name));
    auto line = entry->runner->line();
    TRY(const auto done,
        connector::reconcile(program->links().ground(), *entry->connector, line, "system:command-line"));
    std::cout << "compared     " << done.compared << "\nunder way    " << done.waiting << "\ndifferences  "
              << done.differences << "\n";
    return Nothing{};
}

Result<void> erase_question(const Cli& cli, const Ask& ask) {
    TRY(auto program, cli.open());
    const auto who = owner(*program);
    TRY(const auto q, program->store().write([&](store::Transaction& tx) {
        return links::portal::erase_question(tx, program->vault(), who, ask.name, {ask.reason, ask.unsent, {}},
                                             cli.clock.now());
    }));
    std::cout << fmt::format("erased: question {}, {}\n", q.id, links::portal::to_string(q.state));
    return Nothing{};
}

}  // namespace

void add_links_commands(Cli& cli) {
    auto* links = cli.root.add_subcommand("links", "Connectors to partners: the national portal and others");
    links->require_subcommand(1);
    auto ask = std::make_shared<Ask>();
    links->add_subcommand("list", "What each connector does just now")->callback([&cli] {
        cli.action = [&cli] { return print_list(cli); };
    });
    const auto named = [&](const char* word, const char* about) {
        auto* command = links->add_subcommand(word, about);
        command->add_option("name", ask->name, "The connector, as 'links list' names it")->required();
        return command;
    };
    named("show", "Everything about one, as JSON")->callback([&cli, ask] {
        cli.action = [&cli, ask] { return print_one(cli, *ask); };
    });
    auto* pause = named("pause", "Send nothing until it is resumed");
    pause->add_option("--reason", ask->reason, "Why")->required();
    pause->callback([&cli, ask] {
        cli.action = [&cli, ask] {
            return change(cli, *ask, [&](auto& tx, const auto& who) -> Result<std::string> {
                TRY_VOID(connector::pause(tx, who, ask->name, ask->reason, cli.clock.now()));
                return std::string{"paused"};
            });
        };
    });
    named("resume", "Go on sending")->callback([&cli, ask] {
        cli.action = [&cli, ask] {
            return change(cli, *ask, [&](auto& tx, const auto& who) -> Result<std::string> {
                TRY_VOID(connector::resume(tx, who, ask->name, cli.clock.now()));
                return std::string{"resumed"};
            });
        };
    });
    auto* replay = named("replay", "Send again what was accepted: one key, since a day, or all");
    replay->add_option("--key", ask->key, "One, e.g. a dossier code");
    replay->add_option("--since", ask->since, "What was accepted since this day, 2026-11-28");
    replay->add_flag("--all", ask->all, "All that was ever accepted");
    replay->callback([&cli, ask] {
        cli.action = [&cli, ask]() -> Result<void> {
            connector::Replay what;
            what.key = ask->key;
            if (!ask->since.empty()) {
                TRY(const auto day, parse_date(ask->since));
                what.since = at_local(day, 0);
            }
            if (what.key.empty() && !what.since && !ask->all)
                return Error{ErrorKind::invalid, "link.replay_what", "Hãy ghi --key, --since hoặc --all.",
                             "say --key, --since or --all"};
            return change(cli, *ask, [&](auto& tx, const auto& who) -> Result<std::string> {
                TRY(const auto n, connector::replay(tx, who, ask->name, what, cli.clock.now()));
                return fmt::format("{} message(s) stand in the outbox again", n);
            });
        };
    });
    auto* erase =
        links->add_subcommand("erase-question", "Erase who asked a question at the national portal, for good");
    erase->add_option("id", ask->name, "The question's number at the portal")->required();
    erase->add_option("--reason", ask->reason, "Why; kept sealed")->required();
    erase->add_flag("--unsent", ask->unsent, "Also when its answer has not reached the portal: it never will");
    erase->callback([&cli, ask] { cli.action = [&cli, ask] { return erase_question(cli, *ask); }; });
    named("reconcile", "Ask the partner what it has and list the differences")->callback([&cli, ask] {
        cli.action = [&cli, ask] { return compare(cli, *ask); };
    });
}

}  // namespace hl::app
