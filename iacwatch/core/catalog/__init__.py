"""What iacwatch knows of each AWS resource type: one row a type, in a file a service family.

To add a type, write its row where its name sorts in the family's `ROWS` (``edge``, ``rds``, ``storage`` ...):

1. ``TypeFacts("AWS::MSK::Replicator", derived=True)`` is what iacwatch assumes of any type: names and calls
   follow from the type's name. Add what that gets wrong: a `noun` for people, calls that have another name
   (`creates`, `deletes`, `acts`), the fields that AWS changes by itself (`following`).
2. Leave `derived` out once you know the service's calls: the row then lists them all, and nothing is guessed.
   It needs at least `sources`, `targets`, `acts`, `creates` and `deletes`.

`schema` explains each column, `services` has what holds for a whole service (its event source, whether it is
global). Code asks `catalog.facts_of(type)`; it never compares a type's name.
"""
