// What the axis' node reads of a message: the form it comes in, the edXML with its schema, its signature.
#pragma once
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "module.h"

namespace sim {

/// Thrown where a message is not taken: the axis' code, and why.
struct Refusal {
    std::string code, why;
};

[[nodiscard]] std::string sha256_of(const std::string& bytes);
[[nodiscard]] std::string hmac_of(const std::string& key, const std::string& text);
[[nodiscard]] std::string header_of(const Request& r, const std::string& name);
/// What each part of a form-data body holds.
[[nodiscard]] std::map<std::string, std::string> parts_of(const Request& r);

class Edxml {
  public:
    explicit Edxml(const std::string& bytes);
    void check(xmlSchema* schema) const;
    /// The texts of a path under edXMLHeader.
    [[nodiscard]] std::vector<std::string> all(const std::string& path) const;
    [[nodiscard]] std::string one(const std::string& path) const;

  private:
    std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document_;
};

/// By the xmlsec1 tool and in a process of its own: nothing of the sender's is trusted to a library in here.
[[nodiscard]] bool verified_by_tool(const std::string& anchor, const std::string& bytes);

}  // namespace sim
