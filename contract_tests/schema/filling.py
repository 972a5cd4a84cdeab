"""What stands in the place of generated ids, credentials and files: things that the server has.

A function an operation. `fresh` says that the request may succeed and use the thing up: it gets one of its own.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Collection
from typing import Final

from contract_tests.client import sign
from contract_tests.document import Operation
from contract_tests.portal import COOKIE, SAME_SITE
from contract_tests.schema.draft import Draft, Values
from contract_tests.schema.form import Form
from contract_tests.schema.scene import PNG, Scene
from contract_tests.target import Login

Filling = Callable[[Scene, bool], Values]

EVERYBODYS: Final = {
    "set_operator_status": "the operator's status",
    "order_tenants": "the order of the operator's tabs",
    "mute_tenant": "what the operator has muted",
}
"""Operations that change what is there for everybody: judged on servers of our own only."""
UNREACHED: Final = ("portal_resend_delivery",)
"""Operations that succeed for nobody who cannot wait for hours: a delivery must have ended. Others' ids are 404."""
ONCE: Final = {"portal_create_project": 1, "login": 3, "portal_sign_in": 3, "logout": 2}
"""How often an allowed request is sent at most: there is a quota, or a password to be hashed."""
LONGEST_KEY: Final = 100


def fill(scene: Scene, form: Form, operation: Operation, draft: Draft, given: Collection[str] = ()) -> None:
    """Put real things where the case has some that the document allows, but in the `given` places.

    Raises NotJudged where there are none.
    """
    make = FILLINGS.get(operation.id)
    if make is not None:
        form.fill(draft, make(scene, draft.allowed), given)
    form.fill(draft, {"header/Idempotency-Key": lambda key: f"{key[:LONGEST_KEY]}-{scene.client.visitor()}"})
    if operation.id == "set_customer_info":
        _sign(scene, draft)
    visitor = _text(draft, "body/ziyaretci_id") or _text(draft, "query/ziyaretci_id")
    form.fill(draft, {"header/X-Ziyaretci-Token": scene.token(visitor)})


def credentials(scene: Scene, operation: Operation, draft: Draft, login: Login | None = None) -> dict[str, str]:
    """Headers that say who asks, unless it is the case that nobody does; `login` in the place of our operator."""
    given = dict(SAME_SITE) if operation.path.startswith("/portal/") else {}
    for name in schemes(operation):
        if draft.parameter != SCHEMES[name]:
            given |= _credential(scene, operation, name, login)
    return given


def schemes(operation: Operation) -> set[str]:
    """The security schemes that a call needs."""
    return {name for one in operation.node.get("security", [{"operatorToken": []}]) for name in one}


def left_out(operation: Operation, draft: Draft) -> set[str]:
    """The credentials that are missing because that is the case."""
    return {SCHEMES[name] for name in schemes(operation)} & {draft.parameter}


SCHEMES: Final = {
    "widgetKey": "X-API-Key",
    "operatorToken": "Authorization",
    "portalSession": COOKIE,
    "portalManager": COOKIE,
}


def _credential(scene: Scene, operation: Operation, scheme: str, login: Login | None) -> dict[str, str]:
    target = scene.target
    if scheme == "widgetKey":
        origin = {"Origin": target.tenant.origin} if target.tenant.origin else {}
        return {"X-API-Key": target.tenant.key} | origin
    if scheme == "operatorToken":
        if operation.id == "logout":
            return {"Authorization": f"Bearer {scene.fresh_token()}"}
        usual = target.manager if operation.id == "erase_visitor" else target.operator
        return {"Authorization": f"Bearer {scene.client.token(login or usual)}"}
    if operation.id == "portal_sign_out":
        browser = scene.signed_in(scene.portal_login())
    elif operation.method == "GET" and scheme == "portalSession" and not target.owned:
        browser = scene.reader()
    else:
        browser = scene.browser()
    return browser.headers()


