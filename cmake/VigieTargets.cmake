set(CMAKE_CXX_EXTENSIONS OFF)

add_library(vigie_options INTERFACE)  # how we compile; never exported
target_compile_features(vigie_options INTERFACE cxx_std_20)
target_compile_options(vigie_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # gcc 12 sees overlaps in std::string that are not there (PR 105329)
if(VIGIE_MARCH)
  target_compile_options(vigie_options INTERFACE -march=${VIGIE_MARCH})
endif()
if(VIGIE_WERROR)
  target_compile_options(vigie_options INTERFACE -Werror)
endif()
if(VIGIE_SANITIZE)
  target_compile_options(vigie_options INTERFACE -fsanitize=${VIGIE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(vigie_options INTERFACE -fsanitize=${VIGIE_SANITIZE})
endif()

# A module sees only modules whose folder was added before its own, so that the list in src/vigie/CMakeLists.txt is true.
function(vigie_check_order name)
  foreach(used IN LISTS ARGN)
    if(used MATCHES "^vigie::" AND NOT TARGET ${used})
      message(FATAL_ERROR "module ${name} uses ${used}, which is not above it in src/vigie/CMakeLists.txt")
    endif()
  endforeach()
endfunction()

# Modules in which no two sources name a thing of their own alike, so that they can be compiled together (VIGIE_UNITY).
set(VIGIE_UNITY_MODULES core data demo engine backbones weights training tracking decision pipeline cli)
function(vigie_compile_together target module)
  if(VIGIE_UNITY AND module IN_LIST VIGIE_UNITY_MODULES)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()

# vigie_add_module(<name> [HEADERS ...] SOURCES ... [TESTS ...] [PUBLIC ...] [PRIVATE ...])
# Library vigie::<name>, and one test program vigie_<name>_test from the files in TESTS. HEADERS are installed: what a
# program on the library may include; all others are the module's and the other modules' own.
# CTest names: <name>/<Suite>.<Test>.
function(vigie_add_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES;TESTS;PUBLIC;PRIVATE")
  vigie_check_order(${name} ${arg_PUBLIC} ${arg_PRIVATE})
  add_library(vigie_${name} STATIC ${arg_SOURCES})
  add_library(vigie::${name} ALIAS vigie_${name})
  set_target_properties(vigie_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(vigie_${name} PUBLIC cxx_std_20)
  target_include_directories(vigie_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_sources(vigie_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${arg_HEADERS})
  target_link_libraries(vigie_${name}
    PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:vigie_options>)
  set_property(GLOBAL APPEND PROPERTY VIGIE_MODULES vigie_${name})
  vigie_compile_together(vigie_${name} ${name})
  if(VIGIE_BUILD_TESTS AND arg_TESTS)
    add_executable(vigie_${name}_test ${arg_TESTS})
    target_link_libraries(vigie_${name}_test PRIVATE
      vigie::${name} vigie_options GTest::gmock GTest::gtest_main)
    gtest_discover_tests(vigie_${name}_test TEST_PREFIX "${name}/" DISCOVERY_MODE PRE_TEST
      PROPERTIES ENVIRONMENT "VIGIE_SHARED=${PROJECT_SOURCE_DIR}/../shared")
  endif()
endfunction()

# Installs every module with its public headers, the command, and a package file for find_package(vigie).
function(vigie_install)
  include(CMakePackageConfigHelpers)
  get_property(modules GLOBAL PROPERTY VIGIE_MODULES)
  install(TARGETS ${modules} EXPORT vigieTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
          FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(TARGETS vigie RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  if(TARGET vigie-learn)  # `vigie` looks for it beside itself
    install(TARGETS vigie-learn RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/vigie)
  install(EXPORT vigieTargets NAMESPACE vigie:: DESTINATION ${package_dir})
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/vigieConfig.cmake.in
    ${PROJECT_BINARY_DIR}/vigieConfig.cmake INSTALL_DESTINATION ${package_dir})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/vigieConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/vigieConfig.cmake ${PROJECT_BINARY_DIR}/vigieConfigVersion.cmake
          ${PROJECT_SOURCE_DIR}/cmake/FindOneDNN.cmake ${PROJECT_SOURCE_DIR}/cmake/VigieDependencies.cmake
          DESTINATION ${package_dir})
endfunction()
