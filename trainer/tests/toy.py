"""The smallest recipe: a network that learns colours, and one that judges it. Run as a script, it trains."""

import os
import signal
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from talkface_studio.api.recipe import Recipe, Stage, StagePlan
from talkface_studio.api.values import Device
from talkface_trainer import checkpoint
from talkface_trainer.dataset import Dataset
from talkface_trainer.loop import train


class ToyStage(Stage):
    def __init__(self, plan, dataset, device, broken_at=None):
        self.plan, self.dataset, self.device, self.broken_at = plan, dataset, device, broken_at
        net = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout(0.2), nn.Conv2d(8, 3, 1)
        )
        judge = nn.Sequential(nn.Conv2d(3, 4, 4, 2), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 4, 2))
        self.modules = {"net": net, "judge": judge}
        self.optimizers = {
            "net": torch.optim.AdamW(net.parameters(), plan.learning_rates["net"]),
            "judge": torch.optim.SGD(judge.parameters(), plan.learning_rates["judge"], momentum=0.9),
        }
        self.averaged = ("net",)
        self.facts = {"perceptual": "none"}

    def batch(self, step, seed):
        rng = np.random.default_rng(seed)
        pixels = []
        for _ in range(self.plan.batch_size):
            clip = self.dataset.sample_clip(rng)
            pixels.append(clip.crops[int(rng.integers(clip.frames))][::2, ::2])
        return {"pixels": np.stack(pixels).transpose(0, 3, 1, 2).astype(np.float32) / 255}

    def step(self, batch, context):
        net, judge = self.modules["net"], self.modules["judge"]
        real = batch["pixels"]
        with context.autocast():
            fake = net(real + 0.1 * torch.randn_like(real))
            judged = judge(fake.detach()).mean() - judge(real).mean()
        context.optimize("judge", judged + 0.1 * judged**2)
        with context.autocast():
            loss = nn.functional.l1_loss(fake, real) - 0.01 * judge(fake).mean()
        context.optimize("net", loss)
        reported = torch.tensor(float("nan")) if context.step == self.broken_at else loss.detach()
        return {"loss": reported, "judged": judged.detach()}

    def validate(self, modules):
        assert not modules["net"].training
        clip = self.dataset.clips("train")[0]
        real = torch.from_numpy(np.ascontiguousarray(clip.crops[:2, ::2, ::2])).permute(0, 3, 1, 2).float() / 255
        return {"error": nn.functional.l1_loss(modules["net"](real), real)}

    def samples(self, modules):
        return [("face", np.full((8, 8, 3), 128, np.uint8))]


class ToyRecipe(Recipe):
    model = "toy"

    def __init__(self, *, preset="debug", overrides=None, broken_at=None, patience=0, ema=0.9):
        self.settings = {"preset": preset, **(overrides or {})}
        self.broken_at, self.patience, self.ema = broken_at, patience, ema

    @property
    def config(self):
        return self.settings

    def stages(self):
        common = {
            "batch_size": 2,
            "learning_rates": {"net": 1e-2, "judge": 1e-3},
            "ema": self.ema,
            "clip_norm": 1.0,
            "schedule": "cosine",
            "warmup": 2,
            "monitor": "error",
            "patience": self.patience,
        }
        return [
            StagePlan(name="first", steps=12, validate_every=4, checkpoint_every=2, sample_every=6, **common),
            StagePlan(name="second", steps=8, validate_every=0, checkpoint_every=3, sample_every=0, **common),
        ]

    def build(self, plan, dataset, done, device):
        assert set(done) == ({"first"} if plan.name == "second" else set())
        return ToyStage(plan, Dataset(dataset), device, self.broken_at)

    def export(self, done, output):
        raise NotImplementedError

    def evaluate(self, dataset, weights, device, output):
        raise NotImplementedError


def die_at(recipe, stage_name, step):
    """Have the process killed in the middle of this step."""
    build = recipe.build

    def build_mortal(plan, *arguments):
        stage = build(plan, *arguments)
        run_step = stage.step

        def mortal(batch, context):
            if plan.name == stage_name and context.step == step:
                context.optimize = lambda name, loss: os.kill(os.getpid(), signal.SIGKILL)
            return run_step(batch, context)

        stage.step = mortal
        return stage

    recipe.build = build_mortal


def die_while_saving(count):
    """Have the process killed when the files of its checkpoint number `count` are written, but not in their place."""
    publish, saved = checkpoint.publish_folder, []

    def mortal(draft, final):
        saved.append(final)
        if len(saved) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        publish(draft, final)

    checkpoint.publish_folder = mortal


if __name__ == "__main__":
    folder, target, *death = sys.argv[1:]
    torch.set_num_threads(1)
    toy = ToyRecipe()
    if death[:1] == ["save"]:
        die_while_saving(int(death[1]))
    elif death:
        die_at(toy, death[0], int(death[1]))
    train(toy, Path(folder), Path(target), device=Device(), threads=1, resume=True, progress=False)
