#include "ioc/indicators/supplied.h"

#include "base/crypto.h"
#include "ioc/indicators/events.h"
#include "ioc/indicators/figures_parts.h"

namespace hl::ioc {

namespace {

constexpr std::string_view select_newest =
    "SELECT key, value FROM ioc_supplied WHERE indicator = ? AND grain = ? AND period = ? AND kind = ? AND agency = ? "
    "AND unit = ? AND newest = 1";
constexpr std::string_view retire = "UPDATE ioc_supplied SET newest = 0 WHERE key = ?";
constexpr std::string_view insert_value =
    "INSERT INTO ioc_supplied (key, indicator, grain, period, kind, agency, unit, value, number, supplier, source, "
    "batch, at, replaced, newest, event) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)";
constexpr std::string_view select_batch = "SELECT hash, answer FROM ioc_batch WHERE source = ? AND batch = ?";
constexpr std::string_view insert_batch =
    "INSERT INTO ioc_batch (source, batch, hash, answer, at) VALUES (?, ?, ?, ?, ?)";
constexpr std::string_view select_history =
    "SELECT key, grain, period, kind, agency, unit, value, supplier, source, batch, event, at, replaced, newest FROM "
    "ioc_supplied WHERE indicator = ? AND key < ? ORDER BY key DESC LIMIT ?";

struct Newest {
    int64_t key = 0;
    std::string value;
};
std::optional<Newest> newest_of(store::Reader& reader, const ValueIn& v) {
    return reader.first(
        select_newest,
        {v.indicator, static_cast<int>(v.period.grain), v.period.number, static_cast<int>(v.kind), v.agency, v.unit},
        [](const store::Row& r) {
            return Newest{r.integer(0), r.string(1)};
        });
}

/// Why a value cannot be taken, if so.
std::optional<Error> refusal(const Book& book, const access::Actor& actor, const ValueIn& v, Instant now) {
    const auto no = [](std::string code, std::string vi, std::string en, ErrorKind kind = ErrorKind::invalid) {
        return Error{kind, std::move(code), std::move(vi), std::move(en)};
    };
    const auto* i = book.find(v.indicator, v.period.first_day());
    if (!i) return no("value.unknown_indicator", "Không có chỉ tiêu này.", "There is no such indicator.");
    if (!i->supplied)
        return no("value.computed", "Chỉ tiêu này được tính từ sổ cái, không nhận số từ ngoài.",
                  "This indicator is computed from the ledger and takes no values from outside.");
    if (auto may = access::require(actor, access::Right::supply_indicators, i->owner, now); !may.ok())
        return std::move(may).error();
    if (!i->has(v.period.grain))
        return no("value.grain", "Chỉ tiêu không nhận số cho loại kỳ này.",
                  "The indicator takes no values for this grain.");
    if (v.kind != ValueKind::plan && v.period.begin() > now)
        return no("value.future", "Kỳ này chưa đến: chỉ nhận kế hoạch.",
                  "The period has not begun: only plans are taken.");
    if (!v.agency.empty() && (i->by & bit(Dimension::agency)) == 0)
        return no("value.dimension", "Chỉ tiêu không chia theo cơ quan.", "The indicator is not kept by agency.");
    if (!v.unit.empty() && (i->by & bit(Dimension::unit)) == 0)
        return no("value.dimension", "Chỉ tiêu không chia theo địa bàn.", "The indicator is not kept by unit.");
    if (actor.organisation) {
        if (!v.agency.empty() && !actor.organisation->agency(v.agency))
            return no("value.agency", "Không có cơ quan này.", "There is no such agency.");
        if (!v.unit.empty() && !actor.organisation->unit(UnitId{v.unit}))
            return no("value.unit", "Không có địa bàn này.", "There is no such unit.");
    }
    const auto& s = *i->supplied;
    if ((s.least && v.number < *s.least) || (s.most && v.number > *s.most))
        return no("value.range", fmt::format("Giá trị {} ngoài khoảng cho phép.", v.value),
                  fmt::format("The value {} is outside what is possible.", v.value));
    const auto dot = v.value.find('.');
    if (dot != std::string::npos && v.value.size() - dot - 1 > static_cast<size_t>(s.decimals))
        return no("value.decimals", fmt::format("Tối đa {} chữ số lẻ.", s.decimals),
                  fmt::format("At most {} decimal places.", s.decimals));
    return std::nullopt;
}

std::string identity(const ValueIn& v) {
    return fmt::format("{}|{}|{}|{}|{}", v.indicator, v.period.text(), to_string(v.kind), v.agency.value, v.unit);
}

std::string hash_of_batch(const Batch& batch) {
    std::string all;
    for (const auto& v : batch.values) all += identity(v) + "|" + v.value + "\n";
    return crypto::to_hex(crypto::sha256(all));
}

/// `newest`: what stood there before, one a value of the batch, for who is going to store it.
Intake checked(store::Reader& reader, const Book& book, const access::Actor& actor, const Batch& batch, Instant now,
               std::vector<std::optional<Newest>>& newest) {
    Intake out;
    newest.assign(batch.values.size(), std::nullopt);
    out.blank = batch.blank;
    const auto bad = [&](const std::string& at, const std::string& indicator, const Error& e) {
        out.rows.push_back({at, indicator, Verdict::What::wrong, e.vi, e.en, e.code, {}});
        ++out.wrong;
    };
    for (const auto& e : batch.errors) bad(e.at, "", e);
    std::set<std::string> seen;
    for (size_t n = 0; n < batch.values.size(); ++n) {
        const auto& v = batch.values[n];
        if (auto no = refusal(book, actor, v, now)) {
            bad(v.at, v.indicator, *no);
            continue;
        }
        if (!seen.insert(identity(v)).second) {
            bad(v.at, v.indicator,
                {ErrorKind::invalid, "value.twice", "Chỉ tiêu, kỳ, loại và nơi này có hai lần trong lô.",
                 "This indicator, period, kind and place is in the batch twice."});
            continue;
        }
        const auto& before = newest[n] = newest_of(reader, v);
        if (!before) {
            out.rows.push_back({v.at, v.indicator, Verdict::What::fresh, "Số mới.", "A new value.", "", {}});
            ++out.stored;
        } else if (before->value == v.value) {
            out.rows.push_back(
                {v.at, v.indicator, Verdict::What::same, "Đã có đúng số này.", "Already there.", "", before->value});
            ++out.same;
        } else {
            out.rows.push_back({v.at, v.indicator, Verdict::What::replaces, "Thay số " + before->value + ".",
                                "Replaces " + before->value + ".", "", before->value});
            ++out.stored;
        }
    }
    return out;
}

}  // namespace

Intake check_batch(store::Reader& reader, const Book& book, const access::Actor& actor, const Batch& batch,
                   Instant now) {
    std::vector<std::optional<Newest>> newest;
    return checked(reader, book, actor, batch, now, newest);
}

Result<Intake> store_batch(store::Transaction& tx, const Book& book, const access::Actor& actor, const Batch& batch,
                           Instant now) {
    if (batch.values.empty() && batch.errors.empty())
        return Error{ErrorKind::invalid, "ioc.batch_empty", "Lô không có giá trị nào.", "The batch has no values."};
    const auto hash = hash_of_batch(batch);
    const auto there = tx.first(select_batch, {batch.source, batch.batch}, [](const store::Row& r) {
        return std::pair{r.string(0), r.string(1)};
    });
    std::vector<std::optional<Newest>> newest;
    auto out = checked(tx, book, actor, batch, now, newest);
    if (out.wrong > 0) {
        const auto first = std::find_if(out.rows.begin(), out.rows.end(),
                                        [](const Verdict& v) { return v.what == Verdict::What::wrong; });
        return Error{ErrorKind::invalid, first->code == "access.denied" ? "access.denied" : "ioc.batch_wrong",
                     fmt::format("{} dòng sai, chưa lưu gì. Dòng đầu tiên: {}", out.wrong, first->vi),
                     fmt::format("{} rows are wrong and nothing was stored. The first: {}", out.wrong, first->en),
                     first->at};
    }
    if (there) {
        if (there->first != hash)
            return Error{ErrorKind::conflict, "ioc.batch_reused",
                         "Số lô này đã dùng cho dữ liệu khác. Hãy gửi với số lô mới.",
                         "This batch number was used for other values. Send them under a new one."};
        out.repeated = true;
        out.event = there->second;
        return out;
    }
    json::array told;
    struct Row {
        const ValueIn* value;
        int64_t key;
        std::optional<int64_t> replaced;
    };
    std::vector<Row> rows;
    for (size_t n = 0; n < batch.values.size(); ++n) {
        const auto& v = batch.values[n];
        const auto& before = newest[n];
        if (before && before->value == v.value) continue;
        Row row{&v, tx.next_number("ioc.supplied"), before ? std::optional{before->key} : std::nullopt};
        json::object one{{"key", row.key},
                         {"indicator", v.indicator},
                         {"period", v.period.text()},
                         {"kind", to_string(v.kind)},
                         {"value", v.value}};
        if (!v.agency.empty()) one["agency"] = v.agency.value;
        if (!v.unit.empty()) one["unit"] = v.unit;
        if (row.replaced) one["replaced"] = *row.replaced;
        told.push_back(std::move(one));
        rows.push_back(row);
    }
    if (!rows.empty())
        out.event = tx.append({std::string{events::values_supplied},
                               1,
                               "ioc:supplied:" + batch.source,
                               actor.label(),
                               now,
                               {{"source", batch.source}, {"batch", batch.batch}, {"values", std::move(told)}}});
    for (const auto& row : rows) {
        if (row.replaced) tx.execute(retire, {*row.replaced});
        const auto& v = *row.value;
        tx.execute(insert_value, {row.key, v.indicator, static_cast<int>(v.period.grain), v.period.number,
                                  static_cast<int>(v.kind), v.agency, v.unit, v.value, v.number, actor.label(),
                                  batch.source, batch.batch, now, row.replaced, out.event});
    }
    tx.execute(insert_batch, {batch.source, batch.batch, hash, out.event, now});
    return out;
}

json::object view(const Intake& intake) {
    json::array rows;
    for (const auto& v : intake.rows) {
        constexpr std::string_view words[] = {"new", "replaces", "same", "wrong"};
        rows.push_back({{"at", v.at},
                        {"indicator", v.indicator.empty() ? json::value() : json::value(v.indicator)},
                        {"verdict", words[static_cast<int>(v.what)]},
                        {"code", v.code.empty() ? json::value() : json::value(v.code)},
                        {"vi", v.vi},
                        {"en", v.en},
                        {"before", v.before ? json::value(*v.before) : json::value()}});
    }
    return {{"stored", intake.stored},     {"same", intake.same},
            {"wrong", intake.wrong},       {"blank", intake.blank},
            {"repeated", intake.repeated}, {"event", intake.event.empty() ? json::value() : json::value(intake.event)},
            {"rows", std::move(rows)}};
}

std::vector<StoredValue> values_of(store::Reader& reader, std::string_view indicator, std::optional<int64_t> before,
                                   int64_t limit) {
    return reader.all(select_history, {indicator, before.value_or(std::numeric_limits<int64_t>::max()), limit},
                      [](const store::Row& r) {
                          StoredValue v;
                          v.key = r.integer(0);
                          v.period = {static_cast<Grain>(r.integer(1)), r.integer(2)};
                          v.kind = static_cast<ValueKind>(r.integer(3));
                          v.agency = AgencyId{r.string(4)};
                          v.unit = r.string(5);
                          v.value = r.string(6);
                          v.supplier = r.string(7);
                          v.source = r.string(8);
                          v.batch = r.string(9);
                          v.event = r.string(10);
                          v.at = r.instant(11);
                          v.replaced = r.optional_integer(12);
                          v.newest = r.integer(13) == 1;
                          return v;
                      });
}

}  // namespace hl::ioc
