#include "procedures/spreadsheet.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "procedures/workbook.h"
#include "sheet.h"

namespace hl::procedures {
namespace {

using test::draft_of;
using test::replaced;
using test::sheet;

std::string text_of(const Card& card) {
    return canonical_json(to_json(card));
}

std::vector<Draft> real_drafts() {
    std::vector<Error> errors;
    auto pack = read_procedures(std::filesystem::path{HL_SOURCE_DIR} / "packs/quang-tri", errors);
    EXPECT_TRUE(errors.empty());
    return std::move(pack.drafts);
}

TEST(Spreadsheet, EveryRealCardComesBackEqual) {
    const auto drafts = real_drafts();
    ASSERT_FALSE(drafts.empty());
    const auto bytes = export_cards(drafts);
    ASSERT_TRUE(bytes.ok()) << bytes.error().en;
    auto emptied = drafts;
    for (auto& d : emptied) {
        const auto code = d.card.code;
        d.card = Card{};
        d.card.code = code;
        d.valid_from.reset();
    }
    std::vector<Error> errors;
    const auto back = import_cards(*bytes, emptied, errors);
    for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
    ASSERT_EQ(back.size(), drafts.size());
    for (size_t i = 0; i < drafts.size(); ++i) {
        EXPECT_EQ(text_of(back[i].card), text_of(drafts[i].card)) << drafts[i].file;
        EXPECT_EQ(back[i].valid_from, drafts[i].valid_from);
        EXPECT_EQ(canonical_json(to_json(back[i].flow)), canonical_json(to_json(drafts[i].flow)));
    }
}

TEST(Spreadsheet, UnknownIsNotZeroThere) {
    auto d = draft_of(sheet);
    d.card.fees->at(0).amount.reset();
    d.card.channels[0].time.reset();
    auto free = d;
    free.card.code = ProcedureCode{"9.000002"};
    free.card.fees->clear();
    auto unknown = d;
    unknown.card.code = ProcedureCode{"9.000003"};
    unknown.card.fees.reset();
    std::vector<Error> errors;
    const auto back = import_cards(export_cards({d, free, unknown}).value(), {}, errors);
    ASSERT_TRUE(errors.empty()) << errors[0].at << errors[0].en;
    ASSERT_EQ(back.size(), 3U);
    EXPECT_FALSE(back[0].card.fees->at(0).amount);
    EXPECT_FALSE(back[0].card.channels[0].time);
    EXPECT_TRUE(back[1].card.fees->empty());
    EXPECT_FALSE(back[2].card.fees);
}

TEST(Spreadsheet, MistakesNameSheetAndRow) {
    const auto row = [](const std::vector<std::string>& cells) {
        std::vector<Cell> out;
        for (const auto& c : cells) out.push_back(text_cell(c));
        return out;
    };
    auto book = read_workbook(export_cards({draft_of(sheet)}).value()).value();
    for (auto& s : book) {
        if (s.name == "phi") s.rows[1][4] = text_cell("tám nghìn");
        if (s.name == "kenh") s.rows.push_back(row({"8.888888", "desk"}));
        if (s.name == "ket-qua") s.rows[0][1] = text_cell("ma");
    }
    std::erase_if(book, [](const Sheet& s) { return s.name == "nguon"; });
    std::vector<Error> errors;
    (void)import_cards(write_workbook(book).value(), {}, errors);
    std::set<std::string> at;
    for (const auto& e : errors) at.insert(e.at + " " + e.code);
    EXPECT_EQ(at, (std::set<std::string>{"phi!2 sheet.value", "kenh!4 sheet.unknown", "ket-qua!1 sheet.column",
                                         "nguon!1 sheet.column"}));
}

TEST(Spreadsheet, TextThatLooksLikeAFormulaStaysText) {
    const auto bytes = write_workbook(
        {{"a", {{text_cell("=1+1"), number_cell(8000), text_cell(" hai  khoảng "), text_cell("<&>\"")}}}});
    ASSERT_TRUE(bytes.ok());
    const auto book = read_workbook(*bytes).value();
    EXPECT_EQ(book[0].rows[0][0].text, "=1+1");
    EXPECT_EQ(book[0].rows[0][1].integer(), 8000);
    EXPECT_EQ(book[0].rows[0][2].text, " hai  khoảng ");
    EXPECT_EQ(book[0].rows[0][3].text, "<&>\"");
}

TEST(Spreadsheet, NumbersAsSpreadsheetsWriteThem) {
    EXPECT_EQ((Cell{"8000.0", true}.integer()), 8000);
    EXPECT_EQ((Cell{"8E3", true}.integer()), 8000);
    EXPECT_EQ((Cell{"0.5", true}.integer()), std::nullopt);
    EXPECT_EQ((Cell{"8000.0", false}.integer()), std::nullopt);
    EXPECT_EQ((Cell{"1e300", true}.integer()), std::nullopt);
}

TEST(Spreadsheet, WhatIsNoWorkbookIsRefused) {
    EXPECT_EQ(read_workbook("").error().code, "xlsx.malformed");
    EXPECT_EQ(read_workbook("PK\x03\x04 not really").error().code, "xlsx.malformed");
    std::vector<Error> errors;
    (void)import_cards("x", {}, errors);
    EXPECT_EQ(errors.at(0).code, "xlsx.malformed");
}

RC_GTEST_PROP(SpreadsheetProperty, ADamagedFileNeverCrashes, ()) {
    static const std::string whole = export_cards({draft_of(sheet)}).value();
    auto bytes = whole;
    for (int i = *rc::gen::inRange(1, 10); i > 0; --i)
        bytes[*rc::gen::inRange<size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
    std::vector<Error> errors;
    (void)import_cards(bytes, {}, errors);
}

TEST(WriteProcedure, EveryRealSheetReadsBackEqual) {
    for (const auto& d : real_drafts()) {
        std::vector<Error> errors;
        const auto text = write_procedure(d);
        const auto back = parse_procedure(text, d.file, test::templates(), errors);
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        ASSERT_TRUE(back);
        const auto a = make_artefacts(d.card, d.form, d.flow, d.rules);
        const auto b = make_artefacts(back->card, back->form, back->flow, back->rules);
        EXPECT_EQ(a.card.body, b.card.body);
        EXPECT_EQ(a.form.body, b.form.body);
        EXPECT_EQ(a.flow.body, b.flow.body);
        EXPECT_EQ(a.rules.body, b.rules.body);
        EXPECT_EQ(d.valid_from, back->valid_from);
    }
}

TEST(WriteProcedure, TablesClockAndSamplesToo) {
    auto d = draft_of(replaced(sheet, "assign: 2", "assign: 0.5"));
    d.rules.clock.cutoff_minute = 16 * 60 + 30;
    d.rules.clock.supplement_max = 2;
    d.rules.tables.push_back({"fee",
                              "first",
                              {"late"},
                              {"id", "amount"},
                              {{{"true"}, {"\"le-phi\"", "5000"}, "thử \"x\""}, {{"-"}, {"\"le-phi\"", "0"}, ""}}});
    std::vector<Error> errors;
    const auto back = parse_procedure(write_procedure(d), "t.yaml", test::templates(), errors);
    for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
    EXPECT_EQ(canonical_json(to_json(back->rules)), canonical_json(to_json(d.rules)));
    ASSERT_EQ(back->samples.size(), d.samples.size());
    EXPECT_EQ(canonical_json(back->samples[1].answers.fields), canonical_json(d.samples[1].answers.fields));
    EXPECT_EQ(back->samples[1].charges->at(0).amount, 8000);
    EXPECT_EQ(back->samples[1].time, d.samples[1].time);
    EXPECT_EQ(write_procedure(*back), write_procedure(d));
}

}  // namespace
}  // namespace hl::procedures
