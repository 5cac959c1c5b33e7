#include "base/text.h"
#include "dossiers/codes.h"
#include "dossiers/competence.h"
#include "dossiers/people.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using access::ActorKind;
using access::Right;

namespace {

/// A citizen for himself online; a clerk for a person in front of him; a machine for the national portal.
Result<void> may_file(const access::Actor& actor, Channel channel, const AgencyId& reception, Instant now) {
    if (actor.kind == ActorKind::citizen) {
        TRY_VOID(access::require_anywhere(actor, Right::file_dossier, now));
        if (channel == Channel::online) return Nothing{};
        return invalid("filing.channel", "Bạn đang nộp trực tuyến. Hãy chọn kênh «online», hoặc đến bộ phận một cửa.",
                       "You are filing online: choose the channel 'online', or go to the one-stop unit.", "/channel",
                       "Nghị định 118/2025/NĐ-CP, Điều 15");
    }
    if (actor.kind == ActorKind::machine) return access::require_anywhere(actor, Right::import_dossiers, now);
    return access::require(actor, Right::receive_dossier, reception, now);
}

std::string agency_code(const Context& ctx, const AgencyId& id, Date today) {
    const auto* agency = ctx.directory->agency(id);
    const auto* version = agency ? agency->at(today) : nullptr;
    return version ? version->code : "";
}

}  // namespace

Result<Dossier> file(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Filing& filing,
                     Instant now) {
    const Date today = local_date(now);
    TRY(auto release, ctx.catalogue->valid(filing.procedure, now));
    if (!ctx.directory->unit(filing.place))
        return invalid("filing.place", "Không có địa bàn này. Hãy chọn xã, phường trong danh mục.",
                       "There is no such place. Choose a commune from the list.", "/place");
    TRY(auto reception, reception_of(ctx, *release, filing.reception, filing.place, today));
    TRY_VOID(may_file(actor, filing.channel, reception, now));
    if (!release->card.channels.empty() && !release->card.channel(filing.channel))
        return invalid(
            "filing.channel",
            fmt::format("Thủ tục «{}» không nhận hồ sơ qua kênh này. Hãy chọn kênh khác.", release->card.name),
            fmt::format("The procedure {} is not offered on this channel. Choose another.", release->procedure.value),
            "/channel", "Nghị định 118/2025/NĐ-CP, Điều 15");
    Person person;
    TRY(person.applicant, check_applicant(filing.applicant));
    person.summary = text::normalise(filing.summary);
    if (text::length(person.summary) > 1000)
        return invalid("filing.summary", "Trích yếu dài quá 1000 ký tự.", "The summary is longer than 1000 characters.",
                       "/summary");
    person.answers = filing.answers;
    if (auto errors = procedures::check_answers(*release, filing.answers, today); !errors.empty()) {
        auto error = std::move(errors.front());
        error.at = "/answers" + (error.at.starts_with("/fields") ? error.at.substr(7) : error.at);
        return error;
    }
    const procedures::Answers answers{filing.answers, filing.channel, filing.subject_kind, filing.place};
    TRY(auto decision, procedures::decide(*release, answers));
    TRY(auto lead, competent_agency(ctx, *release, decision, filing.place, today));
    const auto code = agency_code(ctx, reception, today);
    if (code.empty())
        return conflict("dossier.no_agency_code",
                        "Bộ phận một cửa chưa có mã định danh điện tử nên không cấp được mã hồ sơ. Hãy bổ sung mã "
                        "trong gói dữ liệu.",
                        "The one-stop unit has no electronic code, so no dossier code can be made. Add it to the pack.",
                        "Thông tư 03/2025/TT-VPCP, Điều 13");

    Work w = Work::create(tx, ctx, actor, release, now);
    auto& d = w.dossier;
    d.subject = actor.kind == ActorKind::citizen ? actor.subject : SubjectId{};
    if (d.subject.empty()) {
        const auto blinds = storage::blinds_of(*ctx.vault, person.applicant);
        if (auto known = storage::subject_of(tx, blinds.id_number))
            d.subject = *std::move(known);
        else
            d.subject = ctx.vault->create_subject(tx, now);
    }
    d.id = DossierId{make_uuid7(now, *ctx.random)};
    d.code = next_code(tx, code, today);
    d.procedure = filing.procedure;
    d.release = release->id;
    d.agency = d.reception = reception;
    d.lead = lead;
    d.area = filing.place;
    d.channel = filing.channel;
    d.state = State::filed;
    d.filed_at = now;
    w.detail().components = filing.components;
    w.person = std::move(person);
    const auto& step = receive_step_of(release->flow);
    const bool in_flow = !release->flow.stages.empty() && release->flow.step(step.id) != nullptr;
    d.stage = in_flow ? 0 : -1;
    TRY(auto* task, w.start(step, d.stage, in_flow ? release->flow.stages.front().lanes.front().id : "", true));
    task->due.reset();  // runs from the reception
    events::Filed event;
    event.dossier = {d.procedure, d.release, release->card.sector, d.channel, d.reception, d.lead, d.area, d.subject};
    return w.save(std::move(event));
}

}  // namespace hl::dossiers
