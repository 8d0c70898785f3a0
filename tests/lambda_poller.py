"""What Lambda does with a queue: receives a batch, hands it over as an event, and deletes what is done."""

REGION = "eu-west-1"
SYSTEM = ["ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"]


def received(client, url, most=1_000, visibility=120):
    """Receive at most so many messages; return the event that a function gets of them."""
    account, name = url.rstrip("/").split("/")[-2:]
    records = []
    while len(records) < most:
        answer = client.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(10, most - len(records)),
            VisibilityTimeout=visibility,
            MessageSystemAttributeNames=SYSTEM,
        )
        found = answer.get("Messages", [])
        if not found:
            break
        records += [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {},
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{account}:{name}",
                "awsRegion": REGION,
            }
            for message in found
        ]
    return {"Records": records}


def ids(event):
    return [record["messageId"] for record in event["Records"]]


def failed(event, answer):
    """Return the ids that an answer lists; it has the form that Lambda takes, or all would come back."""
    assert set(answer) == {"batchItemFailures"}
    listed = [entry["itemIdentifier"] for entry in answer["batchItemFailures"]]
    assert all(set(entry) == {"itemIdentifier"} for entry in answer["batchItemFailures"])
    assert len(set(listed)) == len(listed)
    assert set(listed) <= set(ids(event))
    return set(listed)


def finished(client, url, event, answer):
    """Delete what an answer does not list, as Lambda does; return the ids that it lists."""
    left = failed(event, answer)
    done = [record for record in event["Records"] if record["messageId"] not in left]
    for start in range(0, len(done), 10):
        entries = [
            {"Id": str(number), "ReceiptHandle": record["receiptHandle"]}
            for number, record in enumerate(done[start : start + 10])
        ]
        client.delete_message_batch(QueueUrl=url, Entries=entries)
    return left
