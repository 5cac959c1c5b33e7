#include "app/pack.h"

#include "access/oidc_profile.h"
#include "app/documents.h"
#include "base/crypto.h"
#include "directory/difference.h"
#include "ioc/index766/rules.h"
#include "ioc/indicators/pack.h"
#include "links/connector/mapping.h"
#include "links/measurement/partner.h"
#include "links/payment/profile.h"
#include "links/post/profile.h"
#include "links/power/profile.h"
#include "links/registers/profile.h"
#include "links/portal/profile.h"
#include "notices/pack.h"
#include "procedures/difference.h"
#include "procedures/linter.h"
#include "procedures/publish.h"

namespace hl::app {

namespace {

struct Read {
    directory::OrganisationPack organisation;
    procedures::ProcedurePack procedures;
    index766::RulesPack index_rules;
    ioc::IndicatorPack indicators;
    connector::MappingPack mappings;
    notices::NoticePack notices;
    PackReport report;
};

/// Reads and judges the whole pack: the procedures are linted against the pack's own organisation, as it would stand.
Read read_pack(const std::filesystem::path& pack, const procedures::Catalogue& catalogue, Instant now) {
    Read read;
    read.organisation = directory::read_organisation(pack, read.report.errors);
    read.procedures = procedures::read_procedures(pack, read.report.errors);
    read.index_rules = index766::read_rules(pack, read.report.errors);
    read.mappings = connector::read_mappings(pack, read.report.errors, {{"portal", links::portal::check_profile},
                                                 {"payment", payment::check_profile},
                                                 {"post", post::check_profile},
                                                 {"measurement", measurement::check_profile},
                                                 {"business", links::registers::check_profile},
                                                 {"budget", links::registers::check_profile},
                                                 {"power", power::check_profile}});
    read.notices = notices::read_notices(pack, read.report.errors);
    check_documents_pack(pack, read.report.errors);  // documents: used as they stand in the folder
    (void)access::read_oidc_profiles(pack, read.report.errors);  // used as they stand in the pack's folder
    if (!read.report.errors.empty()) return read;
    const auto preview = directory::preview(read.organisation);
    read.indicators = ioc::read_indicators(pack, preview.get(), read.report.errors);
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

Result<void> describe(store::Reader& reader, Read& read, Instant now) {
    read.report.changes = directory::describe_changes(reader, read.organisation);
    auto more = procedures::describe_changes(reader, read.procedures);
    read.report.changes.insert(read.report.changes.end(), more.begin(), more.end());
    const auto rules = index766::describe_changes(reader, read.index_rules);
    read.report.changes.insert(read.report.changes.end(), rules.begin(), rules.end());
    const auto mappings = connector::describe_changes(reader, read.mappings);
    read.report.changes.insert(read.report.changes.end(), mappings.begin(), mappings.end());
    const auto notices = notices::describe_changes(reader, read.notices);
    read.report.changes.insert(read.report.changes.end(), notices.begin(), notices.end());
    const auto indicators = ioc::describe_changes(reader, read.indicators);
    read.report.changes.insert(read.report.changes.end(), indicators.begin(), indicators.end());
    json::array procedures;
    for (const auto& draft : read.procedures.drafts) {
        TRY(const auto difference, procedures::difference(reader, draft));
        if (difference) procedures.push_back(procedures::view(*difference));
    }
    json::object templates, indicator_files;
    for (const auto& [name, text] : read.indicators.files) indicator_files[name] = text;
    for (const auto& [name, text] : read.procedures.templates.files) templates[name] = text;
    read.report.difference = {
        {"organisation", directory::view(directory::differences(reader, read.organisation, local_date(now)))},
        {"procedures", std::move(procedures)}};
    read.report.digest = crypto::to_hex(
        crypto::sha256(read.organisation.hash + read.index_rules.hash + read.mappings.hash + read.notices.book.hash + canonical_json(templates) +
                       canonical_json(indicator_files) + canonical_json(read.report.difference)));
    return Nothing{};
}

}  // namespace

Result<PackReport> check_pack(store::Store& store, const std::filesystem::path& pack, Instant now) {
    TRY(auto catalogue, catalogue_of(store));
    auto read = read_pack(pack, *catalogue, now);
    if (!read.report.errors.empty()) return std::move(read.report);
    return store.read([&](store::Reader& reader) -> Result<PackReport> {
        TRY_VOID(describe(reader, read, now));
        return std::move(read.report);
    });
}

Result<PackReport> apply_pack(store::Store& store, const std::filesystem::path& pack, const procedures::Publication& by,
                              Instant now, const std::optional<std::string>& seen) {
    TRY(auto catalogue, catalogue_of(store));
    auto read = read_pack(pack, *catalogue, now);
    if (!read.report.errors.empty()) return std::move(read.report);
    return store.write([&](store::Transaction& tx) -> Result<PackReport> {
        TRY_VOID(describe(tx, read, now));
        if (seen && *seen != read.report.digest)
            return Error{ErrorKind::conflict, "pack.changed",
                         "Gói dữ liệu hoặc dữ liệu đang có đã khác với lúc kiểm tra. Hãy kiểm tra lại rồi áp dụng.",
                         "The pack or what is stored is not what was checked. Check it again, then apply."};
        TRY_VOID(directory::apply_organisation(tx, read.organisation, by.actor, now));
        TRY(auto applied, procedures::apply_procedures(tx, read.procedures, by, now));
        TRY_VOID(index766::apply_rules(tx, read.index_rules, by.actor, now));
        TRY_VOID(connector::apply_mappings(tx, read.mappings, by.actor, now));
        TRY_VOID(notices::apply_notices(tx, read.notices, by.actor, now));
        TRY_VOID(ioc::apply_indicators(tx, read.indicators, by.actor, now));
        return read.report;
    });
}

}  // namespace hl::app
