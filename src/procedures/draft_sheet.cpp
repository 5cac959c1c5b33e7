#include "procedures/draft_sheet.h"

#include "procedures/yaml_reader.h"

namespace hl::procedures {

namespace {

template <class F>
void each_step(const Flow& flow, F visit) {
    for (const auto& stage : flow.stages)
        for (const auto& lane : stage.lanes)
            for (const auto& step : lane.steps) visit(step);
}

}  // namespace

Draft draft_of(const Release& r, const Templates& templates) {
    Draft draft;
    draft.card = r.card;
    draft.form = r.form;
    draft.flow = r.flow;
    draft.rules = {r.clock, r.tables};
    draft.valid_from = local_date(r.valid_from);
    if (r.valid_to) draft.valid_to = local_date(*r.valid_to);
    draft.file = r.procedure.value + ".yaml";
    auto& sheet = draft.sheet;
    sheet.template_id = r.flow.template_id;
    sheet.department = r.flow.department;
    std::map<std::string, int64_t> minutes;
    each_step(r.flow, [&](const Step& s) {
        if (s.planned_known && (s.counted || s.planned.count > 0)) minutes[s.id] = s.planned.count;
    });
    if (!minutes.empty()) sheet.minutes = std::move(minutes);
    // Only what differs from what the template and the tables would say by themselves.
    std::vector<Error> ignored;
    const auto usual = make_flow(templates, sheet, r.card.level, r.card.sector, ignored);
    each_step(r.flow, [&](const Step& s) {
        const auto* plain = usual.step(s.id);
        if (!plain || plain->function != s.function) sheet.functions[s.id] = s.function;
        if (!s.agency.empty() && (!plain || plain->agency != s.agency)) sheet.agencies[s.id] = s.agency;
    });
    return draft;
}

Release release_of(const Draft& draft) {
    Release r;
    r.procedure = draft.card.code;
    r.number = 0;
    r.valid_from = draft.valid_from ? at_local(*draft.valid_from, 0) : Instant{};
    r.card = draft.card;
    r.form = draft.form;
    r.flow = draft.flow;
    r.clock = draft.rules.clock;
    r.tables = draft.rules.tables;
    return r;
}

std::string verbatim(JsonReader& in, std::string_view key, size_t max) {
    const auto* value = in.raw(key);
    if (!value || !value->is_string() || value->get_string().empty() || value->get_string().size() > max) {
        in.fail(key, "field.text", fmt::format("Cần một văn bản không quá {} byte.", max),
                fmt::format("A text of at most {} bytes is wanted.", max));
        return {};
    }
    return std::string{std::string_view{value->get_string()}};
}

Result<json::value> sheet_json(const std::string& text) {
    try {
        return yaml_value(YAML::Load(text), YamlTexts::verbatim, 16);
    } catch (const YAML::Exception& e) {
        return Error{ErrorKind::internal, "yaml.malformed", "Không đọc được phiếu thủ tục đã lưu.",
                     "the stored sheet cannot be read: " + e.msg};
    }
}

json::object view(const FlowTemplate& t) {
    json::array steps;
    each_step(t.flow, [&](const Step& s) {
        steps.push_back(json::object{{"id", s.id},
                                     {"name", s.name},
                                     {"kind", to_string(s.kind)},
                                     {"counted", s.counted},
                                     {"names_agency", s.agency.starts_with('@') || s.kind == StepKind::consult}});
    });
    return {{"id", t.id}, {"name", t.name}, {"steps", std::move(steps)}};
}

}  // namespace hl::procedures
