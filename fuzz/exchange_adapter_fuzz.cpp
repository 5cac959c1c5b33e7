// What strangers send to the adapters and what agencies write for them: queries, ranges, cursors, typed values,
// statements, tables, descriptions and the requests judged by them. Nothing reads beyond its end, a range stays inside
// its file, a cursor leads back to its position, and every judgement ends.
#include <cstdlib>

#include "exchange/adapters/answers.h"
#include "exchange/adapters/byte_range.h"
#include "exchange/adapters/csv_table.h"
#include "exchange/adapters/sql_statement.h"
#include "exchange/adapters/validate.h"
#include "exchange/adapters/values.h"

using namespace hl::exchange;
using namespace hl::exchange::adapters;

namespace {

void demand(bool truth) {
    if (!truth) std::abort();
}

constexpr std::string_view description = R"({"openapi":"3.0.3","info":{"title":"T","version":"1"},"paths":{
"/a/{b}":{"get":{"parameters":[{"name":"b","in":"path","required":true,"schema":{"type":"integer"}},
{"name":"q","in":"query","schema":{"type":"array","items":{"type":"string","pattern":"^(a|aa)+$"}}}],"responses":{}},
"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/S"}}}},"responses":{}}}},
"components":{"schemas":{"S":{"type":"object","properties":{"s":{"$ref":"#/components/schemas/S"},"n":{"type":"number",
"minimum":1},"d":{"type":"string","format":"date-time"}},"oneOf":[{"required":["n"]},{"required":["d"]}]}}}})";

void judge(const Validator& validator, std::string_view path, std::string_view query, std::string_view body) {
    AdapterRequest request;
    request.method = body.empty() ? "GET" : "POST";
    request.path = path;
    if (auto read = parse_query(query); read.ok()) request.query = std::move(*read);
    request.headers = {{"Content-Type", "application/json"}};
    request.body = body;
    demand(validator.request(request).size() <= 250);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string_view all(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 6) {
        case 0: {
            const auto range = read_range(all, 1000);
            if (range.kind == AskedRange::Kind::part)
                demand(range.range.from >= 0 && range.range.from < range.range.to && range.range.to <= 1000);
            (void)etag_listed(all, "\"a\"");
            (void)parse_query(all);
            break;
        }
        case 1:
            if (const auto read = number_parameters(all); read.ok()) demand(read->text.size() < 12 * all.size() + 12);
            break;
        case 2:
            for (int type = 0; type <= static_cast<int>(ValueType::date_time); ++type)
                (void)read_value(static_cast<ValueType>(type), all);
            if (const auto position = from_cursor(all, 2); position.ok()) {
                const auto again = from_cursor(to_cursor(*position), 2);
                demand(again.ok());
            }
            break;
        case 3: {
            static const std::vector<CsvColumn> columns{{"a", "a", "", ValueType::text, false, true},
                                                        {"b", "b", "", ValueType::integer, false, false}};
            (void)read_csv_rows(all, "t", columns, "a");
            break;
        }
        case 4: {
            static const auto validator = Validator::make(description);
            const auto line = std::min(all.find('\n'), all.size());
            judge(**validator, "/a/" + std::string{all.substr(0, line)}, all.substr(0, line),
                  all.substr(std::min(line + 1, all.size())));
            break;
        }
        default: {
            if (const auto validator = Validator::make(all); validator.ok()) {
                judge(**validator, "/", "a=1", "");
                judge(**validator, "/", "", R"({"a":[1,"x",{"a":null}]})");
            }
        }
    }
    return 0;
}
