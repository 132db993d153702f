"""What every test runs under."""

import os

from hypothesis import settings

# No deadline: a busy machine is not a bug. HYPOTHESIS_PROFILE=thorough looks longer, before a release.
settings.register_profile("usual", deadline=None, print_blob=True)
settings.register_profile("thorough", parent=settings.get_profile("usual"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))
