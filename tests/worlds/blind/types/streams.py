"""Streams."""

from tests.worlds.recorded_types.rows import kind_of

kafka, stream = kind_of("MSK::Cluster"), kind_of("Kinesis::Stream")
