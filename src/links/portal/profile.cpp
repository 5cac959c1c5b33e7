#include "links/portal/profile.h"

namespace hl::links::portal {

namespace {

/// Collects mistakes with their line; a wrong part leaves its map empty.
class Reading {
  public:
    Reading(const connector::MappingFile& file, std::vector<Error>& errors) : file_(file), errors_(errors) {}

    void wrong(const YAML::Node& at, std::string vi, std::string en) {
        const int line = at.IsDefined() && !at.Mark().is_null() ? at.Mark().line + 1 : 1;
        errors_.push_back(
            {ErrorKind::invalid, "link.mapping", std::move(vi), std::move(en), fmt::format("{}:{}", file_.file, line)});
    }
    YAML::Node part(const char* key) {
        const auto node = file_.root[key];
        if (!node || !node.IsMap()) {
            wrong(file_.root, fmt::format("Thiếu phần «{}».", key), fmt::format("The part '{}' is missing.", key));
            return YAML::Node(YAML::NodeType::Map);
        }
        return node;
    }
    std::map<std::string, std::string> words(const char* key) {
        std::map<std::string, std::string> out;
        for (const auto& entry : part(key)) {
            if (!entry.second.IsScalar())
                wrong(entry.second, "Cần một giá trị.", "A value is wanted.");
            else
                out[entry.first.Scalar()] = entry.second.Scalar();
        }
        return out;
    }
    std::optional<int64_t> number(const YAML::Node& node, int64_t min, int64_t max) {
        int64_t n = 0;
        if (node && node.IsScalar() && YAML::convert<int64_t>::decode(node, n) && n >= min && n <= max) return n;
        wrong(node, fmt::format("Cần một số từ {} đến {}.", min, max),
              fmt::format("A number from {} to {} is wanted.", min, max));
        return std::nullopt;
    }
    std::set<int> numbers(const YAML::Node& list) {
        std::set<int> out;
        for (const auto& item : list)
            if (const auto n = number(item, -9999, 9999)) out.insert(static_cast<int>(*n));
        return out;
    }
    std::vector<Profile::Required> required(const char* key) {
        std::vector<Profile::Required> out;
        for (const auto& item : file_.root[key]) {
            Profile::Required r;
            if (item.IsScalar()) {
                r.field = item.Scalar();
            } else if (item.IsMap() && item["field"]) {
                r.field = item["field"].Scalar();
                r.statuses = numbers(item["statuses"]);
                for (const auto& s : item["subjects"]) r.subjects.insert(s.Scalar());
            } else {
                wrong(item, "Cần tên trường.", "A field's name is wanted.");
                continue;
            }
            out.push_back(std::move(r));
        }
        return out;
    }

  private:
    const connector::MappingFile& file_;
    std::vector<Error>& errors_;
};

Profile read_all(const connector::MappingFile& file, std::vector<Error>& errors) {
    Reading in(file, errors);
    Profile p;
    p.id = file.id;
    p.hash = file.hash;
    const auto statuses = in.part("statuses");
    for (const auto& entry : statuses) {
        const auto state = dossiers::state_from(entry.first.Scalar());
        if (!state) {
            in.wrong(entry.first, "Không có trạng thái này.", "There is no such state of ours.");
            continue;
        }
        StatusRule rule;
        const auto& v = entry.second;
        if (v.IsScalar()) {
            rule.code = static_cast<int>(in.number(v, 1, 10).value_or(0));
        } else {
            if (v["code"]) rule.code = static_cast<int>(in.number(v["code"], 1, 10).value_or(0));
            rule.earlier = v["earlier"] && v["earlier"].as<bool>(false);
            if (v["vi"]) rule.vi = v["vi"].Scalar();
            if (v["en"]) rule.en = v["en"].Scalar();
            if ((rule.earlier || rule.code == 0) && (rule.vi.empty() || rule.en.empty()))
                in.wrong(v, "Trạng thái báo sớm hơn hoặc giữ lại phải ghi vì sao (vi, en).",
                         "An earlier or held state says why (vi, en).");
        }
        p.statuses[*state] = rule;
    }
    for (const auto& row : dossiers::state_table())
        if (!p.statuses.contains(row.state))
            in.wrong(statuses, fmt::format("Thiếu trạng thái {} ({}).", row.word, row.vi),
                     fmt::format("The state {} is missing.", row.word));
    p.channels = in.words("channels");
    p.subjects = in.words("subjects");
    p.id_kinds = in.words("id_kinds");
    p.fee_kinds = in.words("fee_kinds");
    p.fee_methods = in.words("fee_methods");
    p.online_payment = in.words("online_payment");
    p.deliveries = in.words("deliveries");
    p.acts = in.words("acts");
    if (file.root["remarks"]) p.remarks = in.words("remarks");
    p.services = in.words("services");
    for (const auto& entry : in.part("limits"))
        if (const auto n = in.number(entry.second, 1, 100'000))
            p.limits[entry.first.Scalar()] = static_cast<size_t>(*n);
    p.required = in.required("required");
    p.required_progress = in.required("required_progress");
    for (const auto& r : in.required("required_of_taken")) {
        if (r.field != "MaKetQuaThayThe" || !r.statuses.empty() || !r.subjects.empty())
            in.wrong(file.root["required_of_taken"],
                     "Của giấy tờ lấy từ kho, ngoài ba cờ luôn gửi chỉ có MaKetQuaThayThe là bắt buộc được.",
                     "Of a paper taken from the store, only MaKetQuaThayThe can be required beside its three flags.");
        p.required_of_taken.insert(r.field);
    }
    const auto answers = in.part("answers");
    p.ok = in.numbers(answers["ok"]);
    p.exists = in.numbers(answers["exists"]);
    p.unknown_key = in.numbers(answers["unknown_key"]);
    p.session = in.numbers(answers["session"]);
    if (p.ok.empty()) in.wrong(answers, "Thiếu mã trả lời «ok».", "The answer codes 'ok' are missing.");
    for (const auto& entry : answers["refusals"]) {
        const auto code = in.number(entry.first, -9999, 9999);
        if (code && entry.second["vi"] && entry.second["en"])
            p.refusals[static_cast<int>(*code)] = {entry.second["vi"].Scalar(), entry.second["en"].Scalar()};
    }
    p.questions = read_question_rules(file, errors);
    if (p.questions && (!p.services.contains("questions") || !p.services.contains("answer_question")))
        in.wrong(file.root["services"], "Thiếu tên dịch vụ «questions» hoặc «answer_question».",
                 "The service 'questions' or 'answer_question' has no name.");
    const auto paths = in.words("paths");
    p.auth_path = paths.contains("auth") ? paths.at("auth") : "";
    p.path = paths.contains("integrate") ? paths.at("integrate") : "";
    for (const auto* word : {"dossier", "progress", "look_up"})
        if (!p.services.contains(word))
            in.wrong(file.root["services"], fmt::format("Thiếu tên dịch vụ «{}».", word),
                     fmt::format("The service '{}' has no name.", word));
    return p;
}

}  // namespace

std::string Profile::service(const std::string& word) const {
    const auto it = services.find(word);
    return it == services.end() ? std::string{} : it->second;
}

Result<Profile> read_profile(const connector::MappingFile& file) {
    std::vector<Error> errors;
    auto profile = read_all(file, errors);
    if (!errors.empty()) return errors.front();
    return profile;
}

void check_profile(const connector::MappingFile& file, std::vector<Error>& errors) {
    (void)read_all(file, errors);
}

}  // namespace hl::links::portal
