"""The shapes of requests and answers: the Turkish wire name beside each English attribute.

One Struct a schema of `openapi.yaml`, of the same name; a test compares the two property by property. Nothing
leaves that is not in a shape. `ARGUMENTS` does the same for parameters. One module a noun; all names are here.
"""

from impl.wire.arguments import *
from impl.wire.articles import *
from impl.wire.base import *
from impl.wire.browser import *
from impl.wire.campaigns import *
from impl.wire.chats import *
from impl.wire.dashboard import *
from impl.wire.erasure import *
from impl.wire.events import *
from impl.wire.files import *
from impl.wire.members import *
from impl.wire.people import *
from impl.wire.portal import *
from impl.wire.tickets import *
from impl.wire.visitors import *
from impl.wire.webhooks import *
