"""Sessions of a Streamlit page without a browser: the web socket that a browser opens, and the messages that it sends.

As a browser does, a session keeps the large messages of its last runs and says so, so that the server does not send them again.
"""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

RUNS_KEPT = 2


class Session:
    """One reader with one page open; `cookies` say who has signed in."""

    def __init__(self, address: str, cookies: str = "") -> None:
        self.address, self.cookies = address, cookies
        self.socket: Any = None
        self.kept: list[set[str]] = []

    async def open(self) -> Session:
        """Opens the web socket."""
        stream = self.address.replace("http://", "ws://") + "/_stcore/stream"
        token = generate_xsrf_token_string()  # without it Streamlit does not look at who has signed in
        self.socket = await websockets.connect(
            stream,
            origin=websockets.Origin(self.address),
            subprotocols=[websockets.Subprotocol("streamlit"), websockets.Subprotocol(token)],
            additional_headers={"Cookie": "; ".join(filter(None, [f"_streamlit_xsrf={token}", self.cookies]))},
            max_size=None,
            compression=None,
        )
        return self

    async def run(self, query: str) -> float:
        """Asks for the page with a query string, and reads until it is whole; milliseconds. Raises AssertionError where the run failed."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.cached_message_hashes.extend(set().union(*self.kept))
        raw: socket.socket = self.socket.transport.get_extra_info("socket")
        received: set[str] = set()
        begun = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while True:
            # Else the kernel waits up to 40 ms before it acknowledges, and the server with it.
            raw.setsockopt(socket.IPPROTO_TCP, getattr(socket, "TCP_QUICKACK", 12), 1)
            answer = ForwardMsg()
            answer.ParseFromString(await self.socket.recv())
            if answer.metadata.cacheable and answer.hash:
                received.add(answer.hash)
            elif answer.WhichOneof("type") == "ref_hash":
                received.add(answer.ref_hash)
            elif answer.WhichOneof("type") == "script_finished":
                assert answer.script_finished in (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN), answer.script_finished
                if answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    break
        self.kept = [*self.kept, received][-RUNS_KEPT:]
        return (time.perf_counter() - begun) * 1000

    async def close(self) -> None:
        """Closes the web socket; the server forgets the session some time after."""
        await self.socket.close()


async def one_after_another(address: str, queries: list[str]) -> list[float]:
    """The times of one session that asks for the queries in turn."""
    session = await Session(address).open()
    times = [await session.run(query) for query in queries]
    await session.close()
    return times


async def at_once(address: str, queries: list[str], sessions: int) -> list[float]:
    """The times of so many sessions, each with its page open, that all ask at the same moment, once for each query."""
    opened = [await Session(address).open() for _ in range(sessions)]
    for session in opened:
        await session.run(queries[0])
    times: list[float] = []
    for query in queries:
        times += await asyncio.gather(*(session.run(query) for session in opened))
    for session in opened:
        await session.close()
    return times


async def thinking(address: str, queries: list[str], sessions: int, think_s: float, rounds: int) -> list[float]:
    """The times of so many sessions that each ask, read for a while, and ask again; they come in spread over one while."""

    async def reader(number: int) -> list[float]:
        await asyncio.sleep(think_s * number / sessions)
        session = await Session(address).open()
        await session.run(queries[number % len(queries)])
        times = []
        for turn in range(rounds):
            await asyncio.sleep(think_s)
            times.append(await session.run(queries[(number + turn) % len(queries)]))
        await session.close()
        return times

    return [one for times in await asyncio.gather(*map(reader, range(sessions))) for one in times]
