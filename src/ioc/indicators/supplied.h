// Values that other systems and people hand in: plan, estimate, performed, official, in batches that may be sent again.
// Nothing is overwritten: a new value replaces the one before it, and both say who supplied them and when. Plain
// functions over a transaction; any thread.
#pragma once
#include "access/access.h"
#include "base/json.h"
#include "ioc/indicators/pack.h"

namespace hl::ioc {

/// The numbers of the province's reporting system (dataTypeId).
enum class ValueKind : int { plan = 1, estimate = 2, performed = 3, official = 4 };
[[nodiscard]] std::string_view to_string(ValueKind k);
[[nodiscard]] std::optional<ValueKind> kind_from(std::string_view word_or_number);

struct ValueIn {
    std::string at;  // JSON pointer or line, for messages
    std::string indicator;
    Period period;
    ValueKind kind = ValueKind::performed;
    AgencyId agency;  // empty: the whole province
    std::string unit;
    std::string value;  // a decimal number as it was sent, in canonical writing
    double number = 0;
};
struct Batch {
    std::string source, batch;  // the system, and its own number for what it sends
    std::vector<ValueIn> values;
    std::vector<Error> errors;  // what could not be read
    int64_t blank = 0;          // rows of a table without a value: passed over
};
inline constexpr size_t most_values = 5000;

/// {"source", "batch", "values": [{"indicator", "period" | "year"+"periodId" (or code), "kind", "agency", "unit",
/// "value"}]}. Pure. Wrong rows are in `errors`, the others in `values`.
[[nodiscard]] Batch read_batch(const json::value& body);
/// The same as a table: columns indicator, period (or year and period_code), kind, value; agency, unit when needed.
/// Vietnamese headings are understood, too. Pure. Errors: those of parse_csv.
[[nodiscard]] Result<Batch> read_csv_batch(std::string_view bytes, std::string source, std::string batch);
/// The same from a workbook: the first sheet that has the columns. Pure. Errors: xlsx.*, value.no_sheet.
[[nodiscard]] Result<Batch> read_xlsx_batch(std::string_view bytes, std::string source, std::string batch);
/// A workbook to be filled in: a row for each indicator that the actor may supply and that takes values for such a
/// period. Errors: value.none.
[[nodiscard]] Result<std::string> write_template(const Book& book, const access::Actor& actor, const Period& period,
                                                 ValueKind kind, Instant now);
/// "1234.50" from "1234.50", "+1234.5" …; nothing when it is no decimal number of at most 15 digits.
[[nodiscard]] std::optional<std::pair<std::string, double>> decimal(std::string_view text);

struct Verdict {
    std::string at, indicator;
    enum class What { fresh, replaces, same, wrong } what = What::fresh;
    std::string vi, en, code;
    std::optional<std::string> before;
};
struct Intake {
    std::vector<Verdict> rows;
    int64_t stored = 0, same = 0, wrong = 0, blank = 0;
    std::string event;
    bool repeated = false;  // the batch was there already
};
/// What would become of every row; changes nothing. `actor` needs supply_indicators at each indicator's owner.
[[nodiscard]] Intake check_batch(store::Reader& reader, const Book& book, const access::Actor& actor,
                                 const Batch& batch, Instant now);
/// All or nothing. Errors: ioc.batch_wrong (with the first row's reason), ioc.batch_reused, ioc.batch_empty.
[[nodiscard]] Result<Intake> store_batch(store::Transaction& tx, const Book& book, const access::Actor& actor,
                                         const Batch& batch, Instant now);
[[nodiscard]] json::object view(const Intake& intake);

/// Every value there was, newest first.
struct StoredValue {
    int64_t key = 0;
    Period period;
    ValueKind kind = ValueKind::performed;
    AgencyId agency;
    std::string unit, value, supplier, source, batch, event;
    Instant at;
    std::optional<int64_t> replaced;
    bool newest = true;
};
[[nodiscard]] std::vector<StoredValue> values_of(store::Reader& reader, std::string_view indicator,
                                                 std::optional<int64_t> before, int64_t limit);

}  // namespace hl::ioc
