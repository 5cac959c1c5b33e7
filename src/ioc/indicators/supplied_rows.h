// One row of values, whatever it came as: a JSON object, a line of a table, a cell of another system's answer. Private
// to the room.
#pragma once
#include "ioc/indicators/supplied.h"

namespace hl::ioc {

struct RowTexts {
    std::string at, indicator, period, year, code, kind, agency, unit, value;
};
/// Into the batch's values, or its mistake into the batch's errors.
void take(RowTexts row, Batch& out);

}  // namespace hl::ioc
