# SPDX-License-Identifier: BSD-3-Clause
"""Around the functions: what measures, judges and draws them. Nothing here is imported by `import fastrelu`."""
