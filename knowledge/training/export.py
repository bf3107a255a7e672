"""Exports the trained encoder as a fused, int8 ONNX file with everything else that serving reads.

The result is kept in one folder with a note of the hash of what it was made from, so that a second start finds it
and a change of bank, adapter or exporting code makes it anew.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from typing_extensions import override

from knowledge.search.runtime import onnxruntime
from knowledge.training.bank import BANK
from knowledge.training.matters import export_matters
from knowledge.training.model import DIMENSIONS, Recogniser
from knowledge.training.recogniser import export_recogniser
from knowledge.training.train import ADAPTER


class _SentenceVector(nn.Module):
    """The merged backbone with mean pooling and normalisation, as one graph."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone

    @override
    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        states = self.backbone(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return nn.functional.normalize(pooled, dim=-1)


def load_trained(adapter: Path = ADAPTER) -> Recogniser:
    """Build the recogniser and load a saved adapter into it."""
    note = json.loads((adapter / "adapter.json").read_text(encoding="utf-8"))
    model = Recogniser(len(note["topics"]), rank=note["rank"])  # without the head that only teaches
    state = {name: value.float() for name, value in load_file(str(adapter / "adapter.safetensors")).items()}
    missing = model.load_state_dict(state, strict=False)
    if missing.unexpected_keys:
        raise ValueError(f"the adapter does not fit the model: {missing.unexpected_keys[:3]}")
    return model.eval()


def export_encoder(model: Recogniser, folder: Path) -> None:
    """Write ``encoder.fp32.onnx``, ``encoder.onnx`` (int8) and ``tokenizer.json``."""
    # Only after `knowledge.search.runtime` has switched its telemetry off, imported above.
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer as graph_optimizer

    merged: Any = model.backbone.merge_and_unload()
    # onnxruntime fuses the plain attention graph only, not torch's scaled_dot_product_attention.
    merged.config._attn_implementation = "eager"  # noqa: SLF001 - transformers 5 has no public setter
    wrapped = _SentenceVector(merged).eval()
    example = model.tokenizer(["may I post this photo?", "two administrators"], padding=True, return_tensors="pt")
    raw, fused = folder / "raw.onnx", folder / "encoder.fp32.onnx"
    with warnings.catch_warnings():
        # The tracing exporter is the one whose graph onnxruntime's BERT fusion knows; torch warns of its age.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            wrapped,
            (example["input_ids"], example["attention_mask"]),
            str(raw),
            input_names=["input_ids", "attention_mask"],
            output_names=["vector"],
            dynamic_axes={
                "input_ids": {0: "texts", 1: "tokens"},
                "attention_mask": {0: "texts", 1: "tokens"},
                "vector": {0: "texts"},
            },
            opset_version=17,
            dynamo=False,
        )
    optimised = graph_optimizer.optimize_model(
        str(raw), model_type="bert", num_heads=12, hidden_size=DIMENSIONS, opt_level=1
    )
    optimised.save_model_to_file(str(fused))
    raw.unlink()
    quantize_dynamic(
        str(fused),
        str(folder / "encoder.onnx"),
        weight_type=QuantType.QInt8,
        per_channel=True,
        # onnxruntime 1.31: shape inference does not know the fused operators, so their type has to be told.
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )
    model.tokenizer.save_pretrained(folder / "tokenizer")
    shutil.copy(folder / "tokenizer" / "tokenizer.json", folder / "tokenizer.json")
    shutil.rmtree(folder / "tokenizer")


def made_from(adapter: Path = ADAPTER) -> str:
    """Name what the exported model is made from: adapter, bank and the code that exports."""
    accumulator = hashlib.sha256()
    code = Path(__file__).parent
    sources = [
        *sorted(adapter.glob("adapter.*")),
        *sorted(BANK.rglob("*.txt")),
        *sorted(BANK.rglob("*.toml")),
        code / "bank.py",
        code / "export.py",
        code / "matters.py",
        code / "model.py",
        code / "posts.py",
        code / "recogniser.py",
        code.parent / "checking" / "post.py",
        code.parent / "search" / "wordpieces.py",
    ]
    for source in sources:
        accumulator.update(source.name.encode())
        accumulator.update(source.read_bytes())
    return accumulator.hexdigest()


def prepare(folder: Path, *, adapter: Path = ADAPTER, with_held_out: bool = True) -> bool:
    """Make the model that serving runs, unless the folder already holds the current one.

    Returns
    -------
    bool
        True where the model was made, False where it was there.
    """
    wanted = {"runtime": onnxruntime.__version__, "made_from": made_from(adapter), "with_held_out": with_held_out}
    note = folder / "manifest.json"
    if note.exists() and json.loads(note.read_text(encoding="utf-8")) == wanted:
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made aside and moved into place: whoever is interrupted leaves no half model behind.
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        made = Path(aside) / "model"
        made.mkdir()
        model = load_trained(adapter)
        export_encoder(model, made)
        export_recogniser(model, made, with_held_out=with_held_out)
        export_matters(made, with_held_out=with_held_out)
        (made / "manifest.json").write_text(json.dumps(wanted), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        shutil.move(str(made), str(folder))
    return True


def main() -> None:
    """Prepare the model from the command line."""
    parser = argparse.ArgumentParser(
        description="Prepare the model that serving runs; does nothing where it is current."
    )
    parser.add_argument("--to", type=Path, default=Path("var/model"))
    parser.add_argument("--adapter", type=Path, default=ADAPTER)
    parser.add_argument("--without-held-out", action="store_true", help="leave the held-out part of the bank out")
    arguments = parser.parse_args()
    made = prepare(arguments.to, adapter=arguments.adapter, with_held_out=not arguments.without_held_out)
    print(f"model {'prepared' if made else 'is current'} in {arguments.to}")


if __name__ == "__main__":
    main()
