// The form in which this program writes hash chains: X-Road's elements and prefixes, without indentation. Private to
// this folder.
#pragma once
#include <string_view>

namespace hl::exchange::form {

inline constexpr std::string_view chain_begin =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?><ns2:HashChain xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ns2="http://cyber.ee/hashchain"><ns2:DefaultDigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>)";
inline constexpr std::string_view step_begin = R"(<ns2:HashStep id="STEP)", named = R"(">)";
inline constexpr std::string_view step_ref_begin = R"(<ns2:StepRef URI="#STEP)", step_ref_end = R"("/>)";
inline constexpr std::string_view hash_value_begin = "<ns2:HashValue><DigestValue>";
inline constexpr std::string_view hash_value_end = "</DigestValue></ns2:HashValue>";
inline constexpr std::string_view data_ref_begin = R"(<ns2:DataRef URI=")";
inline constexpr std::string_view data_ref_digest = R"("><DigestValue>)";
inline constexpr std::string_view data_ref_end = "</DigestValue></ns2:DataRef>";
inline constexpr std::string_view step_end = "</ns2:HashStep>", chain_end = "</ns2:HashChain>";

inline constexpr std::string_view result_begin =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?><ns2:HashChainResult URI=")";
inline constexpr std::string_view result_digest =
    R"(#STEP0" xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ns2="http://cyber.ee/hashchain"><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/><DigestValue>)";
inline constexpr std::string_view result_end = "</DigestValue></ns2:HashChainResult>";

}  // namespace hl::exchange::form
