// hienluong pack boundaries FILE: the operator's boundaries of the communes (or, as their surroundings, of the
// country's provinces) checked, made smaller and stored with their source.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "base/crypto.h"
#include "base/files.h"
#include "directory/boundaries.h"

namespace hl::app {

namespace {

constexpr uintmax_t most_bytes = 256u << 20;

struct Asked {
    std::string file, source, licence, date, from, layer = "communes";
    bool check = false;
    size_t budget = directory::boundary_budget;
};

void print_warnings(const std::vector<Error>& list) {
    for (const auto& e : list) std::cout << "warning  " << e.at << ": " << e.vi << " [" << e.code << "]\n";
}

Result<void> run(const Cli& cli, const Asked& ask) {
    TRY(auto program, cli.open(false));
    const auto now = cli.clock.now();
    const auto layer = directory::boundary_layer(ask.layer).value_or(directory::BoundaryLayer::communes);
    directory::Boundaries b;
    b.layer = layer;
    b.valid.from = local_date(now);
    b.date = local_date(now);
    if (!ask.from.empty()) {
        TRY(b.valid.from, parse_date(ask.from));
    }
    if (!ask.date.empty()) {
        TRY(b.date, parse_date(ask.date));
    }
    if (!ask.check && (ask.source.empty() || ask.licence.empty() || ask.date.empty()))
        return Error{
            ErrorKind::invalid, "boundaries.source",
            "Hãy ghi nguồn (--source), giấy phép (--licence) và ngày của dữ liệu (--date); hoặc thêm --check để "
            "chỉ kiểm tra.",
            "say where the data come from (--source), under which licence (--licence) and of which day they are "
            "(--date); or add --check to check only"};
    TRY(const auto bytes, read_file(ask.file, most_bytes));
    const auto name = std::filesystem::path{ask.file}.filename().string();
    auto report = directory::read_boundaries(bytes, name);
    if (report.errors.empty()) {
        const auto organisation = program->snapshots().organisation();
        directory::check_units(report, name, layer, *organisation, b.valid.from);
        directory::check_rings(report, name);
    }
    print_errors(report.errors);
    print_warnings(report.warnings);
    if (!report.errors.empty())
        return Error{ErrorKind::invalid, "boundaries.errors", "Ranh giới còn lỗi; chưa lưu gì.",
                     fmt::format("the boundaries have {} error(s); nothing was stored", report.errors.size())};
    const auto whole = directory::cut(report.shapes);
    const auto small = directory::within_budget(whole, ask.budget);
    b.topology = directory::to_topojson(small, "units");
    b.source = ask.source, b.licence = ask.licence;
    b.file_hash = crypto::to_hex(crypto::sha256(bytes));
    b.features = static_cast<int64_t>(report.shapes.size());
    b.points = static_cast<int64_t>(small.points());
    b.points_given = static_cast<int64_t>(report.points);
    std::cout << fmt::format("{} features, {} points given; {} arcs, {} points kept, {} bytes of TopoJSON\n",
                             b.features, b.points_given, small.arcs.size(), b.points, b.topology.size());
    if (b.topology.size() > ask.budget)
        return Error{
            ErrorKind::too_large, "boundaries.budget",
            fmt::format("Ranh giới không gọn được đến {} byte; hãy bỏ bớt đảo nhỏ hoặc nâng --budget.", ask.budget),
            fmt::format("the boundaries cannot be made as small as {} bytes; leave out small islands, or raise "
                        "--budget",
                        ask.budget)};
    if (ask.check) return Nothing{};
    TRY(const auto stored, program->store().write([&](store::Transaction& tx) {
        return directory::store_boundaries(tx, b, "system:command-line", now);
    }));
    std::cout << (stored ? "stored\n" : "nothing to change: the same boundaries are stored\n");
    return Nothing{};
}

}  // namespace

void add_boundary_commands(Cli& cli) {
    auto* command = cli.root.get_subcommand("pack")->add_subcommand(
        "boundaries", "Check boundaries (GeoJSON), make them smaller and store them with their source");
    auto ask = std::make_shared<Asked>();
    command->add_option("file", ask->file, "GeoJSON: a feature a unit, properties.code its statistics code")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--source", ask->source, "Where the data come from; shown beside the map");
    command->add_option("--licence", ask->licence, "Under which licence they may be used; shown beside the map");
    command->add_option("--date", ask->date, "Of which day the data are, YYYY-MM-DD");
    command->add_option("--from", ask->from, "In force from, YYYY-MM-DD (default: today)");
    command->add_option("--layer", ask->layer, "communes of the province, or the country's provinces around them")
        ->check(CLI::IsMember({"communes", "country"}));
    command->add_option("--budget", ask->budget, "Most bytes of TopoJSON that browsers have to load")
        ->check(CLI::Range(size_t{2'000}, size_t{5'000'000}));
    command->add_flag("--check", ask->check, "Check only, store nothing");
    command->callback([cli, ask] { cli.action = [cli, ask] { return run(cli, *ask); }; });
}

}  // namespace hl::app
