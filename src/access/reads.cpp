#include "access/reads.h"

#include "access/accounts.h"

namespace hl::access {

namespace {

#define HL_READ_COLUMNS "id, at, actor, purpose, what, subject, request_id"
constexpr std::string_view select_of_subject =
    "SELECT " HL_READ_COLUMNS " FROM personal_read WHERE subject = ? AND id < ? ORDER BY id DESC LIMIT ?";
constexpr std::string_view search_all =
    "SELECT " HL_READ_COLUMNS
    " FROM personal_read WHERE at >= ? AND at <= ? AND (at < ? OR id < ?) "
    "AND (? = '' OR actor = ?) AND (? = '' OR purpose = ?) ORDER BY at DESC, id DESC LIMIT ?";
constexpr std::string_view search_subject =
    "SELECT " HL_READ_COLUMNS
    " FROM personal_read WHERE subject = ? AND at >= ? AND at <= ? AND (at < ? OR id < ?) "
    "AND (? = '' OR actor = ?) AND (? = '' OR purpose = ?) ORDER BY at DESC, id DESC LIMIT ?";
// Of the newest lines: purposes come from the program's routes, so those in use are among them.
constexpr std::string_view select_purposes =
    "SELECT DISTINCT purpose FROM (SELECT purpose FROM personal_read ORDER BY id DESC LIMIT 20000) AS newest "
    "WHERE purpose <> '' ORDER BY purpose";

ReadLine read_line(const store::Row& row) {
    ReadLine line;
    line.id = row.integer(0);
    line.at = row.instant(1);
    line.actor = row.string(2);
    line.purpose = row.string(3);
    line.what = row.string(4);
    line.subject = row.string(5);
    line.request_id = row.string(6);
    return line;
}

void name_readers(store::Reader& reader, std::vector<ReadLine>& lines) {
    std::map<std::string, std::optional<Account>> known;
    for (auto& line : lines) {
        const auto colon = line.actor.find(':');
        const auto kind = line.actor.substr(0, colon);
        if (colon == std::string::npos || (kind != "account" && kind != "machine")) continue;
        const auto [it, fresh] = known.try_emplace(line.actor.substr(colon + 1));
        if (fresh) it->second = load_account(reader, AccountId{it->first});
        if (!it->second) continue;
        line.name = it->second->name;
        line.login = it->second->login;
        line.officer = it->second->officer;
    }
}

}  // namespace

std::vector<ReadLine> reads_of(store::Reader& reader, const SubjectId& subject, int64_t before, int limit) {
    auto lines = reader.all(select_of_subject, {subject, before, limit}, read_line);
    name_readers(reader, lines);
    return lines;
}

std::vector<ReadLine> find_reads(store::Reader& reader, const ReadFilter& f, int limit) {
    const bool whole_instant = f.before_id == std::numeric_limits<int64_t>::max();
    const Instant last = whole_instant ? f.until - std::chrono::milliseconds{1} : f.until;
    auto lines =
        f.subject.empty()
            ? reader.all(search_all, {f.from, last, last, f.before_id, f.actor, f.actor, f.purpose, f.purpose, limit},
                         read_line)
            : reader.all(search_subject,
                         {f.subject, f.from, last, last, f.before_id, f.actor, f.actor, f.purpose, f.purpose, limit},
                         read_line);
    name_readers(reader, lines);
    return lines;
}

std::vector<std::string> purposes_of_reads(store::Reader& reader) {
    return reader.all(select_purposes, {}, [](const store::Row& row) { return row.string(0); });
}

ReadWords words_of_read(std::string_view what) {
    struct Known {
        std::string_view what;
        ReadWords words;
    };
    static constexpr std::array<Known, 24> known = {
        {{"dossier", {"Hồ sơ", "A dossier"}},
         {"search", {"Tìm hồ sơ", "A search of dossiers"}},
         {"slip", {"Phiếu in", "A printed slip"}},
         {"register", {"Sổ theo dõi hồ sơ", "The register of dossiers"}},
         {"file", {"Tệp đính kèm", "An attached file"}},
         {"files", {"Danh sách tệp", "A list of files"}},
         {"known", {"Thông tin từ hồ sơ trước", "What is known already"}},
         {"name", {"Tên người nộp", "An applicant's name"}},
         {"draft", {"Hồ sơ đang soạn", "A draft"}},
         {"applicant", {"Thông tin người nộp", "An applicant's data"}},
         {"held", {"Dữ liệu về chính mình", "One's own data"}},
         {"tracking", {"Tra cứu hồ sơ", "Tracking of a dossier"}},
         {"person", {"Thông tin cá nhân", "A person's data"}},
         {"exchange_messages", {"Tìm thông điệp trên trục", "A search of exchanged messages"}},
         {"exchange_message", {"Thông điệp trên trục", "An exchanged message"}},
         {"exchange_container", {"Gói chứng cứ của thông điệp", "An exchanged message with its signature"}},
         {"exchange_try", {"Gọi thử dịch vụ chia sẻ", "A service tried out"}},
         {"link_message", {"Thông điệp gửi đối tác", "A message to a partner"}},
         {"portal_question", {"Câu hỏi trên Cổng quốc gia", "A question at the national portal"}},
         {"national_results", {"Kho giấy tờ quốc gia", "The national store of papers"}},
         {"link_exchange", {"Lần trao đổi với đối tác", "An exchange with a partner"}},
         {"directive", {"Chỉ đạo điều hành", "A leader's directive"}},
         {"directive_file", {"Minh chứng của chỉ đạo", "Evidence of a directive"}},
         {"reads_export", {"Xuất nhật ký đọc dữ liệu", "An export of this log"}}}};
    for (const auto& k : known)
        if (k.what == what) return k.words;
    return {what, what};
}

}  // namespace hl::access
