"""One thread commits what parallel associations hand in: many small writes, one commit, one flush of the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import sqlalchemy as sa

from kiosk.store.engine import Store

T = TypeVar("T")
Item = TypeVar("Item")
Start = Callable[..., Any]  # start(name, work(stop), wake=...): a worker thread of the caller's crew
Work = Callable[[sa.Connection], Any]
Together = Callable[[Sequence[Any]], Sequence[Any]]

MOST_TOGETHER = 64


class GroupWriter:
    """``submit(work)`` runs ``work(conn)`` in a savepoint of the next common transaction; the future is settled
    only after the commit. One piece of work that fails is rolled back alone.

    ``gather(do, item)`` is for what is cheaper done for many at once: ``do(items)`` gets everything that was handed
    in for it meanwhile, does its own transaction on the writer's thread, and returns a result or an exception each.
    """

    def __init__(self, store: Store, start: Start) -> None:
        self._store = store
        self._waiting: list[tuple[Together, Any, Future[Any]]] = []
        self._came = threading.Condition()
        start(f"writer-{store.kind}", self._run, wake=self._wake)

    def submit(self, work: Callable[[sa.Connection], T]) -> Future[T]:
        return self.gather(self._each_in_a_savepoint, work)

    def gather(self, do: Callable[[Sequence[Item]], Sequence[T | BaseException]], item: Item) -> Future[T]:
        future: Future[T] = Future()
        with self._came:
            self._waiting.append((do, item, future))
            self._came.notify()
        return future

    def _wake(self) -> None:
        with self._came:
            self._came.notify()

    def _run(self, stop: threading.Event) -> None:
        try:
            while True:
                with self._came:
                    while not self._waiting:
                        if stop.is_set():
                            return
                        self._came.wait()
                    taken = self._waiting[:MOST_TOGETHER]
                    del self._waiting[:MOST_TOGETHER]
                groups: dict[Together, list[tuple[Any, Future[Any]]]] = {}
                for do, item, future in taken:
                    groups.setdefault(do, []).append((item, future))
                for do, group in groups.items():
                    _settle(do, group)
        finally:
            self._store.leave()

    def _each_in_a_savepoint(self, together: Sequence[Work]) -> list[Any]:
        results: list[Any] = []
        with self._store.writing() as conn:
            for work in together:
                try:
                    with conn.begin_nested():
                        results.append(work(conn))
                except sa.exc.OperationalError:
                    raise  # the database itself is in trouble: nothing of this group is committed
                except Exception as why:
                    results.append(why)
        return results


def _settle(do: Together, group: list[tuple[Any, Future[Any]]]) -> None:
    try:
        results = do([item for item, _ in group])
    except BaseException as why:
        results = [why] * len(group)
    for (_, future), result in zip(group, results, strict=True):
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)
