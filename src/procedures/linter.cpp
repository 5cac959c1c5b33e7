#include "procedures/linter.h"

#include "base/text.h"
#include "procedures/domains.h"
#include "procedures/form_schema.h"
#include "procedures/graph.h"
#include "procedures/tables.h"

namespace hl::procedures {

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::note:
            return "note";
    }
    return "";
}

bool has_errors(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& f) { return f.severity == Severity::error; });
}

namespace {

constexpr size_t most_combinations = 20'000;

std::string words_of(const feel::Fields& context, const std::set<std::string>& names) {
    std::string out;
    for (const auto& name : names) {
        const auto it = context.find(name);
        if (it == context.end()) continue;
        if (!out.empty()) out += ", ";
        out += name + " = " + json::serialize(feel::to_json(it->second));
    }
    return out;
}

class Linter {
  public:
    Linter(const Draft& draft, const LintContext& context) : d_(draft), c_(context) {}

    std::vector<Finding> run() {
        flow_shape();
        hours();
        functions();
        card();
        form();
        for (const auto& c : d_.card.components) condition(c.when, "components/" + c.id);
        if (d_.card.fees)
            for (const auto& f : *d_.card.fees) condition(f.when, "fees/" + f.id);
        for (const auto& f : d_.form.fields) condition(f.when, "form/" + f.id, f.id);
        form_schema();
        for (const auto& t : d_.rules.tables) table(t);
        samples();
        return std::move(out_);
    }

  private:
    void say(Severity s, std::string code, const std::string& what, std::string vi, std::string en) {
        out_.push_back({s, std::move(code), what.find(':') != std::string::npos ? what : d_.place(what), std::move(vi),
                        std::move(en)});
    }

    void flow_shape() {
        const auto& stages = d_.flow.stages;
        if (stages.empty())
            return say(Severity::error, "lint.flow", "flow", "Quy trình không có chặng nào.", "the flow has no stage");
        std::set<std::string> ids;
        size_t receives = 0, returns = 0, decides = 0;
        for (const auto& stage : stages) {
            bool required = false;
            for (const auto& lane : stage.lanes) {
                required |= lane.required;
                if (lane.steps.empty())
                    say(Severity::error, "lint.dead_state", "flow", "Nhánh \"" + lane.name + "\" không có bước nào.",
                        "an empty lane");
                for (const auto& s : lane.steps) {
                    if (!ids.insert(s.id).second)
                        say(Severity::error, "lint.twice", "flow", "Mã bước \"" + s.id + "\" dùng hai lần.",
                            "step id used twice: " + s.id);
                    receives += s.kind == StepKind::receive;
                    returns += s.kind == StepKind::return_result;
                    decides += s.kind == StepKind::sign;
                    if (s.pauses && s.counted)
                        say(Severity::error, "lint.pause", "flow",
                            "Bước \"" + s.name + "\" dừng đồng hồ nên không được tính giờ.",
                            "a step that pauses the clock cannot be counted: " + s.id);
                    if (s.kind == StepKind::consult && s.silence.empty())
                        say(Severity::error, "lint.dead_state", "flow",
                            "Bước lấy ý kiến \"" + s.name +
                                "\" không nói cách xử lý khi cơ quan được hỏi im lặng: hồ sơ có thể kẹt.",
                            "the consultation " + s.id + " does not say what silence means");
                }
            }
            if (!required)
                say(Severity::error, "lint.dead_state", "flow",
                    "Chặng \"" + stage.name + "\" không có nhánh bắt buộc nào.",
                    "no required lane in stage " + stage.id);
        }
        const auto& last_lanes = stages.back().lanes;
        if (stages.front().lanes.empty() || stages.front().lanes[0].steps.empty() ||
            stages.front().lanes[0].steps[0].kind != StepKind::receive || receives != 1)
            say(Severity::error, "lint.flow", "flow", "Quy trình phải bắt đầu bằng đúng một bước tiếp nhận.",
                "the flow must start with exactly one receive step");
        if (last_lanes.size() != 1 || last_lanes[0].steps.empty() ||
            last_lanes[0].steps.back().kind != StepKind::return_result || returns != 1)
            say(Severity::error, "lint.end", "flow", "Quy trình phải kết thúc bằng đúng một bước trả kết quả.",
                "the flow must end with exactly one return step");
        if (decides == 0)
            say(Severity::error, "lint.flow", "flow", "Không có bước ký nào: không ai quyết định kết quả.",
                "no step signs the result");
        const auto graph = make_graph(d_.flow);
        const auto dead = find_dead(graph);
        for (const auto n : dead.unreachable)
            say(Severity::error, "lint.dead_state", "flow", "Không bao giờ tới được bước " + graph.nodes[n].id + ".",
                "unreachable: " + graph.nodes[n].id);
        for (const auto n : dead.endless)
            say(Severity::error, "lint.end", "flow", "Từ bước " + graph.nodes[n].id + " không tới được kết thúc.",
                "no way to the end: " + graph.nodes[n].id);
    }

