// HL_SANITIZED: whether a sanitizer is at work, whose own memory is in every figure of the process. g++ and clang say
// so in different ways.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HL_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HL_SANITIZED 1
#endif
#endif
