// What the journal keeps of answers about people whom no key of their own seals: lists of questions, look-ups, filed
// dossiers. Their data is blacked out in what was taken down, so that erasing a person leaves none of him there.
#pragma once
#include "links/connector/line.h"

namespace hl::links::portal {

/// Blacks out people's data in the answer that the line took down last, if it is of this service. An answer that cannot
/// be read is not kept.
void mask_answer(connector::Line& line, std::string_view service);

}  // namespace hl::links::portal
