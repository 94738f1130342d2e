"""The studio as a pytest plugin: hands `talkface_studio.api.testing` its speech, its faces and the installed model.

Loaded by every pytest run on a machine with the studio, so nothing is imported until a test asks for the fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from talkface_studio.api.testing import Host

pytest.register_assert_rewrite("talkface_studio.api.testing")


@pytest.fixture(scope="session")
def conformance_host() -> Host:
    """What a conformance suite asks of the studio."""
    from talkface_studio.testing_host import StudioHost

    return StudioHost()
