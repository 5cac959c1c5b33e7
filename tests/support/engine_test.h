// The fixture for tests that run on every engine; see test_store.h. Each file adds HL_FOR_EVERY_ENGINE(ItsSuite).
#pragma once
#include "support/test_store.h"

namespace hl::store {
using test::EngineTest;
}
