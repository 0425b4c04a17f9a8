# How every target of the project is declared: telltale_library,
# telltale_program, telltale_test, telltale_fuzz, telltale_embed.

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_CXX_EXTENSIONS OFF)

# Linking LLVM takes memory: one link at a time, beside the compilations.
set_property(GLOBAL PROPERTY JOB_POOLS link=1)
set(CMAKE_JOB_POOL_LINK link)

find_program(TT_CCACHE ccache)
find_program(TT_MOLD mold)
mark_as_advanced(TT_CCACHE TT_MOLD)
if(TT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${TT_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TT_CCACHE})
endif()

# Flags that all our code shares; third-party headers come in as SYSTEM.
add_library(telltale_flags INTERFACE)
target_compile_features(telltale_flags INTERFACE cxx_std_20)
target_compile_definitions(telltale_flags INTERFACE
  $<$<BOOL:${TT_DCHECKS}>:TT_DCHECKS=1>)
target_compile_options(telltale_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
  -fno-omit-frame-pointer
  # libstdc++ 12's stable_sort calls a deprecated function of its own.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  $<$<CONFIG:Release>:-ffunction-sections -fdata-sections>
  $<$<BOOL:${TT_FUZZ}>:-fsanitize=fuzzer-no-link>)
# A position-independent program would relocate LLVM's tables at each start.
target_link_options(telltale_flags INTERFACE
  $<$<BOOL:${TT_MOLD}>:-fuse-ld=mold>
  $<$<CONFIG:Release>:LINKER:--gc-sections>
  $<$<CONFIG:Release>:-no-pie>)
if(TT_SANITIZE)
  target_compile_options(telltale_flags INTERFACE
    -fsanitize=${TT_SANITIZE} -fno-sanitize-recover=all
    # It reads what stands before a function; before ours there may be nothing.
    $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  target_link_options(telltale_flags INTERFACE -fsanitize=${TT_SANITIZE})
endif()

# A folder that the tree may lack.
macro(telltale_add_subdirectory_if_present folder)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
    add_subdirectory(${folder})
  endif()
endmacro()

# telltale_library(NAME SOURCES... HEADERS... DEPS public... PRIVATE_DEPS...)
# Without SOURCES it is header-only. List .def files nowhere.
function(telltale_library name)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS")
  if(A_SOURCES)
    add_library(${name} STATIC ${A_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${name} PRIVATE telltale_flags ${A_PRIVATE_DEPS})
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_sources(${name} ${scope} FILE_SET HEADERS
    BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${A_HEADERS})
  # Each header compiles on its own: target all_verify_interface_header_sets.
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_include_directories(${name} ${scope} ${PROJECT_SOURCE_DIR})
  target_compile_features(${name} ${scope} cxx_std_20)
  target_link_libraries(${name} ${scope} ${A_DEPS})
endfunction()

# telltale_program(NAME SOURCES... DEPS...): an executable in bin/.
function(telltale_program name)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "" "SOURCES;DEPS")
  add_executable(${name} ${A_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE telltale_flags ${A_DEPS})
endfunction()

# telltale_test(NAME LABELS label... SOURCES... DEPS... ARGS...)
# A Catch2 program and the ctest entry that runs it. `ctest -LE long` leaves out
# tests labelled `long`.
function(telltale_test name)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "" "LABELS;SOURCES;DEPS;ARGS")
  telltale_program(${name} SOURCES ${A_SOURCES}
    DEPS ${A_DEPS} Catch2::Catch2WithMain)
  add_test(NAME ${name} COMMAND ${name} ${A_ARGS}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${A_LABELS}")
endfunction()

# telltale_fuzz(NAME CORPUS folder SOURCES... DEPS...)
# With TT_FUZZ a libFuzzer program, without a test that replays the corpus.
function(telltale_fuzz name)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "CORPUS" "SOURCES;DEPS")
  if(TT_FUZZ)
    telltale_program(${name} SOURCES ${A_SOURCES} DEPS ${A_DEPS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    return()
  endif()
  telltale_program(${name} DEPS ${A_DEPS}
    SOURCES ${A_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc)
  add_test(NAME ${name} COMMAND ${name} ${A_CORPUS}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS fuzz)
endfunction()

# telltale_embed(VARIABLE FUNCTION name FOLDER folder PATTERN glob)
# Sets VARIABLE to a generated source that defines
# `std::span<const EmbeddedFile> name()`: the files below FOLDER that match.
function(telltale_embed variable)
  cmake_parse_arguments(PARSE_ARGV 1 A "" "FUNCTION;FOLDER;PATTERN" "")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${A_FOLDER}/${A_PATTERN})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${A_FUNCTION}.cc)
  # The list itself is an input: a file that went away changes the output.
  file(CONFIGURE OUTPUT ${output}.list CONTENT "${files}" @ONLY)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D FUNCTION=${A_FUNCTION} -D FOLDER=${A_FOLDER}
      -D LIST=${output}.list -D OUTPUT=${output}
      -P ${PROJECT_SOURCE_DIR}/cmake/Embed.cmake
    DEPENDS ${files} ${output}.list ${PROJECT_SOURCE_DIR}/cmake/Embed.cmake
    VERBATIM)
  set(${variable} ${output} PARENT_SCOPE)
endfunction()
