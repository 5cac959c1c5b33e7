// What commands and questions on directives work with besides their transaction: the snapshots of the moment. Made per
// request; cheap to copy; one thread.
#pragma once
#include "dossiers/context.h"
#include "ioc/indicators/pack.h"

namespace hl::directives {

struct Context {
    dossiers::Context base;  // organisation, calendars, vault, random ids
    std::shared_ptr<const ioc::Book> book;
    [[nodiscard]] const directory::Directory& organisation() const { return *base.directory; }
    [[nodiscard]] std::shared_ptr<const directory::Calendar> calendar(const AgencyId& agency) const {
        return base.calendars->for_agency(agency);
    }
};

}  // namespace hl::directives
