"""VG-net: a photo and landmarks to frames (Chen, Maddox, Duan, Xu 2019, section 3.2).

Dimension letters: B batch, T ticks, C channels, H and W the crop's side (128), h and w a sixteenth of it (8), L the 136
landmark coordinates x0 y0 x1 y1 ...
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from talkface_atvg.config import VgNetConfig
from talkface_studio.nn.blocks import ConvBlock, ResidualBlock, UpBlock

LANDMARKS = 136
MOUTH_MAPS = 3
"""Where the mouth is or was, the lips wanted, the inner mouth wanted: what the head "add" sees beside the photo."""


class VgOutput(NamedTuple):
    """What VG-net gives for B clips of T frames."""

    frames: Tensor
    """`(B, T, 3, H, W)` in -1..1: attention * colour + (1 - attention) * photo."""
    attention: Tensor
    """`(B, T, 1, H, W)` in 0..1: how much of a pixel is new; without an attention head, where it may be changed."""
    colour: Tensor
    """`(B, T, 3, H, W)` in -1..1: the new pixels."""
    landmark_attention: Tensor
    """`(B, T, 1, H/4, W/4)` in 0..1: where the landmarks' features replace the photo's."""


class PhotoFeatures(NamedTuple):
    """What of a frame depends on the photo alone."""

    photo: Tensor
    """`(B, 3, H, W)` in -1..1; with the head "add" its 3 mouth maps follow as further channels."""
    full: Tensor
    """First convolution, `(B, C, H, W)`."""
    half: Tensor
    """Second, `(B, C, H/2, W/2)`."""
    fine: Tensor
    """F1, `(B, C, H/4, W/4)`."""
    bottleneck: Tensor
    """The photo's share of the bottleneck convolution of F2, `(B, C, h, w)`."""


