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

# muxtap_library(NAME SOURCES ... LINK ...): a static library of the tree.
function(muxtap_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC muxtap_flags ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK})
endfunction()

# muxtap_program(NAME SOURCES ... LINK ...): one of the muxtap-* programs; a package of its own (packaging/).
function(muxtap_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE muxtap_flags ${arg_LINK})
  string(REPLACE "muxtap-" "" component ${name})
  install(TARGETS ${name} RUNTIME DESTINATION bin COMPONENT ${component})
endfunction()

# muxtap_test(NAME SOURCES ... LINK ... [LABELS ...]): a Catch2 program, one ctest test. One that could not test
# everything (tests/support/skipping.h) is shown as skipped.
function(muxtap_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE muxtap_flags muxtap_test_main ${arg_LINK})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "unit;${arg_LABELS}" TIMEOUT 300 SKIP_RETURN_CODE 77
    ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/sanitizers/tsan.supp")
endfunction()
