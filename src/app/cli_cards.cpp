// Cards of procedures in and out of a pack's folder: as a workbook that officials edit, and from the national record.
#include <CLI/CLI.hpp>
#include <iostream>

#include "app/cli.h"
#include "base/files.h"
#include "base/json.h"
#include "procedures/national.h"
#include "procedures/spreadsheet.h"

namespace hl::app {

namespace fs = std::filesystem;

namespace {

Error several(const std::vector<Error>& errors, const std::string& what) {
    print_errors(errors);
    return {ErrorKind::invalid, "pack.errors", "Dữ liệu còn lỗi, chưa ghi gì.",
            fmt::format("{} has {} error(s); nothing was written", what, errors.size())};
}

Result<std::vector<procedures::Draft>> drafts_of(const fs::path& pack) {
    std::vector<Error> errors;
    auto read = procedures::read_procedures(pack, errors);
    if (!errors.empty()) return several(errors, pack.string());
    return std::move(read.drafts);
}

fs::path sheet_of(const fs::path& pack, const procedures::Draft& draft) {
    return pack / "procedures" / (draft.card.code.value + ".yaml");
}

Result<void> export_workbook(const fs::path& pack, const fs::path& file) {
    TRY(const auto drafts, drafts_of(pack));
    TRY(const auto workbook, procedures::export_cards(drafts));
    TRY_VOID(write_file_durably(file, workbook));
    std::cout << drafts.size() << " procedures written to " << file.string() << "\n";
    return Nothing{};
}

Result<void> import_workbook(const fs::path& pack, const fs::path& file, bool write) {
    TRY(const auto before, drafts_of(pack));
    TRY(const auto workbook, read_file(file));
    std::vector<Error> errors;
    const auto after = procedures::import_cards(workbook, before, errors);
    if (!errors.empty()) return several(errors, file.string());
    std::map<std::string, std::string> old_sheets;
    for (const auto& draft : before) old_sheets[draft.card.code.value] = procedures::write_procedure(draft);
    int changed = 0;
    for (const auto& draft : after) {
        const auto sheet = procedures::write_procedure(draft);
        const auto old = old_sheets.find(draft.card.code.value);
        if (old != old_sheets.end() && old->second == sheet) continue;
        ++changed;
        std::cout << (old == old_sheets.end() ? "new      " : "changed  ") << draft.card.code.value << " "
                  << draft.card.name << "\n";
        // A sheet that changes is written anew: comments in it are lost, what it says is not.
        if (write) TRY_VOID(write_file_durably(sheet_of(pack, draft), sheet));
    }
    std::cout << changed
              << (write ? " sheets written; go on with: hienluong pack check\n" : " sheets would be written\n");
    return Nothing{};
}

Result<void> import_record(const fs::path& pack, const fs::path& file, const std::string& code,
                           const std::string& level_word) {
    const auto level = procedures::level_from(level_word);
    if (!level)
        return Error{ErrorKind::invalid, "procedure.level", "Cấp phải là commune hoặc province.",
                     "--level is commune or province"};
    TRY(const auto bytes, read_file(file));
    TRY(auto record, parse_json(bytes));
    if (record.is_object())
        if (const auto* result = record.as_object().if_contains("result")) record = json::value(*result);
    TRY(const auto imported, procedures::import_national(record, ProcedureCode{code}, *level));
    if (!imported.errors.empty()) return several(imported.errors, file.string());
    const auto sheet = sheet_of(pack, imported.draft);
    std::error_code ec;
    if (fs::exists(sheet, ec))
        return Error{ErrorKind::conflict, "pack.sheet_exists", "Thủ tục này đã có trong gói.",
                     fmt::format("{} exists; remove it first to take the national record instead", sheet.string())};
    TRY_VOID(write_file_durably(sheet, procedures::write_procedure(imported.draft)));
    std::cout << "written  " << sheet.string() << " (" << imported.draft.card.unverified.size()
              << " facts not in the record, left empty)\n"
              << "It has no form and no flow yet: write them, then run: hienluong pack check\n";
    return Nothing{};
}

}  // namespace

void add_card_commands(Cli& cli) {
    auto* pack = cli.root.get_subcommand("pack");
    struct Given {
        std::string file, code, level = "commune";
        bool dry_run = false;
    };
    const auto given = std::make_shared<Given>();
    const auto on_pack = [cli](CLI::App* command, std::function<Result<void>(const fs::path&)> run) {
        command->callback([cli, run = std::move(run)] {
            cli.action = [cli, run]() -> Result<void> {
                TRY(const auto config, cli.config());
                return run(config.pack);
            };
        });
    };
    auto* out = pack->add_subcommand("export-cards", "Write the pack's procedures into a workbook (.xlsx) to edit");
    out->add_option("file", given->file, "Workbook to write")->required();
    on_pack(out, [given](const fs::path& folder) { return export_workbook(folder, given->file); });
    auto* in = pack->add_subcommand("import-cards", "Take edited cards back into the pack's sheets");
    in->add_option("file", given->file, "Workbook (.xlsx) from export-cards")->required()->check(CLI::ExistingFile);
    in->add_flag("--dry-run", given->dry_run, "Only say what would change");
    on_pack(in, [given](const fs::path& folder) { return import_workbook(folder, given->file, !given->dry_run); });
    auto* national = pack->add_subcommand("import-national",
                                          "Make a sheet of the national database's record (answer of LayThuTuc, JSON)");
    national->add_option("file", given->file, "The answer, or its \"result\"")->required()->check(CLI::ExistingFile);
    national->add_option("--code", given->code, "Procedure code, which the record need not hold")->required();
    national->add_option("--level", given->level, "commune or province (default: commune)");
    on_pack(national,
            [given](const fs::path& folder) { return import_record(folder, given->file, given->code, given->level); });
}

}  // namespace hl::app
