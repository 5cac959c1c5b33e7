// Indicators are data: the pack's own set is whole and explained; mistakes are told with file and line.
#include "ioc/indicators/pack.h"

#include "base/files.h"
#include "directory/commands.h"
#include "ledger.h"

namespace hl::ioc::test {
namespace {

std::vector<Error> mistakes(const std::string& yaml) {
    std::vector<Indicator> out;
    std::vector<Error> errors;
    read_indicator_file(yaml, "test.yaml", out, errors);
    check_indicators(out, nullptr, errors);
    return errors;
}
const std::string head = R"(defaults:
  component: health
  owner: so-y-te
  grains: [month, year]
  source: {name: "thử", grade: reported}
  basis: {act: "", article: "", from: 2026-01-01, to: null}
indicators:
  - code: A.B
    name: {vi: "Thử", en: "Trial"}
    unit: "lượt"
    formula: {vi: "Cách tính", en: "Formula"}
)";

TEST(IndicatorPacks, TheProvincesOwnHasEveryComponentAndNoMistake) {
    std::vector<Error> errors;
    const auto organisation = directory::preview(directory::read_organisation(pack_folder, errors));
    const auto pack = read_indicators(pack_folder, organisation.get(), errors);
    for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
    std::set<Component> seen;
    for (const auto& i : pack.indicators) {
        seen.insert(i.component);
        EXPECT_FALSE(i.formula_vi.empty()) << i.code;
        EXPECT_EQ(i.fold.has_value(), i.component == Component::administrative_services) << i.code;
        EXPECT_EQ(i.fold.has_value(), i.grade == Grade::signed_events) << i.code;
    }
    EXPECT_EQ(seen.size(), 11u);
    EXPECT_LE(Book(pack.indicators).parts().size(), Book::most_parts);
}

TEST(IndicatorPacks, IndicatorsShareThePartsThatAreTheSame) {
    const auto book = pack_book();
    const auto parts = [&](const char* code) { return book->parts_of(*book->find(code, {})); };
    EXPECT_EQ(parts("HCC.TG_TRUNG_VI"), parts("HCC.TG_P90"));
    EXPECT_EQ(parts("HCC.DUNG_HAN").front(), parts("HCC.TY_LE_DUNG_HAN").front());
    EXPECT_EQ(parts("HCC.TRUC_TUYEN").back(), parts("HCC.TIEP_NHAN").front());
}

TEST(IndicatorPacks, OnlyWhatChangesCellsMakesThemAnew) {
    std::vector<Indicator> a = pack_book()->all(), b = a, c = a;
    b.front().vi = "Tên khác";
    b.front().target = 12;
    EXPECT_EQ(Book(a).version(), Book(b).version());
    for (auto& i : c)
        if (i.code == "HCC.BO_SUNG") i.fold->parts.front().select.events = {"dossier.extended"};
    EXPECT_NE(Book(a).version(), Book(c).version());
}

TEST(IndicatorPacks, MistakesAreToldWithTheirLine) {
    struct Case {
        std::string yaml, code, at;
    };
    const std::string fold = head + "    fold:\n";
    for (const auto& c : std::vector<Case>{
             {head, "indicator.definition", "test.yaml:8"},
             {head + "    supplied: {grain: moth}\n", "indicator.word", "test.yaml:12"},
             {head + "    supplied: {grain: month}\n    tarjet: 3\n", "yaml.unknown_key", "test.yaml:13"},
             {head + "    supplied: {grain: month}\n    by: [procedure]\n", "indicator.dimension", "test.yaml:13"},
             {head + "    supplied: {grain: month}\n    limits: {target: many}\n", "indicator.number", "test.yaml:13"},
             {fold + "      measure: count\n", "yaml.missing", "test.yaml:13"},
             {fold + "      measure: count\n      of: {events: []}\n", "indicator.events", "test.yaml:14"},
             {fold + "      measure: count\n      of: {events: [document.sent]}\n", "indicator.events", "test.yaml:14"},
             {fold + "      measure: sum\n      of: {events: [dossier.paid]}\n", "yaml.missing", "test.yaml:14"},
             {fold + "      measure: count\n      of:\n        events: [dossier.paid]\n        where: [{field: "
                     "dossier.colour, is: red}]\n",
              "indicator.field", "test.yaml:16"},
             {fold + "      measure: count\n      of:\n        events: [dossier.paid]\n        where: [{field: to}]\n",
              "indicator.filter", "test.yaml:16"},
             {fold + "      measure: stock\n      of: {states: [asleep]}\n", "indicator.state", "test.yaml:14"},
             {fold + "      measure: stock\n      of: {states: [filed], until: due}\n", "indicator.stock",
              "test.yaml:14"},
             {fold + "      measure: ratio\n      numerator: {events: [dossier.paid]}\n", "yaml.missing",
              "test.yaml:13"},
             {head + "    supplied: {grain: month}\n    alerts: [{id: x, kind: above, grain: day, raise: 1, text: {vi: "
                     "a, en: b}}]\n",
              "indicator.grain", "test.yaml:13"},
             {head +
                  "    supplied: {grain: month}\n    alerts: [{id: x, kind: below, grain: month, raise: 5, clear: 1, "
                  "text: {vi: a, en: b}}]\n",
              "indicator.alert", "test.yaml:13"},
             {head + "    supplied: {grain: month}\n  - code: A.B\n    name: {vi: a, en: b}\n    unit: x\n    formula: "
                     "{vi: a, en: b}\n    supplied: {grain: month}\n",
              "indicator.twice", "test.yaml:13"}}) {
        const auto found = mistakes(c.yaml);
        ASSERT_FALSE(found.empty()) << c.code;
        EXPECT_TRUE(std::any_of(found.begin(), found.end(),
                                [&](const Error& e) { return e.code == c.code && e.at == c.at && !e.vi.empty(); }))
            << c.code << " at " << c.at << "; found " << found.front().code << " at " << found.front().at << ": "
            << found.front().en;
    }
}

class StoredIndicators : public IndicatorTest {};
HL_FOR_EVERY_ENGINE(StoredIndicators);

TEST_P(StoredIndicators, AreReadAsTheyWereAppliedAndAppliedOnce) {
    std::vector<Error> errors;
    const auto pack = read_indicators(pack_folder, nullptr, errors);
    for (int i = 0; i < 2; ++i)
        ASSERT_TRUE(ok(store().write(
            [&](store::Transaction& tx) { return apply_indicators(tx, pack, "system:test", clock().now()); })));
    settle();
    const auto stored = store().read([](store::Reader& r) { return load_book(r); });
    ASSERT_TRUE(ok(stored));
    EXPECT_EQ((*stored)->version(), book->version());
    EXPECT_EQ((*stored)->all().size(), book->all().size());
    const auto size = store().read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
    EXPECT_EQ(*size, 1);
    const auto changes =
        store().read([&](store::Reader& r) -> Result<std::vector<std::string>> { return describe_changes(r, pack); });
    EXPECT_TRUE(changes->empty());
}

TEST_P(StoredIndicators, AnotherDefinitionMakesTheCellsAnew) {
    ledger->busy(40, 9);
    catch_up();
    const auto before = one("HCC.BO_SUNG", "2026-07");
    auto changed = book->all();
    for (auto& i : changed)
        if (i.code == "HCC.BO_SUNG") i.fold->parts.front().select.events = {"dossier.received"};
    book = std::make_shared<const Book>(changed);
    EXPECT_EQ(one("HCC.BO_SUNG", "2026-07").status, Status::unknown);  // until it is made anew
    ASSERT_TRUE(ok(followers->catch_up()));
    const auto after = one("HCC.BO_SUNG", "2026-07");
    EXPECT_NE(before.value, after.value);
    const auto report = recompute_check(store(), book);
    ASSERT_TRUE(ok(report));
    EXPECT_EQ(report->different, 0);
}

}  // namespace
}  // namespace hl::ioc::test
