#include "procedures/flow_templates.h"

#include "base/files.h"
#include "procedures/yaml_reader.h"

namespace hl::procedures {

namespace {

Step read_step(YamlReader& in) {
    Step s;
    s.id = in.text("id", 60);
    s.name = in.text("name", 200);
    if (const auto kind = step_kind_from(in.text("kind", 20)))
        s.kind = *kind;
    else
        in.fail("kind", "flow.kind", "loại bước phải là receive, assign, work, consult, sign, pay, publish hoặc return",
                "the kind must be receive, assign, work, consult, sign, pay, publish or return");
    s.function = in.text("function", 60);
    if (const auto level = in.optional_text("level", 20)) {
        s.level = level_from(*level);
        if (!s.level)
            in.fail("level", "flow.level", "cấp phải là commune hoặc province",
                    "the level must be commune or province");
    }
    s.agency = in.text_or("agency", "", 100);
    s.counted = in.boolean("counted", true);
    s.pauses = in.boolean("pauses", false);
    s.can_return_result = in.boolean("can_return_result", false);
    s.silence = in.text_or("silence", "", 20);
    if (!s.silence.empty() && s.silence != "report" && s.silence != "agree")
        in.fail("silence", "flow.silence", "phải là report hoặc agree", "must be report or agree");
    return s;
}

void read_template(YamlReader& in, Templates& out) {
    FlowTemplate t;
    t.id = in.text("id", 60);
    t.version = static_cast<int>(in.integer("version", 1, 1000).value_or(1));
    in.mapping("name", [&](YamlReader& n) {
        t.name = n.text("vi", 200);
        (void)n.optional_text("en", 200);
    });
    (void)in.optional_text("about");
    t.flow.template_id = t.id;
    t.flow.template_version = t.version;
    std::set<std::string> ids;
    in.each_mapping("stages", [&](YamlReader& s) {
        Stage stage;
        stage.id = s.text("id", 60);
        stage.name = s.text("name", 200);
        const auto steps = [&](YamlReader& from, Lane& lane) {
            from.each_mapping("steps", [&](YamlReader& x) {
                auto step = read_step(x);
                if (!ids.insert(step.id).second)
                    x.fail("id", "flow.twice", "mã bước dùng hai lần", "the step id is used twice");
                lane.steps.push_back(std::move(step));
            });
            if (lane.steps.empty()) from.fail("steps", "flow.empty", "không có bước nào", "there is no step");
        };
        if (s.has("lanes")) {
            s.each_mapping("lanes", [&](YamlReader& l) {
                Lane lane;
                lane.id = l.text("id", 60);
                lane.name = l.text("name", 200);
                lane.required = l.boolean("required", true);
                steps(l, lane);
                stage.lanes.push_back(std::move(lane));
            });
        } else {
            Lane lane{"main", stage.name, {}, true};
            steps(s, lane);
            stage.lanes.push_back(std::move(lane));
        }
        t.flow.stages.push_back(std::move(stage));
    });
    in.finish();
    if (t.flow.stages.empty())
        in.fail("stages", "flow.empty", "mẫu quy trình không có chặng nào", "the template has no stage");
    out.by_id[t.id] = std::move(t);
}

void read_functions(YamlReader& in, FunctionTable& out) {
    const auto table = [](YamlReader& r, std::string_view key, std::map<std::string, std::string>& into) {
        r.pairs(key, [&](const std::string& sector, const YAML::Node& v) {
            if (v.IsScalar())
                into[sector] = text::normalise(v.Scalar());
            else
                r.fail_at(v, "flow.functions", "phải là một giá trị đơn", "must be a single value");
        });
    };
    table(in, "names", out.names);
    in.mapping("commune", [&](YamlReader& c) {
        out.commune_default = c.text("otherwise", 60);
        table(c, "handler", out.commune_handler);
    });
    in.mapping("province", [&](YamlReader& p) {
        out.province_handler = p.text("handler", 60);
        out.ppc = p.text("ppc", 100);
        table(p, "department", out.department);
        table(p, "consulted", out.consulted);
    });
    in.finish();
}

}  // namespace

Templates parse_templates(std::map<std::string, std::string> files, std::vector<Error>& errors) {
    Templates out;
    for (const auto& [name, body] : files) {
        const auto node = load_yaml(body, name, errors);
        if (!node) continue;
        const bool functions = name.ends_with("functions.yaml");
        YamlReader in(*node, name, errors, functions ? "functions" : "template");
        if (!node->IsMap()) continue;
        if (functions)
            read_functions(in, out.functions);
        else
            read_template(in, out);
    }
    out.files = std::move(files);
    return out;
}

Templates read_templates(const std::filesystem::path& pack, std::vector<Error>& errors) {
    std::map<std::string, std::string> files;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(pack / "flows", ignored)) {
        if (entry.path().extension() != ".yaml") continue;
        const auto name = "flows/" + entry.path().filename().string();
        if (auto body = read_file(entry.path(), 1u << 20); body.ok())
            files[name] = std::move(body).value();
        else
            errors.push_back(std::move(body).error().pointing(name));
    }
    if (files.empty())
        errors.push_back({ErrorKind::invalid, "flow.templates", "Gói không có mẫu quy trình nào trong flows/.",
                          "the pack has no flow templates in flows/", "flows"});
    return parse_templates(std::move(files), errors);
}

