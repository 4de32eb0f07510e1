#pragma once
#include <stdint.h>

/// Has a crash of this process leave a note in a file: which entry the crashing thread was at work on,
/// and how often that was so.
///
/// - Parameter descriptor: The file, open for writing; closed by the next call.
/// - Parameter sequence: Of the note that is there, the entry; 0 where there is none.
/// - Parameter count: How often it has crashed.
void crash_note_install(int descriptor, uint64_t sequence, uint32_t count);

/// Forgets how often an entry has crashed the process.
void crash_note_forget(void);

/// Says which entry this thread is at work on; 0 for none.
void crash_note_at(uint64_t sequence);
