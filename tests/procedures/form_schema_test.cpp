// E-forms: the corpus that the browser's validator is held to as well (web/forms/corpus.test.ts), the export of a
// form, and that a condition of a form means what FEEL means.
#include "procedures/form_schema.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/files.h"
#include "procedures/form_formats.h"
#include "procedures/linter.h"
#include "procedures/tables.h"
#include "sheet.h"

namespace hl::procedures {
namespace {

json::value corpus(const std::string& name) {
    auto bytes = read_file(std::filesystem::path{HL_SOURCE_DIR} / "tests/forms" / name, 1U << 22);
    EXPECT_TRUE(bytes.ok());
    json::parse_options options;
    options.max_depth = 64;
    return json::parse(*bytes, {}, options);
}
std::string text_of(const json::object& o, const char* key) {
    const auto* v = o.if_contains(key);
    return v ? std::string{std::string_view{v->as_string()}} : std::string{};
}
std::string told(const std::vector<Error>& errors) {
    std::string out;
    for (const auto& e : errors) out += fmt::format("{} {}\n  {}\n  {}\n", e.at, e.code, e.vi, e.en);
    return out;
}
std::string told(const json::array& errors) {
    std::string out;
    for (const auto& v : errors) {
        const auto& e = v.as_object();
        out += fmt::format("{} {}\n  {}\n  {}\n", text_of(e, "pointer"), text_of(e, "code"), text_of(e, "vi"),
                           text_of(e, "en"));
    }
    return out;
}

TEST(FormSchema, AnswersOfTheCorpus) {
    const auto all = corpus("answers.json");
    std::map<std::string, FormSchema> schemas;
    for (const auto& [name, schema] : all.at("schemas").as_object()) {
        std::vector<Error> errors;
        auto compiled = FormSchema::compile(schema, errors);
        ASSERT_TRUE(compiled) << told(errors);
        schemas.emplace(std::string{std::string_view{name}}, *std::move(compiled));
    }
    ASSERT_GE(all.at("cases").as_array().size(), 100U);
    for (const auto& v : all.at("cases").as_array()) {
        const auto& c = v.as_object();
        SCOPED_TRACE(text_of(c, "name"));
        const auto* text = c.if_contains("text");
        const auto data = text ? parse_json(std::string_view{text->as_string()}) : Result<json::value>{c.at("data")};
        const auto& wanted = c.at("errors").as_array();
        if (!data.ok()) {
            ASSERT_EQ(wanted.size(), 1U) << data.error().en;
            EXPECT_EQ(text_of(wanted[0].as_object(), "code"), data.error().code);
            continue;
        }
        std::optional<Date> today;
        if (c.contains("today")) today = parse_date(text_of(c, "today")).value();
        EXPECT_EQ(told(schemas.at(text_of(c, "schema")).check(*data, today)), told(wanted));
    }
}

TEST(FormSchema, SchemasOfTheCorpus) {
    const auto all = corpus("schemas.json");
    for (const auto& v : all.at("cases").as_array()) {
        const auto& c = v.as_object();
        SCOPED_TRACE(text_of(c, "name"));
        std::vector<Error> errors;
        const auto compiled = FormSchema::compile(c.at("schema"), errors);
        EXPECT_EQ(compiled.has_value(), errors.empty());
        if (const auto* codes = c.if_contains("codes")) {
            std::set<std::string> got;
            for (const auto& e : errors) got.insert(e.code);
            EXPECT_EQ(got, json::value_to<std::set<std::string>>(*codes));
        } else {
            EXPECT_EQ(told(errors), told(c.at("errors").as_array()));
        }
    }
}

TEST(FormFormats, WhatPeopleType) {
    const auto all = corpus("typed.json");
    for (const auto& v : all.at("dates").as_array()) {
        const auto date = date_from_typed(std::string_view{v.at(0).as_string()});
        EXPECT_EQ(date ? json::value_from(to_iso(*date)) : json::value{}, v.at(1)) << v.at(0);
    }
    for (const auto& v : all.at("money").as_array()) {
        const auto dong = money_from_typed(std::string_view{v.at(0).as_string()});
        EXPECT_EQ(dong ? json::value(*dong) : json::value{}, v.at(1)) << v.at(0);
    }
    for (const auto& v : all.at("phones").as_array()) {
        const auto phone = phone_from_typed(std::string_view{v.at(0).as_string()});
        EXPECT_EQ(phone ? json::value_from(*phone) : json::value{}, v.at(1)) << v.at(0);
    }
    for (const auto& v : all.at("personal_ids").as_array()) {
        std::optional<Date> today;
        if (v.at(1).is_string()) today = parse_date(std::string_view{v.at(1).as_string()}).value();
        static constexpr std::array words{"good", "not_twelve_digits", "no_such_province", "born_in_future"};
        const auto look = look_at_personal_id(std::string_view{v.at(0).as_string()}, today);
        EXPECT_EQ(words.at(static_cast<size_t>(look)), v.at(2).as_string()) << v.at(0);
    }
}

Form form_of(std::vector<Field> fields) {
    return Form{std::move(fields)};
}
Field field(std::string id, std::string type, bool required = false, std::string when = {}) {
    return {std::move(id), "Trường", "Field", std::move(type), required, {}, std::move(when)};
}

TEST(FormExport, EveryKindOfFieldIsOfTheSubset) {
    auto form = form_of({field("a", "string", true), field("b", "text"), field("c", "date"), field("d", "integer"),
                         field("e", "number"), field("f", "boolean", true), field("g", "enum"), field("h", "person"),
                         field("i", "address"), field("j", "money"), field("k", "phone"), field("l", "email"),
                         field("m", "personal_id"), field("n", "text", true, "f")});
    form.fields[6].values = {{"x", "Ích", "X"}};
    form.fields[3].min = 1;
    form.fields[3].max = 9;
    form.fields[0].help_vi = "Viết in hoa";
    const auto schema = form_schema_json(form, "Tên", "urn:x").value();
    std::vector<Error> errors;
    const auto compiled = FormSchema::compile(schema, errors);
    ASSERT_TRUE(compiled) << told(errors);
    const auto& properties = compiled->root().properties;
    ASSERT_EQ(properties.size(), 14U);
    EXPECT_EQ(properties[0].node.help_vi, "Viết in hoa");
    EXPECT_EQ(properties[3].node.max, 9);
    EXPECT_EQ(properties[6].node.choices[0].vi, "Ích");
    EXPECT_TRUE(properties[7].node.or_text);
    EXPECT_EQ(properties[9].node.min, 0);
    EXPECT_TRUE(properties[13].required && properties[13].when);
    EXPECT_EQ(
        told(compiled->check(json::object{{"a", "x"}, {"f", true}}, {})),
        "/n form.required\n  Trường: chưa được điền. Hãy điền mục này.\n  Field: is not filled in. Fill it in.\n");
    EXPECT_TRUE(compiled->check(json::object{{"a", "x"}, {"f", false}}, {}).empty());
    // What was exported and read again is the same form: nothing is lost in JSON text.
    EXPECT_EQ(canonical_json(json::parse(json::serialize(schema))), canonical_json(schema));
    Form again = form_from_json(to_json(form)).value();
    EXPECT_EQ(canonical_json(form_schema_json(again).value()), canonical_json(form_schema_json(form).value()));
}

TEST(FormExport, ConditionsThatASchemaCannotSayAreRefused) {
    for (const auto* when : {"d > date(\"2026-01-01\")", "string length(s) > 3", "s = t", "channel = \"online\"", "s",
                             "n + 1 > 2", "s > \"a\"", "n = \"a\"", "if b then true else false"}) {
        const auto form = form_of({field("s", "string"), field("t", "string"), field("d", "date"),
                                   field("n", "integer"), field("b", "boolean"), field("x", "text", true, when)});
        const auto schema = form_schema_json(form);
        ASSERT_FALSE(schema.ok()) << when;
        EXPECT_EQ(schema.error().code, "form.condition") << when;
        EXPECT_EQ(schema.error().at, "/properties/x");
    }
}

TEST(FormExport, LinterTellsBeforePublishing) {
    const auto draft = test::draft_of(test::replaced(test::sheet, "when: 'relation = \"other\"'}\nsamples",
                                                     "when: 'string length(child_name) > 3'}\nsamples"));
    const auto findings = lint(draft, {});
    EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [](const Finding& f) {
        return f.code == "lint.form" && f.severity == Severity::error && f.vi.find("có/không") != std::string::npos;
    }));
}

