// edXML of outside senders: read or refused, never more; what is read is written again and reads the same; a signature
// is looked at whatever it is; the axis' answers.
#include <cstdlib>

#include "documents/agency_code.h"
#include "documents/edxml.h"
#include "documents/signature.h"
#include "links/documents/vxp.h"

namespace {

using namespace hl::documents;

const Profile& profile() {
    static const Profile made = [] {
        Profile p;
        for (const auto* code : {"01", "02", "03", "04", "05", "06", "13", "15", "16"})
            p.status_codes.push_back({code, "x", "x", true});
        p.status_codes.push_back({"07", "", "", false});
        p.priorities = {{0, "x", "x", false}, {3, "x", "x", true}};
        return p;
    }();
    return made;
}

const hl::links::vxp::Shape& shape() {
    static const hl::links::vxp::Shape made = [] {
        hl::links::vxp::Shape s;
        s.answer = {{"code", "ErrorCode"},    {"ok", "0"},      {"exists", "1"},
                    {"message", "ErrorDesc"}, {"list", "data"}, {"id", "docId"}};
        return s;
    }();
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    Limits small;
    small.message = 1u << 20;
    small.file = small.files_together = 1u << 20;
    const auto reading = check_edxml(bytes, profile(), small);
    if (reading.message && reading.mistakes.empty()) {
        const auto again = write_edxml(*reading.message, profile());
        if (again.ok()) {
            const auto back = read_edxml(*again, profile());
            if (!back.ok() || !(*back == *reading.message)) std::abort();
        }
    }
    static const Verifier nobody(TrustSettings{{}, true});
    if (nobody.verify(bytes, hl::from_ms(1'795'399'200'000)).ok()) std::abort();  // no anchor: nothing verifies
    (void)AgencyCode::parse(bytes);
    (void)hl::links::vxp::from_vxp_time(bytes);
    if (size < 65536) (void)hl::links::vxp::read_answer(shape(), bytes);
    return 0;
}
