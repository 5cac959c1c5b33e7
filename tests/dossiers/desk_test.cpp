// What the desk asks beside the dossiers: names and flags of rows, people known from before, old addresses, the live
// feed, who has a dossier open, text read from a scan.
#include <cairo.h>
#include <pango/pangocairo.h>

#include <thread>

#include "base/files.h"
#include "base/text.h"
#include "dossiers/addresses.h"
#include "dossiers/child.h"
#include "dossiers/feed.h"
#include "dossiers/known.h"
#include "dossiers/presence.h"
#include "dossiers/recognise.h"
#include "dossiers/views.h"
#include "support/engine_test.h"
#include "world.h"

namespace hl::dossiers {
namespace {

using test::World;

class DeskQuestions : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override { world = std::make_unique<World>(GetParam()); }
    std::unique_ptr<World> world;
};
INSTANTIATE_TEST_SUITE_P(Engines, DeskQuestions, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(DeskQuestions, ARowNamesItsProcedureStepAndHolderAndShowsWhatIsWrong) {
    const auto d = world->received();
    const auto page = world->ask([&](store::Reader& r) { return queue(r, {test::ward_office}); });
    ASSERT_TRUE(hl::test::ok(page));
    ASSERT_EQ(page->items.size(), 1u);
    const auto now = d.due ? *d.due + std::chrono::minutes{1} : world->now();
    const auto shown = view(*page, world->context(), now);
    const auto& row = shown.at("items").as_array().at(0).as_object();
    EXPECT_EQ(row.at("procedure_name").as_string(), "Thủ tục thử 9.000001");
    EXPECT_FALSE(row.at("task").at("agency_name").as_string().empty());
    EXPECT_EQ(row.at("flags").at("overdue").as_bool(), d.due.has_value());
    EXPECT_TRUE(row.at("flags").at("supplement").is_null());
    EXPECT_FALSE(json::serialize(shown).find("Người Nộp Thử") != std::string::npos) << "rows hold nobody's name";
}

TEST_P(DeskQuestions, NamesAreWholeForWhoWorksOnItMaskedForWhoWatchesAndNothingForStrangers) {
    const auto d = world->filed();
    const auto names = [&](const access::Actor& who) {
        return world->ask([&](store::Reader& r) {
            return names_of(r, world->context(), who, {d.code.value, "H50.1-000000-0000"}, world->now());
        });
    };
    const auto clerk = names(world->clerk());
    ASSERT_TRUE(hl::test::ok(clerk));
    ASSERT_EQ(clerk->size(), 1u);
    EXPECT_EQ(clerk->front().name, "Người Nộp Thử");
    EXPECT_FALSE(clerk->front().masked);
    const auto elsewhere = names(world->officer("khac", access::Role::clerk, AgencyId{"ubnd-18880"}));
    ASSERT_TRUE(hl::test::ok(elsewhere));
    EXPECT_TRUE(elsewhere->empty());
    EXPECT_FALSE(names(world->citizen()).ok());
    EXPECT_EQ(masked_name("Nguyễn Thị Ánh"), "Nguyễn T. Á.");
    EXPECT_EQ(masked_name("Lê"), "L.");
}

TEST_P(DeskQuestions, AKnownNumberFillsFromTheNewestDossierOfTheProvinceForClerksAlone) {
    auto f = world->filing();
    f.applicant.id_number = "045085900001";
    f.applicant.address = "12 Lê Lợi, Phường 1, Thành phố Đông Hà, Tỉnh Quảng Trị";
    ASSERT_TRUE(hl::test::ok(world->file(f)));
    f.applicant.phone = "0912 000 009";
    ASSERT_TRUE(hl::test::ok(world->file(f)));
    const auto ask = [&](const access::Actor& who, std::string_view number) {
        return world->ask(
            [&](store::Reader& r) { return known_person(r, world->context(), who, number, world->now()); });
    };
    const auto elsewhere = ask(world->officer("khac", access::Role::clerk, AgencyId{"ubnd-18880"}), "045085900001");
    ASSERT_TRUE(hl::test::ok(elsewhere));
    ASSERT_TRUE(elsewhere->has_value());
    EXPECT_EQ((*elsewhere)->applicant.phone, "+84912000009");
    ASSERT_TRUE((*elsewhere)->address_today.has_value());
    EXPECT_TRUE((*elsewhere)->address_today->text.starts_with("12 Lê Lợi, Phường "))
        << (*elsewhere)->address_today->text;
    const auto nobody = ask(world->clerk(), "045085900002");
    ASSERT_TRUE(hl::test::ok(nobody));
    EXPECT_FALSE(nobody->has_value());
    EXPECT_EQ(ask(world->clerk(), "04508590000").error().code, "known.number");
    EXPECT_EQ(ask(world->handler(), "045085900001").error().code, "access.denied");
}

TEST_P(DeskQuestions, AnOldAddressIsWrittenWithTodaysCommuneOnlyWhenThereIsOneAnswer) {
    const auto today = [&](std::string_view address) {
        return address_today(*world->directory, address, local_date(world->now()));
    };
    const auto found = today("Số 5 đường Mẫu, P.1, TP. Đông Hà, tỉnh Quảng Trị");
    ASSERT_TRUE(found.has_value());
    const auto* unit = world->directory->unit(found->unit);
    ASSERT_NE(unit, nullptr);
    const auto* now = unit->at(local_date(world->now()));
    ASSERT_NE(now, nullptr);
    EXPECT_EQ(found->name, now->name);
    EXPECT_EQ(found->text, "Số 5 đường Mẫu, " + now->name + ", " +
                               world->directory->unit(now->parent)->at(local_date(world->now()))->name);
    EXPECT_EQ(today("Số 5 đường Mẫu, Phường 1, Đông Hà, Quảng Trị")->text, found->text) << "as cards write it";
    EXPECT_FALSE(today(found->text).has_value()) << "today's address stays as it is";
    EXPECT_FALSE(today("Số 5 đường Mẫu, xã Không Có, huyện Không Có").has_value());
    EXPECT_FALSE(today("Đông Hà").has_value()) << "one word is a place, not an address";
}

TEST_P(DeskQuestions, TheFeedTellsAnAgencysDesksAndGoesOnWhereItStopped) {
    Feed feed(world->store());
    struct Page {
        std::string heard;
        std::shared_ptr<http::Stream> stream;
    };
    const auto open = [&](std::optional<std::vector<AgencyId>> agencies, std::string_view last) {
        auto page = std::make_shared<Page>();
        const auto size = world->ask([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
        page->stream = feed.subscribe(std::move(agencies), last, *size);
        page->stream->open([page = page.get()](std::string text) {
            page->heard += text;
            return true;
        });
        return page;
    };
    const auto ours = open(std::vector{test::ward_office}, "");
    const auto others = open(std::vector{AgencyId{"ubnd-18880"}}, "");
    const auto d = world->filed();
    ASSERT_TRUE(hl::test::ok(world->store().settle()));
    feed.turn();
    EXPECT_NE(ours->heard.find("event: ready"), std::string::npos);
    EXPECT_NE(ours->heard.find(d.code.value), std::string::npos);
    EXPECT_NE(ours->heard.find("\"state\":\"filed\""), std::string::npos);
    EXPECT_EQ(ours->heard.find("Thử"), std::string::npos);
    EXPECT_EQ(others->heard.find(d.code.value), std::string::npos);

    const auto at = ours->heard.rfind("id: ");
    const auto last = ours->heard.substr(at + 4, ours->heard.find('\n', at) - at - 4);
    ours->stream->closed();
    const auto missed = world->filed();
    ASSERT_TRUE(hl::test::ok(world->store().settle()));
    const auto again = open(std::nullopt, last);
    feed.turn();
    EXPECT_NE(again->heard.find(missed.code.value), std::string::npos) << again->heard;
    EXPECT_EQ(again->heard.find(d.code.value), std::string::npos) << "nothing twice";
    EXPECT_NE(open(std::nullopt, "not a position")->heard.find("event: reset"), std::string::npos);
    EXPECT_NE(open(std::nullopt, "99999999")->heard.find("event: reset"), std::string::npos);
}

TEST_P(DeskQuestions, TheFeedFollowsRightsThatChangeAndEndsWithTheSession) {
    Feed feed(world->store());
    Result<Feed::Audience> rights = Feed::Audience{std::vector{test::ward_office}};
    std::string heard;
    bool ended = false;
    const auto size = world->ask([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
    const auto stream = feed.subscribe(*rights, "", *size, [&] { return rights; });
    stream->open([&](const std::string& text) {
        heard += text;
        ended = ended || text.empty();
        return !ended;
    });
    const auto turns = [&] {
        EXPECT_TRUE(hl::test::ok(world->store().settle()));
        for (int i = 0; i < Feed::turns_between_judgings; ++i) feed.turn();
    };
    const auto first = world->filed();
    turns();
    EXPECT_NE(heard.find(first.code.value), std::string::npos);
    // The role was taken, another one given: what was the agency's is heard no more.
    rights = Feed::Audience{std::vector{AgencyId{"ubnd-18880"}}};
    turns();
    const auto second = world->filed();
    turns();
    EXPECT_EQ(heard.find(second.code.value), std::string::npos);
    // The database that does not answer takes nobody's rights.
    rights = Error{ErrorKind::unavailable, "store.closed", "", ""};
    turns();
    EXPECT_FALSE(ended);
    rights = Error{ErrorKind::unauthenticated, "access.session_locked", "", ""};
    turns();
    EXPECT_TRUE(ended);
    stream->closed();
}

TEST(Presence, TwoPagesAreOnePersonAndWhoFallsSilentIsGone) {
    Presence presence;
    const DossierCode code{"H50.1-261124-0001"};
    const auto start = from_ms(1'000'000);
    EXPECT_TRUE(presence.here(code, AccountId{"a"}, "1", "An", start));
    EXPECT_FALSE(presence.here(code, AccountId{"a"}, "2", "An", start));
    EXPECT_TRUE(presence.here(code, AccountId{"b"}, "3", "Bình", start));
    EXPECT_EQ(presence.at(code, start).size(), 2u);
    EXPECT_FALSE(presence.left(code, AccountId{"a"}, "1", start));
    EXPECT_TRUE(presence.left(code, AccountId{"a"}, "2", start));
    EXPECT_TRUE(presence.here(code, AccountId{"a"}, "4", "An", start + Presence::life));
    const auto later = presence.at(code, start + Presence::life + std::chrono::seconds{1});
    ASSERT_EQ(later.size(), 1u);
    EXPECT_EQ(later.front().name, "An");
}

TEST_P(DeskQuestions, PeopleAtTwoNodesSeeEachOther) {
    Presence one(&world->store()), two(&world->store());
    const DossierCode code{"H50.1-261124-0001"};
    const auto start = world->now();
    EXPECT_TRUE(one.here(code, AccountId{"a"}, "1", "An", start));
    EXPECT_TRUE(two.here(code, AccountId{"b"}, "2", "Bình", start + std::chrono::seconds{1}));
    EXPECT_FALSE(two.here(code, AccountId{"a"}, "3", "An", start + std::chrono::seconds{2})) << "a second page of hers";
    for (auto* node : {&one, &two}) {
        const auto people = node->at(code, start + std::chrono::seconds{2});
        ASSERT_EQ(people.size(), 2u);
        EXPECT_EQ(people[0].name, "An");
        EXPECT_EQ(people[1].name, "Bình");
    }
    EXPECT_FALSE(one.left(code, AccountId{"a"}, "1", start + std::chrono::seconds{3})) << "she has it open elsewhere";
    EXPECT_TRUE(two.left(code, AccountId{"a"}, "3", start + std::chrono::seconds{3}));
    EXPECT_EQ(one.at(code, start + std::chrono::seconds{3}).size(), 1u);
    // A node that died says nothing more.
    EXPECT_TRUE(one.at(code, start + std::chrono::seconds{2} + Presence::life).empty());
}

TEST(Child, ItIsHeldToItsTimeAndItsFolderGoesWithIt) {
    std::filesystem::path path;
    {
        auto folder = ScratchFolder::make("hienluong-test");
        ASSERT_TRUE(hl::test::ok(folder));
        path = folder->path();
        const auto sleep = find_program("sleep"), sh = find_program("touch");
        EXPECT_FALSE(run_child({sleep, "30"}, path, {.time = std::chrono::milliseconds{100}}));
        EXPECT_TRUE(run_child({sh, "made"}, path, {}));
        EXPECT_TRUE(std::filesystem::exists(path / "made"));
        EXPECT_FALSE(run_child({path / "no-such-program"}, path, {}));
        EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

std::vector<std::vector<FoundWord>> lines(const std::vector<std::string>& list) {
    std::vector<std::vector<FoundWord>> out;
    for (const auto& line : list) {
        out.emplace_back();
        for (const auto& word : hl::text::split(line, ' ')) out.back().push_back({word, 90});
    }
    return out;
}
std::map<std::string, std::string> found_in(const std::vector<std::vector<FoundWord>>& l) {
    std::map<std::string, std::string> out;
    for (const auto& s : suggestions_in(l)) out[s.field] = s.text;
    return out;
}

TEST(Recognise, FieldsAreFoundAfterTheLabelsOfFormsAndCards) {
    const auto form =
        found_in(lines({"Kính gửi: Ủy ban nhân dân phường Mẫu", "Họ, chữ đệm, tên người yêu cầu: Nguyễn Thị Mẫu",
                        "Nơi cư trú: 12 Lê Lợi, phường Mẫu,", "tỉnh Quảng Trị", "Số định danh: 0450 8590 0001",
                        "Ngày sinh: 05/02/1985 Giới tính: Nữ"}));
    EXPECT_EQ(form.at("name"), "Nguyễn Thị Mẫu");
    EXPECT_EQ(form.at("address"), "12 Lê Lợi, phường Mẫu, tỉnh Quảng Trị");
    EXPECT_EQ(form.at("id_number"), "045085900001");
    EXPECT_EQ(form.at("born"), "1985-02-05");
    const auto card = found_in(lines({"Số / No.: 045085900001", "Họ và tên / Full name:", "NGUYỄN THỊ MẪU",
                                      "Ngày sinh / Date of birth: 05/02/1985"}));
    EXPECT_EQ(card.at("name"), "NGUYỄN THỊ MẪU");
    EXPECT_EQ(card.at("id_number"), "045085900001");
    EXPECT_EQ(card.at("born"), "1985-02-05");
    EXPECT_TRUE(found_in(lines({"Hóa đơn số 123456", "Ngày 31/02/2026"})).empty());
}

std::string drawn(const std::vector<std::string>& text) {
    auto* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1400, 700);
    auto* c = cairo_create(surface);
    cairo_set_source_rgb(c, 1, 1, 1);
    cairo_paint(c);
    cairo_set_source_rgb(c, 0, 0, 0);
    auto* layout = pango_cairo_create_layout(c);
    auto* font = pango_font_description_from_string("Noto Sans 26px");
    pango_layout_set_font_description(layout, font);
    double y = 60;
    for (const auto& line : text) {
        cairo_move_to(c, 80, y);
        pango_layout_set_text(layout, line.c_str(), -1);
        pango_cairo_show_layout(c, layout);
        y += 80;
    }
    std::string png;
    cairo_surface_write_to_png_stream(
        surface,
        [](void* to, const unsigned char* data, unsigned int n) {
            static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), n);
            return CAIRO_STATUS_SUCCESS;
        },
        &png);
    pango_font_description_free(font);
    g_object_unref(layout);
    cairo_destroy(c);
    cairo_surface_destroy(surface);
    return png;
}

TEST(Recognise, ADrawnFormIsReadAndWhatIsNoPictureIsRefused) {
    const Recogniser recogniser;
    if (!recogniser.available()) {
        EXPECT_EQ(recogniser.read("x").error().code, "recognise.unavailable");
        GTEST_SKIP() << "tesseract with Vietnamese is not installed";
    }
    const auto found = recogniser.read(drawn({"TỜ KHAI", "Họ và tên: Trần Văn Ví Dụ", "Số định danh: 045085900001",
                                              "Ngày sinh: 05/02/1985", "Nơi cư trú: 12 Lê Lợi, phường Đông Hà"}));
    ASSERT_TRUE(hl::test::ok(found));
    std::map<std::string, std::string> got;
    for (const auto& s : *found) got[s.field] = s.text;
    EXPECT_EQ(got["name"], "Trần Văn Ví Dụ");
    EXPECT_EQ(got["id_number"], "045085900001");
    EXPECT_EQ(got["born"], "1985-02-05");
    EXPECT_TRUE(got["address"].starts_with("12 Lê Lợi")) << got["address"];
    EXPECT_EQ(recogniser.read("MZ not a picture").error().code, "recognise.type");
    EXPECT_EQ(recogniser.read("\x89PNG\r\n\x1a\nbroken").error().code, "recognise.failed");
}

}  // namespace
}  // namespace hl::dossiers
