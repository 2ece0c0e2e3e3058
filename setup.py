# SPDX-License-Identifier: BSD-3-Clause
"""Builds the one extension module: Cython over the C files of src_c, with OpenMP where the compiler has it; and archives that are
the same bytes whenever and wherever a commit is packed."""
import concurrent.futures
import gzip
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

import numpy
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

SOURCES = ["fastrelu/_ufuncs.pyx", *sorted(str(path) for path in pathlib.Path("src_c").rglob("*.c"))]
PARTS = [str(path) for folder, ending in (("src_c", ".h"), ("fastrelu/binding", ".pxi"))
         for path in sorted(pathlib.Path(folder).rglob(f"*{ending}"))]


class Build(build_ext):
    def build_extensions(self):
        msvc = self.compiler.compiler_type == "msvc"
        # Explicit fused multiply-adds only, or the instruction sets would differ in the last bit.
        gnu = ["-std=c11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fvisibility=hidden"]
        # Nothing unwinds the stack through C loops, and the tables for it are a thirtieth of a wheel.
        gnu.append("-fno-asynchronous-unwind-tables")
        flags, openmp = (["/O2", "/std:c11", "/fp:precise"], "/openmp") if msvc else (gnu, "-fopenmp")
        # Many Pythons hand down their own -g. With it the build takes twice as long and the result is twenty times as large, so
        # only CFLAGS=-g asks for it here.
        debug = msvc or any(flag.startswith("-g") for flag in os.environ.get("CFLAGS", "").split())
        if why := self.fails():
            sys.exit(f"fastrelu is built with a C compiler, and there is none that works here ({why}).\nOn Debian and Ubuntu: "
                     "apt install gcc; on Fedora: dnf install gcc; on macOS: xcode-select --install; on Windows: the Visual "
                     "Studio Build Tools. A wheel needs none: pip install --only-binary fastrelu fastrelu")
        threads = not self.fails([openmp], "#include <omp.h>\nint main(void) { return omp_get_max_threads() < 1; }\n")
        if not threads:
            print(f"fastrelu: {openmp} does not work here; building without threads")
        # GCC alone has these. A vec goes to a function through memory: stored by half registers, as versions before 12 do, it is
        # waited for when it is loaded. And a vec takes four of AVX2's sixteen registers, so none is held longer than needed.
        for flag in () if msvc else ("-mmove-max=512", "-flive-range-shrinkage"):
            if not self.fails([flag, "-Werror"]):
                flags.append(flag)
        for extension in self.extensions:
            extension.extra_compile_args += flags + ([] if debug else ["-g0"])
            extension.extra_link_args += [] if debug or sys.platform == "darwin" else ["-Wl,-s"]
            if threads:
                extension.extra_compile_args.append(openmp)
                extension.extra_link_args += [] if msvc else [openmp]
            self.compile_rooms(extension)
        super().build_extensions()

    def compile_rooms(self, extension):
        """Compiles the C files side by side; setuptools would take one after the other."""
        def compile(source):
            return self.compiler.compile(
                [source], output_dir=self.build_temp, macros=extension.define_macros, include_dirs=extension.include_dirs,
                extra_postargs=extension.extra_compile_args, depends=extension.depends)

        c_files = [source for source in extension.sources if source.startswith("src_c")]
        extension.sources = [source for source in extension.sources if source not in c_files]
        extension.depends += c_files  # or a build over an older one would not be linked again
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for objects in pool.map(compile, c_files):
                extension.extra_objects += objects

    def fails(self, flags=(), program="#include <math.h>\nint main(void) { return 0; }\n"):
        """Why a program does not compile and link; None where it does."""
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "probe.c")
            source.write_text(program)
            try:
                objects = self.compiler.compile([str(source)], output_dir=folder, extra_postargs=[*flags])
                self.compiler.link_executable(objects, str(pathlib.Path(folder, "probe")), extra_postargs=[*flags])
            except Exception as error:  # each compiler class has its own
                return error
        return None


def date():
    """When the commit was made, in seconds: all the dates in a wheel and in an sdist. An unpacked sdist still has it."""
    if os.path.exists("PKG-INFO"):
        return str(int(os.path.getmtime("PKG-INFO")))
    try:
        return subprocess.check_output(["git", "--git-dir=.git", "log", "-1", "--format=%ct"], text=True,
                                       stderr=subprocess.DEVNULL).strip()
    except (OSError, subprocess.CalledProcessError):
        return None


class Archive(sdist):
    """setuptools' would tell when, by whom and with which permissions the files were checked out."""

    def make_archive(self, base_name, format, root_dir=None, base_dir=None, owner=None, group=None):
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        if format != "gztar" or epoch is None:
            return super().make_archive(base_name, format, root_dir, base_dir, owner, group)

        def plain(entry):
            entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = int(epoch), 0, 0, "", ""
            entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
            return entry

        name = f"{base_name}.tar.gz"
        with (open(name, "wb") as file, gzip.GzipFile("", "wb", mtime=int(epoch), fileobj=file) as packed,
              tarfile.open(fileobj=packed, mode="w") as tar):
            tar.add(base_dir, filter=plain)
        return name


def page():
    """The package's page: README and changelog, without the pictures and links that are relative to the repository."""
    text = "\n".join(pathlib.Path(name).read_text(encoding="utf-8") for name in ("README.md", "CHANGELOG.md"))
    text = re.sub(r"!\[[^\]]*\]\((?!https?:)[^)]*\)\n*", "", text)
    return re.sub(r"\[([^\]]*)\]\((?!https?:|#)[^)]*\)", r"`\1`", text)


epoch = date()
if epoch:
    os.environ.setdefault("SOURCE_DATE_EPOCH", epoch)
NUMPY = "NPY_2_0_API_VERSION"  # the oldest NumPy that the result runs on
setup(
    long_description=page(),
    long_description_content_type="text/markdown",
    ext_modules=[
        Extension(
            "fastrelu._ufuncs", SOURCES, depends=PARTS, include_dirs=["src_c", numpy.get_include()],
            define_macros=[("NPY_NO_DEPRECATED_API", NUMPY), ("NPY_TARGET_VERSION", NUMPY)])
    ],
    cmdclass={"build_ext": Build, "sdist": Archive},
)
