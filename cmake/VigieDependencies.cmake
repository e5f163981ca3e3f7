# Every third-party package of the project. The installed config file includes this file too,
# so that a consumer of the static libraries links what they need.

find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(OneDNN REQUIRED)  # cmake/FindOneDNN.cmake
find_package(Eigen3 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(TIFF REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)

# What only the command, tracking/ and weights/ use: a program on the installed library can do without.
set(_vigie_need REQUIRED)
if(VIGIE_INSTALLED)
  set(_vigie_need QUIET)
endif()
find_package(OpenSSL ${_vigie_need})
find_package(CLI11 ${_vigie_need})
find_package(PkgConfig ${_vigie_need})
if(PkgConfig_FOUND)  # cpp-httplib brings no CMake package in Debian
  pkg_check_modules(cpp_httplib ${_vigie_need} IMPORTED_TARGET cpp-httplib)
endif()

set(VIGIE_HAS_FAISS OFF)
if(VIGIE_FAISS)
  find_package(faiss CONFIG QUIET)  # its targets name OpenMP's, so it comes after
  if(faiss_FOUND)
    set(VIGIE_HAS_FAISS ON)
  else()
    message(STATUS "FAISS was not found: memory banks are searched exactly only (libfaiss-dev brings it)")
  endif()
endif()
set(VIGIE_HAS_TORCH OFF)
if(VIGIE_LEARN)
  find_package(Torch QUIET)
  if(TARGET torch)
    set(VIGIE_HAS_TORCH ON)
  else()
    message(STATUS "libtorch was not found: methods that train a network can predict, but not learn (libtorch-dev brings it)")
  endif()
endif()
if(VIGIE_BUILD_TESTS)
  find_package(GTest REQUIRED)
  include(CTest)
  include(GoogleTest)
endif()
