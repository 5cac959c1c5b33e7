#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "app/demo.h"
#include "app/pack.h"
#include "app/progress.h"
#include "base/csv.h"
#include "base/files.h"
#include "dossiers/reorganise.h"
#include "exchange/registry/seed.h"

namespace hl::app {

namespace {

constexpr std::string_view actor = "system:demo";

/// Accounts to try the API with, at one ward: marked as made up, one-time passwords shown once.
Result<void> add_demo_accounts(Program& program, const Clock& clock) {
    struct Row {
        const char* login;
        const char* name;
        access::Role role;
    };
    const AgencyId ward{"ubnd-19333"};
    boost::json::array shown;
    if (!program.snapshots().organisation()->agency(ward)) return Nothing{};
    std::cout << "made-up accounts of " << ward.value << " (they sign in with these passwords):\n";
    for (const Row& row : {Row{"mau-mot-cua", "Cán bộ một cửa (mẫu)", access::Role::clerk},
                           Row{"mau-van-thu", "Văn thư (mẫu)", access::Role::registrar},
                           Row{"mau-thu-ly", "Cán bộ thụ lý (mẫu)", access::Role::handler},
                           Row{"mau-lanh-dao", "Lãnh đạo (mẫu)", access::Role::head}}) {
        const std::string secret = crypto::to_base64url(crypto::random_bytes(program.random(), 12));
        TRY_VOID(program.store().write([&](store::Transaction& tx) -> Result<void> {
            const OfficerId officer{row.login};
            TRY_VOID(directory::add_officer(tx, officer, row.name, actor, clock.now()));
            access::NewAccount account{row.login, row.name, access::AccountKind::officer, officer, {}, secret, false};
            TRY(auto id,
                access::create_account(tx, account, program.config().accounts, actor, program.random(), clock.now()));
            return access::grant_role(tx, id, {row.role, ward, local_date(clock.now()), {}}, actor, clock.now());
        }));
        std::cout << "    " << row.login << "  " << secret << "\n";
        shown.push_back(boost::json::object{{"login", row.login}, {"password", secret}, {"what", row.name}});
    }
    // For the console. The administrator of the first start keeps his one-time password to himself.
    const Row console{"mau-quan-tri", "Quản trị viên (mẫu)", access::Role::administrator};
    const std::string secret = crypto::to_base64url(crypto::random_bytes(program.random(), 12));
    TRY_VOID(program.store().write([&](store::Transaction& tx) -> Result<void> {
        access::NewAccount account{console.login, console.name, access::AccountKind::officer, {}, {}, secret, false};
        TRY(auto id,
            access::create_account(tx, account, program.config().accounts, actor, program.random(), clock.now()));
        for (const auto role : {access::Role::administrator, access::Role::auditor})
            TRY_VOID(access::grant_role(tx, id, {role, {}, local_date(clock.now()), {}}, actor, clock.now()));
        return Nothing{};
    }));
    std::cout << "    " << console.login << "  " << secret << "\n";
    shown.push_back(boost::json::object{{"login", console.login}, {"password", secret}, {"what", console.name}});
    TRY(auto citizen, add_demo_citizen(program, clock.now()));
    std::cout << "    " << citizen.login << "  " << citizen.password << "\n";
    shown.push_back(
        boost::json::object{{"login", citizen.login}, {"password", citizen.password}, {"what", citizen.name}});
    // Its presence makes this a demonstration: the front page says so and names the accounts.
    return write_file_durably(demonstration_file(program.config()), boost::json::serialize(shown), 0600);
}

Result<void> demo(const Cli& cli, int64_t dossiers, uint64_t seed, const std::string& until) {
    TRY(auto program, cli.open(true));
    TRY(auto report, apply_pack(program->store(), program->config().pack, {std::string{actor}}, cli.clock.now()));
    if (!report.errors.empty())
        return Error{
            ErrorKind::invalid, "pack.errors", "Gói dữ liệu còn lỗi.",
            fmt::format("the pack has {} error(s), the first: {}", report.errors.size(), report.errors.front().en),
            report.errors.front().at};
    TRY_VOID(program->snapshots().reload());
    TRY(auto secret, program->store().write([&](store::Transaction& tx) {
        return access::first_administrator(tx, program->config().accounts, program->random(), cli.clock.now());
    }));
    if (secret) std::cout << "administrator 'admin', one-time password (shown once): " << *secret << "\n";
    DemoOptions options;
    options.dossiers = dossiers;
    options.seed = seed;
    options.end = cli.clock.now();
    if (!until.empty()) {
        TRY(auto day, parse_date(until));
        options.end = at_local(day, 17);
    }
    Progress progress("demo");
    const auto started = std::chrono::steady_clock::now();
    // When each tenth was ready: whether the time grows as the dossiers do.
    std::vector<double> tenths;
    const auto seconds_so_far = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    };
    TRY(auto done, fill_demo(*program, options, [&](int64_t n, int64_t total) {
            progress.show(n, total);
            while (total >= 10 && n * 10 >= total * (std::ssize(tenths) + 1)) tenths.push_back(seconds_so_far());
        }));
    progress.finish();
    TRY_VOID(program->followers().catch_up());
    const double seconds = seconds_so_far();
    TRY(auto checkpoint, store::sign_checkpoint(program->store(), program->ledger_keys(), cli.clock.now()));
    std::cout << fmt::format(
        "{} made-up dossiers ({} still open), {} events, {} commands in {:.1f} s: {:.0f} dossiers a second\n",
        done.filed, done.open, done.events, done.commands, seconds,
        static_cast<double>(done.filed) / std::max(seconds, 0.001));
    if (!tenths.empty()) {
        std::string rates;
        for (size_t i = 0; i < tenths.size(); ++i)
            rates += fmt::format(" {:.0f}", static_cast<double>(done.filed) / 10 /
                                                std::max(tenths[i] - (i == 0 ? 0 : tenths[i - 1]), 0.001));
        std::cout << "    dossiers a second, tenth by tenth:" << rates << "\n";
    }
    TRY(const auto seeded, program->store().write([&](store::Transaction& tx) {
        return exchange::seed_exchange(tx, program->registry(), program->snapshots().organisation(), program->random(),
                                       cli.clock.now());
    }));
    std::cout << fmt::format("{} made-up systems of {} agencies share {} services\n", seeded.subsystems, seeded.members,
                             seeded.services);
    for (const auto& [code, n] : done.refused) std::cout << fmt::format("    refused by rule: {} x {}\n", n, code);
    return add_demo_accounts(*program, cli.clock);
}

Result<std::vector<directory::Succession>> read_successions(const std::string& file) {
    TRY(auto bytes, read_file(file));
    TRY(auto table, parse_csv(bytes, file));
    std::vector<directory::Succession> out;
    for (const auto& row : table.rows) {
        directory::Succession s;
        s.from = table.cell(row, "from");
        s.to = table.cell(row, "to");
        auto day = parse_date(table.cell(row, "date"));
        if (!day.ok()) return Error{std::move(day).error()}.pointing(fmt::format("{}:{}", file, row.line));
        s.date = *day;
        static const std::map<std::string, directory::SuccessionKind> kinds = {
            {"merge", directory::SuccessionKind::merge},
            {"split", directory::SuccessionKind::split},
            {"rename", directory::SuccessionKind::rename},
            {"transfer", directory::SuccessionKind::transfer},
            {"abolish", directory::SuccessionKind::abolish}};
        const auto kind = kinds.find(table.cell(row, "kind"));
        if (kind == kinds.end())
            return Error{ErrorKind::invalid, "reorganise.kind", "Loại kế thừa không đúng.",
                         "kind is one of merge, split, rename, transfer, abolish",
                         fmt::format("{}:{}", file, row.line)};
        s.kind = kind->second;
        s.function = table.cell(row, "function");
        s.area = UnitId{table.cell(row, "area")};
        s.basis = table.cell(row, "basis");
        out.push_back(std::move(s));
    }
    return out;
}

}  // namespace

