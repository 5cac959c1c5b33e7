// A procedure sheet, a flow template and a workbook from outside. The first byte chooses. What is read is judged, drawn
// and written too: a draft that the reader accepts must not break what comes after it.
#include "procedures/draw.h"
#include "procedures/linter.h"
#include "procedures/spreadsheet.h"

namespace {
using namespace hl;
using namespace hl::procedures;

const Templates& templates() {
    static const Templates all = [] {
        std::vector<Error> errors;
        return parse_templates(
            {{"flows/one-agency.yaml",
              "id: one-agency\nversion: 1\nname: {vi: a, en: b}\nstages:\n"
              "  - {id: receive, name: a, steps: [{id: receive, kind: receive, name: a, function: mot-cua}]}\n"
              "  - id: handle\n    name: b\n    lanes:\n"
              "      - {id: x, name: x, steps: [{id: handle, kind: work, name: b, function: \"@handler\"}]}\n"
              "      - {id: y, name: y, steps: [{id: approve, kind: sign, name: c, function: lanh-dao}]}\n"
              "  - {id: return, name: d, steps: [{id: return, kind: return, name: d, function: mot-cua, counted: "
              "false}]}\n"},
             {"flows/functions.yaml", "commune: {otherwise: x, handler: {}}\nprovince: {handler: y, ppc: z}\n"}},
            errors);
    }();
    return all;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    std::vector<Error> errors;
    switch (data[0] % 3) {
        case 0: {
            const auto draft = parse_procedure(text, "x.yaml", templates(), errors);
            if (!draft) break;
            (void)lint(*draft, {});
            (void)make_artefacts(draft->card, draft->form, draft->flow, draft->rules);
            (void)write_procedure(*draft);
            break;
        }
        case 1: {
            const auto read = parse_templates({{"flows/t.yaml", text}}, errors);
            for (const auto& [id, t] : read.by_id) {
                Release release;
                release.flow = make_flow(read, {id, std::nullopt, {}, {}, "x"}, Level::commune, "s", errors);
                (void)draw_svg(release);
                (void)export_bpmn(release);
            }
            break;
        }
        default:
            (void)import_cards(text, {}, errors);
    }
    return 0;
}
