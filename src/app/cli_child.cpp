// hienluong ioc child: the line between operations centres, at the parent and at the child.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/child_service.h"
#include "app/cli.h"

namespace hl::app {

using namespace ioc::child;

namespace {

struct ChildOptions {
    std::string id, name, url, code, reason;
    std::vector<std::string> agencies;
    int hours = 72;
};

std::string operator_name() {
    const char* user = std::getenv("USER");
    return fmt::format("system:command-line{}{}", user ? ":" : "", user ? user : "");
}

Result<void> make_code(const Cli& cli, const ChildOptions& o) {
    TRY(auto program, cli.open());
    TRY(const auto parent, program->children().parent());
    NewChild wanted;
    wanted.id = ChildId{o.id};
    wanted.name = o.name;
    wanted.url = o.url.empty() ? program->config().child_ioc.parent.url : o.url;
    wanted.life = std::chrono::hours{o.hours};
    for (const auto& a : o.agencies) wanted.agencies.emplace_back(a);
    const auto actor = access::Actor::system("command-line", program->snapshots().organisation());
    TRY(const auto code, program->store().write([&](store::Transaction& tx) {
        return ioc::child::make_code(tx, *parent, actor, wanted, program->random(), cli.clock.now());
    }));
    std::cout << to_text(code) << "\n";
    std::cerr << "works once, until " << to_rfc3339(code.expires) << "; on the child's machine:\n"
              << "    hienluong ioc child enrol CODE\n";
    return Nothing{};
}

Result<void> enrol_here(const Cli& cli, const ChildOptions& o) {
    TRY(const auto code, code_from_text(o.code));
    TRY(auto program, cli.open());
    TRY(const auto end, program->children().end());
    TRY(const auto line, enrol_at(end, code));
    std::cout << "this installation is '" << line.child.value << "', a child of " << line.parent << " at " << line.url
              << "\nits key is " << (program->config().keys / "ioc-line.key").string()
              << ": keep a copy of it apart from the backups of the database\n";
    if (line.parent_last.number > line.last.number)
        std::cout << "the parent has " << line.parent_last.number
                  << " batches of an earlier life of it: run 'hienluong ioc child status', then 'resume'\n";
    return Nothing{};
}

std::string ago(const std::optional<Instant>& t, Instant now) {
    return t ? fmt::format("{} ({} s ago)", to_rfc3339(*t), (to_ms(now) - to_ms(*t)) / 1000) : "never";
}

void print(const Line& l, Instant now) {
    std::cout << "line        " << l.child.value << " -> " << l.parent << " (" << l.url << ")\nstate       "
              << to_string(l.state) << "\nmade        " << l.last.number << "\nreceipted   " << l.acknowledged
              << "\nparent has  " << l.parent_last.number << "\nreceived    " << l.down.number << "\nheard       "
              << ago(l.contact_at, now) << "\nclock       " << l.skew_ms / 1000 << " s ahead of the parent's\n";
    if (!l.problem.empty())
        std::cout << "PROBLEM     " << l.problem << ": " << l.problem_en << " (" << l.failures << " times)\n";
    if (l.state != LineState::running)
        std::cout
            << "this database and the parent's copy have parted, as after a restore from an older backup. "
               "'hienluong ioc child resume --reason ...' takes the parent's copy in, puts what only this database "
               "has aside, and tells the parent so.\n";
}

Result<void> status(const Cli& cli) {
    TRY(auto program, cli.open());
    const auto now = cli.clock.now();
    return program->store().read([&](store::Reader& r) -> Result<void> {
        const auto line = line_of(r);
        const auto all = children(r, program->config().child_ioc.parent, {}, now);
        if (cli.options.json) {
            boost::json::array list;
            for (const auto& c : all) list.push_back(view(c, now));
            std::cout << boost::json::serialize(boost::json::object{
                             {"line", line ? boost::json::value(view(*line, now)) : boost::json::value()},
                             {"children", std::move(list)}})
                      << "\n";
            return Nothing{};
        }
        if (line) print(*line, now);
        for (const auto& c : all)
            std::cout << "child       " << c.id.value << "\t" << to_string(c.health) << "\tbatch " << c.last.number
                      << "\tposition " << c.position << "\twaiting " << c.waiting << "\theard "
                      << ago(c.contact_at, now) << (c.refusal.empty() ? "" : "\tREFUSED " + c.refusal) << "\n";
        if (!line && all.empty()) std::cout << "no parent and no children\n";
        return Nothing{};
    });
}

Result<void> send(const Cli& cli) {
    TRY(auto program, cli.open());
    TRY_VOID(program->followers().catch_up());
    TRY(const auto end, program->children().end());
    TRY(const auto done, run_round(end, true));
    if (done.no_line)
        return Error{ErrorKind::not_found, "child.no_line", "Nơi này chưa ghép nối với cấp trên.",
                     "this installation has no parent; run 'hienluong ioc child enrol CODE'"};
    std::cout << done.made << " batch(es) made, " << done.sent << " sent, " << done.received << " received\n";
    return Nothing{};
}

Result<void> resume_here(const Cli& cli, const ChildOptions& o) {
    TRY(auto program, cli.open());
    TRY(const auto end, program->children().end());
    TRY(auto wanted, what_parts(end));
    wanted.reason = o.reason;
    wanted.by = operator_name();
    TRY(const auto told, program->store().write([&](store::Transaction& tx) {
        return resume(tx, wanted, program->random(), cli.clock.now());
    }));
    std::cout << "both had the same until batch " << told.common << "; " << told.adopted
              << " batch(es) taken from the parent's copy, " << told.abandoned
              << " of this database put aside. The next batch tells everything, and this decision.\n";
    return Nothing{};
}

Result<void> verify(const Cli& cli) {
    TRY(auto program, cli.open());
    TRY(const auto end, program->children().end());
    TRY(const auto problems, program->store().read([&](store::Reader& r) -> Result<size_t> {
        size_t out = 0;
        const auto tell = [&](std::string_view what, const ChainReport& report) {
            std::cout << what << "\t" << report.batches << " batches\t" << report.receipts << " receipts\n";
            for (const auto& p : report.problems) std::cout << "PROBLEM  " << p << "\n";
            out += report.problems.size();
        };
        if (line_of(r)) tell("own line", verify_line(r, end.key.public_key));
        for (const auto& c : children(r, {}, {}, cli.clock.now()))
            tell(c.id.value, verify_child(r, end.key.public_key, c.id));
        return out;
    }));
    if (problems == 0) return Nothing{};
    return Error{ErrorKind::conflict, "child.damaged", "Chuỗi lô không còn nguyên vẹn.",
                 fmt::format("{} problem(s) in the chains of batches", problems)};
}

}  // namespace

void add_child_commands(Cli& cli) {
    const auto there = cli.root.get_subcommands([](const CLI::App* a) { return a->get_name() == "ioc"; });
    auto* child = there.front()->add_subcommand("child", "The line between this operations centre and another one");
    child->require_subcommand(1);
    auto o = std::make_shared<ChildOptions>();

    auto* code = child->add_subcommand("code", "At the parent: make a code with which a child enrols; shown once");
    code->add_option("id", o->id, "The child's id, e.g. dong-ha")->required();
    code->add_option("--name", o->name, "Its name")->required();
    code->add_option("--agency", o->agencies, "An agency whose directives go down to it (repeat)");
    code->add_option("--url", o->url, "Where the child reaches this installation (default: child_ioc.url)");
    code->add_option("--hours", o->hours, "How long the code works (default 72)")->check(CLI::Range(1, 720));
    code->callback([cli, o] { cli.action = [cli, o] { return make_code(cli, *o); }; });

    auto* enrol_command = child->add_subcommand("enrol", "At the child: enrol with a code from the parent");
    enrol_command->add_option("code", o->code, "The code")->required();
    enrol_command->callback([cli, o] { cli.action = [cli, o] { return enrol_here(cli, *o); }; });

    child->add_subcommand("status", "How the lines stand, own and children's")->callback([cli] {
        cli.action = [cli] { return status(cli); };
    });
    child->add_subcommand("send", "At the child: make a batch of what is new and send what waits, now")
        ->callback([cli] { cli.action = [cli] { return send(cli); }; });
    auto* resume_command =
        child->add_subcommand("resume", "At the child: go on after this database and the parent's copy have parted");
    resume_command->add_option("--reason", o->reason, "Kept on both sides")->required();
    resume_command->callback([cli, o] { cli.action = [cli, o] { return resume_here(cli, *o); }; });
    child->add_subcommand("verify", "Recompute hashes, links, signatures and receipts of all batches")->callback([cli] {
        cli.action = [cli] { return verify(cli); };
    });
}

}  // namespace hl::app
