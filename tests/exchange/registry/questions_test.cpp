// The dry run of rights and the catalogue of services.
#include "exchange/registry/questions.h"

#include "exchange/registry/registry_fixture.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;

class Questions : public fixture::RegistryTest {
  protected:
    json::object asked(const CheckQuestion& question) {
        const auto d = store().read([&](store::Reader& r) { return check(r, *registry, question); });
        EXPECT_TRUE(test::ok(d));
        return to_json(*d);
    }
    json::object listed(CatalogueQuestion question) {
        const auto out = store().read([&](store::Reader& r) { return catalogue(r, *registry, question, now()); });
        EXPECT_TRUE(test::ok(out));
        return *out;
    }
};
HL_FOR_EVERY_ENGINE(Questions);

TEST_P(Questions, RefusalNamesTheRightAndWhatItMissedInBothLanguages) {
    populate();
    granted(caller, RequestKind::right, right_body());
    const auto out = asked({one_stop, firms, "POST", "/firms/1", now(), {}});
    EXPECT_FALSE(out.at("allowed").as_bool());
    EXPECT_EQ(out.at("fault").as_string(), "access_denied");
    const auto& looked = out.at("looked").as_array();
    ASSERT_EQ(looked.size(), 1u);
    EXPECT_EQ(looked[0].at("missed").as_string(), "method");
    EXPECT_FALSE(looked[0].at("vi").as_string().empty());
    EXPECT_FALSE(looked[0].at("en").as_string().empty());
}

TEST_P(Questions, ProposedRightIsTriedWithoutBeingGranted) {
    populate();
    CheckQuestion question{one_stop, firms, "GET", "/firms/1", now(), {}};
    EXPECT_FALSE(asked(question).at("allowed").as_bool());
    Right proposed{"", one_stop, "", firms, {"GET", "/firms/*"}, today(), {}, "?"};
    question.proposed = proposed;
    const auto out = asked(question);
    EXPECT_TRUE(out.at("allowed").as_bool());
    EXPECT_EQ(out.at("by").at("right").as_string(), "proposed");
    EXPECT_FALSE(allowed());
}

TEST_P(Questions, AnotherDayCanBeAskedFor) {
    populate();
    auto body = right_body();
    body["from"] = to_iso(add_days(today(), 10));
    granted(caller, RequestKind::right, body);
    EXPECT_FALSE(asked({one_stop, firms, "GET", "/firms/1", now(), {}}).at("allowed").as_bool());
    EXPECT_TRUE(asked({one_stop, firms, "GET", "/firms/1", now() + 240h, {}}).at("allowed").as_bool());
}

TEST_P(Questions, CatalogueSaysWhoProvidesAndWhatIMayCall) {
    populate();
    granted(caller, RequestKind::right, right_body());
    const auto mine = listed({one_stop, "", "", 50});
    const auto& item = mine.at("items").as_array().at(0);
    EXPECT_EQ(item.at("service").as_string(), "QUANGTRI/GOV/H50.12/DKKD/firms");
    EXPECT_EQ(item.at("provider").at("member").as_string(), "Sở Tài chính");
    EXPECT_EQ(item.at("right").at("state").as_string(), "part");
    EXPECT_FALSE(item.at("reachable").as_bool()) << "no gateway has joined yet";
    EXPECT_EQ(listed({register_of_firms, "", "", 50}).at("items").at(0).at("right").at("state").as_string(), "none");
    EXPECT_TRUE(listed({{}, "", "", 50}).at("items").at(0).at("right").is_null());
}

TEST_P(Questions, CatalogueIsSearchedWithoutDiacriticsAndPaged) {
    populate();
    for (const auto* code : {"a", "b"})
        granted(
            provider, RequestKind::service,
            {{"provider", "QUANGTRI/GOV/H50.12/DKKD"}, {"type", "REST"}, {"code", code}, {"title", "Hộ kinh doanh"}});
    EXPECT_EQ(listed({{}, "ho kinh doanh", "", 50}).at("items").as_array().size(), 2u);
    const auto first = listed({{}, "", "", 2});
    ASSERT_TRUE(first.at("next").is_string());
    const auto rest = listed({{}, "", std::string{first.at("next").as_string()}, 2});
    EXPECT_EQ(rest.at("items").as_array().size(), 1u);
    EXPECT_TRUE(rest.at("next").is_null());
}

}  // namespace
}  // namespace hl::exchange
