"""What to do with a finished training: measure it beside the shipped weights, and take it into use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from talkface_studio.engine.protocol.questions import Document, Models
from talkface_studio.gui.command_line import CommandLine, interrupt
from talkface_studio.gui.pages.page import empty_layout, group
from talkface_studio.gui.pages.training_files import RunFacts
from talkface_studio.gui.pages.training_jobs import TrainingJobs
from talkface_studio.gui.parts.buttons import button
from talkface_studio.gui.parts.labels import label, set_rank
from talkface_studio.gui.studio import Studio
from talkface_studio.gui.theme.tokens import Space


class TrainingResult(QWidget):
    """Hidden until a run is finished."""

    def __init__(self, studio: Studio, jobs: TrainingJobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._jobs = studio, jobs
        self._talkface = CommandLine(studio.folders, self)
        self._run: RunFacts | None = None
        self._slot: Path | None = None
        self._measuring: QProcess | None = None
        self._reports: dict[str, dict[str, Any]] = {}
        self.measure = button(self.tr("Compare with the shipped weights"), self.compare)
        self.use = button(self.tr("Use it"), self._use, "primary")
        self.save = button(self.tr("Save the weights…"), self._save)
        self.state = label(rank="muted", wrap=True)
        self._table = QVBoxLayout()
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for part in (self.measure, self.save, self.use):
            row.addWidget(part)
        row.addStretch()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.state)
        column.addLayout(row)
        column.addLayout(self._table)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(group(self.tr("The result"), inside))
        self.hide()

    def show_run(self, run: RunFacts | None) -> None:
        """Show what can be done with this run; None where it is not finished."""
        if run == self._run:
            return
        self._run = run
        self.setVisible(run is not None)
        if run is not None:
            self.measure.setVisible(run.dataset is not None)
            self.use.hide()
            self.state.setText("")
            self._studio.bridge.ask(Models(), self._look_for_slot, lambda _: None, owner=self)

    @property
    def weights(self) -> Path:
        """The weight file of the run."""
        assert self._run is not None
        return self._run.folder / "weights.safetensors"

    def compare(self) -> None:
        """Measure both on the held-out clips; pressed again, stop."""
        if self._measuring is not None:
            interrupt(self._measuring)
            return
        self._export(self.weights, self._compare_exported)

    def _look_for_slot(self, answer: Document) -> None:
        """Find where weights of the user's own are looked for. Bundled ones cannot be replaced: their hash is known."""
        models: list[dict[str, Any]] = answer.content["models"]  # type: ignore[assignment]
        run = self._run
        for model in models:
            if run is not None and model["name"] == run.model:
                for weight in model["weights"]:
                    if weight["preset"] == run.preset and not weight["bundled"] and weight["sha256"] is None:
                        self._slot = self._studio.folders.weights / weight["path"]
                        self.use.show()
                        return
        self.state.setText(
            self.tr(
                "The studio dubs with the weights that this model's plugin brings for the preset {0}. Save these to "
                "keep them, or to make them part of a plugin."
            ).format(run.preset if run is not None else "")
        )

    def _export(self, output: Path, done: Any) -> None:
        if self._run is None:
            return
        self._say(self.tr("Writing the weights…"))
        output.parent.mkdir(parents=True, exist_ok=True)
        arguments = ["export-weights", str(self._run.folder), "--output", str(output), "--json"]
        self._talkface.ask(arguments, done, self._fail, owner=self)

    def _compare_exported(self, _document: dict[str, Any]) -> None:
        self._reports = {}
        self._evaluate("trained", ["--weights", str(self.weights)])

    def _evaluate(self, name: str, more: list[str]) -> None:
        run = self._run
        if run is None or run.dataset is None:
            return
        self._say(
            self.tr("Measuring these weights on the held-out clips…")
            if name == "trained"
            else self.tr("Measuring the shipped weights on the held-out clips…")
        )
        self.measure.setText(self.tr("Stop measuring"))
        output = run.folder / "report" / name
        preset = ["--preset", run.preset, "--device", self._studio.preferences.values.device]
        arguments = ["evaluate", run.model, str(run.dataset), "--output", str(output), "--json", *preset, *more]
        self._measuring = self._talkface.ask(
            arguments, lambda document: self._evaluated(name, document), self._fail, owner=self
        )

    def _evaluated(self, name: str, document: dict[str, Any]) -> None:
        self._reports[name] = document
        if name == "trained":
            self._evaluate("shipped", [])
            return
        self._end_measuring()
        self._say(self.tr("Measured on the held-out clips of this data set."))
        self._show_table()

    def _show_table(self) -> None:
        empty_layout(self._table)
        for split, measured in self._reports["trained"].get("splits", {}).items():
            other = self._reports["shipped"].get("splits", {}).get(split, {})
            table = QWidget()
            grid = QGridLayout(table)
            grid.setContentsMargins(0, 0, 0, 0)
            heads = (split.replace("_", " "), self.tr("these weights"), self.tr("shipped"))
            for place, head in enumerate(heads):
                grid.addWidget(label(head, "section"), 0, place)
            shipped = other.get("systems", {}).get("model", {})
            for row, (measure, value) in enumerate(measured.get("systems", {}).get("model", {}).items(), start=1):
                grid.addWidget(label(measure.replace("_", " "), "muted"), row, 0)
                grid.addWidget(label(f"{value:.3f}"), row, 1)
                if measure in shipped:
                    grid.addWidget(label(f"{shipped[measure]:.3f}"), row, 2)
            self._table.addWidget(table)

    def _use(self) -> None:
        if self._slot is not None:
            self._export(self._slot, self._used)

    def _used(self, document: dict[str, Any]) -> None:
        self._say(self.tr("In use: {0}").format(document["output"]))
        self._studio.tell(self.tr("The model dubs with these weights from now on"), "success")

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the weights"), "", "safetensors (*.safetensors)")
        if name:
            self._export(Path(name), lambda document: self._say(self.tr("Saved: {0}").format(document["output"])))

    def _fail(self, reason: str) -> None:
        self._end_measuring()
        self.state.setText(reason)
        set_rank(self.state, "error")

    def _end_measuring(self) -> None:
        self._measuring = None
        self.measure.setText(self.tr("Compare with the shipped weights"))

    def _say(self, words: str) -> None:
        self.state.setText(words)
        set_rank(self.state, "muted")