class ConvGru(nn.Module):
    """A gated recurrent unit of 3x3 convolutions with dilation 2; gates in the order reset, update, new."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.input = nn.Conv2d(inputs, 3 * hidden, 3, padding=2, dilation=2)
        self.state = nn.Conv2d(hidden, 3 * hidden, 3, padding=2, dilation=2)

    def step(self, gates: Tensor, state: Tensor | None) -> Tensor:
        """The next state `(B, hidden, h, w)` from `self.input` of a tick and the state before (None is zero)."""
        input_reset, input_update, input_new = gates.chunk(3, dim=1)
        if state is None:
            bias = self.state.bias
            assert bias is not None
            reset, update, new = bias[:, None, None].chunk(3, dim=0)
        else:
            reset, update, new = self.state(state).chunk(3, dim=1)
        fresh = torch.tanh(input_new + torch.sigmoid(input_reset + reset) * new)
        keep = torch.sigmoid(input_update + update)
        return fresh - keep * fresh if state is None else fresh + keep * (state - fresh)

    def forward(self, x: Tensor) -> Tensor:
        """States of all ticks: `(B, T, inputs, h, w)` to `(B, T, hidden, h, w)`, starting from zero."""
        gates = _clips(self.input(x.flatten(0, 1)), *x.shape[:2])
        states: list[Tensor] = []
        for t in range(x.shape[1]):
            states.append(self.step(gates[:, t], states[-1] if states else None))
        return torch.stack(states, dim=1)

    def last(self, x: Tensor) -> Tensor:
        """The state after the last tick, `(B, hidden, h, w)`."""
        gates = _clips(self.input(x.flatten(0, 1)), *x.shape[:2])
        state = self.step(gates[:, 0], None)
        for t in range(1, x.shape[1]):
            state = self.step(gates[:, t], state)
        return state


class Bottleneck(nn.Module):
    """One convolution over [F2, difference of landmark features], applied to the two shares separately.

    The photo's share is the same for every tick, so it is computed once.
    """

    def __init__(self, photo: int, landmarks: int, outputs: int, config: VgNetConfig) -> None:
        super().__init__()
        self.photo_channels = photo
        block = ConvBlock(photo + landmarks, outputs, norm=config.norm)
        self.convolution, self.norm = cast("nn.Conv2d", block[0]), block[1]

    def photo_share(self, features: Tensor) -> Tensor:
        """Of F2 `(B, C, h, w)`."""
        weight = self.convolution.weight[:, : self.photo_channels]
        return nn.functional.conv2d(features, weight, padding=1)

    def forward(self, photo_share: Tensor, difference: Tensor) -> Tensor:
        """Both shares together, normalised: `(N, outputs, h, w)`."""
        weight = self.convolution.weight[:, self.photo_channels :]
        total = photo_share + nn.functional.conv2d(difference, weight, padding=1)
        return nn.functional.relu(self.norm(total))


class VgNet(nn.Module):
    """A photo of a face, its landmarks and the landmarks wanted, to frames."""

    centre: Tensor

    def __init__(self, config: VgNetConfig) -> None:
        super().__init__()
        self.config = config
        norm, (a, b, c, d, e) = config.norm, config.image_channels
        side = config.crop // 16
        if config.decoder_channels[1] != c:
            raise ValueError("the second decoder stage must have as many channels as F1: the two are blended")
        self.register_buffer("centre", torch.zeros(LANDMARKS))
        self.inputs = 3 if config.head == "blend" else 3 + MOUTH_MAPS
        self.image_fine = nn.Sequential(
            nn.ReflectionPad2d(3),
            ConvBlock(self.inputs, a, 7, padding=0, norm=norm),
            ConvBlock(a, b, stride=2, norm=norm),
            ConvBlock(b, c, stride=2, norm=norm),
        )
        self.image_coarse = nn.Sequential(ConvBlock(c, d, stride=2, norm=norm), ConvBlock(d, e, stride=2, norm=norm))
        self.landmark_plane = nn.Sequential(
            nn.Linear(LANDMARKS, side * side), nn.ReLU(), nn.Unflatten(1, (1, side, side))
        )
        self.landmark_map = ConvBlock(1, config.landmark_channels, norm=norm)
        self.landmark_feature = ConvBlock(config.landmark_channels, e, norm=norm)
        self.landmark_attention = nn.Sequential(
            UpBlock(2 * config.landmark_channels, config.attention_channels[0], norm=norm, bias=True),
            UpBlock(config.attention_channels[0], config.attention_channels[1], norm=norm, bias=True),
            ConvBlock(config.attention_channels[1], 1, norm="none", activation=nn.Sigmoid()),
        )
        self.bottleneck = Bottleneck(e, e, config.bottleneck, config)
        self.gru = ConvGru(config.bottleneck, e)
        self._add_decoder(config)

    def _add_decoder(self, config: VgNetConfig) -> None:
        norm, hidden = config.norm, config.image_channels[-1]
        p, q, r, s = config.decoder_channels
        full, half = config.image_channels[:2] if config.skips else (0, 0)
        self.decode_coarse = nn.Sequential(
            *(ResidualBlock(hidden, norm=norm, dropout=config.dropout) for _ in range(config.blocks)),
            UpBlock(hidden, p, norm=norm),
            UpBlock(p, q, norm=norm),
        )
        self.decode_fine = nn.Sequential(
            *(ResidualBlock(q, norm=norm) for _ in range(config.detail_blocks)),
            UpBlock(q, r, norm=norm),
            UpBlock(r + half, s, norm=norm),
        )
        self.finish: nn.Module | None = None
        if config.head == "add":
            # The drawn mouth reaches the last layers directly: on the way through the bottleneck it loses its outline.
            self.finish = ConvBlock(s + full + self.inputs, s, norm="none", activation=nn.LeakyReLU(0.2))
        self.colour = nn.Conv2d(s, 3, 7, padding=3)
        self.attention = nn.Conv2d(s, 1, 7, padding=3) if config.head == "blend" else None

    def encode_photo(self, photo: Tensor) -> PhotoFeatures:
        """The photo's features, to be used for many frames: `photo` is `(B, 3, H, W)` in -1..1."""
        full = self.image_fine[1](self.image_fine[0](photo))
        half = self.image_fine[2](full)
        fine = self.image_fine[3](half)
        return PhotoFeatures(photo, full, half, fine, self.bottleneck.photo_share(self.image_coarse(fine)))

    def forward(self, photo: Tensor, landmarks: Tensor, example_landmarks: Tensor) -> VgOutput:
        """The whole sequence, as in training.

        `photo` is `(B, 3, H, W)` in -1..1, `landmarks` `(B, T, L)` what the frames shall show,
        `example_landmarks` `(B, L)` what the photo shows, both in the scale of `NormalisationConfig`.
        """
        B, T = landmarks.shape[:2]
        features = self.encode_photo(photo)
        x, attention = self._landmark_features(features, landmarks, example_landmarks, attended=T)
        states = self.gru(_clips(x, B, T)) if self.config.recurrence == "time" else self._independent(x, B, T)
        repeated = PhotoFeatures(*(item.repeat_interleave(T, dim=0) for item in features))
        return VgOutput(*(_clips(item, B, T) for item in self._decode(repeated, states.flatten(0, 1), attention)))

    def render_last(self, photo: Tensor | PhotoFeatures, landmarks: Tensor, example_landmarks: Tensor) -> VgOutput:
        """Only the last tick of each sequence, for independent frames: outputs have T = 1.

        `landmarks` is `(B, span, L)`. Where the head is "add", the photo has the mouth maps as further channels. Photo
        (or its features) and example may have a batch of 1, for all.
        """
        B = landmarks.shape[0]
        if self.config.recurrence == "none":
            landmarks = landmarks[:, -1:]
        span = landmarks.shape[1]
        features = photo if isinstance(photo, PhotoFeatures) else self.encode_photo(photo)
        features = PhotoFeatures(*(item.expand(B, -1, -1, -1) for item in features))
        x, attention = self._landmark_features(features, landmarks, example_landmarks.expand(B, -1), attended=1)
        state = self.gru.last(_clips(x, B, span))
        return VgOutput(*(item[:, None] for item in self._decode(features, state, attention)))

    def _landmark_features(
        self, features: PhotoFeatures, landmarks: Tensor, example_landmarks: Tensor, *, attended: int
    ) -> tuple[Tensor, Tensor]:
        """Inputs of the recurrence for all ticks `(B * T, C, h, w)`, and the attention of the last `attended` ticks."""
        B, T = landmarks.shape[:2]
        maps = self._landmark_map(landmarks.flatten(0, 1))
        example = self._landmark_map(example_landmarks)
        example_feature: Tensor = self.landmark_feature(example)
        difference = self.landmark_feature(maps) - example_feature.repeat_interleave(T, dim=0)
        x = self.bottleneck(features.bottleneck.repeat_interleave(T, dim=0), difference)
        current = _clips(maps, B, T)[:, T - attended :].flatten(0, 1)
        pair = torch.cat([current, example.repeat_interleave(attended, dim=0)], dim=1)
        attention: Tensor = self.landmark_attention(pair)
        return x, attention

    def _landmark_map(self, landmarks: Tensor) -> Tensor:
        plane = self.landmark_plane((landmarks - self.centre) * self.config.input_gain)
        out: Tensor = self.landmark_map(plane)
        return out

    def _independent(self, x: Tensor, B: int, T: int) -> Tensor:
        return _clips(self.gru.step(self.gru.input(x), None), B, T)

    def _decode(self, features: PhotoFeatures, state: Tensor, landmark_attention: Tensor) -> VgOutput:
        """One frame for each of the N states; no time axis."""
        new = self.decode_coarse(state)
        blended = features.fine * (1 - landmark_attention) + new * landmark_attention
        base = self.decode_fine[:-1](blended)
        if self.config.skips:
            base = torch.cat([base, features.half], dim=1)
        base = self.decode_fine[-1](base)
        if self.finish is not None:
            seen = [features.full, features.photo] if self.config.skips else [features.photo]
            base = self.finish(torch.cat([base, *seen], dim=1))
        # Half precision would show as banding in smooth skin, so the last products are float32.
        photo = features.photo[:, :3].float()
        colour = torch.tanh(self.colour(base).float())
        if self.attention is None:
            attention = features.photo[:, 3:4].float()
            frames = (photo + 2 * attention * colour).clamp(-1, 1)
            return VgOutput(frames, attention, colour, landmark_attention)
        attention = torch.sigmoid(self.attention(base).float())
        frames = attention * colour + (1 - attention) * photo
        return VgOutput(frames, attention, colour, landmark_attention)


def _clips(x: Tensor, B: int, T: int) -> Tensor:
    """`(B * T, ...)` to `(B, T, ...)`."""
    return x.reshape(B, T, *x.shape[1:])
