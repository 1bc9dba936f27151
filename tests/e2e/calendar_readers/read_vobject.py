"""Prints the events of a calendar as the Python package vobject reads them."""
import datetime
import json
import sys

import vobject


def time_text(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


with open(sys.argv[1], encoding="utf-8", newline="") as file:
    calendar = vobject.readOne(file.read())
print(json.dumps([{
    "uid": event.uid.value,
    "start": time_text(event.dtstart.value),
    "end": time_text(event.dtend.value),
    "summary": event.summary.value,
    "location": event.location.value if hasattr(event, "location") else "",
    "status": event.status.value,
} for event in calendar.contents.get("vevent", [])]))
