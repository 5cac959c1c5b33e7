// Many at once: bulk reception, transfer and refusal, imports, reorganisations.
#include "dossiers/bodies.h"
#include "dossiers/bulk.h"
#include "dossiers/refusals.h"
#include "dossiers/reorganise.h"
#include "dossiers/routes_support.h"

namespace hl::dossiers {

using access::Answer;
using access::Call;

namespace {

std::vector<Target> targets(JsonReader& in) {
    std::vector<Target> out;
    for (auto& code : bodies::texts(in, "codes", most_in_bulk, 100)) out.push_back({DossierCode{std::move(code)}});
    return out;
}

using Mass = std::function<Result<BulkReport>(store::Transaction&, const Context&, const Call&, JsonReader&)>;

void on_many(access::Api& api, const ContextSource& context, std::string pattern, Mass run) {
    access::RouteOptions options;
    options.max_body = 4u << 20;
    api.command(
        "POST", std::move(pattern),
        [context, run = std::move(run)](store::Transaction& tx, const Call& call) -> Result<Answer> {
            const auto ctx = context();
            JsonReader in(body_of(call));
            TRY(const auto report, run(tx, ctx, call, in));
            return Answer{view(report)};
        },
        std::move(options));
}

}  // namespace

void add_mass_routes(access::Api& api, const ContextSource& context) {
    on_many(api, context, "/api/v1/dossiers/bulk/receive",
            [](auto& tx, auto& ctx, auto& call, auto& in) -> Result<BulkReport> {
                const auto list = targets(in);
                TRY_VOID(in.finish());
                return receive_all(tx, ctx, call.actor, list, call.now);
            });
    on_many(api, context, "/api/v1/dossiers/bulk/transfer",
            [](auto& tx, auto& ctx, auto& call, auto& in) -> Result<BulkReport> {
                const auto list = targets(in);
                TRY_VOID(in.finish());
                return transfer_all(tx, ctx, call.actor, list, call.now);
            });
    on_many(api, context, "/api/v1/dossiers/bulk/refuse",
            [](auto& tx, auto& ctx, auto& call, auto& in) -> Result<BulkReport> {
                const auto list = targets(in);
                const auto reasons = bodies::texts(in, "reasons", 50, 4000);
                TRY_VOID(in.finish());
                return refuse_all(tx, ctx, call.actor, list, reasons, call.now);
            });
    on_many(api, context, "/api/v1/dossiers/bulk/complete",
            [](auto& tx, auto& ctx, auto& call, auto& in) -> Result<BulkReport> {
                const auto list = targets(in);
                const auto note = in.optional_text("note", 4000).value_or("");
                TRY_VOID(in.finish());
                return complete_all(tx, ctx, call.actor, list, note, call.now);
            });
    on_many(api, context, "/api/v1/dossiers/bulk/result",
            [](auto& tx, auto& ctx, auto& call, auto& in) -> Result<BulkReport> {
                const auto list = targets(in);
                const auto kind = in.optional_text("kind", 100).value_or("");
                const auto signature = in.one_of("signature", {"digital", "ink"});
                TRY_VOID(in.finish());
                return sign_all(tx, ctx, call.actor, list, kind, signature, call.now);
            });
    on_many(api, context, "/api/v1/dossiers/bulk/reassign",
            [](auto& tx, auto& ctx, auto& call, auto& in) -> Result<BulkReport> {
                const auto list = targets(in);
                const auto officer = in.template id<OfficerId>("officer");
                const auto reason = in.optional_text("reason", 4000).value_or("");
                TRY_VOID(in.finish());
                return reassign_all(tx, ctx, call.actor, list, officer, reason, call.now);
            });
    on_many(api, context, "/api/v1/imports/dossiers",
            [](auto& tx, auto& ctx, auto& call, auto& in) -> Result<BulkReport> {
                std::vector<ImportItem> items;
                for (const auto& [value, at] : in.array("items", most_in_bulk)) {
                    JsonReader r(*value, at);
                    items.push_back(bodies::import_item(r));
                    in.absorb(std::move(r));
                }
                TRY_VOID(in.finish());
                return import_dossiers(tx, ctx, call.actor, items, call.now);
            });
    access::RouteOptions slow;
    slow.slow = true;
    api.command(
        "POST", "/api/v1/reorganisations",
        [context](store::Transaction& tx, const Call& call) -> Result<Answer> {
            const auto ctx = context();
            JsonReader in(body_of(call));
            const auto list = bodies::successions(in, "successions");
            TRY_VOID(in.finish());
            if (list.empty())
                return invalid("reorganise.empty", "Hãy nêu ít nhất một quan hệ kế thừa.",
                               "Name at least one succession.", "/successions");
            TRY(const auto done, hand_over(tx, ctx, call.actor, list, call.now));
            return Answer{json::object{{"dossiers", done.dossiers}, {"more", done.more}}};
        },
        slow);
}

}  // namespace hl::dossiers
