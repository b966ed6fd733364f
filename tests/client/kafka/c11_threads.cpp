// ThreadSanitizer of GCC 12 does not know C11's thrd_create, by which librdkafka starts its threads: the first of them
// that allocates would crash. Here they are started by the pthread_create that it knows.
#if defined(__SANITIZE_THREAD__)
#include <pthread.h>

#include <memory>

namespace {

struct Start {
    int (*run)(void*);
    void* argument;
};

void* begin(void* given) {
    const std::unique_ptr<Start> start(static_cast<Start*>(given));
    start->run(start->argument);
    return nullptr;
}

}  // namespace

extern "C" int thrd_create(pthread_t* thread, int (*run)(void*), void* argument) {
    auto start = std::make_unique<Start>(Start{run, argument});
    if (::pthread_create(thread, nullptr, begin, start.get()) != 0) return 2;  // thrd_error
    [[maybe_unused]] const Start* const theirs = start.release();
    return 0;
}

extern "C" int thrd_join(pthread_t thread, int* result) {
    if (result != nullptr) *result = 0;
    return ::pthread_join(thread, nullptr) == 0 ? 0 : 2;
}
#endif
