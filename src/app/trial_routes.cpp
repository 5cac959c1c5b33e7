#include "app/trial_routes.h"

#include "dossiers/trial.h"
#include "procedures/draft_sheet.h"
#include "procedures/form_schema.h"
#include "procedures/proposals.h"

namespace hl::app {

namespace {

using access::Answer;
using access::Call;
using directory::WorkMinutes;

/// The release named, the one valid at the start, or the sheet sent along.
Result<procedures::ReleasePtr> release_of(store::Reader& reader, Program& program, const Call& call,
                                          const std::string& code, const std::optional<std::string>& release,
                                          const std::string& text, Instant start) {
    const auto catalogue = program.snapshots().catalogue();
    if (!text.empty()) {
        const auto checked = procedures::check_sheet(reader, text, "sheet.yaml", *catalogue,
                                                     program.snapshots().organisation().get(), call.now);
        // A draft with findings can be tried; one that cannot be read cannot.
        if (!checked.draft || !checked.errors.empty()) return procedures::refusal(checked);
        return std::make_shared<const procedures::Release>(procedures::release_of(*checked.draft));
    }
    if (release) {
        TRY(auto found, catalogue->release(ReleaseId{*release}));
        return found;
    }
    return catalogue->valid(ProcedureCode{code}, start);
}

Result<Answer> trial(store::Reader& reader, Program& program, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_procedures, call.now));
    JsonReader in(call.body);
    dossiers::TrialRequest request;
    const auto code = in.optional_text("procedure", 40).value_or("");
    const auto release = in.optional_text("release", 100);
    const auto text = in.raw("text") ? procedures::verbatim(in, "text") : std::string{};
    request.start = in.instant("start");
    request.answers.channel = procedures::channel_from(in.one_of("channel", {"desk", "online", "post"}, "desk"))
                                  .value_or(procedures::Channel::desk);
    request.answers.subject_kind = in.optional_text("subject_kind", 40).value_or("citizen");
    request.answers.place = UnitId{in.text("place", 100)};
    request.reception = AgencyId{in.optional_text("reception", 100).value_or("")};
    if (const auto* fields = in.raw("fields")) {
        if (fields->is_object())
            request.answers.fields = fields->get_object();
        else
            in.fail("fields", "json.type", "Phải là nhóm trường: giá trị.", "must be an object");
    }
    for (const auto& [value, at] : in.array("outcomes", 100)) {
        JsonReader o(*value, at);
        const auto step = o.text("step", 60);
        dossiers::TrialOutcome outcome;
        if (const auto m = o.optional_integer("minutes", 0, 1'000'000)) outcome.took = WorkMinutes{*m};
        if (const auto m = o.optional_integer("supplement_minutes", 0, 1'000'000)) outcome.supplement = WorkMinutes{*m};
        in.absorb(std::move(o));
        request.outcomes[step] = outcome;
    }
    if (code.empty() && !release && text.empty())
        in.fail("procedure", "json.missing", "Hãy nêu thủ tục, bản phát hành hoặc nội dung phiếu.",
                "name a procedure, a release or a sheet");
    TRY_VOID(in.finish());
    TRY(request.release, release_of(reader, program, call, code, release, text, request.start));
    const auto ctx = program.context();
    TRY(const auto done, dossiers::run_trial(ctx, request));
    return Answer{dossiers::view(done, request, *ctx.directory)};
}

}  // namespace

void add_trial_routes(access::Api& api, Program& program) {
    // A question, though it is asked with a body: nothing is written, so it runs on a snapshot.
    access::RouteOptions options;
    options.max_body = 3u << 20;
    api.raw(
        "POST", "/api/v1/procedures/trial",
        [&program](const Call& call) -> Result<Answer> {
            return program.store().read([&](store::Reader& reader) { return trial(reader, program, call); });
        },
        options);
}

}  // namespace hl::app
