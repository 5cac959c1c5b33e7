// What a parent operations centre reads from outside: sealed texts, batches with their messages, codes; and what a
// child reads back.
#include "ioc/child/code.h"
#include "ioc/child/content.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl;
    using namespace hl::ioc::child;
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto value = parse_json(text);
    switch (data[0] % 5) {
        case 0:
            if (const auto sealed = read_sealed(text); sealed.ok()) {
                // What was read is written as it was.
                const auto again = read_sealed(json::serialize(to_json(*sealed)));
                if (!again.ok() || *again != *sealed) __builtin_trap();
                (void)open_sealed(*sealed, std::string(32, 'k'));
            }
            break;
        case 1:
            if (value.ok())
                for (const auto* type : {"batch", "down"})
                    if (const auto batch = read_batch(*value, type); batch.ok()) {
                        const auto again = read_batch(to_json(*batch, type), type);
                        if (!again.ok() || again->number != batch->number ||
                            again->messages.size() != batch->messages.size())
                            __builtin_trap();
                    }
            break;
        case 2:
            if (value.ok() && value->is_object()) {
                const auto& o = value->get_object();
                if (const auto figures = read_figures(o); figures.ok())
                    for (const auto& f : figures->items) {
                        const auto again = read_figures(figures_data({f}, figures->whole, figures->position));
                        if (!again.ok() || essence(again->items.at(0)) != essence(f)) __builtin_trap();
                    }
                (void)read_restatements(o);
                (void)read_alerts(o);
                (void)read_indicators(o);
                (void)read_resume(o);
            }
            break;
        case 3:
            if (const auto code = code_from_text(text); code.ok()) {
                const auto again = code_from_text(to_text(*code));
                if (!again.ok() || *again != *code) __builtin_trap();
            }
            break;
        default:
            (void)check_address(text);
    }
    return 0;
}
