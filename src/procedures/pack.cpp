#include "procedures/pack.h"

#include <regex>

#include "base/files.h"
#include "procedures/feel.h"
#include "procedures/form_schema.h"
#include "procedures/yaml_reader.h"

namespace hl::procedures {

namespace {

bool is_code(const std::string& s) {
    static const std::regex shape(R"([0-9]{1,2}\.[0-9]{6}(\.[0-9A-Z.]{1,20})?)");
    return s.size() <= 40 && std::regex_match(s, shape);
}
/// Ids of fields are names in expressions; other ids may have hyphens.
bool is_field_id(const std::string& s) {
    static const std::regex shape("[a-z][a-z0-9_]{0,59}");
    return s.size() <= 60 && std::regex_match(s, shape);
}
bool is_id(const std::string& s) {
    static const std::regex shape("[A-Za-z0-9][A-Za-z0-9_.-]{0,79}");
    return s.size() <= 80 && std::regex_match(s, shape);
}

class SheetReader {
  public:
    SheetReader(YamlReader& in, Draft& out, std::vector<Error>& errors) : in_(in), out_(out), errors_(errors) {}

    void read(const Templates& templates) {
        head();
        channels();
        fees();
        components();
        rest_of_card();
        validity();
        form();
        clock();
        tables();
        samples();
        flow(templates);
        in_.finish();
    }
    void samples() {
        in_.each_mapping("samples", [&](YamlReader& s) { one_sample(s); });
    }

  private:
    std::string checked_id(YamlReader& r, std::set<std::string>& seen, bool field = false) {
        auto id = r.text("id", 80);
        if (!id.empty() && !(field ? is_field_id(id) : is_id(id)))
            r.fail("id", "procedure.id",
                   field ? "mã trường chỉ gồm chữ thường không dấu, số và dấu gạch dưới"
                         : "mã chỉ gồm chữ không dấu, số, dấu chấm, gạch nối và gạch dưới",
                   field ? "a field id has lower-case letters, digits and underscores only"
                         : "an id has letters, digits, dots, hyphens and underscores only");
        if (!seen.insert(id).second) r.fail("id", "procedure.twice", "mã dùng hai lần", "the id is used twice");
        return id;
    }
    template <class T>
    std::string one_of(YamlReader& r, std::string_view key, std::string value, const T& words) {
        if (std::find(std::begin(words), std::end(words), value) == std::end(words)) {
            std::string list;
            for (const auto w : words) list += (list.empty() ? "" : ", ") + std::string{w};
            r.fail(key, "procedure.word", "phải là một trong: " + list, "must be one of: " + list);
        }
        return value;
    }

    void head() {
        auto& card = out_.card;
        auto code = in_.text("code", 40);
        if (!code.empty() && !is_code(code))
            in_.fail("code", "procedure.code", "mã thủ tục có dạng 1.001193", "a procedure code looks like 1.001193");
        card.code = ProcedureCode{code};
        in_.mapping("name", [&](YamlReader& n) {
            card.name = n.text("vi", 1000);
            card.name_en = n.text_or("en", "", 1000);
        });
        if (!in_.has("name")) in_.fail("name", "yaml.missing", "thiếu tên thủ tục", "the name is missing");
        if (const auto level = level_from(in_.text("level", 20)))
            card.level = *level;
        else
            in_.fail("level", "procedure.level", "cấp phải là commune hoặc province",
                     "the level must be commune or province");
        in_.mapping("sector", [&](YamlReader& s) {
            card.sector = s.text("code", 80);
            card.sector_name = s.text("name", 300);
            card.sector_national = s.text_or("national_code", "", 80);
        });
        if (!in_.has("sector")) in_.fail("sector", "yaml.missing", "thiếu lĩnh vực", "the sector is missing");
        card.owner = in_.text_or("owner", "", 300);
        card.subjects = in_.texts("subjects");
        in_.mapping("decides", [&](YamlReader& d) {
            card.decides_role = d.text("role", 300);
            card.decides_level = d.text_or("level", "", 40);
        });
    }

