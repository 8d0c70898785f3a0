"""How tables of CloudTrail's are declared in Athena: by AWS's own statements, and by people."""

OFFICIAL_IDENTITY = (
    "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,"
    "username:string,onbehalfof:struct<userid:string,identitystorearn:string>,"
    "sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,"
    "sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,"
    "ec2roledelivery:string,webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>"
)
WHOLE_IDENTITY = (
    OFFICIAL_IDENTITY.removesuffix(">>")
    + ">,sourceidentity:string,assumedroot:string>,identityprovider:string,inscopeof:struct<issuertype:string>>"
)
WHOLE_IDENTITY = WHOLE_IDENTITY.replace("map<string,string>>>,source", "map<string,string>>,source")
_REST = {
    "eventtime": "string",
    "eventsource": "string",
    "eventname": "string",
    "awsregion": "string",
    "sourceipaddress": "string",
    "useragent": "string",
    "errorcode": "string",
    "errormessage": "string",
    "requestparameters": "string",
    "responseelements": "string",
    "additionaleventdata": "string",
    "requestid": "string",
    "eventid": "string",
    "readonly": "string",
    "resources": "array<struct<arn:string,accountid:string,type:string>>",
    "eventtype": "string",
    "apiversion": "string",
    "recipientaccountid": "string",
    "serviceeventdetails": "string",
    "sharedeventid": "string",
    "vpcendpointid": "string",
    "tlsdetails": "struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>",
}
OFFICIAL = {"eventversion": "string", "useridentity": OFFICIAL_IDENTITY, **_REST}
"""The statement of Athena's user guide (partition projection)."""

WHOLE = {
    **OFFICIAL,
    "useridentity": WHOLE_IDENTITY,
    "eventcategory": "string",
    "managementevent": "string",
    "sessioncredentialfromconsole": "string",
}
"""The same with all that a record is read for."""

JSON_TEXT = {
    **dict.fromkeys(WHOLE, "string"),
    "resources": "string",
}
"""A table of people who keep every object as JSON text."""


def projected(key="timestamp", form="yyyy/MM/dd"):
    """Return the properties of a table whose days are projected, as the user guide has it."""
    return {
        "EXTERNAL": "TRUE",
        "projection.enabled": "true",
        f"projection.{key}.type": "date",
        f"projection.{key}.format": form,
        f"projection.{key}.interval": "1",
        f"projection.{key}.interval.unit": "DAYS",
        f"projection.{key}.range": "2020/01/01,NOW",
        "storage.location.template": "s3://trail/AWSLogs/111122223333/CloudTrail/eu-west-1/${timestamp}",
    }
