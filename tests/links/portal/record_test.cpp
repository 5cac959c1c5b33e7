#include <yaml-cpp/yaml.h>

#include "office.h"

namespace hl::links::portal::test {

using dossiers::Dossier;
using dossiers::State;

class Mapping : public Office {
  protected:
    Dossier brought_to(const std::string& state) {
        auto& w = world();
        const auto act = [&](auto command) {
            auto d = w.run([&](auto& tx, auto& ctx, Instant t) { return command(tx, ctx, t); });
            EXPECT_TRUE(ok(d));
            return d.ok() ? *d : Dossier{};
        };
        if (state == "filed") return w.filed();
        if (state == "received") return w.received();
        if (state == "processing") return w.working();
        if (state == "signing") return w.signing();
        if (state == "finished") return w.finished();
        if (state == "refused") {
            const auto d = w.filed();
            return act([&](auto& tx, auto& ctx, Instant t) {
                return dossiers::refuse(tx, ctx, w.system(), {d.code}, {"không thuộc thẩm quyền"}, t);
            });
        }
        if (state == "awaiting_supplement") {
            const auto d = w.working();
            return act([&](auto& tx, auto& ctx, Instant t) {
                return dossiers::request_supplement(tx, ctx, w.system(), {d.code}, {{"bản sao"}, "thiếu", "quầy 1"}, t);
            });
        }
        if (state == "withdrawn") {
            const auto d = w.working();
            return act([&](auto& tx, auto& ctx, Instant t) {
                return dossiers::withdraw(tx, ctx, w.system(), {d.code}, "theo đơn", t);
            });
        }
        if (state == "stopped") {
            const auto d = w.working();
            return act([&](auto& tx, auto& ctx, Instant t) {
                return dossiers::stop(tx, ctx, w.system(), {d.code}, "hết căn cứ", "Điều 1", t);
            });
        }
        const auto d = w.finished();
        return act([&](auto& tx, auto& ctx, Instant t) {
            return dossiers::deliver(tx, ctx, w.system(), {d.code}, {"desk", "", ""}, t);
        });
    }
};
HL_FOR_EVERY_ENGINE(Mapping);

TEST_P(Mapping, EachStateIsToldAsTheCorpusSays) {
    const auto corpus = YAML::LoadFile(HL_SOURCE_DIR "/tests/links/portal/corpus/states.yaml");
    ASSERT_EQ(corpus.size(), 10u);
    for (const auto& one : corpus) {
        const auto state = one["state"].Scalar();
        SCOPED_TRACE(state);
        const auto d = brought_to(state);
        EXPECT_EQ(std::string{dossiers::to_string(d.state)}, state);
        run();
        ASSERT_TRUE(portal_.holds.contains(d.code.value));
        const auto& record = portal_.holds.at(d.code.value);
        for (const auto& field : one["fields"]) {
            const auto name = field.first.Scalar();
            const auto* has = record.if_contains(name);
            if (field.second.IsNull()) {
                EXPECT_FALSE(has) << name;
                continue;
            }
            ASSERT_TRUE(has) << name;
            const std::string told{has->get_string()};
            if (field.second.Scalar() != "time") {
                EXPECT_EQ(told, field.second.Scalar()) << name;
            } else {
                EXPECT_TRUE(from_portal_time(told)) << name;
            }
        }
        if (const auto n = one["supplements"]) {
            EXPECT_EQ(record.at("DanhSachHoSoBoSung").get_array().size(), n.as<size_t>());
        }
        const auto rows = messages(connector::MessageState::accepted);
        const auto it = std::find_if(rows.begin(), rows.end(), [&](const auto& r) {
            return r.message.key == d.code.value && r.message.kind == "dossier";
        });
        ASSERT_NE(it, rows.end());
        const bool marked =
            one["marked"] && !it->marks.empty() && word(it->marks[0].get_object(), "field") == one["marked"].Scalar();
        EXPECT_EQ(static_cast<bool>(one["marked"]), marked);
    }
}

TEST_P(Mapping, ASupplementSaysWhenItWasAskedForAndWhenItCame) {
    auto& w = world();
    const auto d = brought_to("awaiting_supplement");
    const auto asked = w.now();
    run();
    const auto told = [&] { return portal_.holds.at(d.code.value).at("DanhSachHoSoBoSung").at(0).get_object(); };
    EXPECT_EQ(word(told(), "NgayBoSung"), portal_time(asked));
    EXPECT_EQ(word(told(), "NgayHenTraTruoc"), portal_time(*d.due));
    EXPECT_FALSE(told().contains("NgayTiepNhanBoSung"));
    EXPECT_FALSE(told().contains("NgayHenTraMoi"));
    w.clock().advance(std::chrono::hours{30});
    const auto answered = w.now();
    const auto back = w.run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::answer_supplement(tx, ctx, w.system(), {d.code}, {}, "", t);
    });
    ASSERT_TRUE(ok(back));
    run();
    EXPECT_EQ(word(told(), "NgayTiepNhanBoSung"), portal_time(answered));
    EXPECT_EQ(word(told(), "NgayHenTraMoi"), portal_time(*back->due));
    EXPECT_EQ(word(portal_.holds.at(d.code.value), "NgayHenTra"), portal_time(*back->due));
}

