// docs/xroad-conformance.md names tests; a name that no test bears would be a claim without proof.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace hl::exchange {
namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

std::set<std::string> matches(const std::string& text, const std::string& expression) {
    const std::regex pattern(expression);
    std::set<std::string> out;
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
        out.insert((*it)[1].str() + "." + (*it)[2].str());
    return out;
}

TEST(Conformance, EveryTestThatTheListNamesExists) {
    const std::filesystem::path root = HL_SOURCE_DIR;
    std::set<std::string> there;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "tests/exchange"))
        if (entry.path().extension() == ".cpp")
            there.merge(matches(text_of(entry.path()), R"((?:TEST|TEST_F|TEST_P|RC_GTEST_PROP)\(\s*(\w+),\s*(\w+))"));
    const auto named = matches(text_of(root / "docs/xroad-conformance.md"), R"(`([A-Z]\w+)\.([A-Z]\w+)`)");
    EXPECT_GT(named.size(), 80u);
    for (const auto& name : named) EXPECT_TRUE(there.contains(name)) << name;
}

}  // namespace
}  // namespace hl::exchange
