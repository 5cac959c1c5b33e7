// Values that other systems hand in, as JSON and as a table; periods; indicators of a pack.
#include "ioc/indicators/pack.h"
#include "ioc/indicators/supplied.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl;
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 4) {
        case 0:
            if (const auto body = parse_json(text); body.ok()) {
                const auto batch = ioc::read_batch(*body);
                for (const auto& v : batch.values)
                    if (ioc::parse_period(v.period.text()).value() != v.period || !ioc::decimal(v.value))
                        __builtin_trap();
                if (batch.values.empty() && batch.errors.empty()) return 0;
            }
            break;
        case 1:
            (void)ioc::read_csv_batch(text, "fuzz", "1");
            break;
        case 2:
            if (const auto p = ioc::parse_period(text); p.ok() && p->text() != text) __builtin_trap();
            break;
        default: {
            std::vector<ioc::Indicator> out;
            std::vector<Error> errors;
            ioc::read_indicator_file(text, "fuzz.yaml", out, errors);
            if (errors.empty()) (void)ioc::Book(std::move(out));
        }
    }
    return 0;
}