TEST_P(Mapping, ANewDateLeavesTheDateSoFarInTheProgress) {
    auto& w = world();
    const auto d = w.working();
    const auto at = w.now();
    const Date later = add_days(local_date(*d.due), 4);
    const auto moved = w.run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::extend(tx, ctx, w.system(), {d.code}, later, "cần xác minh", t);
    });
    ASSERT_TRUE(ok(moved));
    run();
    EXPECT_EQ(word(portal_.holds.at(d.code.value), "NgayHenTra"), portal_time(*moved->due));
    const auto& line = portal_.lines.at(d.code.value).back().get_object();
    EXPECT_EQ(word(line, "NoiDungXuLy"), "Xin lỗi và hẹn lại ngày trả kết quả");
    EXPECT_EQ(word(line, "ThoiDiemXuLy"), portal_time(at));
    EXPECT_EQ(word(line, "NgayKetThucTheoQuyDinh"), portal_time(*d.due));
    EXPECT_EQ(word(line, "TrangThai"), "4");
}

TEST_P(Mapping, TheUnitThatHandlesIsTheCompetentOneFromTheBeginning) {
    auto& w = world();
    for (const auto* state : {"filed", "received", "processing", "returned"}) {
        SCOPED_TRACE(state);
        const auto d = brought_to(state);
        run();
        ASSERT_FALSE(d.lead.empty());
        const auto* agency = w.directory->agency(d.lead);
        ASSERT_TRUE(agency);
        EXPECT_EQ(word(portal_.holds.at(d.code.value), "DonViXuLy"), agency->at(local_date(w.now()))->name);
    }
}