    std::optional<LegalTime> time(YamlReader& from, std::string_view key = "time") {
        std::optional<LegalTime> out;
        from.mapping(key, [&](YamlReader& t) {
            const auto value = t.integer("value", 0, 10'000);
            const auto word = t.optional_text("unit", 20);
            const bool same_day = t.boolean("same_day", false);
            auto unit = TimeUnit::working_days;
            if (word) {
                if (const auto u = time_unit_from(*word))
                    unit = *u;
                else
                    t.fail("unit", "procedure.unit", "phải là working_hours, working_days hoặc calendar_days",
                           "must be working_hours, working_days or calendar_days");
            }
            if (!value && !same_day) return;
            if (value && *value == 0 && !same_day)
                t.fail("value", "procedure.time", "thời hạn 0 không có nghĩa; chưa kiểm chứng thì để null",
                       "a time of 0 has no meaning; leave it null when not verified");
            // Same-day is one working day by definition.
            out = LegalTime{static_cast<int>(value.value_or(1)), unit, same_day};
        });
        return out;
    }

    void channels() {
        std::set<Channel> seen;
        in_.each_mapping("channels", [&](YamlReader& c) {
            ChannelRule rule;
            if (const auto channel = channel_from(c.text("channel", 20)))
                rule.channel = *channel;
            else
                c.fail("channel", "procedure.channel", "kênh phải là desk, online hoặc post",
                       "the channel must be desk, online or post");
            if (!seen.insert(rule.channel).second)
                c.fail("channel", "procedure.twice", "kênh ghi hai lần", "the channel is given twice");
            rule.level = c.text_or("level", "", 20);
            static constexpr std::string_view levels[] = {"", "full", "partial"};
            one_of(c, "level", rule.level, levels);
            rule.time = time(c);
            out_.places["channels/" + std::string{to_string(rule.channel)}] = c.place();
            out_.card.channels.push_back(std::move(rule));
        });
        if (out_.card.channels.empty())
            in_.fail("channels", "procedure.channels", "phải có ít nhất một kênh nộp",
                     "at least one channel is needed");
    }

    void fees() {
        if (!in_.has("fees")) return;  // not verified
        std::vector<Fee> fees;
        std::set<std::string> seen;
        in_.each_mapping("fees", [&](YamlReader& f) {
            Fee fee;
            fee.id = checked_id(f, seen);
            fee.name = f.text("name", 500);
            fee.kind = f.text_or("kind", "fee", 20);
            static constexpr std::string_view kinds[] = {"fee", "charge"};
            one_of(f, "kind", fee.kind, kinds);
            fee.amount = f.integer("amount", 0, 1'000'000'000'000);
            fee.currency = f.text_or("currency", "VND", 10);
            fee.unit = f.text_or("unit", "", 200);
            fee.when = f.text_or("when", "");
            fee.basis = f.text_or("basis", "", 1000);
            out_.places["fees/" + fee.id] = f.place();
            fees.push_back(std::move(fee));
        });
        out_.card.fees = std::move(fees);
    }

    void components() {
        std::set<std::string> seen;
        in_.each_mapping("components", [&](YamlReader& c) {
            Component x;
            x.id = checked_id(c, seen);
            x.name = c.text("name", 2000);
            x.originals = static_cast<int>(c.integer("originals", 0, 100).value_or(0));
            x.copies = static_cast<int>(c.integer("copies", 0, 100).value_or(0));
            x.required = c.boolean("required", true);
            x.show_only = c.boolean("show_only", false);
            x.when = c.text_or("when", "");
            x.reuse = c.text_or("reuse", "none", 40);
            static constexpr std::string_view ways[] = {"none", "population_db", "digitised_store", "earlier_dossier"};
            one_of(c, "reuse", x.reuse, ways);
            out_.places["components/" + x.id] = c.place();
            out_.card.components.push_back(std::move(x));
        });
    }

    void rest_of_card() {
        auto& card = out_.card;
        std::set<std::string> seen;
        in_.each_mapping("results", [&](YamlReader& r) {
            ResultKind kind;
            kind.id = checked_id(r, seen);
            kind.name = r.text("name", 500);
            kind.signature = r.text_or("signed", "", 40);
            card.results.push_back(std::move(kind));
        });
        in_.each_mapping("basis", [&](YamlReader& b) {
            Basis basis;
            basis.act = b.text("act", 500);
            basis.article = b.text_or("article", "", 300);
            basis.from = b.date("from");
            basis.to = b.date("to");
            card.basis.push_back(std::move(basis));
        });
        in_.each_mapping("sources", [&](YamlReader& s) {
            SourceNote note;
            note.what = s.text_or("what", "", 1000);
            note.where = s.text("where", 2000);
            note.read = s.text_or("read", "", 300);
            card.sources.push_back(std::move(note));
        });
        card.unverified = in_.texts("unverified");
        card.notes = in_.text_or("notes", "");
    }

    void validity() {
        in_.mapping("valid", [&](YamlReader& v) {
            out_.valid_from = v.date("from");
            out_.valid_to = v.date("to");
            if (out_.valid_from && out_.valid_to && *out_.valid_to <= *out_.valid_from)
                v.fail("to", "procedure.validity", "ngày hết hiệu lực phải sau ngày có hiệu lực",
                       "the end must be after the start");
        });
        if (!out_.valid_from)
            in_.fail("valid", "procedure.validity", "thiếu ngày có hiệu lực (valid.from)", "valid.from is missing");
    }

    void form() {
        std::set<std::string> seen;
        in_.each_mapping("form", [&](YamlReader& f) {
            Field field;
            field.id = checked_id(f, seen, true);
            f.mapping("label", [&](YamlReader& l) {
                field.label_vi = l.text("vi", 500);
                field.label_en = l.text_or("en", "", 500);
            });
            if (!f.has("label")) f.fail("label", "yaml.missing", "thiếu nhãn", "the label is missing");
            field.type = f.text("type", 20);
            static constexpr std::string_view types[] = {"string",      "text",    "date", "integer", "number",
                                                         "money",       "boolean", "enum", "person",  "address",
                                                         "personal_id", "phone",   "email"};
            one_of(f, "type", field.type, types);
            f.mapping("help", [&](YamlReader& h) {
                field.help_vi = h.text("vi", 500);
                field.help_en = h.text_or("en", "", 500);
            });
            const bool number = field.type == "integer" || field.type == "number" || field.type == "money";
            for (auto [key, target] : {std::pair{"min", &field.min}, {"max", &field.max}}) {
                *target = f.integer(key, -form_largest, form_largest);
                if (*target && !number)
                    f.fail(key, "procedure.bounds", "giới hạn chỉ dùng cho trường số", "bounds are for numbers only");
            }
            if (field.min && field.max && *field.min > *field.max)
                f.fail("max", "procedure.bounds", "giới hạn trên nhỏ hơn giới hạn dưới",
                       "the maximum is below the minimum");
            field.required = f.boolean("required", false);
            field.when = f.text_or("when", "");
            std::set<std::string> options;
            f.each_mapping("values", [&](YamlReader& v) {
                FieldOption o;
                o.id = checked_id(v, options);
                // Either {id, vi, en} or {id, label: {vi, en}}.
                if (v.has("label"))
                    v.mapping("label", [&](YamlReader& l) {
                        o.vi = l.text("vi", 300);
                        o.en = l.text_or("en", "", 300);
                    });
                else {
                    o.vi = v.text("vi", 300);
                    o.en = v.text_or("en", "", 300);
                }
                field.values.push_back(std::move(o));
            });
            if ((field.type == "enum") != !field.values.empty())
                f.fail("values", "procedure.values", "trường enum (và chỉ trường enum) phải có danh sách giá trị",
                       "an enum field, and no other, has a list of values");
            out_.places["form/" + field.id] = f.place();
            out_.form.fields.push_back(std::move(field));
        });
    }

    void clock() {
        auto& rules = out_.rules.clock;
        in_.mapping("clock", [&](YamlReader& c) {
            if (const auto cutoff = c.optional_text("cutoff", 5)) {
                int hour = 0, minute = 0;
                char end = 0;
                if (std::sscanf(cutoff->c_str(), "%2d:%2d%c", &hour, &minute, &end) != 2 || hour < 0 || hour > 23 ||
                    minute < 0 || minute > 59)
                    c.fail("cutoff", "procedure.cutoff", "giờ phải viết như \"15:00\"",
                           "a time is written like \"15:00\"");
                else
                    rules.cutoff_minute = hour * 60 + minute;
            }
            rules.supplement_max = static_cast<int>(c.integer("supplement_max", 0, 10).value_or(rules.supplement_max));
            rules.supplement_days =
                static_cast<int>(c.integer("supplement_days", 0, 100).value_or(rules.supplement_days));
            rules.extension_max = static_cast<int>(c.integer("extension_max", 0, 10).value_or(rules.extension_max));
            if (const auto hours = c.integer("apology_before_hours", 0, 1000))
                rules.apology_before = directory::work_hours(*hours);
        });
    }

    void tables() {
        std::set<std::string> seen;
        in_.each_mapping("rules", [&](YamlReader& t) {
            DecisionTable table;
            table.id = t.text("id", 40);
            static constexpr std::string_view ids[] = {"fee", "deadline", "documents", "competent"};
            one_of(t, "id", table.id, ids);
            if (!seen.insert(table.id).second)
                t.fail("id", "procedure.twice", "bảng ghi hai lần", "the table is given twice");
            table.hit_policy = t.text_or("hit_policy", "first", 20);
            static constexpr std::string_view policies[] = {"first", "unique", "collect"};
            one_of(t, "hit_policy", table.hit_policy, policies);
            table.inputs = t.texts("inputs", 20);
            table.outputs = t.texts("outputs", 20);
            t.each_mapping("rules", [&](YamlReader& r) {
                DecisionTable::Rule rule;
                rule.when = r.texts("when", 20);
                rule.then = r.texts("then", 20);
                rule.basis = r.text_or("basis", "", 1000);
                if (rule.when.size() != table.inputs.size() || rule.then.size() != table.outputs.size())
                    r.fail("when", "procedure.table", "số ô phải bằng số cột vào và ra của bảng",
                           "the cells must be as many as the inputs and outputs of the table");
                out_.places[fmt::format("rules/{}/{}", table.id, table.rules.size())] = r.place();
                table.rules.push_back(std::move(rule));
            });
            out_.places["rules/" + table.id] = t.place();
            out_.rules.tables.push_back(std::move(table));
        });
    }

    void one_sample(YamlReader& s) {
        Sample sample;
        sample.name = s.text_or("name", "", 300);
        sample.place = s.place();
        auto answers =
            s.has("answers") ? yaml_value(s.raw("answers"), YamlTexts::normalised, 8) : json::value(json::object{});
        if (answers.is_object())
            sample.answers.fields = answers.get_object();
        else
            s.fail("answers", "procedure.sample", "phải là nhóm trường: giá trị", "must be a mapping of fields");
        if (const auto c = s.optional_text("channel", 20)) {
            if (const auto channel = channel_from(*c))
                sample.answers.channel = *channel;
            else
                s.fail("channel", "procedure.channel", "kênh phải là desk, online hoặc post",
                       "the channel must be desk, online or post");
        }
        sample.answers.subject_kind = s.text_or("subject_kind", "citizen", 40);
        sample.answers.place = UnitId{s.text_or("place", "", 100)};
        s.mapping("expect", [&](YamlReader& e) { expect(e, sample); });
        out_.samples.push_back(std::move(sample));
    }
    void expect(YamlReader& e, Sample& sample) {
        if (e.has("components")) sample.components = e.texts("components");
        sample.time = time(e);
        if (!e.has("charges")) return;
        sample.charges.emplace();
        if (e.raw("charges").IsMap()) {  // {id: amount}
            e.pairs("charges", [&](const std::string& id, const YAML::Node& v) {
                Decision::Charge charge{id, "", "", std::nullopt};
                const auto amount = yaml_value(v, YamlTexts::normalised, 8);
                if (amount.is_int64())
                    charge.amount = amount.get_int64();
                else if (!amount.is_null())
                    e.fail("charges", "procedure.sample", "số tiền phải là số nguyên hoặc null",
                           "an amount is an integer or null");
                sample.charges->push_back(std::move(charge));
            });
        } else {
            e.each_mapping("charges", [&](YamlReader& c) {
                Decision::Charge charge{c.text("id", 80), "", "", std::nullopt};
                charge.amount = c.integer("amount", 0, 1'000'000'000'000);
                sample.charges->push_back(std::move(charge));
            });
        }
    }

    void flow(const Templates& templates) {
        auto& sheet = out_.sheet;
        bool given = false;
        in_.mapping("flow", [&](YamlReader& f) {
            given = true;
            sheet.template_id = f.text("template", 60);
            if (f.has("hours")) {
                sheet.minutes.emplace();
                f.pairs("hours", [&](const std::string& step, const YAML::Node& v) {
                    if (v.IsNull()) return;  // this step's hours are not known
                    const auto hours = v.IsScalar() ? feel::Number::parse(v.Scalar()) : std::nullopt;
                    const auto minutes = hours ? hours->multiply(60) : std::nullopt;
                    if (!minutes || !minutes->integer() || *minutes->integer() > 10'000'000)
                        f.fail_at(v, "flow.hours", "flow.hours." + step + ": phải là số giờ làm việc (lẻ tới phút)",
                                  "flow.hours." + step + ": must be working hours, exact to the minute");
                    else
                        (*sheet.minutes)[step] = *minutes->integer();
                });
            }
            const auto table = [&](std::string_view key, std::map<std::string, std::string>& into) {
                f.pairs(key, [&](const std::string& step, const YAML::Node& v) {
                    if (v.IsScalar())
                        into[step] = text::normalise(v.Scalar());
                    else
                        f.fail_at(v, "yaml.not_text", "phải là một giá trị đơn", "must be a single value");
                });
            };
            table("functions", sheet.functions);
            table("agencies", sheet.agencies);
            sheet.department = f.text_or("department", "", 100);
            out_.places["flow"] = f.place();
        });
        if (!given) return in_.fail("flow", "yaml.missing", "thiếu quy trình", "the flow is missing");
        std::vector<Error> problems;
        out_.flow = make_flow(templates, sheet, out_.card.level, out_.card.sector, problems);
        for (auto& p : problems) errors_.push_back(std::move(p).pointing(out_.place("flow")));
    }

    YamlReader& in_;
    Draft& out_;
    std::vector<Error>& errors_;
};

}  // namespace

std::optional<Draft> parse_procedure(const std::string& text, const std::string& file, const Templates& templates,
                                     std::vector<Error>& errors) {
    const auto node = load_yaml(text, file, errors);
    if (!node) return std::nullopt;
    YamlReader in(*node, file, errors, "procedure");
    if (!node->IsMap()) return std::nullopt;
    Draft draft;
    draft.file = file;
    try {
        SheetReader(in, draft, errors).read(templates);
    } catch (const YAML::Exception& e) {
        errors.push_back({ErrorKind::invalid, "yaml.malformed", "Tệp YAML viết sai: " + e.msg,
                          "malformed YAML: " + e.msg, fmt::format("{}:{}", file, e.mark.line + 1)});
        return std::nullopt;
    }
    return draft;
}

Result<std::vector<Sample>> read_samples(const std::string& text, const std::string& file) {
    std::vector<Error> errors;
    Draft draft;
    draft.file = file;
    try {
        if (const auto node = load_yaml(text, file, errors)) {
            YamlReader in(*node, file, errors, "samples");
            if (errors.empty()) SheetReader(in, draft, errors).samples();
        }
    } catch (const YAML::Exception& e) {
        errors.push_back({ErrorKind::invalid, "yaml.malformed", "Hồ sơ mẫu viết sai: " + e.msg,
                          "malformed sample dossiers: " + e.msg, file});
    }
    if (!errors.empty()) return std::move(errors.front());
    return std::move(draft.samples);
}

ProcedurePack read_procedures(const std::filesystem::path& pack, std::vector<Error>& errors) {
    ProcedurePack out;
    out.templates = read_templates(pack, errors);
    std::vector<std::filesystem::path> files;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(pack / "procedures", ignored))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::map<std::string, std::string> codes;
    for (const auto& path : files) {
        const auto name = "procedures/" + path.filename().string();
        auto body = read_file(path, 1u << 20);
        if (!body.ok()) {
            errors.push_back(std::move(body).error().pointing(name));
            continue;
        }
        auto draft = parse_procedure(body.value(), name, out.templates, errors);
        if (!draft) continue;
        const auto& code = draft->card.code.value;
        if (path.stem().string() != code)
            errors.push_back({ErrorKind::invalid, "procedure.file_name",
                              "Tên tệp phải là mã thủ tục " + code + ".yaml.",
                              "the file must be named after its code: " + code + ".yaml", name + ":1"});
        if (const auto [it, fresh] = codes.emplace(code, name); !fresh)
            errors.push_back({ErrorKind::invalid, "procedure.twice",
                              "Thủ tục " + code + " đã có trong " + it->second + ".",
                              "the procedure " + code + " is already in " + it->second, name + ":1"});
        out.drafts.push_back(std::move(*draft));
    }
    return out;
}

}  // namespace hl::procedures
