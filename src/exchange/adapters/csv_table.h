// A CSV on disk as typed rows, read again when the file was replaced. A new version that cannot be read leaves the old
// one in place and says so. Any thread. Private to this part.
#pragma once
#include <filesystem>
#include <mutex>

#include "base/result.h"
#include "exchange/adapters/values.h"

namespace hl::exchange::adapters {

struct CsvColumn {
    std::string header;  // as the file's first line has it
    std::string name, title;
    ValueType type = ValueType::text;
    bool filter = false;    // may be asked for: ?name=value
    bool required = false;  // a blank cell is a mistake
};

struct CsvRows {
    std::string version;                         // of the file's bytes
    std::vector<std::vector<json::value>> rows;  // cells in the order of the columns; null where blank
};

/// Errors: csv.*, adapter.csv_column (a column that the header lacks), adapter.csv_cell (`at` is file:line),
/// adapter.csv_key (a key that stands twice).
[[nodiscard]] Result<CsvRows> read_csv_rows(std::string_view bytes, std::string_view name,
                                            const std::vector<CsvColumn>& columns, std::string_view key);

class CsvFile {
  public:
    CsvFile(std::filesystem::path file, std::vector<CsvColumn> columns, std::string key)
        : file_(std::move(file)), columns_(std::move(columns)), key_(std::move(key)) {}
    /// The newest version that could be read. Error only when there is none yet.
    [[nodiscard]] Result<std::shared_ptr<const CsvRows>> rows();
    /// Why the file as it stands is not what is answered from.
    [[nodiscard]] Result<void> problem();
    [[nodiscard]] const std::vector<CsvColumn>& columns() const { return columns_; }
    [[nodiscard]] const std::string& key() const { return key_; }

  private:
    struct Seen {
        uint64_t inode = 0;
        int64_t size = 0, seconds = 0, nanoseconds = 0;
        auto operator<=>(const Seen&) const = default;
    };
    void look();
    std::filesystem::path file_;
    std::vector<CsvColumn> columns_;
    std::string key_;
    std::mutex mutex_;
    std::optional<Seen> seen_;
    std::shared_ptr<const CsvRows> rows_;
    std::optional<Error> problem_;
};

}  // namespace hl::exchange::adapters
