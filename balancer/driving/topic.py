"""The name of the driver's frames."""

from typing import Final

TOPIC: Final = "balancer"
