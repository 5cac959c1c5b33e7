// The rules in the database: what `pack apply` brought, newest last.
#include "base/crypto.h"
#include "base/files.h"
#include "ioc/index766/rules.h"

namespace hl::index766 {

namespace {

constexpr std::string_view select_newest = "SELECT hash, files FROM ioc_766_rules ORDER BY number DESC LIMIT 1";
constexpr std::string_view insert_rules = "INSERT INTO ioc_766_rules (hash, files, applied_at) VALUES (?, ?, ?)";

struct Newest {
    std::string hash, files;
};
std::optional<Newest> newest(store::Reader& reader) {
    return reader.first(select_newest, {}, [](const store::Row& r) { return Newest{r.string(0), r.string(1)}; });
}

json::object as_json(const RulesPack& pack) {
    json::object out;
    for (const auto& [name, text] : pack.files) out[name] = text;
    return out;
}

Result<std::vector<RuleSet>> parse_all(const std::map<std::string, std::string>& files, std::vector<Error>& errors) {
    std::vector<RuleSet> sets;
    for (const auto& [name, text] : files)
        if (auto set = parse_rules(text, name, errors)) sets.push_back(std::move(*set));
    std::sort(sets.begin(), sets.end(), [](const RuleSet& a, const RuleSet& b) { return a.from < b.from; });
    for (size_t i = 1; i < sets.size(); ++i)
        if (!sets[i - 1].to || *sets[i - 1].to > sets[i].from)
            errors.push_back({ErrorKind::invalid, "index766.rules",
                              "Hai bộ quy tắc cùng hiệu lực. Hãy ghi ngày hết hiệu lực (valid.to) của bộ trước.",
                              "Two sets of rules are in force at once. Say when the earlier one ends (valid.to).",
                              sets[i].file});
    return sets;
}

}  // namespace

RulesPack read_rules(const std::filesystem::path& pack, std::vector<Error>& errors) {
    RulesPack out;
    std::error_code ec;
    const auto folder = pack / "index766";
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ec))
        if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    for (const auto& path : paths) {
        auto text = read_file(path, 1u << 20);
        if (text.ok())
            out.files["index766/" + path.filename().string()] = std::move(text.value());
        else
            errors.push_back(text.error());
    }
    if (out.files.empty()) return out;
    (void)parse_all(out.files, errors);
    out.hash = crypto::to_hex(crypto::sha256(canonical_json(as_json(out))));
    return out;
}

std::vector<std::string> describe_changes(store::Reader& reader, const RulesPack& pack) {
    if (pack.files.empty()) return {};
    const auto stored = newest(reader);
    if (stored && stored->hash == pack.hash) return {};
    std::string names;
    for (const auto& [name, text] : pack.files) names += (names.empty() ? "" : ", ") + name;
    return {fmt::format("{} quy tắc tính Bộ chỉ số 766: {}", stored ? "thay" : "thêm", names)};
}

Result<void> apply_rules(store::Transaction& tx, const RulesPack& pack, const std::string& actor, Instant now) {
    if (pack.files.empty()) return Nothing{};
    if (const auto stored = newest(tx); stored && stored->hash == pack.hash) return Nothing{};
    const auto files = canonical_json(as_json(pack));
    tx.execute(insert_rules, {pack.hash, files, now});
    json::array names;
    for (const auto& [name, text] : pack.files) names.emplace_back(name);
    tx.append({"index766.rules_applied", 1, "index766", actor, now,
               json::object{{"hash", pack.hash}, {"files", std::move(names)}}});
    return Nothing{};
}

Result<std::shared_ptr<const RuleBook>> StoredRules::get(store::Reader& reader) {
    const auto stored = newest(reader);
    if (!stored)
        return Error{ErrorKind::not_found, "index766.no_rules",
                     "Chưa có quy tắc tính Bộ chỉ số 766. Hãy áp dụng gói dữ liệu có thư mục index766.",
                     "There are no rules of the index 766. Apply a pack that has a folder index766."};
    const std::scoped_lock lock(mutex_);
    if (book_ && book_->hash == stored->hash) return book_;
    TRY(const auto files, parse_json(stored->files));
    std::map<std::string, std::string> texts;
    if (const auto* object = files.if_object())
        for (const auto& pair : *object)
            if (pair.value().is_string()) texts[std::string{pair.key()}] = std::string{pair.value().get_string()};
    std::vector<Error> errors;
    auto book = std::make_shared<RuleBook>();
    TRY(book->sets, parse_all(texts, errors));
    if (!errors.empty()) return errors.front();
    book->hash = stored->hash;
    book_ = std::move(book);
    return book_;
}

}  // namespace hl::index766
