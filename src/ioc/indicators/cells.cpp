#include "ioc/indicators/cells.h"

#include "ioc/sketches/bytes.h"

namespace hl::ioc {

namespace {

constexpr std::string_view select_slice[] = {
    "SELECT agency, unit, procedure, sector, channel, states FROM ioc_cell WHERE level = ? AND period = ?",
    "SELECT agency, unit, procedure, sector, channel, states FROM ioc_check_cell WHERE level = ? AND period = ?"};
constexpr std::string_view put_cell[] = {
    "INSERT INTO ioc_cell (level, period, agency, unit, procedure, sector, channel, states) VALUES (?, ?, ?, ?, ?, ?, "
    "?, ?) ON CONFLICT (level, period, agency, procedure, sector, channel, unit) DO UPDATE SET states = "
    "excluded.states",
    "INSERT INTO ioc_check_cell (level, period, agency, unit, procedure, sector, channel, states) VALUES (?, ?, ?, ?, "
    "?, ?, ?, ?) ON CONFLICT (level, period, agency, procedure, sector, channel, unit) DO UPDATE SET states = "
    "excluded.states"};

constexpr size_t most_held = 400'000;

}  // namespace

void PartState::merge(const PartState& o, PartKind kind) {
    switch (kind) {
        case PartKind::count:
        case PartKind::sum:
        case PartKind::stock:
            number += o.number;
            return;
        case PartKind::min:
            number = std::min(number, o.number);
            return;
        case PartKind::max:
            number = std::max(number, o.number);
            return;
        case PartKind::digest:
            if (!digest) digest = std::make_unique<TDigest>();
            if (o.digest) digest->merge(*o.digest);
            return;
        case PartKind::distinct:
            if (!distinct) distinct = std::make_unique<HyperLogLog>();
            if (o.distinct) distinct->merge(*o.distinct);
            return;
    }
}

PartState* Cell::find(int part) {
    for (auto& s : states)
        if (s.part == part) return &s;
    return nullptr;
}

PartState& Cell::state(int part, PartKind kind, bool& fresh) {
    auto it = states.begin();
    while (it != states.end() && it->part < part) ++it;
    fresh = it == states.end() || it->part != part;
    if (fresh) {
        it = states.insert(it, PartState{});
        it->part = part;
        if (kind == PartKind::digest) it->digest = std::make_unique<TDigest>();
        if (kind == PartKind::distinct) it->distinct = std::make_unique<HyperLogLog>();
    }
    return *it;
}

void Cell::add(int part, PartKind kind, int64_t value, std::string_view text) {
    bool fresh = false;
    auto& s = state(part, kind, fresh);
    switch (kind) {
        case PartKind::count:
        case PartKind::sum:
        case PartKind::stock:
            s.number += value;
            return;
        case PartKind::min:
            s.number = fresh ? value : std::min(s.number, value);
            return;
        case PartKind::max:
            s.number = fresh ? value : std::max(s.number, value);
            return;
        case PartKind::digest:
            s.digest->add(static_cast<double>(value));
            return;
        case PartKind::distinct:
            s.distinct->add(text);
            return;
    }
}

std::string encode(const Cell& cell) {
    std::string out;
    out.reserve(4 * cell.states.size() + 2);
    std::string sketch;
    for (const auto& s : cell.states) {
        put_varint(out, static_cast<uint64_t>(s.part));
        if (!s.digest && !s.distinct) {
            put_signed(out, s.number);
            continue;
        }
        sketch.clear();
        if (s.digest)
            s.digest->write(sketch);
        else
            s.distinct->write(sketch);
        put_varint(out, sketch.size());
        out += sketch;
    }
    return out;
}

std::optional<Cell> decode(std::string_view bytes, const Book& book, uint64_t parts) {
    Cell out;
    ByteReader in(bytes);
    while (in.good && !in.at_end()) {
        PartState s;
        const auto part = in.varint();
        if (!in.good || part >= book.parts().size()) return std::nullopt;
        s.part = static_cast<int>(part);
        const auto kind = book.parts()[part].part.kind;
        const bool wanted = (parts >> part & 1) != 0;
        if (kind != PartKind::digest && kind != PartKind::distinct) {
            s.number = in.signed_varint();
        } else {
            const auto sketch = in.take(in.varint());
            if (!in.good) return std::nullopt;
            if (!wanted) continue;
            if (kind == PartKind::digest) {
                auto d = TDigest::read(sketch);
                if (!d) return std::nullopt;
                s.digest = std::make_unique<TDigest>(std::move(*d));
            } else {
                auto d = HyperLogLog::read(sketch);
                if (!d) return std::nullopt;
                s.distinct = std::make_unique<HyperLogLog>(std::move(*d));
            }
        }
        if (wanted) out.states.push_back(std::move(s));
    }
    if (!in.good) return std::nullopt;
    return out;
}

Result<Cell*> Cells::at(store::Reader& reader, int level, int64_t period, const Dims& dims) {
    auto& last = last_[static_cast<size_t>(level)];
    if (last.held && last.period == period) {
        const auto [cell, fresh] = last.held->cells.try_emplace(dims);
        if (fresh) ++held_;
        return &cell->second;
    }
    const std::pair key{level, period};
    auto it = slices_.find(key);
    if (it == slices_.end()) {
        it = slices_.try_emplace(key).first;
        if (!empty_ || dropped_.contains(key)) {
            bool good = true;
            reader.query(select_slice[static_cast<int>(side_)], {level, period}, [&](const store::Row& row) {
                Dims d{};
                for (int i = 0; i < static_cast<int>(dimensions); ++i)
                    d[static_cast<size_t>(i)] = names_.id(row.text(i));
                auto cell = decode(row.text(5), book_);
                good = good && cell;
                if (cell) it->second.cells.emplace(d, std::move(*cell));
            });
            held_ += it->second.cells.size();
            if (!good)
                return Error{ErrorKind::internal, "ioc.cells_damaged",
                             "Ô số liệu không đọc được. Hãy chạy «hienluong follower rebuild ioc.indicators».",
                             "A cell cannot be read. Run 'hienluong follower rebuild ioc.indicators'."};
        }
    }
    it->second.used = turn_;
    last = {period, &it->second};
    const auto [cell, fresh] = it->second.cells.try_emplace(dims);
    if (fresh) ++held_;
    return &cell->second;
}

void Cells::touched(Cell& cell, int level, int64_t period, const Dims& dims) {
    if (cell.dirty) return;
    cell.dirty = true;
    dirty_.push_back({level, period, dims, &cell});
}

void Cells::write(store::Transaction& tx) {
    // In the order of the table's key, so that neighbours land on one page.
    std::sort(dirty_.begin(), dirty_.end(), [](const Dirty& a, const Dirty& b) {
        return std::tie(a.level, a.period, a.dims) < std::tie(b.level, b.period, b.dims);
    });
    for (const auto& d : dirty_) {
        const auto bytes = encode(*d.cell);
        const auto text = [&](size_t i) -> const std::string& { return names_.text(d.dims[i]); };
        tx.post(put_cell[static_cast<int>(side_)],
                {d.level, d.period, text(0), text(1), text(2), text(3), text(4), store::Blob{bytes}});
        d.cell->dirty = false;
    }
    dirty_.clear();
    ++turn_;
    last_ = {};
    if (held_ > most_held) forget_old();
}

void Cells::forget_old() {
    std::vector<std::pair<uint64_t, std::pair<int, int64_t>>> by_age;
    for (const auto& [key, held] : slices_) by_age.emplace_back(held.used, key);
    std::sort(by_age.begin(), by_age.end());
    for (const auto& [used, key] : by_age) {
        if (held_ <= most_held / 2) break;
        const auto it = slices_.find(key);
        held_ -= it->second.cells.size();
        slices_.erase(it);
        if (empty_) dropped_.insert(key);
    }
}

}  // namespace hl::ioc
