// What shows that a directive was carried out: files, sealed under the directive's key; a figure of the agency as it
// was then; a dossier that the adder may read. Evidence is only ever added.
#pragma once
#include "dossiers/files.h"
#include "ioc/directives/commands.h"

namespace hl::directives {

inline constexpr int64_t most_evidence = 50;

/// Checks, scans, seals and stores the bytes, then writes line and event. Errors: those of a command, and file.name,
/// file.empty, file.too_large, file.type, file.ending, file.macros, file.infected, scan.unavailable, store.full,
/// directive.evidence_full.
[[nodiscard]] Result<Directive> add_file(const Context& ctx, const dossiers::Files& files, const access::Actor& actor,
                                         const Target& target, const std::string& name, std::string_view bytes,
                                         Instant now);
/// The directive's agency's figure of a period, with the ledger position it rests on. Errors: ioc.no_indicator,
/// ioc.grain, directive.no_value, directive.evidence_full.
[[nodiscard]] Result<Directive> add_figure(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                           const Target& target, const std::string& indicator,
                                           const std::string& period, Instant now);
/// Errors: dossier.not_found, access.denied, directive.evidence_full.
[[nodiscard]] Result<Directive> add_dossier(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                            const Target& target, const std::string& code, Instant now);

struct FileContent {
    Directive directive;
    Evidence evidence;
    std::string bytes;
};
/// Errors: directive.not_found, directive.not_yours, file.not_found, file.damaged, blob.*, subject.erased, access.*.
[[nodiscard]] Result<FileContent> file_content(store::Reader& reader, const Context& ctx, const dossiers::Files& files,
                                               const access::Actor& actor, std::string_view code, std::string_view id,
                                               Instant now);

/// May this content go from the file store? True while evidence needs it.
[[nodiscard]] bool content_is_referenced(store::Reader& reader, const FileHash& content);

}  // namespace hl::directives
