#include "app/pack.h"

#include "directory/commands.h"
#include "procedures/linter.h"
#include "procedures/publish.h"

namespace hl::app {

namespace {

struct Read {
    directory::OrganisationPack organisation;
    procedures::ProcedurePack procedures;
    PackReport report;
};

/// Reads and judges the whole pack: the procedures are linted against the pack's own organisation, as it would stand.
Read read_pack(const std::filesystem::path& pack, const procedures::Catalogue& catalogue, Instant now) {
    Read read;
    read.organisation = directory::read_organisation(pack, read.report.errors);
    read.procedures = procedures::read_procedures(pack, read.report.errors);
    if (!read.report.errors.empty()) return read;
    const auto preview = directory::preview(read.organisation);
    for (const auto& draft : read.procedures.drafts) {
        procedures::LintContext context;
        context.organisation = preview.get();
        context.at = local_date(now);
        if (auto previous = catalogue.valid(draft.card.code, now); previous.ok()) context.previous = *previous;
        for (const auto& finding : procedures::lint(draft, context)) {
            if (finding.severity == procedures::Severity::error)
                read.report.errors.push_back({ErrorKind::invalid, finding.code, finding.vi, finding.en, finding.place});
            else if (finding.severity == procedures::Severity::warning)
                read.report.warnings.push_back(finding.place + ": " + finding.vi);
        }
    }
    return read;
}

Result<std::shared_ptr<const procedures::Catalogue>> catalogue_of(store::Store& store) {
    return store.read([](store::Reader& reader) { return procedures::Catalogue::load(reader); });
}

void describe(store::Reader& reader, Read& read) {
    read.report.changes = directory::describe_changes(reader, read.organisation);
    auto more = procedures::describe_changes(reader, read.procedures);
    read.report.changes.insert(read.report.changes.end(), more.begin(), more.end());
}

}  // namespace

Result<PackReport> check_pack(store::Store& store, const std::filesystem::path& pack, Instant now) {
    TRY(auto catalogue, catalogue_of(store));
    auto read = read_pack(pack, *catalogue, now);
    if (!read.report.errors.empty()) return std::move(read.report);
    return store.read([&](store::Reader& reader) -> Result<PackReport> {
        describe(reader, read);
        return std::move(read.report);
    });
}

Result<PackReport> apply_pack(store::Store& store, const std::filesystem::path& pack, std::string_view actor,
                              Instant now) {
    TRY(auto catalogue, catalogue_of(store));
    auto read = read_pack(pack, *catalogue, now);
    if (!read.report.errors.empty()) return std::move(read.report);
    return store.write([&](store::Transaction& tx) -> Result<PackReport> {
        describe(tx, read);
        TRY_VOID(directory::apply_organisation(tx, read.organisation, actor, now));
        TRY(auto applied, procedures::apply_procedures(tx, read.procedures, {std::string{actor}, "", false}, now));
        return read.report;
    });
}

}  // namespace hl::app
