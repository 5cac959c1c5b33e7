#include "ioc/indicators/pack.h"

#include "base/crypto.h"
#include "base/files.h"
#include "ioc/indicators/events.h"
#include "ioc/indicators/pack_reader.h"

namespace hl::ioc {

namespace {

constexpr std::string_view select_files = "SELECT name, text FROM ioc_pack_file ORDER BY name";
constexpr std::string_view drop_files = "DELETE FROM ioc_pack_file";
constexpr std::string_view put_file = "INSERT INTO ioc_pack_file (name, text) VALUES (?, ?)";

std::map<std::string, std::string> stored_files(store::Reader& reader) {
    std::map<std::string, std::string> out;
    reader.query(select_files, {}, [&](const store::Row& row) { out[row.string(0)] = row.string(1); });
    return out;
}

std::string written(const Part& p) {
    std::string out = fmt::format("{}|", static_cast<int>(p.kind));
    for (const auto& e : p.select.events) out += e + ",";
    for (const auto& f : p.select.where) {
        out += fmt::format("|{}:{}:{}:", f.field, static_cast<int>(f.op), f.number);
        for (const auto& v : f.values) out += v + ",";
    }
    out += fmt::format("|{}|{}|", static_cast<int>(p.select.at), p.select.field);
    for (const int s : p.stock.states) out += fmt::format("{},", s);
    return out + fmt::format("|{}{}{}", p.stock.from_due, p.stock.lead_hours, p.stock.until_due);
}

std::string label(const Indicator& i) {
    return fmt::format("{} ({})", i.code, i.vi);
}

}  // namespace

Book::Book(std::vector<Indicator> indicators) : indicators_(std::move(indicators)) {
    std::sort(indicators_.begin(), indicators_.end(), [](const Indicator& a, const Indicator& b) {
        return std::tie(a.component, a.code, a.from) < std::tie(b.component, b.code, b.from);
    });
    for (const auto& i : indicators_) {
        if (!i.fold) continue;
        for (const auto& part : i.fold->parts) {
            auto it = std::find_if(parts_.begin(), parts_.end(), [&](const PlacedPart& p) { return p.part == part; });
            if (it == parts_.end()) it = parts_.insert(parts_.end(), {part, 0, false, i.from, i.to});
            it->by |= i.by;
            it->hourly = it->hourly || i.has(Grain::hour);
            it->from = std::min(it->from, i.from);
            if (it->to && i.to)
                it->to = std::max(*it->to, *i.to);
            else
                it->to.reset();
        }
    }
    std::string all = "cells 2";  // raise it when the way cells are made changes
    for (const auto& p : parts_)
        all +=
            fmt::format("\n{}|{}|{}|{}|{}", written(p.part), p.by, p.hourly, to_iso(p.from), p.to ? to_iso(*p.to) : "");
    const auto hash = crypto::sha256(all);
    version_ = static_cast<int>((hash[0] & 0x7f) << 24 | hash[1] << 16 | hash[2] << 8 | hash[3]);
}

const Indicator* Book::find(std::string_view code, Date d) const {
    const Indicator *before = nullptr, *first = nullptr;
    for (const auto& i : indicators_) {
        if (i.code != code) continue;
        if (i.covers(d)) return &i;
        if (!first) first = &i;
        if (i.from <= d) before = &i;
    }
    return before ? before : first;
}

std::vector<int> Book::parts_of(const Indicator& indicator) const {
    std::vector<int> out;
    if (!indicator.fold) return out;
    for (const auto& part : indicator.fold->parts)
        for (size_t n = 0; n < parts_.size(); ++n)
            if (parts_[n].part == part) out.push_back(static_cast<int>(n));
    return out;
}

IndicatorPack read_indicators(const std::filesystem::path& pack, const directory::Directory* organisation,
                              std::vector<Error>& errors) {
    IndicatorPack out;
    const auto folder = pack / "indicators";
    std::error_code ec;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ec))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& path : files) {
        const auto name = "indicators/" + path.filename().string();
        auto text = read_file(path, 1u << 20);
        if (!text.ok()) {
            errors.push_back(std::move(text).error());
            continue;
        }
        read_indicator_file(*text, name, out.indicators, errors);
        out.files[name] = std::move(*text);
    }
    check_indicators(out.indicators, organisation, errors);
    return out;
}

