"""What the stories on objects of every type share."""

from datetime import timedelta

OMITTED = {"reason": "requestParameters too large", "omitted": True, "originalSize": 281_640}


def seconds(count):
    return timedelta(seconds=count)
