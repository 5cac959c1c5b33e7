#include "support/fault_vfs.h"

#include <sqlite3.h>

#include <cstring>

namespace hl::test {

namespace {

struct File {
    sqlite3_file base;
    FaultVfs* disk;
    sqlite3_file* real;  // in the same allocation, behind this struct
};

sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<File*>(file)->real;
}
FaultVfs& disk(sqlite3_file* file) {
    return *reinterpret_cast<File*>(file)->disk;
}
sqlite3_vfs* below(sqlite3_vfs* vfs) {
    return static_cast<sqlite3_vfs**>(vfs->pAppData)[1];
}

int close(sqlite3_file* f) {
    return real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
}
int read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
    return real(f)->pMethods->xRead(real(f), to, n, at);
}
int write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
    if (const int code = disk(f).next()) {
        // Half of it reaches the disk, as may happen.
        if (n > 1) (void)real(f)->pMethods->xWrite(real(f), from, n / 2, at);
        return code == SQLITE_IOERR ? SQLITE_IOERR_WRITE : code;
    }
    return real(f)->pMethods->xWrite(real(f), from, n, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
    if (disk(f).next()) return SQLITE_IOERR_TRUNCATE;
    return real(f)->pMethods->xTruncate(real(f), size);
}
int sync(sqlite3_file* f, int flags) {
    if (disk(f).next()) return SQLITE_IOERR_FSYNC;
    return real(f)->pMethods->xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
    return real(f)->pMethods->xFileSize(real(f), size);
}
int lock(sqlite3_file* f, int level) {
    return real(f)->pMethods->xLock(real(f), level);
}
int unlock(sqlite3_file* f, int level) {
    return real(f)->pMethods->xUnlock(real(f), level);
}
int check_reserved(sqlite3_file* f, int* out) {
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
int file_control(sqlite3_file* f, int op, void* arg) {
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}
int sector_size(sqlite3_file* f) {
    return real(f)->pMethods->xSectorSize(real(f));
}
int characteristics(sqlite3_file* f) {
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) {
    real(f)->pMethods->xShmBarrier(real(f));
}
int shm_unmap(sqlite3_file* f, int remove) {
    return real(f)->pMethods->xShmUnmap(real(f), remove);
}
int fetch(sqlite3_file* f, sqlite3_int64 at, int n, void** out) {
    return real(f)->pMethods->xFetch(real(f), at, n, out);
}
int unfetch(sqlite3_file* f, sqlite3_int64 at, void* p) {
    return real(f)->pMethods->xUnfetch(real(f), at, p);
}

const sqlite3_io_methods methods = {
    3,         close,          read,         write,       truncate,        sync,    file_size, lock,
    unlock,    check_reserved, file_control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, fetch,          unfetch};

// SQLite keeps the pointer for as long as the VFS is registered; there is one disk at a time.
sqlite3_vfs shim;
void* shim_data[2];

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* f = reinterpret_cast<File*>(file);
    f->disk = static_cast<FaultVfs*>(static_cast<void**>(vfs->pAppData)[0]);
    f->real = reinterpret_cast<sqlite3_file*>(f + 1);
    f->base.pMethods = nullptr;
    std::memset(f->real, 0, static_cast<size_t>(below(vfs)->szOsFile));
    const int code = below(vfs)->xOpen(below(vfs), name, f->real, flags, out_flags);
    if (f->real->pMethods) f->base.pMethods = &methods;
    return code;
}

}  // namespace

FaultVfs::FaultVfs() {
    sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    shim = *system;
    shim.zName = "hl_fault";
    shim.szOsFile = static_cast<int>(sizeof(File)) + system->szOsFile;
    shim.xOpen = open;
    shim_data[0] = this;
    shim_data[1] = system;
    shim.pAppData = shim_data;
    // Functions of the system's VFS get the shim's pointer; the unix one reads its finder from pAppData, so all that
    // take a path are sent to it with its own pointer.
    shim.xDelete = [](sqlite3_vfs* v, const char* n, int s) { return below(v)->xDelete(below(v), n, s); };
    shim.xAccess = [](sqlite3_vfs* v, const char* n, int f, int* o) { return below(v)->xAccess(below(v), n, f, o); };
    shim.xFullPathname = [](sqlite3_vfs* v, const char* n, int k, char* o) {
        return below(v)->xFullPathname(below(v), n, k, o);
    };
    sqlite3_vfs_register(&shim, 1);
}

FaultVfs::~FaultVfs() {
    sqlite3_vfs* system = below(&shim);
    sqlite3_vfs_unregister(&shim);
    sqlite3_vfs_register(system, 1);
}

void FaultVfs::fail(int at, int code, bool stays) {
    heal();
    code_ = code;
    stays_ = stays;
    fail_at_ = at;
}

void FaultVfs::heal() {
    fail_at_ = -1;
    changes_ = 0;
}

int FaultVfs::next() {
    const int n = changes_++;
    const int at = fail_at_;
    if (at < 0) return SQLITE_OK;
    return n == at || (stays_ && n > at) ? code_.load() : SQLITE_OK;
}

}  // namespace hl::test