void add_demo(Cli& cli) {
    auto* command =
        cli.root.add_subcommand("demo", "Fill an empty database with a made-up, reproducible year of the province");
    auto dossiers = std::make_shared<int64_t>(20'000);
    auto seed = std::make_shared<uint64_t>(2026);
    auto until = std::make_shared<std::string>();
    command->add_option("--dossiers", *dossiers, "How many (default 20000)")->check(CLI::Range(1, 100'000'000));
    command->add_option("--seed", *seed, "Another seed, another year");
    command->add_option("--until", *until, "Last day of the year, e.g. 2026-11-20 (default: now)");
    command->callback([cli, dossiers, seed, until] {
        cli.action = [cli, dossiers, seed, until] { return demo(cli, *dossiers, *seed, *until); };
    });
}

void add_reorganise(Cli& cli) {
    auto* command =
        cli.root.add_subcommand("reorganise", "End agencies, name their successors, hand their open dossiers over");
    auto file = std::make_shared<std::string>();
    command->add_option("file", *file, "CSV with from,to,date,kind,function,area,basis")
        ->required()
        ->check(CLI::ExistingFile);
    command->callback([cli, file] {
        cli.action = [cli, file]() -> Result<void> {
            TRY(auto successions, read_successions(*file));
            TRY(auto program, cli.open());
            const auto ctx = program->context();
            const auto who = access::Actor::system("command-line", ctx.directory);
            TRY(auto done, program->store().write([&](store::Transaction& tx) {
                return dossiers::hand_over(tx, ctx, who, successions, cli.clock.now());
            }));
            std::cout << done.dossiers << " open dossiers handed over"
                      << (done.more ? "; more remain, run again\n" : "\n");
            return Nothing{};
        };
    });
}

}  // namespace hl::app
