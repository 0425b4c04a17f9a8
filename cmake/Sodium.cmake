# telltale_sodium: libsodium, statically where Debian has it so: a scan should
# not pay for another shared library at each start.
find_path(TT_SODIUM_INCLUDE sodium.h REQUIRED)
find_library(TT_SODIUM NAMES libsodium.a sodium REQUIRED)
mark_as_advanced(TT_SODIUM TT_SODIUM_INCLUDE)
add_library(telltale_sodium INTERFACE)
target_include_directories(telltale_sodium SYSTEM INTERFACE ${TT_SODIUM_INCLUDE})
target_link_libraries(telltale_sodium INTERFACE ${TT_SODIUM} Threads::Threads)
