# Included by CMake at `project("llama.cpp")`. llama-cpp-python forces llama.cpp's "common" library on,
# which is half of what has to be compiled, and never loads it. A plain variable hides the cached one.
set(LLAMA_BUILD_COMMON OFF)