def _text(draft: Draft, place: str) -> str:
    value = draft.get(place) if draft.has(place) else None
    return value if isinstance(value, str) else ""


def _sign(scene: Scene, draft: Draft) -> None:
    """A right signature where a signed call is allowed."""
    if not draft.allowed or not draft.has("body/signature"):
        return
    email = draft.get("body/email") if draft.has("body/email") else None
    now = scene.now()
    draft.put("body/timestamp", now)
    draft.put("body/signature", sign(scene.target.tenant.secret, draft.get("body/ziyaretci_id"), email, now))


# The visitor's


def _visitor(scene: Scene, fresh: bool) -> Values:
    return {"body/ziyaretci_id": scene.visitor()}


def _own_visitor(scene: Scene, fresh: bool) -> Values:
    return {"body/ziyaretci_id": lambda made: f"{scene.client.visitor()}{made}"[:128]}


def _upload(scene: Scene, fresh: bool) -> Values:
    return {"body/ziyaretci_id": scene.visitor(), "body/dosya": PNG}


def _message(scene: Scene, fresh: bool) -> Values:
    visitor, chat = scene.talk()
    own = scene.client.visitor()
    return {
        "body/ziyaretci_id": visitor,
        "body/oturum_id": chat,
        "body/dosya_id": lambda made: scene.file(),
        "body/istemci_mesaj_id": lambda made: f"{own}-{made}"[:64],
    }


def _poll(scene: Scene, fresh: bool) -> Values:
    visitor, chat = scene.talk()
    return {"query/ziyaretci_id": visitor, "query/oturum_id": chat, "path/id": chat, "query/bekle": 0}


def _end(scene: Scene, fresh: bool) -> Values:
    visitor, chat = scene.chat(fresh=fresh)
    return {"body/ziyaretci_id": visitor, "body/oturum_id": chat}


def _rate(scene: Scene, fresh: bool) -> Values:
    visitor, chat = scene.closed(fresh=fresh)
    return {"body/ziyaretci_id": visitor, "body/oturum_id": chat}


def _create_ticket(scene: Scene, fresh: bool) -> Values:
    visitor = scene.visitor()
    return {"body/ziyaretci_id": visitor, "body/dosyalar": lambda made: [scene.file()][: len(made)]}


def _ticket(scene: Scene, fresh: bool) -> Values:
    visitor, ticket = scene.ticket()
    return {
        "path/id": ticket,
        "query/ziyaretci_id": visitor,
        "body/ziyaretci_id": visitor,
        "body/dosyalar": lambda made: [scene.file()][: len(made)],
    }


def _article(scene: Scene, fresh: bool) -> Values:
    return {"path/slug": scene.slug()}


def _screenshot(scene: Scene, fresh: bool) -> Values:
    return {
        "body/ziyaretci_id": scene.visitor(),
        "body/goruntu": f"data:image/png;base64,{b64encode(PNG).decode()}",
    }


def _customer(scene: Scene, fresh: bool) -> Values:
    return {
        "body/ziyaretci_id": lambda made: f"{scene.client.visitor()}{made}"[:128],
        "body/trial_bitis": lambda made: None if made is None else "2030-02-28" + str(made)[10:],
    }


# The operator's


def _tenant(scene: Scene, fresh: bool) -> Values:
    tenant = scene.tenant_id()
    return {"query/musteri_id": tenant, "path/musteriId": tenant, "body/musteri_id": tenant, "body/dosya": PNG}


def _waiting_chat(scene: Scene, fresh: bool) -> Values:
    return {"path/id": scene.chat(fresh=fresh)[1], "body/operator_id": scene.client.operator_id()}


def _operator_message(scene: Scene, fresh: bool) -> Values:
    own = scene.client.visitor()
    return {
        "path/id": scene.taken(),
        "body/dosya_id": lambda made: scene.operator_file(),
        "body/istemci_mesaj_id": lambda made: f"{own}-{made}"[:64],
    }


