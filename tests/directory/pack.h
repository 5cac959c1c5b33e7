// The province's own pack, read once, for tests that want real data.
#pragma once
#include <gtest/gtest.h>

#include "directory/commands.h"

namespace hl::directory::samples {

inline const OrganisationPack& province_pack() {
    static const OrganisationPack pack = [] {
        std::vector<Error> errors;
        auto read = read_organisation(HL_SOURCE_DIR "/packs/quang-tri", errors);
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.code << ": " << e.en;
        return read;
    }();
    return pack;
}

inline std::shared_ptr<const Calendar> national_calendar() {
    static const auto calendar = [] {
        auto made = Calendar::make(province_pack().calendars.at(0));
        return made.ok() ? std::move(made).value() : nullptr;
    }();
    return calendar;
}

inline Date day(int y, unsigned m, unsigned d) {
    return std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{d};
}

}  // namespace hl::directory::samples
