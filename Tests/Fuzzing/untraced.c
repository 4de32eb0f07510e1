// Comparisons are not traced: the dictionary knows the words, and a third more inputs a second
// are worth more. The linker puts these in the place of libFuzzer's own (see fuzz-rules).
void __wrap___sanitizer_cov_trace_cmp1(void) {}
void __wrap___sanitizer_cov_trace_cmp2(void) {}
void __wrap___sanitizer_cov_trace_cmp4(void) {}
void __wrap___sanitizer_cov_trace_cmp8(void) {}
void __wrap___sanitizer_cov_trace_const_cmp1(void) {}
void __wrap___sanitizer_cov_trace_const_cmp2(void) {}
void __wrap___sanitizer_cov_trace_const_cmp4(void) {}
void __wrap___sanitizer_cov_trace_const_cmp8(void) {}
void __wrap___sanitizer_cov_trace_switch(void) {}
