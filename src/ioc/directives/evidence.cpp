#include "ioc/directives/evidence.h"

#include "dossiers/file_vault.h"
#include "dossiers/queries.h"
#include "ioc/directives/rights.h"
#include "ioc/directives/storage.h"
#include "ioc/directives/work.h"
#include "ioc/indicators/figures.h"

namespace hl::directives {

namespace {

Error full() {
    return {ErrorKind::conflict, "directive.evidence_full",
            fmt::format("Chỉ đạo đã đủ {} minh chứng hoặc hết dung lượng. Hãy gộp tài liệu lại.", most_evidence),
            fmt::format("The directive has {} pieces of evidence already, or no room left. Put papers together.",
                        most_evidence)};
}

/// In the same write: the row, the line of the history, the event.
Result<Directive> add(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                      Instant now, int64_t most_bytes,
                      const std::function<Result<std::pair<Evidence, std::string>>(const Directive&)>& make) {
    return act(tx, ctx, actor, target, Command::add_evidence, now,
               [&](const Directive& before, Directive&, Happened& happened) -> Result<void> {
                   TRY(auto made, make(before));
                   auto& [evidence, hash] = made;
                   const auto taken = storage::room_taken(tx, before);
                   if (taken.pieces >= most_evidence || taken.bytes + evidence.bytes > most_bytes) return full();
                   storage::insert_evidence(tx, before, evidence, hash);
                   happened.more = {{"evidence", evidence.id}, {"kind", to_string(evidence.kind)}};
                   if (!hash.empty()) happened.more["hash"] = hash;
                   return Nothing{};
               });
}

Evidence begun(const Context& ctx, const access::Actor& actor, EvidenceKind kind, Instant now) {
    Evidence e;
    e.id = make_uuid7(now, *ctx.base.random);
    e.kind = kind;
    e.at = now;
    e.actor = actor.label();
    return e;
}

constexpr int64_t no_limit = std::numeric_limits<int64_t>::max();

}  // namespace

Result<Directive> add_file(const Context& ctx, const dossiers::Files& files, const access::Actor& actor,
                           const Target& target, const std::string& name, std::string_view bytes, Instant now) {
    // What costs little is asked first, on a snapshot; all of it holds again in the write at the end.
    TRY(const auto seen, files.store().read([&](store::Reader& reader) -> Result<Directive> {
        TRY(auto d, storage::find(reader, target.code));
        TRY_VOID(may_see(actor, d, now));
        TRY_VOID(may_do(actor, d, Command::add_evidence, now));
        TRY_VOID(after(d.standing(), Command::add_evidence));
        return d;
    }));
    dossiers::FileSecret secret;
    TRY(auto file, files.look_at({dossiers::FileRole::working, "", name}, bytes, secret));
    const auto hash = dossiers::outer_hash(ctx.base, seen.code, secret.sha256);
    TRY(const auto there, files.store().read([&](store::Reader& reader) -> Result<std::optional<std::string>> {
        return storage::evidence_like(reader, seen, hash);
    }));
    if (there) return seen;  // the same bytes, sent again
    TRY_VOID(files.keep(ctx.base, bytes, now, file, secret));
    return files.store().write([&](store::Transaction& tx) -> Result<Directive> {
        return add(tx, ctx, actor, target, now, files.rules().most_dossier_bytes,
                   [&](const Directive& d) -> Result<std::pair<Evidence, std::string>> {
                       Evidence e{file.id.value,
                                  EvidenceKind::file,
                                  now,
                                  actor.label(),
                                  file.kind,
                                  file.bytes,
                                  file.name,
                                  file.scan,
                                  file.content,
                                  {},
                                  {}};
                       TRY(e.sealed, dossiers::seal_secret(tx, ctx.base, d.subject, file.id, secret));
                       return std::pair{std::move(e), hash};
                   });
    });
}

Result<Directive> add_figure(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                             const Target& target, const std::string& indicator, const std::string& period,
                             Instant now) {
    return add(
        tx, ctx, actor, target, now, no_limit, [&](const Directive& d) -> Result<std::pair<Evidence, std::string>> {
            ioc::Question q;
            TRY(q.first, ioc::parse_period(period));
            q.last = q.first;
            q.indicator = ctx.book->find(indicator, std::min(q.first.first_day(), local_date(now)));
            if (!q.indicator)
                return Error{ErrorKind::not_found, "ioc.no_indicator", "Không có chỉ tiêu này.",
                             "There is no such indicator.", "/indicator"};
            q.where.agencies = std::vector{d.agency};
            q.now = now;
            TRY(const auto found, ioc::figures(tx, *ctx.book, q));
            // What is unknown proves nothing.
            if (found.items.empty() || !found.items.front().value)
                return Error{ErrorKind::conflict, "directive.no_value",
                             "Chỉ tiêu này chưa có số của cơ quan trong kỳ đó. Hãy chọn kỳ khác.",
                             "The indicator has no figure of the agency in that period. Choose another.", "/period"};
            const auto& f = found.items.front();
            auto e = begun(ctx, actor, EvidenceKind::figure, now);
            e.reference = {{"indicator", q.indicator->code},
                           {"period", f.period.text()},
                           {"agency", d.agency.value},
                           {"value", *f.value},
                           {"status", ioc::to_string(f.status)}};
            e.reference["position"] = found.position ? json::value(*found.position) : json::value();
            return std::pair{std::move(e), std::string{}};
        });
}

Result<Directive> add_dossier(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                              const Target& target, const std::string& code, Instant now) {
    return add(tx, ctx, actor, target, now, no_limit,
               [&](const Directive&) -> Result<std::pair<Evidence, std::string>> {
                   TRY(const auto dossier, dossiers::find_dossier(tx, actor, code, now));
                   auto e = begun(ctx, actor, EvidenceKind::dossier, now);
                   e.reference = {{"code", dossier.code.value}};
                   return std::pair{std::move(e), std::string{}};
               });
}

bool content_is_referenced(store::Reader& reader, const FileHash& content) {
    return storage::content_is_referenced(reader, content);
}

Result<FileContent> file_content(store::Reader& reader, const Context& ctx, const dossiers::Files& files,
                                 const access::Actor& actor, std::string_view code, std::string_view id, Instant now) {
    FileContent out;
    TRY(out.directive, storage::find(reader, code));
    TRY_VOID(may_see(actor, out.directive, now));
    TRY(const auto list, storage::evidence_of(reader, ctx, out.directive));
    for (const auto& e : list) {
        if (e.id != id || e.kind != EvidenceKind::file) continue;
        out.evidence = e;
        TRY(const auto secret,
            dossiers::unseal_secret(reader, ctx.base, out.directive.subject, dossiers::FileId{e.id}, e.sealed));
        dossiers::File file;
        file.id = dossiers::FileId{e.id};
        file.content = e.content;
        TRY(out.bytes, files.unseal(file, secret));
        return out;
    }
    return Error{ErrorKind::not_found, "file.not_found", "Không có tệp này.", "There is no such file."};
}

}  // namespace hl::directives
