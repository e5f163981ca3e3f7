# Installs the build into a fresh folder, then configures, builds and runs the consumer against it alone: it predicts, and
# carries nothing of what only fitting, training, downloading and reporting need.
function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGN} failed:\n${out}")
  endif()
  set(step_output "${out}" PARENT_SCOPE)
endfunction()

function(refuse pattern text what)
  string(REGEX MATCHALL "[^\n]*(${pattern})[^\n]*" found "${text}")
  if(found)
    list(JOIN found "\n" found)
    message(FATAL_ERROR "${what}:\n${found}")
  endif()
endfunction()

# One source file that includes every installed header.
function(write_headers_file include_folder file)
  file(GLOB_RECURSE headers RELATIVE ${include_folder} ${include_folder}/vigie/*.h)
  list(LENGTH headers count)
  if(count LESS 50)
    message(FATAL_ERROR "only ${count} headers are installed")
  endif()
  list(JOIN headers "\n" names)
  refuse("test|reference|/cli/|primitive" "${names}" "headers are installed that are the project's own")
  list(TRANSFORM headers REPLACE "(.+)" "#include \"\\1\"\n")
  list(JOIN headers "" text)
  file(WRITE ${file} "${text}")
endfunction()

file(REMOVE_RECURSE ${WORK})
step(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/install)
write_headers_file(${WORK}/install/include ${WORK}/headers.cpp)
# A machine that only predicts has none of these packages.
set(without -DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON
            -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON -DCMAKE_DISABLE_FIND_PACKAGE_Torch=ON)
step(${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK}/build -G ${GENERATOR} -DCMAKE_BUILD_TYPE=${TYPE}
     -DCMAKE_PREFIX_PATH=${WORK}/install -DVIGIE_HEADERS_FILE=${WORK}/headers.cpp ${without})
step(${CMAKE_COMMAND} --build ${WORK}/build)

set(consumer ${WORK}/build/consumer)
step(${consumer} ${MODEL} ${IMAGE})
if(NOT step_output MATCHES "^0\\.41 good")
  message(FATAL_ERROR "the score should be 0.41 and the part good:\n${step_output}")
endif()
step(ldd ${consumer})
refuse("libssl|libcrypto|httplib|libcurl|libtorch|libc10" "${step_output}" "a program that only predicts is linked with")
step(nm -C ${consumer})
refuse("vigie::(fit_model|download_verified|sha256_of|make_mlflow_log|make_tensorboard_log|write_report|evaluate_evidence|make_demo)"
       "${step_output}" "a program that only predicts carries")
