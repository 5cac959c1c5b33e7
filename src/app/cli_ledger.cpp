#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "app/progress.h"
#include "app/records.h"
#include "base/files.h"
#include "base/json.h"

namespace hl::app {

namespace {

Result<void> verify(const Cli& cli) {
    TRY(auto program, cli.open());
    Progress progress("verify");
    TRY(auto report, store::verify_ledger(program->store(), program->ledger_keys(),
                                          [&](int64_t done, int64_t total) { progress.show(done, total); }));
    progress.finish();
    record_verification(*program, report, "system:command-line");
    if (cli.options.json) {
        boost::json::array problems;
        for (const auto& p : report.problems) problems.emplace_back(p);
        std::cout << boost::json::serialize(boost::json::object{{"events", report.events},
                                                                {"checkpoints", report.checkpoints},
                                                                {"root", crypto::to_base64(crypto::view(report.root))},
                                                                {"problems", problems}})
                  << "\n";
    } else {
        std::cout << "events       " << report.events << "\ncheckpoints  " << report.checkpoints << "\nroot         "
                  << crypto::to_base64(crypto::view(report.root)) << "\n";
        for (const auto& p : report.problems) std::cout << "PROBLEM      " << p << "\n";
        std::cout << (report.problems.empty() ? "the ledger is whole\n" : "the ledger has been damaged or changed\n");
    }
    if (report.problems.empty()) return Nothing{};
    return Error{ErrorKind::conflict, "ledger.damaged", "Sổ cái không còn nguyên vẹn.",
                 fmt::format("{} problem(s) found in the ledger", report.problems.size())};
}

/// The event named by id, by position, or the last one of a dossier.
Result<std::string> event_id(store::Store& store, const std::string& id, std::optional<int64_t> position,
                             const std::string& stream) {
    if (!id.empty()) return id;
    return store.read([&](store::Reader& reader) -> Result<std::string> {
        if (position) {
            auto events = store::read_events(reader, *position, 1);
            if (!events.empty() && events.front().position == *position) return events.front().id;
        } else if (!stream.empty()) {
            const auto dossier = reader.first("SELECT id FROM dossier WHERE code = ?", {stream},
                                              [](const store::Row& row) { return row.string(0); });
            const auto events = store::read_stream(reader, dossier.value_or(stream));
            if (!events.empty()) return events.back().id;
        }
        return Error{ErrorKind::not_found, "ledger.no_event", "Không có sự kiện này trong sổ cái.",
                     "There is no such event in the ledger."};
    });
}

Result<void> check(const std::string& file, const std::string& verifier) {
    TRY(auto text, read_file(file));
    TRY(auto proof, parse_json(text));
    if (!proof.is_object())
        return Error{ErrorKind::malformed, "proof.invalid", "Tệp không phải bằng chứng.", "The file is not a proof."};
    TRY_VOID(store::check_proof(proof.as_object(), verifier));
    std::cout << "the proof holds\n";
    return Nothing{};
}

}  // namespace

void add_ledger_commands(Cli& cli) {
    auto* ledger = cli.root.add_subcommand("ledger", "Verify the ledger, prove one event, rotate the signing key");
    ledger->require_subcommand(1);

    ledger->add_subcommand("verify", "Recompute every leaf, tile and checkpoint")->callback([cli] {
        cli.action = [cli] { return verify(cli); };
    });

    auto* prove = ledger->add_subcommand("prove", "Print a self-contained proof that an event is in the signed ledger");
    auto id = std::make_shared<std::string>(), dossier = std::make_shared<std::string>();
    auto position = std::make_shared<std::optional<int64_t>>();
    prove->add_option("--event", *id, "Event id");
    prove->add_option("--position", *position, "Position in the ledger");
    prove->add_option("--dossier", *dossier, "Dossier code: its last event");
    prove->require_option(1);
    prove->callback([cli, id, position, dossier] {
        cli.action = [cli, id, position, dossier]() -> Result<void> {
            TRY(auto program, cli.open());
            TRY(auto event, event_id(program->store(), *id, *position, *dossier));
            TRY(auto proof, store::prove_event(program->store(), program->ledger_keys(), event, cli.clock.now()));
            std::cout << boost::json::serialize(proof) << "\n";
            return Nothing{};
        };
    });

    auto* check_command = ledger->add_subcommand("check", "Check a printed proof; needs no database");
    auto file = std::make_shared<std::string>(), verifier = std::make_shared<std::string>();
    check_command->add_option("proof", *file, "File with the proof")->required()->check(CLI::ExistingFile);
    check_command->add_option("--verifier", *verifier, "Verifier line, as 'ledger key' prints it")->required();
    check_command->callback(
        [cli, file, verifier] { cli.action = [file, verifier] { return check(*file, *verifier); }; });

    ledger->add_subcommand("key", "Print the verifier line of the active signing key")->callback([cli] {
        cli.action = [cli]() -> Result<void> {
            TRY(auto program, cli.open());
            std::cout << program->ledger_keys().verifier_line() << "\n";
            return Nothing{};
        };
    });
    ledger->add_subcommand("rotate", "Start signing with a new key; the change is itself an event")->callback([cli] {
        cli.action = [cli]() -> Result<void> {
            TRY(auto program, cli.open());
            TRY_VOID(program->ledger_keys().rotate(program->store(), program->random(), cli.clock.now()));
            std::cout << program->ledger_keys().verifier_line() << "\n";
            return Nothing{};
        };
    });
    ledger->add_subcommand("checkpoint", "Sign the present size and print the checkpoint")->callback([cli] {
        cli.action = [cli]() -> Result<void> {
            TRY(auto program, cli.open());
            TRY(auto fresh, store::sign_checkpoint(program->store(), program->ledger_keys(), cli.clock.now()));
            TRY(auto last, program->store().read([](store::Reader& r) -> Result<std::optional<store::Checkpoint>> {
                return store::latest_checkpoint(r);
            }));
            std::cout << (last ? last->note : "no event yet\n");
            return Nothing{};
        };
    });
}

}  // namespace hl::app
