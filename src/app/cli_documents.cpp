// hienluong documents: edXML files and the boxes on the command line.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "base/files.h"
#include "documents/edxml.h"
#include "documents/queries.h"
#include "links/connector/hub.h"

namespace hl::app {

namespace {

struct Ask {
    std::string file, out, agency, direction = "in", key, certificates, anchors, data;
    bool sha1 = false;
};

Result<std::string> bytes_of(const Ask& ask) {
    return read_file(ask.file, documents::Limits{}.message);
}

Result<std::filesystem::path> data_of(const Cli& cli, const Ask& ask) {
    if (!ask.data.empty()) return std::filesystem::path{ask.data};
    TRY(const auto config, cli.config());
    return config.pack / "documents";
}

/// Everything wrong with a file, a line each; needs no database.
Result<void> check(const Cli& cli, const Ask& ask) {
    TRY(const auto bytes, bytes_of(ask));
    TRY(const auto data, data_of(cli, ask));
    TRY(const auto profile, documents::Profile::read(data / "edxml.yaml"));
    TRY(const auto schema, documents::Schema::read(data / "edxml.xsd"));
    auto mistakes = schema->check(bytes, documents::Limits{}.message);
    auto reading = documents::check_edxml(bytes, *profile);
    if (mistakes.empty() || mistakes.front().code != "edxml.malformed")
        std::ranges::move(reading.mistakes, std::back_inserter(mistakes));
    print_errors(mistakes);
    if (!mistakes.empty())
        return Error{ErrorKind::invalid, "documents.mistakes",
                     fmt::format("{} lỗi trong {}.", mistakes.size(), ask.file),
                     fmt::format("{} mistakes in {}.", mistakes.size(), ask.file)};
    if (const auto* m = std::get_if<documents::BusinessMessage>(&*reading.message))
        std::cout << "document " << m->document_id << ", " << m->to.size() << " receivers, " << m->attachments.size()
                  << " files: no mistakes\n";
    else
        std::cout << "status " << std::get<documents::StatusMessage>(*reading.message).code << ": no mistakes\n";
    return Nothing{};
}

Result<void> sign(const Ask& ask) {
    TRY(const auto bytes, bytes_of(ask));
    TRY(const auto identity, documents::SigningIdentity::read(ask.key, ask.certificates));
    TRY(const auto done, documents::sign_edxml(bytes, identity));
    if (ask.out.empty()) {
        std::cout << done;
        return Nothing{};
    }
    return write_file_durably(ask.out, done);
}

Result<void> verify(const Cli& cli, const Ask& ask) {
    TRY(const auto bytes, bytes_of(ask));
    TRY(const auto verifier, documents::Verifier::read(ask.anchors, ask.sha1));
    TRY(const auto facts, verifier->verify(bytes, cli.clock.now()));
    std::cout << facts.algorithm << (facts.weak ? " (weak)" : "") << "\t" << facts.certificate.sha256 << "\t"
              << facts.certificate.subject << "\n";
    return Nothing{};
}

Result<documents::Axis*> axis_of(Program& program) {
    if (!program.documents())
        return Error{ErrorKind::unavailable, "documents.not_configured", "Gói của tỉnh chưa có thư mục documents.",
                     "The pack has no documents folder."};
    return program.documents();
}

Result<void> list(const Cli& cli, const Ask& ask) {
    TRY(auto program, cli.open());
    TRY(auto* axis, axis_of(*program));
    const auto now = cli.clock.now();
    documents::BoxQuery q;
    q.agency = AgencyId{ask.agency};
    q.direction = documents::direction_from(ask.direction).value_or(documents::Direction::in);
    q.limit = 200;
    return program->store().read([&](store::Reader& reader) -> Result<void> {
        const auto ctx = axis->context();
        for (const auto& d : documents::find_documents(reader, q, now).items) {
            if (cli.options.json) {
                std::cout << boost::json::serialize(documents::view_row(d, ctx, now)) << "\n";
                continue;
            }
            const auto late = documents::lateness(d, now);
            std::cout << d.key.str() << "\t" << to_string(d.state) << "\t" << d.document_id << "\t" << d.from_organ
                      << (late.empty() ? "" : "\tlate: " + late) << "\n";
        }
        return Nothing{};
    });
}

Result<void> take(const Cli& cli, const Ask& ask) {
    TRY(const auto bytes, bytes_of(ask));
    TRY(auto program, cli.open());
    TRY(auto* axis, axis_of(*program));
    TRY(const auto outcome, axis->take_in(bytes, cli.clock.now()));
    constexpr std::array words{"stored", "duplicate", "status", "held"};
    std::cout << words[static_cast<size_t>(outcome.kind)];
    if (!outcome.held_reason.empty()) std::cout << "\t" << outcome.held_reason;
    for (const auto& key : outcome.documents) std::cout << "\t" << key.str();
    std::cout << "\n";
    return Nothing{};
}

/// What the connector does once a minute, now.
Result<void> fetch(const Cli& cli) {
    TRY(auto program, cli.open());
    TRY(auto* entry, program->links().find("documents"));
    TRY(const auto report, entry->runner->run_task("receive"));
    std::cout << boost::json::serialize(report) << "\n";
    return Nothing{};
}

}  // namespace

void add_documents_commands(Cli& cli) {
    auto* documents =
        cli.root.add_subcommand("documents", "Documents between agencies: edXML files, in-box and out-box");
    documents->require_subcommand(1);
    const auto ask = std::make_shared<Ask>();
    const auto with_file = [&](const char* name, const char* help) {
        auto* command = documents->add_subcommand(name, help);
        command->add_option("file", ask->file, "the .edxml file")->required();
        return command;
    };
    auto* checking = with_file("check", "Says every mistake of an edXML file: schema and content");
    checking->add_option("--data", ask->data, "folder with edxml.yaml and edxml.xsd (otherwise the pack's)");
    checking->callback([cli, ask] { cli.action = [cli, ask] { return check(cli, *ask); }; });
    auto* signing = with_file("sign", "Signs an edXML file");
    signing->add_option("--key", ask->key, "private key (PEM, mode 0600)")->required();
    signing->add_option("--certificates", ask->certificates, "certificate and its issuers (PEM)")->required();
    signing->add_option("--out", ask->out, "where to write (otherwise standard output)");
    signing->callback([cli, ask] { cli.action = [ask] { return sign(*ask); }; });
    auto* verifying = with_file("verify", "Verifies the signature of an edXML file");
    verifying->add_option("--anchors", ask->anchors, "folder of trusted certificates")->required();
    verifying->add_flag("--accept-sha1", ask->sha1, "accept SHA-1, and say so");
    verifying->callback([cli, ask] { cli.action = [cli, ask] { return verify(cli, *ask); }; });
    with_file("take", "Takes an edXML file into the in-boxes of its receivers")->callback([cli, ask] {
        cli.action = [cli, ask] { return take(cli, *ask); };
    });
    auto* listing = documents->add_subcommand("list", "Lists a box of an agency");
    listing->add_option("agency", ask->agency, "the agency's id")->required();
    listing->add_option("--direction", ask->direction, "in or out")->check(CLI::IsMember({"in", "out"}));
    listing->callback([cli, ask] { cli.action = [cli, ask] { return list(cli, *ask); }; });
    documents->add_subcommand("fetch", "Fetches what waits on the axis, now")->callback([cli] {
        cli.action = [cli] { return fetch(cli); };
    });
}

}  // namespace hl::app