    void hours() {
        if (!d_.sheet.minutes) {
            say(Severity::note, "lint.hours_unknown", "flow",
                "Chưa ghi số giờ từng bước: không kiểm được với thời hạn.", "the sheet gives no hours for the steps");
            return;
        }
        if (!d_.flow.planned_known())
            say(Severity::warning, "lint.hours_unknown", "flow", "Có bước được tính giờ mà chưa ghi số giờ.",
                "some counted steps have no hours");
        const auto planned = d_.flow.planned_total();
        for (const auto& rule : d_.card.channels) {
            if (!rule.time) continue;
            const auto& t = *rule.time;
            // A working day is 8 working hours; calendar days hold 5 working days in 7 on average.
            int64_t legal = 0;
            auto severity = Severity::error;
            if (t.same_day)
                legal = 480;
            else if (t.unit == TimeUnit::working_hours)
                legal = t.value * 60;
            else if (t.unit == TimeUnit::working_days)
                legal = t.value * 480LL;
            else {
                legal = t.value * 480LL * 5 / 7;
                severity = Severity::warning;
            }
            if (planned.count > legal)
                say(severity, "lint.hours", "flow",
                    fmt::format("Tổng giờ các bước là {} giờ, vượt thời hạn {} ({} giờ) của kênh {}.",
                                planned.count / 60.0, in_words(t), legal / 60.0, to_string(rule.channel)),
                    fmt::format("the steps take {} working minutes, the legal time of {} is {}", planned.count,
                                to_string(rule.channel), legal));
        }
    }

    void functions() {
        if (!c_.organisation)
            return say(Severity::note, "lint.organisation", "flow",
                       "Chưa có dữ liệu tổ chức: không kiểm được ai làm từng bước.",
                       "no organisation given: functions were not resolved");
        std::set<std::tuple<std::string, std::string, bool>> done;
        for (const auto& stage : d_.flow.stages)
            for (const auto& lane : stage.lanes)
                for (const auto& s : lane.steps) {
                    const auto agency = !s.agency.empty() ? s.agency : s.level ? std::string{} : d_.flow.department;
                    const bool commune =
                        agency.empty() && (s.level ? *s.level == Level::commune : d_.card.level == Level::commune);
                    if (done.emplace(s.function, agency, commune).second) resolve(s, agency, commune);
                }
    }
    void resolve(const Step& s, const std::string& agency, bool commune) {
        const auto& org = *c_.organisation;
        if (!agency.empty()) {
            const auto found = org.resolve_in(s.function, AgencyId{agency}, c_.at);
            if (!found.ok())
                say(Severity::error, "lint.function", "flow",
                    "Bước \"" + s.name + "\": cơ quan " + agency + " không có ai làm \"" + s.function + "\". " +
                        found.error().vi,
                    "step " + s.id + ": nobody does " + s.function + " in " + agency);
            return;
        }
        if (!commune) {
            const auto found = org.resolve(s.function, org.province(), directory::UnitLevel::province, c_.at);
            if (!found.ok())
                say(Severity::error, "lint.function", "flow",
                    "Bước \"" + s.name + "\": cấp tỉnh không có ai làm \"" + s.function + "\".",
                    "step " + s.id + ": nobody does " + s.function + " at the province");
            return;
        }
        const auto communes = org.units_at(c_.at, directory::UnitLevel::commune);
        std::vector<std::string> missing;
        for (const auto* unit : communes)
            if (!org.resolve(s.function, unit->id, directory::UnitLevel::commune, c_.at).ok())
                missing.push_back(unit->at(c_.at) ? unit->at(c_.at)->name : unit->id.value);
        if (communes.empty()) missing.emplace_back("(không có xã, phường nào)");
        if (missing.empty()) return;
        const auto count = missing.size();
        if (missing.size() > 3) missing.resize(3);
        say(Severity::error, "lint.function", "flow",
            fmt::format("Bước \"{}\": {}/{} xã, phường không có ai làm \"{}\" (ví dụ {}).", s.name, count,
                        communes.size(), s.function, text::join(missing, ", ")),
            fmt::format("step {}: {} of {} communes have nobody for {}", s.id, count, communes.size(), s.function));
    }

