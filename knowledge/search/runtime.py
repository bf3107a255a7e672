"""onnxruntime, with its telemetry switched off before it is loaded.

From 1.31 on, onnxruntime's Linux build keeps a device id under the user's cache folder and reports events to
``mobile.events.data.microsoft.com``. Nothing may leave the district's machine, so whoever needs onnxruntime imports
it from here. A test asserts that an answer leaves nothing behind in the home folder.
"""

import os

# Set, not read: the library looks for it while it is being loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # noqa: TID251

import onnxruntime

onnxruntime.disable_telemetry_events()

__all__ = ["onnxruntime"]
