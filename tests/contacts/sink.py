"""A mail server that takes what we send, or does not."""

import asyncio
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Server:
    """A mail server that does what the test says, and keeps a ledger of what it accepted."""

    rcpt: str = "250 OK"
    refused: str = ""  # one recipient that it does not know
    data: str = "250 Ok"
    drop_after_data: bool = False
    accepted: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = "550 5.1.1 No such user" if address == self.refused else self.rcpt
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data.startswith("250"):
            self.accepted.append(envelope.original_content or b"")
            self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        if self.drop_after_data:
            server.transport.abort()
            await asyncio.sleep(0.2)
        return self.data
