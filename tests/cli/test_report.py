"""An evaluation as a report that a person reads."""

from talkface_studio.cli.report import report_markdown

RESULT = {
    "model": "toy",
    "weights": "small.safetensors",
    "splits": {
        "val": {
            "clips": 2,
            "speakers": 1,
            "frames": 150,
            "systems": {
                "model": {"ssim": 0.91234, "lmd": 1.5, "drop_outs": 12.0},
                "repeat the photo": {"ssim": 0.8, "drop_outs": float("nan")},
            },
        }
    },
    "paper": {"columns": ["GRID SSIM"], "rows": {"Thesis": [0.72]}},
}

EXPECTED = """\
# toy: measured

## val (2 clips, 1 speakers, 150 frames)

|                  |  ssim |   lmd | drop outs |
| ---------------- | ----: | ----: | --------: |
| model            | 0.912 | 1.500 |        12 |
| repeat the photo | 0.800 |     - |         - |

## The paper's own table (other data: not to be compared number by number)

|        | GRID SSIM |
| ------ | --------: |
| Thesis |     0.720 |

- weights: small.safetensors
"""


def test_report() -> None:
    assert report_markdown(RESULT) == EXPECTED


def test_result_of_another_shape_loses_nothing() -> None:
    assert report_markdown({"score": 3}) == "# model: measured\n\n- score: 3\n"
