// What nearly every test includes, compiled once.
#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "base/pch.h"
#include "support/test_store.h"
