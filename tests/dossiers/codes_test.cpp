// Dossier codes: ours is made, all forms are read.
#include "dossiers/codes.h"

#include <rapidcheck.h>

#include <thread>

#include "support/test_store.h"

namespace hl::dossiers {
namespace {

const Date day{std::chrono::year{2026} / 11 / 23};

TEST(Codes, AreMadeWithAtLeastFourDigitsAndGrow) {
    EXPECT_EQ(make_code("H50.12.34", day, 1).value, "H50.12.34-261123-0001");
    EXPECT_EQ(make_code("H50.12.34", day, 12345).value, "H50.12.34-261123-12345");
}

TEST(Codes, OfEveryFormAreRead) {
    const auto ours = parse_code(" h50.12.34-261123-0001 ");
    ASSERT_TRUE(ours.ok());
    EXPECT_EQ(ours->form, CodeForm::standard);
    EXPECT_EQ(ours->agency, "H50.12.34");
    EXPECT_EQ(ours->date, day);
    const auto old = parse_code("000.34.12.H50-210105-0007");
    ASSERT_TRUE(old.ok());
    EXPECT_EQ(old->form, CodeForm::old);
    EXPECT_EQ(old->agency, "H50.12.34");
    EXPECT_EQ(old->number, 7);
    const auto central = parse_code("H50.12-261123-120045");
    ASSERT_TRUE(central.ok());
    EXPECT_EQ(central->form, CodeForm::centralised);
    EXPECT_EQ(central->system, "12");
    EXPECT_EQ(central->number, 45);
}

TEST(Codes, WrongOnesAreRefused) {
    for (const char* wrong : {"", "-", "H50", "H50-261123", "H50-261340-0001", "H50-261123-001", "H50..1-261123-0001",
                              "H50-26112a-0001", "H50-261123-00o1", "-261123-0001"})
        EXPECT_FALSE(parse_code(wrong).ok()) << wrong;
}

TEST(Codes, WhatIsMadeReadsBack) {
    EXPECT_TRUE(rc::check([] {
        const auto number = *rc::gen::inRange<int64_t>(1, 99'999);
        const auto code = make_code("H50.101", day, number);
        const auto read = parse_code(code.value);
        RC_ASSERT(read.ok());
        RC_ASSERT(read->number == number);
        RC_ASSERT(read->agency == "H50.101");
    }));
}

class CodeCounter : public test::EngineTest {};
HL_FOR_EVERY_ENGINE(CodeCounter);

TEST_P(CodeCounter, GivesEachDossierOfAnAgencysDayAnotherNumber) {
    std::mutex mutex;
    std::set<std::string> codes;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 25; ++i) {
                const auto code = store().write(
                    [](store::Transaction& tx) -> Result<DossierCode> { return next_code(tx, "H50.101", day); });
                ASSERT_TRUE(code.ok());
                std::scoped_lock lock(mutex);
                EXPECT_TRUE(codes.insert(code->value).second) << code->value;
            }
        });
    for (auto& t : threads) t.join();
    EXPECT_EQ(codes.size(), 100u);
}

}  // namespace
}  // namespace hl::dossiers
