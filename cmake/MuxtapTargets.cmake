# One INTERFACE target carries warnings, hardening and sanitizers; every muxtap target links it.
add_library(muxtap_flags INTERFACE)
target_compile_options(muxtap_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Werror)
# Bounds checks of the standard library stay on in release.
target_compile_definitions(muxtap_flags INTERFACE _GLIBCXX_ASSERTIONS MUXTAP_VERSION="${PROJECT_VERSION}")
target_include_directories(muxtap_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(MUXTAP_SANITIZE)
  target_compile_options(muxtap_flags INTERFACE -fsanitize=${MUXTAP_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(muxtap_flags INTERFACE -fsanitize=${MUXTAP_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC warns of what its sanitizers themselves put in (std::regex).
    target_compile_options(muxtap_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  if(MUXTAP_SANITIZE MATCHES "undefined")
    target_compile_options(muxtap_flags INTERFACE -fno-sanitize-recover=undefined)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(muxtap_flags INTERFACE
      -fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/tests/sanitizers/ignorelist.txt)
  endif()
endif()

# Headers that most files include, parsed once: MUXTAP_PRECOMPILED names whose, "tests" (Catch2 and the standard library
# for the test programs) or "all" (the standard library for the programs and libraries too). Off unless scripts/test or
# somebody with no ccache asks: ccache does not take such compilations. A file must not live on what is precompiled: the
# release build of scripts/test compiles every library and program without.
set(MUXTAP_PRECOMPILED "" CACHE STRING "Whose common headers are precompiled: empty, tests or all")
set(muxtap_common_headers
  <algorithm> <array> <atomic> <chrono> <cstddef> <cstdint> <cstdio> <cstring> <deque> <filesystem> <functional> <map> <memory> <mutex>
  <optional> <set> <span> <string> <string_view> <thread> <tl/expected.hpp> <unordered_map> <utility> <variant> <vector>)

# muxtap_precompiled_headers(NAME HEADERS ...): what targets with the flags of this folder can take over by
# muxtap_use_precompiled(). GCC refuses where -O or -pthread differ (-Winvalid-pch).
function(muxtap_precompiled_headers name)
  cmake_parse_arguments(arg "" "" "HEADERS" ${ARGN})
  file(CONFIGURE OUTPUT ${name}.cpp CONTENT "// Nothing: the headers are what counts.\n")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE muxtap_flags)
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

function(muxtap_use_precompiled target headers)
  if(TARGET ${headers})
    target_precompile_headers(${target} REUSE_FROM ${headers})
  endif()
endfunction()

if(MUXTAP_PRECOMPILED STREQUAL "all")
  muxtap_precompiled_headers(muxtap_precompiled HEADERS ${muxtap_common_headers})
endif()

# muxtap_library(NAME SOURCES ... LINK ...): a static library of the tree.
function(muxtap_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC muxtap_flags ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK})
  muxtap_use_precompiled(${name} muxtap_precompiled)
endfunction()

# muxtap_program(NAME SOURCES ... LINK ...): one of the muxtap-* programs; a package of its own (packaging/).
function(muxtap_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE muxtap_flags ${arg_LINK})
  muxtap_use_precompiled(${name} muxtap_precompiled)
  string(REPLACE "muxtap-" "" component ${name})
  install(TARGETS ${name} RUNTIME DESTINATION bin COMPONENT ${component})
endfunction()

# muxtap_test(NAME SOURCES ... LINK ... [LABELS ...]): a Catch2 program, one ctest test. One that could not test
# everything (tests/support/skipping.h) is shown as skipped. PROCESSORS: two places in ctest's --parallel, of which
# scripts/test gives two for each processor, so that tests which mostly wait can run four at a time and these two.
function(muxtap_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE muxtap_flags muxtap_test_main ${arg_LINK})
  muxtap_use_precompiled(${name} muxtap_precompiled_tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "unit;${arg_LABELS}" TIMEOUT 300 SKIP_RETURN_CODE 77 PROCESSORS 2
    ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/sanitizers/tsan.supp")
endfunction()
