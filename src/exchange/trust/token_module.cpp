#include "exchange/trust/token_module.h"

#include <dlfcn.h>

namespace hl::exchange {

namespace {

constexpr std::chrono::seconds rest_between_restarts{10};

Error unusable(const std::filesystem::path& file, std::string_view why) {
    return {
        ErrorKind::unavailable, "exchange.token_module",
        fmt::format("Không dùng được mô-đun PKCS#11 {} ({}). Cài trình điều khiển của thiết bị và kiểm tra đường dẫn.",
                    file.string(), why),
        fmt::format("The PKCS#11 module {} cannot be used ({}). Install the token's driver and check the path.",
                    file.string(), why)};
}

/// Who is loaded: PKCS#11 has one state a process, so this must be known process-wide.
struct Loaded {
    std::mutex mutex;
    std::map<std::filesystem::path, std::weak_ptr<TokenModule>> modules;
};
Loaded& loaded() {
    static auto* const one = new Loaded();  // outlives every key, whatever the order in which a process ends
    return *one;
}

}  // namespace

TokenModule::TokenModule(void* library, CK_FUNCTION_LIST* functions) : library_(library), functions_(functions) {}

CK_RV TokenModule::initialise() const {
    CK_C_INITIALIZE_ARGS arguments{};
    arguments.flags = CKF_OS_LOCKING_OK;
    const CK_RV rv = functions_->C_Initialize(&arguments);
    return rv == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : rv;
}

Result<std::shared_ptr<TokenModule>> TokenModule::load(const std::filesystem::path& file) {
    std::error_code wrong;
    auto path = std::filesystem::canonical(file, wrong);
    if (wrong) return unusable(file, wrong.message());
    Loaded& all = loaded();
    const std::scoped_lock lock(all.mutex);
    auto& known = all.modules[path];
    if (auto module = known.lock()) return module;
    // Never unloaded: modules register clean-up with the C library that must still be there when the process ends.
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) return unusable(file, ::dlerror());
    const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
    CK_FUNCTION_LIST* functions = nullptr;
    if (!get || get(&functions) != CKR_OK || !functions) {
        ::dlclose(library);
        return unusable(file, "C_GetFunctionList");
    }
    std::unique_ptr<TokenModule> made(new TokenModule(library, functions));
    if (const CK_RV rv = made->initialise(); rv != CKR_OK)
        return unusable(file, fmt::format("C_Initialize 0x{:x}", rv));
    std::shared_ptr<TokenModule> module(made.release(), [path](TokenModule* gone) {
        const std::scoped_lock last(loaded().mutex);
        // Somebody may have loaded it again meanwhile, and found it initialised.
        if (loaded().modules[path].expired()) gone->functions_->C_Finalize(nullptr);
        delete gone;
    });
    known = module;
    return module;
}

TokenModule::~TokenModule() {
    ::dlclose(library_);
}

std::vector<CK_SLOT_ID> TokenModule::Visit::slots() const {
    CK_ULONG count = 0;
    // Asked without a list first: that is when a module looks for tokens that came or went.
    if (functions().C_GetSlotList(CK_TRUE, nullptr, &count) != CKR_OK) return {};
    std::vector<CK_SLOT_ID> out(count);
    if (functions().C_GetSlotList(CK_TRUE, out.data(), &count) != CKR_OK) return {};
    out.resize(count);
    return out;
}

void TokenModule::restart(uint64_t seen) {
    const std::unique_lock lock(gate_);
    if (generation_ != seen) return;
    const auto now = std::chrono::steady_clock::now();
    if (users_ > 0 && restarted_ != std::chrono::steady_clock::time_point{} && now - restarted_ < rest_between_restarts)
        return;
    restarted_ = now;
    functions_->C_Finalize(nullptr);
    (void)initialise();  // when it fails, every call says so
    ++generation_;
}

}  // namespace hl::exchange
