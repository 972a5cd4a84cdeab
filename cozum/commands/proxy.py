"""`cozum proxy`"""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from cozum.commands.mock import AllowHost, Document, Host, Port
from cozum.errors import UsageError

if TYPE_CHECKING:
    import ssl

    from mocks.proxy.address import Address
    from mocks.proxy.app import Proxy
    from mocks.tape import Tape


def proxy(
    server: Annotated[str, Parameter(help="The live server, as https://staging.example.")],
    /,
    *,
    port: Port = 8080,
    host: Host = "127.0.0.1",
    document: Document = None,
    errors: Annotated[
        bool, Parameter(negative=(), help="Answer 422 or 502 in the place of what breaks the contract.")
    ] = False,
    record: Annotated[
        Path | None, Parameter(help="Write each exchange to this new file (HAR 1.2), for `cozum mock --replay`.")
    ] = None,
    record_secrets: Annotated[bool, Parameter(negative=(), help="Record tokens, cookies and passwords too.")] = False,
    timeout: Annotated[float, Parameter(help="Seconds that the server may say nothing.")] = 90.0,
    insecure: Annotated[bool, Parameter(negative=(), help="Believe any certificate.")] = False,
    ca: Annotated[Path | None, Parameter(help="PEM file of authorities to believe beside the usual ones.")] = None,
    quiet: Annotated[bool, Parameter(negative=(), help="Print only what breaks the contract.")] = False,
    control_anywhere: Annotated[
        bool, Parameter(negative=(), help="Other machines may call the control API (/_mock) too.")
    ] = False,
    allow_host: AllowHost = None,
) -> None:
    """Pass requests on to a live server, and hold both sides against the contract."""
    from cozum.callers import read_callers
    from cozum.server import bind, configuration, run
    from cozum.start import read_settings
    from cozum.telling import tell, tell_only_faults
    from impl.contract.document import DocumentError
    from mocks.proxy.app import Proxy, only_contract
    from mocks.proxy.upstream import Upstream

    if record_secrets and record is None:
        raise UsageError("--record-secrets says what --record FILE writes: it needs one")
    if not 0 < timeout <= 3600:
        raise UsageError(f"--timeout {timeout:g}: must be more than 0 and 3600 seconds at most")
    address = _address(server)
    callers = read_callers(allow_host or (), anywhere=control_anywhere)
    trusted = _trusted(address, ca, insecure=insecure)
    listener = bind(host, port)
    _check_circle(address, listener)
    try:
        upstream = Upstream(address, trusted, seconds=timeout)
        application = only_contract(read_settings(document, "memory://", demo=False))
        tape = None if record is None else _begin(record, secrets=record_secrets)
        made = Proxy(
            application,
            upstream,
            tell_only_faults if quiet else tell,
            errors=errors,
            tape=tape,
            callers=callers,
        )
    except DocumentError as error:
        raise UsageError(str(error)) from None
    how = configuration(made.app, date_header=False)
    run(how, listener, made, lambda: _greet(listener, made, address, record))


def _address(server: str) -> Address:
    from mocks.proxy.address import NoAddress, read_address

    try:
        return read_address(server)
    except NoAddress as error:
        raise UsageError(str(error)) from None


def _trusted(address: Address, ca: Path | None, *, insecure: bool) -> ssl.SSLContext | None:
    from mocks.proxy.connections import trusting

    if ca is not None and insecure:
        raise UsageError("--ca says whom to believe, --insecure to believe anybody: only one of them")
    if not address.is_secure:
        if ca is not None or insecure:
            raise UsageError(f"{address.shown} has no certificate: --ca and --insecure are for https")
        return None
    try:
        return trusting(ca, insecure=insecure)
    except OSError as error:
        reason = "no PEM certificates in it" if type(error).__name__ == "SSLError" else error.strerror
        raise UsageError(f"--ca {ca}: {reason}") from None


def _check_circle(address: Address, listener: socket.socket) -> None:
    """Raises UsageError for a server that would be this proxy itself."""
    from ipaddress import ip_address

    own_host, own_port = listener.getsockname()[:2]
    anywhere = ip_address(own_host).is_unspecified
    with suppress(OSError):  # a name that cannot be found now may be found later
        found = socket.getaddrinfo(address.url.host, address.port, type=socket.SOCK_STREAM)
        hosts = {str(sockaddr[0]) for *_, sockaddr in found}
        is_own = own_host in hosts or (anywhere and any(ip_address(one.partition("%")[0]).is_loopback for one in hosts))
        if is_own and address.port == own_port:
            raise UsageError(f"{address.shown} is where this proxy listens: choose another --port")


def _begin(path: Path, *, secrets: bool) -> Tape:
    from mocks.tape import Tape

    try:
        return Tape(path, secrets=secrets)
    except FileExistsError:
        raise UsageError(f"--record {path}: is there already, and is not written over; name another file") from None
    except OSError as error:
        raise UsageError(f"--record {path}: {(error.strerror or str(error)).lower()}") from None


def _greet(listener: socket.socket, made: Proxy, address: Address, record: Path | None) -> None:
    from cozum import __version__

    host, port = listener.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    lines = [
        f"cozum {__version__} proxy listens on {url}",
        f"  Passes on to  {address.shown}",
        f"  Contract      {len(made.application.plans)} operations",
        f"  Journal       {url}/_mock/journal, or `cozum log -f{'' if port == 8080 else f' --url {url}'}`",
    ]
    if record is not None:
        lines.append(f"  Records into  {record}")
    with suppress(OSError):
        print("\n".join([*lines, "", "Ctrl-C ends it."]), flush=True)
