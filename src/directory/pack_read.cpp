#include <yaml-cpp/yaml.h>

#include "base/crypto.h"
#include "base/files.h"
#include "directory/pack_reader.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

/// pack.yaml: the pack's name and what each kind of agency must be able to do. Other rooms read their own keys of it.
void read_manifest(const std::filesystem::path& pack, OrganisationPack& out, Mistakes& mistakes) try {
    constexpr std::string_view name = "pack.yaml";
    auto bytes = read_file(pack / name, 1u << 20);
    if (!bytes.ok()) return mistakes.add(std::move(bytes).error().pointing(std::string{name}));
    const auto root = YAML::Load(bytes.value());
    const auto at = [&](const YAML::Node& node) {
        return fmt::format("{}:{}", name, std::max(node.Mark().line, 0) + 1);
    };
    if (!root.IsMap() || !root["name"] || !root["name"].IsScalar() || root["name"].Scalar().empty())
        return mistakes.add(fmt::format("{}:1", name), "pack.key_missing", "pack.yaml phải có name.",
                            "pack.yaml needs a name");
    out.name = root["name"].Scalar();
    const auto required = root["required_functions"];
    if (!required) return;
    if (!required.IsMap())
        return mistakes.add(at(required), "pack.list", "required_functions: mỗi loại cơ quan một danh sách việc.",
                            "required_functions: one list for each kind of agency");
    for (const auto& pair : required) {
        const auto kind = pair.first.IsScalar() ? value_of(agency_kinds, pair.first.Scalar()) : std::nullopt;
        if (!kind || !pair.second.IsSequence()) {
            mistakes.add(at(pair.first), "pack.word", "Không đúng loại cơ quan hoặc thiếu danh sách việc.",
                         "not a kind of agency, or its list is missing");
            continue;
        }
        for (const auto& f : pair.second)
            if (f.IsScalar()) out.required_functions[*kind].push_back(f.Scalar());
    }
} catch (const YAML::Exception& e) {
    mistakes.add(fmt::format("pack.yaml:{}", std::max(e.mark.line, 0) + 1), "pack.yaml",
                 "Tệp YAML viết sai: kiểm tra thụt dòng và dấu hai chấm.", fmt::format("this is not YAML: {}", e.msg));
}

std::string hash_of(const std::filesystem::path& pack) {
    std::vector<std::string> files{"pack.yaml",    "units.csv",       "units-old.csv", "successions.csv",
                                   "agencies.csv", "departments.csv", "positions.csv"};
    std::vector<std::string> calendars;
    std::error_code ec;
    for (std::filesystem::directory_iterator it{pack / "calendar", ec}, end; !ec && it != end; it.increment(ec))
        if (it->path().extension() == ".yaml") calendars.push_back("calendar/" + it->path().filename().string());
    std::ranges::sort(calendars);
    files.insert(files.end(), calendars.begin(), calendars.end());
    std::string listing;
    for (const auto& file : files)
        if (auto bytes = read_file(pack / file); bytes.ok())
            listing += fmt::format("{}  {}\n", crypto::to_hex(crypto::sha256(bytes.value())), file);
    return crypto::to_hex(crypto::sha256(listing));
}

}  // namespace

OrganisationPack read_organisation(const std::filesystem::path& pack, std::vector<Error>& errors) {
    OrganisationPack out;
    Mistakes mistakes{errors};
    Places places;
    read_manifest(pack, out, mistakes);
    const auto before = mistakes.count();
    read_tables(pack, out, places, mistakes);
    read_calendars(pack, out, places, mistakes);
    if (mistakes.count() == before) check_organisation(out, places, mistakes);
    out.hash = hash_of(pack);
    return out;
}

}  // namespace hl::directory
