"""Operators who come and go while chats go on: needs a server where nobody else is any of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from contract_tests.machine.cast import Site, Staff
from contract_tests.machine.life import Run, in_between, step
from contract_tests.machine.queue import ANY, QueueLife

STATES = st.sampled_from(["cevrimdisi", "cevrimici", "mesgul", "cevrimdisi"])


class PresenceLife(QueueLife):
    """The life of chats, with operators who go offline and come back."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.found: dict[Staff, str] = {}
        """As they were before."""
        self.states: dict[Staff, str] = {}
        self.signed_in = False
        self.is_unsure = False
        """Whether somebody's state may have changed."""
        for staff in self.cast.staff:
            self.found[staff] = self.ask(staff, "GET", "status").data["durum"]
            self.ask(staff, "PUT", "status", body={"durum": "cevrimdisi"}).succeeded()
            self.states[staff] = "cevrimdisi"

    def site(self, number: int) -> Site:
        return self.cast.sites[number % len(self.cast.sites)]

    @rule(who=ANY, state=STATES)
    @step
    def go(self, who: int, state: str) -> None:
        staff = self.somebody(who)
        self.begin(f"{staff.told} goes {state}")
        answer = self.ask(staff, "PUT", "status", body={"durum": state})
        self.refused(None, answer, 200)
        self.must([] if answer.data["durum"] == state else [f"durum {state}"], answer)
        self.states[staff] = state
        self.is_unsure = True
        if state == "cevrimdisi":
            self.left(staff)

    def left(self, staff: Staff) -> None:
        """Their chats wait again."""
        for chat in self.chats:
            if chat.state == "aktif" and chat.owner == staff:
                self.touched = chat
            chat.lose(staff)
        self.is_moved = True

    @rule()
    @step
    def take_all(self) -> None:
        """Whatever waits is accepted by whoever has the fewest chats."""
        self.begin("all chats that wait are accepted")
        for chat in self.chats:
            takers = [staff for staff in self.cast.takers if chat.reached_by(staff)]
            if chat.state == "bekliyor" and takers:
                staff = min(takers, key=lambda one: sum(mine.owner == one for mine in self.chats))
                self.changed(chat, chat.accept(staff), self.ask(staff, "POST", f"chat/{chat.id}/accept"))

    @precondition(lambda machine: not machine.signed_in)
    @rule(who=ANY)
    @step
    def sign_in_elsewhere(self, who: int) -> None:
        """A second session comes and goes: neither changes anything. Once, for passwords take their time."""
        self.signed_in = True
        staff = self.somebody(who)
        self.begin(f"{staff.told} signs in on another device, and out again")
        self.is_unsure = True
        token = self.client.login(staff.login).data["token"]
        answer = self.client.call("POST", "/api/v1/auth/logout", token=token)
        self.refused(None, answer, 200)
        state = self.states[staff]
        self.must([] if answer.data["durum"] == state else [f"durum {state}"], answer)

    @invariant()
    @step
    def status_is_kept(self) -> None:
        if not self.is_unsure:
            return
        self.is_unsure = False
        for staff, state in self.states.items():
            answer = self.ask(staff, "GET", "status")
            self.must([] if answer.data["durum"] == state else [f"durum {state} of {staff.told}"], answer)

    @precondition(in_between)
    @rule(who=ANY, site=ANY)
    @step
    def look_around(self, who: int, site: int) -> None:
        """Colleagues and visitors see who is there."""
        there = self.site(site)
        members = [staff for staff in self.cast.staff if there.id in staff.tenants]
        if not members:
            return
        staff = members[who % len(members)]
        self.begin(f"{staff.told} looks who is there of {there.told}")
        answer = self.ask(staff, "GET", f"tenants/{there.id}/operators", query={"limit": 100})
        shown = {one["id"]: one for one in answer.data["operatorler"]}
        for member in members:
            self.must(self.faults_of(member, there, shown.get(member.id)), answer)
        self.seen_from_outside(there, {one["durum"] for one in shown.values()})

    def faults_of(self, staff: Staff, site: Site, shown: Any) -> list[str]:
        """What of an operator, as colleagues see them, is not so."""
        if shown is None:
            return [f"{staff.told}, {staff.id}"]
        mine = [chat for chat in self.chats if chat.owner == staff and chat.state == "aktif"]
        count = sum(chat.visitor.site == site for chat in mine)
        pairs = [("durum", self.states[staff]), ("aktif_sohbet_sayisi", count)]
        return [f"{name} {value} of {staff.told}" for name, value in pairs if shown[name] != value]

    def seen_from_outside(self, site: Site, states: set[str]) -> None:
        """`cevrimici` of widget/init; whether somebody who is busy counts, the contract does not say."""
        visitor = next(one for one in self.visitors if one.site == site)
        init = self.client.init(visitor.id, site.tenant)
        expected = True if "cevrimici" in states else False if states == {"cevrimdisi"} else init.data["cevrimici"]
        self.must([] if init.data["cevrimici"] is expected else [f"cevrimici {expected}"], init)

    def leave(self) -> None:
        """Leave no chat open, and everybody as they were."""
        super().leave()
        for staff, state in self.found.items():
            self.client.leave_status(staff.login, state)
