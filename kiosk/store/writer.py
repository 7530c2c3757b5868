"""One thread commits what parallel associations hand in: many small writes, one commit, one flush of the disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import sqlalchemy as sa

from kiosk.store.engine import Store

T = TypeVar("T")
Start = Callable[..., Any]  # start(name, work(stop), wake=...): a worker thread of the caller's crew

MOST_TOGETHER = 64


class GroupWriter:
    """``submit(work)`` runs ``work(conn)`` in a savepoint of the next common transaction; the future is settled
    only after the commit. One piece of work that fails is rolled back alone.
    """

    def __init__(self, store: Store, start: Start) -> None:
        self._store = store
        self._queue: queue.Queue[tuple[Callable[[sa.Connection], Any], Future[Any]] | None] = queue.Queue()
        start(f"writer-{store.kind}", self._run, wake=lambda: self._queue.put(None))

    def submit(self, work: Callable[[sa.Connection], T]) -> Future[T]:
        future: Future[T] = Future()
        self._queue.put((work, future))
        return future

    def _run(self, stop: threading.Event) -> None:
        try:
            while True:
                first = self._queue.get()
                together = [first]
                while len(together) < MOST_TOGETHER:
                    try:
                        together.append(self._queue.get_nowait())
                    except queue.Empty:
                        break
                self._commit([each for each in together if each is not None])
                if stop.is_set() and self._queue.empty():
                    return
        finally:
            self._store.leave()

    def _commit(self, together: list[tuple[Callable[[sa.Connection], Any], Future[Any]]]) -> None:
        if not together:
            return
        results: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._store.writing() as conn:
                for work, future in together:
                    try:
                        with conn.begin_nested():
                            results.append((future, work(conn), None))
                    except sa.exc.OperationalError:
                        raise  # the database itself is in trouble: nothing of this group is committed
                    except Exception as why:
                        results.append((future, None, why))
        except BaseException as why:
            for _, future in together:
                future.set_exception(why)
            return
        for future, value, error in results:
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)