def _operator_ticket(scene: Scene, fresh: bool) -> Values:
    return {"path/id": scene.ticket()[1], "body/dosyalar": lambda made: [scene.operator_file()][: len(made)]}


def _ticket_status(scene: Scene, fresh: bool) -> Values:
    return {"path/id": scene.status_ticket()}


def _status(scene: Scene, fresh: bool) -> Values:
    return {"body/durum": scene.state()}


def _order(scene: Scene, fresh: bool) -> Values:
    return {"body/order": [tab["id"] for tab in scene.tabs()]}


def _mute(scene: Scene, fresh: bool) -> Values:
    tab = scene.tabs()[0]
    return {"path/musteriId": tab["id"], "body/sessize": tab["sessize_alindi"]}


def _context(scene: Scene, fresh: bool) -> Values:
    return {"path/ziyaretci_id": scene.visitor(), "query/musteri_id": scene.tenant_id()}


def _erase(scene: Scene, fresh: bool) -> Values:
    return {"path/ziyaretci_id": scene.doomed(fresh=fresh), "query/musteri_id": scene.tenant_id()}


def _login(scene: Scene, fresh: bool) -> Values:
    scene.client.token()  # another one that lives on keeps the operator online
    return {"body/email": scene.target.operator.email, "body/sifre": scene.target.operator.password}


# The portal's


def _sign_in(scene: Scene, fresh: bool) -> Values:
    login = scene.portal_login()
    return {"body/email": login.email, "body/sifre": login.password}


def _project(scene: Scene, fresh: bool) -> Values:
    return {"path/musteriId": scene.project()}


def _add_origin(scene: Scene, fresh: bool) -> Values:
    return {"body/origin": lambda made: f"{made[:4]}s://{scene.client.visitor()}.example.com"}


def _remove_origin(scene: Scene, fresh: bool) -> Values:
    return {"query/origin": scene.origin(fresh=fresh)}


def _webhook(scene: Scene, fresh: bool) -> Values:
    return {"body/url": f"https://{scene.client.visitor()}.example.com/webhook"}


# Files


def _file(scene: Scene, fresh: bool) -> Values:
    return {"path/dosya_id": scene.file()}


def _logo(scene: Scene, fresh: bool) -> Values:
    return {"path/musteriId": scene.logo()}


FILLINGS: Final[dict[str, Filling]] = {
    "login": _login,
    "widget_init": _own_visitor,
    "start_chat": _own_visitor,
    "send_visitor_message": _message,
    "list_visitor_messages": _poll,
    "end_chat": _end,
    "rate_chat": _rate,
    "create_ticket": _create_ticket,
    "list_tickets": _ticket,
    "get_ticket": _ticket,
    "reply_ticket": _ticket,
    "upload_file": _upload,
    "get_article": _article,
    "list_chats": _tenant,
    "list_operator_messages": _poll,
    "send_operator_message": _operator_message,
    "transfer_chat": _waiting_chat,
    "close_chat": _waiting_chat,
    "accept_chat": _waiting_chat,
    "list_operator_tickets": _tenant,
    "get_operator_ticket": _operator_ticket,
    "reply_operator_ticket": _operator_ticket,
    "set_ticket_status": _ticket_status,
    "upload_operator_file": _tenant,
    "set_operator_status": _status,
    "list_canned_responses": _tenant,
    "order_tenants": _order,
    "mute_tenant": _mute,
    "list_tenant_operators": _tenant,
    "set_customer_info": _customer,
    "add_page_view": _visitor,
    "add_error_log": _visitor,
    "add_screenshot": _screenshot,
    "get_visitor_context": _context,
    "erase_visitor": _erase,
    "portal_choose_project": _project,
    "portal_sign_in": _sign_in,
    "portal_add_origin": _add_origin,
    "portal_remove_origin": _remove_origin,
    "portal_set_webhook": _webhook,
    "download_file": _file,
    "download_logo": _logo,
}
