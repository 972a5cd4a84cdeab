"""The portal's sessions: signing in and out, the cookie, where requests come from; how long tokens last."""

from contract_tests.catalogue.rule import rule

_IN, _OUT = "portal_sign_in", "portal_sign_out"
rule(
    "session.sign_in",
    "The right password, as JSON or as a form, opens a session; the sign-in page tells whose it is.",
    f"{_IN} portal_sign_in_form portal_list_projects",
)
rule("session.cookie", "The session's cookie is HttpOnly, SameSite=Lax, and on https Secure.", f"{_IN} {_OUT}")
rule(
    "session.rotated",
    "Signing in gives another cookie and ends the old session; one that the server never gave is not taken over.",
    _IN,
)
rule("session.alike", "Wrong email and wrong password answer alike at the portal, and open no session.", _IN)
rule("session.sign_out", "Signing out is a POST that ends the session on the server and empties the cookie.", _OUT)
rule("session.own", "Each browser has a session of its own: one that ends leaves the others.", f"{_IN} {_OUT}")
rule(
    "session.source",
    "A request that changes something without proof that it comes from the portal's own pages is 403"
    " kaynak_dogrulanmadi, whatever its body.",
    f"{_IN} {_OUT} portal_choose_project portal_create_project",
)
rule(
    "session.proof",
    "Sec-Fetch-Site: same-origin is proof, and so is the portal's own Origin; reading needs none.",
    f"{_IN} portal_list_projects portal_list_my_projects",
)
rule("cors.portal", "Portal answers have no CORS headers.", f"{_IN} portal_list_projects")
rule(
    "session.throttle",
    "After 10 failures with an email in 15 minutes, at both doors together, it is 429 with Retry-After and RateLimit.",
    f"login {_IN}",
    needs=("owned",),
)
rule("session.expiry", "A session ends 12 hours after its sign-in.", f"{_IN} portal_list_projects", needs=("clock",))
rule("token.expiry", "A token ends 30 days after its login.", "login get_operator_status", needs=("clock",))
