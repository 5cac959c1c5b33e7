#include "dossiers/bulk.h"

#include "dossiers/codes.h"
#include "dossiers/refusals.h"
#include "dossiers/storage.h"

namespace hl::dossiers {

namespace {

Result<BulkReport> for_all(const std::vector<Target>& targets,
                           const std::function<Result<Dossier>(const Target&)>& run) {
    if (targets.empty())
        return invalid("bulk.empty", "Hãy chọn ít nhất một hồ sơ.", "Choose at least one dossier.", "/codes");
    if (targets.size() > most_in_bulk)
        return invalid("bulk.too_many", fmt::format("Mỗi lần tối đa {} hồ sơ. Hãy chia nhỏ.", most_in_bulk),
                       fmt::format("At most {} dossiers at a time. Split them.", most_in_bulk), "/codes");
    BulkReport report;
    std::set<std::string> seen;
    for (const auto& t : targets)
        if (seen.insert(normalise_code(t.code.value)).second) report.push_back({t.code, run(t)});
    return report;
}

}  // namespace

Result<BulkReport> receive_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                               const std::vector<Target>& targets, Instant now) {
    return for_all(targets, [&](const Target& t) { return receive(tx, ctx, actor, t, {}, now); });
}

Result<BulkReport> transfer_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                const std::vector<Target>& targets, Instant now) {
    return for_all(targets, [&](const Target& t) { return transfer(tx, ctx, actor, t, now); });
}

Result<BulkReport> refuse_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                              const std::vector<Target>& targets, const std::vector<std::string>& reasons,
                              Instant now) {
    return for_all(targets, [&](const Target& t) { return refuse(tx, ctx, actor, t, reasons, now); });
}

Result<BulkReport> complete_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                const std::vector<Target>& targets, const std::string& note, Instant now) {
    return for_all(targets, [&](const Target& t) { return complete(tx, ctx, actor, t, {.note = note}, now); });
}

Result<BulkReport> reassign_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                const std::vector<Target>& targets, const OfficerId& officer, const std::string& reason,
                                Instant now) {
    return for_all(targets, [&](const Target& t) { return reassign(tx, ctx, actor, t, {}, officer, reason, now); });
}

Result<BulkReport> sign_all(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                            const std::vector<Target>& targets, const std::string& kind, const std::string& signature,
                            Instant now) {
    return for_all(targets, [&](const Target& t) -> Result<Dossier> {
        ResultInput result;
        result.kind = kind;
        result.signature = signature;
        if (kind.empty()) {
            TRY(const auto d, storage::find(tx, t.code.value));
            TRY(const auto release, ctx.catalogue->release(d.release));
            if (release->card.results.size() == 1) result.kind = release->card.results.front().id;
        }
        return record_result(tx, ctx, actor, t, result, now);
    });
}

}  // namespace hl::dossiers
