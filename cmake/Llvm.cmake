# telltale_llvm: LLVM 19 as the compiler uses it. Static and X86 only: the
# shared library would cost every start of the program some 20 ms.
#
# Only compiler/codegen, compiler/jit and compiler/aot link it, through LLVM's
# C API (<llvm-c/...>), which compiles in a tenth of the C++ API's time.

find_package(LLVM 19.1 REQUIRED CONFIG HINTS /usr/lib/llvm-19/cmake)

# The JIT, the pass pipeline and the X86 back end; dependencies follow.
llvm_map_components_to_libnames(telltale_llvm_libraries
  core analysis passes orcjit bitwriter target X86CodeGen X86Desc X86Info)

add_library(telltale_llvm INTERFACE)
target_include_directories(telltale_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_link_libraries(telltale_llvm INTERFACE ${telltale_llvm_libraries})
# LLVM names system libraries (z3, libxml2, ...) that what we use never calls.
target_link_options(telltale_llvm INTERFACE LINKER:--as-needed)
