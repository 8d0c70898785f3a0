"""How iacwatch calls AWS: sessions, clients, rate limits, retries, and AWS's errors as ours."""
