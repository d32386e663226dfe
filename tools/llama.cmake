# Included by CMake at `project("llama.cpp")`: llama-cpp-python switches llama.cpp's "common" library
# on by force, half of all there is to compile, and never loads it. A plain variable hides the cache's.
set(LLAMA_BUILD_COMMON OFF)