    void card() {
        const auto& card = d_.card;
        if (card.results.empty())
            say(Severity::warning, "lint.results", "results", "Thủ tục không ghi kết quả.", "no result is listed");
        if (card.basis.empty())
            say(Severity::warning, "lint.basis", "basis", "Thủ tục không ghi căn cứ pháp lý.",
                "no legal basis is listed");
        if (card.sources.empty())
            say(Severity::warning, "lint.sources", "sources", "Thủ tục không ghi nguồn.", "no source is listed");
        if (!card.fees)
            say(Severity::note, "lint.unverified", "fees", "Phí, lệ phí chưa kiểm chứng.", "fees are not verified");
        else
            for (const auto& f : *card.fees)
                if (!f.amount)
                    say(Severity::note, "lint.unverified", "fees/" + f.id,
                        "Mức thu \"" + f.name + "\" chưa kiểm chứng.", "amount not verified: " + f.id);
        for (const auto& c : card.channels)
            if (!c.time)
                say(Severity::note, "lint.unverified", "channels/" + std::string{to_string(c.channel)},
                    fmt::format("Thời hạn của kênh {} chưa kiểm chứng.", to_string(c.channel)),
                    fmt::format("the time of channel {} is not verified", to_string(c.channel)));
    }

    void form() {
        for (const auto& f : d_.form.fields)
            if (f.id == "channel" || f.id == "subject_kind" || f.id == "place")
                say(Severity::error, "lint.field_id", "form/" + f.id, "Mã trường \"" + f.id + "\" là tên dành riêng.",
                    "reserved field id " + f.id);
        if (!c_.previous) return;
        for (const auto& old : c_.previous->form.fields) {
            const auto it = std::find_if(d_.form.fields.begin(), d_.form.fields.end(),
                                         [&](const Field& f) { return f.id == old.id; });
            if (it == d_.form.fields.end()) {
                say(Severity::note, "lint.field_dropped", d_.file,
                    "Trường \"" + old.label_vi + "\" (" + old.id + ") không còn trong biểu mẫu.",
                    "the field " + old.id + " is no longer in the form");
            } else if (it->type != old.type) {
                say(Severity::error, "lint.field_stable", "form/" + old.id,
                    "Trường " + old.id + " đổi kiểu từ " + old.type + " sang " + it->type + ": hãy dùng mã trường mới.",
                    "the field " + old.id + " changed its type from " + old.type + " to " + it->type +
                        ": give it a new id");
            } else {
                for (const auto& o : old.values)
                    if (std::none_of(it->values.begin(), it->values.end(),
                                     [&](const FieldOption& v) { return v.id == o.id; }))
                        say(Severity::warning, "lint.option_dropped", "form/" + old.id,
                            "Trường " + old.id + " không còn lựa chọn \"" + o.id + "\" của bản trước.",
                            "the field " + old.id + " lost its option " + o.id);
            }
        }
    }

