#include "links/connector/mapping.h"

#include "base/crypto.h"
#include "base/files.h"
#include "base/json.h"

namespace hl::connector {

namespace {

struct Newest {
    std::string hash, files;
};
std::optional<Newest> newest(store::Reader& reader) {
    return reader.first("SELECT hash, files FROM link_mapping ORDER BY number DESC LIMIT 1", {},
                        [](const store::Row& r) {
                            return Newest{r.string(0), r.string(1)};
                        });
}

Error wrong(const std::string& file, const YAML::Node& node, std::string vi, std::string en) {
    const int line = node.IsDefined() && !node.Mark().is_null() ? node.Mark().line + 1 : 1;
    return {ErrorKind::invalid, "link.mapping", std::move(vi), std::move(en), fmt::format("{}:{}", file, line)};
}

std::optional<Date> date_at(const YAML::Node& node, const std::string& file, std::vector<Error>& errors) {
    const auto day = parse_date(node.Scalar());
    if (day.ok()) return *day;
    errors.push_back(wrong(file, node, "Ngày phải có dạng 2026-11-28.", "A date looks like 2026-11-28."));
    return std::nullopt;
}

std::optional<MappingFile> parse_head(const std::string& text, const std::string& name, std::vector<Error>& errors) {
    MappingFile out;
    out.file = name;
    out.text = text;
    out.hash = crypto::to_hex(crypto::sha256(text));
    const size_t before = errors.size();
    try {
        out.root = YAML::Load(text);
        const auto word = [&](const char* key) {
            const auto node = out.root[key];
            if (node && node.IsScalar() && !node.Scalar().empty()) return node.Scalar();
            errors.push_back(
                wrong(name, out.root, fmt::format("Thiếu «{}».", key), fmt::format("'{}' is missing.", key)));
            return std::string{};
        };
        out.id = word("id");
        out.connector = word("connector");
        const auto valid = out.root["valid"];
        if (!valid || !valid.IsMap() || !valid["from"]) {
            errors.push_back(wrong(name, out.root, "Thiếu «valid: {from, to}».", "'valid: {from, to}' is missing."));
        } else {
            if (const auto from = date_at(valid["from"], name, errors)) out.from = *from;
            if (valid["to"] && !valid["to"].IsNull()) out.to = date_at(valid["to"], name, errors);
        }
        for (const auto& item : out.root["unverified"])
            out.unverified.push_back(item.IsMap() && item["vi"] ? item["vi"].Scalar() : item.Scalar());
    } catch (const YAML::Exception& e) {
        errors.push_back({ErrorKind::invalid, "link.mapping", "Tệp ánh xạ không đọc được: " + e.msg,
                          "The mapping cannot be read: " + e.msg,
                          fmt::format("{}:{}", name, std::max(0, e.mark.line) + 1)});
    }
    if (errors.size() > before) return std::nullopt;
    return out;
}

json::object as_json(const MappingPack& pack) {
    json::object out;
    for (const auto& file : pack.files) out[file.file] = file.text;
    return out;
}

}  // namespace

MappingPack read_mappings(const std::filesystem::path& pack, std::vector<Error>& errors,
                          const std::map<std::string, MappingCheck>& checkers) {
    MappingPack out;
    std::error_code ec;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(pack / "links", ec))
        if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
        const auto text = read_file(path, 1u << 20);
        if (!text.ok()) {
            errors.push_back(text.error());
            continue;
        }
        auto file = parse_head(*text, "links/" + path.filename().string(), errors);
        if (!file) continue;
        if (const auto check = checkers.find(file->connector); check != checkers.end()) check->second(*file, errors);
        for (const auto& other : out.files)
            if (other.connector == file->connector && (!other.to || *other.to > file->from) &&
                (!file->to || *file->to > other.from))
                errors.push_back(
                    wrong(file->file, file->root["valid"],
                          fmt::format("Cùng hiệu lực với {}: hãy ghi valid.to của bản trước.", other.file),
                          fmt::format("In force together with {}: end the earlier one (valid.to).", other.file)));
        out.files.push_back(std::move(*file));
    }
    if (!out.files.empty()) out.hash = crypto::to_hex(crypto::sha256(canonical_json(as_json(out))));
    return out;
}

std::vector<std::string> describe_changes(store::Reader& reader, const MappingPack& pack) {
    if (pack.files.empty()) return {};
    const auto stored = newest(reader);
    if (stored && stored->hash == pack.hash) return {};
    std::string names;
    for (const auto& file : pack.files) names += (names.empty() ? "" : ", ") + file.file;
    return {fmt::format("{} ánh xạ với đối tác: {}", stored ? "thay" : "thêm", names)};
}

Result<void> apply_mappings(store::Transaction& tx, const MappingPack& pack, const std::string& actor, Instant now) {
    if (pack.files.empty()) return Nothing{};
    if (const auto stored = newest(tx); stored && stored->hash == pack.hash) return Nothing{};
    const auto files = canonical_json(as_json(pack));
    tx.execute("INSERT INTO link_mapping (hash, files, applied_at) VALUES (?, ?, ?)", {pack.hash, files, now});
    json::array names;
    for (const auto& file : pack.files) names.push_back({{"file", file.file}, {"id", file.id}, {"hash", file.hash}});
    tx.append({"links.mappings_applied", 1, "links", actor, now,
               json::object{{"hash", pack.hash}, {"files", std::move(names)}}});
    return Nothing{};
}

Result<std::shared_ptr<const MappingFile>> Mappings::valid(store::Reader& reader, std::string_view connector,
                                                           Instant at) {
    const auto hash = reader.first("SELECT hash FROM link_mapping ORDER BY number DESC LIMIT 1", {},
                                   [](const store::Row& r) { return r.string(0); });
    const std::scoped_lock lock(mutex_);
    if (hash && *hash != hash_) {
        const auto stored = newest(reader);
        TRY(const auto files, parse_json(stored->files));
        std::vector<std::shared_ptr<const MappingFile>> fresh;
        std::vector<Error> errors;
        if (const auto* object = files.if_object())
            for (const auto& member : *object)
                if (auto file = parse_head(std::string{member.value().get_string()}, std::string{member.key()}, errors))
                    fresh.push_back(std::make_shared<const MappingFile>(std::move(*file)));
        if (!errors.empty()) return errors.front();
        files_ = std::move(fresh);
        hash_ = *hash;
    }
    const auto day = local_date(at);
    for (const auto& file : files_)
        if (file->connector == connector && file->from <= day && (!file->to || day < *file->to)) return file;
    return Error{
        ErrorKind::not_found, "link.no_mapping",
        fmt::format("Chưa có bảng ánh xạ «{}» đang hiệu lực. Hãy áp dụng gói dữ liệu có thư mục links.", connector),
        fmt::format("No mapping of '{}' is in force. Apply a pack that has a folder links.", connector)};
}

}  // namespace hl::connector
