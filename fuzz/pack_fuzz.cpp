// The organisation part of a pack from outside: calendars and tables must end in a pack or in mistakes with a place,
// never in a crash, a hang or an empty message. The first byte chooses which file the rest becomes.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "directory/pack_reader.h"

namespace {

using namespace hl;
using namespace hl::directory;

constexpr const char* files[] = {"units.csv",     "units-old.csv",   "agencies.csv", "departments.csv",
                                 "positions.csv", "successions.csv", "pack.yaml",    "calendar/vn.yaml"};

/// A small sound pack; one of its files is replaced by the input.
const std::filesystem::path& folder() {
    static const std::filesystem::path made = [] {
        std::string name = (std::filesystem::temp_directory_path() / "hienluong-fuzz-XXXXXX").string();
        if (!mkdtemp(name.data())) std::abort();
        std::filesystem::create_directory(std::filesystem::path{name} / "calendar");
        return std::filesystem::path{name};
    }();
    return made;
}

void put(const char* file, std::string_view text) {
    std::ofstream{folder() / file, std::ios::binary | std::ios::trunc} << text;
}

void reset() {
    put("units.csv",
        "id,code,name,kind,parent,from,to,basis\nt,44,Tỉnh A,province,,2020-01-01,,x\nx,1,Xã "
        "B,commune,t,2020-01-01,,x\n");
    put("units-old.csv", "id,code,name,kind,parent,from,to,basis\n");
    put("agencies.csv",
        "id,code,old_code,code_verified,name,kind,area,parent,address,phone,from,to,basis\n"
        "a,H50,,no,A,province_committee,t,,,,2020-01-01,,x\nb,H50.01,,no,B,commune_committee,x,a,,,2020-01-01,,x\n");
    put("departments.csv",
        "agency,agency_kind,unit_kind,key,name,from,to,basis\n,commune_committee,,p,Phòng,2020-01-01,,x\n");
    put("positions.csv",
        "agency,agency_kind,unit_kind,key,title,department,functions,from,to\n,commune_committee,,v,Việc,p,mot-cua,"
        "2020-01-01,\n");
    put("successions.csv", "from,to,date,kind,function,area,basis\n");
    put("pack.yaml", "name: fuzz\nrequired_functions:\n  commune_committee: [mot-cua]\n");
    put("calendar/vn.yaml", "id: vn\nversion: 1\nshifts: [\"07:30-11:30\", \"13:00-17:00\"]\nyears: {}\n");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1 || size > 16384) return 0;
    const std::string_view input{reinterpret_cast<const char*>(data) + 1, size - 1};
    reset();
    put(files[data[0] % std::size(files)], input);
    std::vector<Error> errors;
    const auto pack = read_organisation(folder(), errors);
    for (const auto& e : errors)
        if (e.at.empty() || e.code.empty() || e.vi.empty() || e.en.empty()) std::abort();
    if (!errors.empty()) return 0;
    // A pack without mistakes keeps its promises.
    const auto directory = preview(pack);
    for (const auto& agency : pack.agencies)
        for (const auto& v : agency.versions)
            if (!directory->holder(agency.id, "mot-cua", {}, v.valid.to.value_or(v.valid.from)).ok()) std::abort();
    return 0;
}
