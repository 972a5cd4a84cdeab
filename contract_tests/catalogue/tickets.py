"""Tickets."""

from contract_tests.catalogue.rule import rule

rule("ticket.create", "A ticket is acik, normal unless told, and in its visitor's list.", "create_ticket list_tickets")
rule("ticket.reply.operator", "An operator's reply makes a ticket yanitlandi.", "reply_operator_ticket")
rule("ticket.reply.visitor", "The visitor's reply makes it acik again.", "reply_ticket")
rule("ticket.closed", "A closed ticket takes no reply: 409 ticket_kapali.", "reply_ticket reply_operator_ticket")
rule("ticket.status", "PUT sets any state but yanitlandi (422); the same again is 200.", "set_ticket_status")
