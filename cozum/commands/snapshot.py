"""`cozum snapshot`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from cozum.control import DEFAULT_URL, ControlClient, NobodyThere, Sandbox, Url
from cozum.errors import UsageError
from cozum.files import write_whole
from cozum.state import count_words


def snapshot(
    action: Annotated[Literal["save", "load", "list"], Parameter(help="What to do.")],
    name: Annotated[str | None, Parameter(help="The snapshot: NAME.yaml in the folder.")] = None,
    /,
    *,
    folder: Annotated[Path, Parameter(name="--dir", help="The folder of the files.")] = Path("snapshots"),
    url: Url = DEFAULT_URL,
    sandbox: Sandbox = None,
) -> None:
    """Save and load the state of a running mock."""
    if action == "list":
        if name is not None:
            raise UsageError("`list` takes no name")
        _list(folder)
        return
    if name is None:
        raise UsageError(f"`{action}` needs a name, such as `cozum snapshot {action} before-checkout`")
    client = ControlClient(url, sandbox)
    if action == "save":
        _save(client, _file(folder, name))
    else:
        _load(client, folder, name)


def _file(folder: Path, name: str) -> Path:
    stem = name.removesuffix(".yaml")
    if not stem or stem.startswith(".") or any(one in "/\\" or not one.isprintable() for one in stem):
        raise UsageError(f"{name!a}: a name without `/`, which becomes a file in {folder} (--dir names another folder)")
    return folder / f"{stem}.yaml"


def _save(client: ControlClient, path: Path) -> None:
    from cozum.state import counts_of

    content = b"".join(client.parts("GET", "/state", query={"format": "yaml"}, longer=60))
    counts = counts_of(content)
    if counts is None:
        raise client.unknown()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
    write_whole(path, [content])
    print(f"wrote {path}: {count_words(counts)}")


def _load(client: ControlClient, folder: Path, name: str) -> None:
    from cozum.state import SNAPSHOT_MARK, nearest_file

    path = _file(folder, name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: {(error.strerror or str(error)).lower()}{nearest_file(path, SNAPSHOT_MARK)}"
        ) from None
    try:
        told = client.call("PUT", "/state", content, longer=600, media_type="application/yaml")
    except NobodyThere:
        raise
    except UsageError as refused:
        raise UsageError(f"{path}: {refused}") from None
    try:
        print(f"loaded {path}: {count_words(told['satirlar'])}")
    except (KeyError, TypeError, AttributeError):
        raise client.unknown() from None


def _list(folder: Path) -> None:
    from cozum.state import describe_file

    files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not files:
        print(f"no snapshots in {folder} (`cozum snapshot save NAME` writes one)")
    width = max([len(path.stem) for path in files], default=0)
    for path in files:
        print(f"{path.stem:{width}}  {describe_file(path)}")
