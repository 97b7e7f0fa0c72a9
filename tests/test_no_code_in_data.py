"""Nothing that MetaFace reads can run code: no pickle and the like, no eval, no shell; looked for in the syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import metaface_gui

pytestmark = pytest.mark.long

PACKAGE = Path(metaface_gui.__file__).parent

MODULES = frozenset(
    {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "jsonpickle", "marshal", "shelve", "joblib", "yaml", "code"}
)
BUILTINS = frozenset({"eval", "exec", "compile", "__import__"})
LOADERS = {
    "torch.load": ("weights_only", True),
    "np.load": ("allow_pickle", False),
    "numpy.load": ("allow_pickle", False),
}
"""Functions that unpickle unless they are told not to, and the argument that tells them."""
CALLS = frozenset({"os.system", "os.popen", "torch.jit.load", "torch.hub.load", "pickle.load", "runpy.run_path"})

ALLOWED = {
    # A process of `metaface recognize` hands its adapted classifier to the processes that it starts itself, the way
    # `multiprocessing` hands over everything else; it never touches a file.
    ("cli/recognize_many.py", "import pickle"),
    ("engine/batch/video_recognition.py", "import pickle"),
    # The same between computers: whoever reaches a Dask scheduler can run code there anyway, so that takes TLS;
    # what comes back is authenticated with the run's key before it is read. No file is.
    ("engine/batch/cluster_task.py", "import pickle"),
    # The name of an exception.
    ("pipeline/embedding/inception_resnet_v1.py", "from pickle import UnpicklingError"),
}


def findings(source: str) -> Iterator[str]:
    """Say what in a module could run code that came as data."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names) if any(name.name.partition(".")[0] in MODULES for name in names):
                yield ast.unparse(node)
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in MODULES:
                yield ast.unparse(node)
            case ast.Call(func=ast.Name(id=name)) if name in BUILTINS:
                yield f"{name}()"
            case ast.Call(func=ast.Attribute() as function, keywords=keywords):
                name = ast.unparse(function)
                given = {word.arg: ast.unparse(word.value) for word in keywords}
                if name in CALLS or given.get("shell", "False") != "False":
                    yield f"{name}()"
                elif name in LOADERS:
                    argument, value = LOADERS[name]
                    safe_without = argument == "allow_pickle" and argument not in given  # NumPy's default since 1.16.3
                    if not safe_without and given.get(argument) != str(value):
                        yield f"{name}() without {argument}={value}"


def test_no_module_runs_what_it_reads() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    assert len(files) > 100
    found = {
        (file.relative_to(PACKAGE).as_posix(), finding)
        for file in files
        for finding in findings(file.read_text("utf-8"))
    }
    assert found - ALLOWED == set()
    assert ALLOWED - found == set(), "what is allowed is no longer there"


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "import os, marshal as m",
        "from shelve import open",
        "from yaml import load",
        "eval(text)",
        "exec(text)",
        "import torch; torch.load(path)",
        "import torch; torch.load(path, weights_only=False)",
        "import torch; torch.load(path, weights_only=flag)",
        "np.load(path, allow_pickle=True)",
        "import subprocess; subprocess.run(text, shell=True)",
        "os.system(text)",
        "def f():\n    class A:\n        x = [eval(y) for y in z]",
    ],
)
def test_each_way_is_found(source: str) -> None:
    assert list(findings(source))


@pytest.mark.parametrize(
    "source",
    [
        "model.eval()",
        "app.exec()",
        "torch.load(path, map_location='cpu', weights_only=True)",
        "np.load(path)",
        "np.load(path, allow_pickle=False)",
        "subprocess.run(arguments, check=False)",
        "re.compile(pattern)",
        "import json, picklewood",
    ],
)
def test_what_is_harmless_is_not(source: str) -> None:
    assert list(findings(source)) == []