namespace {

std::string looked_up(const std::map<std::string, std::string>& table, const std::string& sector) {
    const auto it = table.find(sector);
    return it == table.end() ? std::string{} : it->second;
}

Error wrong(std::string code, std::string vi, std::string en) {
    return {ErrorKind::invalid, std::move(code), std::move(vi), std::move(en)};
}

}  // namespace

Flow make_flow(const Templates& templates, const FlowSheet& sheet, Level level, const std::string& sector,
               std::vector<Error>& errors) {
    const auto found = templates.by_id.find(sheet.template_id);
    if (found == templates.by_id.end()) {
        errors.push_back(wrong("flow.template", "Không có mẫu quy trình \"" + sheet.template_id + "\".",
                               "no flow template " + sheet.template_id));
        return {};
    }
    const auto& table = templates.functions;
    Flow flow = found->second.flow;
    const auto department = !sheet.department.empty() ? sheet.department : looked_up(table.department, sector);
    if (level == Level::province) {
        flow.department = department;
        if (department.empty())
            errors.push_back(
                wrong("flow.department",
                      "Thủ tục cấp tỉnh phải nêu cơ quan giải quyết: thêm flow.department hoặc lĩnh vực \"" + sector +
                          "\" vào flows/functions.yaml.",
                      "a province procedure must name its department: add flow.department, or the sector " + sector +
                          " to flows/functions.yaml"));
    }
    auto commune_handler = looked_up(table.commune_handler, sector);
    if (commune_handler.empty()) commune_handler = table.commune_default;

    std::set<std::string> known;
    for (auto& stage : flow.stages)
        for (auto& lane : stage.lanes)
            for (auto& step : lane.steps) {
                known.insert(step.id);
                if (step.agency == "@department")
                    step.agency = department;
                else if (step.agency == "@ppc")
                    step.agency = table.ppc;
                else if (step.agency == "@consulted")
                    step.agency = looked_up(table.consulted, sector);
                const bool must_name = step.agency.starts_with('@');
                if (must_name) step.agency.clear();
                if (const auto it = sheet.agencies.find(step.id); it != sheet.agencies.end()) step.agency = it->second;
                if ((must_name || step.kind == StepKind::consult) && step.agency.empty())
                    errors.push_back(wrong(
                        "flow.agency", "Bước \"" + step.id + "\" phải nêu cơ quan: thêm flow.agencies." + step.id + ".",
                        "the step " + step.id + " must name an agency: add flow.agencies." + step.id));
                if (step.function == "@handler") {
                    const bool at_province =
                        step.level ? *step.level == Level::province : level == Level::province || !step.agency.empty();
                    step.function = at_province ? table.province_handler : commune_handler;
                }
                if (const auto it = sheet.functions.find(step.id); it != sheet.functions.end())
                    step.function = it->second;
                if (step.function.empty())
                    errors.push_back(wrong("flow.function", "Bước \"" + step.id + "\" không có chức năng thực hiện.",
                                           "the step " + step.id + " has no function"));
                step.who = looked_up(table.names, step.function);
                step.planned_known = !step.counted;
                if (sheet.minutes) {
                    const auto it = sheet.minutes->find(step.id);
                    if (it != sheet.minutes->end()) {
                        step.planned = WorkMinutes{it->second};
                        step.planned_known = true;
                    }
                }
            }
    const auto all_known = [&](const auto& map, std::string_view key) {
        for (const auto& [id, value] : map)
            if (!known.contains(id))
                errors.push_back(wrong(
                    "flow.step", fmt::format("flow.{}: mẫu \"{}\" không có bước \"{}\".", key, sheet.template_id, id),
                    fmt::format("flow.{}: the template {} has no step {}", key, sheet.template_id, id)));
    };
    if (sheet.minutes) all_known(*sheet.minutes, "hours");
    all_known(sheet.functions, "functions");
    all_known(sheet.agencies, "agencies");
    return flow;
}

}  // namespace hl::procedures
