#include "exchange/adapters/csv_table.h"

#include <sys/stat.h>

#include "base/crypto.h"
#include "base/csv.h"
#include "base/files.h"
#include "base/log.h"

namespace hl::exchange::adapters {

namespace {
constexpr size_t largest_file = 256u << 20;
}

Result<CsvRows> read_csv_rows(std::string_view bytes, std::string_view name, const std::vector<CsvColumn>& columns,
                              std::string_view key) {
    TRY(const auto table, parse_csv(bytes, name));
    std::vector<size_t> places;
    size_t key_column = columns.size();
    for (const auto& c : columns) {
        const int place = table.column(c.header);
        if (place < 0)
            return Error{ErrorKind::invalid, "adapter.csv_column",
                         fmt::format("Tệp không có cột {}. Sửa tiêu đề hoặc cấu hình.", c.header),
                         fmt::format("The file has no column {}. Correct its header or the settings.", c.header),
                         fmt::format("{}:1", name)};
        if (c.name == key) key_column = places.size();
        places.push_back(static_cast<size_t>(place));
    }
    CsvRows out;
    out.version = crypto::to_hex(crypto::sha256(bytes)).substr(0, 16);
    std::set<std::string_view> keys;
    for (const auto& row : table.rows) {
        std::vector<json::value> cells;
        for (size_t i = 0; i < columns.size(); ++i) {
            const auto& text = row.cells[places[i]];
            const auto& c = columns[i];
            const auto wrong = [&](std::string vi, std::string en) {
                return Error{ErrorKind::invalid, "adapter.csv_cell", fmt::format("Cột {}: {}", c.header, vi),
                             fmt::format("Column {}: {}", c.header, en), fmt::format("{}:{}", name, row.line)};
            };
            if (text.empty()) {
                if (c.required) return wrong("không được để trống.", "this must not be blank.");
                cells.emplace_back(nullptr);
                continue;
            }
            auto value = read_value(c.type, text);
            if (!value)
                return wrong(fmt::format("cần {}.", wanted(c.type).first),
                             fmt::format("this must be {}.", wanted(c.type).second));
            cells.push_back(std::move(*value));
            if (i == key_column && !keys.insert(text).second)
                return Error{ErrorKind::invalid, "adapter.csv_key", fmt::format("Khóa {} đã có ở dòng trước.", text),
                             fmt::format("The key {} stands in an earlier row too.", text),
                             fmt::format("{}:{}", name, row.line)};
        }
        out.rows.push_back(std::move(cells));
    }
    return out;
}

void CsvFile::look() {
    struct stat s {};
    const auto give_up = [&](Error error) {
        if (!problem_ || problem_->en != error.en || problem_->at != error.at)
            log::warning("exchange", "a CSV served as a service cannot be read again; the version before stays",
                         {{"what", error.en}, {"at", error.at}});
        problem_ = std::move(error);
    };
    if (::stat(file_.c_str(), &s) != 0)
        return give_up({ErrorKind::unavailable, "adapter.csv_missing",
                        "Tệp dữ liệu của dịch vụ không còn. Bên cung cấp cần đặt lại tệp.",
                        "The service's data file is gone. The provider must put it back.", file_.filename().string()});
    const Seen now{s.st_ino, s.st_size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec};
    if (seen_ == now) return;
    auto bytes = read_file(file_, largest_file);
    if (!bytes.ok()) return give_up(bytes.error());
    struct stat after {};
    const bool still = ::stat(file_.c_str(), &after) == 0 && after.st_ino == s.st_ino && after.st_size == s.st_size &&
                       after.st_mtim.tv_sec == s.st_mtim.tv_sec && after.st_mtim.tv_nsec == s.st_mtim.tv_nsec &&
                       std::ssize(*bytes) == s.st_size;
    if (!still) return;  // being replaced at this moment: the next request looks again
    seen_ = now;
    auto read = read_csv_rows(*bytes, file_.filename().string(), columns_, key_);
    if (!read.ok()) return give_up(read.error());
    rows_ = std::make_shared<const CsvRows>(std::move(*read));
    problem_.reset();
}

Result<std::shared_ptr<const CsvRows>> CsvFile::rows() {
    std::scoped_lock lock(mutex_);
    look();
    if (rows_) return rows_;
    if (problem_) return *problem_;
    return Error{ErrorKind::unavailable, "adapter.csv_changing", "Tệp dữ liệu đang được thay. Hãy thử lại.",
                 "The data file is being replaced. Try again."};
}

Result<void> CsvFile::problem() {
    std::scoped_lock lock(mutex_);
    look();
    if (problem_) return *problem_;
    return Nothing{};
}

}  // namespace hl::exchange::adapters
