#include "vxp_message.h"

#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace sim {

namespace {

void quiet(void*, const char*, ...) {}

std::string hex(const unsigned char* bytes, size_t size) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (size_t i = 0; i < size; ++i) out += digits[bytes[i] >> 4], out += digits[bytes[i] & 15];
    return out;
}
}  // namespace

std::string sha256_of(const std::string& s) {
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(s.data()), s.size(), hash);
    return hex(hash, sizeof hash);
}
std::string hmac_of(const std::string& key, const std::string& s) {
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(s.data()),
         s.size(), hash, &size);
    return hex(hash, size);
}
std::string header_of(const Request& r, const std::string& name) {
    const auto it = r.headers.find(name);
    return it == r.headers.end() ? std::string{} : it->second;
}

/// What a part of a form-data body holds.
std::map<std::string, std::string> parts_of(const Request& r) {
    const auto type = header_of(r, "content-type");
    const auto at = type.find("boundary=");
    if (at == std::string::npos) throw Refusal{"10", "no boundary"};
    const auto mark = "--" + type.substr(at + 9);
    std::map<std::string, std::string> out;
    size_t from = r.body.find(mark);
    while (from != std::string::npos) {
        from += mark.size();
        if (r.body.compare(from, 2, "--") == 0) return out;
        const auto head = r.body.find("\r\n\r\n", from), end = r.body.find("\r\n" + mark, from);
        if (head == std::string::npos || end == std::string::npos || head > end) break;
        const auto name = r.body.find("name=\"", from);
        if (name == std::string::npos || name > head) break;
        out[r.body.substr(name + 6, r.body.find('"', name + 6) - name - 6)] = r.body.substr(head + 4, end - head - 4);
        from = end + 2;
    }
    throw Refusal{"10", "the form is cut short"};
}

Edxml::Edxml(const std::string& bytes)
    : document_(xmlReadMemory(bytes.data(), static_cast<int>(bytes.size()), nullptr, "UTF-8",
                              XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_HUGE),
                &xmlFreeDoc) {
    if (!document_ || document_->intSubset) throw Refusal{"11", "it is no XML"};
}

void Edxml::check(xmlSchema* schema) const {
    const std::unique_ptr<xmlSchemaValidCtxt, decltype(&xmlSchemaFreeValidCtxt)> context(xmlSchemaNewValidCtxt(schema),
                                                                                         &xmlSchemaFreeValidCtxt);
    xmlSchemaSetValidErrors(context.get(), &quiet, &quiet, nullptr);
    if (xmlSchemaValidateDoc(context.get(), document_.get()) != 0) throw Refusal{"12", "not as the schema says"};
}

std::vector<std::string> Edxml::all(const std::string& path) const {
    const std::unique_ptr<xmlXPathContext, decltype(&xmlXPathFreeContext)> context(xmlXPathNewContext(document_.get()),
                                                                                   &xmlXPathFreeContext);
    xmlXPathRegisterNs(context.get(), BAD_CAST "e", BAD_CAST "http://www.mic.gov.vn/TBT/QCVN_102_2016");
    const std::unique_ptr<xmlXPathObject, decltype(&xmlXPathFreeObject)> found(
        xmlXPathEvalExpression(BAD_CAST("/e:edXML/e:edXMLEnvelope/e:edXMLHeader/" + path).c_str(), context.get()),
        &xmlXPathFreeObject);
    std::vector<std::string> out;
    if (!found || !found->nodesetval) return out;
    for (int i = 0; i < found->nodesetval->nodeNr; ++i) {
        auto* content = xmlNodeGetContent(found->nodesetval->nodeTab[i]);
        out.emplace_back(reinterpret_cast<const char*>(content));
        xmlFree(content);
    }
    return out;
}

std::string Edxml::one(const std::string& path) const {
    const auto found = all(path);
    if (found.size() != 1) throw Refusal{"13", path + " must be there once"};
    return found[0];
}

bool verified_by_tool(const std::string& anchor, const std::string& bytes) {
    std::string file = "/tmp/hienluong-sim-XXXXXX";
    const int fd = mkstemp(file.data());
    if (fd < 0) return false;
    size_t done = 0;
    while (done < bytes.size()) {
        const auto n = write(fd, bytes.data() + done, bytes.size() - done);
        if (n <= 0) break;
        done += static_cast<size_t>(n);
    }
    close(fd);
    const pid_t child = fork();
    if (child == 0) {
        const int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        execlp("xmlsec1", "xmlsec1", "--verify", "--enabled-reference-uris", "empty", "--trusted-pem", anchor.c_str(),
               file.c_str(), static_cast<char*>(nullptr));
        _exit(127);
    }
    int status = 1;
    waitpid(child, &status, 0);
    unlink(file.c_str());
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace sim
