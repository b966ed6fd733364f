// LeakSanitizer asks the program for its suppressions. Fontconfig keeps offsets instead of pointers, so that the fonts
// cairo keeps look lost.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libfontconfig\n";
}
