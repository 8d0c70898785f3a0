"""Kinds that are seldom met: only their own names tell who changed them."""

from tests.worlds.recorded_types.rows import kind_of

event_bus, addon, vault = kind_of("Events::EventBus"), kind_of("EKS::Addon"), kind_of("Backup::BackupVault")
