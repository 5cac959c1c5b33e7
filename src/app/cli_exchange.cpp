#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "app/progress.h"
#include "base/files.h"
#include "exchange/log/message_log.h"
#include "exchange/registry/servers.h"
#include "exchange/trust/certificate_chain.h"
#include "exchange/trust/container.h"

namespace hl::app {

namespace {

namespace json = boost::json;

/// Every certificate of the files, DER.
Result<std::vector<std::string>> certificates_in(const std::vector<std::string>& files) {
    std::vector<std::string> out;
    for (const auto& file : files) {
        TRY(const auto bytes, read_file(file, 1u << 20));
        auto found = exchange::read_certificates(bytes);
        if (!found.ok()) return Error{std::move(found).error()}.pointing(file);
        for (const auto& certificate : *found) out.push_back(certificate.der());
    }
    return out;
}

struct VerifyOptions {
    std::vector<std::string> files, authorities, time_stampers;
    bool no_time_stamp = false, no_ocsp = false;
};

std::string_view word(exchange::ContainerCheck::Outcome outcome) {
    switch (outcome) {
        case exchange::ContainerCheck::Outcome::passed:
            return "ok";
        case exchange::ContainerCheck::Outcome::failed:
            return "FAILED";
        case exchange::ContainerCheck::Outcome::skipped:
            break;
    }
    return "not checked";
}

json::object as_json(const std::string& file, const exchange::OfflineVerdict& verdict) {
    json::array checks, contents;
    for (const auto& check : verdict.checks)
        checks.push_back({{"name", check.name},
                          {"outcome", word(check.outcome)},
                          {"vi", check.error ? check.error->vi : check.vi},
                          {"en", check.error ? check.error->en : check.en}});
    for (const auto& part : verdict.contents)
        contents.push_back({{"name", part.name}, {"sha512", crypto::to_hex(exchange::view(part.digest))}});
    json::object out{{"file", file}, {"valid", verdict.valid}, {"checks", checks}, {"contents", contents}};
    if (verdict.verdict) {
        out["signer"] = verdict.verdict->signer.subject;
        out["signed_at"] = to_rfc3339(verdict.verdict->signer.signed_at);
        out["stamped_at"] =
            verdict.verdict->stamped_at ? json::value(to_rfc3339(*verdict.verdict->stamped_at)) : json::value();
    }
    return out;
}

Result<void> verify(const Cli& cli, const VerifyOptions& o) {
    exchange::VerificationTrust trust;
    TRY(trust.authorities, certificates_in(o.authorities));
    TRY(trust.time_stampers, certificates_in(o.time_stampers));
    trust.require_time_stamp = !o.no_time_stamp;
    trust.require_ocsp = !o.no_ocsp;
    size_t bad = 0;
    for (const auto& file : o.files) {
        TRY(const auto verdict, exchange::verify_container_file(file, trust));
        bad += !verdict.valid;
        if (cli.options.json) {
            std::cout << json::serialize(as_json(file, verdict)) << "\n";
            continue;
        }
        std::cout << file << "\n";
        for (const auto& check : verdict.checks)
            std::cout << fmt::format("  {:<12} {:<16} {}\n", word(check.outcome), check.name,
                                     check.error ? check.error->en : check.en);
        if (verdict.verdict) {
            std::cout << "  signed by    " << verdict.verdict->signer.subject << "\n  signed at    "
                      << to_rfc3339(verdict.verdict->signer.signed_at) << "\n";
            if (verdict.verdict->stamped_at)
                std::cout << "  stamped at   " << to_rfc3339(*verdict.verdict->stamped_at) << "\n";
        }
        std::cout << (verdict.valid ? "  the container holds\n" : "  THE CONTAINER DOES NOT HOLD\n");
    }
    if (bad == 0) return Nothing{};
    return Error{ErrorKind::conflict, "exchange.container_invalid", "Gói chứng cứ không hợp lệ.",
                 fmt::format("{} of {} container(s) do not hold", bad, o.files.size())};
}

Result<void> verify_folder(const Cli& cli, const std::string& given) {
    auto folder = given;
    if (folder.empty()) {
        TRY(const auto config, cli.config());
        folder = (config.data_dir / "gateway" / "log").string();
    }
    Progress progress("verify");
    TRY(const auto report,
        exchange::verify_log(folder, [&](int64_t done, int64_t total) { progress.show(done, total); }));
    progress.finish();
    if (cli.options.json) {
        json::array problems;
        for (const auto& p : report.problems) problems.emplace_back(p);
        std::cout << json::serialize(json::object{{"records", report.records},
                                                  {"messages", report.messages},
                                                  {"time_stamps", report.stamps},
                                                  {"segments", report.segments},
                                                  {"archives", report.archives},
                                                  {"head", report.head},
                                                  {"problems", problems}})
                  << "\n";
    } else {
        std::cout << "records      " << report.records << "\nmessages     " << report.messages << "\ntime-stamps  "
                  << report.stamps << "\nsegments     " << report.segments << "\narchives     " << report.archives
                  << "\nhead         " << report.head << "\n";
        for (const auto& p : report.problems) std::cout << "PROBLEM      " << p << "\n";
        std::cout << (report.problems.empty() ? "the log is whole\n" : "the log has been damaged or changed\n");
    }
    if (report.problems.empty()) return Nothing{};
    return Error{ErrorKind::conflict, "exchange.log_damaged", "Nhật ký thông điệp không còn nguyên vẹn.",
                 fmt::format("{} problem(s) found in the message log", report.problems.size())};
}

struct CodeOptions {
    std::string owner, server, url;
    std::vector<std::string> clients;
    int hours = 72;
};

/// For who has the registry's database at hand; others make codes in the console.
Result<void> make_code(const Cli& cli, const CodeOptions& o) {
    TRY(auto program, cli.open());
    exchange::NewJoinCode wanted;
    TRY(wanted.owner, exchange::parse_client(o.owner));
    wanted.server_code = o.server;
    for (const auto& client : o.clients) {
        TRY(auto id, exchange::parse_client(client));
        wanted.clients.push_back(std::move(id));
    }
    wanted.life = std::chrono::hours{o.hours};
    const auto actor = access::Actor::system("command-line", program->snapshots().organisation());
    TRY(auto code, program->store().write([&](store::Transaction& tx) {
        return exchange::make_join_code(tx, program->registry(), actor, wanted, program->random(), cli.clock.now());
    }));
    if (!o.url.empty()) code.url = o.url;
    if (code.url.empty())
        return Error{ErrorKind::invalid, "exchange.url", "Chưa biết địa chỉ của sổ đăng ký: thêm --url.",
                     "Where the registry answers is not known: add --url, or set exchange_url."};
    std::cout << exchange::to_text(code) << "\n";
    std::cerr << "works once, until " << to_rfc3339(code.expires) << "; on the gateway's machine:\n"
              << "    hienluong gateway join CODE --address HOST:5500\n";
    return Nothing{};
}

}  // namespace

void add_exchange_commands(Cli& cli) {
    auto* exchange = cli.root.add_subcommand(
        "exchange", "The data-sharing platform: codes to join with, and the verification of what it kept as evidence");
    exchange->require_subcommand(1);

    auto* code_command = exchange->add_subcommand("code", "Make a code with which a gateway joins; shown once");
    auto c = std::make_shared<CodeOptions>();
    code_command->add_option("--owner", c->owner, "Member that owns the gateway: INSTANCE/CLASS/CODE")->required();
    code_command->add_option("--server", c->server, "The gateway's own name, e.g. cong-1")->required();
    code_command->add_option("--subsystem", c->clients, "What it serves: INSTANCE/CLASS/CODE/SUBSYSTEM (repeat)")
        ->required();
    code_command->add_option("--url", c->url, "Where gateways reach the registry (default: exchange_url)");
    code_command->add_option("--hours", c->hours, "How long the code works (default 72)")->check(CLI::Range(1, 720));
    code_command->callback([cli, c] { cli.action = [cli, c] { return make_code(cli, *c); }; });

    auto* verify_command = exchange->add_subcommand(
        "verify", "Verify containers (ASiC-E) offline: signature, certificate, OCSP, time-stamp");
    auto o = std::make_shared<VerifyOptions>();
    verify_command->add_option("file", o->files, "Containers")->required()->check(CLI::ExistingFile);
    verify_command->add_option("--ca", o->authorities, "Trusted certification authorities (PEM)")
        ->required()
        ->check(CLI::ExistingFile);
    verify_command->add_option("--tsa", o->time_stampers, "Trusted time-stamp authorities (PEM)")
        ->check(CLI::ExistingFile);
    verify_command->add_flag("--no-time-stamp", o->no_time_stamp, "Take containers that are not time-stamped yet");
    verify_command->add_flag("--no-ocsp", o->no_ocsp, "Take signatures without an OCSP response");
    verify_command->callback([cli, o] { cli.action = [cli, o] { return verify(cli, *o); }; });

    auto* log_command =
        exchange->add_subcommand("verify-log", "Recompute the chain of a gateway's message log, archives too");
    auto folder = std::make_shared<std::string>();
    log_command->add_option("folder", *folder, "Folder of the log (default: gateway/log in the data folder)")
        ->check(CLI::ExistingDirectory);
    log_command->callback([cli, folder] { cli.action = [cli, folder] { return verify_folder(cli, *folder); }; });
}

}  // namespace hl::app
