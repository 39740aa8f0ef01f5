"""All seeded faults."""

from __future__ import annotations

from tests.mutants.faults_allocator import ALLOCATOR
from tests.mutants.faults_chain import CHAIN
from tests.mutants.faults_listeners import LISTENERS
from tests.mutants.faults_oom import OOM
from tests.mutants.faults_ops import OPS

FAULTS = (*ALLOCATOR, *OOM, *CHAIN, *LISTENERS, *OPS)
