# Every third-party package of the project. The installed config file includes this file too,
# so that a consumer of the static libraries links what they need.
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(OneDNN REQUIRED)  # cmake/FindOneDNN.cmake
find_package(Eigen3 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(TIFF REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Threads REQUIRED)
if(VIGIE_BUILD_TESTS)
  find_package(GTest REQUIRED)
  include(CTest)
  include(GoogleTest)
endif()
