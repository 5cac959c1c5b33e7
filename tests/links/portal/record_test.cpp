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
                              R"({"error_code":1.5})", R"({"error_code":99999999999})"})
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
