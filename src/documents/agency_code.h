// The code of an agency in the two syntaxes that are met on the axis: left to right ("H50.12.34", Decision
// 20/2020/QĐ-TTg, at most 35 characters) and right to left ("000.34.12.H50", QCVN 102:2016). Which old code belongs to
// which new one is a table, never an inference: agencies were renumbered between the two. Values only; any thread.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hl::documents {

struct AgencyCode {
    enum class Syntax { left_to_right, right_to_left, other };  // other: enterprises (their number) and Zxy codes
    std::string text;
    Syntax syntax = Syntax::left_to_right;
    /// Errors: agency_code.invalid.
    [[nodiscard]] static Result<AgencyCode> parse(std::string_view text);
    auto operator<=>(const AgencyCode&) const = default;
};

/// Which codes are the same agency, and since when. Immutable; any thread.
class CodeTable {
  public:
    struct Row {
        std::string code, old_code, name;
        Date from;
        std::optional<Date> to;
        std::string source;
    };
    /// code,old_code,name,from,to,source. Errors: documents.codes with file and line.
    [[nodiscard]] static Result<std::shared_ptr<const CodeTable>> read(const std::filesystem::path& file);
    explicit CodeTable(std::vector<Row> rows) : rows_(std::move(rows)) {}
    /// The same agency in the other syntax. Errors: agency_code.no_equivalent.
    [[nodiscard]] Result<std::string> to_old(std::string_view code, Date at) const;
    [[nodiscard]] Result<std::string> to_new(std::string_view old_code, Date at) const;
    /// Equal, or equal by the table.
    [[nodiscard]] bool same(std::string_view a, std::string_view b, Date at) const;
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

  private:
    std::vector<Row> rows_;
};

}  // namespace hl::documents
