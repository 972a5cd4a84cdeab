"""Campaigns on the pages that they are for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from impl.store.port import Tx
from impl.tests.client import DEMO_KEY, ESNAF_KEY, Client
from impl.tests.store.of_knowledge import campaign
from impl.tests.store.rows import at


def write(client: Client, *rows: Any) -> None:
    """Put campaigns there."""

    async def work(tx: Tx) -> None:
        for row in rows:
            await tx.put_campaign(row)

    client.change(work)


def shown(client: Client, key: str = DEMO_KEY, **query: str) -> list[int]:
    reply = client.call("GET", f"/api/v1/widget/campaigns?{urlencode(query)}", key=key)
    return [one["id"] for one in reply.data["kampanyalar"]]


def test_only_campaigns_of_the_page_are_shown_when_it_is_told(client: Client) -> None:
    assert shown(client, ESNAF_KEY) == [2]
    assert shown(client, ESNAF_KEY, sayfa_url="https://PratikEsnaf.com") == [2]
    assert shown(client, ESNAF_KEY, sayfa_url="https://pratikesnaf.com/sepet?a=1#alt") == [2]
    assert shown(client, ESNAF_KEY, sayfa_url="http://pratikesnaf.com/") == []
    assert shown(client, DEMO_KEY, sayfa_url="https://siteniz.com/") == [1]


def test_a_campaign_runs_from_its_start_until_before_its_end(client: Client) -> None:
    write(client, campaign(9, 10, ends_at=at(20)))
    seen = []
    for seconds in (9, 1, 9, 1):
        client.clock.advance(seconds=seconds)
        seen.append(9 in shown(client))
    assert seen == [False, True, True, False]


def test_inactive_ones_and_other_tenants_are_left_out(client: Client) -> None:
    write(client, campaign(8, active=False), campaign(9, tenant_id=3))
    assert shown(client) == [1]


def test_the_last_started_comes_first_and_a_hundred_at_most(client: Client) -> None:
    write(client, *[campaign(n, -(n // 2), target="https://a.com/*" if n % 2 else None) for n in range(10, 230)])
    assert shown(client)[:3] == [11, 10, 13]
    assert len(shown(client)) == 100
    assert shown(client, sayfa_url="https://b.com/") == [*range(10, 210, 2)]


@pytest.mark.parametrize("url", ["", "siteniz.com", "ftp://siteniz.com", "https://a b", "https://a.com/" + "a" * 2000])
def test_a_page_that_is_no_address_is_refused(client: Client, url: str) -> None:
    reply = client.call("GET", f"/api/v1/widget/campaigns?{urlencode({'sayfa_url': url})}", key=DEMO_KEY)
    assert reply.fields == ["/sayfa_url"]


def test_a_key_and_an_origin_are_needed(client: Client) -> None:
    assert client.call("GET", "/api/v1/widget/campaigns?sayfa_url=x").status == 401
    reply = client.call("GET", "/api/v1/widget/campaigns?sayfa_url=x", key=ESNAF_KEY, headers={"Origin": "null"})
    assert reply.status == 403