TEST_P(Mapping, AChargeOfWhichNobodyKnowsTheAmountIsARemarkAndNoZero) {
    const auto d = world().working();
    run();
    const auto ctx = world().context();
    const auto mapping =
        world().ask([&](store::Reader& r) { return connector::Mappings{}.valid(r, "portal", world().now()); });
    ASSERT_TRUE(ok(mapping));
    auto profile = read_profile(**mapping);
    ASSERT_TRUE(ok(profile));
    auto story = story_of(world().events(d), std::numeric_limits<int64_t>::max());
    ASSERT_TRUE(ok(story));
    story->charges = {{"le-phi", "fee", {}, ""}, {"phi", "charge", 30'000, "cash"}};
    const dossiers::Person person;
    const auto told = dossier_record({*story, ctx, *profile, person});
    EXPECT_EQ(word(told.fields, "GhiChu"), "Chưa xác định số tiền phải nộp: le-phi");
    EXPECT_EQ(told.fields.at("DanhSachLePhi").get_array().size(), 1u);
    EXPECT_EQ(told.fields.at("DanhSachLePhi").at(0).at("Gia").get_int64(), 30'000);
    profile->remarks.clear();
    EXPECT_FALSE(dossier_record({*story, ctx, *profile, person}).fields.contains("GhiChu"));
}

TEST_P(Mapping, WhatStandsForAComponentIsToldAsTheCorpusSays) {
    const auto d = world().received();
    const auto ctx = world().context();
    const auto mapping =
        world().ask([&](store::Reader& r) { return connector::Mappings{}.valid(r, "portal", world().now()); });
    ASSERT_TRUE(ok(mapping));
    const auto story = story_of(world().events(d), std::numeric_limits<int64_t>::max());
    ASSERT_TRUE(ok(story));
    ASSERT_FALSE(story->components.empty());
    dossiers::Person person;
    person.applicant.name = "Người Nộp Thử";
    person.applicant.kind = "citizen";
    const auto corpus = YAML::LoadFile(HL_SOURCE_DIR "/tests/links/portal/corpus/papers.yaml");
    ASSERT_EQ(corpus.size(), 7u);
    for (const auto& one : corpus) {
        SCOPED_TRACE(one["says"].Scalar());
        auto profile = read_profile(**mapping);
        ASSERT_TRUE(ok(profile));
        if (one["required"]) profile->required_of_taken.insert("MaKetQuaThayThe");
        auto told = *story;
        told.components.front().national = told.components.front().reused = one["national"].as<bool>();
        if (one["taken"]) told.papers[told.components.front().id] = one["taken"].Scalar();
        const auto record = dossier_record({told, ctx, *profile, person});
        EXPECT_EQ(record.held ? record.held->datum : "", one["held"] ? one["held"].Scalar() : "");
        if (record.held) continue;
        const auto& paper = record.fields.at("TaiLieuNop").at(0).get_object();
        EXPECT_EQ(word(paper, "MaKetQuaThayThe"), one["told"].IsNull() ? "" : one["told"].Scalar());
        EXPECT_EQ(paper.contains("MaKetQuaThayThe"), !one["told"].IsNull());
        EXPECT_EQ(word(paper, "DuocLayTuKhoDMQG"), one["national"].as<bool>() ? "1" : "0");
    }
}

TEST_P(Mapping, APaperOfTheStoreIsLaidToAComponentByTheClerkAndReachesThePortal) {
    auto& w = world();
    const auto d = w.filed();
    const auto release = w.context().catalogue->release(d.release);
    ASSERT_TRUE(ok(release));
    const auto component = (*release)->card.components.front().id;
    const auto take = [&](const access::Actor& actor, const TakenPapers& papers) {
        return w.store().write(
            [&](store::Transaction& tx) { return take_papers(tx, w.context(), actor, d.code.value, papers, w.now()); });
    };
    const auto events = [&] {
        EXPECT_TRUE(ok(w.store().settle()));
        return w.events(d).size();
    };
    const auto clerk = w.officer("mot-cua", access::Role::clerk, d.reception);
    const auto elsewhere = w.officer("noi-khac", access::Role::clerk, AgencyId{"so-xay-dung"});
    EXPECT_FALSE(take(elsewhere, {{component, "KQ.GPXD"}}).ok());
    EXPECT_EQ(take(clerk, {{"khong-co", "KQ.GPXD"}}).error().code, "papers.component");
    EXPECT_EQ(take(clerk, {{component, "KQ GPXD"}}).error().code, "papers.code");
    ASSERT_TRUE(ok(take(clerk, {{component, "KQ.GPXD"}})));
    const auto seen = events();
    ASSERT_TRUE(ok(take(clerk, {{component, "KQ.GPXD"}})));
    EXPECT_EQ(events(), seen) << "said twice is one event";
    const auto received = w.run([&](auto& tx, auto& ctx, Instant t) {
        dossiers::Reception reception;
        std::vector<dossiers::Component> handed;
        for (const auto& c : (*release)->card.components)
            handed.push_back({c.id, c.originals, c.copies, false, c.id == component, c.id == component});
        reception.components = std::move(handed);
        return dossiers::receive(tx, ctx, w.system(), {d.code}, reception, t);
    });
    ASSERT_TRUE(ok(received));
    run();
    const auto told = [&] {
        for (const auto& paper : portal_.holds.at(d.code.value).at("TaiLieuNop").get_array())
            if (word(paper.get_object(), "MaThanhPhanHoSo") == component)
                return word(paper.get_object(), "MaKetQuaThayThe");
        return std::string{"no such paper"};
    };
    EXPECT_EQ(told(), "KQ.GPXD");
    // Another one after all: the portal is told again; none: it is the person's own.
    ASSERT_TRUE(ok(take(clerk, {{component, "KQ.KHAC"}})));
    run();
    EXPECT_EQ(told(), "KQ.KHAC");
    ASSERT_TRUE(ok(take(clerk, {})));
    run();
    EXPECT_EQ(told(), "");
}

TEST(PortalTime, GoesThereAndBackInTheProvincesZone) {
    const auto t = at_local(Date{std::chrono::year{2026} / 2 / 28}, 23, 59);
    EXPECT_EQ(portal_time(t), "20260228235900");
    EXPECT_EQ(from_portal_time("20260228235900"), t);
    for (const auto* wrong : {"", "2026022823590", "20260230000000", "20260228240000", "2026022823590x"})
        EXPECT_FALSE(from_portal_time(wrong)) << wrong;
}

TEST(Answers, AreReadStrictly) {
    EXPECT_EQ(parse_answer(R"({"error_code":"-3","message":"có","result":[]})")->code, -3);
    EXPECT_EQ(parse_answer(R"({"error_code":0})")->code, 0);
    for (const auto* wrong : {"", "[]", "{}", R"({"error_code":null})", R"({"error_code":"x"})", R"({"error_code":0)",
                              R"({"error_code":1.5})", R"({"error_code":99999999999})",
                              R"({"error_code":"00038721869"})", R"({"error_code":""})"})
        EXPECT_EQ(parse_answer(wrong).error().code, "portal.answer") << wrong;
}

TEST(MappingFile, EveryMistakeHasItsLine) {
    const hl::test::TempDir pack;
    std::filesystem::create_directories(pack / "links");
    auto text = *read_file(dossiers::test::pack_folder / "links/portal.yaml");
    const auto at = text.find("  signing: 4\n");
    text.replace(at, 13, "  signing: 44\n  singing: 4\n");
    ASSERT_TRUE(ok(write_file(pack / "links/portal.yaml", text)));
    std::vector<Error> errors;
    (void)connector::read_mappings(pack.path(), errors, {{"portal", check_profile}});
    ASSERT_EQ(errors.size(), 2u);
    for (const auto& e : errors) EXPECT_TRUE(e.at.starts_with("links/portal.yaml:")) << e.at;
}

}  // namespace hl::links::portal::test
