"""The demo's day: what the pipeline, people and AWS did in eight hours, as it lies in the queue."""
