"""Who stands behind a call: who opened its session, and who opened that one.

The one thing that ties a call to the event that opened its session is the key that this event handed out, or,
between two accounts, the id that both copies of one event share. Names, times and addresses tie nothing: two
people may take one role within a second, and call their sessions alike.
"""