    /// The form must be a schema that browsers and the server judge alike (docs/forms.md).
    void form_schema() {
        const auto said = has_errors(out_);
        const auto schema = form_schema_of(d_.form);
        if (schema.ok() || (said && schema.error().code != "form.condition")) return;
        const auto& e = schema.error();
        constexpr std::string_view prefix = "/properties/";
        const auto place = e.at.starts_with(prefix) ? "form/" + e.at.substr(prefix.size()) : std::string{"form"};
        if (std::none_of(out_.begin(), out_.end(),
                         [&](const Finding& f) { return f.severity == Severity::error && f.place == d_.place(place); }))
            say(Severity::error, "lint.form", place, e.vi, e.en);
    }

    /// Parses; tells about unknown names and options that do not exist.
    feel::NodePtr checked(const std::string& text, const std::string& what, bool tests) {
        auto node = tests ? feel::parse_tests(text) : feel::parse(text);
        if (!node.ok()) {
            say(Severity::error, "lint.expression", what, node.error().vi, node.error().en);
            return nullptr;
        }
        bool known = true;
        for (const auto& name : feel::names(**node))
            if (!domains_.knows(name)) {
                known = false;
                say(Severity::error, "lint.unknown_name", what,
                    "Biểu thức nhắc tới \"" + name + "\" nhưng biểu mẫu không có trường này.",
                    "the expression reads " + name + ", which the form does not have");
            }
        if (!known) return nullptr;
        options(**node, what);
        return *node;
    }
    void option(const Field* f, const feel::Node& value, const std::string& what) {
        if (!f || f->type != "enum" || value.op != feel::Op::text) return;
        if (std::none_of(f->values.begin(), f->values.end(), [&](const FieldOption& o) { return o.id == value.word; }))
            say(Severity::error, "lint.unknown_option", what,
                "Trường " + f->id + " không có lựa chọn \"" + value.word + "\".",
                "the field " + f->id + " has no option " + value.word);
    }
    void options(const feel::Node& n, const std::string& what) {
        const auto field_of = [&](const feel::Node& x) {
            return x.op == feel::Op::name ? domains_.field(x.word) : nullptr;
        };
        if (n.op == feel::Op::equal || n.op == feel::Op::unequal) {
            option(field_of(*n.kids[0]), *n.kids[1], what);
            option(field_of(*n.kids[1]), *n.kids[0], what);
        }
        if (n.op == feel::Op::in)
            for (size_t i = 1; i < n.kids.size(); ++i) {
                option(field_of(*n.kids[0]), *n.kids[i], what);
                if (n.kids[i]->op == feel::Op::list)
                    for (const auto& item : n.kids[i]->kids) option(field_of(*n.kids[0]), *item, what);
            }
        for (const auto& kid : n.kids) options(*kid, what);
    }

    void condition(const std::string& when, const std::string& what, const std::string& own = "") {
        if (text::trim(when).empty()) return;
        const auto node = checked(when, what, false);
        if (!node) return;
        const auto names = feel::names(*node);
        if (!own.empty() && names.contains(own))
            return say(Severity::error, "lint.own_condition", what,
                       "Điều kiện của trường " + own + " lại phụ thuộc chính nó.", "the condition reads its own field");
        Domains domains(d_.form, d_.card);
        domains.add_constants(*node);
        domains.each(names, true, most_combinations, [&](const feel::Fields& context) {
            const auto held = feel::holds(when, context);
            if (held.ok()) return true;
            say(Severity::error, "lint.expression", what, held.error().vi + " Khi " + words_of(context, names) + ".",
                held.error().en);
            return false;
        });
    }

