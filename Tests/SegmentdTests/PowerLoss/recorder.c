// Records what a process writes and syncs below a folder, for tests of power loss: preloaded into the
// daemon, it passes every call on and writes down what was asked for, in order.
//
// POWER_ROOT names the folder, POWER_TRACE the file. A record is eight words of 64 bits: kind, file,
// offset, length of what follows, time (CLOCK_MONOTONIC, ns), 0, 0, 0; then the bytes of a write, or a
// path. Files are numbered by opening; several numbers may name one path.
//
// The process is killed from within, when a file POWER_TRACE.kill appears: never between the record of a
// write and the write itself, after which the record would claim what the next life does not find.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { OPEN = 1, WRITE, SYNC_BEGIN, SYNC_END, TRUNCATE, RENAME, UNLINK, MAKE, FDS = 4096 };

static int trace = -1;
static char root[4096], kill_path[4200];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
// Shared by calls on their way, taken alone by the end.
static pthread_rwlock_t gate = PTHREAD_RWLOCK_INITIALIZER;
static uint64_t names[FDS], next_name = 1;
static char synchronous[FDS];

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void *wait_for_the_end(void *nothing) {
    struct timespec pause = {0, 1000000};
    while (access(kill_path, F_OK) != 0) nanosleep(&pause, 0);
    pthread_rwlock_wrlock(&gate);
    kill(getpid(), SIGKILL);
    return nothing;
}

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("POWER_ROOT"), *file = getenv("POWER_TRACE");
    if (!folder || !file || strlen(folder) >= sizeof root) return;
    strcpy(root, folder);
    snprintf(kill_path, sizeof kill_path, "%s.kill", file);
    trace = REAL(open)(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    unsetenv("LD_PRELOAD");
    pthread_t thread;
    pthread_create(&thread, 0, wait_for_the_end, 0);
}

static void enter(void) { pthread_rwlock_rdlock(&gate); }
static void leave(void) { pthread_rwlock_unlock(&gate); }

static int is_below(const char *path) {
    return trace >= 0 && path && strncmp(path, root, strlen(root)) == 0;
}

static void record(uint64_t kind, uint64_t file, uint64_t offset, const void *bytes, size_t length) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t head[8] = {kind, file, offset, length,
                        (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec};
    struct iovec parts[2] = {{head, sizeof head}, {(void *)bytes, length}};
    pthread_mutex_lock(&lock);
    REAL(writev)(trace, parts, 2);
    pthread_mutex_unlock(&lock);
}

static int opened(int fd, const char *path, int flags) {
    if (fd < 0 || fd >= FDS || !is_below(path)) return fd;
    enter();
    pthread_mutex_lock(&lock);
    names[fd] = next_name++;
    synchronous[fd] = (flags & (O_DSYNC | O_SYNC)) != 0;
    pthread_mutex_unlock(&lock);
    record(OPEN, names[fd], (uint64_t)(flags & (O_CREAT | O_TRUNC)), path, strlen(path));
    leave();
    return fd;
}

static uint64_t name_of(int fd) { return fd >= 0 && fd < FDS ? names[fd] : 0; }

#define MODE(flags) \
    mode_t mode = 0; \
    if (flags & O_CREAT) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); }

int open(const char *path, int flags, ...) {
    MODE(flags)
    return opened(REAL(open)(path, flags, mode), path, flags);
}
int open64(const char *path, int flags, ...) {
    MODE(flags)
    return opened(REAL(open64)(path, flags, mode), path, flags);
}

int close(int fd) {
    if (name_of(fd)) names[fd] = 0;
    return REAL(close)(fd);
}

static void wrote(int fd, const void *bytes, size_t length, off_t offset) {
    record(WRITE, name_of(fd), (uint64_t)offset, bytes, length);
}

// A write through a descriptor that was opened synchronously is on disk when it returns.
static void began(int fd) { if (synchronous[fd]) record(SYNC_BEGIN, name_of(fd), 0, 0, 0); }
static void ended(int fd) { if (synchronous[fd]) record(SYNC_END, name_of(fd), 0, 0, 0); }

#define RECORDED(fd, bytes, length, offset, call) \
    if (!name_of(fd)) return call; \
    enter(); \
    wrote(fd, bytes, length, offset); \
    began(fd); \
    ssize_t result = call; \
    ended(fd); \
    leave(); \
    return result;

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    RECORDED(fd, bytes, length, offset, REAL(pwrite)(fd, bytes, length, offset))
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    RECORDED(fd, bytes, length, offset, REAL(pwrite64)(fd, bytes, length, offset))
}
ssize_t write(int fd, const void *bytes, size_t length) {
    if (!name_of(fd)) return REAL(write)(fd, bytes, length);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    RECORDED(fd, bytes, length, offset, REAL(write)(fd, bytes, length))
}

static ssize_t vector(int fd, const struct iovec *parts, int count, off_t offset, int moves) {
    off_t place = offset;
    enter();
    for (int i = 0; i < count; i++) {
        wrote(fd, parts[i].iov_base, parts[i].iov_len, place);
        place += (off_t)parts[i].iov_len;
    }
    began(fd);
    ssize_t result = moves ? REAL(writev)(fd, parts, count) : REAL(pwritev)(fd, parts, count, offset);
    ended(fd);
    leave();
    return result;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!name_of(fd)) return REAL(writev)(fd, parts, count);
    return vector(fd, parts, count, lseek(fd, 0, SEEK_CUR), 1);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    if (!name_of(fd)) return REAL(pwritev)(fd, parts, count, offset);
    return vector(fd, parts, count, offset, 0);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    return pwritev(fd, parts, count, offset);
}

static int synced(int fd, int (*call)(int)) {
    uint64_t name = name_of(fd);
    if (!name) return call(fd);
    enter();
    record(SYNC_BEGIN, name, 0, 0, 0);
    int result = call(fd);
    if (result == 0) record(SYNC_END, name, 0, 0, 0);
    leave();
    return result;
}
int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

int ftruncate(int fd, off_t length) {
    enter();
    if (name_of(fd)) record(TRUNCATE, name_of(fd), (uint64_t)length, 0, 0);
    int result = REAL(ftruncate)(fd, length);
    leave();
    return result;
}
int ftruncate64(int fd, off64_t length) {
    enter();
    if (name_of(fd)) record(TRUNCATE, name_of(fd), (uint64_t)length, 0, 0);
    int result = REAL(ftruncate64)(fd, length);
    leave();
    return result;
}

int rename(const char *from, const char *to) {
    enter();
    if (is_below(from)) {
        char both[8192];
        size_t first = strlen(from) + 1, second = strlen(to);
        if (first + second < sizeof both) {
            memcpy(both, from, first);
            memcpy(both + first, to, second);
            record(RENAME, 0, 0, both, first + second);
        }
    }
    int result = REAL(rename)(from, to);
    leave();
    return result;
}
int unlink(const char *path) {
    enter();
    if (is_below(path)) record(UNLINK, 0, 0, path, strlen(path));
    int result = REAL(unlink)(path);
    leave();
    return result;
}
int mkdir(const char *path, mode_t mode) {
    enter();
    int result = REAL(mkdir)(path, mode);
    if (result == 0 && is_below(path)) record(MAKE, 0, 0, path, strlen(path));
    leave();
    return result;
}
