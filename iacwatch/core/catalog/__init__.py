"""What iacwatch knows of each AWS resource type: one row a type, in a file a service family.

To add a type, write its row where its name sorts in the family's `ROWS` (``edge``, ``rds``, ``storage`` ...):

1. ``TypeFacts("AWS::Backup::BackupVault", derived=True)`` alone says what iacwatch assumes of any type: names and
   calls are made of the type's name. Add only what that gets wrong, such as a `noun` for people, a call with a
   name of its own (`creates`, `deletes`, `acts`), or the fields that AWS changes by itself (`following`).
2. Leave `derived` out once you know the service's calls: then the row says them all, and nothing is guessed.
   `sources`, `targets`, `acts`, `creates` and `deletes` are the least; the row is its type's whole truth.

`schema` explains each column, `services` has what holds for a whole service (its event source, whether it is
global). Code asks `catalog.facts_of(type)`; it never compares a type's name.
"""