    void table(const DecisionTable& t) {
        const auto what = "rules/" + t.id;
        Domains domains(d_.form, d_.card);
        std::set<std::string> names;
        bool sound = true;
        const auto take = [&](const std::string& text, const std::string& place, bool tests) {
            const auto node = checked(text, place, tests);
            if (!node) {
                sound = false;
                return;
            }
            names.merge(feel::names(*node));
            domains.add_constants(*node);
        };
        std::vector<const Field*> input_fields;
        for (const auto& input : t.inputs) {
            take(input, what, false);
            input_fields.push_back(domains_.field(input));
        }
        for (size_t i = 0; i < t.rules.size(); ++i) {
            const auto row = fmt::format("{}/{}", what, i);
            for (size_t k = 0; k < t.rules[i].when.size(); ++k) {
                take(t.rules[i].when[k], row, true);
                if (k < input_fields.size())
                    if (const auto tests = feel::parse_tests(t.rules[i].when[k]); tests.ok())
                        for (const auto& kid : (*tests)->kids) option(input_fields[k], *kid, row);
            }
            for (const auto& then : t.rules[i].then) take(then, row, false);
        }
        if (!sound) return;
        size_t said = 0;
        bool stopped = false;
        const bool whole = domains.each(names, false, most_combinations, [&](const feel::Fields& context) {
            const auto rows = run_table(t, context);
            if (rows.ok()) return true;
            const auto gap = rows.error().code == "rules.no_match";
            say(Severity::error, gap ? "lint.table_gap" : "lint.table",
                rows.error().at.empty() ? what : rows.error().at,
                rows.error().vi + " Khi " + words_of(context, names) + ".",
                rows.error().en + " when " + words_of(context, names));
            stopped = ++said >= 5;
            return !stopped;
        });
        if (!whole && !stopped)
            say(Severity::warning, "lint.table_large", what, "Bảng có quá nhiều tổ hợp để kiểm hết.",
                "the table has too many combinations to try them all");
    }

    void samples() {
        Release release;
        release.card = d_.card;
        release.form = d_.form;
        release.flow = d_.flow;
        release.clock = d_.rules.clock;
        release.tables = d_.rules.tables;
        for (const auto& s : d_.samples) sample(s, release);
        if (d_.samples.empty())
            say(Severity::note, "lint.samples", d_.file, "Chưa có hồ sơ mẫu để chạy thử.", "no sample dossiers");
    }
    void sample(const Sample& s, const Release& release) {
        const auto wrong = [&](const std::string& vi, const std::string& en) {
            say(Severity::error, "lint.sample", s.place, "Hồ sơ mẫu \"" + s.name + "\": " + vi,
                "sample " + s.name + ": " + en);
        };
        for (const auto& e : check_answers(release, s.answers.fields)) wrong(e.vi, e.en);
        const auto decision = decide(release, s.answers);
        if (!decision.ok()) return wrong(decision.error().vi, decision.error().en);
        if (s.components) {
            std::set<std::string> got;
            for (const auto& c : decision->components) got.insert(c.id);
            const std::set<std::string> want(s.components->begin(), s.components->end());
            if (got != want)
                wrong("thành phần hồ sơ là " + joined(got) + ", mong đợi " + joined(want),
                      "components " + joined(got) + ", expected " + joined(want));
        }
        if (s.charges) {
            const auto list = [](const std::vector<Decision::Charge>& charges) {
                std::set<std::string> out;
                for (const auto& c : charges) out.insert(c.id + "=" + (c.amount ? std::to_string(*c.amount) : "null"));
                return out;
            };
            const auto got = decision->charges ? list(*decision->charges) : std::set<std::string>{"chưa kiểm chứng"};
            const auto want = list(*s.charges);
            if (got != want)
                wrong("khoản thu là " + joined(got) + ", mong đợi " + joined(want),
                      "charges " + joined(got) + ", expected " + joined(want));
        }
        if (s.time && decision->time != s.time)
            wrong("thời hạn là " + (decision->time ? in_words(*decision->time) : "chưa kiểm chứng") + ", mong đợi " +
                      in_words(*s.time),
                  "another time than expected");
    }
    static std::string joined(const std::set<std::string>& items) {
        return "[" + text::join({items.begin(), items.end()}, ", ") + "]";
    }

    const Draft& d_;
    const LintContext& c_;
    Domains domains_{d_.form, d_.card};
    std::vector<Finding> out_;
};

}  // namespace

std::vector<Finding> lint(const Draft& draft, const LintContext& context) {
    return Linter(draft, context).run();
}

}  // namespace hl::procedures
