// What every dossier command works with besides its transaction: the present snapshots of organisation, calendars and
// catalogue, the vault for personal data and the source of random ids. A Context is made per request from the
// snapshots of the moment; the pointed-to objects outlive the call. Cheap to copy; safe to hand to one thread.
#pragma once
#include <memory>

#include "directory/commands.h"
#include "directory/directory.h"
#include "procedures/catalogue.h"
#include "store/sealing.h"

namespace hl::dossiers {

struct Context {
    std::shared_ptr<const directory::Directory> directory;
    std::shared_ptr<const directory::Calendars> calendars;
    std::shared_ptr<const procedures::Catalogue> catalogue;
    store::Vault* vault = nullptr;  // never null in use; safe on any thread
    Random* random = nullptr;       // never null in use
};

}  // namespace hl::dossiers
