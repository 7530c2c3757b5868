"""The demo's day, step by step, through the same desks that the windows use; and what it came to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.finding import FindingBody
from kiosk.core.words import N_, say

EXAMINEES = 10
WAIT_S = 60.0
PIN = "246810"


@dataclass
class Summary:
    """What the day came to."""

    folder: Path
    examinees: int = 0
    problems: int = 0
    checked_in: int = 0
    steps: int = 0
    images: int = 0
    unmatched: int = 0
    complete: int = 0
    sent: int = 0
    pictures_seen: int = 0
    key_images: int = 0
    findings: int = 0
    pages: list[Path] = field(default_factory=list)
    audit: int = 0
    seconds: float = 0.0

    def told(self) -> list[str]:
        return [
            say(
                N_("Examinees read: {n} (rows that want a look: {problems})"), n=self.examinees, problems=self.problems
            ),
            say(N_("Checked in: {n}"), n=self.checked_in),
            say(N_("Worklist steps answered: {n}"), n=self.steps),
            say(N_("Images stored: {n} (unmatched studies: {unmatched})"), n=self.images, unmatched=self.unmatched),
            say(N_("Courses complete: {n}"), n=self.complete),
            say(N_("Studies sent to the PACS and copied to two disks: {n}"), n=self.sent),
            say(
                N_("Pictures decoded by the viewer: {n}, key images: {keys}"),
                n=self.pictures_seen,
                keys=self.key_images,
            ),
            say(N_("Findings signed: {n}"), n=self.findings),
            say(N_("Pages printed: {n}"), n=len(self.pages)),
            say(N_("Audit rows, chain sound: {n}"), n=self.audit),
            say(N_("Seconds: {n}"), n=f"{self.seconds:.1f}"),
            say(N_("Files: {folder}"), folder=self.folder),
            *(f"  {page}" for page in self.pages),
        ]


class Day:
    """The day, step by step; every step goes through a desk and waits for its answer."""

    def __init__(self, station: Any, folder: Path) -> None:
        self.station = station
        self.desks = station.desks
        self.today = date.today()
        self.summary = Summary(folder)
        self.folder = folder

    def play(self) -> None:
        began = time.monotonic()
        steps: list[tuple[str, Callable[[], None]]] = [
            (N_("People who work here"), self.people),
            (N_("The list of the check-up system arrives"), self.list_arrives),
            (N_("Reception checks in and writes notes"), self.reception),
            (N_("The devices ask the worklist and send their images"), self.modalities),
            (N_("What has arrived of each course"), self.courses),
            (N_("The gateway sends every study and copies it to two disks"), self.sending),
            (N_("The doctor looks and takes key images"), self.viewer),
            (N_("Findings are written, signed and printed"), self.findings),
            (N_("The audit chain is verified"), self.audit),
        ]
        for number, (title, step) in enumerate(steps, 1):
            print(f"[{number}/{len(steps)}] {say(title)} ...", flush=True)
            step()
        self.summary.seconds = time.monotonic() - began

    def until(self, what: str, look: Callable[[], Any], wait_s: float = WAIT_S) -> Any:
        """Ask again until ``look`` gives something; raises Fault when it never does."""
        end = time.monotonic() + wait_s
        pause = threading.Event()
        while True:
            found = look()
            if found:
                return found
            if time.monotonic() > end:
                raise Fault(
                    N_("The demo waited in vain: {what}"), N_("See the day's log."), reference="P261", what=what
                )
            pause.wait(0.1)

    def people(self) -> None:
        """The first person, then a nurse and a doctor; the demo works as each of them in turn."""
        self.station.session.first_person("見本 管理", PIN).wait()
        desk = self.desks["maintenance"]
        desk.add("見本 看護師", "nurse", PIN, "").wait()
        desk.add("見本 医師", "doctor", PIN, "").wait()

    def work_as(self, name: str) -> None:
        self.station.session.enter(name=name, pin=PIN).wait()

    def list_arrives(self) -> None:
        """The CSV alone is not read; with its .lok it is."""
        from kiosk.devices.inbox.simulator import CheckupSystem, list_bytes, sample_rows

        rows = sample_rows(self.today, EXAMINEES)
        for row in rows[:6]:
            row[12] = "-ECG"  # no electrocardiograph plays along: these courses can become complete
        rows.append(
            ["", f"{self.today:%Y/%m/%d}", "9:99", "", "ﾐﾎﾝ", "見本 不備", "3", "S99.1.1", "", "A", "", "", "", ""]
        )
        system = CheckupSystem(self.folder / "data" / "inbox")
        system.appear("yoyaku.csv")
        system.grow("yoyaku.csv", list_bytes(rows))
        desk = self.desks["reception"]
        self.until("the inbox sees the list", lambda: desk.inbox_state().wait().waiting)
        assert not desk.day(self.today).wait().lines, "a list was read before its .lok stood"
        system.finish("yoyaku.csv")
        files = self.until("the list is read", lambda: desk.files().wait()[0])
        self.summary.problems = files[0].problems
        self.summary.examinees = len(desk.day(self.today).wait().lines)

    def reception(self) -> None:
        self.work_as("見本 看護師")
        desk = self.desks["reception"]
        lines = desk.day(self.today).wait().lines
        for line in lines[:8]:
            desk.check_in(line.visit).wait()
            self.summary.checked_in += 1
        desk.save_note(lines[0].visit, "服薬なし。前回の胃カメラは問題なし。").wait()
        page, _ = desk.print_list(self.today, desk.day(self.today).wait().lines).wait()
        self.summary.pages.append(page)

    def modalities(self) -> None:
        """Each device of the training station asks what is scheduled for it, examines, and sends."""
        desk = self.desks["training"]
        desk.start_pacs().wait()
        self.until("the gateway answers", lambda: self._answers(desk))
        for device in desk.devices:
            rows = desk.worklist(device).wait(WAIT_S)
            self.summary.steps += len(rows)
            for order, row in enumerate(rows):
                mistake = "missing_view" if device.ae_title == "OP1" and order == 1 else ""
                if device.ae_title == "CR1" and order == len(rows) - 1:
                    mistake = "wrong_id"
                desk.examine(device, row, mistake, lambda done, of: None).wait(WAIT_S)

    @staticmethod
    def _answers(desk: Any) -> bool:
        try:
            return bool(desk.check_link(desk.devices[0]).wait() >= 0)
        except Fault:
            return False

    def courses(self) -> None:
        """What the gateway stored stands in reception's list; a study of a wrong ID is matched by hand."""
        gateway = self.desks["gateway"]
        overview = gateway.overview().wait()
        for study, _ in overview.unmatched[:1]:
            candidates = gateway.candidates(study).wait()
            if candidates:
                gateway.match(study, candidates[0]).wait()
        overview = gateway.overview().wait()
        self.summary.images = sum(study.instances for study in overview.today)
        self.summary.unmatched = len(overview.unmatched)
        for line in self.desks["reception"].day(self.today).wait().lines:
            print(f"    {line.number} {line.name}: {line.examinations}")
            self.summary.complete += line.state == "done"

    def sending(self) -> None:
        """The PACS has all of it, and so have the image server's disk and the spare one."""
        desk, studies = self.desks["gateway"], len(self.desks["gateway"].overview().wait().today)

        def sent() -> int:
            done = desk.send.view().wait().counts.get("PACS", {}).get("done", 0)
            copies = [len(list((self.folder / "data" / disk).rglob("*.dcm"))) for disk in ("MAG2", "BUP")]
            return int(done) if done == studies and copies == [self.summary.images] * 2 else 0

        self.summary.sent = self.until("every study is sent and copied", sent)

    def viewer(self) -> None:
        """Each visit's pictures are decoded in the child; the first chest picture of each becomes a key image."""
        from kiosk.modes.viewer.rules import caption_of
        from kiosk.ui.painting import png_of

        self.work_as("見本 医師")
        desk = self.desks["viewer"]
        for line in self.desks["reception"].day(self.today).wait().lines:
            try:
                seen = desk.open_wanted(None, line.visit).wait(WAIT_S)
            except Fault:
                continue  # nobody examined this one
            for stack in seen.stacks:
                picture, frame = stack.slides[0]
                facts = stack.pictures[picture]
                shown = desk.frame(facts.path, frame, facts.stamp).wait(WAIT_S)
                self.summary.pictures_seen += 1
                if facts.modality in ("CR", "DX") and seen.visit is not None:
                    picture = partial(png_of, shown.pixels, shown.paint)
                    caption = caption_of(facts, turned="", inverted=False)
                    desk.take_key_image(seen.visit.id, facts.sop_uid, frame + 1, picture, {}, caption).wait()
                    self.summary.key_images += 1

    def findings(self) -> None:
        desk = self.desks["findings"]
        texts = (
            ("右下肺野に小結節影を認める。3か月後の再検査をおすすめします。", "C3"),
            ("異常なし。", "A"),
            ("心胸郭比 48%。異常なし。", "A"),
        )
        waiting = [line for line in desk.lines(1).wait() if line.kind == "CHEST" and line.images]
        for line, (text, category) in zip(waiting, texts, strict=False):
            opened = desk.open(line.visit, line.kind).wait()
            body = FindingBody(text, (), category, tuple(image.id for image in opened.tray[:1]))
            desk.keep_draft(line.visit, line.kind, body, 0).wait()
            finding = desk.sign(line.visit, line.kind, body, 0).wait()
            self.summary.findings += 1
            if self.summary.findings == 1:
                amended = FindingBody(text + "側面像でも同じ位置に認める。", (), category, body.key_images)
                number = finding.newest.number
                desk.sign(line.visit, line.kind, amended, number, "側面像の所見を追記").wait()
            self.summary.pages.append(Path(desk.print(line.visit, line.kind).wait(WAIT_S)))
            desk.close(line.visit, line.kind).wait()

    def audit(self) -> None:
        """The chain is whole; no name stands in the day's log."""
        rows, wrong = self.desks["maintenance"].prove_audit().wait(WAIT_S)
        if wrong:
            raise Fault(N_("The audit chain is broken: {wrong}"), "", reference="P262", wrong=wrong[0])
        self.summary.audit = rows
        log = self.folder / "data" / "LOG" / f"{self.today:%Y%m%d}" / f"log{self.today:%Y%m%d}.txt"
        text = log.read_text(encoding="utf-8")
        assert "見本" not in text and "髙橋" not in text, "a name stands in the day's log"
