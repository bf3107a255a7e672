"""Where Postwise lives: its platforms, its delivery, its commands."""

import os

# numpy's OpenBLAS keeps a second core spinning after each product (docs/speed.md); it looks for this while it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251
