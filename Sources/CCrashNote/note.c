#include "CCrashNote.h"
#include <signal.h>
#include <string.h>
#include <unistd.h>

// A trap of Swift, a bad access, an abort: what an engine that meets an entry it cannot take ends with.
// SIGKILL and SIGTERM are not among them, so a daemon that is killed leaves no note.
static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE};
enum { SIGNALS = sizeof signals / sizeof *signals };

static _Thread_local volatile uint64_t current;
static struct sigaction before[SIGNALS];
static int file = -1;
static uint64_t last_sequence;
static uint32_t last_count;

void crash_note_at(uint64_t sequence) { current = sequence; }

static char *digits(char *end, uint64_t number) {
    do *--end = (char)('0' + number % 10);
    while (number /= 10);
    return end;
}

// Async-signal-safe: no memory, no locks.
static void leave_note(int signal, siginfo_t *info, void *context) {
    (void)context;
    if (current != 0 && file >= 0) {
        uint32_t count = current == last_sequence ? last_count + 1 : 1;
        char text[48], *end = text + sizeof text, *start = end;
        *--start = '\n';
        start = digits(start, count);
        *--start = ' ';
        start = digits(start, current);
        if (ftruncate(file, 0) == 0 && pwrite(file, start, (size_t)(end - start), 0) > 0)
            fsync(file);
    }
    for (int i = 0; i < SIGNALS; i++)
        if (signals[i] == signal) sigaction(signal, &before[i], 0);
    // A fault strikes again where it was, for whoever handled it before; what was sent is sent again.
    if (signal == SIGABRT || info->si_code <= 0) raise(signal);
}

void crash_note_forget(void) {
    last_sequence = 0;
    last_count = 0;
}

void crash_note_install(int descriptor, uint64_t sequence, uint32_t count) {
    // One note a process: the file of the one before is of no use any more.
    int former = __atomic_exchange_n(&file, descriptor, __ATOMIC_ACQ_REL);
    if (former >= 0 && former != descriptor) close(former);
    last_sequence = sequence;
    last_count = count;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = leave_note;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    for (int i = 0; i < SIGNALS; i++) {
        struct sigaction old;
        // The second partition of a process must not chain the handler to itself.
        if (sigaction(signals[i], &action, &old) == 0 && old.sa_sigaction != leave_note)
            before[i] = old;
    }
}
