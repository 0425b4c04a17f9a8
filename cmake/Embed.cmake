# Writes OUTPUT: C++ that defines FUNCTION, the texts of the files in LIST named
# by their path below FOLDER. Run by telltale_embed() with cmake -P.

file(READ ${LIST} files)
list(SORT files)
set(code "#include \"runtime/base/embedded.h\"\n\nnamespace telltale {\n\n")
set(entries "")
set(index 0)
foreach(file IN LISTS files)
  cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${FOLDER} OUTPUT_VARIABLE name)
  file(READ ${file} text)
  string(FIND "${text}" ")~~~~\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${name} holds the end mark of embedded texts")
  endif()
  string(APPEND code
    "static constexpr char kText${index}[] = R\"~~~~(${text})~~~~\";\n\n")
  string(APPEND entries
    "    {\"${name}\", {kText${index}, sizeof(kText${index}) - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
if(index EQUAL 0)
  string(APPEND code
    "std::span<const EmbeddedFile> ${FUNCTION}() { return {}; }\n")
else()
  string(APPEND code
    "static constexpr EmbeddedFile kFiles[] = {\n${entries}};\n\n"
    "std::span<const EmbeddedFile> ${FUNCTION}() { return kFiles; }\n")
endif()
file(WRITE ${OUTPUT} "${code}\n}  // namespace telltale\n")