TEST(FormExport, ConditionsMeanWhatFeelMeans) {
    auto form = form_of({field("s", "enum"), field("n", "number"), field("b", "boolean"), field("x", "text", true)});
    form.fields[0].values = {{"p", "P", ""}, {"q", "Q", ""}, {"r", "R", ""}};
    static const std::vector<std::string> leaves{"s = \"p\"",
                                                 "s != \"q\"",
                                                 "\"r\" = s",
                                                 "s in (\"p\",\"q\")",
                                                 "s in [\"p\",\"r\"]",
                                                 "s = null",
                                                 "s != null",
                                                 "n < 5",
                                                 "5 <= n",
                                                 "n in [2..7)",
                                                 "n between 1 and 5",
                                                 "n = 5",
                                                 "n != 5",
                                                 "n in (< 2, > 8)",
                                                 "n = -1.5",
                                                 "b",
                                                 "b = false",
                                                 "b != true",
                                                 "b = null"};
    const auto leaf = rc::gen::elementOf(leaves);
    rc::check("what FEEL says surely holds, and nothing else", [&] {
        std::string when = *leaf;
        const int more = *rc::gen::inRange(0, 4);
        for (int i = 0; i < more; ++i) {
            if (*rc::gen::arbitrary<bool>()) when = "not(" + when + ")";
            when = fmt::format("({}) {} {}", when, *rc::gen::elementOf(std::vector<std::string>{"and", "or"}), *leaf);
        }
        if (*rc::gen::arbitrary<bool>()) when = "not(" + when + ")";
        form.fields[3].when = when;
        Answers answers;
        if (*rc::gen::arbitrary<bool>())
            answers.fields["s"] = *rc::gen::elementOf(std::vector<std::string>{"p", "q", "r"});
        if (*rc::gen::arbitrary<bool>())
            answers.fields["n"] = *rc::gen::elementOf(std::vector<double>{-1.5, 0, 1, 2, 4.5, 5, 7, 8, 9});
        else if (*rc::gen::arbitrary<bool>())
            answers.fields["n"] = nullptr;
        if (*rc::gen::arbitrary<bool>()) answers.fields["b"] = *rc::gen::arbitrary<bool>();
        const auto schema = form_schema_of(form);
        RC_ASSERT(schema.ok());
        const auto feel = feel::holds(when, make_context(form, answers));
        RC_ASSERT(feel.ok());
        const auto& x = (*schema)->root().properties[3];
        RC_ASSERT(x.when->holds(answers.fields) == feel->value_or(false));
    });
}

TEST(FormExport, EveryFormOfTheProvinceIsOfTheSubset) {
    std::vector<Error> errors;
    const auto pack = read_procedures(std::filesystem::path{HL_SOURCE_DIR} / "packs/quang-tri", errors);
    ASSERT_GE(pack.drafts.size(), 40U);
    for (const auto& d : pack.drafts) {
        const auto schema = form_schema_of(d.form);
        EXPECT_TRUE(schema.ok()) << d.file << ": " << (schema.ok() ? "" : schema.error().en);
    }
}

}  // namespace
}  // namespace hl::procedures