void check_indicators(const std::vector<Indicator>& indicators, const directory::Directory* organisation,
                      std::vector<Error>& errors) {
    const auto wrong = [&](const Indicator& i, std::string code, std::string vi, std::string en) {
        errors.push_back({ErrorKind::invalid, std::move(code), fmt::format("{}: {}", i.code, vi),
                          fmt::format("{}: {}", i.code, en), i.place});
    };
    std::set<std::string> rules;
    for (size_t n = 0; n < indicators.size(); ++n) {
        const auto& i = indicators[n];
        for (size_t m = 0; m < n; ++m) {
            const auto& o = indicators[m];
            if (o.code == i.code && (!o.to || i.from < *o.to) && (!i.to || o.from < *i.to))
                wrong(i, "indicator.twice", "đã khai ở " + o.place + " với hiệu lực chồng nhau",
                      "also at " + o.place + ", valid on the same days");
        }
        if (organisation && !i.owner.empty() && !organisation->agency(i.owner))
            wrong(i, "indicator.owner", "không có cơ quan \"" + i.owner.value + "\" trong gói",
                  "there is no agency '" + i.owner.value + "' in the pack");
        for (const auto& rule : i.alerts)
            if (!rules.insert(rule.id).second)
                wrong(i, "indicator.alert_twice", "mã cảnh báo \"" + rule.id + "\" dùng hai lần",
                      "the alert id '" + rule.id + "' is used twice");
    }
    if (const auto parts = Book(indicators).parts().size(); parts > Book::most_parts)
        errors.push_back(
            {ErrorKind::invalid, "indicator.too_many_parts",
             fmt::format("Các chỉ tiêu cần {} phép đếm khác nhau, tối đa {}.", parts, Book::most_parts),
             fmt::format("The indicators need {} different parts; the most is {}.", parts, Book::most_parts),
             "indicators"});
}

std::vector<std::string> describe_changes(store::Reader& reader, const IndicatorPack& pack) {
    std::vector<Indicator> before;
    std::vector<Error> ignored;
    const auto files = stored_files(reader);
    if (files == pack.files) return {};
    for (const auto& [name, text] : files) read_indicator_file(text, name, before, ignored);
    std::vector<std::string> out;
    const auto known = [](const std::vector<Indicator>& list, const Indicator& one) {
        return std::any_of(list.begin(), list.end(),
                           [&](const Indicator& i) { return i.code == one.code && i.from == one.from; });
    };
    for (const auto& i : pack.indicators)
        if (!known(before, i)) out.push_back("thêm chỉ tiêu " + label(i));
    for (const auto& i : before)
        if (!known(pack.indicators, i)) out.push_back("bỏ chỉ tiêu " + label(i));
    const bool same_cells = Book(before).version() == Book(pack.indicators).version();
    if (out.empty()) out.push_back("sửa lời hoặc mức của chỉ tiêu");
    if (!same_cells) out.push_back("cách tính thay đổi: mọi ô số liệu được tính lại từ sổ cái");
    return out;
}

Result<void> apply_indicators(store::Transaction& tx, const IndicatorPack& pack, const std::string& actor,
                              Instant now) {
    if (stored_files(tx) == pack.files) return Nothing{};
    tx.execute(drop_files);
    std::string all;
    for (const auto& [name, text] : pack.files) {
        tx.execute(put_file, {name, text});
        all += name + "\n" + crypto::to_hex(crypto::sha256(text)) + "\n";
    }
    tx.append({std::string{events::indicators_applied},
               1,
               "ioc:indicators",
               actor,
               now,
               {{"indicators", static_cast<int64_t>(pack.indicators.size())},
                {"version", Book(pack.indicators).version()},
                {"hash", crypto::to_hex(crypto::sha256(all))}}});
    return Nothing{};
}

Result<std::shared_ptr<const Book>> load_book(store::Reader& reader) {
    std::vector<Indicator> indicators;
    std::vector<Error> errors;
    for (const auto& [name, text] : stored_files(reader)) read_indicator_file(text, name, indicators, errors);
    if (!errors.empty())
        return Error{ErrorKind::internal, "ioc.indicators_damaged",
                     "Định nghĩa chỉ tiêu trong cơ sở dữ liệu không đọc được. Hãy áp dụng lại gói dữ liệu.",
                     "The stored indicators cannot be read: " + errors.front().en + ". Apply the pack again.",
                     errors.front().at};
    return std::make_shared<const Book>(std::move(indicators));
}

}  // namespace hl::ioc
