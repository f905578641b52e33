"""The driver of a Valkey Cluster: its servers meet, own slots, move them, lose members and are measured.

Synchronous, by address, without a database: what is so is what the servers say, and what is wanted the caller knows.
"""

from ringviz.core.topology import Address, Mark, Member, SlotRange
from ringviz.engine.config import server_config
from ringviz.engine.engine import Engine
from ringviz.engine.errors import EngineError, NotAgreed, Refusal, Unreachable
from ringviz.engine.measuring import Measured
from ringviz.engine.moving import MoveState

__all__ = [
    "Address",
    "Engine",
    "EngineError",
    "Mark",
    "Measured",
    "Member",
    "MoveState",
    "NotAgreed",
    "Refusal",
    "SlotRange",
    "Unreachable",
    "server_config",
]
